//! What a webhook receiver may rely on, however it behaves itself.

use std::time::Duration;

use http::Method;
use postrider::demo::Behaviour;
use postrider::model::{Actor, Slug};
use postrider::store::Scope;
use serde_json::{Value, json};

use crate::harness::{Ask, Newsroom};
use crate::pushing::article;

/// Longer than the first wait after a failure, shorter than the second.
const FIRST_WAIT: Duration = Duration::from_secs(7);

async fn endpoint_state(newsroom: &Newsroom, id: &str) -> String {
    newsroom.see(&format!("endpoints/{id}")).await["state"].as_str().unwrap().to_owned()
}

/// The states of all deliveries to an endpoint, the newest first.
async fn states(newsroom: &Newsroom, id: &str) -> Vec<String> {
    let lines = newsroom.deliveries(&format!("&endpoint={id}")).await;
    lines.iter().map(|line| line["state"].as_str().unwrap().to_owned()).collect()
}

fn body(hook: &postrider::demo::Hook) -> Value {
    serde_json::from_slice(&hook.body).unwrap()
}

backends! {
    async fn an_endpoint_gets_each_event_signed_and_the_ledger_says_what_it_answered(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.endpoint("/hook", json!({})).await;
        let key = newsroom.publish(&article(1)).await;
        let hook = newsroom.hooks("/hook", 1).await.remove(0);
        assert!(hook.verified(), "{hook:?}");
        let told = body(&hook);
        assert_eq!((told["type"].as_str(), told["data"]["id"].as_str()), (Some("article.published"), Some(key.as_str())));
        assert_eq!(told["data"]["tag"], format!("tag:news.example.cn,2026:{key}"));
        assert_eq!(told["data"]["content_html"], "<p>徐徐展开，第 1 次。</p>");
        assert_eq!(told["timestamp"], "2021-10-29T00:30:00.000Z");
        newsroom.settle().await;
        let lines = newsroom.deliveries(&format!("&article={key}")).await;
        let line = &lines[0];
        assert_eq!((lines.len(), line["state"].as_str(), line["endpoint"].as_str()), (1, Some("accepted"), Some(id.as_str())));
        assert_eq!((line["attempts"][0]["code"].as_i64(), line["attempts"][0]["response"].as_str()), (Some(200), Some("heard")));
        let rotated = newsroom.post(&format!("endpoints/{id}/rotate"), &json!({})).await.must_be(200).json();
        newsroom.publish(&article(2)).await;
        assert!(newsroom.hooks("/hook", 2).await[1].verified(), "the old secret is good beside the new one");
        newsroom.receiver.distrust("/hook");
        newsroom.receiver.trust("/hook", rotated["secret"].as_str().unwrap()).unwrap();
        newsroom.publish(&article(3)).await;
        assert!(newsroom.hooks("/hook", 3).await[2].verified());
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn one_that_is_gone_is_disabled(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.endpoint("/hook", json!({})).await;
        newsroom.receiver.always("/hook", Behaviour::status_only(410));
        newsroom.publish(&article(1)).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.settle().await;
        assert_eq!((endpoint_state(&newsroom, &id).await.as_str(), states(&newsroom, &id).await), ("disabled", vec!["refused".to_owned()]));
        newsroom.publish(&article(2)).await;
        newsroom.settle().await;
        newsroom.hooks("/hook", 1).await;
        newsroom.receiver.always("/hook", Behaviour::status_only(204));
        let enable = newsroom.api(Method::PATCH, &format!("endpoints/{id}")).json(&json!({ "enabled": true }));
        assert_eq!(newsroom.ask(enable).await.must_be(200).json()["state"], "live");
        newsroom.publish(&article(3)).await;
        assert_eq!(newsroom.hooks("/hook", 2).await[1].title, "第 3 篇");
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn one_that_fails_is_tried_again_later_under_the_same_id(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.endpoint("/hook", json!({})).await;
        newsroom.receiver.play("/hook", [Behaviour::status_only(500), Behaviour::Reset]);
        newsroom.publish(&article(1)).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.settle().await;
        assert_eq!(states(&newsroom, &id).await, ["parked"]);
        let line = newsroom.deliveries("").await.remove(0);
        assert!(line["next"].as_str().is_some_and(|next| next.starts_with("2021-10-29T08:30:0")), "{line}");
        newsroom.advance(Duration::from_secs(3));
        newsroom.settle().await;
        newsroom.hooks("/hook", 1).await;
        newsroom.advance(FIRST_WAIT);
        newsroom.hooks("/hook", 2).await;
        newsroom.settle().await;
        newsroom.advance(Duration::from_secs(45));
        newsroom.settle().await;
        newsroom.hooks("/hook", 2).await;
        newsroom.advance(Duration::from_secs(30));
        let hooks = newsroom.hooks("/hook", 3).await;
        assert!(hooks.iter().all(|hook| hook.verified() && hook.id == hooks[0].id && hook.body == hooks[0].body), "{hooks:?}");
        newsroom.settle().await;
        assert_eq!(states(&newsroom, &id).await, ["accepted"]);
        newsroom.finish().await;
    }

    async fn one_that_asks_for_patience_gets_it(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.receiver.play("/hook", [Behaviour::Answer { status: 429, retry_after: Some("120".into()) }]);
        newsroom.publish(&article(1)).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.settle().await;
        // What comes in the meantime waits too.
        newsroom.publish(&article(2)).await;
        newsroom.advance(Duration::from_secs(119));
        newsroom.until("the second event waits", async || newsroom.deliveries("&state=waiting").await.len() == 1).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.advance(Duration::from_secs(1));
        newsroom.hooks("/hook", 3).await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_redirect_is_not_followed(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.endpoint("/hook", json!({})).await;
        newsroom.receiver.play("/hook", [Behaviour::Redirect(newsroom.receiver.url("/elsewhere"))]);
        newsroom.publish(&article(1)).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.settle().await;
        newsroom.hooks("/elsewhere", 0).await;
        assert_eq!(states(&newsroom, &id).await, ["parked"]);
        newsroom.advance(FIRST_WAIT);
        newsroom.hooks("/hook", 2).await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn one_that_hangs_takes_nothing_from_the_others_and_not_for_ever(b: Backend) {
        let newsroom = Newsroom::plan().more("[limits]\nin_flight = 16\nexchange_within = \"3s\"").start(b).await;
        newsroom.receiver.always("/hang", Behaviour::Hang);
        newsroom.receiver.always("/drip", Behaviour::Drip);
        let hanging = newsroom.endpoint("/hang", json!({})).await;
        newsroom.endpoint("/drip", json!({})).await;
        newsroom.endpoint("/a", json!({})).await;
        let began = tokio::time::Instant::now();
        for n in 1..=20 {
            newsroom.publish(&article(n)).await;
        }
        newsroom.hooks("/a", 20).await;
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
        newsroom.until("the hanging one's first tries are over", async || states(&newsroom, &hanging).await.contains(&"parked".to_owned())).await;
        let answered = newsroom.deliveries("&state=parked").await;
        assert!(answered.iter().all(|line| line["why"].as_str().unwrap().contains("3 s")), "{answered:?}");
        newsroom.receiver.always("/hang", Behaviour::default());
        newsroom.receiver.always("/drip", Behaviour::default());
        let all = || newsroom.receiver.received().iter().filter(|hook| hook.answered == 200).count() >= 60;
        newsroom.advance_until(Duration::from_secs(30), "everything has arrived", all).await;
        newsroom.advance_until(Duration::from_secs(30), "and is settled", || true).await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn one_that_is_added_while_serving_gets_the_next_event(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        let id = newsroom.endpoint("/hook", json!({})).await;
        newsroom.publish(&article(2)).await;
        assert_eq!(newsroom.hooks("/hook", 1).await[0].title, "第 2 篇");
        newsroom.post(&format!("endpoints/{id}/test"), &json!({})).await.must_be(202);
        let hooks = newsroom.hooks("/hook", 2).await;
        assert!(hooks[1].verified() && hooks[1].event_type == "endpoint.test", "{hooks:?}");
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_partners_endpoint_gets_nothing_but_tests_until_it_answers(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        let section = Slug::parse("news").unwrap();
        let token = house.access.create_token("partner", Scope::Write, Some(&section), &Actor::Command).await.unwrap();
        newsroom.receiver.play("/partner", [Behaviour::status_only(500)]);
        let wanted = json!({ "url": newsroom.receiver.url("/partner") });
        let added = newsroom.ask(Ask::new(Method::POST, "/api/v1/endpoints").bearer(token.expose()).json(&wanted)).await.must_be(201).json();
        newsroom.receiver.trust("/partner", added["secret"].as_str().unwrap()).unwrap();
        newsroom.hooks("/partner", 1).await;
        newsroom.settle().await;
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        assert_eq!(newsroom.hooks("/partner", 1).await[0].event_type, "endpoint.test");
        newsroom.advance(FIRST_WAIT);
        newsroom.hooks("/partner", 2).await;
        newsroom.settle().await;
        assert_eq!(endpoint_state(&newsroom, added["id"].as_str().unwrap()).await, "live");
        newsroom.publish(&article(2)).await;
        let mut elsewhere = article(3);
        elsewhere["sections"] = json!(["sports"]);
        newsroom.publish(&elsewhere).await;
        newsroom.settle().await;
        assert_eq!(newsroom.hooks("/partner", 3).await[2].title, "第 2 篇");
        house.store.close().await;
        newsroom.finish().await;
    }

    async fn a_section_includes_what_lies_below_it_and_filters_keep_the_rest_away(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/news", json!({ "sections": ["news"] })).await;
        newsroom.endpoint("/sports", json!({ "sections": ["sports"] })).await;
        newsroom.endpoint("/withdrawn", json!({ "events": ["article.withdrawn"] })).await;
        newsroom.endpoint("/tag", json!({ "tags": ["招聘"] })).await;
        newsroom.endpoint("/author", json!({ "authors": ["熊毅"], "languages": ["zh"] })).await;
        let (refused, field) = newsroom.post("endpoints", &json!({ "url": newsroom.receiver.url("/x"), "sections": ["nowhere"] })).await.problem();
        assert_eq!((refused, field.as_str()), (422, "sections"));
        newsroom.publish(&article(1)).await;
        let other = json!({ "external_id": "2", "title": "招聘启事", "section": "sports", "content_text": "正文。", "tags": ["招聘"], "language": "en" });
        newsroom.publish(&other).await;
        newsroom.settle().await;
        let titles = async |path: &str, count| newsroom.hooks(path, count).await.into_iter().map(|hook| hook.title).collect::<Vec<_>>();
        assert_eq!(titles("/news", 1).await, ["第 1 篇"]);
        assert_eq!(titles("/author", 1).await, ["第 1 篇"]);
        assert_eq!(titles("/sports", 1).await, ["招聘启事"]);
        assert_eq!(titles("/tag", 1).await, ["招聘启事"]);
        newsroom.hooks("/withdrawn", 0).await;
        newsroom.finish().await;
    }

    async fn a_withdrawal_goes_out_without_the_body(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.endpoint("/withdrawn", json!({ "events": ["article.withdrawn"], "sections": ["news"] })).await;
        let id = newsroom.publish(&article(1)).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.post(&format!("articles/{id}/correct"), &json!({ "note": "日期有误" })).await.must_be(200);
        assert_eq!(body(&newsroom.hooks("/hook", 2).await[1])["data"]["correction"], "日期有误");
        newsroom.advance(Duration::from_mins(1));
        let gone = newsroom.api(Method::DELETE, &format!("articles/{id}?reason=%E8%AF%AF%E5%8F%91"));
        newsroom.ask(gone).await.must_be(200);
        for (path, count) in [("/hook", 3), ("/withdrawn", 1)] {
            let hook = newsroom.hooks(path, count).await.pop().unwrap();
            let told = body(&hook);
            assert!(hook.verified());
            assert_eq!((told["type"].as_str(), told["data"]["reason"].as_str()), (Some("article.withdrawn"), Some("误发")));
            let mut fields: Vec<&str> = told["data"].as_object().unwrap().keys().map(String::as_str).collect();
            fields.sort_unstable();
            assert_eq!(fields, ["id", "reason", "tag", "title", "url", "withdrawn"]);
        }
        assert!(!newsroom.get("rss.xml").await.text().contains("徐徐展开"));
        assert_eq!(newsroom.see(&format!("articles/{id}")).await["status"], "withdrawn");
        newsroom.ask(newsroom.api(Method::DELETE, &format!("articles/{id}"))).await.must_be(409);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn what_waits_for_an_endpoint_that_is_switched_off_is_let_go_of(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.endpoint("/hook", json!({})).await;
        newsroom.receiver.always("/hook", Behaviour::status_only(500));
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        let switch = |on: bool| newsroom.ask(newsroom.api(Method::PATCH, &format!("endpoints/{id}")).json(&json!({ "enabled": on })));
        switch(false).await.must_be(200);
        newsroom.publish(&article(2)).await;
        newsroom.advance(FIRST_WAIT);
        newsroom.settle().await;
        assert_eq!(states(&newsroom, &id).await, ["refused"]);
        newsroom.receiver.always("/hook", Behaviour::default());
        switch(true).await.must_be(200);
        let refused = newsroom.deliveries("").await.remove(0)["id"].clone();
        assert_eq!(newsroom.post("deliveries/replay", &json!({ "deliveries": [refused] })).await.must_be(200).json()["replayed"], 1);
        newsroom.hooks("/hook", 2).await;
        newsroom.settle().await;
        assert_eq!(states(&newsroom, &id).await, ["accepted"]);
        newsroom.finish().await;
    }

    async fn the_guard_lets_nothing_out_that_the_operator_did_not_allow(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        for url in ["http://10.0.0.1/hook", "http://169.254.169.254/latest", "http://[::1]/hook"] {
            newsroom.post("endpoints", &json!({ "url": url })).await.must_be(201);
        }
        for url in ["ftp://example.com/", "http://user:pass@example.com/", "hook"] {
            assert_eq!(newsroom.post("endpoints", &json!({ "url": url })).await.problem(), (422, "url".to_owned()), "{url}");
        }
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        let lines = newsroom.deliveries("").await;
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line["state"] != "accepted" && line["why"].is_string()), "{lines:?}");
        newsroom.finish().await;
    }

    async fn a_stop_finishes_what_is_on_its_way(b: Backend) {
        let mut newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.receiver.play("/hook", [Behaviour::Late(Duration::from_secs(1))]);
        newsroom.publish(&article(1)).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.stop().await;
        newsroom.go_on().await;
        newsroom.settle().await;
        newsroom.hooks("/hook", 1).await;
        assert_eq!(newsroom.deliveries("&state=accepted").await.len(), 1);
        newsroom.finish().await;
    }

    async fn two_versions_of_an_article_arrive_in_order(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.receiver.play("/hook", [Behaviour::Late(Duration::from_millis(500))]);
        newsroom.publish(&article(1)).await;
        let mut second = article(1);
        second["content_html"] = Value::from("<p>更加有效。</p>");
        newsroom.push(&second).await.must_be(200);
        let hooks = newsroom.hooks("/hook", 2).await;
        let types: Vec<&str> = hooks.iter().map(|hook| hook.event_type.as_str()).collect();
        assert_eq!(types, ["article.published", "article.updated"]);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_version_that_failed_never_comes_after_a_newer_one(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.endpoint("/hook", json!({})).await;
        newsroom.receiver.play("/hook", [Behaviour::status_only(500)]);
        newsroom.publish(&article(1)).await;
        newsroom.hooks("/hook", 1).await;
        newsroom.settle().await;
        let mut second = article(1);
        second["content_html"] = Value::from("<p>更加有效。</p>");
        newsroom.push(&second).await.must_be(200);
        newsroom.hooks("/hook", 2).await;
        newsroom.settle().await;
        newsroom.advance(Duration::from_mins(2));
        newsroom.settle().await;
        let hooks = newsroom.hooks("/hook", 2).await;
        assert_eq!(hooks[1].event_type, "article.updated");
        assert_eq!(states(&newsroom, &id).await, ["accepted", "superseded"]);
        newsroom.finish().await;
    }
}
