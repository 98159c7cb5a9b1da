//! The routes for people, through the router and a real store.

use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use super::fixture::{Answer, Room};
use crate::config::ArticlePage;
use crate::ingest::Desk;
use crate::model::{Actor, Filters, Language, Preset, Seq};
use crate::urls::{Holder, LinkAct};

const PLAIN: &str = "http://news.example.cn/";
const DEEP: &str = "https://www.example.cn/news-feeds/";

fn is_page(answer: &Answer) -> bool {
    answer.header(header::CONTENT_TYPE) == "text/html; charset=utf-8"
        && answer.header(header::CONTENT_SECURITY_POLICY) == crate::pages::CONTENT_SECURITY_POLICY
        && answer.header(header::X_CONTENT_TYPE_OPTIONS) == "nosniff"
        && answer.header(header::REFERRER_POLICY) == "strict-origin-when-cross-origin"
        && answer.header(header::VARY) == "Accept-Language"
        && !answer.headers.contains_key(header::SET_COOKIE)
}

#[tokio::test]
async fn sections_are_pages_and_their_feeds_are_feeds() {
    let room = Room::open(PLAIN).await;
    room.story("1", "供热季开始").await;
    let page = room.get("/sections/news/yicheng/").await;
    assert!(page.status == StatusCode::OK && is_page(&page) && page.body.contains("供热季开始"), "{}", page.body);
    let bare = room.get("/sections/news/yicheng").await;
    assert_eq!((bare.status, bare.header(header::LOCATION)), (StatusCode::MOVED_PERMANENTLY, "/sections/news/yicheng/"));
    let feed = room.get("/sections/news/yicheng/rss.xml").await;
    assert_eq!((feed.status, feed.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/rss+xml; charset=utf-8"));
    assert_eq!(room.get("/").await.status, StatusCode::OK);
    for path in ["/sections/nowhere/", "/sections/nowhere", "/sections/news/archive", "/nowhere", "/editions/x", "/articles/x", "/s/x"] {
        let missing = room.get(path).await;
        assert!(missing.status == StatusCode::NOT_FOUND && is_page(&missing), "{path}");
        let told = room.send(Method::GET, path, &[("accept", "*/*")], "").await;
        assert_eq!((told.status, told.header(header::CONTENT_TYPE)), (StatusCode::NOT_FOUND, "application/problem+json"), "{path}");
    }
}

#[tokio::test]
async fn the_language_is_asked_for_then_the_browsers_then_the_newsrooms() {
    let room = Room::open(PLAIN).await;
    let lang = async |path: &str, header: &str| {
        let page = room.send(Method::GET, path, &[("accept-language", header)], "").await;
        page.body.split("<html lang=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!(lang("/?lang=en", "zh-CN").await, "en");
    assert_eq!(lang("/", "fr, en-GB;q=0.8, zh;q=0.5").await, "en");
    assert_eq!(lang("/?lang=fr", "fr").await, "zh-CN");
}

#[tokio::test]
async fn an_articles_page_hides_what_is_held_and_says_what_is_gone() {
    let room = Room::open(PLAIN).await;
    let desk = Desk::new(room.app.ingest.clone());
    let key = room.story("1", "供热季开始").await;
    let held = room.story("2", "待核的消息").await;
    let path = format!("/articles/{key}");
    let page = room.get(&path).await;
    assert!(page.status == StatusCode::OK && is_page(&page) && page.body.contains("十一月十五日"), "{}", page.body);
    let held = room.get(&format!("/articles/{held}")).await;
    assert!(held.status == StatusCode::NOT_FOUND && !held.body.contains("待核"));
    let code = room.short_code(&key).await;
    desk.withdraw(&key, "来源有误", &Actor::Command).await.unwrap();
    for path in [path, format!("/s/{code}"), format!("/s/{code}.svg")] {
        let gone = room.get(&path).await;
        assert!(gone.status == StatusCode::GONE && gone.body.contains("来源有误") && !gone.body.contains("十一月十五日"), "{path}");
    }
}

#[tokio::test]
async fn a_redirecting_newsroom_leads_to_the_cms_where_there_is_one() {
    let room = Room::with_article_page(PLAIN, ArticlePage::Redirect).await;
    let there = room.story("1", "供热季开始").await;
    let here = room.push(json!({"external_id": "9", "title": "无网址", "sections": ["news"], "content_text": "正文在此。"})).await;
    let led = room.get(&format!("/articles/{there}")).await;
    assert_eq!((led.status, led.header(header::LOCATION)), (StatusCode::FOUND, "https://cms.example.cn/1"));
    assert_eq!(room.get(&format!("/articles/{here}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_short_link_leads_to_its_article_and_nowhere_else() {
    let room = Room::open(PLAIN).await;
    let key = room.story("1", "供热季开始").await;
    let code = room.short_code(&key).await;
    for path in
        [format!("/s/{code}"), format!("/S/{}", code.to_lowercase()), format!("/s/{code}?url=https://evil.example/&next=//evil.example")]
    {
        let led = room.get(&path).await;
        assert_eq!((led.status, led.header(header::LOCATION)), (StatusCode::FOUND, "https://cms.example.cn/1"), "{path}");
        assert_eq!((led.header(header::CACHE_CONTROL), led.header("x-robots-tag")), ("no-store", "noindex"));
    }
    for path in
        ["/s//evil.example", "/s/https:%2F%2Fevil.example", "/s/00000000", "/S/..%2F..%2F", "//evil.example/", "/sections//evil.example"]
    {
        let answer = room.get(path).await;
        assert!(answer.header(header::LOCATION).is_empty() && answer.status == StatusCode::NOT_FOUND, "{path}: {}", answer.status);
    }
    let picture = room.get(&format!("/s/{code}.svg")).await;
    assert_eq!((picture.status, picture.header(header::CONTENT_TYPE)), (StatusCode::OK, "image/svg+xml"));
    assert!(picture.body.starts_with("<svg") && picture.header(header::CACHE_CONTROL).contains("max-age"));
}

#[tokio::test]
async fn only_people_who_follow_a_short_link_are_counted() {
    let room = Room::open(PLAIN).await;
    let path = format!("/s/{}", room.short_code(&room.story("1", "供热季开始").await).await);
    room.get(&path).await;
    room.get(&path).await;
    room.send(Method::HEAD, &path, &[], "").await;
    room.send(Method::GET, &path, &[("sec-purpose", "prefetch;prerender")], "").await;
    room.send(Method::GET, &path, &[("user-agent", "TelegramBot (like TwitterBot)")], "").await;
    assert_eq!(room.app.hits.waiting(), 2);
    room.app.hits.write(&room.app.store).await.unwrap();
    assert_eq!(room.app.hits.waiting(), 0, "written");
}

#[tokio::test]
async fn a_reader_subscribes_through_the_form_and_two_clicks() {
    let room = Room::open(PLAIN).await;
    room.story("1", "供热季开始").await;
    let form = room.get("/subscribe?follow=section:news/yicheng").await;
    assert!(is_page(&form) && form.header(header::CACHE_CONTROL) == "no-store" && form.body.contains("checked"), "{}", form.body);
    let stamp = form.hidden("stamp");
    let fields = [("email", "lin@example.org"), ("follow", "section:news/yicheng"), ("stamp", stamp.as_str()), ("website", "")];
    let hasty = room.post("/subscribe", &fields, &[]).await;
    assert_eq!(hasty.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody fills a form in no time");
    room.app.clock.advance(Duration::from_secs(5));
    let trapped = room.post("/subscribe", &[&fields[..3], &[("website", "x")]].concat(), &[]).await;
    assert_eq!((trapped.status, room.row_of("lin@example.org").await), (StatusCode::OK, None), "a program is told the same");
    let foreign = room.post("/subscribe", &fields, &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]).await;
    assert_eq!((foreign.status, room.row_of("lin@example.org").await), (StatusCode::FORBIDDEN, None));
    let first = room.post("/subscribe", &fields, &[("origin", "http://news.example.cn")]).await;
    let again = room.post("/subscribe", &fields, &[]).await;
    assert_eq!((first.status, again.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!((&first.body, &trapped.body), (&again.body, &first.body), "known or not, the answer is the same");

    let reader = room.row_of("lin@example.org").await.unwrap();
    // The letter took the number of the newest write.
    let head = room.app.store.head().await.unwrap().0;
    let mut letter = None;
    for seq in (1..=head).rev().map(Seq) {
        if letter.is_none() && room.app.store.letter(seq).await.unwrap().is_some() {
            letter = Some(seq);
        }
    }
    let token = room.app.urls.token(LinkAct::Confirm, Holder { reader, epoch: epoch(&room, reader).await, subject: letter.unwrap() });
    let path = format!("/confirm/{token}");
    let asked = room.get(&path).await;
    assert!(asked.status == StatusCode::OK && asked.body.contains("yicheng"), "{}", asked.body);
    assert!(room.app.store.subscriptions(reader).await.unwrap().is_empty(), "a GET confirms nothing");
    assert_eq!(room.post(&path, &[], &[]).await.status, StatusCode::OK);
    assert_eq!(room.app.store.subscriptions(reader).await.unwrap().len(), 1);
    let forged = token.replacen('.', "0.", 1);
    assert_eq!(room.post(&format!("/confirm/{forged}"), &[], &[]).await.status, StatusCode::NOT_FOUND);
}

async fn epoch(room: &Room, reader: crate::model::ReceiverId) -> i64 {
    room.app.store.subscriber(reader).await.unwrap().unwrap().subscriber.token_epoch
}

#[tokio::test]
async fn a_page_of_the_cms_may_post_without_a_stamp_and_a_bad_address_is_told() {
    let room = Room::open(PLAIN).await;
    room.story("1", "供热季开始").await;
    let friend = [("origin", "https://cms.example.cn"), ("sec-fetch-site", "cross-site")];
    let fields = [("email", "mei@example.org"), ("follow", "section:news"), ("language", "en")];
    assert_eq!(room.post("/subscribe", &fields, &friend).await.status, StatusCode::OK);
    assert!(room.row_of("mei@example.org").await.is_some());
    assert_eq!(
        room.post("/subscribe", &[("email", "nobody"), ("follow", "section:news")], &friend).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let nothing = room.post("/subscribe", &[("email", "a@example.org")], &friend).await;
    assert!(nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.body.contains("a@example.org"));
}

#[tokio::test]
async fn one_network_cannot_post_for_ever() {
    let room = Room::open(PLAIN).await;
    let mut answer = room.post("/subscribe", &[("email", "x")], &[]).await;
    for _ in 0..40 {
        answer = room.post("/preferences", &[("email", "x")], &[]).await;
    }
    assert!(answer.status == StatusCode::TOO_MANY_REQUESTS && is_page(&answer));
    assert!(answer.header(header::RETRY_AFTER).parse::<u32>().unwrap() <= 600);
}

#[tokio::test]
async fn leaving_takes_a_post_and_a_mail_program_gets_a_plain_answer() {
    let room = Room::open(PLAIN).await;
    room.story("1", "供热季开始").await;
    let reader = room.reader("lin@example.org").await;
    let held = Holder { reader, epoch: epoch(&room, reader).await, subject: Seq(0) };
    let path = format!("/unsubscribe/{}", room.app.urls.token(LinkAct::Unsubscribe, held));
    assert_eq!(room.get(&path).await.status, StatusCode::OK);
    room.send(Method::HEAD, &path, &[], "").await;
    assert_eq!(room.app.store.subscriptions(reader).await.unwrap().len(), 1, "looking changes nothing");
    let left = room.send(Method::POST, &path, &[], "List-Unsubscribe=One-Click").await;
    assert_eq!((left.status, left.body.as_str()), (StatusCode::OK, "unsubscribed\n"));
    assert!(!left.headers.contains_key(header::SET_COOKIE) && !left.headers.contains_key(header::LOCATION));
    assert!(room.app.store.subscriptions(reader).await.unwrap().is_empty());
    let wrong = format!("/unsubscribe/{}", room.app.urls.token(LinkAct::Preferences, held));
    assert_eq!(room.send(Method::POST, &wrong, &[], "List-Unsubscribe=One-Click").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn preferences_are_shown_changed_and_ended() {
    let room = Room::open(DEEP).await;
    room.story("1", "供热季开始").await;
    let reader = room.reader("lin@example.org").await;
    let held = Holder { reader, epoch: epoch(&room, reader).await, subject: Seq(0) };
    let path = format!("/news-feeds/preferences/{}", room.app.urls.token(LinkAct::Preferences, held));
    assert!(room.get(&path).await.body.contains(&format!("action=\"{path}\"")));
    let fields = [("section:news", "instant"), ("section:news/yicheng", "never"), ("language", "en")];
    assert_eq!(room.post(&path, &fields, &[]).await.status, StatusCode::OK);
    let follows = room.app.store.subscriptions(reader).await.unwrap();
    assert_eq!(follows.iter().map(|follow| follow.target.stored()).collect::<Vec<_>>(), ["section:news"]);
    assert_eq!(room.app.store.subscriber(reader).await.unwrap().unwrap().subscriber.language, Language::English);
    assert_eq!(room.post(&path, &[("section:news", "never")], &[]).await.status, StatusCode::OK);
    assert!(room.app.store.subscriptions(reader).await.unwrap().is_empty());
}

#[tokio::test]
async fn small_files_stand_below_the_base() {
    let room = Room::open(DEEP).await;
    room.story("1", "供热季开始").await;
    let home = room.get("/news-feeds/").await;
    assert!(home.status == StatusCode::OK && is_page(&home), "{}", home.status);
    let bare = room.get("/news-feeds").await;
    assert_eq!((bare.status, bare.header(header::LOCATION)), (StatusCode::MOVED_PERMANENTLY, "/news-feeds/"));
    let style = home.body.split("<link rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let style = room.get(style).await;
    assert_eq!(style.header(header::CACHE_CONTROL), "public, max-age=31536000, immutable");
    let stray: Vec<&str> = home.body.split("href=\"/").skip(1).filter(|rest| !rest.starts_with("news-feeds/")).collect();
    assert!(stray.is_empty(), "{stray:?}");
    let opml = room.get("/news-feeds/opml.xml").await;
    assert_eq!(opml.header(header::CONTENT_TYPE), "text/x-opml; charset=utf-8");
    assert!(opml.body.contains("https://www.example.cn/news-feeds/sections/news/yicheng/rss.xml"));
    assert!(room.get("/news-feeds/robots.txt").await.body.contains("Disallow: /news-feeds/console/\n"));
    assert_eq!(room.get("/news-feeds/sections/news/rss.xml").await.status, StatusCode::OK);
    assert_eq!(room.get("/sections/news/").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_edition_that_was_sent_is_a_page() {
    let room = Room::open(PLAIN).await;
    room.story("0", "从前").await;
    room.reader("lin@example.org").await;
    let key = room.story("1", "供热季开始").await;
    room.fan_out().await;
    let row = room.app.store.article(&key).await.unwrap().unwrap();
    let edition = room.app.store.edition_lines(&[row.id]).await.unwrap()[0].edition;
    let page = room.get(&format!("/editions/{edition}")).await;
    assert!(page.status == StatusCode::OK && is_page(&page) && page.body.contains("供热季开始"), "{}", page.body);
    assert_eq!(room.get("/editions/999999").await.status, StatusCode::NOT_FOUND);
}

/// Signs in as the printed link does; the session's cookie.
async fn sign_in(room: &Room, base: &str) -> String {
    let code = room.app.access.console_link(&Actor::Command).await.unwrap();
    let path = format!("{base}console/sign-in");
    let form = room.get(&format!("{path}?code={}", code.expose())).await;
    assert_eq!(form.hidden("stamp").split('.').count(), 2);
    let fields = [("code", code.expose()), ("stamp", &form.hidden("stamp"))];
    let inside = room.post(&path, &fields, &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!((inside.status, inside.header(header::LOCATION)), (StatusCode::SEE_OTHER, format!("{base}console/").as_str()));
    assert_eq!(room.post(&path, &fields, &[]).await.status, StatusCode::FORBIDDEN, "a code is good once");
    inside.header(header::SET_COOKIE).to_owned()
}

#[tokio::test]
async fn the_console_opens_once_for_a_code_and_closes_for_good() {
    for (base, path, secure) in [(PLAIN, "/", false), (DEEP, "/news-feeds/", true)] {
        let room = Room::open(base).await;
        let ledger = format!("{path}console/");
        let door = room.get(&ledger).await;
        assert_eq!((door.status, door.header(header::LOCATION)), (StatusCode::SEE_OTHER, format!("{path}console/sign-in").as_str()));
        let set = sign_in(&room, path).await;
        assert!(set.contains(&format!("; Path={path}; HttpOnly; SameSite=Strict")) && set.ends_with("; Secure") == secure, "{set}");
        let cookie = set.split(';').next().unwrap().to_owned();
        let inside = room.send(Method::GET, &ledger, &[("cookie", &cookie)], "").await;
        assert_eq!((inside.status, inside.header(header::CACHE_CONTROL)), (StatusCode::OK, "no-store"));
        let out = format!("{path}console/sign-out");
        for csrf in ["", &room.app.keys.sign(crate::keys::Purpose::Form, "csrf:another")] {
            assert_eq!(room.post(&out, &[("csrf", csrf)], &[("cookie", &cookie)]).await.status, StatusCode::FORBIDDEN);
        }
        let left = room.post(&out, &[("csrf", &inside.hidden("csrf"))], &[("cookie", &cookie)]).await;
        assert!(left.status == StatusCode::SEE_OTHER && left.header(header::SET_COOKIE).ends_with("Max-Age=0"));
        assert_eq!(room.send(Method::GET, &ledger, &[("cookie", &cookie)], "").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_listener_of_its_own_has_the_console_and_the_other_has_not() {
    let mut room = Room::open(DEEP).await;
    let style = format!("/news-feeds/{}", crate::pages::STYLE.path);
    room.listen(crate::web::private);
    sign_in(&room, "/news-feeds/").await;
    assert_eq!(room.get(&style).await.status, StatusCode::OK);
    assert_eq!(room.get("/news-feeds/metrics").await.status, StatusCode::OK);
    assert_eq!(room.get("/news-feeds/subscribe").await.status, StatusCode::NOT_FOUND);
    room.listen(crate::web::public_only);
    assert_eq!(room.get(&style).await.status, StatusCode::OK);
    for path in ["console/", "console/sign-in", "metrics"] {
        assert_eq!(room.get(&format!("/news-feeds/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn strangers_forms_do_not_sign_in_and_a_look_spends_no_code() {
    let room = Room::open(PLAIN).await;
    let code = room.app.access.console_link(&Actor::Command).await.unwrap();
    let form = room.get(&format!("/console/sign-in?code={}", code.expose())).await;
    let stamp = form.hidden("stamp");
    let fields = [("code", code.expose()), ("stamp", stamp.as_str())];
    assert_eq!(room.post("/console/sign-in", &fields[..1], &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(room.post("/console/sign-in", &fields, &[("sec-fetch-site", "cross-site")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(room.post("/console/sign-in", &fields, &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_ledger_shows_where_an_article_goes() {
    let room = Room::open(PLAIN).await;
    room.story("0", "从前").await;
    let endpoint = crate::audience::NewEndpoint {
        url: "https://hooks.partner.example/in?key=hidden".into(),
        preset: Preset::Standard,
        filters: Filters::default(),
        owner: None,
        secret: None,
        proven: true,
    };
    room.app.audience.add_endpoint(endpoint, &Actor::Command, "command").await.unwrap();
    room.reader("lin@example.org").await;
    let key = room.story("1", "供热季开始").await;
    room.fan_out().await;
    let cookie = sign_in(&room, "/").await.split(';').next().unwrap().to_owned();
    for path in ["/console/".to_owned(), format!("/console/articles/{key}")] {
        let page = room.send(Method::GET, &path, &[("cookie", &cookie), ("accept-language", "en")], "").await;
        assert!(
            page.status == StatusCode::OK && page.body.contains("供热季开始") && page.body.contains("hooks.partner.example"),
            "{}",
            page.body
        );
        assert!(
            page.body.contains("1 reader") && !page.body.contains("key=hidden") && !page.body.contains("lin@example.org"),
            "{}",
            page.body
        );
        assert_eq!(page.body.contains("http-equiv=\"refresh\""), path == "/console/", "what is open is looked at again");
    }
    assert_eq!(room.send(Method::GET, "/console/articles/x", &[("cookie", &cookie)], "").await.status, StatusCode::NOT_FOUND);
}
