//! A scripted server on loopback, for this room's tests.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::{Folders, Net, Spec, Turns};
use crate::clock::Clock;
use crate::model::{Millis, SourceKind};
use crate::outbound::{Outbound, Policy, Reach};

/// 2026-01-01 01:00 in Shanghai.
pub(super) const NOW: Millis = Millis(1_767_200_400_000);

/// A server that answers as its script says, and notes what it was asked.
pub(super) struct Server {
    pub base: Url,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `script` takes a request's head and gives the whole answer.
    pub(super) async fn start(script: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heads = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => head.push(byte),
                        Err(_) => break,
                    }
                }
                let head = String::from_utf8(head).unwrap();
                let answer = script(&head);
                heads.lock().unwrap().push(head);
                stream.write_all(&answer).await.unwrap();
                stream.shutdown().await.ok();
            }
        });
        Self { base, asked }
    }

    /// The paths asked for, in order.
    pub(super) fn paths(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|head| path(head).to_owned()).collect()
    }

    /// The head of the last request.
    pub(super) fn last(&self) -> String {
        self.asked.lock().unwrap().last().cloned().unwrap_or_default().to_lowercase()
    }

    /// A source of this server.
    pub(super) fn spec(&self, kind: SourceKind, paths: &[&str]) -> Spec {
        Spec {
            name: "wire".to_owned(),
            kind,
            addresses: paths.iter().map(|path| self.base.join(path).unwrap()).collect(),
            path: None,
            zone: chrono_tz::Asia::Shanghai,
            own: false,
            user_agent: "Postrider/0.1.0 (+http://newsroom.example/)".to_owned(),
            reach: Reach::default(),
            language: "zh-CN".to_owned(),
            overrides: Arc::default(),
        }
    }
}

/// The path of a request's head.
pub(super) fn path(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

/// An answer with a length.
pub(super) fn answer(status: u16, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} x\r\n{fields}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A way out that may reach loopback, and a clock that stands at [`NOW`].
pub(super) fn net() -> Net {
    let policy = Policy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..Policy::default() };
    Net { outbound: Outbound::new(policy).unwrap(), clock: Clock::manual(NOW), folders: Folders::default(), turns: Turns::default() }
}
