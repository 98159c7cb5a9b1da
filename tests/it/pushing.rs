//! What becomes of an article that is pushed: its feeds, its events, its minute.

use std::time::Duration;

use http::Method;
use postrider::ingest::Desk;
use postrider::model::{Actor, ArticleKey};
use serde_json::{Value, json};

use crate::harness::{Answer, Ask, Newsroom};

/// An article in `news/yicheng`.
pub(crate) fn article(n: u32) -> Value {
    json!({
        "external_id": format!("cms-{n}"), "url": format!("https://www.example.cn/{n}.html"), "title": format!("第 {n} 篇"),
        "sections": ["news/yicheng"], "published": "2021-10-29T08:20:00+08:00", "summary": "秋收在望。",
        "content_html": format!("<p>徐徐展开，第 {n} 次。</p>"), "authors": [{ "name": "熊毅", "role": "通讯员" }],
    })
}

const FILES: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

fn parsed(answer: &Answer) -> feed_rs::model::Feed {
    feed_rs::parser::parse(&answer.body[..]).unwrap_or_else(|error| panic!("{error} in {}", answer.text()))
}

async fn every_feed_carries_it(newsroom: &Newsroom) {
    let id = newsroom.publish(&article(1)).await;
    for place in ["", "sections/news/", "sections/news/yicheng/"] {
        for file in FILES {
            let answer = newsroom.get(&format!("{place}{file}")).await.must_be(200);
            let feed = parsed(&answer);
            assert_eq!(feed.entries.len(), 1, "{place}{file}");
            let entry = &feed.entries[0];
            assert_eq!(entry.id, format!("tag:news.example.cn,2026:{id}"), "{place}{file}");
            assert_eq!(entry.title.as_ref().unwrap().content, "第 1 篇");
            assert!(entry.links.iter().any(|link| link.href == "https://www.example.cn/1.html"), "{entry:?}");
            assert!(answer.text().contains("徐徐展开，第 1 次"), "the full text is the usual one");
            assert!(answer.text().contains(&newsroom.url(&format!("{place}{file}"))), "it names itself by its public address");
            let brief = newsroom.get(&format!("{place}{file}?brief")).await.must_be(200);
            assert!(brief.text().contains("秋收在望") && !brief.text().contains("徐徐展开"), "{}", brief.text());
            assert_eq!(parsed(&brief).entries[0].id, entry.id);
        }
    }
    assert!(parsed(&newsroom.get("sections/sports/rss.xml").await.must_be(200)).entries.is_empty());
    newsroom.get("sections/nowhere/rss.xml").await.must_be(404);
}

async fn with_tag(newsroom: &Newsroom, path: &str, tag: &str) -> u16 {
    newsroom.ask(Ask::get(path).header("if-none-match", tag)).await.status
}

backends! {
    async fn a_pushed_article_stands_in_the_feeds_of_its_section_of_those_above_and_of_all(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        every_feed_carries_it(&newsroom).await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn everything_lies_below_a_base_with_a_path(b: Backend) {
        let newsroom = Newsroom::plan().below("/news-feeds/").start(b).await;
        every_feed_carries_it(&newsroom).await;
        newsroom.ask(Ask::get("/rss.xml")).await.must_be(404);
        newsroom.endpoint("/hook", json!({})).await;
        let plain = json!({ "external_id": "cms-2", "title": "无网址", "section": "news", "content_text": "正文。" });
        let told = newsroom.push(&plain).await.must_be(201).json();
        assert!(told["url"].as_str().unwrap().starts_with(&newsroom.url("articles/")), "{told}");
        let hooks = newsroom.hooks("/hook", 1).await;
        assert!(hooks[0].verified() && String::from_utf8_lossy(&hooks[0].body).contains(&newsroom.url("articles/")));
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn who_has_a_feed_already_is_told_so_in_304(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.publish(&article(1)).await;
        for file in FILES {
            let path = format!("/sections/news/{file}");
            let whole = newsroom.ask(Ask::get(&path)).await.must_be(200);
            let tag = whole.header("etag").to_owned();
            assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");
            let unchanged = newsroom.ask(Ask::get(&path).header("if-none-match", &tag)).await.must_be(304);
            assert_eq!((unchanged.body.len(), unchanged.header("etag")), (0, tag.as_str()));
            assert_eq!(with_tag(&newsroom, &path, &format!("\"other\", W/{tag}")).await, 304);
            assert_eq!(with_tag(&newsroom, &path, "*").await, 304);
            assert_eq!(with_tag(&newsroom, &path, "\"other\"").await, 200);
            let modified = whole.header("last-modified").to_owned();
            let since = |date: &str| newsroom.ask(Ask::get(&path).header("if-modified-since", date));
            assert_eq!(since(&modified).await.status, 304);
            assert_eq!(since("Thu, 28 Oct 2021 00:00:00 GMT").await.status, 200);
            let both = Ask::get(&path).header("if-none-match", "\"other\"").header("if-modified-since", &modified);
            assert_eq!(newsroom.ask(both).await.status, 200, "the tag decides alone");
            let head = newsroom.ask(Ask::new(Method::HEAD, &path)).await.must_be(200);
            assert_eq!((head.body.len(), head.header("etag"), head.header("content-length")), (0, tag.as_str(), whole.header("content-length")));
        }
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn the_same_copy_again_changes_nothing_and_tells_nobody(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let id = newsroom.publish(&article(1)).await;
        let tag = newsroom.get("rss.xml").await.header("etag").to_owned();
        newsroom.advance(Duration::from_mins(10));
        let again = newsroom.push(&article(1)).await.must_be(200).json();
        assert_eq!((again["result"].as_str(), again["id"].as_str(), again["revision"].as_i64()), (Some("unchanged"), Some(id.as_str()), Some(1)));
        assert_eq!(newsroom.get("rss.xml").await.header("etag"), tag);
        assert_eq!(newsroom.events().await, ["article.published"]);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn other_words_are_an_update_and_other_markup_is_none(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.publish(&article(1)).await;
        let first = newsroom.get("rss.xml").await.header("etag").to_owned();
        newsroom.advance(Duration::from_mins(1));
        let mut markup = article(1);
        markup["content_html"] = Value::from("<p><strong>徐徐展开</strong>，第 1 次！</p>");
        assert_eq!(newsroom.push(&markup).await.must_be(200).json()["result"], "revised");
        let second = newsroom.get("rss.xml").await;
        assert_ne!(second.header("etag"), first, "the feeds follow");
        assert!(second.text().contains("第 1 次！"));
        assert_eq!(newsroom.events().await, ["article.published"]);
        let mut words = article(1);
        words["content_html"] = Value::from("<p>徐徐展开，更加有效。</p>");
        assert_eq!(newsroom.push(&words).await.must_be(200).json()["revision"], 3);
        assert_eq!(newsroom.events().await, ["article.published", "article.updated"]);
        assert_ne!(newsroom.get("rss.xml").await.header("etag"), second.header("etag"));
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_embargo_ends_at_its_minute(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let mut later = article(1);
        later["published"] = Value::from("2021-10-29T10:30:00+08:00");
        let told = newsroom.push(&later).await.must_be(201).json();
        assert!(told["held_because"].as_str().unwrap().contains("embargo"), "{told}");
        newsroom.advance(Duration::from_secs(2 * 3600 - 1));
        newsroom.settle().await;
        assert!(parsed(&newsroom.get("rss.xml").await).entries.is_empty());
        assert!(newsroom.receiver.received().is_empty());
        newsroom.advance(Duration::from_secs(1));
        let hooks = newsroom.hooks("/hook", 1).await;
        assert_eq!((hooks[0].event_type.as_str(), hooks[0].at), ("article.published", newsroom.clock.now()));
        assert_eq!(parsed(&newsroom.get("rss.xml").await).entries.len(), 1);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn what_is_held_waits_for_the_editor(b: Backend) {
        let newsroom = Newsroom::plan().more("[hold]\nwords = [\"机密\"]\neditor = \"editor@example.cn\"").start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let mut secret = article(1);
        secret["title"] = Value::from("一份机密文件");
        let told = newsroom.push(&secret).await.must_be(201).json();
        assert!(told["held_because"].as_str().unwrap().contains("机密"), "{told}");
        let letters = newsroom.mails("editor@example.cn", 1).await;
        assert!(letters[0].text().contains("一份机密文件"), "{}", letters[0].text());
        newsroom.settle().await;
        assert!(parsed(&newsroom.get("rss.xml").await).entries.is_empty() && newsroom.receiver.received().is_empty());
        let id = told["id"].as_str().unwrap();
        newsroom.post(&format!("articles/{id}/publish"), &json!({})).await.must_be(200);
        assert_eq!(newsroom.hooks("/hook", 1).await[0].event_type, "article.published");
        assert_eq!(parsed(&newsroom.get("rss.xml").await).entries.len(), 1);
        newsroom.post(&format!("articles/{id}/publish"), &json!({})).await.must_be(409);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_editor_hears_once_of_what_waits_for_one_reason(b: Backend) {
        let newsroom = Newsroom::plan().more("[hold]\nwords = [\"机密\", \"内部\"]\neditor = \"editor@example.cn\"").start(b).await;
        let titled = |n: u32, title: &str| {
            let mut copy = article(n);
            copy["title"] = Value::from(title);
            copy
        };
        newsroom.push(&titled(1, "一份机密文件")).await.must_be(201);
        newsroom.mails("editor@example.cn", 1).await;
        newsroom.push(&titled(1, "一份机密文件的修订")).await.must_be(200);
        let own = newsroom.publish(&article(2)).await;
        let editor = Desk::new(newsroom.another_process().await.ingest);
        editor.hold(&ArticleKey::parse(&own).unwrap(), "先核实", &Actor::Command).await.unwrap();
        newsroom.push(&titled(2, "改过一次")).await.must_be(200);
        assert_eq!(newsroom.see(&format!("articles/{own}")).await["title"], "改过一次");
        newsroom.settle().await;
        newsroom.mails("editor@example.cn", 1).await;
        newsroom.push(&titled(1, "一份内部文件")).await.must_be(200);
        newsroom.settle().await;
        newsroom.mails("editor@example.cn", 2).await;
        newsroom.finish().await;
    }

    async fn what_is_not_announced_stands_in_the_feeds_and_is_sent_to_nobody(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.reader("reader@example.com", &json!([{ "section": "news" }]), "zh-CN").await;
        let mut silent = article(1);
        silent["announce"] = Value::from(false);
        newsroom.publish(&silent).await;
        newsroom.settle().await;
        assert_eq!(parsed(&newsroom.get("rss.xml").await).entries.len(), 1);
        let events = newsroom.see("events").await;
        assert_eq!(events["data"][0]["announce"], false);
        assert!(newsroom.deliveries("").await.is_empty());
        newsroom.publish(&article(2)).await;
        newsroom.settle().await;
        assert_eq!(newsroom.hooks("/hook", 1).await[0].title, "第 2 篇");
        newsroom.mails("reader@example.com", 1).await;
        newsroom.finish().await;
    }

    async fn an_idempotency_key_answers_again_and_is_good_for_one_request(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let push = |n: u32| newsroom.ask(newsroom.api(Method::POST, "articles").header("idempotency-key", "key-1").json(&article(n)));
        let first = push(1).await.must_be(201);
        let again = push(1).await.must_be(201);
        assert_eq!(first.json(), again.json());
        assert_eq!(push(2).await.problem().0, 422);
        assert_eq!(newsroom.events().await.len(), 1);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn who_pushes_the_same_copy_at_once_makes_one_article(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let (copy, key) = (article(1), || newsroom.api(Method::POST, "articles").header("idempotency-key", "once").json(&article(2)));
        let same = futures_util::future::join_all((0..12).map(|_| newsroom.push(&copy))).await;
        let once = futures_util::future::join_all((0..12).map(|_| newsroom.ask(key()))).await;
        let created = |answers: &[Answer]| answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!((created(&same), created(&once)), (1, 12));
        assert!(same.iter().all(|answer| matches!(answer.status, 200 | 201)), "{same:?}");
        assert_eq!(newsroom.events().await.len(), 2);
        newsroom.settle().await;
        newsroom.hooks("/hook", 2).await;
        newsroom.finish().await;
    }

    async fn a_feed_keeps_its_tag_over_a_restart_and_follows_an_article_that_moves(b: Backend) {
        let mut newsroom = Newsroom::start(b).await;
        for n in 1..=3 {
            newsroom.publish(&article(n)).await;
        }
        let mut tags = Vec::new();
        for file in FILES {
            tags.push(newsroom.get(file).await.header("etag").to_owned());
        }
        newsroom.stop().await;
        newsroom.advance(Duration::from_hours(1));
        newsroom.go_on().await;
        for (file, tag) in FILES.iter().zip(&tags) {
            assert_eq!(newsroom.get(file).await.header("etag"), tag, "{file}");
        }
        assert_eq!(parsed(&newsroom.get("sections/news/rss.xml").await).entries.len(), 3);
        let mut moved = article(2);
        moved["sections"] = json!(["sports"]);
        assert_eq!(newsroom.push(&moved).await.must_be(200).json()["result"], "revised");
        for (section, count) in [("news", 2), ("news/yicheng", 2), ("sports", 1)] {
            assert_eq!(parsed(&newsroom.get(&format!("sections/{section}/atom.xml")).await).entries.len(), count, "{section}");
        }
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_embargo_may_be_moved_lifted_and_called_off(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        let at = |n: u32, time: &str| {
            let mut article = article(n);
            article["published"] = Value::from(format!("2021-10-29T{time}:00+08:00"));
            article
        };
        let mut ids = Vec::new();
        for n in 1..=4 {
            ids.push(newsroom.publish(&at(n, "10:00")).await);
        }
        newsroom.push(&at(1, "12:00")).await.must_be(200);
        newsroom.push(&at(2, "08:00")).await.must_be(200);
        assert_eq!(newsroom.hooks("/hook", 1).await[0].title, "第 2 篇");
        newsroom.ask(newsroom.api(Method::DELETE, &format!("articles/{}", ids[2]))).await.must_be(200);
        newsroom.post(&format!("articles/{}/publish", ids[3]), &json!({ "announce": false })).await.must_be(200);
        newsroom.settle().await;
        newsroom.hooks("/hook", 1).await;
        assert_eq!(parsed(&newsroom.get("rss.xml").await).entries.len(), 2);
        newsroom.advance(Duration::from_hours(2));
        newsroom.settle().await;
        newsroom.hooks("/hook", 1).await;
        newsroom.advance(Duration::from_mins(90));
        assert_eq!(newsroom.hooks("/hook", 2).await[1].title, "第 1 篇");
        newsroom.settle().await;
        assert_eq!(newsroom.events().await, ["article.published"; 3]);
        newsroom.finish().await;
    }

    async fn the_log_is_read_page_by_page_and_misses_nothing(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        for n in 1..=7 {
            newsroom.publish(&article(n)).await;
        }
        let (mut titles, mut after) = (Vec::new(), String::new());
        loop {
            let page = newsroom.see(&format!("events?limit=3&after={after}&section=news")).await;
            titles.extend(page["data"].as_array().unwrap().iter().map(|event| event["data"]["title"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => break,
            }
        }
        assert_eq!(titles, (1..=7).map(|n| format!("第 {n} 篇")).collect::<Vec<_>>());
        for path in ["events?limit=many", "events?after=x", "articles?since=today", "articles?section=%20", "deliveries?state=lost", "deliveries?failed=perhaps"] {
            let (status, _) = newsroom.ask(newsroom.api(Method::GET, path)).await.problem();
            assert!(matches!(status, 400 | 422), "{path}: {status}");
        }
        newsroom.ask(newsroom.api(Method::GET, "articles/nothing")).await.must_be(404);
        newsroom.ask(newsroom.api(Method::GET, "nothing")).await.must_be(404);
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn an_emptied_store_filled_again_gives_the_same_ids(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let plain = json!({ "external_id": "cms-9", "title": "无网址", "section": "news", "content_text": "正文。" });
        let nameless = json!({ "title": "无名", "section": "sports", "content_text": "正文。", "published": "2021-10-28" });
        let copy = [article(1), article(2), plain, nameless];
        let mut ids = Vec::new();
        for article in &copy {
            ids.push(newsroom.publish(article).await);
        }
        newsroom.settle().await;
        let newsroom = newsroom.with_an_empty_store(b).await;
        for (article, id) in copy.iter().zip(&ids).rev() {
            assert_eq!(newsroom.publish(article).await, *id);
        }
        let feed = parsed(&newsroom.get("atom.xml").await);
        assert!(ids.iter().all(|id| feed.entries.iter().any(|entry| entry.id == format!("tag:news.example.cn,2026:{id}"))));
        newsroom.settle().await;
        newsroom.finish().await;
    }
}
