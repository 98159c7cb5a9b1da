//! Pages are read again while they are young: an edit is told once, a withdrawal once it is confirmed, an outage never.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::cms::Cms;
use crate::harness::rows::MORNING;
use crate::harness::{Backend, Newsroom};

/// The interval of the sources here where it is fixed.
const EVERY: &str = "every = \"10m\"";
/// How far the clock moves at a time.
const STEP: Duration = Duration::from_mins(5);

/// A newsroom that has read its site once, and hears of what is announced.
async fn newsroom(b: Backend, cms: &Cms, more: &str) -> Newsroom {
    let newsroom = Newsroom::plan().more(&cms.source(more)).start(b).await;
    newsroom.endpoint("/hook", json!({})).await;
    newsroom.until("the first look", async || newsroom.see("sources").await["data"][0]["next"].is_string()).await;
    newsroom.settle().await;
    assert!(newsroom.deliveries("").await.is_empty(), "a first look is silent");
    newsroom
}

/// Lets so much time pass, look by look.
async fn pass(newsroom: &Newsroom, span: Duration) {
    for _ in 0..span.as_secs() / STEP.as_secs() {
        newsroom.advance(STEP);
        newsroom.settle().await;
    }
}

/// What the receiver was told so far, in order.
fn told(newsroom: &Newsroom) -> Vec<String> {
    newsroom.receiver.received().iter().map(|hook| hook.event_type.clone()).collect()
}

async fn source(newsroom: &Newsroom) -> Value {
    newsroom.see("sources").await["data"][0].clone()
}

async fn standings(newsroom: &Newsroom, status: &str) -> usize {
    let articles = newsroom.see("articles?limit=200").await;
    articles["data"].as_array().unwrap().iter().filter(|article| article["status"] == status).count()
}

backends! {
    async fn an_edit_is_told_once(b: Backend) {
        let cms = Cms::start(4, MORNING).await;
        let newsroom = newsroom(b, &cms, EVERY).await;
        cms.publish("/xw/1000.html", MORNING.plus(STEP));
        pass(&newsroom, Duration::from_mins(10)).await;
        newsroom.hooks("/hook", 1).await;
        "　　记者上午从县客运站获悉，受连日大雾影响，原定今天开通的班线推迟到下周一，票价和站点不变。"
            .clone_into(&mut cms.shown().stories.get_mut("/xw/1000.html").unwrap().body[0]);
        pass(&newsroom, Duration::from_hours(2)).await;
        assert_eq!(told(&newsroom), ["article.published", "article.updated"]);
        pass(&newsroom, Duration::from_hours(8)).await;
        assert_eq!(told(&newsroom).len(), 2);
        newsroom.finish().await;
    }

    async fn a_page_that_is_gone_is_withdrawn_once_and_not_at_first_sight(b: Backend) {
        let cms = Cms::start(8, MORNING).await;
        let newsroom = newsroom(b, &cms, EVERY).await;
        cms.publish("/xw/1000.html", MORNING.plus(STEP));
        pass(&newsroom, Duration::from_mins(10)).await;
        newsroom.hooks("/hook", 1).await;
        cms.take_off("/xw/1000.html");
        pass(&newsroom, Duration::from_mins(15)).await;
        assert_eq!(told(&newsroom), ["article.published"], "one look proves nothing");
        pass(&newsroom, Duration::from_mins(25)).await;
        let hooks = newsroom.hooks("/hook", 2).await;
        assert_eq!(hooks[1].event_type, "article.withdrawn");
        let id = newsroom.see("articles?limit=200").await["data"].as_array().unwrap().iter().find(|article| article["status"] == "withdrawn").unwrap()["id"].clone();
        let article = newsroom.see(&format!("articles/{}", id.as_str().unwrap())).await;
        assert!(article.to_string().contains("原网页已撤下（网站答复 404）"), "{article}");
        pass(&newsroom, Duration::from_hours(8)).await;
        assert_eq!(told(&newsroom).len(), 2);
        newsroom.finish().await;
    }

    async fn a_page_that_comes_back_was_never_gone(b: Backend) {
        let cms = Cms::start(8, MORNING).await;
        let newsroom = newsroom(b, &cms, EVERY).await;
        cms.publish("/xw/1000.html", MORNING.plus(STEP));
        pass(&newsroom, Duration::from_mins(10)).await;
        cms.shown().answers.insert("/xw/1000.html".to_owned(), 404);
        pass(&newsroom, Duration::from_mins(15)).await;
        cms.shown().answers.insert("/xw/1000.html".to_owned(), 503);
        pass(&newsroom, Duration::from_hours(7)).await;
        cms.shown().answers.clear();
        pass(&newsroom, Duration::from_hours(24)).await;
        assert_eq!(told(&newsroom), ["article.published"]);
        assert_eq!(standings(&newsroom, "withdrawn").await, 0);
        newsroom.finish().await;
    }

    async fn an_outage_withdraws_nothing(b: Backend) {
        let cms = Cms::start(6, MORNING).await;
        let newsroom = newsroom(b, &cms, EVERY).await;
        for n in 0..5 {
            cms.publish(&format!("/xw/100{n}.html"), MORNING.plus(STEP));
        }
        pass(&newsroom, Duration::from_mins(10)).await;
        newsroom.hooks("/hook", 5).await;
        // The listing is well and every page is gone: a redesign that forgot its redirects.
        let paths: Vec<String> = cms.shown().stories.keys().cloned().collect();
        for path in &paths {
            cms.shown().answers.insert(path.clone(), 404);
        }
        cms.shown().listed.clear();
        for n in 0..5 {
            cms.publish(&format!("/xw/200{n}.html"), MORNING.plus(STEP * 4));
        }
        pass(&newsroom, Duration::from_mins(10)).await;
        assert!(source(&newsroom).await["health"]["outage"]["gone"].as_u64() >= Some(3), "{}", source(&newsroom).await);
        pass(&newsroom, Duration::from_hours(26)).await;
        assert_eq!(standings(&newsroom, "withdrawn").await, 0);
        // And the whole site away, its listing as well.
        cms.shown().answers.insert("/".to_owned(), 404);
        pass(&newsroom, Duration::from_hours(26)).await;
        assert_eq!(standings(&newsroom, "withdrawn").await, 0);
        newsroom.finish().await;
    }

    async fn an_archive_is_not_asked_again(b: Backend) {
        let cms = Cms::start(40, MORNING).await;
        let newsroom = newsroom(b, &cms, EVERY).await;
        assert_eq!(standings(&newsroom, "published").await, 40);
        pass(&newsroom, Duration::from_hours(8)).await;
        let asked = cms.shown().asked.clone();
        let times: Vec<usize> = (1..=40).rev().map(|n| asked[&format!("/xw/{}.html", 1000 - n)]).collect();
        assert!(times[..34].iter().all(|times| *times == 1), "old pages are read once: {times:?}");
        assert!(times[34..].iter().all(|times| *times == 4), "young ones at every step: {times:?}");
        newsroom.finish().await;
    }

    async fn a_learned_interval_keeps_its_bounds(b: Backend) {
        let cms = Cms::start(4, MORNING).await;
        let newsroom = newsroom(b, &cms, "").await;
        let health = source(&newsroom).await["health"].clone();
        assert_eq!((health["learned"].as_bool(), health["every_s"].as_u64()), (Some(true), Some(900)), "{health}");
        for n in 0..12 {
            cms.publish(&format!("/xw/10{n:02}.html"), newsroom.clock.now());
            pass(&newsroom, Duration::from_mins(20)).await;
        }
        let health = source(&newsroom).await["health"].clone();
        let every = health["every_s"].as_u64().unwrap();
        assert!((120..=1200).contains(&every), "half of the usual gap: {health}");
        pass(&newsroom, Duration::from_hours(24 * 9)).await;
        let health = source(&newsroom).await["health"].clone();
        let every = health["every_s"].as_u64().unwrap();
        assert!(every > 900 && every <= 6 * 3600, "it sleeps: {health}");
        newsroom.finish().await;
    }
}
