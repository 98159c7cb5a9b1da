//! A first look at a site that nobody has described: what a page is, and which sections a newsroom has.
//!
//! [`probe`] judges one address, [`survey()`] a whole site from its front page. Both visit few pages, as robots.txt and the host's
//! pauses allow, and give plain values: nothing is kept, and whoever asked decides what becomes of it.

mod cms;
mod facts;
mod footer;
mod judge;
mod menu;
mod sheet;
mod survey;
#[cfg(test)]
mod tests;
mod tree;
mod walk;

use std::collections::HashMap;

use url::Url;

use super::{Link, Net, Spec};
use crate::model::Candidate;

pub use cms::Cms;
pub use footer::Footer;
pub use survey::{FoundSection, Passed, Passing, Survey, survey};

use judge::Verdict;
use walk::{Page, Walk};

/// Articles of a listing that are read to show what comes of them.
const SAMPLES: usize = 3;
/// A root page with so many doors to sections is a front page, though it lists articles as well.
const DOORS: usize = 3;
/// Feeds that a page names are tried up to this number.
const FEEDS: usize = 4;
/// Where feeds usually are, where no page names one.
const USUAL_FEEDS: [&str; 6] = ["/rss.xml", "/feed/", "/feed.xml", "/atom.xml", "/index.xml", "/data/rssmap.html"];

/// How a page was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// WHATWG name.
    pub name: &'static str,
    /// `bom`, `valid utf-8`, `header`, `meta` or `guess`.
    pub rule: &'static str,
}

/// Why a page could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// robots.txt closes it.
    #[error("robots.txt keeps it closed")]
    Robots,
    /// robots.txt could not be had, which closes everything for a while (RFC 9309, 2.3.1.4).
    #[error("robots.txt could not be had")]
    RobotsAway,
    /// The guard lets nothing out to there.
    #[error("the address is not allowed: {0}")]
    Guard(String),
    /// 400 to 599, or what has no business here.
    #[error("it answered {0}")]
    Status(u16),
    /// No complete answer.
    #[error("{0}")]
    NoAnswer(String),
    /// One signpost after another.
    #[error("it led from address to address and nowhere")]
    Elsewhere,
    /// A picture, a film, a document.
    #[error("it is {0}")]
    Kind(String),
    /// Nothing on it.
    #[error("it is empty")]
    Empty,
    /// A shell that only a script fills.
    #[error("only a script fills it")]
    Script,
    /// Neither articles nor links to them.
    #[error("it holds neither an article nor a list of articles")]
    NoNews,
    /// Too large or too odd for its reader.
    #[error("it is too large or too odd to be read")]
    Unreadable,
    /// No more pages may be asked for.
    #[error("as many pages were asked for as may be")]
    Enough,
}

/// An article, read to show what comes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Where it was.
    pub url: Url,
    /// Its fields, with their evidence.
    pub candidate: Candidate,
    /// Its body as text, a paragraph a line.
    pub text: String,
    /// The page's `<title>`.
    pub title: Option<String>,
    /// Times that the page gives to machines, with their offsets.
    pub stamps: Vec<String>,
}

/// A feed that was found and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFeed {
    /// Its address.
    pub url: Url,
    /// Its articles now.
    pub articles: usize,
}

/// Why one group of links is the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// `ul.newslist>li>a`: where most of them stand.
    pub place: String,
    /// How many of them bear a date.
    pub dated: usize,
    /// How many of those to the minute.
    pub timed: usize,
    /// Average length of their titles (characters).
    pub title: usize,
    /// Other links of this site on the page, which are none of the list.
    pub others: usize,
}

/// A listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Articles, as listed.
    pub links: Vec<Link>,
    /// The listing's next page.
    pub next: Option<Url>,
    /// Why these.
    pub group: Group,
    /// Some of them, read.
    pub samples: Vec<Sample>,
    /// Some that could not be read.
    pub failed: Vec<(Url, Reason)>,
}

/// A link of a front page that may lead to a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionDoor {
    /// As the site prints it.
    pub title: String,
    /// Where it leads.
    pub url: Url,
}

/// What a page is.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// It lists articles.
    Listing(Box<Listed>),
    /// The front page of a site with sections.
    Front(Vec<SectionDoor>),
    /// One article.
    Article(Box<Sample>),
    /// A feed with so many articles.
    Feed(usize),
    /// Nothing that copy could come from.
    Nothing(Reason),
}

/// A page, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Where it was found in the end.
    pub url: Url,
    /// What it is.
    pub what: What,
    /// `<title>`.
    pub title: Option<String>,
    /// BCP 47.
    pub language: String,
    /// How it was decoded; `None` where nothing came.
    pub encoding: Option<Encoding>,
    /// Who made it.
    pub cms: Option<Cms>,
    /// Feeds of the site.
    pub feeds: Vec<FoundFeed>,
    /// Sitemaps that robots.txt names.
    pub sitemaps: Vec<Url>,
}

/// Visits the first address of `spec`, and at most `most` pages in all.
pub async fn probe(spec: &Spec, net: &Net, most: usize) -> Probe {
    let mut walk = Walk::new(spec, net, most);
    let Some(asked) = spec.addresses.first() else { return nothing(None, Reason::Empty) };
    let page = match walk.visit(asked).await {
        Ok(page) => page,
        Err(reason) => return nothing(Some(asked), reason),
    };
    let what = judged(&mut walk, &page).await;
    let (feeds, sitemaps) = match what {
        What::Feed(_) | What::Nothing(Reason::Guard(_)) => (Vec::new(), Vec::new()),
        _ => (feeds(&mut walk, &page).await, sitemaps(&mut walk, &page.url).await),
    };
    let (title, language) = (page.sheet.title.clone(), facts::language(&page.sheet));
    Probe { url: page.url, what, title, language, encoding: Some(page.encoding), cms: page.cms, feeds, sitemaps }
}

fn nothing(url: Option<&Url>, reason: Reason) -> Probe {
    let url = url.cloned().unwrap_or_else(|| Url::parse("about:blank").expect("an address written here parses"));
    let (language, what) = ("en".to_owned(), What::Nothing(reason));
    Probe { url, what, title: None, language, encoding: None, cms: None, feeds: Vec::new(), sitemaps: Vec::new() }
}

async fn judged(walk: &mut Walk<'_>, page: &Page) -> What {
    if let Some(articles) = page.feed {
        return What::Feed(articles);
    }
    let doors = menu::entries(&page.sheet, &page.url);
    let is_root =
        page.url.path().trim_matches('/').split('.').next().is_some_and(|stem| stem.is_empty() || stem == "index" || stem == "default");
    if is_root && page.url.path().matches('/').count() <= 1 && doors.iter().filter(|door| door.in_nav).count().max(doors.len() / 2) >= DOORS
    {
        return What::Front(doors.into_iter().map(|door| SectionDoor { url: door.url.url(), title: door.title }).collect());
    }
    match page.verdict {
        Verdict::Listing => What::Listing(Box::new(listed(walk, page).await)),
        Verdict::Article => What::Article(Box::new(page.sample.clone())),
        Verdict::Neither if page.sheet.only_script => What::Nothing(Reason::Script),
        Verdict::Neither if is_root && doors.len() >= DOORS => {
            What::Front(doors.into_iter().map(|door| SectionDoor { url: door.url.url(), title: door.title }).collect())
        }
        Verdict::Neither => What::Nothing(Reason::NoNews),
    }
}

async fn listed(walk: &mut Walk<'_>, page: &Page) -> Listed {
    let links = page.listing.links.clone();
    let (mut samples, mut failed) = (Vec::new(), Vec::new());
    for link in links.iter().filter(|link| judge::is_story(link)) {
        if samples.len() == SAMPLES || failed.len() == SAMPLES {
            break;
        }
        match walk.visit(&link.url.url()).await {
            Ok(read) => samples.push(read.sample),
            Err(Reason::Enough) => break,
            Err(reason) => failed.push((link.url.url(), reason)),
        }
    }
    Listed { next: page.listing.next.clone(), group: group(page), links, samples, failed }
}

/// Why the links of a listing are the list.
fn group(page: &Page) -> Group {
    let links = &page.listing.links;
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut others = 0;
    for anchor in &page.sheet.anchors {
        if links.iter().any(|link| link.url == anchor.url) {
            *places.entry(anchor.place.as_str()).or_default() += 1;
        } else if super::hosts::same_site(&anchor.url.url(), &page.url) {
            others += 1;
        }
    }
    let place = places.into_iter().max_by_key(|(place, count)| (*count, std::cmp::Reverse(*place))).map(|(place, _)| place.to_owned());
    let (dated, timed) = judge::dated(links);
    let letters: usize = links.iter().filter_map(|link| link.title.as_deref()).map(|title| title.chars().count()).sum();
    Group { place: place.unwrap_or_default(), dated, timed, title: letters / links.len().max(1), others }
}

/// The feeds that a page names; where it names none, those in the usual places.
async fn feeds(walk: &mut Walk<'_>, page: &Page) -> Vec<FoundFeed> {
    let mut found: Vec<FoundFeed> = Vec::new();
    let named: Vec<Url> = page.sheet.feeds.iter().map(|(url, _)| url.clone()).take(FEEDS).collect();
    let usual = || USUAL_FEEDS.iter().filter_map(|place| page.url.join(place).ok()).collect();
    let is_guess = named.is_empty();
    for url in if is_guess { usual() } else { named } {
        if let Ok(read) = walk.visit(&url).await
            && let Some(articles) = read.feed
            && !found.iter().any(|feed| feed.url == read.url)
        {
            found.push(FoundFeed { url: read.url, articles });
            if is_guess {
                break;
            }
        }
    }
    found
}

/// The sitemaps that robots.txt names (sitemaps.org, "Submitting").
async fn sitemaps(walk: &mut Walk<'_>, page: &Url) -> Vec<Url> {
    let Ok(robots) = page.join("/robots.txt") else { return Vec::new() };
    let text = walk.text(&robots).await.unwrap_or_default();
    let named = text.lines().filter_map(|line| line.split_once(':')).filter(|(key, _)| key.trim().eq_ignore_ascii_case("sitemap"));
    named.filter_map(|(_, url)| page.join(url.trim()).ok()).take(FEEDS).collect()
}
