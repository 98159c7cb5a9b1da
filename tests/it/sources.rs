//! What comes in by itself: silence about what is old, one word about what is new.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::Newsroom;

/// How often the sources of these tests are looked at.
const EVERY: Duration = Duration::from_mins(10);

/// All articles of the newsroom, the newest first.
async fn articles(newsroom: &Newsroom) -> Vec<Value> {
    newsroom.see("articles?limit=200").await["data"].as_array().unwrap().clone()
}

/// The next look, and all that it leads to.
async fn look(newsroom: &Newsroom) {
    newsroom.advance(EVERY);
    newsroom.settle().await;
}

backends! {
    async fn a_feeds_old_articles_are_told_to_nobody_and_its_next_one_once(b: Backend) {
        let source = "[[source]]\nkind = \"feed\"\nname = \"agency\"\nurl = \"$FEED\"\nsections = [\"sports\"]\nevery = \"10m\"";
        let newsroom = Newsroom::plan().more(source).start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.settle().await;
        let old = articles(&newsroom).await.len();
        assert!(old > 5, "its archive is here: {old}");
        assert!(newsroom.deliveries("").await.is_empty(), "and nobody was told");
        let fresh = newsroom.english.publish_next().unwrap();
        look(&newsroom).await;
        let hook = newsroom.hooks("/hook", 1).await.remove(0);
        assert_eq!((hook.title.as_str(), hook.event_type.as_str()), (fresh.headline.as_str(), "article.published"));
        assert_eq!(articles(&newsroom).await.len(), old + 1);
        for _ in 0..3 {
            look(&newsroom).await;
        }
        newsroom.hooks("/hook", 1).await;
        assert!(newsroom.get("sections/sports/rss.xml").await.text().contains(&fresh.url));
        newsroom.finish().await;
    }

    async fn a_site_without_a_feed_is_read_and_its_next_article_goes_out_once(b: Backend) {
        let source = "[[source]]\nkind = \"site\"\nname = \"cms\"\nlisting = [\"$LISTING\"]\nsections = [\"news\"]\nevery = \"10m\"";
        let newsroom = Newsroom::plan().more(source).start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.settle().await;
        let old = articles(&newsroom).await;
        assert!(old.len() > 1, "{}", old.len());
        assert!(newsroom.deliveries("").await.is_empty());
        let listed = newsroom.legacy.articles();
        let known = |article: &Value| listed.iter().any(|fresh| article["url"] == fresh.url.as_str() && article["title"] == fresh.headline.as_str());
        assert!(old.iter().all(known), "{:?} {old:?}", &listed[..2]);
        let (listing, _) = newsroom.legacy.listings()[0].clone();
        let folder = listing.trim_end_matches('/').to_owned();
        let fresh = std::iter::from_fn(|| newsroom.legacy.publish_next()).find(|fresh| fresh.url.starts_with(&folder)).unwrap();
        look(&newsroom).await;
        let hook = newsroom.hooks("/hook", 1).await.remove(0);
        assert_eq!(hook.title, fresh.headline);
        look(&newsroom).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.finish().await;
    }

    async fn a_source_that_is_down_is_asked_again_and_nothing_is_lost(b: Backend) {
        let source = "[[source]]\nkind = \"feed\"\nname = \"dead\"\nurl = \"$RECEIVER/feed\"\nsections = [\"sports\"]\nevery = \"10m\"";
        let newsroom = Newsroom::plan().more(source).start(b).await;
        newsroom.settle().await;
        let failed = newsroom.see("sources").await["data"][0].clone();
        assert_eq!((failed["name"].as_str(), failed["failures"].as_i64()), (Some("dead"), Some(1)), "{failed}");
        newsroom.advance(Duration::from_hours(1));
        newsroom.settle().await;
        assert_eq!(newsroom.see("sources").await["data"][0]["failures"], 2);
        newsroom.finish().await;
    }

    async fn a_file_in_the_folder_is_an_article_and_one_that_is_none_is_put_aside(b: Backend) {
        let source = "[[source]]\nkind = \"folder\"\nname = \"desk\"\npath = \"in\"\nsections = [\"news\"]";
        let newsroom = Newsroom::plan().more(source).start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let folder = newsroom.file().parent().unwrap().join("in");
        std::fs::create_dir_all(&folder).unwrap();
        let written = "---\ntitle: 秋收在望\nsection: news/yicheng\n---\n\n徐徐展开。\n";
        std::fs::write(folder.join("good.md"), written).unwrap();
        std::fs::write(folder.join("bad.json"), "{\"title\": ").unwrap();
        let put_aside = || folder.join("failed/bad.json.err.txt").exists() && !folder.join("good.md").exists();
        newsroom.advance_until(Duration::from_secs(5), "both files are put away", put_aside).await;
        let hook = newsroom.hooks("/hook", 1).await.remove(0);
        assert_eq!(hook.title, "秋收在望");
        newsroom.until("all is settled", async || newsroom.deliveries("&state=accepted").await.len() == 1).await;
        newsroom.finish().await;
    }
}
