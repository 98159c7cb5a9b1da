//! The small English news site: The Alderwick Courier, of a town that does not exist. It has a feed of its own.

mod pages;

use std::net::SocketAddr;
use std::sync::Arc;

use http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::body::Incoming;

use super::press::{Fresh, Press, Printed};
use super::serve::{Body, document, plain};
use super::{DemoError, serve};
use crate::clock::Clock;
use crate::lifecycle::Lifecycle;
use crate::model::Millis;

/// The town's zone.
const ZONE: chrono_tz::Tz = chrono_tz::Europe::London;
/// Articles in the feed.
const FEED_LENGTH: usize = 10;
/// The archive's first number.
const FIRST_NUMBER: u32 = 301;

/// The English site on loopback.
#[derive(Debug, Clone)]
pub struct EnglishSite {
    address: SocketAddr,
    clock: Clock,
    press: Arc<Press>,
}

impl EnglishSite {
    /// Starts the site with its archive, of which every article is older than two days.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(clock: Clock, lifecycle: &Lifecycle) -> Result<Self, DemoError> {
        let started = clock.now();
        let press = Arc::new(Press::new(include_str!("archive.txt"), include_str!("supply.txt"), FIRST_NUMBER, started));
        let address = serve::serve_at("the English news site", lifecycle, {
            let press = Arc::clone(&press);
            move |base, request: Request<Incoming>| {
                let answer = answer(&press, started, base, request.method(), request.uri().path(), request.headers());
                async move { Ok(answer) }
            }
        })
        .await?;
        Ok(Self { address, clock, press })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its front page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Its RSS 2.0 feed.
    #[must_use]
    pub fn feed_url(&self) -> String {
        format!("http://{}/feed.xml", self.address)
    }

    /// Puts the next article on the site and into its feed, with the clock's time. `None` when the supply is used up.
    #[must_use = "the supply may be used up"]
    pub fn publish_next(&self) -> Option<Fresh> {
        let printed = self.press.print(self.clock.now())?;
        Some(self.told(&printed))
    }

    /// How many articles are still to come.
    #[must_use]
    pub fn left(&self) -> usize {
        self.press.left()
    }

    /// Everything on the site, newest first.
    #[must_use]
    pub fn articles(&self) -> Vec<Fresh> {
        self.press.printed().iter().map(|printed| self.told(printed)).collect()
    }

    fn told(&self, printed: &Printed) -> Fresh {
        Fresh { url: format!("http://{}{}", self.address, pages::path(printed)), headline: printed.story.headline.to_owned() }
    }
}

/// Answers one request.
fn answer(press: &Press, started: Millis, base: SocketAddr, method: &Method, path: &str, asked: &HeaderMap) -> Response<Body> {
    const HTML: &str = "text/html; charset=utf-8";
    if method != Method::GET && method != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only\n");
    }
    let printed = press.printed();
    let newest = printed.first().map_or(started, |one| one.at.max(started));
    match path {
        "/" => document(method, asked, HTML, pages::home(&printed).into(), newest),
        "/feed.xml" => document(method, asked, "application/rss+xml", pages::feed(&printed, base).into(), newest),
        "/robots.txt" => document(method, asked, "text/plain; charset=utf-8", b"User-agent: *\nDisallow: /admin/\n".to_vec(), started),
        _ => match printed.iter().find(|one| pages::path(one) == path) {
            Some(one) => document(method, asked, HTML, pages::article(one, base).into(), one.at),
            None => plain(StatusCode::NOT_FOUND, "There is no such page.\n"),
        },
    }
}

#[cfg(test)]
mod tests {
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
        assert!(
            first.content().unwrap().contains("<h2>A family of launches</h2>") && first.description().unwrap().starts_with("Isla Trewin")
        );
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
}
