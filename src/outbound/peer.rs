//! Peers on loopback, for the tests of this room: kind ones and hostile ones.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::{Answer, Cidr, Failure, Limits, Outbound, Policy, Reach, Request};

/// A server that answers each connection's first request with `answer`, then with `tail` for as long as anyone listens.
pub(super) struct Peer {
    addr: SocketAddr,
    seen: Arc<AtomicUsize>,
}

impl Peer {
    pub(super) async fn new(head: impl Into<Vec<u8>>, tail: &'static [u8], pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let seen = Arc::new(AtomicUsize::new(0));
        let (head, count) = (Arc::new(head.into()), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(socket, Arc::clone(&head), tail, pause));
            }
        });
        Self { addr, seen }
    }

    pub(super) async fn saying(answer: impl Into<Vec<u8>>) -> Self {
        Self::new(answer, b"", Duration::ZERO).await
    }

    pub(super) fn url(&self, host: &str) -> Url {
        Url::parse(&format!("http://{host}:{}/hook", self.addr.port())).unwrap()
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

async fn serve(mut socket: TcpStream, head: Arc<Vec<u8>>, tail: &'static [u8], pause: Duration) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    while socket.read(&mut buffer).await? > 0 {
        socket.write_all(&head).await?;
        while !tail.is_empty() {
            socket.write_all(tail).await?;
            tokio::time::sleep(pause).await;
        }
    }
    Ok(())
}

pub(super) fn loopback() -> Outbound {
    Outbound::new(Policy { allow: vec!["127.0.0.0/8".parse::<Cidr>().unwrap()], ..Policy::default() }).unwrap()
}

pub(super) fn post(url: Url) -> Request {
    Request { method: Method::POST, url, headers: HeaderMap::new(), body: Bytes::from_static(b"{\"type\":\"article.published\"}") }
}

pub(super) fn get(url: Url) -> Request {
    Request { method: Method::GET, url, headers: HeaderMap::new(), body: Bytes::new() }
}

pub(super) async fn deliver(outbound: &Outbound, url: Url) -> Result<Answer, Failure> {
    outbound.exchange(post(url), &Reach::default(), &Limits::DELIVERY).await
}

pub(super) fn ok(body: &[u8], headers: &str) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, plain).unwrap();
    encoder.finish().unwrap()
}
