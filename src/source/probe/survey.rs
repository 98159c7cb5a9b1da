//! A whole site from its front page: every section that lists articles, and what the site says of itself.

use std::collections::{HashMap, HashSet};

use chrono_tz::Tz;
use url::Url;

use super::judge::{self, Verdict, is_list};
use super::menu::{self, Entry};
use super::tree::{self, Row};
use super::walk::{Page, Walk};
use super::{Cms, Encoding, Footer, FoundFeed, Reason, Sample, facts};
use crate::model::CanonicalUrl;
use crate::source::{Link, Net, Spec};

/// Of the pages that may be asked for, so many in ten go to finding sections; the rest read articles of them.
const FOR_SECTIONS: usize = 6;
/// Articles that are read of each section.
const SAMPLES: usize = 2;
/// Articles that are read of a front page that is the only list: their own sections are all that is known.
const FRONT_SAMPLES: usize = 10;
/// Pages on which a link must have been seen before it can be furniture …
const FURNITURE_PAGES: usize = 4;
/// … and the share of them.
const FURNITURE_SHARE: f64 = 0.6;
/// Two lists that share so much are one.
const TWINS: f64 = 0.8;
/// Menus within menus are followed so deep.
const DEEPEST: usize = 2;
/// Pages that must stay for feeds.
const FOR_FEEDS: usize = 4;

/// What a site turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// Its front page.
    pub url: Url,
    /// Its name.
    pub title: Option<String>,
    /// BCP 47.
    pub language: String,
    /// The zone of its printed times.
    pub zone: Tz,
    /// Whether the zone is more than a guess.
    pub zone_is_sure: bool,
    /// How the front page was decoded.
    pub encoding: Encoding,
    /// Who made it.
    pub cms: Option<Cms>,
    /// What its footer tells.
    pub footer: Footer,
    /// Parents before children.
    pub sections: Vec<FoundSection>,
    /// The front page's own list, where no section has one.
    pub front: Option<FrontList>,
    /// Links that looked like sections and are none.
    pub passed: Vec<Passed>,
    /// Feeds of the site.
    pub feeds: Vec<FoundFeed>,
    /// Pages that were asked for.
    pub asked: usize,
}

/// A section.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSection {
    /// As the site prints it.
    pub title: String,
    /// What else its breadcrumbs call it.
    pub aliases: Vec<String>,
    /// The section it lies below, as an index.
    pub parent: Option<usize>,
    /// Its listing pages; none: only breadcrumbs or the menu name it.
    pub listings: Vec<Url>,
    /// Articles on them.
    pub links: usize,
    /// How many of those bear a date.
    pub dated: usize,
    /// Some of its articles, read.
    pub samples: Vec<Sample>,
    /// How many of those say themselves that they stand here.
    pub named: usize,
    /// The section that they name instead, as an index.
    pub gathers_from: Option<usize>,
}

/// A front page that lists articles itself.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontList {
    /// How many.
    pub links: usize,
    /// Some of them, read.
    pub samples: Vec<Sample>,
}

/// A link that is no section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// As the site prints it.
    pub title: String,
    /// Where it leads.
    pub url: Url,
    /// Why not.
    pub why: Passing,
}

/// Why a link is no section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passing {
    /// It could not be read.
    Unread(Reason),
    /// It lists no articles.
    NoList,
    /// It is an article itself.
    Article,
    /// It lists the same as this section.
    Twin(String),
    /// As many pages were asked for as may be.
    NotVisited,
}

/// A door, and what was behind it.
struct Found {
    entry: Entry,
    depth: usize,
    page: Option<Result<Page, Reason>>,
    /// The earlier section that lists the same.
    twin: Option<String>,
}

/// Surveys the site whose front page is the first address of `spec`. Asks for at most `most` pages, robots.txt apart, and tells
/// `progress` of each.
///
/// # Errors
/// When the front page itself cannot be read, or leads nowhere.
pub async fn survey(spec: &Spec, net: &Net, most: usize, progress: &(dyn Fn(&Url) + Sync)) -> Result<Survey, Reason> {
    let mut walk = Walk::new(spec, net, most);
    let asked = spec.addresses.first().ok_or(Reason::Empty)?;
    progress(asked);
    let front = walk.visit(asked).await?;
    if front.sheet.only_script {
        return Err(Reason::Script);
    }
    let mut found = visit_doors(&mut walk, &front, most * FOR_SECTIONS / 10, progress).await;
    let lists = choose(&front, &mut found);
    let samples = read_samples(&mut walk, &lists, progress).await;
    let mut survey = Survey {
        url: front.url.clone(),
        title: None,
        language: facts::language(&front.sheet),
        zone: spec.zone,
        zone_is_sure: false,
        encoding: front.encoding,
        cms: front.cms,
        footer: Footer::of(&front.sheet.lines),
        sections: Vec::new(),
        front: None,
        passed: Vec::new(),
        feeds: Vec::new(),
        asked: 0,
    };
    let mut rows = rows(&found, &lists, &samples);
    if lists.is_empty() {
        if !is_list(&front.listing.links) {
            return Err(Reason::NoNews);
        }
        let read = read_links(&mut walk, &front.listing.links, FRONT_SAMPLES, progress).await;
        rows.push((Row { paths: read.iter().filter_map(path).collect(), ..Row::default() }, None));
        survey.front = Some(FrontList { links: front.listing.links.len(), samples: read });
    }
    place(&mut survey, &rows, &found, &lists, samples);
    let all: Vec<Sample> = survey.samples().cloned().collect();
    survey.title = facts::name(&front.sheet, &all.iter().filter_map(|sample| sample.title.as_deref()));
    let told = all.iter().flat_map(|sample| sample.stamps.clone());
    let stamps: Vec<String> = told.chain(front.sheet.stamps.iter().cloned()).collect();
    (survey.zone, survey.zone_is_sure) = facts::zone(&survey.language, &front.url, &stamps);
    survey.passed = passed(&found);
    survey.feeds = super::feeds(&mut walk, &front).await;
    survey.asked = walk.asked;
    Ok(survey)
}

impl Survey {
    /// Every article that was read.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        let front = self.front.iter().flat_map(|front| &front.samples);
        self.sections.iter().flat_map(|section| &section.samples).chain(front)
    }
}

impl FoundSection {
    /// A section of which nothing but the name is known.
    #[must_use]
    pub fn named(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            aliases: Vec::new(),
            parent: None,
            listings: Vec::new(),
            links: 0,
            dated: 0,
            samples: Vec::new(),
            named: 0,
            gathers_from: None,
        }
    }
}

/// Visits what may be sections, the navigation first, then what hangs below each of them.
async fn visit_doors(walk: &mut Walk<'_>, front: &Page, most: usize, progress: &(dyn Fn(&Url) + Sync)) -> Vec<Found> {
    let mut found: Vec<Found> =
        menu::entries(&front.sheet, &front.url).into_iter().map(|entry| Found { entry, depth: 0, page: None, twin: None }).collect();
    let mut known: HashSet<CanonicalUrl> = front.sheet.anchors.iter().map(|anchor| anchor.url.clone()).collect();
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|at| !found[*at].entry.in_nav);
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        next += 1;
        if walk.asked >= most {
            break;
        }
        let url = found[at].entry.url.clone();
        if !walk.is_new(&url) {
            continue;
        }
        progress(&url.url());
        let page = walk.visit(&url.url()).await;
        if let Ok(page) = &page
            && found[at].depth < DEEPEST
        {
            let inner = menu::inner(&page.sheet, &page.url, &|url| known.contains(url));
            for entry in inner {
                known.insert(entry.url.clone());
                order.push(found.len());
                found.push(Found { entry: Entry { below: Some(at), ..entry }, depth: found[at].depth + 1, page: None, twin: None });
            }
        }
        found[at].page = Some(page);
    }
    found
}

/// A section's list.
struct List {
    /// Its door.
    at: usize,
    links: Vec<Link>,
}

/// The doors behind which a list stands that no other page shows. Verdicts of those that only seemed to have one are mended.
fn choose(front: &Page, found: &mut [Found]) -> Vec<List> {
    let furniture = furniture(found);
    let mut lists: Vec<List> = Vec::new();
    for at in 0..found.len() {
        let Some(Ok(page)) = &mut found[at].page else { continue };
        if page.verdict != Verdict::Listing {
            continue;
        }
        let links: Vec<Link> = page.listing.links.iter().filter(|link| !furniture.contains(&link.url)).cloned().collect();
        if !is_list(&links) || page.url == front.url {
            page.verdict = Verdict::Neither;
            continue;
        }
        // The whole list counts once it is known to be the page's own.
        let links = page.listing.links.clone();
        let Some(earlier) = lists.iter().position(|earlier| shares(&earlier.links, &links)) else {
            lists.push(List { at, links });
            continue;
        };
        // A menu's head that shows the list of one of its rows is no list of its own.
        let head = lists[earlier].at;
        let (kept, twin) = if is_below(found, at, head) { (at, head) } else { (head, at) };
        found[twin].twin = Some(found[kept].entry.title.clone());
        lists[earlier].at = kept;
    }
    lists
}

/// Whether a door hangs below another one.
fn is_below(found: &[Found], at: usize, head: usize) -> bool {
    std::iter::successors(found[at].entry.below, |above| found[*above].entry.below).take(found.len()).any(|above| above == head)
}

/// Whether two lists are one.
fn shares(one: &[Link], other: &[Link]) -> bool {
    let urls: HashSet<&CanonicalUrl> = one.iter().map(|link| &link.url).collect();
    let both = other.iter().filter(|link| urls.contains(&link.url)).count();
    both as f64 >= one.len().max(other.len()) as f64 * TWINS
}

/// Links that stand on most pages: rankings and boxes of the latest.
fn furniture(found: &[Found]) -> HashSet<CanonicalUrl> {
    let pages: Vec<&Page> = found.iter().filter_map(|found| found.page.as_ref()?.as_ref().ok()).collect();
    if pages.len() < FURNITURE_PAGES {
        return HashSet::new();
    }
    let mut times: HashMap<&CanonicalUrl, usize> = HashMap::new();
    for page in &pages {
        let once: HashSet<&CanonicalUrl> = page.sheet.anchors.iter().map(|anchor| &anchor.url).collect();
        for url in once {
            *times.entry(url).or_default() += 1;
        }
    }
    let often = |count: usize| count as f64 >= pages.len() as f64 * FURNITURE_SHARE;
    times.into_iter().filter(|(_, count)| often(*count)).map(|(url, _)| url.clone()).collect()
}

/// Reads some articles of each list, as far as the pages go: one of each list before a second of any.
async fn read_samples(walk: &mut Walk<'_>, lists: &[List], progress: &(dyn Fn(&Url) + Sync)) -> Vec<Vec<Sample>> {
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); lists.len()];
    for round in 0..SAMPLES {
        for (list, samples) in lists.iter().zip(&mut samples) {
            if walk.left > FOR_FEEDS {
                let stories: Vec<Link> = list.links.iter().filter(|link| judge::is_story(link)).skip(round * 2).take(2).cloned().collect();
                samples.extend(read_links(walk, &stories, 1, progress).await);
            }
        }
    }
    samples
}

/// Reads links until so many articles are had.
async fn read_links(walk: &mut Walk<'_>, links: &[Link], most: usize, progress: &(dyn Fn(&Url) + Sync)) -> Vec<Sample> {
    let mut samples = Vec::new();
    for link in links {
        if samples.len() == most || walk.left <= FOR_FEEDS {
            break;
        }
        progress(&link.url.url());
        if let Ok(page) = walk.visit(&link.url.url()).await
            && page.sample.candidate.title.is_some()
        {
            samples.push(page.sample);
        }
    }
    samples
}

/// The path that an article prints.
fn path(sample: &Sample) -> Option<Vec<String>> {
    let told = sample.candidate.sections.first()?;
    let parts: Vec<String> = told.split('/').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then_some(parts)
}

/// Rows for the tree, each with its door; a door without a list is one if a list hangs below it.
fn rows(found: &[Found], lists: &[List], samples: &[Vec<Sample>]) -> Vec<(Row, Option<usize>)> {
    let listed: HashMap<usize, usize> = lists.iter().enumerate().map(|(n, list)| (list.at, n)).collect();
    let mut wanted: HashSet<usize> = HashSet::new();
    for list in lists {
        wanted.extend(std::iter::successors(Some(list.at), |at| found[*at].entry.below).take(found.len()));
    }
    let order: Vec<usize> = (0..found.len()).filter(|at| wanted.contains(at)).collect();
    let place = |at: usize| order.iter().position(|other| *other == at);
    let row = |at: &usize| {
        let entry = &found[*at].entry;
        let paths = listed.get(at).map(|n| samples[*n].iter().filter_map(path).collect()).unwrap_or_default();
        (Row { title: entry.title.clone(), below: entry.below.and_then(place), paths }, listed.get(at).copied())
    };
    order.iter().map(row).collect()
}

/// Gives the sections their places, and drops lists that show what another one shows.
fn place(survey: &mut Survey, rows: &[(Row, Option<usize>)], found: &[Found], lists: &[List], samples: Vec<Vec<Sample>>) {
    let bare: Vec<Row> = rows.iter().map(|(row, _)| row.clone()).collect();
    let mut samples: Vec<Option<Vec<Sample>>> = samples.into_iter().map(Some).collect();
    for node in tree::build(&bare) {
        let (aliases, parent, gathers_from) = (node.aliases, node.parent, node.gathers_from);
        let mut section = FoundSection { aliases, parent, gathers_from, ..FoundSection::named(&node.title) };
        for list in node.rows.iter().filter_map(|row| rows[*row].1) {
            section.listings.push(found[lists[list].at].entry.url.url());
            section.links += lists[list].links.len();
            section.dated += judge::dated(&lists[list].links).0;
            section.samples.extend(samples[list].take().unwrap_or_default());
        }
        let answers = |name: &String| *name == section.title || section.aliases.contains(name);
        section.named = section.samples.iter().filter_map(path).filter(|path| path.last().is_some_and(answers)).count();
        survey.sections.push(section);
    }
}

fn passed(found: &[Found]) -> Vec<Passed> {
    let heads: HashSet<usize> = found.iter().filter_map(|found| found.entry.below).collect();
    let why = |at: usize, found: &Found| match &found.page {
        // A menu's head is a section all the same.
        _ if found.twin.is_some() => found.twin.clone().filter(|_| !heads.contains(&at)).map(Passing::Twin),
        None | Some(Err(Reason::Enough)) => Some(Passing::NotVisited),
        Some(Err(reason)) => Some(Passing::Unread(reason.clone())),
        Some(Ok(page)) => match page.verdict {
            Verdict::Listing => None,
            Verdict::Article => Some(Passing::Article),
            Verdict::Neither => (!heads.contains(&at)).then_some(Passing::NoList),
        },
    };
    let passed = found.iter().enumerate().filter_map(|(at, found)| Some((found, why(at, found)?)));
    passed.map(|(found, why)| Passed { title: found.entry.title.clone(), url: found.entry.url.url(), why }).collect()
}
