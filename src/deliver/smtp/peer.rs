//! A mail server for tests, on loopback: it says yes to everything but what its rules name.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::server::{Relay, StartTls};

/// What the peer does instead of saying yes.
#[derive(Debug, Clone, Copy)]
pub(super) enum React {
    /// Says this.
    Say(&'static str),
    /// Says this, and reads no more.
    Deaf(&'static str),
    /// Closes the connection without a word.
    Drop,
    /// Says nothing and keeps the connection.
    Hang,
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    heard: Vec<String>,
    taken: Vec<String>,
}

/// The peer, listening until it is dropped.
pub(super) struct Peer {
    address: std::net::SocketAddr,
    seen: Arc<Mutex<Seen>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    /// Listens. A rule's word is the beginning of a command, `greeting`, or `.` for the end of a body.
    pub(super) async fn start(rules: &[(&'static str, React)]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (rules, shared) = (rules.to_vec(), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                // A connection that breaks is what half of the tests are about.
                let _ = converse(stream, &rules, &shared).await;
            }
        });
        Self { address, seen, task }
    }

    pub(super) fn relay(&self) -> Relay {
        let (host, port) = (self.address.ip().to_string(), self.address.port());
        Relay { host, port, implicit_tls: false, starttls: StartTls::Opportunistic, login: None, hello: "news.example.cn".to_owned() }
    }

    #[expect(clippy::disallowed_methods, reason = "the test dials its own peer on loopback")]
    pub(super) async fn dial(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    pub(super) fn heard(&self) -> Vec<String> {
        self.seen.lock().unwrap().heard.clone()
    }

    pub(super) fn taken(&self) -> Vec<String> {
        self.seen.lock().unwrap().taken.clone()
    }
}

async fn converse(stream: TcpStream, rules: &[(&'static str, React)], seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let rule = |said: &str| rules.iter().find(|(word, _)| said.starts_with(word)).map(|(_, react)| *react);
    if !answer(&mut stream, rule("greeting"), "220 peer ESMTP\r\n").await? {
        return Ok(());
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let said = line.trim_end().to_owned();
        seen.lock().unwrap().heard.push(said.clone());
        let yes = match said.as_str() {
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 2.0.0 yes\r\n",
        };
        let react = rule(&said);
        if !answer(&mut stream, react, yes).await? {
            return Ok(());
        }
        if said == "DATA" && react.is_none() {
            let taken = body(&mut stream).await?;
            seen.lock().unwrap().taken.push(taken);
            if !answer(&mut stream, rule("."), "250 2.0.0 queued\r\n").await? {
                return Ok(());
            }
        }
    }
}

/// Whether the conversation goes on.
async fn answer(stream: &mut BufReader<TcpStream>, react: Option<React>, yes: &str) -> std::io::Result<bool> {
    match react {
        None => stream.write_all(yes.as_bytes()).await?,
        Some(React::Say(words)) => stream.write_all(words.as_bytes()).await?,
        Some(React::Deaf(words)) => {
            stream.write_all(words.as_bytes()).await?;
            std::future::pending::<()>().await;
        }
        Some(React::Hang) => std::future::pending().await,
        Some(React::Drop) => return Ok(false),
    }
    Ok(true)
}

/// A body up to its dot, the stuffed dots taken out (RFC 5321, 4.5.2).
async fn body(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut whole = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(whole);
        }
        whole.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
