//! What nobody may do to an article that is not theirs, and who hears of it all the same.

use http::Method;
use postrider::ingest::Desk;
use postrider::model::{Actor, ArticleKey, Slug};
use postrider::store::Scope;
use serde_json::{Value, json};

use crate::harness::{Ask, Newsroom};
use crate::pushing::article;

fn in_section(n: u32, section: &str) -> Value {
    let mut copy = article(n);
    copy["sections"] = json!([section]);
    copy
}

backends! {
    async fn a_token_bound_to_a_section_changes_nothing_outside_it(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.publish(&in_section(1, "sports")).await;
        let house = newsroom.another_process().await;
        let yicheng = Slug::parse("news/yicheng").unwrap();
        let partner = house.access.create_token("partner", Scope::Write, Some(&yicheng), &Actor::Command).await.unwrap();
        let mut taken = in_section(1, "news/yicheng");
        taken["title"] = Value::from("改了");
        let push = Ask::new(Method::POST, "/api/v1/articles").bearer(partner.expose()).json(&taken);
        newsroom.ask(push).await.must_be(403);
        assert_eq!(newsroom.see(&format!("articles/{id}")).await["title"], article(1)["title"]);
        let admin = house.access.create_token("chief", Scope::Admin, Some(&yicheng), &Actor::Command).await.unwrap();
        newsroom.ask(Ask::get("/api/v1/subscribers").bearer(admin.expose())).await.must_be(403);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn two_articles_never_share_an_address_and_each_headline_without_a_name_is_its_sections_own(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.publish(&article(1)).await;
        newsroom.publish(&article(2)).await;
        let mut taken = article(1);
        taken["url"] = article(2)["url"].clone();
        assert_eq!(newsroom.push(&taken).await.problem(), (409, "url".to_owned()));
        let weather = |section: &str| json!({ "title": "今日天气", "section": section, "content_text": "晴。" });
        newsroom.push(&weather("news")).await.must_be(201);
        newsroom.push(&weather("sports")).await.must_be(201);
        newsroom.push(&weather("news")).await.must_be(200);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_editors_hold_outlives_the_next_push_and_a_withdrawn_article_stays_withdrawn(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let id = newsroom.publish(&article(1)).await;
        newsroom.hooks("/hook", 1).await;
        let key = ArticleKey::parse(&id).unwrap();
        let editor = Desk::new(newsroom.another_process().await.ingest);
        editor.hold(&key, "先核实", &Actor::Command).await.unwrap();
        newsroom.push(&article(1)).await.must_be(200);
        assert_eq!(newsroom.see(&format!("articles/{id}")).await["status"], "held");
        editor.withdraw(&key, "不实", &Actor::Command).await.unwrap();
        assert_eq!(newsroom.hooks("/hook", 2).await[1].event_type, "article.withdrawn", "who was told of it hears of its end");
        assert_eq!(newsroom.push(&article(1)).await.problem().0, 409);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_withdrawal_reaches_who_got_the_article_wherever_it_stands_now(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/sports", json!({ "sections": ["sports"] })).await;
        let id = newsroom.publish(&in_section(1, "sports")).await;
        newsroom.hooks("/sports", 1).await;
        newsroom.push(&in_section(1, "news")).await.must_be(200);
        let withdraw = newsroom.api(Method::DELETE, &format!("articles/{id}?reason=x"));
        newsroom.ask(withdraw).await.must_be(200);
        let hooks = newsroom.hooks("/sports", 2).await;
        assert_eq!(hooks[1].event_type, "article.withdrawn");
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_token_bound_to_a_section_decides_nothing_about_what_stands_elsewhere_too(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let shared = |n: u32| {
            let mut copy = in_section(n, "news/yicheng");
            copy["sections"] = json!(["news/yicheng", "sports"]);
            copy
        };
        let id = newsroom.publish(&shared(1)).await;
        let mut held = shared(2);
        held["status"] = Value::from("held");
        let waiting = newsroom.publish(&held).await;
        let own = newsroom.publish(&in_section(3, "news/yicheng")).await;
        newsroom.hooks("/hook", 2).await;
        let house = newsroom.another_process().await;
        let yicheng = Slug::parse("news/yicheng").unwrap();
        let partner = house.access.create_token("partner", Scope::Write, Some(&yicheng), &Actor::Command).await.unwrap();
        let ask = |method: Method, path: &str| Ask::new(method, format!("/api/v1/articles/{path}")).bearer(partner.expose());
        newsroom.ask(ask(Method::GET, &id)).await.must_be(200);
        for refused in [
            ask(Method::DELETE, &format!("{id}?reason=x")),
            ask(Method::POST, &format!("{id}/correct")).json(&json!({ "note": "人名有误" })),
            ask(Method::POST, &format!("{waiting}/publish")),
            ask(Method::PATCH, &id).json(&json!({ "status": "withdrawn", "reason": "x" })),
        ] {
            assert_eq!(newsroom.ask(refused).await.problem(), (403, "sections".to_owned()));
        }
        for (id, status) in [(&id, "published"), (&waiting, "held")] {
            let shown = newsroom.see(&format!("articles/{id}")).await;
            assert_eq!((shown["status"].as_str(), shown["revision"].as_i64()), (Some(status), Some(1)), "{shown}");
        }
        newsroom.ask(ask(Method::POST, &format!("{own}/correct")).json(&json!({ "note": "人名有误" }))).await.must_be(200);
        newsroom.ask(ask(Method::DELETE, &own)).await.must_be(200);
        assert_eq!(newsroom.events().await[2..], ["article.corrected", "article.withdrawn"]);
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }
}
