//! Copies of lead pictures: taken once, served as they were, and gone with their article.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::harness::Newsroom;

/// A newsroom's picture server, which gives its pictures to its own pages alone.
struct Pictures {
    base: String,
    asked: Arc<AtomicUsize>,
}

impl Pictures {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let (own, count) = (base.clone(), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((mut wire, _)) = listener.accept().await {
                let (own, count) = (own.clone(), Arc::clone(&count));
                tokio::spawn(async move {
                    let mut head = vec![0; 16 * 1024];
                    let read = wire.read(&mut head).await.unwrap_or(0);
                    let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
                    let path = head.split(' ').nth(1).unwrap_or_default();
                    let protected = !head.contains(&format!("referer: {own}/"));
                    count.fetch_add(1, Ordering::SeqCst);
                    let (status, kind, body) = match path {
                        _ if protected => (403, "text/plain", Vec::new()),
                        "/slow.png" => {
                            tokio::time::sleep(Duration::from_hours(1)).await;
                            return;
                        }
                        "/drawing.png" => (200, "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script/></svg>".to_vec()),
                        _ => (200, "text/html", png()),
                    };
                    let head =
                        format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                    wire.write_all(&[head.into_bytes(), body].concat()).await.ok();
                });
            }
        });
        Self { base, asked }
    }

    /// An article of this newsroom with a picture of its own.
    async fn push(&self, newsroom: &Newsroom, name: &str) -> String {
        let article = json!({ "external_id": name, "url": format!("{}/{name}.html", self.base), "title": format!("云溪桥头的{name}"), "sections": ["news"],
            "content_html": "<p>桥头的石狮昨天清洗一新，过桥的人停下来看。</p>", "image": { "url": format!("{}/{name}", self.base), "alt": "石狮" } });
        let answer = newsroom.post("articles", &article).await;
        answer.json()["id"].as_str().unwrap_or_default().to_owned()
    }
}

/// A picture of 640 by 480, larger than what is read to measure one.
fn png() -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0\0\0\0\0".as_slice(), &[7; 700_000]].concat()
}
