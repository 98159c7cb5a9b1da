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
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::demo::wire::{Answer, exchange, get};

    const NOW: Millis = Millis(1_800_000_000_000);

    async fn site() -> (LegacySite, Clock, Lifecycle) {
        let (clock, lifecycle) = (Clock::manual(NOW), Lifecycle::default());
        (LegacySite::start(clock.clone(), &lifecycle).await.unwrap(), clock, lifecycle)
    }

    /// The page as a reader sees it: GB18030, and no letter lost.
    fn read(answer: &Answer) -> String {
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html")));
        assert!(std::str::from_utf8(&answer.body).is_err(), "the page must not be UTF-8");
        let (text, _, lossy) = encoding_rs::GB18030.decode(&answer.body);
        assert!(!lossy && text.contains("charset=gb2312"));
        text.into_owned()
    }

    fn path(site: &LegacySite, url: &str) -> String {
        url.strip_prefix(&format!("http://{}", site.address())).unwrap().to_owned()
    }

    #[tokio::test]
    async fn an_article_has_the_shape_of_the_old_pages() {
        let (site, _, _lifecycle) = site().await;
        let text = read(&get(site.address(), &path(&site, &site.articles()[0].url)).await);
        for part in [
            "您所在的位置: <a href=\"/\">云溪网</a> &gt; <a href=\"/xinwen/yunxi/\">新闻</a> &gt; <a href=\"/xinwen/yunxi/\">云溪新闻</a>",
            "class=\"headline\">云溪:三年清淤,老护城河又见游船<",
            "发布时间:2027-01-12 16:00 来源:<",
            "分享到:",
            "<p>　　通讯员赵禾 孙渡 记者周砚</p>",
            "<strong><font color=\"#333333\">先把管子理清楚</font></strong>",
            "沈䶮",
            "(编辑:何青  编审:罗汀)",
            "地址:云溪县融媒体中心",
            "联系电话:",
            "工信部备案编号:",
        ] {
            assert!(text.contains(part), "{part}");
        }
    }

    #[tokio::test]
    async fn every_text_is_whole_and_can_be_written_in_gb18030() {
        let (site, _, _lifecycle) = site().await;
        assert!(site.left() >= 20 && site.articles().len() == 8);
        while site.publish_next().is_some() {}
        let printed = site.press.printed();
        for one in &printed {
            assert!(COLUMNS.iter().any(|column| column.folder == one.story.section), "{}", one.story.headline);
            assert!(!one.story.byline.is_empty() && one.story.editors.contains("编审:"), "{}", one.story.headline);
            let headings = one.story.body.iter().filter(|block| matches!(block, crate::demo::press::Block::Heading(_))).count();
            assert!(headings >= 2 && one.story.body.len() >= headings + 3, "{}", one.story.headline);
            read(&get(site.address(), &pages::article_path(one)).await);
        }
        let mut headlines: Vec<_> = printed.iter().map(|one| one.story.headline).collect();
        headlines.sort_unstable();
        headlines.dedup();
        assert_eq!(headlines.len(), printed.len());
    }

    #[tokio::test]
    async fn a_new_article_stands_on_top_of_its_listing() {
        let (site, clock, _lifecycle) = site().await;
        clock.advance(Duration::from_mins(1));
        let fresh = site.publish_next().unwrap();
        let [(listing, section), (other, _)] = site.listings();
        assert_eq!(section, ["新闻", "云溪新闻"]);
        let text = read(&get(site.address(), &path(&site, &listing)).await);
        let first = text.find("<ul class=\"newslist\">").map(|at| &text[at..at + 300]).unwrap();
        assert!(first.contains(&path(&site, &fresh.url)) && first.contains("<span class=\"date\">2027-01-15</span>"), "{first}");
        assert!(!read(&get(site.address(), &path(&site, &other)).await).contains(&path(&site, &fresh.url)));
        let page = read(&get(site.address(), &path(&site, &fresh.url)).await);
        assert!(page.contains("发布时间:2027-01-15 16:01 来源:") && page.contains(&fresh.headline));
        assert!(read(&get(site.address(), "/").await).contains(&path(&site, &fresh.url)));
    }

    #[tokio::test]
    async fn a_long_listing_has_pages() {
        let (site, _, _lifecycle) = site().await;
        while site.publish_next().is_some() {}
        let first = read(&get(site.address(), "/xinwen/xiangzhen/").await);
        let second = read(&get(site.address(), "/xinwen/xiangzhen/index_2.html").await);
        assert_eq!(first.matches("class=\"date\"").count(), ROWS);
        assert!(first.contains("<a href=\"/xinwen/xiangzhen/index_2.html\">下一页</a>"));
        assert!(second.contains("<a href=\"/xinwen/xiangzhen/\">上一页</a>") && !second.contains(">下一页</a>"));
        for path in ["/xinwen/xiangzhen/index_3.html", "/xinwen/xiangzhen/index_0.html", "/xinwen/none/", "/js/bdshare.js"] {
            assert_eq!(get(site.address(), path).await.status, 404, "{path}");
        }
    }

    #[tokio::test]
    async fn who_has_the_page_is_told_so() {
        let (site, clock, _lifecycle) = site().await;
        let first = get(site.address(), "/xinwen/yunxi/").await;
        let (tag, since) = (first.header("etag").unwrap(), first.header("last-modified").unwrap());
        let again = |name: &'static str, value: String| {
            let address = site.address();
            async move { exchange(address, "GET", "/xinwen/yunxi/", &[(name, &value)], &[]).await }
        };
        let known = again("if-none-match", tag.to_owned()).await;
        assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, Some(tag)));
        assert_eq!(again("if-modified-since", since.to_owned()).await.status, 304);
        assert_eq!(again("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT".into()).await.status, 200);
        clock.advance(Duration::from_secs(30));
        assert!(site.publish_next().is_some());
        assert_eq!(again("if-none-match", tag.to_owned()).await.status, 200);
        assert_eq!(again("if-modified-since", since.to_owned()).await.status, 200);
        let head = exchange(site.address(), "HEAD", "/xinwen/yunxi/", &[], &[]).await;
        assert_eq!((head.status, head.header("content-length").is_some()), (200, true));
        assert_eq!(exchange(site.address(), "POST", "/", &[], b"x").await.status, 405);
        assert!(get(site.address(), "/robots.txt").await.text().contains("Disallow: /admin/"));
    }
}
