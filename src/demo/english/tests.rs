use std::time::Duration;

use super::*;
use crate::demo::wire::{exchange, get};

const NOW: Millis = Millis(1_800_000_000_000);

async fn site() -> (EnglishSite, Clock, Lifecycle) {
    let (clock, lifecycle) = (Clock::manual(NOW), Lifecycle::default());
    (EnglishSite::start(clock.clone(), &lifecycle).await.unwrap(), clock, lifecycle)
}

async fn feed(site: &EnglishSite) -> rss::Channel {
    let answer = get(site.address(), "/feed.xml").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/rss+xml")));
    rss::Channel::read_from(answer.body.as_slice()).unwrap()
}

#[tokio::test]
async fn the_feed_tells_the_newest_with_full_text() {
    let (site, clock, _lifecycle) = site().await;
    assert_eq!((site.articles().len(), site.left()), (6, 12));
    assert_eq!(feed(&site).await.items().len(), 6);
    clock.advance(Duration::from_mins(5));
    let fresh = site.publish_next().unwrap();
    let channel = feed(&site).await;
    let first = &channel.items()[0];
    assert_eq!((first.title(), first.link()), (Some(fresh.headline.as_str()), Some(fresh.url.as_str())));
    assert_eq!(first.guid().unwrap().value(), fresh.url);
    assert_eq!(first.pub_date(), Some("Fri, 15 Jan 2027 08:05:00 +0000"));
    assert_eq!(first.dublin_core_ext().unwrap().creators(), ["Ada Finchley"]);
    assert_eq!(first.categories()[0].name(), "Harbour");
    assert!(first.content().unwrap().contains("<h2>A family of launches</h2>") && first.description().unwrap().starts_with("Isla Trewin"));
    while site.publish_next().is_some() {}
    assert_eq!(feed(&site).await.items().len(), FEED_LENGTH);
}

#[tokio::test]
async fn every_article_has_a_page() {
    let (site, _, _lifecycle) = site().await;
    while site.publish_next().is_some() {}
    let all = site.articles();
    assert_eq!(all.len(), 18);
    let home = get(site.address(), "/").await.text();
    for one in all {
        let path = one.url.strip_prefix(&format!("http://{}", site.address())).unwrap();
        assert!(path.is_ascii() && home.contains(path), "{path}");
        let page = get(site.address(), path).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
        let text = page.text();
        let headline = one.headline.replace('\'', "&#39;");
        assert!(text.contains(&format!("<h1>{headline}</h1>")) && text.contains("Edited by"), "{headline}");
    }
    assert_eq!(get(site.address(), "/news/1").await.status, 404);
    assert!(get(site.address(), "/robots.txt").await.text().starts_with("User-agent"));
}

#[tokio::test]
async fn the_feed_answers_304_until_it_changes() {
    let (site, _, _lifecycle) = site().await;
    let first = get(site.address(), "/feed.xml").await;
    let tag = first.header("etag").unwrap();
    assert_eq!(exchange(site.address(), "GET", "/feed.xml", &[("if-none-match", tag)], &[]).await.status, 304);
    assert!(site.publish_next().is_some());
    assert_eq!(exchange(site.address(), "GET", "/feed.xml", &[("if-none-match", tag)], &[]).await.status, 200);
}
