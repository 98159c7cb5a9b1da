//! A test's own client: raw bytes over TCP.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A test waits so long for bytes that must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// One connection.
pub(super) struct Wire {
    stream: BufReader<TcpStream>,
}

/// An HTTP answer.
pub(super) struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

impl Wire {
    #[expect(clippy::disallowed_methods, reason = "a test's own client")]
    pub async fn dial(address: SocketAddr) -> Self {
        Self { stream: BufReader::new(TcpStream::connect(address).await.unwrap()) }
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.unwrap();
    }

    /// The next line without its end; `None` when the peer has closed.
    pub async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.stream.read_line(&mut line)).await.unwrap();
        read.ok().filter(|read| *read > 0).map(|_| line.trim_end().to_owned())
    }

    /// Whatever comes next, at most `most` bytes; an error is what the peer did to the line.
    pub async fn some(&mut self, most: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; most];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut bytes)).await.unwrap()?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// The head of an answer: its status and its lines.
    pub async fn head(&mut self) -> (u16, String) {
        let status = self.line().await.unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let mut head = String::new();
        while let Some(line) = self.line().await.filter(|line| !line.is_empty()) {
            head.push_str(&line);
            head.push('\n');
        }
        (status, head)
    }
}

/// One HTTP exchange on a connection of its own.
pub(super) async fn exchange(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut wire = Wire::dial(address).await;
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    request.push_str("\r\n");
    wire.send(&[request.as_bytes(), body].concat()).await;
    let (status, head) = wire.head().await;
    let mut answer = Answer { status, head, body: Vec::new() };
    if method != "HEAD" {
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        answer.body.resize(length, 0);
        tokio::time::timeout(PATIENCE, wire.stream.read_exact(&mut answer.body)).await.unwrap().unwrap();
    }
    answer
}

/// A GET without conditions.
pub(super) async fn get(address: SocketAddr, path: &str) -> Answer {
    exchange(address, "GET", path, &[], &[]).await
}
