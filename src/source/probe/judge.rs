//! What a page is: a listing, an article, or neither.

use url::Url;

use super::Sample;
use super::sheet::Sheet;
use crate::model::When;
use crate::source::Link;
use crate::source::dates;
use crate::source::site::listing::Listing;

/// A title of fewer cells could be a menu's; a Chinese character has two cells, a Latin letter one.
const TITLE_CELLS: usize = 16;
/// So many links make a list, whatever they look like …
const A_LIST: usize = 3;
/// … if this share of them looks like articles.
const MOSTLY: f64 = 0.6;
/// A body of fewer cells is a caption or a notice.
const BODY_CELLS: usize = 240;
/// Under an address that only an article has, a shorter body will do.
const SHORT_BODY_CELLS: usize = 120;
/// Numbers of articles are longer than those of sections (digits).
const LONG_NUMBER: usize = 5;
/// A body that stands beside another list must be longer, to be what the page is about.
const LONG_BODY_CELLS: usize = 600;

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It lists articles.
    Listing,
    /// It is one.
    Article,
    /// Neither.
    Neither,
}

/// The width of a text: a Chinese character is as much as two Latin letters.
pub(super) fn cells(text: &str) -> usize {
    text.chars().map(|c| if c.is_whitespace() { 0 } else { 1 + usize::from(c >= '\u{2e80}') }).sum()
}

/// Whether a link looks like one to an article: it is dated, or its title is a sentence rather than a name.
pub(super) fn is_story(link: &Link) -> bool {
    link.date.is_some() || link.title.as_deref().is_some_and(|title| cells(title) >= TITLE_CELLS)
}

/// Whether these links are a list of articles: three of which most look like it, or fewer that all bear a date.
pub(super) fn is_list(links: &[Link]) -> bool {
    let stories = links.iter().filter(|link| is_story(link)).count();
    let dated = links.iter().filter(|link| link.date.is_some()).count();
    links.len() >= A_LIST && stories as f64 >= links.len() as f64 * MOSTLY || !links.is_empty() && dated == links.len()
}

/// Judges a page by its list, its body and its address.
pub(super) fn page(url: &Url, sheet: &Sheet, listing: &Listing, sample: &Sample) -> Verdict {
    let body = cells(&sample.text);
    let told = sample.candidate.title.is_some() && sample.candidate.published.is_some();
    if !is_list(&listing.links) {
        return if told && body >= BODY_CELLS { Verdict::Article } else { Verdict::Neither };
    }
    if is_story_address(url) && told && body >= SHORT_BODY_CELLS && !holds_titles(&sample.text, &listing.links) {
        return Verdict::Article;
    }
    let alike = listing.links.iter().filter(|link| same_shape(&link.url.url(), url)).count() * 2 > listing.links.len();
    if alike && body >= BODY_CELLS && !holds_titles(&sample.text, &listing.links) {
        return Verdict::Article;
    }
    let beside = body >= LONG_BODY_CELLS && told && listing.next.is_none() && !holds_titles(&sample.text, &listing.links);
    // A body beside a list is an article's only if the list is the smaller part of the page.
    let listed: usize = listing.links.iter().filter_map(|link| link.title.as_deref()).map(cells).sum();
    let whole: usize = sheet.lines.iter().map(|line| cells(line)).sum();
    if beside && body * 2 > whole.saturating_sub(body) && body > listed { Verdict::Article } else { Verdict::Listing }
}

/// Whether only an article has such an address: it bears a day, a long number or a sentence.
fn is_story_address(url: &Url) -> bool {
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let number = stem.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    let is_index = stem.starts_with("index") || stem.starts_with("list");
    !is_index && (dates::in_path(url.path()).is_some() || number >= LONG_NUMBER || stem.matches('-').count() >= 3)
}

/// Whether a text is made of the titles of a list: then it is the list that was taken for a body.
fn holds_titles(text: &str, links: &[Link]) -> bool {
    let titles: Vec<&str> = links.iter().filter_map(|link| link.title.as_deref()).collect();
    let within = titles.iter().filter(|title| text.contains(title.trim_end_matches(['…', '.']))).count();
    within * 10 >= titles.len() * 3 && within >= 2
}

/// Whether two addresses are spelled by one pattern, as articles of one site are. Addresses that hold neither a number nor a
/// sentence have no pattern: sections are spelled so.
pub(super) fn same_shape(one: &Url, other: &Url) -> bool {
    let (a, b) = (shape(one), shape(other));
    a.last().is_some_and(|last| !last.starts_with('w')) && a == b
}

/// For each part of a path whether it holds a number (`#`), is a sentence (`s`) or a word (`w`), the first by name; the ending too.
fn shape(url: &Url) -> Vec<String> {
    let parts: Vec<&str> = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let kind = |(at, part): (usize, &&str)| {
        let (stem, ending) = part.rsplit_once('.').map_or((*part, ""), |(stem, ending)| (stem, ending));
        let digits = stem.bytes().filter(u8::is_ascii_digit).count();
        let sign = if digits >= 2 {
            "#"
        } else if stem.matches('-').count() >= 2 {
            "s"
        } else if at == 0 && parts.len() > 1 {
            stem
        } else {
            "w"
        };
        format!("{sign}.{ending}")
    };
    let mut shape: Vec<String> = parts.iter().enumerate().map(kind).collect();
    if let Some(query) = url.query().filter(|query| query.bytes().any(|b| b.is_ascii_digit())) {
        let keys: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
        shape.push(format!("?{}", keys.join("&")));
    }
    shape
}

/// How many of the links bear a date, and how many of those with a clock.
pub(super) fn dated(links: &[Link]) -> (usize, usize) {
    let with_clock = links.iter().filter(|link| matches!(link.date, Some(When::At(_)))).count();
    (links.iter().filter(|link| link.date.is_some()).count(), with_clock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CanonicalUrl;

    fn link(title: &str, dated: bool) -> Link {
        let date = dated.then(|| When::Day(chrono::NaiveDate::from_ymd_opt(2025, 12, 31).unwrap()));
        Link { url: CanonicalUrl::parse("http://a/1.html").unwrap(), title: Some(title.to_owned()), date }
    }

    #[test]
    fn a_list_is_dated_or_made_of_sentences() {
        assert!(is_list(&[link("修桥", true)]));
        assert!(!is_list(&[link("修桥", false), link("图片", false), link("视频", false), link("专题", false)]));
        assert!(is_list(&["镇上的新桥今天正式通车", "合作社送来第一批春茶", "渔民上岸后的第三个冬天"].map(|title| link(title, false))));
        assert!(!is_list(&[]));
    }

    #[test]
    fn articles_of_one_site_are_spelled_alike_and_sections_are_not() {
        let alike = |one: &str, other: &str| same_shape(&Url::parse(one).unwrap(), &Url::parse(other).unwrap());
        assert!(alike("http://a/xinwen/yunxi/20211029/11.html", "http://a/xinwen/xian/20211028/10.html"));
        assert!(alike("http://a/show.asp?id=31", "http://a/show.asp?id=30"));
        assert!(alike("http://a/2026/11/ferry-timetable-changes-again/", "http://a/2026/10/the-library-opens-late/"));
        assert!(!alike("http://a/xinwen/yunxi/", "http://a/xinwen/xian/"));
        assert!(!alike("http://a/p/116892.html", "http://a/list/123.html"));
        assert!(!alike("http://a/news/harbour/", "http://a/news/ferry-timetable/"));
    }

    #[test]
    fn some_addresses_are_only_an_articles() {
        let is = |url: &str| is_story_address(&Url::parse(url).unwrap());
        assert!(is("http://a/202110/t20211029_12.shtml") && is("http://a/p/116892.html") && is("http://a/the-library-opens-late/"));
        assert!(
            !is("http://a/xinwen/")
                && !is("http://a/list/123.html")
                && !is("http://a/col/col23/index_2.html")
                && !is("http://a/local-news/")
        );
    }
}
