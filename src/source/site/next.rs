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
static MARKS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)<datastore>|</datastore>|</script>").expect("a pattern written here compiles"));
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

/// The page with such records as a list of its own, in the place of the script around them. Marks are looked at one after the other: to
/// search for an end behind each beginning would take a square of the length of a page that has none.
pub(super) fn unwrapped_records(html: &str) -> Cow<'_, str> {
    let marks: Vec<regex::Match<'_>> = MARKS.find_iter(html).collect();
    let ends_script = |mark: &regex::Match<'_>| mark.as_str().eq_ignore_ascii_case("</script>");
    let last_script = marks.iter().rfind(|mark| ends_script(mark)).map_or(0, regex::Match::start);
    let (mut out, mut copied, mut open) = (String::new(), 0, None);
    for mark in &marks {
        let begins = !mark.as_str().starts_with("</");
        match open {
            None if begins => {
                let script = script_before(&html[copied..mark.start()]).filter(|_| mark.start() < last_script);
                open = Some((copied + script.unwrap_or(mark.start() - copied), script.is_some()));
            }
            Some((start, in_script)) if !begins && ends_script(mark) == in_script => {
                out.push_str(&html[copied..start]);
                out.push_str("<ul>");
                out.extend(RECORD.captures_iter(&html[start..mark.end()]).filter_map(|row| row.get(1)).map(|row| row.as_str()));
                out.push_str("</ul>");
                (copied, open) = (mark.end(), None);
            }
            _ => {}
        }
    }
    if copied == 0 { Cow::Borrowed(html) } else { Cow::Owned(out + &html[copied..]) }
}

/// Where the start tag of a script stands that a text ends with, but for the beginning of a comment.
fn script_before(text: &str) -> Option<usize> {
    let tag = text.trim_end();
    let tag = tag.strip_suffix("<!--").unwrap_or(tag).trim_end().strip_suffix('>')?;
    let at = tag.rfind(['<', '>']).filter(|at| tag[*at..].starts_with('<'))?;
    tag.get(at + 1..at + 1 + "script".len()).filter(|name| name.eq_ignore_ascii_case("script")).map(|_| at)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_out_of_their_script_and_out_of_none() {
        let row = |n: u8| format!("<record><![CDATA[<li>{n}</li>]]></record>");
        for (html, wanted) in [
            (
                format!("a<SCRIPT type='x'>\n<!--\n<datastore>{}{}</datastore>--></Script>b", row(1), row(2)),
                "a<ul><li>1</li><li>2</li></ul>b",
            ),
            (format!("<datastore>{}</datastore>b", row(1)), "<ul><li>1</li></ul>b"),
            // The marks of another script, and of none that ends.
            (format!("<script>x</script><p><datastore>{}</datastore>", row(1)), "<script>x</script><p><ul><li>1</li></ul>"),
            (format!("<script><datastore>{}</datastore>", row(1)), "<script><ul><li>1</li></ul>"),
            (format!("<p><datastore>{}</datastore><script>x</script>", row(1)), "<p><ul><li>1</li></ul><script>x</script>"),
        ] {
            assert_eq!(unwrapped_records(&html), wanted, "{html}");
        }
        for same in ["", "<p>a</p>", "<datastore>", "</datastore><script></script>", "<script><datastore>"] {
            assert!(matches!(unwrapped_records(same), Cow::Borrowed(_)), "{same}");
        }
    }

    #[test]
    fn records_without_end_are_looked_at_once() {
        let began = std::time::Instant::now();
        let part = "<script><datastore></datastore>";
        for (html, end) in
            [(part.repeat(1 << 16), ""), ("<datastore>".repeat(1 << 18), ""), ("<script <datastore>".repeat(1 << 17), "</datastore>")]
        {
            assert!(!unwrapped_records(&(html + end)).is_empty());
        }
        assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    }
}
