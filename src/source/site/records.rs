//! Lists that a page carries as data and draws by script: `var list = [{"title": …, "url": …}]`, the state of an application.

use std::collections::HashSet;

use serde_json::{Map, Value};
use url::Url;

use crate::model::{CanonicalUrl, Millis, When, one_line};
use crate::source::Link;
use crate::source::dates::{self, Reading};
use crate::source::hosts::same_site;

/// How rows call their address, their title and their time (lower case, without `_`).
const ADDRESS: [&str; 12] =
    ["url", "link", "href", "linkurl", "detailurl", "articleurl", "newsurl", "weburl", "pageurl", "permalink", "shareurl", "docpuburl"];
const TITLE: [&str; 8] = ["title", "headline", "newstitle", "articletitle", "doctitle", "listtitle", "name", "subject"];
const TIME: [&str; 15] = [
    "publishtime",
    "pubtime",
    "publishdate",
    "pubdate",
    "publishedat",
    "published",
    "datepublished",
    "releasetime",
    "docreltime",
    "issuetime",
    "date",
    "time",
    "datetime",
    "createtime",
    "createdat",
];
/// Arrays of objects that are tried in one page: the state of an application has tens.
const MOST_TRIED: usize = 64;
/// Fewer rows are a teaser.
const FEWEST: usize = 3;
/// Shorter titles on average are those of columns (characters).
const SHORTEST: usize = 5;

/// The longest list of articles that a page carries as data; every row of it bears a time, so that no menu is taken for one.
pub(super) fn links(html: &str, page: &Url, reading: Reading) -> Vec<Link> {
    let mut best: Vec<Link> = Vec::new();
    let mut from = 0;
    for _ in 0..MOST_TRIED {
        let Some(at) = html[from..].find("[{").map(|at| from + at) else { break };
        let mut values = serde_json::Deserializer::from_str(&html[at..]).into_iter::<Vec<Value>>();
        let rows = values.next().and_then(Result::ok);
        // What was read whole is not tried again from within, unless it held no list itself.
        let found = rows.map(|rows| list(&rows, page, reading)).unwrap_or_default();
        from = at + if found.is_empty() { 1 } else { values.byte_offset().max(1) };
        if found.len() > best.len() {
            best = found;
        }
    }
    best
}

fn list(rows: &[Value], page: &Url, reading: Reading) -> Vec<Link> {
    let mut seen = HashSet::new();
    let links: Vec<Link> =
        rows.iter().filter_map(|row| link(row.as_object()?, page, reading)).filter(|link| seen.insert(link.url.clone())).collect();
    let letters: usize = links.iter().filter_map(|link| link.title.as_ref()).map(|title| title.chars().count()).sum();
    if links.len() < FEWEST || links.len() * 2 < rows.len() || letters < SHORTEST * links.len() { Vec::new() } else { links }
}

fn link(row: &Map<String, Value>, page: &Url, reading: Reading) -> Option<Link> {
    let named = |names: &[&str]| {
        names.iter().find_map(|name| row.iter().find(|(key, _)| key.replace('_', "").eq_ignore_ascii_case(name))).map(|(_, value)| value)
    };
    let url = page.join(named(&ADDRESS)?.as_str()?.trim()).ok().filter(|url| same_site(url, page))?;
    let title = one_line(named(&TITLE)?.as_str()?);
    let date = time(named(&TIME)?, reading)?;
    Some(Link { url: CanonicalUrl::of(url).ok()?, title: Some(title).filter(|title| !title.is_empty()), date: Some(date) })
}

/// A printed time, or one counted in seconds or milliseconds since 1970.
fn time(value: &Value, reading: Reading) -> Option<When> {
    /// A later count is of milliseconds: as seconds it would be past the year 5000.
    const SECONDS: i64 = 100_000_000_000;
    let counted = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    match counted {
        Some(count) if count > SECONDS => Some(When::At(Millis(count))),
        Some(count) if count > 100_000_000 => Some(When::At(Millis(count * 1000))),
        Some(_) => None,
        None => dates::of_feed(value.as_str()?, reading),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READING: Reading = Reading { zone: chrono_tz::Asia::Shanghai, now: Millis(1_767_200_400_000) };

    fn read(html: &str) -> Vec<String> {
        let page = Url::parse("http://www.hekou.example/list/1.html").unwrap();
        let told = |link: Link| format!("{} {}", link.url.url().path(), link.title.unwrap_or_default());
        links(html, &page, READING).into_iter().map(told).collect()
    }

    #[test]
    fn rows_deep_in_a_state_are_found_and_menus_are_not() {
        let row = |n: i64| {
            format!(
                r#"{{"id":{n},"newsTitle":"河口镇的第{n}条消息","detailUrl":"/p/{n}.html","publish_time":{}}}"#,
                1_767_100_000_000_i64 + n
            )
        };
        let rows: Vec<String> = (1..5).map(row).collect();
        let state = format!(
            r#"<script>window.__STATE__={{"menu":[{{"title":"首页新闻中心","url":"/"}},{{"title":"视频","url":"/v/"}},{{"title":"乡镇","url":"/x/"}}],"page":{{"list":[{}]}}}};</script>"#,
            rows.join(",")
        );
        assert_eq!(
            read(&state),
            ["/p/1.html 河口镇的第1条消息", "/p/2.html 河口镇的第2条消息", "/p/3.html 河口镇的第3条消息", "/p/4.html 河口镇的第4条消息"]
        );
    }

    #[test]
    fn hostile_data_ends_soon() {
        let began = std::time::Instant::now();
        for hostile in ["[{\"a\":".repeat(100_000), "[{".repeat(500_000), format!("[{{\"a\":\"{}", "x".repeat(2_000_000))] {
            assert!(read(&hostile).is_empty());
        }
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }
}
