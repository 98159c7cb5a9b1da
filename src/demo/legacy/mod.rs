//! The small legacy Chinese news site: 云溪网, of a county that does not exist.
//!
//! Tables within tables, GB18030 without a charset in the header, `gb2312` in the meta element, dates without a zone, a share row
//! whose script is long gone: the page that Postrider was made for.

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

/// The site's zone: its pages tell no other.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
/// Rows on a listing page.
const ROWS: usize = 10;
/// The archive's first number; a content system of that age has counted far.
const FIRST_NUMBER: u32 = 11_207;

/// A section of the site: its folder and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Column {
    folder: &'static str,
    name: &'static str,
}

/// Both stand under 新闻.
const COLUMNS: [Column; 2] = [Column { folder: "yunxi", name: "云溪新闻" }, Column { folder: "xiangzhen", name: "乡镇动态" }];

/// The legacy site on loopback.
#[derive(Debug, Clone)]
pub struct LegacySite {
    address: SocketAddr,
    clock: Clock,
    press: Arc<Press>,
}

impl LegacySite {
    /// Starts the site with its archive, of which every article is older than two days.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(clock: Clock, lifecycle: &Lifecycle) -> Result<Self, DemoError> {
        let started = clock.now();
        let press = Arc::new(Press::new(include_str!("archive.txt"), include_str!("supply.txt"), FIRST_NUMBER, started));
        let address = serve::serve("the legacy news site", lifecycle, {
            let press = Arc::clone(&press);
            move |request: Request<Incoming>| {
                let answer = answer(&press, started, request.method(), request.uri().path(), request.headers());
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

    /// Its two listing pages, each with its section's path: 新闻 / 云溪新闻 and 新闻 / 乡镇动态.
    #[must_use]
    pub fn listings(&self) -> [(String, [&'static str; 2]); 2] {
        COLUMNS.map(|column| (format!("http://{}{}", self.address, pages::listing_path(column, 1)), ["新闻", column.name]))
    }

    /// Puts the next article on the site, with the clock's time. `None` when the supply is used up.
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
        Fresh { url: format!("http://{}{}", self.address, pages::article_path(printed)), headline: printed.story.headline.to_owned() }
    }
}

/// Answers one request.
fn answer(press: &Press, started: Millis, method: &Method, path: &str, asked: &HeaderMap) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only\n");
    }
    let printed = press.printed();
    let newest = printed.first().map_or(started, |one| one.at.max(started));
    let page = |html: String, modified| document(method, asked, "text/html", encoding_rs::GB18030.encode(&html).0.into_owned(), modified);
    match path {
        "/" | "/index.html" => return page(pages::home(&printed), newest),
        "/robots.txt" => return document(method, asked, "text/plain", ROBOTS.into(), started),
        "/css/style.css" => return document(method, asked, "text/css", pages::STYLE.into(), started),
        _ => {}
    }
    if let Some((column, number)) = pages::listing_at(path) {
        let rows: Vec<_> = printed.iter().filter(|one| one.story.section == column.folder).collect();
        let modified = rows.first().map_or(started, |one| one.at.max(started));
        let last = rows.len().div_ceil(ROWS).max(1);
        if (1..=last).contains(&number) {
            let shown = rows.chunks(ROWS).nth(number - 1).unwrap_or_default();
            return page(pages::listing(column, shown, number, last), modified);
        }
    } else if let Some(place) = printed.iter().position(|one| pages::article_path(one) == path) {
        return page(pages::article(&printed, place), printed[place].at);
    }
    let missing = encoding_rs::GB18030.encode("<html><body><h1>404</h1>您访问的页面不存在</body></html>").0.into_owned();
    let mut answer = document(method, &HeaderMap::new(), "text/html", missing, started);
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}

const ROBOTS: &str = "User-agent: *\nDisallow: /admin/\nDisallow: /e/search/\n";

#[cfg(test)]
mod tests;
