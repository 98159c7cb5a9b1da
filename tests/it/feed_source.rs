//! A newsroom's own feed, replaced by ours: ids stay, full texts come from the pages, pictures are measured.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::harness::Newsroom;

/// How often the feed is looked at.
const EVERY: Duration = Duration::from_mins(10);

/// A site with a feed of teasers, a page for each, and one picture.
struct Site {
    base: String,
    feed: Arc<Mutex<String>>,
}

impl Site {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let feed = Arc::new(Mutex::new(String::new()));
        let shown = Arc::clone(&feed);
        tokio::spawn(async move {
            while let Ok((mut wire, _)) = listener.accept().await {
                let shown = Arc::clone(&shown);
                tokio::spawn(async move {
                    let mut head = vec![0; 16 * 1024];
                    let read = wire.read(&mut head).await.unwrap_or(0);
                    let path = String::from_utf8_lossy(&head[..read]).split(' ').nth(1).unwrap_or_default().to_owned();
                    let (status, kind, body) = answer(&path, &shown.lock().unwrap());
                    let head = format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                        body.len()
                    );
                    wire.write_all(&[head.into_bytes(), body].concat()).await.ok();
                });
            }
        });
        let site = Self { base, feed };
        site.shows(&[1]);
        site
    }

    /// What the feed shows from now on.
    fn shows(&self, articles: &[u32]) {
        let items: Vec<String> = articles
            .iter()
            .map(|n| {
                format!(
                    "<item><title>第{n}条消息 A&B</title><link>/{n}.html</link><guid isPermaLink=\"false\">old-{n}</guid>\
                     <description>县城至码头的公交线路今日开通…</description></item>"
                )
            })
            .collect();
        let items = items.concat();
        *self.feed.lock().unwrap() =
            format!("<rss version='2.0'><channel><title>河口</title><link>{}/</link>{items}</channel></rss>", self.base);
    }
}

fn answer(path: &str, feed: &str) -> (u16, &'static str, Vec<u8>) {
    match path {
        "/feed" => (200, "application/rss+xml", feed.as_bytes().to_vec()),
        "/bus.png" => (
            200,
            "text/plain",
            [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0\0\0\0\0".as_slice(), &[0; 100]].concat(),
        ),
        path if path.contains(".html") => {
            let page = "<html><head><title>公交线路开通_河口新闻网</title></head><body><h1>公交线路开通</h1><p>来源：河口日报 编辑：李勤</p><div class=content>\
                <p>县城至码头的公交线路今日开通，首班车六时三十分从县城发出，全程四十分钟，票价两元，沿线设十二个站点。</p>\
                <p>交通局负责人说，这条线路将覆盖沿江的七个村子，方便两万多名群众出行，下一步还将增开夜班车。</p><p><img src=/bus.png></p></div></body></html>";
            (200, "text/html", page.as_bytes().to_vec())
        }
        _ => (404, "text/plain", Vec::new()),
    }
}

backends! {
    async fn a_feed_that_ours_replaces_keeps_its_ids_and_gains_texts_and_pictures(b: Backend) {
        let site = Site::start().await;
        let source = format!(
            "[[source]]\nkind = \"feed\"\nname = \"old\"\nurl = \"{}/feed\"\nsections = [\"sports\"]\nevery = \"10m\"\nids = \"keep\"\nfull_text = \"auto\"\n\
             allow_private = true",
            site.base
        );
        let newsroom = Newsroom::plan().more(&source).start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.settle().await;
        site.shows(&[2, 1]);
        newsroom.advance(EVERY);
        newsroom.settle().await;
        let hook = newsroom.hooks("/hook", 1).await.remove(0);
        assert_eq!(hook.title, "第2条消息 A&B");
        let article = newsroom.see("articles?limit=200").await["data"][0].clone();
        assert_eq!((article["tag"].as_str(), article["editors"][0]["name"].as_str()), (Some("old-2"), Some("李勤")), "{article}");
        assert!(article["content_html"].as_str().unwrap().contains("夜班车"));
        let measured = "length=\"133\"";
        newsroom.until("the pictures are measured", async || newsroom.get("sections/sports/rss.xml").await.text().matches(measured).count() == 2).await;
        let rss = newsroom.get("sections/sports/rss.xml").await.text();
        assert!(rss.contains("<guid isPermaLink=\"false\">old-2</guid>") && rss.contains("夜班车"), "{rss}");
        assert!(rss.contains("type=\"image/png\"") && rss.contains("width=\"640\"") && rss.contains("height=\"480\""), "{rss}");
        assert!(!newsroom.get("sections/sports/atom.xml").await.text().contains("<id>old-2"), "no IRI, no id of Atom");
        let told = newsroom.events().await.len();
        // What was measured is no change, and looking again neither.
        for _ in 0..2 {
            newsroom.advance(EVERY);
            newsroom.settle().await;
        }
        assert_eq!(newsroom.events().await.len(), told);
        newsroom.hooks("/hook", 1).await;
        newsroom.finish().await;
    }
}
