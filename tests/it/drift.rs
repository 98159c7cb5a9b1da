//! A source that is not itself disturbs no reader: its new copy waits, and the editor hears of it once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::cms::{Cms, Story, body};
use crate::harness::rows::MORNING;
use crate::harness::{Backend, Newsroom};

/// The interval of the sources here.
const EVERY: Duration = Duration::from_mins(10);
/// Whoever is told of what waits.
const EDITOR: &str = "editor@example.cn";

async fn newsroom(b: Backend, cms: &Cms) -> Newsroom {
    let source = format!("[hold]\neditor = \"{EDITOR}\"\n{}", cms.source("every = \"10m\""));
    let newsroom = Newsroom::plan().more(&source).start(b).await;
    newsroom.endpoint("/hook", json!({})).await;
    newsroom.until("the first look", async || newsroom.see("sources").await["data"][0]["next"].is_string()).await;
    newsroom.settle().await;
    newsroom
}

async fn look(newsroom: &Newsroom, times: u32) {
    for _ in 0..times {
        newsroom.advance(EVERY);
        newsroom.settle().await;
    }
}

async fn health(newsroom: &Newsroom) -> Value {
    newsroom.see("sources").await["data"][0]["health"].clone()
}

async fn held(newsroom: &Newsroom) -> usize {
    let articles = newsroom.see("articles?limit=200&status=held").await;
    articles["data"].as_array().unwrap().iter().filter(|article| article["status"] == "held").count()
}

/// Every article that the newsroom has, whatever its standing.
async fn every_article(newsroom: &Newsroom) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = newsroom.see(&format!("articles?limit=200&after={after}")).await;
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return all,
        }
    }
}

backends! {
    async fn an_empty_listing_is_told_once(b: Backend) {
        let cms = Cms::start(12, MORNING).await;
        let newsroom = newsroom(b, &cms).await;
        let listed = std::mem::take(&mut cms.shown().listed);
        look(&newsroom, 30).await;
        let letter = newsroom.mails(EDITOR, 1).await.remove(0);
        assert!(letter.subject().contains("cms"), "{}", letter.subject());
        assert_eq!(health(&newsroom).await["drift"]["signs"], json!(["empty"]));
        cms.shown().listed = listed;
        look(&newsroom, 40).await;
        assert!(health(&newsroom).await["drift"].is_null(), "{}", health(&newsroom).await);
        cms.shown().listed.clear();
        look(&newsroom, 6).await;
        newsroom.mails(EDITOR, 2).await;
        assert!(newsroom.receiver.received().is_empty());
        newsroom.finish().await;
    }

    async fn pages_that_lost_their_dates_wait_and_are_told_of_once(b: Backend) {
        let cms = Cms::start(12, MORNING).await;
        let newsroom = newsroom(b, &cms).await;
        for n in 0..4 {
            let path = format!("/xw/200{n}.html");
            cms.put(&path, Story { title: format!("云溪县第200{n}号通告：城乡供水管网今起检修"), printed: String::new(), body: body(&path) });
        }
        look(&newsroom, 3).await;
        assert_eq!(held(&newsroom).await, 4, "{}", health(&newsroom).await);
        newsroom.mails(EDITOR, 1).await;
        assert!(newsroom.receiver.received().is_empty(), "nobody was told");
        let path = "/xw/2009.html";
        cms.put(path, Story { title: "云溪县第2009号通告：城乡供水管网检修延期".to_owned(), printed: String::new(), body: body(path) });
        look(&newsroom, 1).await;
        assert_eq!(held(&newsroom).await, 5, "while it lasts, one is enough");
        let fresh = cms.publish("/xw/3000.html", newsroom.clock.now());
        look(&newsroom, 1).await;
        assert_eq!(newsroom.hooks("/hook", 1).await.remove(0).title, fresh);
        assert!(health(&newsroom).await["drift"].is_null(), "{}", health(&newsroom).await);
        newsroom.mails(EDITOR, 1).await;
        newsroom.finish().await;
    }

    async fn a_redesign_with_three_hundred_new_addresses_tells_nobody(b: Backend) {
        let cms = Cms::start(300, MORNING).await;
        let newsroom = newsroom(b, &cms).await;
        look(&newsroom, 2).await;
        let before: Vec<(String, Story)> = {
            let mut shown = cms.shown();
            shown.listed.clear();
            std::mem::take(&mut shown.stories).into_iter().collect()
        };
        for (path, story) in before {
            cms.put(&path.replace("/xw/", "/news/2021/").replace(".html", ""), story);
        }
        look(&newsroom, 12).await;
        assert!(newsroom.receiver.received().is_empty());
        assert!(newsroom.deliveries("").await.iter().all(|delivery| delivery["kind"] == "letter"), "only the editor's letter");
        let articles = every_article(&newsroom).await;
        assert_eq!(articles.len(), 300, "the same articles, by their titles and days");
        let moved = articles.iter().filter(|article| article["url"].as_str().is_some_and(|url| url.contains("/news/2021/"))).count();
        assert_eq!(moved, 300, "each is read at its new address");
        newsroom.finish().await;
    }

    async fn a_body_that_is_unlike_all_others_waits_alone(b: Backend) {
        let cms = Cms::start(12, MORNING).await;
        let newsroom = newsroom(b, &cms).await;
        let now = newsroom.clock.now();
        cms.publish("/xw/2000.html", now);
        cms.publish("/xw/2001.html", now);
        cms.shown().stories.get_mut("/xw/2001.html").unwrap().body = (0..200).flat_map(|n| body(&format!("/{n}"))).collect();
        look(&newsroom, 2).await;
        let hook = newsroom.hooks("/hook", 1).await.remove(0);
        assert!(hook.title.contains("2000"), "{}", hook.title);
        assert_eq!(held(&newsroom).await, 1);
        newsroom.mails(EDITOR, 1).await;
        newsroom.finish().await;
    }
}
