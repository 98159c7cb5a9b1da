//! Copies of lead pictures: taken once, served as they were, and gone with their article.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::harness::{Answer, Ask, Newsroom};

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
                        "/drawing.png" => {
                            (200, "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script/></svg>".to_vec())
                        }
                        _ => (200, "text/html", png()),
                    };
                    let head = format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                        body.len()
                    );
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
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0\0\0\0\0".as_slice(), vec![7; 700_000].as_slice()].concat()
}

const RSS: &str = "sections/news/rss.xml";

/// Checks the copy at an address as a stranger's browser meets it; its path.
async fn served_as_it_was(newsroom: &Newsroom, url: &str) -> String {
    let path = newsroom.path_of(url);
    let whole = newsroom.ask(Ask::get(path.as_str()).header("referer", "https://reader.example/")).await.must_be(200);
    assert!(whole.body == png(), "{} bytes", whole.body.len());
    let header = |answer: &Answer, name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
    ] {
        assert_eq!(header(&whole, name), value);
    }
    let tag = header(&whole, "etag");
    let again = newsroom.ask(Ask::get(path.as_str()).header("if-none-match", tag.as_str())).await.must_be(304);
    assert!(again.body.is_empty() && header(&again, "etag") == tag, "{tag}");
    let head = newsroom.ask(Ask::new(Method::HEAD, path.as_str())).await.must_be(200);
    assert!(head.body.is_empty() && header(&head, "content-length") == png().len().to_string());
    path
}

/// The address of the only enclosure in a feed.
fn enclosed(rss: &str) -> Option<String> {
    let (_, rest) = rss.split_once("<enclosure url=\"")?;
    Some(rest.split('"').next().unwrap_or_default().to_owned())
}

backends! {
    async fn a_picture_over_plain_http_is_copied_and_served_until_its_articles_are_taken_back(b: Backend) {
        let pictures = Pictures::start().await;
        let newsroom = Newsroom::plan().below("/news-feeds/").start(b).await;
        let (first, second) = (pictures.push(&newsroom, "lion.png").await, pictures.push(&newsroom, "lion-again.png").await);
        newsroom.until("both are copied", async || newsroom.get(RSS).await.text().matches("/news-feeds/media/").count() >= 4).await;
        let rss = newsroom.get(RSS).await.text();
        let url = enclosed(&rss).unwrap();
        assert!(rss.contains(&format!("length=\"{}\"", png().len())) && rss.contains("type=\"image/png\"") && rss.contains("width=\"640\""), "{rss}");
        let path = served_as_it_was(&newsroom, &url).await;
        let page = newsroom.ask(Ask::get(format!("/news-feeds/articles/{first}")).header("accept", "text/html")).await.text();
        assert!(page.contains(&format!("property=\"og:image\" content=\"{url}\"")) && page.contains(&format!("<img src=\"{url}\"")), "{page}");
        let image = newsroom.see(&format!("articles/{first}")).await["image"].clone();
        assert_eq!((image["url"].as_str(), image["copy"].as_str()), (Some(format!("{}/lion.png", pictures.base).as_str()), Some(url.as_str())));
        assert_eq!(newsroom.events().await, ["article.published", "article.published"]);
        // What is sent again, with what we added, is no change.
        let sent = newsroom.see(&format!("articles/{first}")).await;
        newsroom.push(&sent).await;
        newsroom.settle().await;
        assert_eq!(newsroom.events().await.len(), 2);
        newsroom.ask(newsroom.api(Method::DELETE, &format!("articles/{first}")).json(&json!({ "reason": "not ours" }))).await;
        newsroom.settle().await;
        newsroom.ask(Ask::get(path.as_str())).await.must_be(200);
        newsroom.ask(newsroom.api(Method::DELETE, &format!("articles/{second}")).json(&json!({ "reason": "not ours" }))).await;
        newsroom.settle().await;
        newsroom.ask(Ask::get(path.as_str())).await.must_be(410);
        for nothing in ["0".repeat(64), "A".repeat(64), "passwd".to_owned(), "..%2f".to_owned()] {
            newsroom.get(&format!("media/{nothing}")).await.must_be(404);
        }
        newsroom.finish().await;
    }

    async fn what_is_no_picture_is_never_copied_and_a_slow_server_delays_nothing(b: Backend) {
        let pictures = Pictures::start().await;
        let newsroom = Newsroom::plan().more("[media]\ncopy = \"always\"").start(b).await;
        for name in ["drawing.png", "slow.png"] {
            pictures.push(&newsroom, name).await;
        }
        newsroom.settle().await;
        assert_eq!(newsroom.events().await.len(), 2);
        newsroom.until("both are asked for", async || pictures.asked.load(Ordering::SeqCst) >= 2).await;
        let rss = newsroom.get(RSS).await.text();
        assert!(rss.matches("<item>").count() == 2 && !rss.contains("<enclosure") && !rss.contains("/media/"), "{rss}");
        newsroom.finish().await;
    }

    async fn nothing_is_copied_where_the_operator_says_so(b: Backend) {
        let pictures = Pictures::start().await;
        let newsroom = Newsroom::plan().more("[media]\ncopy = \"never\"").start(b).await;
        pictures.push(&newsroom, "lion.png").await;
        newsroom.until("it is measured", async || newsroom.get(RSS).await.text().contains("<enclosure")).await;
        newsroom.settle().await;
        assert_eq!(enclosed(&newsroom.get(RSS).await.text()).unwrap(), format!("{}/lion.png", pictures.base));
        newsroom.finish().await;
    }
}
