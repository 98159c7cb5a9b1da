//! What was asked twice under one key is done once and answered alike.

use std::time::Duration;

use http::Method;
use postrider::model::{Actor, Millis};
use postrider::store::Scope;
use postrider::store::write::shared::{Claim, Once, claim};
use serde_json::{Value, json};

use crate::harness::{Answer, Ask, Newsroom};
use crate::pushing::article;

async fn keyed(newsroom: &Newsroom, path: &str, key: &str, body: &Value) -> Answer {
    newsroom.ask(newsroom.api(Method::POST, path).header("idempotency-key", key).json(body)).await
}

/// By what a request is known again: method, address below the API, body.
fn known_by(path: &str, body: &Value) -> String {
    let whole = format!("POST /{path}\n{body}");
    data_encoding::HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, whole.as_bytes()).as_ref())
}

/// What stands under a key, seen from another process.
async fn standing(newsroom: &Newsroom, key: &str, request: &str) -> Claim {
    let house = newsroom.another_process().await;
    let mut tx = house.store.begin().await.unwrap();
    let once = Once { token: "test", key, request };
    let claimed = claim(&mut tx, once, newsroom.clock.now(), Millis(0), Millis(0)).await.unwrap();
    tx.commit().await.unwrap();
    house.store.close().await;
    claimed
}

/// Asks twice: both answers are one, and the second says that it is a repetition.
async fn twice(newsroom: &Newsroom, path: &str, body: &Value) -> Value {
    let key = format!("key of {path}").replace([' ', '/'], "-");
    let first = keyed(newsroom, path, &key, body).await;
    assert!((200..300).contains(&first.status), "{path}: {}", first.text());
    let again = keyed(newsroom, path, &key, body).await.must_be(first.status);
    assert_eq!(first.text(), again.text(), "{path}");
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"), "{path}");
    assert_eq!(again.header("content-type"), "application/json");
    first.json()
}

backends! {
    async fn every_post_does_its_work_once_under_a_key(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let told = twice(&newsroom, "articles", &article(1)).await;
        assert_eq!(told["result"], "new", "the answer of the first time, though the article is known by now");
        let id = told["id"].as_str().unwrap();
        // Who joins before an event was carried to anybody would hear of it.
        newsroom.settle().await;
        let endpoint = twice(&newsroom, "endpoints", &json!({ "url": newsroom.receiver.url("/hook") })).await;
        assert!(endpoint["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!(newsroom.see("endpoints").await["data"].as_array().unwrap().len(), 1);
        let endpoint = endpoint["id"].as_str().unwrap();
        let rotated = twice(&newsroom, &format!("endpoints/{endpoint}/rotate"), &json!({})).await;
        newsroom.receiver.trust("/hook", rotated["secret"].as_str().unwrap()).unwrap();
        twice(&newsroom, &format!("endpoints/{endpoint}/test"), &json!({})).await;
        assert_eq!(newsroom.hooks("/hook", 1).await[0].event_type, "endpoint.test");
        let reader = json!({ "email": "reader@example.com", "subscriptions": [{ "section": "sports" }] });
        twice(&newsroom, "subscribers", &reader).await;
        newsroom.mails("reader@example.com", 1).await;
        let corrected = twice(&newsroom, &format!("articles/{id}/correct"), &json!({ "note": "人名有误" })).await;
        assert_eq!(corrected["revision"], 2);
        newsroom.settle().await;
        assert_eq!(newsroom.events().await, ["article.published", "article.corrected"]);
        assert_eq!(newsroom.hooks("/hook", 2).await[1].event_type, "article.corrected");
        let delivery = newsroom.deliveries("&state=accepted").await.remove(0)["id"].clone();
        twice(&newsroom, "deliveries/replay", &json!({ "deliveries": [delivery] })).await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_key_is_one_requests_and_one_senders_and_a_refused_request_leaves_it_free(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        keyed(&newsroom, "articles", "k", &article(1)).await.must_be(201);
        assert_eq!(keyed(&newsroom, "articles", "k", &article(2)).await.problem().0, 422);
        let reader = json!({ "email": "reader@example.com", "subscriptions": [{ "section": "sports" }] });
        assert_eq!(keyed(&newsroom, "subscribers", "k", &reader).await.problem().0, 422, "another address is another request");
        let house = newsroom.another_process().await;
        let other = house.access.create_token("other", Scope::Write, None, &Actor::Command).await.unwrap();
        let theirs = Ask::new(Method::POST, "/api/v1/articles").bearer(other.expose()).header("idempotency-key", "k").json(&article(2));
        newsroom.ask(theirs).await.must_be(201);
        let mut untitled = article(3);
        untitled["title"] = Value::Null;
        assert_eq!(keyed(&newsroom, "articles", "\"q\"", &untitled).await.problem(), (422, "title".to_owned()));
        keyed(&newsroom, "articles", "q", &article(3)).await.must_be(201);
        for bad in ["", " ", "ä", &"x".repeat(256)] {
            let ask = newsroom.api(Method::POST, "articles").header("idempotency-key", bad).json(&article(4));
            assert_eq!(newsroom.ask(ask).await.problem().0, 400, "{bad:?}");
        }
        let nobody = Ask::new(Method::POST, "/api/v1/articles").header("idempotency-key", "k").json(&article(1));
        assert_eq!(newsroom.ask(nobody).await.problem().0, 401);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_request_under_way_is_waited_for_then_409_and_one_that_was_killed_may_be_sent_again(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        assert_eq!(standing(&newsroom, "slow", &known_by("articles", &article(2))).await, Claim::Ours);
        let refused = keyed(&newsroom, "articles", "slow", &article(2)).await;
        assert_eq!((refused.problem().0, refused.header("retry-after")), (409, "1"));
        assert_eq!(keyed(&newsroom, "articles", "slow", &article(3)).await.problem().0, 422);
        newsroom.advance(Duration::from_secs(61));
        keyed(&newsroom, "articles", "slow", &article(2)).await.must_be(201);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_answer_is_kept_sealed_and_for_a_day(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let wanted = json!({ "url": newsroom.receiver.url("/hook") });
        let secret = keyed(&newsroom, "endpoints", "e", &wanted).await.must_be(201).json()["secret"].as_str().unwrap().to_owned();
        let Claim::Answered(kept) = standing(&newsroom, "e", &known_by("endpoints", &wanted)).await else { panic!("it is kept") };
        let opened = data_encoding::BASE64.decode(kept.response.as_bytes()).unwrap();
        assert!(opened.len() > secret.len() && !opened.windows(secret.len()).any(|part| part == secret.as_bytes()), "it holds the secret");
        newsroom.advance(Duration::from_hours(25));
        let again = keyed(&newsroom, "endpoints", "e", &wanted).await.must_be(201);
        assert_ne!(again.json()["secret"], secret.as_str(), "a day later it is a request of its own");
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_correction_whose_answer_was_lost_is_admitted_once(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let id = newsroom.publish(&article(1)).await;
        let (path, note) = (format!("articles/{id}/correct"), json!({ "note": "人名有误" }));
        // Killed between the work and its answer: the claim stands, and the work is done.
        assert_eq!(standing(&newsroom, "lost", &known_by(&path, &note)).await, Claim::Ours);
        newsroom.post(&path, &note).await.must_be(200);
        newsroom.advance(Duration::from_secs(61));
        let told = keyed(&newsroom, &path, "lost", &note).await.must_be(200).json();
        assert_eq!((told["result"].as_str(), told["revision"].as_i64()), (Some("corrected"), Some(2)));
        assert_eq!(newsroom.events().await, ["article.published", "article.corrected"]);
        let change = newsroom.api(Method::PATCH, &format!("articles/{id}")).json(&json!({ "content_text": "又改了一处人名。" }));
        newsroom.ask(change).await.must_be(200);
        let again = newsroom.post(&path, &note).await.must_be(200).json();
        assert_eq!(again["revision"], 4, "of other words it is another correction");
        newsroom.settle().await;
        assert_eq!(newsroom.hooks("/hook", 4).await[3].event_type, "article.corrected");
        newsroom.finish().await;
    }
}
