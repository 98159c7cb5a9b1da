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
pub use story::{Column, Copy, Manner, Told};

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
    pub copy: Copy,
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

    /// Everything that the site has published so far, the oldest first.
    #[must_use]
    pub fn ledger(&self) -> Vec<Entry> {
        let now = self.newsroom.clock.now();
        let read = self.newsroom.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let entry = |story: &story::Story| {
            let copy = story.copy(now)?;
            let archived = copy.at < self.newsroom.start;
            let seen = read.get(&copy.number).copied().unwrap_or(copy.at);
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
    fn copies(&self, now: Millis) -> Vec<Copy> {
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
        let shown: Vec<&Copy> = all.iter().filter(|copy| copy.withdrawn.is_none()).collect();
        let page = match what {
            Asked::Home => look.home(&shown),
            Asked::Listing(..) if is(Incident::BrokenListings) => look.broken(),
            Asked::Listing(column, _) if is(Incident::EmptyListings) => look.listing(column, &[], 1, 1),
            Asked::Listing(column, number) => {
                let rows: Vec<&Copy> = shown.into_iter().filter(|copy| copy.column == column).collect();
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
