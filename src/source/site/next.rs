//! The next page of a listing, and the records that some systems hide from a tree.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::outline::Outline;

/// How links to the next page are worded, without arrows and white space, in lower case.
const WORDS: [&str; 31] = [
    "下一页",
    "下页",
    "后一页",
    "下一頁",
    "向后翻页",
    "下一版",
    "next",
    "nextpage",
    "nextpage→",
    "older",
    "olderposts",
    "olderentries",
    "olderarticles",
    "»",
    "›",
    "次へ",
    "次のページ",
    "다음",
    "다음페이지",
    "suivant",
    "pagesuivante",
    "siguiente",
    "páginasiguiente",
    "weiter",
    "nächsteseite",
    "successiva",
    "seguinte",
    "volgende",
    "następna",
    "далее",
    "следующая",
];
/// How links are worded that add rows to a listing; they count where their address is the next number.
const MORE: [&str; 4] = ["加载更多", "更多", "loadmore", "showmore"];

/// 大汉 `jcms` writes its rows as CDATA inside a script, where no tree shows them; further rows come as such records alone.
static RECORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)<script[^>]*>\s*(?:<!--)?\s*<datastore>.*?</script>|<datastore>.*?</datastore>")
        .expect("a pattern written here compiles")
});
/// Where its further rows are to be had.
static GROUP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?is)<nextgroup>\s*<!\[CDATA\[\s*<a[^>]*href=["']([^"']+)"#).expect("a pattern written here compiles"));
static RECORD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>").expect("a pattern written here compiles"));
/// TRS writes `createPageHTML(pages, current, "index", "shtml")`, the current counted from nought.
static TRS_PAGER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"createPageHTML\(\s*(\d+)\s*,\s*(\d+)\s*,\s*["']([\w./-]+)["']\s*,\s*["'](\w+)["']"#)
        .expect("a pattern written here compiles")
});
static PAGE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:[_-](\d{1,4})\.[a-z]+$|/page/(\d{1,4})/?$|[?&](?:page|p|pageno|pageindex)=(\d{1,4})(?:&|$))")
        .expect("a pattern written here compiles")
});

/// The page with such records as a list of its own.
pub(super) fn unwrapped_records(html: &str) -> Cow<'_, str> {
    RECORDS.replace_all(html, |found: &regex::Captures| {
        let rows: String = RECORD.captures_iter(&found[0]).map(|row| row[1].to_owned()).collect();
        format!("<ul>{rows}</ul>")
    })
}

/// How links to other pages of the same list are worded, those of [`WORDS`] aside.
const PAGER: [&str; 18] = [
    "上一页",
    "上页",
    "前一页",
    "首页",
    "第一页",
    "末页",
    "尾页",
    "最后一页",
    "上一版",
    "上一期",
    "下一期",
    "往期回顾",
    "prev",
    "previous",
    "newer",
    "newerposts",
    "first",
    "last",
];
/// A page of a paper, not an article of it: `第01版：要闻`, `A05版`.
static PAPER_PAGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^第?\s*[A-Z]?\s*\d{1,3}\s*版(?:\W|$)").expect("a pattern written here compiles"));

/// Whether a link's words lead to another page of the list.
pub(super) fn is_pager(text: &str) -> bool {
    let words = bare(text);
    WORDS.contains(&words.as_str())
        || PAGER.contains(&words.as_str())
        || (!words.is_empty() && words.len() <= 4 && words.bytes().all(|b| b.is_ascii_digit()))
        || PAPER_PAGE.is_match(text.trim())
}

/// The address of the next page: what says so, else the number after ours, else TRS's script.
pub(super) fn page(html: &str, outline: &Outline, page: &Url) -> Option<Url> {
    let candidate = |url: &Url| url.host_str() == page.host_str() && url != page;
    if let Some(next) = outline.next.as_ref().filter(|url| candidate(url)) {
        return Some(next.clone());
    }
    let worded = outline.anchors.iter().rev().find(|anchor| {
        let words = bare(&outline.text(anchor.element));
        WORDS.contains(&words.as_str()) && candidate(&anchor.url.url())
    });
    let chosen = || outline.chosen.as_ref().filter(|url| candidate(url)).cloned();
    worded
        .map(|anchor| anchor.url.url())
        .or_else(|| numbered(outline, page))
        .or_else(chosen)
        .or_else(|| trs_pages(html, page).into_iter().next())
}

/// Where 大汉 `jcms` has the rows behind those of this page. It is no page for people, so a listing does not show it as its next.
pub(super) fn group(html: &str, page: &Url) -> Option<Url> {
    let found = GROUP.captures(html)?;
    page.join(&found[1].replace("&amp;", "&")).ok().filter(|url| url.host_str() == page.host_str())
}

fn bare(text: &str) -> String {
    let words: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    if words.is_empty() { text.trim().to_owned() } else { words }
}

/// A link whose text is the number after this page's, or which adds rows, and whose address says that number.
fn numbered(outline: &Outline, page: &Url) -> Option<Url> {
    let following = number_in(page).unwrap_or(1) + 1;
    let fits = |url: &Url| number_in(url) == Some(following) && url.host_str() == page.host_str();
    let worded = |words: &str| words == following.to_string() || MORE.contains(&words);
    let anchor = outline.anchors.iter().find(|anchor| worded(&bare(&outline.text(anchor.element))) && fits(&anchor.url.url()))?;
    Some(anchor.url.url())
}

fn number_in(url: &Url) -> Option<u32> {
    let tail = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let found = PAGE_NUMBER.captures(tail)?;
    (1..=3).find_map(|group| found.get(group)).and_then(|number| number.as_str().parse().ok())
}

/// The pages behind this one that a script of TRS names.
pub(super) fn trs_pages(html: &str, page: &Url) -> Vec<Url> {
    let Some(found) = TRS_PAGER.captures(html) else { return Vec::new() };
    let (Ok(pages), Ok(current)) = (found[1].parse::<u32>(), found[2].parse::<u32>()) else { return Vec::new() };
    let address = |number: u32| page.join(&format!("{}_{number}.{}", &found[3], &found[4])).ok();
    (current.saturating_add(1)..pages).take(MOST_TRS_PAGES).filter_map(address).collect()
}

/// Pages that a script may name: it only says how many there are.
const MOST_TRS_PAGES: usize = 100;
