//! Versions: changed field by field, corrected once, kept all, carried over to another store, read again from kept pages.

use std::process::Output;
use std::time::Duration;

use http::Method;
use postrider::ingest::{Became, Rereading};
use postrider::model::{Actor, Slug};
use postrider::store::Scope;
use serde_json::{Value, json};

use crate::harness::{Answer, Ask, Newsroom};
use crate::identity::{STORY, page, site, take};
use crate::pushing::article;

async fn patch(newsroom: &Newsroom, id: &str, change: &Value) -> Answer {
    newsroom.ask(newsroom.api(Method::PATCH, &format!("articles/{id}")).json(change)).await
}

async fn shown(newsroom: &Newsroom, id: &str) -> Value {
    newsroom.see(&format!("articles/{id}")).await
}

/// Runs a command beside the daemon.
async fn command(newsroom: &Newsroom, arguments: &[&str]) -> Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_postrider"));
    command.arg("--config").arg(newsroom.file()).args(arguments).env("RUST_LOG", "error");
    command.output().await.unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

backends! {
    async fn a_change_of_fields_leaves_the_others_as_they_are(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let id = newsroom.publish(&article(1)).await;
        let before = shown(&newsroom, &id).await;
        newsroom.advance(Duration::from_mins(1));
        let told = patch(&newsroom, &id, &json!({ "title": "改过的标题", "summary": null, "tags": ["渡口"] })).await.must_be(200).json();
        assert_eq!((told["result"].as_str(), told["revision"].as_i64()), (Some("revised"), Some(2)));
        let after = shown(&newsroom, &id).await;
        assert_eq!((after["title"].as_str(), &after["summary"], &after["tags"]), (Some("改过的标题"), &Value::Null, &json!(["渡口"])));
        for field in ["id", "url", "external_id", "sections", "published", "authors", "content_html", "language", "status"] {
            assert_eq!(after[field], before[field], "{field}");
        }
        assert_eq!(newsroom.hooks("/hook", 2).await[1].event_type, "article.updated");
        let same = patch(&newsroom, &id, &json!({ "title": "改过的标题" })).await.must_be(200).json();
        assert_eq!((same["result"].as_str(), same["revision"].as_i64()), (Some("unchanged"), Some(2)));
        patch(&newsroom, &id, &json!({ "content_text": "换一段正文。" })).await.must_be(200);
        assert_eq!(shown(&newsroom, &id).await["content_html"], "<p>换一段正文。</p>");
        patch(&newsroom, &id, &json!({ "external_id": null, "section": "sports" })).await.must_be(200);
        let moved = shown(&newsroom, &id).await;
        assert_eq!((&moved["sections"], moved.get("external_id")), (&json!(["sports"]), None));
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_change_is_judged_as_a_push_is(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.publish(&article(1)).await;
        newsroom.publish(&article(2)).await;
        let table = [
            (json!({ "title": null }), 422, "title"),
            (json!({ "content_html": "" }), 422, "content_html"),
            (json!({ "published": "gestern" }), 422, "published"),
            (json!({ "sections": ["nowhere"] }), 422, "sections"),
            (json!({ "status": "lost" }), 422, "status"),
            (json!({ "status": "withdrawn" }), 422, "reason"),
            (json!({ "url": article(2)["url"] }), 409, "url"),
            (json!({ "external_id": "cms-2" }), 409, "external_id"),
            (json!([]), 422, ""),
            (json!({ "tags": 7 }), 422, ""),
        ];
        for (change, status, field) in table {
            assert_eq!(patch(&newsroom, &id, &change).await.problem(), (status, field.to_owned()), "{change}");
        }
        assert_eq!(patch(&newsroom, "aaaaaaaaaaaaaaaa", &json!({})).await.problem().0, 404);
        let house = newsroom.another_process().await;
        let (sports, read) = (Slug::parse("sports").unwrap(), Scope::Read);
        let elsewhere = house.access.create_token("sports", Scope::Write, Some(&sports), &Actor::Command).await.unwrap();
        let reads = house.access.create_token("reads", read, None, &Actor::Command).await.unwrap();
        for (token, status) in [(&elsewhere, 404), (&reads, 403)] {
            let ask = Ask::new(Method::PATCH, format!("/api/v1/articles/{id}")).bearer(token.expose()).json(&json!({ "title": "x" }));
            assert_eq!(newsroom.ask(ask).await.problem().0, status);
        }
        let yicheng = Slug::parse("news/yicheng").unwrap();
        let inside = house.access.create_token("inside", Scope::Write, Some(&yicheng), &Actor::Command).await.unwrap();
        let out = Ask::new(Method::PATCH, format!("/api/v1/articles/{id}")).bearer(inside.expose()).json(&json!({ "sections": ["sports"] }));
        assert_eq!(newsroom.ask(out).await.problem(), (403, "sections".to_owned()));
        assert_eq!(shown(&newsroom, &id).await["revision"], 1, "nothing of all that was written");
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_change_of_status_holds_lets_go_and_withdraws(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let mut held = article(1);
        held["status"] = Value::from("held");
        let id = newsroom.publish(&held).await;
        patch(&newsroom, &id, &json!({ "title": "改好了" })).await.must_be(200);
        assert_eq!(shown(&newsroom, &id).await["status"], "held", "what does not speak of the status leaves it");
        assert!(newsroom.events().await.is_empty());
        patch(&newsroom, &id, &json!({ "status": "published" })).await.must_be(200);
        assert_eq!(newsroom.hooks("/hook", 1).await[0].title, "改好了");
        let told = patch(&newsroom, &id, &json!({ "status": "held", "held_because": "先核实" })).await.must_be(200).json();
        assert_eq!(told["held_because"], "先核实");
        assert!(!newsroom.get("rss.xml").await.text().contains("改好了"));
        patch(&newsroom, &id, &json!({ "status": "published" })).await.must_be(200);
        patch(&newsroom, &id, &json!({ "status": "withdrawn", "reason": "不实" })).await.must_be(200);
        assert_eq!(shown(&newsroom, &id).await["reason"], "不实");
        assert_eq!(patch(&newsroom, &id, &json!({ "title": "又来" })).await.problem().0, 409);
        newsroom.settle().await;
        assert_eq!(newsroom.events().await.last().unwrap(), "article.withdrawn");
        newsroom.finish().await;
    }

    async fn an_embargo_is_moved_by_its_time_alone(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let mut ids = Vec::new();
        for n in 1..=3 {
            let mut later = article(n);
            later["published"] = Value::from("2021-10-29T10:00:00+08:00");
            ids.push(newsroom.publish(&later).await);
        }
        let moved = patch(&newsroom, &ids[0], &json!({ "published": "2021-10-29T12:00:00+08:00" })).await.must_be(200).json();
        assert!(moved["held_because"].as_str().unwrap().contains("12:00"), "{moved}");
        patch(&newsroom, &ids[1], &json!({ "title": "不等了", "status": "published" })).await.must_be(200);
        assert_eq!(newsroom.hooks("/hook", 1).await[0].title, "不等了");
        let early = shown(&newsroom, &ids[1]).await;
        assert_eq!(early["published"], "2021-10-29T08:30:00+08:00", "a feed never shows a future time");
        patch(&newsroom, &ids[2], &json!({ "tags": ["渡口"] })).await.must_be(200);
        newsroom.advance(Duration::from_mins(90));
        newsroom.settle().await;
        assert_eq!(newsroom.hooks("/hook", 2).await[1].title, "第 3 篇", "what does not speak of the time leaves the embargo");
        newsroom.advance(Duration::from_hours(2));
        assert_eq!(newsroom.hooks("/hook", 3).await[2].title, "第 1 篇");
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_embargo_ends_at_its_minute_whatever_else_is_changed_or_sent_back(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let later = |n: u32| {
            let mut later = article(n);
            later["published"] = Value::from("2021-10-29T10:00:00+08:00");
            later
        };
        let mut ids = Vec::new();
        for n in 1..=4 {
            ids.push(newsroom.publish(&later(n)).await);
        }
        let reason = shown(&newsroom, &ids[0]).await["held_because"].clone();
        // Sent back as it was shown, an article waits as before, though it is told as held.
        let whole = shown(&newsroom, &ids[2]).await;
        patch(&newsroom, &ids[2], &whole).await.must_be(200);
        let whole = shown(&newsroom, &ids[3]).await;
        newsroom.push(&whole).await.must_be(200);
        newsroom.advance(Duration::from_mins(87));
        patch(&newsroom, &ids[0], &json!({ "tags": ["渡口"] })).await.must_be(200);
        newsroom.push(&later(2)).await.must_be(200);
        newsroom.settle().await;
        assert_eq!(newsroom.events().await, [""; 0], "three minutes are no skew of a clock that is waited for");
        for id in &ids {
            assert_eq!(shown(&newsroom, id).await["held_because"], reason);
        }
        newsroom.advance(Duration::from_mins(3));
        let hooks = newsroom.hooks("/hook", 4).await;
        assert!(hooks.iter().all(|hook| hook.event_type == "article.published" && hook.at == newsroom.clock.now()));
        // What was shown while it waited, and is sent back when it is out, does not take it off the feeds.
        patch(&newsroom, &ids[3], &whole).await.must_be(200);
        assert_eq!(shown(&newsroom, &ids[3]).await["status"], "published");
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn what_was_changed_by_hand_outlives_the_next_look_of_its_source(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        let id = take(&house, page(1, "渡口重新通航", STORY), &site()).await.unwrap().key.to_string();
        patch(&newsroom, &id, &json!({ "title": "渡口昨日复航" })).await.must_be(200);
        assert_eq!(take(&house, page(1, "渡口重新通航", STORY), &site()).await.unwrap().became, Became::Unchanged);
        assert_eq!(shown(&newsroom, &id).await["title"], "渡口昨日复航");
        let moved = take(&house, page(21, "渡口重新通航", STORY), &site()).await.unwrap();
        assert_eq!((moved.key.as_str(), moved.url.unwrap().as_str()), (id.as_str(), "https://news.example.org/21.html"));
        assert_eq!(shown(&newsroom, &id).await["title"], "渡口昨日复航", "another address is no other copy");
        take(&house, page(21, "渡口重新通航（续）", STORY), &site()).await.unwrap();
        assert_eq!(shown(&newsroom, &id).await["title"], "渡口重新通航（续）", "new copy of the source is new copy");
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_error_that_the_page_admits_is_told_once_to_everyone_who_had_it(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let house = newsroom.another_process().await;
        let corrected = |n: u32, line: &str| {
            let mut page = page(n, "渡口重新通航", STORY);
            page.correction = Some(line.to_owned());
            page
        };
        let first_sight = take(&house, corrected(9, "船工姓名有误"), &site()).await.unwrap();
        assert_eq!(shown(&newsroom, first_sight.key.as_str()).await["correction"], "船工姓名有误");
        let key = take(&house, page(1, "渡口开航", STORY), &site()).await.unwrap().key;
        newsroom.hooks("/hook", 2).await;
        newsroom.advance(Duration::from_hours(24 * 30));
        let line = || {
            let mut page = corrected(1, "栏杆为去年所换");
            page.title = Some("渡口开航".to_owned());
            page
        };
        let told = take(&house, line(), &site()).await.unwrap();
        assert_eq!((told.key, told.became), (key.clone(), Became::Revised));
        let hook = newsroom.hooks("/hook", 3).await.remove(2);
        let body: Value = serde_json::from_slice(&hook.body).unwrap();
        assert_eq!((hook.event_type.as_str(), body["data"]["correction"].as_str()), ("article.corrected", Some("栏杆为去年所换")));
        assert_eq!(take(&house, line(), &site()).await.unwrap().became, Became::Unchanged);
        newsroom.post(&format!("articles/{key}/correct"), &json!({ "note": "图片说明有误" })).await.must_be(200);
        newsroom.hooks("/hook", 4).await;
        assert_eq!(take(&house, line(), &site()).await.unwrap().became, Became::Unchanged, "a line that was told is told");
        let empty = newsroom.post(&format!("articles/{key}/correct"), &json!({ "note": "  " })).await;
        assert_eq!(empty.problem(), (422, "note".to_owned()));
        newsroom.settle().await;
        let events = ["article.published", "article.published", "article.corrected", "article.corrected"];
        assert_eq!(newsroom.events().await, events);
        newsroom.finish().await;
    }

    async fn all_versions_are_kept_and_compared(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.publish(&article(1)).await;
        patch(&newsroom, &id, &json!({ "title": "第 1 篇（改）" })).await.must_be(200);
        newsroom.post(&format!("articles/{id}/correct"), &json!({ "note": "人名有误" })).await.must_be(200);
        let revisions = newsroom.see(&format!("articles/{id}/revisions")).await["data"].clone();
        let lines: Vec<_> =
            revisions.as_array().unwrap().iter().map(|it| (it["revision"].as_i64().unwrap(), it["weight"].as_str().unwrap(), it["note"].as_str())).collect();
        assert_eq!(lines, [(1, "new", None), (2, "material", None), (3, "correction", Some("人名有误"))]);
        assert_eq!((revisions[0]["article"]["title"].as_str(), revisions[0]["actor"].as_str()), (Some("第 1 篇"), Some("token:test")));
        let diff = newsroom.see(&format!("articles/{id}/revisions?diff=1..3")).await;
        assert_eq!(diff["changes"], json!([{ "field": "title", "before": "第 1 篇", "after": "第 1 篇（改）", "marked": "第 1 篇{+（改）+}" }]));
        for wrong in ["1", "1..9", "x..y"] {
            let answer = newsroom.ask(newsroom.api(Method::GET, &format!("articles/{id}/revisions?diff={wrong}"))).await;
            assert_eq!(answer.problem(), (400, "diff".to_owned()));
        }
        let told: Value = serde_json::from_str(&said(&command(&newsroom, &["article", "show", &id]).await)).unwrap();
        assert_eq!((told["title"].as_str(), told["revisions"].as_array().unwrap().len()), (Some("第 1 篇（改）"), 3));
        assert_eq!(said(&command(&newsroom, &["article", "show", &id, "--diff", "1..2"]).await), "title: 第 1 篇{+（改）+}\n");
        for (arguments, word) in [(["article", "withdraw", &id, "--reason", " "], "reason"), (["article", "correct", &id, "--note", ""], "note")] {
            let refused = command(&newsroom, &arguments).await;
            assert_eq!(refused.status.code(), Some(2), "{refused:?}");
            assert!(String::from_utf8_lossy(&refused.stderr).contains(word));
        }
        let refused = newsroom.ask(newsroom.api(Method::DELETE, &format!("articles/{id}?reason="))).await;
        assert_eq!(refused.problem(), (422, "reason".to_owned()));
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn lists_and_methods_refuse_what_they_do_not_know(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        for (path, field) in [("articles?status=lost", "status"), ("articles?limit=-1", "limit"), ("events?limit=0", "limit"), ("deliveries?limit=x", "limit")] {
            assert_eq!(newsroom.ask(newsroom.api(Method::GET, path)).await.problem(), (400, field.to_owned()), "{path}");
        }
        newsroom.see("articles?status=held&limit=100000").await;
        let wrong = newsroom.ask(newsroom.api(Method::PUT, "articles")).await;
        assert_eq!(wrong.problem().0, 405);
        assert!(wrong.header("allow").contains("POST"), "{wrong:?}");
        assert_eq!(newsroom.ask(newsroom.api(Method::GET, "nothing")).await.problem().0, 404);
        let refused = command(&newsroom, &["token", "create", "stray", "--scope", "write:nowhere"]).await;
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        said(&command(&newsroom, &["token", "create", "sport", "--scope", "write:sports"]).await);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn what_is_exported_comes_back_the_same_and_tells_nobody(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.publish(&article(1)).await;
        patch(&newsroom, &id, &json!({ "content_html": "<p>改过<b>两</b>次。</p>", "tags": ["渡口", "交通"] })).await.must_be(200);
        newsroom.post(&format!("articles/{id}/correct"), &json!({ "note": "人名有误" })).await.must_be(200);
        let plain = json!({ "external_id": "cms-9", "title": "无网址", "section": "sports", "content_text": "正文。" });
        newsroom.push(&plain).await.must_be(201);
        let mut later = article(3);
        later["published"] = Value::from("2099-10-29T10:00:00+08:00");
        newsroom.publish(&later).await;
        let mut held = article(4);
        held["status"] = Value::from("held");
        newsroom.publish(&held).await;
        let gone = newsroom.publish(&article(5)).await;
        newsroom.ask(newsroom.api(Method::DELETE, &format!("articles/{gone}?reason=%E8%AF%AF"))).await.must_be(200);
        let house = newsroom.another_process().await;
        take(&house, page(7, "渡口重新通航", STORY), &site()).await.unwrap();
        house.store.close().await;
        let exported = said(&command(&newsroom, &["export", "articles"]).await);
        assert_eq!(exported.lines().count(), 6, "{exported}");
        assert_eq!(said(&command(&newsroom, &["export", "articles", "--section", "sports"]).await).lines().count(), 1);
        newsroom.settle().await;
        let other = newsroom.with_an_empty_store(b).await;
        other.endpoint("/hook", json!({})).await;
        let file = other.file().with_file_name("articles.jsonl");
        // Addresses of our own name this newsroom's port.
        let lines: Vec<String> = exported
            .lines()
            .map(|line| {
                let mut article: Value = serde_json::from_str(line).unwrap();
                if let Some((_, page)) = article["url"].as_str().and_then(|url| url.split_once("/articles/")) {
                    article["url"] = Value::from(other.url(&format!("articles/{page}")));
                }
                article.to_string()
            })
            .collect();
        let exported = lines.join("\n") + "\n";
        std::fs::write(&file, &exported).unwrap();
        let path = file.to_str().unwrap();
        let dry = said(&command(&other, &["import", "articles", path, "--dry-run"]).await);
        assert_eq!(dry.matches("\tnew\t").count(), 6, "{dry}");
        assert_eq!(said(&command(&other, &["export", "articles"]).await), "");
        said(&command(&other, &["import", "articles", path]).await);
        assert_eq!(said(&command(&other, &["export", "articles"]).await), exported);
        let again = said(&command(&other, &["import", "articles", path]).await);
        assert_eq!(again.matches("\tunchanged\t").count(), 6, "{again}");
        other.settle().await;
        assert!(other.deliveries("").await.is_empty(), "nobody was told");
        assert!(other.get("rss.xml").await.text().contains("改过"), "and the feeds have it");
        let listed = other.see("events").await;
        assert!(listed["data"].as_array().unwrap().iter().all(|event| event["announce"] == false));
        for what in ["subscribers", "opml"] {
            assert_eq!(command(&other, &["import", what, path]).await.status.code(), Some(2));
        }
        other.finish().await;
    }

    async fn a_withdrawn_article_without_an_address_is_known_again_after_an_import(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let plain = json!({ "external_id": "cms-9", "title": "无网址", "section": "sports", "content_text": "正文。" });
        let id = newsroom.publish(&plain).await;
        newsroom.ask(newsroom.api(Method::DELETE, &format!("articles/{id}?reason=x"))).await.must_be(200);
        let mut line: Value = serde_json::from_str(&said(&command(&newsroom, &["export", "articles"]).await)).unwrap();
        assert_eq!(line["external_id"], "cms-9");
        line["url"] = Value::Null;
        let mut older = line.clone();
        older.as_object_mut().unwrap().remove("external_id");
        newsroom.settle().await;
        // An older file names nothing but the key.
        for line in [line, older] {
            let other = Newsroom::start(b).await;
            let file = other.file().with_file_name("articles.jsonl");
            std::fs::write(&file, line.to_string()).unwrap();
            said(&command(&other, &["import", "articles", file.to_str().unwrap()]).await);
            assert_eq!(other.push(&plain).await.problem(), (409, "status".to_owned()));
            other.settle().await;
            other.finish().await;
        }
        newsroom.finish().await;
    }

    async fn a_line_that_is_two_articles_at_once_is_refused_and_the_others_come_in(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.publish(&article(1)).await;
        newsroom.publish(&article(2)).await;
        let mut both = article(1);
        both["url"] = article(2)["url"].clone();
        both["title"] = Value::from("是谁");
        both["source"] = Value::from("push");
        let file = newsroom.file().with_file_name("list.json");
        std::fs::write(&file, json!([both, article(3)]).to_string()).unwrap();
        let output = command(&newsroom, &["import", "articles", file.to_str().unwrap()]).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("article 1: the address belongs to another article"), "{output:?}");
        let list = newsroom.see("articles").await;
        let titles: Vec<&str> = list["data"].as_array().unwrap().iter().map(|article| article["title"].as_str().unwrap()).collect();
        assert_eq!(titles, ["第 3 篇", "第 2 篇", "第 1 篇"]);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_feed_and_an_array_are_imported_and_what_is_wrong_is_said(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let folder = newsroom.file().parent().unwrap().to_owned();
        let feed = "<rss version=\"2.0\"><channel><title>旧站</title><item><title>老新闻</title><link>https://old.example.org/1.html</link><guid>1</guid><pubDate>Fri, 01 Jan 2010 08:00:00 +0800</pubDate><description>旧文。</description></item></channel></rss>";
        std::fs::write(folder.join("old.xml"), feed).unwrap();
        let file = folder.join("old.xml");
        said(&command(&newsroom, &["import", "articles", file.to_str().unwrap(), "--section", "news"]).await);
        let mut untitled = article(2);
        untitled["title"] = Value::Null;
        std::fs::write(folder.join("list.json"), json!([article(1), untitled]).to_string()).unwrap();
        let file = folder.join("list.json");
        let output = command(&newsroom, &["import", "articles", file.to_str().unwrap()]).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("article 2: an article needs a title"), "{output:?}");
        let list = newsroom.see("articles").await;
        assert_eq!((list["data"][0]["title"].as_str(), list["data"][1]["title"].as_str()), (Some("第 1 篇"), Some("老新闻")));
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn kept_pages_are_read_again_and_what_a_hand_changed_is_left_alone(b: Backend) {
        let source = "[[source]]\nkind = \"site\"\nname = \"cms\"\nlisting = [\"$LISTING\"]\nsections = [\"news\"]\nevery = \"10m\"";
        let newsroom = Newsroom::plan().more(source).start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.settle().await;
        let list = newsroom.see("articles?limit=200").await["data"].clone();
        let (mended, touched) = (list[0].clone(), list[1].clone());
        let house = newsroom.another_process().await;
        // Yesterday's rules: they took the headline wrongly.
        let row = house.store.article_by_url(&postrider::model::CanonicalUrl::parse(mended["url"].as_str().unwrap()).unwrap()).await.unwrap().unwrap();
        let mut wrong = page(0, &format!("{}_云溪新闻网", row.article.title), "");
        wrong.url.clone_from(&row.article.url);
        wrong.body = postrider::model::Body::Html(row.article.body.as_str().to_owned());
        let door = postrider::ingest::Door { source: "cms".to_owned(), ..site() };
        take(&house, wrong, &door).await.unwrap();
        patch(&newsroom, touched["id"].as_str().unwrap(), &json!({ "title": "编辑改过" })).await.must_be(200);
        newsroom.settle().await;
        let deliveries = newsroom.deliveries("").await.len();
        let plan = house.planned().unwrap().remove(0);
        let run = async |dry: bool| {
            let mut all = Vec::new();
            house.ingest.re_extract(&plan, dry, |reread| all.push(reread)).await.unwrap();
            all
        };
        let of = |all: &[postrider::ingest::Reread], id: &Value| all.iter().find(|it| it.key.as_str() == id.as_str().unwrap()).unwrap().rereading.clone();
        let seen = run(true).await;
        assert_eq!(seen.len(), list.as_array().unwrap().len());
        assert!(matches!(of(&seen, &mended["id"]), Rereading::Changed(changes) if changes.iter().any(|change| change.field == "title")));
        assert_eq!(of(&seen, &touched["id"]), Rereading::Touched);
        assert!(shown(&newsroom, mended["id"].as_str().unwrap()).await["title"].as_str().unwrap().ends_with("新闻网"), "it was only looked at");
        run(false).await;
        assert_eq!(shown(&newsroom, mended["id"].as_str().unwrap()).await["title"], mended["title"]);
        assert_eq!(shown(&newsroom, touched["id"].as_str().unwrap()).await["title"], "编辑改过");
        assert!(run(false).await.iter().all(|it| matches!(it.rereading, Rereading::Same | Rereading::Touched)), "twice is once");
        let told = command(&newsroom, &["re-extract", "cms", "--dry-run"]).await;
        assert!(said(&told).contains("left alone"), "{told:?}");
        assert_eq!(command(&newsroom, &["re-extract", "nothing"]).await.status.code(), Some(2));
        let explained: Value = serde_json::from_str(&said(&command(&newsroom, &["article", "show", mended["id"].as_str().unwrap(), "--explain"]).await)).unwrap();
        assert!(explained["evidence"].as_array().unwrap().iter().any(|line| line["field"] == "title"), "{explained}");
        newsroom.settle().await;
        assert_eq!(newsroom.deliveries("").await.len(), deliveries, "and nobody was told");
        house.store.close().await;
        newsroom.finish().await;
    }
}
