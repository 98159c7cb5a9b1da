//! Further pages of one article: 下一页, 【1】【2】, `_2.html`, `?page=2`, 余下全文, and the view that holds it whole.
//!
//! A link leads to a part where its address is the article's own but for a number, and its words are a pager's. So 下一篇, a
//! neighbour in a list, the pages of a section and the next number of a CMS are none.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::next;
use super::outline::Outline;
use crate::config::Overrides;
use crate::source::extract::decode::decode;

/// Pages of one article at most, the first included: longer ones are galleries of hundreds, or a trap.
pub(super) const MOST_PARTS: usize = 20;

/// A larger number in an address is an id or a year.
const LARGEST_NUMBER: u32 = 100;

/// Query parameters that number pages.
const PARAMETERS: [&str; 10] = ["page", "p", "pageno", "pageindex", "pagenum", "paged", "pg", "curpage", "currentpage", "pn"];

/// Words that lead on to the next page of the same text, without white space and signs, in lower case.
const ONWARD: [&str; 12] =
    ["下一页", "下页", "后一页", "后页", "下一頁", "向后翻页", "继续阅读", "next", "nextpage", "continue", "continuereading", "readon"];

/// Words that lead to the rest of a text, or to the whole of it.
const WHOLE: [&str; 12] = [
    "全文",
    "单页阅读",
    "单页显示",
    "单页浏览",
    "不分页",
    "全部显示",
    "viewall",
    "showall",
    "singlepage",
    "onepage",
    "fullarticle",
    "fullstory",
];

/// How addresses name the view that holds a whole text.
const WHOLE_ENDINGS: [&str; 7] = ["s", "all", "full", "single", "whole", "total", "onepage"];

/// Where the rest of an article stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Further {
    /// The view that holds all of it.
    pub whole: Option<Url>,
    /// Its further pages, by the number in their address.
    pub pages: BTreeMap<u32, Url>,
}

/// What a page says of the rest of the article that begins at `first`. `page` is where this page was found; the same where it is the
/// first one.
pub(super) fn further(bytes: &[u8], content_type: Option<&str>, page: &Url, first: &Url) -> Further {
    let text = decode(bytes, content_type, Some(page)).text;
    let here = if page == first { 0 } else { number(first, page).unwrap_or_default() };
    let mut further = Further::default();
    for next in next::trs_pages(&text, page).into_iter().take(MOST_PARTS) {
        if let Some(number) = number(first, &next) {
            further.pages.insert(number, next);
        }
    }
    if !text.contains("<a") && !text.contains("<A") {
        return further;
    }
    let outline = Outline::read(&text, page, &Overrides::default());
    for anchor in &outline.anchors {
        let url = anchor.url.url();
        let words = bare(&outline.text(anchor.element));
        if words.is_empty() || words.chars().count() > LONGEST_WORDS || url == *first {
            continue;
        }
        let onward = ONWARD.contains(&words.as_str());
        let whole = WHOLE.iter().any(|word| words.ends_with(word));
        match number(first, &url) {
            Some(at) if said(&words).is_some_and(|said| said > 1 && (said == at || said == at + 1)) || (onward || whole) && at > here => {
                further.pages.insert(at, url);
            }
            None if whole && is_whole(first, &url) => further.whole = Some(url),
            _ => {}
        }
    }
    if let Some(next) = outline.next
        && let Some(at) = number(first, &next).filter(|at| *at > here.max(1))
    {
        further.pages.insert(at, next);
    }
    further
}

/// A pager's words are shorter (characters).
const LONGEST_WORDS: usize = 16;

/// Letters and digits, in lower case.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The page that a pager's words name: `2`, `第2页`, `第二页`, `page2`.
fn said(words: &str) -> Option<u32> {
    let inner = words.strip_prefix('第').map_or_else(|| words.strip_prefix("page").unwrap_or(words), |rest| rest.trim_end_matches('页'));
    let chinese = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let named = chinese.iter().position(|digit| *digit == inner).and_then(|at| u32::try_from(at + 1).ok());
    inner.parse().ok().or(named).filter(|number| *number <= LARGEST_NUMBER)
}

/// The number that `other` has among the pages of the article that begins at `first`.
pub(super) fn number(first: &Url, other: &Url) -> Option<u32> {
    let (mine, its) = (Spelled::of(first), Spelled::of(other));
    if mine.host != its.host || mine.query != its.query {
        return None;
    }
    let at = if mine.path == its.path { its.page? } else { in_path(&mine, &its)? };
    (1..=LARGEST_NUMBER).contains(&at).then_some(at)
}

fn in_path(mine: &Spelled<'_>, its: &Spelled<'_>) -> Option<u32> {
    static BELOW: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^/(?:page/)?(\d{1,3})/?$").expect("a pattern written here compiles"));
    static BEHIND: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[_-](?:p|page|page[_-])?(\d{1,3})$").expect("a pattern written here compiles"));
    if let Some(rest) = its.path.strip_prefix(mine.path.trim_end_matches('/')).filter(|_| its.page.is_none())
        && let Some(found) = BELOW.captures(rest)
    {
        return found[1].parse().ok();
    }
    if mine.folder != its.folder || mine.ending != its.ending {
        return None;
    }
    let behind = |stem: &str| BEHIND.captures(its.stem.strip_prefix(stem)?).and_then(|found| found[1].parse().ok());
    behind(mine.stem).or_else(|| behind(mine.without_number()?))
}

/// Whether an address is the article's own but for a word that promises all of it.
fn is_whole(first: &Url, other: &Url) -> bool {
    let (mine, its) = (Spelled::of(first), Spelled::of(other));
    if mine.host != its.host {
        return false;
    }
    if mine.path == its.path {
        let more: Vec<&str> =
            other.query().into_iter().flat_map(|query| query.split('&')).filter(|pair| !mine.query.contains(pair)).collect();
        let promises = |pair: &&str| pair.split('=').any(|word| WHOLE_ENDINGS[1..].contains(&word.to_ascii_lowercase().as_str()));
        return more.len() == 1 && more.iter().all(promises);
    }
    let ended = |rest: &str| WHOLE_ENDINGS.contains(&rest);
    let below = its.path.strip_prefix(mine.path.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    if below.is_some_and(|rest| ended(rest.trim_end_matches('/'))) {
        return true;
    }
    let behind = |stem: &str| its.stem.strip_prefix(stem).and_then(|rest| rest.strip_prefix(['_', '-'])).is_some_and(ended);
    mine.folder == its.folder && mine.ending == its.ending && (behind(mine.stem) || mine.without_number().is_some_and(behind))
}

/// An address taken apart.
struct Spelled<'u> {
    host: &'u str,
    path: &'u str,
    folder: &'u str,
    stem: &'u str,
    ending: &'u str,
    /// Without the parameter that numbers pages.
    query: Vec<&'u str>,
    /// What that parameter says.
    page: Option<u32>,
}

impl<'u> Spelled<'u> {
    fn of(url: &'u Url) -> Self {
        let path = url.path();
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
        let pairs = url.query().into_iter().flat_map(|query| query.split('&')).filter(|pair| !pair.is_empty());
        let numbers = |pair: &&str| PARAMETERS.contains(&pair.split('=').next().unwrap_or_default().to_ascii_lowercase().as_str());
        let (pages, query): (Vec<&str>, Vec<&str>) = pairs.partition(numbers);
        let page = pages.first().and_then(|pair| pair.split_once('=')).and_then(|(_, value)| value.parse().ok());
        let host = url.host_str().unwrap_or_default();
        Self { host: host.strip_prefix("www.").unwrap_or(host), path, folder, stem, ending, query, page }
    }

    /// The stem of a first page that is numbered itself: `123` of `123_1`.
    fn without_number(&self) -> Option<&'u str> {
        let (stem, number) = self.stem.rsplit_once(['_', '-'])?;
        (matches!(number, "0" | "1") && !stem.is_empty()).then_some(stem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse("http://www.hekou.example/xw/").unwrap().join(text).unwrap()
    }

    fn found(page: &str, html: &str) -> Vec<String> {
        let further = further(html.as_bytes(), None, &url(page), &url(page));
        let whole = further.whole.iter().map(|url| format!("whole {}", url.path()));
        let tail = |url: &Url| url[url::Position::BeforePath..].trim_start_matches("/xw/").to_owned();
        whole.chain(further.pages.iter().map(|(at, url)| format!("{at} {}", tail(url)))).collect()
    }

    #[test]
    fn pagers_of_every_kind_are_read() {
        for (page, html, pages) in [
            (
                "812.html",
                "<a href=812.html>[1]</a><a href=812_2.html>[2]</a><a href=812_3.html>[3]</a>",
                &["2 812_2.html", "3 812_3.html"][..],
            ),
            ("812.html", "<a href=812.html>【1】</a><a href=812_2.html>【2】</a><a href=812_2.html>下一页</a>", &["2 812_2.html"]),
            ("t20251231_11.shtml", "<a href=t20251231_11_1.shtml>2</a>", &["1 t20251231_11_1.shtml"]),
            (
                "t20251231_11.shtml",
                "<p>一</p><script>createPageHTML(3, 0, 't20251231_11', 'shtml');</script>",
                &["1 t20251231_11_1.shtml", "2 t20251231_11_2.shtml"],
            ),
            ("show-9-812-1.html", "<a href=show-9-812-2.html>下页 &gt;</a>", &["2 show-9-812-2.html"]),
            (
                "index.php?m=content&id=5",
                "<a href='index.php?m=content&id=5&page=2'>2</a><a href='index.php?m=content&id=6&page=2'>2</a>",
                &["2 index.php?m=content&id=5&page=2"],
            ),
            ("c1001-304.html", "<a href=c1001-304-2.html>余下全文</a>", &["2 c1001-304-2.html"]),
            ("ferry-returns/", "<p>1 of 3</p><a href=2/>Next page</a>", &["2 ferry-returns/2/"]),
            ("ferry-returns", "<a href='ferry-returns?page=2'>Page 2</a>", &["2 ferry-returns?page=2"]),
            ("2025_12_31_11.shtml", "<a href=2025_12_31_11_s.shtml>阅读全文</a>", &["whole /xw/2025_12_31_11_s.shtml"]),
            ("ferry", "<a href='ferry?page=all'>View all</a><a href='ferry?page=2'>2</a>", &["whole /xw/ferry", "2 ferry?page=2"]),
        ] {
            assert_eq!(found(page, html), pages, "{html}");
        }
    }

    #[test]
    fn neighbours_are_no_parts() {
        for (page, html) in [
            ("812.html", "<a href=813.html>下一篇</a><a href=813.html>下一页</a><a href=/xw/index_2.html>2</a>"),
            ("art_23_1.html", "<a href=art_23_2.html>渡口修缮完工</a><a href=art_23_12.html>12月的新闻</a>"),
            ("812.html", "<a href=812_2.html>组图之二</a><a href=812_2024.html>2024</a>"),
            ("812.html", "<a href=812.html>阅读全文</a><a href=/all.html>查看全文</a>"),
            ("ferry/", "<link rel=next href=/xw/quay/><a href=/xw/ferry/2024/>2024</a>"),
            ("812.html", "<a href=http://other.example/xw/812_2.html>2</a>"),
        ] {
            assert_eq!(found(page, html), [""; 0], "{html}");
        }
    }

    #[test]
    fn a_later_page_leads_on_and_not_back() {
        let (first, second) = (url("812.html"), url("812_2.html"));
        let html = "<a href=812.html>上一页</a><a href=812.html>1</a><a href=812_3.html>下一页</a><a href=812_2.html>下一页</a>";
        let further = further(html.as_bytes(), None, &second, &first);
        assert_eq!(further.pages.keys().copied().collect::<Vec<_>>(), [3]);
    }
}
