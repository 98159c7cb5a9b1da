//! Silence at size: hundreds of old articles disturb nobody.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::harness::Newsroom;

/// A feed of somebody else's, which a test fills.
pub(crate) struct Feed {
    pub(crate) entries: Arc<Mutex<Vec<String>>>,
    pub(crate) url: String,
}

impl Feed {
    pub(crate) async fn start(entries: Vec<String>) -> Self {
        let entries = Arc::new(Mutex::new(entries));
        let shown = entries.clone();
        let answer = move || {
            let items = shown.lock().unwrap().concat();
            async move {
                let head =
                    "<rss version=\"2.0\"><channel><title>旧站</title><link>https://www.example.org/</link><description>x</description>";
                ([("content-type", "application/rss+xml")], format!("{head}{items}</channel></rss>"))
            }
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/rss.xml", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/rss.xml", get(answer))).await });
        Self { entries, url }
    }
}

/// The `n`-th entry, published at a time in RFC 822.
fn entry(n: usize, at: &str) -> String {
    let mut item = String::new();
    let link = format!("https://www.example.org/{n}.html");
    write!(item, "<item><title>第 {n} 条</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>").unwrap();
    item + "<description>正文在此，写得足够长，好让读者看得明白。</description></item>"
}

backends! {
    async fn a_feed_with_three_hundred_old_articles_sends_nothing_and_its_next_one_goes_out_once(b: Backend) {
        let feed = Feed::start((0..300).map(|n| entry(n, "Fri, 29 Oct 2021 08:00:00 +0800")).collect()).await;
        let source = format!("[[source]]\nkind = \"feed\"\nname = \"old\"\nurl = \"{}\"\nsections = [\"news\"]\nevery = \"10m\"\nown = true", feed.url);
        let newsroom = Newsroom::plan().more(&source).start(b).await;
        newsroom.endpoint("/hook", serde_json::json!({})).await;
        newsroom.until("the first look", async || newsroom.see("sources").await["data"][0]["next"].is_string()).await;
        newsroom.settle().await;
        assert_eq!(newsroom.deliveries("").await.len(), 0, "what a first look finds disturbs nobody");

        feed.entries.lock().unwrap().insert(0, entry(300, "Fri, 29 Oct 2021 08:31:00 +0800"));
        newsroom.advance(Duration::from_mins(11));
        let hooks = newsroom.hooks("/hook", 1).await;
        assert!(hooks[0].title.contains("第 300 条"), "{}", hooks[0].title);
        newsroom.advance(Duration::from_mins(11));
        newsroom.settle().await;
        newsroom.hooks("/hook", 1).await;
        assert_eq!(newsroom.deliveries("").await.len(), 1);
        newsroom.finish().await;
    }
}
