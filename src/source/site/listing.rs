//! A listing page gives its articles in order, without selectors.
//!
//! Rows of one list are spelled alike, so links are grouped by the tags and classes around them; the list of articles is the
//! group that is long, has long titles, has dates in its rows and digits in its addresses.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use chrono_tz::Tz;
use serde::Serialize;
use url::Url;

use super::next;
use super::outline::{Anchor, Outline};
use super::rows::{self, Side};
use crate::model::{CanonicalUrl, Millis, When};
use crate::source::Link;
use crate::source::dates::{self, Reading};
use crate::source::hosts::same_site;

/// How many elements around a link belong to its spelling: row, list, box, column.
const LEVELS: usize = 4;
/// Titles longer than this are no better for it (characters).
const LONG_TITLE: f64 = 25.0;
/// A group whose titles are shorter than this on average is navigation (characters).
const SHORT_TITLE: f64 = 5.0;
/// A link that stands in this many rows names a column, not an article.
const REPEATED: usize = 3;
/// More links than this are not one listing.
const MOST_LINKS: usize = 500;

/// What a listing page holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listing {
    /// Articles, as listed.
    pub links: Vec<Link>,
    /// The listing's next page.
    pub next: Option<Url>,
}

/// A listing as `postrider links --json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinksJson {
    /// Articles, as listed.
    pub items: Vec<LinkJson>,
    /// The listing's next page.
    pub next: Option<String>,
}

/// A link as `postrider links --json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkJson {
    /// Absolute.
    pub url: String,
    /// As the listing words it.
    pub title: Option<String>,
    /// `2021-10-29`, or RFC 3339 with the source's offset.
    pub date: Option<String>,
}

impl LinksJson {
    /// Writes a listing, times in `zone`.
    #[must_use]
    pub fn of(listing: &Listing, zone: Tz) -> Self {
        let date = |when| match when {
            When::At(at) => Millis::rfc3339(at, zone),
            When::Day(day) => day.to_string(),
        };
        let link = |link: &Link| LinkJson { url: link.url.to_string(), title: link.title.clone(), date: link.date.map(date) };
        Self { items: listing.links.iter().map(link).collect(), next: listing.next.as_ref().map(ToString::to_string) }
    }
}

/// Reads a listing page that came from `page`.
#[must_use]
pub fn read(html: &str, page: &Url, reading: Reading) -> Listing {
    let html = next::unwrapped_records(html);
    let outline = Outline::read(&html, page);
    let own = CanonicalUrl::of(page.clone()).ok();
    let usable = |anchor: &&Anchor| same_site(&anchor.url.url(), page) && Some(&anchor.url) != own.as_ref();
    let anchors: Vec<&Anchor> = outline.anchors.iter().filter(usable).collect();
    let scored = groups(&outline, &anchors).into_iter().map(|group| (score(&outline, &group, reading), group));
    let best = scored.filter(|(score, _)| *score > 0.0).max_by(|(a, _), (b, _)| a.total_cmp(b));
    let links = best.map(|(_, group)| links(&outline, &with_neighbours(&outline, group, &anchors), &anchors, reading)).unwrap_or_default();
    Listing { next: next::page(&html, &outline, page), links }
}

/// Links whose surroundings are spelled alike, links of columns left out.
fn groups<'a>(outline: &Outline, anchors: &[&'a Anchor]) -> Vec<Vec<&'a Anchor>> {
    let mut groups: BTreeMap<String, Vec<&Anchor>> = BTreeMap::new();
    for &anchor in anchors {
        let around = outline.upwards(anchor.element).take(LEVELS + 1);
        let path = around.map(|element| outline.elements[element].spelling.as_str()).collect::<Vec<_>>().join("<");
        groups.entry(path).or_default().push(anchor);
    }
    let groups = groups.into_values().map(|group| {
        let mut rows: HashMap<&CanonicalUrl, usize> = HashMap::new();
        for anchor in &group {
            *rows.entry(&anchor.url).or_default() += 1;
        }
        group.iter().copied().filter(|anchor| rows[&anchor.url] < REPEATED).collect::<Vec<_>>()
    });
    groups.filter(|group| !group.is_empty()).collect()
}

/// √n · average length of the titles · three times with a date in every row · half more with digits in the addresses.
fn score(outline: &Outline, group: &[&Anchor], reading: Reading) -> f64 {
    let distinct: HashSet<&CanonicalUrl> = group.iter().map(|anchor| &anchor.url).collect();
    let length = |anchor: &&Anchor| title_in(outline, anchor).map_or(0, |title| title.chars().count()) as f64;
    let average = group.iter().map(length).sum::<f64>() / group.len() as f64;
    if average < SHORT_TITLE {
        return 0.0;
    }
    let dated = row_dates(outline, group, reading).iter().flatten().count() as f64 / group.len() as f64;
    let digits = group.iter().filter(|anchor| anchor.url.url().path().bytes().filter(u8::is_ascii_digit).count() >= 2).count();
    let digits = if digits * 2 > group.len() || queried(group) { 1.5 } else { 1.0 };
    (distinct.len() as f64).sqrt() * average.min(LONG_TITLE) * 2.0f64.mul_add(dated, 1.0) * digits
}

/// Whether most addresses tell their article by a number in the query: `view.php?aid=12`.
fn queried(group: &[&Anchor]) -> bool {
    group.iter().filter(|anchor| anchor.url.url().query().is_some_and(|query| query.bytes().any(|b| b.is_ascii_digit()))).count() * 2
        > group.len()
}

/// The group with those of other spelling that stand in the same box and lead to the same kind of address: a first row in bold,
/// a row with a picture. Where the box holds more strangers than rows it is no list's box, and nothing is added.
fn with_neighbours<'a>(outline: &Outline, group: Vec<&'a Anchor>, anchors: &[&'a Anchor]) -> Vec<&'a Anchor> {
    let Some(inside) = common_box(outline, &group) else { return group };
    let mut counted: HashMap<String, usize> = HashMap::new();
    for anchor in &group {
        *counted.entry(shape(&anchor.url)).or_default() += 1;
    }
    let shapes: HashSet<String> = counted.into_iter().filter(|(_, count)| *count * 4 >= group.len()).map(|(shape, _)| shape).collect();
    let known: HashSet<&CanonicalUrl> = group.iter().map(|anchor| &anchor.url).collect();
    let alike =
        |anchor: &&&Anchor| inside.contains(&anchor.element) && shapes.contains(&shape(&anchor.url)) && !known.contains(&anchor.url);
    let strangers: HashSet<&CanonicalUrl> = anchors.iter().filter(alike).map(|anchor| &anchor.url).collect();
    if strangers.is_empty() || strangers.len() * 3 > known.len() {
        return group;
    }
    let belongs = |anchor: &&&'a Anchor| alike(anchor) || group.iter().any(|member| std::ptr::eq(*member, **anchor));
    anchors.iter().filter(belongs).copied().collect()
}

/// The elements of the smallest box around a whole group. Elements stand in document order, so a box is a range.
fn common_box(outline: &Outline, group: &[&Anchor]) -> Option<Range<usize>> {
    let (first, last) = (group.first()?.element, group.last()?.element);
    let around: HashSet<usize> = outline.upwards(first).collect();
    let top = outline.upwards(last).find(|element| around.contains(element))?;
    let behind = (top + 1..outline.elements.len()).find(|&element| outline.elements[element].parent < top);
    Some(top..behind.unwrap_or(outline.elements.len()))
}

/// An address with every number as `#`: articles of one system look alike.
fn shape(url: &CanonicalUrl) -> String {
    let url = url.url();
    let mut shape = String::new();
    for c in url[url::Position::BeforePath..].chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if c != '#' || !shape.ends_with('#') {
            shape.push(c);
        }
    }
    shape
}

fn links(outline: &Outline, group: &[&Anchor], anchors: &[&Anchor], reading: Reading) -> Vec<Link> {
    let when = row_dates(outline, group, reading);
    let mut found: Vec<Link> = Vec::new();
    let mut places: HashMap<&CanonicalUrl, usize> = HashMap::new();
    for (anchor, date) in group.iter().zip(when) {
        let title = title_in(outline, anchor);
        let place = *places.entry(&anchor.url).or_insert_with(|| {
            let date = dates::in_path(anchor.url.url().path()).map(When::Day);
            found.push(Link { url: anchor.url.clone(), title: None, date });
            found.len() - 1
        });
        let link = &mut found[place];
        link.date = date.or(link.date);
        link.title = rows::better_title(link.title.take(), title);
    }
    // A row may link its article twice: the picture, then the title.
    for anchor in anchors {
        if let Some(&place) = places.get(&anchor.url)
            && found[place].title.as_ref().is_none_or(|title| rows::is_cut(title))
        {
            found[place].title = rows::better_title(found[place].title.take(), title_in(outline, anchor));
        }
    }
    found.truncate(MOST_LINKS);
    found
}

fn title_in(outline: &Outline, anchor: &Anchor) -> Option<String> {
    rows::title(outline, anchor)
}

/// The time printed in each row of a group.
fn row_dates(outline: &Outline, group: &[&Anchor], reading: Reading) -> Vec<Option<When>> {
    let rows = rows::rows(outline, group);
    let bounds: Vec<usize> = group.iter().map(|anchor| outline.elements[anchor.element].from).collect();
    let inside = common_box(outline, group).unwrap_or_default();
    let end = outline.elements.get(inside.start).map_or(0, |element| element.to);
    let begin = outline.elements.get(inside.start).map_or(0, |element| element.from);
    let read = |side: Side| -> Vec<Option<When>> {
        let between = |i: usize| match side {
            Side::Behind => outline.elements[group[i].element].to..bounds.get(i + 1).copied().unwrap_or(end),
            Side::Before => i.checked_sub(1).map_or(begin, |before| outline.elements[group[before].element].to)..bounds[i],
        };
        (0..group.len()).map(|i| rows::date(outline, group[i], rows[i], between(i), reading)).collect()
    };
    let (behind, before) = (read(Side::Behind), read(Side::Before));
    if before.iter().flatten().count() > behind.iter().flatten().count() { before } else { behind }
}
