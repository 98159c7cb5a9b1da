//! Bad input: each refusal names its field, and no title breaks an output.

use http::Method;
use postrider::model::{Actor, Slug};
use postrider::store::Scope;
use serde_json::{Value, json};

use crate::harness::{Ask, Newsroom};
use crate::pushing::article;

/// Control characters, the end of CDATA, an emoji of four bytes, marks of direction, markup, a line break.
const HOSTILE: &str = "\u{1}\u{8}]]> 标题 \u{1F4EF} \u{202E}abc\u{202C} <script>alert(1)</script> & \"q\" 'a'\r\nBcc: x@y.z \u{FFFE}";

/// Reads a document to its end.
fn well_formed(xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {xml}")) {
            quick_xml::events::Event::Eof => return,
            quick_xml::events::Event::GeneralRef(name) => assert!(name.is_char_ref() || name.xml10_content().is_ok(), "{name:?}"),
            _ => {}
        }
    }
}

backends! {
    async fn bad_copy_is_refused_by_the_name_of_its_field(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let with = |field: &str, value: Value| {
            let mut article = article(1);
            article[field] = value;
            article
        };
        let mut untitled = article(1);
        untitled.as_object_mut().unwrap().remove("title");
        let table = [
            (untitled, "title"),
            (with("title", json!("  \u{1} ")), "title"),
            (with("sections", json!(["nowhere"])), "sections"),
            (with("published", json!("29. Oktober")), "published"),
            (with("published", json!("2021-02-30")), "published"),
            (with("updated", json!("yesterday")), "updated"),
            (with("content_html", json!("")), "content_html"),
            (with("url", json!("javascript:alert(1)")), "url"),
            (with("kind", json!("song")), "kind"),
            (with("status", json!("lost")), "status"),
        ];
        for (article, field) in table {
            let (status, named) = newsroom.push(&article).await.problem();
            assert_eq!((status, named.as_str()), (422, field), "{article}");
        }
        for broken in ["{\"title\": ", "", "[]", "\"title\"", "{\"title\": 7}", "\u{0}"] {
            let (status, _) = newsroom.ask(newsroom.api(Method::POST, "articles").body(broken)).await.problem();
            assert!(matches!(status, 400 | 422), "{status} for {broken:?}");
        }
        let wrong_type = newsroom.ask(newsroom.api(Method::POST, "articles").body("{\"title\": 7}")).await;
        assert!(wrong_type.json()["detail"].as_str().unwrap().contains("string"), "{}", wrong_type.text());
        let endless = newsroom.ask(newsroom.api(Method::POST, "articles").body(vec![b' '; 3 << 20])).await;
        assert_eq!(endless.problem().0, 413);
        assert!(newsroom.events().await.is_empty(), "nothing was taken in");
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_wrong_token_is_401_and_one_that_does_not_reach_so_far_403(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let house = newsroom.another_process().await;
        let (reads, yicheng) = (Scope::Read, Slug::parse("news/yicheng").unwrap());
        let read = house.access.create_token("read", reads, None, &Actor::Command).await.unwrap();
        let bound = house.access.create_token("bound", Scope::Write, Some(&yicheng), &Actor::Command).await.unwrap();
        let push = |token: &str, article: &Value| {
            newsroom.ask(Ask::new(Method::POST, "/api/v1/articles").header("authorization", token).json(article))
        };
        let nobody = newsroom.ask(Ask::new(Method::POST, "/api/v1/articles").json(&article(1))).await;
        assert_eq!((nobody.problem().0, nobody.header("www-authenticate")), (401, "Bearer"));
        for wrong in ["Bearer pr_nothing", "Bearer ", "Basic dGVzdDp0ZXN0", "pr_nothing"] {
            assert_eq!(push(wrong, &article(1)).await.problem().0, 401, "{wrong}");
        }
        assert_eq!(push(&format!("Bearer {}", read.expose()), &article(1)).await.problem().0, 403);
        let bound = format!("Bearer {}", bound.expose());
        push(&bound, &article(1)).await.must_be(201);
        let mut elsewhere = article(2);
        elsewhere["sections"] = json!(["sports"]);
        assert!(matches!(push(&bound, &elsewhere).await.problem(), (403 | 422, field) if field == "sections"));
        assert_eq!(newsroom.ask(Ask::get("/api/v1/subscribers").header("authorization", &bound)).await.problem().0, 403);
        house.access.revoke_token("read", &Actor::Command).await.unwrap();
        assert_eq!(newsroom.ask(Ask::get("/api/v1/articles").bearer(read.expose())).await.problem().0, 401);
        house.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_hostile_title_leaves_every_output_well_formed(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.reader("reader@example.com", &json!([{ "section": "news" }]), "en").await;
        let mut hostile = article(1);
        hostile["title"] = Value::from(HOSTILE);
        hostile["summary"] = Value::from(HOSTILE);
        hostile["content_html"] = Value::from(format!("<p>{HOSTILE}</p><img src=x onerror=alert(1)>"));
        hostile["authors"] = json!([{ "name": HOSTILE, "role": HOSTILE }]);
        hostile["tags"] = json!([HOSTILE]);
        newsroom.publish(&hostile).await;
        for file in ["rss.xml", "atom.xml", "feed.json", "rss.xml?brief", "atom.xml?brief", "feed.json?brief"] {
            let answer = newsroom.get(file).await.must_be(200);
            let text = answer.text();
            let feed = feed_rs::parser::parse(&answer.body[..]).unwrap_or_else(|error| panic!("{error} in {text}"));
            let title = &feed.entries[0].title.as_ref().unwrap().content;
            assert!(title.contains("]]>") && title.contains('\u{1F4EF}'), "{file}: {title}");
            assert!(text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r')), "{file}");
            assert!(!text.contains("onerror"), "{file}");
            if !file.starts_with("feed") {
                well_formed(&text);
            }
        }
        let hook = &newsroom.hooks("/hook", 1).await[0];
        let body: Value = serde_json::from_slice(&hook.body).unwrap();
        assert!(hook.verified() && body["data"]["title"].as_str().unwrap().contains('\u{1F4EF}'), "{body}");
        let mail = &newsroom.mails("reader@example.com", 1).await[0];
        assert!(mail.subject().contains('\u{1F4EF}') && mail.header("Bcc").is_empty(), "{}", mail.subject());
        assert!(!mail.html().contains("<script") && mail.html().contains("&lt;script&gt;"), "{}", mail.html());
        assert!(mail.bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 999 && line.is_ascii()), "RFC 5322, 2.1.1");
        newsroom.settle().await;
        newsroom.finish().await;
    }
}
