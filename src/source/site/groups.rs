//! Which links of a page are its list: those whose surroundings are spelled alike, that are many, have long titles, dates in their
//! rows and digits in their addresses.

use std::collections::{BTreeMap, HashMap, HashSet};

use url::Url;

use super::neighbours;
use super::outline::{Anchor, Outline};
use super::rows;
use crate::model::CanonicalUrl;
use crate::source::dates::Reading;

/// How many elements around a link belong to its spelling: row, list, box, column.
const LEVELS: usize = 4;
/// Titles longer than this are no better for it: a list of short ones with their dates goes before a ranking of long ones (characters).
const LONG_TITLE: f64 = 18.0;
/// A group whose titles are shorter than this on average is navigation (characters), unless dates stand in its rows …
const SHORT_TITLE: f64 = 5.0;
/// … in this share of them.
const MOSTLY: f64 = 0.8;
/// What a list of the most read, or one at the side, is worth beside the page's own.
const RANKING: f64 = 0.3;
/// Groups whose rows are searched for dates: those that are longest, in links and titles. A page has some dozens, most of them menus.
const MOST_GROUPS: usize = 300;
/// A link that stands in this many rows names a column, not an article.
const REPEATED: usize = 3;

/// The list of a page.
pub(super) fn best<'a>(outline: &Outline, anchors: &[&'a Anchor], reading: Reading) -> Option<Vec<&'a Anchor>> {
    let mut sized: Vec<_> = groups(outline, anchors).into_iter().map(|group| (Size::of(outline, &group), group)).collect();
    if sized.len() > MOST_GROUPS {
        sized.sort_by(|(a, _), (b, _)| b.undated().total_cmp(&a.undated()));
        sized.truncate(MOST_GROUPS);
    }
    let scored = sized.into_iter().map(|(size, group)| (size.score(outline, &group, reading), group));
    scored.filter(|(score, _)| *score > 0.0).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, group)| group)
}

/// Leaves out the links that say the same thing in several rows: they name a column, or lead back.
pub(super) fn drop_columns(outline: &Outline, anchors: &mut Vec<&Anchor>) {
    let said = |anchor: &Anchor| (anchor.url.clone(), outline.text(anchor.element));
    let mut times: HashMap<(CanonicalUrl, String), usize> = HashMap::new();
    for anchor in anchors.iter() {
        *times.entry(said(anchor)).or_default() += 1;
    }
    anchors.retain(|anchor| times[&said(anchor)] < REPEATED);
}

/// Links whose surroundings are spelled alike.
fn groups<'a>(outline: &Outline, anchors: &[&'a Anchor]) -> Vec<Vec<&'a Anchor>> {
    let mut groups: BTreeMap<String, Vec<&Anchor>> = BTreeMap::new();
    for &anchor in anchors {
        let around = outline.upwards(anchor.element).take(LEVELS + 1);
        let path = around.map(|element| outline.elements[element].spelling.as_str()).collect::<Vec<_>>().join("<");
        groups.entry(path).or_default().push(anchor);
    }
    groups.into_values().flat_map(|group| split(outline, group)).collect()
}

/// A group, and its parts in each box that holds some of it: bare tables are spelled alike, be they navigation or news. The whole
/// wins where its parts are of one kind, for it is longer.
fn split<'a>(outline: &Outline, group: Vec<&'a Anchor>) -> Vec<Vec<&'a Anchor>> {
    let mut boxes: BTreeMap<usize, Vec<&Anchor>> = BTreeMap::new();
    for (anchor, list) in group.iter().zip(rows::lists(outline, &group)) {
        boxes.entry(list).or_default().push(anchor);
    }
    let parts = if boxes.len() > 1 { boxes.into_values().filter(|part| part.len() > 1).collect() } else { Vec::new() };
    let headlines = without_labels(outline, &group);
    std::iter::once(group).chain(parts).chain(headlines).collect()
}

/// The headlines of a group whose rows name their column beside them: of another kind of address, and at least twice as long.
fn without_labels<'a>(outline: &Outline, group: &[&'a Anchor]) -> Option<Vec<&'a Anchor>> {
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let shapes: Vec<String> = group.iter().map(|anchor| neighbours::shape(&anchor.url)).collect();
    let lengths = group.iter().map(|anchor| rows::title(outline, anchor).map_or(0, |title| title.chars().count()));
    for (shape, length) in shapes.iter().zip(lengths) {
        let kind = kinds.entry(shape.clone()).or_default();
        *kind = (kind.0 + 1, kind.1 + length);
    }
    let (shape, (n, letters)) = kinds.iter().max_by_key(|(_, (_, letters))| *letters)?;
    let (others, others_letters) = (group.len() - n, kinds.values().map(|(_, letters)| letters).sum::<usize>() - letters);
    let labels = *n > 1 && others > 0 && others_letters * n * 2 <= letters * others;
    labels.then(|| group.iter().zip(&shapes).filter(|(_, own)| *own == shape).map(|(anchor, _)| *anchor).collect())
}

/// What a group is worth before its dates are known.
struct Size {
    /// Of its titles, on average (characters).
    length: f64,
    /// √n, half more with digits in the addresses, less beside the page's own list.
    weight: f64,
}

impl Size {
    fn of(outline: &Outline, group: &[&Anchor]) -> Self {
        let distinct: HashSet<&CanonicalUrl> = group.iter().map(|anchor| &anchor.url).collect();
        let length = |anchor: &&Anchor| rows::title(outline, anchor).map_or(0, |title| title.chars().count()) as f64;
        let digits = group.iter().filter(|anchor| anchor.url.url().path().bytes().filter(u8::is_ascii_digit).count() >= 2).count();
        let digits = if digits * 2 > group.len() || queried(group) { 1.5 } else { 1.0 };
        let beside = if rows::lists(outline, group).first().is_some_and(|&list| rows::is_ranking(outline, list)) { RANKING } else { 1.0 };
        let length = group.iter().map(length).sum::<f64>() / group.len() as f64;
        Self { length, weight: (distinct.len() as f64).sqrt() * digits * beside }
    }

    fn undated(&self) -> f64 {
        self.weight * self.length.min(LONG_TITLE)
    }

    /// √n · average length of the titles · three times with a date in every row · half more with digits in the addresses.
    fn score(&self, outline: &Outline, group: &[&Anchor], reading: Reading) -> f64 {
        let dated = rows::dates_of(outline, group, reading).iter().flatten().count() as f64 / group.len() as f64;
        if self.length < SHORT_TITLE && dated < MOSTLY { 0.0 } else { self.undated() * 2.0f64.mul_add(dated, 1.0) }
    }
}

/// Whether most addresses tell their article by a number in the query: `view.php?aid=12`.
fn queried(group: &[&Anchor]) -> bool {
    group.iter().filter(|anchor| anchor.url.url().query().is_some_and(|query| query.bytes().any(|b| b.is_ascii_digit()))).count() * 2
        > group.len()
}

/// Whether an address is a document's, a picture's or a sound's: no page to read an article from.
pub(super) fn is_file(url: &Url) -> bool {
    const ENDINGS: [&str; 26] = [
        "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "ofd", "zip", "rar", "7z", "gz", "apk", "exe", "jpg", "jpeg",
        "png", "gif", "webp", "mp3", "mp4", "m3u8", "flv", "swf",
    ];
    let ending = url.path().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Whether an address is that of a month's archive, or of all that has a tag, a category or an author.
pub(super) fn is_column(url: &Url) -> bool {
    const FOLDERS: [&str; 8] = ["category", "tag", "tags", "author", "authors", "label", "labels", "archives"];
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let number = |part: &str, most: usize| part.len() <= most && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let year = |part: &str| part.len() == 4 && part.starts_with("20") && number(part, 4);
    let month = match parts.as_slice() {
        [.., y] if year(y) => url.path().ends_with('/'),
        [.., y, m] => year(y) && number(m, 2),
        _ => false,
    };
    // Below such a folder stands its name alone; `/archives/118.html` is an article.
    let named = |two: &[&str]| FOLDERS.contains(&two[0]) && !two[1].bytes().any(|b| b.is_ascii_digit());
    month || parts.windows(2).next_back().is_some_and(named)
}
