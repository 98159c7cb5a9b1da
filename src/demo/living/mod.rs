//! 云溪网 as it lives: a county newsroom of some twenty-five articles a day, with everything that happens to one in two weeks.
//!
//! Articles are published in bursts, edited, corrected and taken back; the server breaks, answers errors and empty listings; the
//! encoding changes, the archive is dated anew, and half-way other templates bring other addresses. The whole is drawn from a seed
//! and follows the clock it was given, so whoever holds the clock can ask at any moment what the site has published.

mod pages;
mod prose;
mod script;
mod story;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;

use super::DemoError;
use super::serve::{self, Body, Reset, document, plain, whole};
use crate::clock::Clock;
use crate::lifecycle::Lifecycle;
use crate::model::Millis;
use pages::{Asked, Design, Look, ROWS};
use script::{Incident, Script};
pub use story::{Column, Manner, Told, Version};

/// The site's zone: its pages tell no other.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
/// What the re-dating of the archive leaves alone.
const RECENT: Duration = Duration::from_hours(6);

/// What the site goes through. Publishing goes on whatever is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Play {
    /// Link posts, galleries and films among the articles.
    Kinds,
    /// Articles on two pages.
    Cut,
    /// Two articles of one day with one headline.
    Twins,
    /// Slips mended, paragraphs added, headlines changed.
    Edits,
    /// Errors admitted.
    Corrections,
    /// Articles taken back, in three manners.
    Withdrawals,
    /// A server that breaks, is busy, shows empty or broken listings, or loses its pages for a while.
    Outages,
    /// GB18030 that says gb2312, then UTF-8 that says gb2312, then UTF-8 that says so.
    Encodings,
    /// Everything old carries today's date for some hours.
    Redating,
    /// Half-way, other templates and other addresses.
    Redesign,
}

impl Play {
    /// All of it.
    pub const ALL: [Self; 10] = [
        Self::Kinds,
        Self::Cut,
        Self::Twins,
        Self::Edits,
        Self::Corrections,
        Self::Withdrawals,
        Self::Outages,
        Self::Encodings,
        Self::Redating,
        Self::Redesign,
    ];
}

/// What the site stands by, of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As it reads now.
    pub copy: Version,
    /// Whether it was there before the first minute.
    pub archived: bool,
    /// What happened since somebody first read it, in order.
    pub told: Vec<Told>,
}

/// The site on loopback.
#[derive(Debug, Clone)]
pub struct LivingSite {
    address: SocketAddr,
    newsroom: Arc<Newsroom>,
}

#[derive(Debug)]
struct Newsroom {
    clock: Clock,
    start: Millis,
    script: Script,
    /// When each article's page was first given to somebody.
    read: Mutex<BTreeMap<u32, Millis>>,
}

impl LivingSite {
    /// Starts the site; its life of `days` begins now.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(days: u32, seed: u64, plays: &[Play], clock: Clock, lifecycle: &Lifecycle) -> Result<Self, DemoError> {
        let start = clock.now();
        let script = Script::draw(start, days, seed, plays);
        let newsroom = Arc::new(Newsroom { clock, start, script, read: Mutex::default() });
        let address = serve::serve("the living news site", lifecycle, {
            let newsroom = Arc::clone(&newsroom);
            move |request: Request<Incoming>| {
                let answer = newsroom.answer(request.method(), request.uri().path(), request.headers());
                async move { answer }
            }
        })
        .await?;
        Ok(Self { address, newsroom })
    }

    /// The listing page of each section, as it was before the redesign.
    #[must_use]
    pub fn listings(&self) -> Vec<(Column, String)> {
        story::COLUMNS.map(|column| (column, format!("http://{}{}", self.address, Design::Tables.listing_path(column, 1)))).to_vec()
    }

    /// The number of the article that an address leads to, in either design.
    #[must_use]
    pub fn number_of(&self, url: &str) -> Option<u32> {
        let path = url.strip_prefix(&format!("http://{}", self.address))?;
        match Design::route(path)? {
            (_, Asked::Article(number, 1)) => Some(number),
            _ => None,
        }
    }

    /// Everything that the site has published so far, the oldest first, but for what was taken back before anybody read it.
    #[must_use]
    pub fn ledger(&self) -> Vec<Entry> {
        let now = self.newsroom.clock.now();
        let read = self.newsroom.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let entry = |story: &story::Story| {
            let copy = story.copy(now)?;
            let archived = copy.at < self.newsroom.start;
            let seen = match read.get(&copy.number) {
                Some(seen) => *seen,
                None if copy.withdrawn.is_some() => return None,
                None => copy.at,
            };
            let published = (!archived).then_some(Told::Published);
            let told = published.into_iter().chain(story.told(seen, now)).collect();
            Some(Entry { copy, archived, told })
        };
        self.newsroom.script.stories.iter().filter_map(entry).collect()
    }
}

/// How long a busy server asks to be left alone, in seconds.
const BUSY: &str = "1200";

impl Newsroom {
    fn answer(&self, method: &Method, path: &str, asked: &HeaderMap) -> Result<Response<Body>, Reset> {
        let now = self.clock.now();
        let is = |incident| self.script.is(incident, now);
        if is(Incident::Down) {
            return Err(Reset);
        }
        if is(Incident::Busy) {
            let mut busy = plain(StatusCode::SERVICE_UNAVAILABLE, "busy\n");
            busy.headers_mut().insert(header::RETRY_AFTER, http::HeaderValue::from_static(BUSY));
            return Ok(busy);
        }
        if method != Method::GET && method != Method::HEAD {
            return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only\n"));
        }
        if path == "/robots.txt" {
            return Ok(document(method, asked, "text/plain", b"User-agent: *\nDisallow: /admin/\n".to_vec(), self.start));
        }
        let design = if is(Incident::Redesigned) { Design::Boxes } else { Design::Tables };
        let Some((addressed, what)) = Design::route(path) else { return Ok(missing()) };
        if what != Asked::Home && addressed != design {
            match self.moved(design, what, now) {
                Some(Moved::Here) => {}
                Some(Moved::To(path)) => return Ok(forwarded(&path)),
                None => return Ok(missing()),
            }
        }
        Ok(self.page(method, asked, what, design, now))
    }

    /// What became of an address of the other design: the new site forwards the old addresses of every other section, keeps the
    /// listings of the rest where they were, and knows nothing of their articles.
    fn moved(&self, design: Design, what: Asked, now: Millis) -> Option<Moved> {
        let forwards = |column: Column| story::COLUMNS.iter().position(|one| *one == column).is_some_and(|place| place % 2 == 0);
        match (design, what) {
            (Design::Boxes, Asked::Listing(column, number)) => {
                Some(if forwards(column) { Moved::To(design.listing_path(column, number)) } else { Moved::Here })
            }
            (Design::Boxes, Asked::Article(number, part)) => {
                let copy = self.copies(now).into_iter().find(|copy| copy.number == number && forwards(copy.column))?;
                Some(Moved::To(design.article_path(&copy, part)))
            }
            _ => None,
        }
    }

    /// Everything published, the newest first.
    fn copies(&self, now: Millis) -> Vec<Version> {
        self.script.stories.iter().rev().filter_map(|story| story.copy(now)).collect()
    }

    fn page(&self, method: &Method, asked: &HeaderMap, what: Asked, design: Design, now: Millis) -> Response<Body> {
        let is = |incident| self.script.is(incident, now);
        let (charset, unicode) = match (is(Incident::Unicode), is(Incident::Mislabelled)) {
            (true, _) => ("utf-8", true),
            (_, mislabelled) => ("gb2312", mislabelled),
        };
        let redated_before = is(Incident::Redated).then(|| Millis(now.0 - RECENT.as_millis() as i64));
        let look = Look { design, charset, redated_before, today: now };
        let all = self.copies(now);
        let shown: Vec<&Version> = all.iter().filter(|copy| copy.withdrawn.is_none()).collect();
        let page = match what {
            Asked::Home => look.home(&shown),
            Asked::Listing(..) if is(Incident::BrokenListings) => look.broken(),
            Asked::Listing(column, _) if is(Incident::EmptyListings) => look.listing(column, &[], 1, 1),
            Asked::Listing(column, number) => {
                let rows: Vec<&Version> = shown.into_iter().filter(|copy| copy.column == column).collect();
                let last = rows.len().div_ceil(ROWS).max(1);
                let Some(rows) = rows.chunks(ROWS).nth(number - 1) else { return missing() };
                look.listing(column, rows, number, last)
            }
            Asked::Article(number, part) => {
                let found = all.iter().find(|copy| copy.number == number && (1..=pages::parts(copy)).contains(&part));
                let Some(copy) = found.filter(|_| !is(Incident::PagesMissing)) else { return missing() };
                match copy.withdrawn {
                    Some(Manner::Missing) => return missing(),
                    Some(Manner::Gone) => return status(StatusCode::GONE),
                    Some(Manner::Notice) | None => {}
                }
                let place = shown.iter().position(|one| one.number == number);
                let near = |place: Option<usize>| place.and_then(|place| shown.get(place)).copied();
                self.read.lock().unwrap_or_else(PoisonError::into_inner).entry(number).or_insert(now);
                look.article(copy, part, near(place.and_then(|place| place.checked_sub(1))), near(place.map(|place| place + 1)))
            }
        };
        let bytes = if unicode { page.into_bytes() } else { encoding_rs::GB18030.encode(&page).0.into_owned() };
        document(method, asked, "text/html", bytes, now)
    }
}

enum Moved {
    /// Its listing is still found there.
    Here,
    To(String),
}

fn missing() -> Response<Body> {
    status(StatusCode::NOT_FOUND)
}

fn status(status: StatusCode) -> Response<Body> {
    plain(status, "there is no such page\n")
}

fn forwarded(path: &str) -> Response<Body> {
    let answer = Response::builder().status(StatusCode::MOVED_PERMANENTLY).header(header::LOCATION, path);
    answer.body(whole("")).expect("a path of ours is a header value")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::demo::wire::{Answer, get};

    /// Half past eight in the morning.
    const MORNING: Millis = Millis(1_635_467_400_000);
    /// Everything but outages, in which nobody could read.
    const CALM: [Play; 6] = [Play::Kinds, Play::Cut, Play::Twins, Play::Edits, Play::Corrections, Play::Withdrawals];
    const HOUR: Duration = Duration::from_hours(1);

    async fn site(plays: &[Play]) -> (LivingSite, Clock, Lifecycle) {
        let (clock, lifecycle) = (Clock::manual(MORNING), Lifecycle::default());
        (LivingSite::start(2, 1, plays, clock.clone(), &lifecycle).await.unwrap(), clock, lifecycle)
    }

    fn text(answer: &Answer) -> String {
        assert_eq!(answer.status, 200);
        let gb = std::str::from_utf8(&answer.body).is_err();
        if gb { encoding_rs::GB18030.decode(&answer.body).0.into_owned() } else { answer.text() }
    }

    fn path(copy: &Version, design: Design) -> String {
        design.article_path(copy, 1)
    }

    /// Two days of a reader who opens every article within the hour.
    async fn read_for(site: &LivingSite, clock: &Clock, hours: u64) {
        for _ in 0..hours {
            clock.advance(HOUR);
            let now = clock.now();
            let design = if site.newsroom.script.is(Incident::Redesigned, now) { Design::Boxes } else { Design::Tables };
            for entry in site.ledger().iter().filter(|entry| now.since(entry.copy.at) <= HOUR) {
                get(site.address, &path(&entry.copy, design)).await;
            }
        }
    }

    #[tokio::test]
    async fn the_days_are_full_and_the_ledger_knows_them() {
        let (site, clock, _lifecycle) = site(&CALM).await;
        let archive = site.ledger();
        assert!(archive.len() > 40 && archive.iter().all(|entry| entry.archived && entry.told.is_empty()));
        read_for(&site, &clock, 48).await;
        let all = site.ledger();
        let fresh = all.iter().filter(|entry| !entry.archived).count();
        assert!((30..70).contains(&fresh), "{fresh}");
        let mut titles = HashSet::new();
        let twins: Vec<&str> = all.iter().map(|entry| entry.copy.title.as_str()).filter(|title| !titles.insert(*title)).collect();
        assert!(!twins.is_empty() && twins.iter().all(|title| title.ends_with("公告")), "only notices share their headline: {twins:?}");
        for told in [Told::Updated, Told::Corrected, Told::Withdrawn] {
            assert!(all.iter().any(|entry| entry.told.contains(&told)), "{told:?}");
        }
        let kinds: HashSet<&str> = all.iter().map(|entry| entry.copy.kind.as_str()).collect();
        assert_eq!(kinds.len(), 4);
        let cut = all.iter().filter(|entry| entry.copy.cut).count();
        assert!(cut > 2, "{cut}");
    }

    #[tokio::test]
    async fn listings_show_what_stands_and_pages_say_it() {
        let (site, clock, _lifecycle) = site(&[Play::Withdrawals]).await;
        read_for(&site, &clock, 47).await;
        let all = site.ledger();
        let (column, url) = site.listings().remove(0);
        let here: Vec<_> = all.iter().rev().filter(|entry| entry.copy.column == column).collect();
        let listing = text(&get(site.address, url.strip_prefix(&format!("http://{}", site.address)).unwrap()).await);
        assert_eq!(listing.matches("class=\"date\"").count(), ROWS);
        let standing = here.iter().find(|entry| entry.copy.withdrawn.is_none()).unwrap();
        assert!(listing.contains(&path(&standing.copy, Design::Tables)));
        let page = text(&get(site.address, &path(&standing.copy, Design::Tables)).await);
        assert!(page.contains(&standing.copy.title) && standing.copy.paragraphs.iter().all(|paragraph| page.contains(paragraph)));
        assert_eq!(site.number_of(&format!("http://{}{}", site.address, path(&standing.copy, Design::Boxes))), Some(standing.copy.number));
        for entry in all.iter().filter(|entry| entry.copy.withdrawn.is_some()) {
            let answer = get(site.address, &path(&entry.copy, Design::Tables)).await;
            match entry.copy.withdrawn.unwrap() {
                Manner::Missing => assert_eq!(answer.status, 404),
                Manner::Gone => assert_eq!(answer.status, 410),
                Manner::Notice => assert!(text(&answer).contains("稿件已撤")),
            }
        }
    }

    #[tokio::test]
    async fn a_redesign_forwards_half_of_the_old_addresses() {
        let (site, clock, _lifecycle) = site(&[Play::Redesign, Play::Encodings]).await;
        clock.advance(Duration::from_mins(5));
        let all = site.ledger();
        let old = |folder: &str| all.iter().rfind(|entry| entry.copy.column.folder == folder).unwrap().copy.clone();
        let (forwarded, dead) = (old("yunxi"), old("xiangzhen"));
        let before = get(site.address, &path(&forwarded, Design::Tables)).await;
        assert!(std::str::from_utf8(&before.body).is_err() && text(&before).contains("charset=gb2312"));
        assert_eq!(get(site.address, &path(&forwarded, Design::Boxes)).await.status, 404);
        clock.advance(Duration::from_hours(24));
        let answer = get(site.address, &path(&forwarded, Design::Tables)).await;
        assert_eq!((answer.status, answer.header("location")), (301, Some(path(&forwarded, Design::Boxes).as_str())));
        assert_eq!(get(site.address, &path(&dead, Design::Tables)).await.status, 404);
        let after = get(site.address, &path(&dead, Design::Boxes)).await;
        assert!(after.text().contains("charset=\"gb2312\"") && after.text().contains(&dead.title), "UTF-8 that says gb2312");
        assert_eq!(get(site.address, "/xinwen/yunxi/").await.status, 301);
        assert!(get(site.address, "/xinwen/xiangzhen/").await.text().contains(&path(&dead, Design::Boxes)));
        clock.advance(Duration::from_hours(20));
        assert!(get(site.address, &path(&dead, Design::Boxes)).await.text().contains("charset=\"utf-8\""));
    }
}
