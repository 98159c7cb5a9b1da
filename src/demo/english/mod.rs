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
mod tests;
