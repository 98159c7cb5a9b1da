//! A mail server for tests, on loopback: it says yes to everything but what its rules name.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

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

/// Where the peer offers TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    None,
    StartTls,
    Implicit,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}
type Line = BufReader<Box<dyn Wire>>;

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    heard: Vec<String>,
    taken: Vec<String>,
}

/// The peer, listening until it is dropped.
pub(super) struct Peer {
    address: std::net::SocketAddr,
    cover: Cover,
    certificate: Vec<u8>,
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
        Self::covered(rules, Cover::None).await
    }

    /// Listens with TLS, under a certificate of its own that is good for `localhost`.
    pub(super) async fn covered(rules: &[(&'static str, React)], cover: Cover) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, certificate) = acceptor();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (rules, shared) = (rules.to_vec(), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                // A connection that breaks is what half of the tests are about.
                let _ = meet(stream, cover, &acceptor, &rules, &shared).await;
            }
        });
        Self { address, cover, certificate, seen, task }
    }

    /// The peer as a relay: by its address, or where it has TLS by its name and with trust in its certificate.
    pub(super) fn relay(&self) -> Relay {
        let plain = self.cover == Cover::None;
        Relay {
            host: if plain { self.address.ip().to_string() } else { "localhost".to_owned() },
            port: self.address.port(),
            implicit_tls: self.cover == Cover::Implicit,
            starttls: if plain { StartTls::Opportunistic } else { StartTls::Required },
            login: None,
            hello: "news.example.cn".to_owned(),
            ca: (!plain).then(|| self.certificate.clone()),
        }
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

fn acceptor() -> (TlsAcceptor, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem().into_bytes())
}

async fn meet(
    stream: TcpStream,
    cover: Cover,
    acceptor: &TlsAcceptor,
    rules: &[(&'static str, React)],
    seen: &Mutex<Seen>,
) -> std::io::Result<()> {
    let stream: Box<dyn Wire> = if cover == Cover::Implicit { Box::new(acceptor.accept(stream).await?) } else { Box::new(stream) };
    let mut line = BufReader::new(stream);
    let rule = rules.iter().find(|(word, _)| *word == "greeting").map(|(_, react)| *react);
    if !answer(&mut line, rule, "220 peer ESMTP\r\n").await? {
        return Ok(());
    }
    if let Some(plain) = converse(line, rules, seen, cover == Cover::StartTls).await? {
        let covered: Box<dyn Wire> = Box::new(acceptor.accept(plain).await?);
        converse(BufReader::new(covered), rules, seen, false).await?;
    }
    Ok(())
}

/// Speaks until the end, or until STARTTLS; then gives the connection back.
async fn converse(
    mut stream: Line,
    rules: &[(&'static str, React)],
    seen: &Mutex<Seen>,
    offers_tls: bool,
) -> std::io::Result<Option<Box<dyn Wire>>> {
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let said = line.trim_end().to_owned();
        seen.lock().unwrap().heard.push(said.clone());
        let yes = match said.split(' ').next().unwrap_or_default() {
            "EHLO" if offers_tls => "250-peer\r\n250 STARTTLS\r\n",
            "STARTTLS" => "220 go on\r\n",
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 2.0.0 yes\r\n",
        };
        let react = rules.iter().find(|(word, _)| said.starts_with(word)).map(|(_, react)| *react);
        if !answer(&mut stream, react, yes).await? {
            return Ok(None);
        }
        if said == "STARTTLS" && react.is_none() {
            return Ok(Some(stream.into_inner()));
        }
        if said == "DATA" && react.is_none() {
            let taken = body(&mut stream).await?;
            seen.lock().unwrap().taken.push(taken);
            let rule = rules.iter().find(|(word, _)| *word == ".").map(|(_, react)| *react);
            if !answer(&mut stream, rule, "250 2.0.0 queued\r\n").await? {
                return Ok(None);
            }
        }
    }
}

/// Whether the conversation goes on.
async fn answer(stream: &mut Line, react: Option<React>, yes: &str) -> std::io::Result<bool> {
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
    stream.flush().await?;
    Ok(true)
}

/// A body up to its dot, the stuffed dots taken out (RFC 5321, 4.5.2).
async fn body(stream: &mut Line) -> std::io::Result<String> {
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
