//! A listing page gives its articles in order, without selectors.
//!
//! Rows of one list are spelled alike, so links are grouped by the tags and classes around them; the list of articles is the
//! group that is long, has long titles, has dates in its rows and digits in its addresses.

use std::collections::HashMap;

use chrono_tz::Tz;
use serde::Serialize;
use url::Url;

use super::groups;
use super::neighbours::{self, with_neighbours};
use super::next;
use super::outline::{Anchor, Outline};
use super::records;
use super::rows;
use super::signpost::signpost;
use crate::config::Overrides;
use crate::model::{CanonicalUrl, Millis, When};
use crate::source::Link;
use crate::source::dates::{self, Reading};
use crate::source::extract::decode::decode;
use crate::source::hosts::same_site;

/// More links than this are not one listing.
const MOST_LINKS: usize = 500;

/// What a listing page holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listing {
    /// Articles, as listed.
    pub links: Vec<Link>,
    /// The listing's next page.
    pub next: Option<Url>,
    /// Where a page without a list sends its reader, on its own site.
    pub onward: Option<Url>,
    /// Where a script of the page has further rows: no page for people.
    pub more: Option<Url>,
}

impl Listing {
    /// With the day that an address tells wherever its row prints none.
    #[must_use]
    pub fn with_days(mut self) -> Self {
        for link in &mut self.links {
            link.date = link.date.or_else(|| dates::in_path(link.url.url().path()).map(When::Day));
        }
        self
    }
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

/// Reads a listing page as it came from `page`.
#[must_use]
pub fn of_bytes(bytes: &[u8], content_type: Option<&str>, page: &Url, reading: Reading) -> Listing {
    read(&decode(bytes, content_type, Some(page)).text, page, reading)
}

/// Reads a listing page as it came from `page`, with `overrides` laid over the rules.
#[must_use]
pub fn overridden(bytes: &[u8], content_type: Option<&str>, page: &Url, reading: Reading, overrides: &Overrides) -> Listing {
    read_with(&decode(bytes, content_type, Some(page)).text, page, reading, overrides)
}

/// Reads a listing page that came from `page`.
#[must_use]
pub fn read(html: &str, page: &Url, reading: Reading) -> Listing {
    read_with(html, page, reading, &Overrides::default())
}

fn read_with(raw: &str, page: &Url, reading: Reading, overrides: &Overrides) -> Listing {
    let more = next::group(raw, page);
    let html = next::unwrapped_records(raw);
    let outline = Outline::read(&html, page, overrides);
    let next = outline.pointed.clone().or_else(|| next::page(&html, &outline, page));
    let pointed: Vec<&Anchor> = outline.anchors.iter().filter(|anchor| anchor.pointed).collect();
    if !pointed.is_empty() {
        return Listing { links: links(&outline, &pointed, &pointed, reading), next, more, onward: None };
    }
    let own = CanonicalUrl::of(page.clone()).ok();
    let usable = |anchor: &&Anchor| {
        let url = anchor.url.url();
        same_site(&url, page)
            && Some(&anchor.url) != own.as_ref()
            && !groups::is_file(&url)
            && !groups::is_column(&url)
            && !next::is_pager(&outline.text(anchor.element))
    };
    let mut anchors: Vec<&Anchor> = outline.anchors.iter().filter(usable).collect();
    groups::drop_columns(&outline, &mut anchors);
    let best = groups::best(&outline, &anchors, reading);
    let links = best.map(|group| links(&outline, &whole(&outline, group, &anchors, page, reading), &anchors, reading));
    let links = links.unwrap_or_default();
    // What a script draws bears times; what the tree then holds is a menu, and bears none.
    let drawn = if links.iter().all(|link| link.date.is_none()) { records::links(raw, page, reading) } else { Vec::new() };
    let links = if drawn.is_empty() { links } else { drawn };
    let onward = signpost(raw, page, links.is_empty()).filter(|to| to != page && same_site(to, page));
    Listing { links, next, onward, more }
}

/// A group with what else belongs to its list.
fn whole<'a>(outline: &Outline, group: Vec<&'a Anchor>, anchors: &[&'a Anchor], page: &Url, reading: Reading) -> Vec<&'a Anchor> {
    if is_front(page) && rows::dates_of(outline, &group, reading).iter().all(Option::is_none) {
        return neighbours::everywhere(&group, anchors);
    }
    with_neighbours(outline, group, anchors)
}

/// Whether a page is its site's front, which shows many short lists and no long one.
fn is_front(page: &Url) -> bool {
    let path = page.path().trim_start_matches('/').to_ascii_lowercase();
    page.query().is_none()
        && (path.is_empty() || path.rsplit_once('.').is_some_and(|(stem, _)| matches!(stem, "index" | "default" | "home" | "main")))
}

fn links(outline: &Outline, group: &[&Anchor], anchors: &[&Anchor], reading: Reading) -> Vec<Link> {
    let when = rows::dates_of(outline, group, reading);
    let mut found: Vec<Link> = Vec::new();
    let mut headed: Vec<bool> = Vec::new();
    let mut places: HashMap<&CanonicalUrl, usize> = HashMap::new();
    for (anchor, date) in group.iter().zip(when) {
        let title = rows::title(outline, anchor);
        let place = *places.entry(&anchor.url).or_insert_with(|| {
            found.push(Link { url: anchor.url.clone(), title: None, date: None });
            headed.push(false);
            found.len() - 1
        });
        headed[place] |= rows::is_headline(outline, anchor);
        let link = &mut found[place];
        link.date = date.or(link.date);
        link.title = rows::better_title(link.title.take(), title);
    }
    // A row may link its article twice: the picture, then the title.
    for anchor in anchors {
        let Some(&place) = places.get(&anchor.url) else { continue };
        if !headed[place] && rows::is_headline(outline, anchor) {
            let title = rows::title(outline, anchor);
            headed[place] = title.is_some();
            found[place].title = title.or(found[place].title.take());
        } else if found[place].title.as_ref().is_none_or(|title| rows::is_cut(title)) {
            found[place].title = rows::better_title(found[place].title.take(), rows::title(outline, anchor));
        }
    }
    found.truncate(MOST_LINKS);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::extract::decode;

    const READING: Reading = Reading { zone: chrono_tz::Asia::Shanghai, now: Millis(1_767_200_400_000) }; // 2026-01-01 01:00

    fn listed(html: &str, page: &str) -> (Vec<String>, Option<String>) {
        let listing = read(html, &Url::parse(page).unwrap(), READING);
        let json = LinksJson::of(&listing, READING.zone);
        let row = |link: LinkJson| format!("{} {} {}", link.url, link.title.unwrap_or_default(), link.date.unwrap_or_default());
        (json.items.into_iter().map(row).collect(), json.next)
    }

    #[test]
    fn definition_lists_with_columns_and_second_links() {
        let (rows, next) = listed(include_str!("../../../fixtures/listings/dede.html"), "http://www.hekou.example/a/xinwen/xian/");
        assert_eq!(
            rows,
            [
                "http://www.hekou.example/a/xinwen/xian/2025/1231/812.html 码头扩建工程主体完工 2025-12-31T16:20:05+08:00",
                "http://www.hekou.example/a/xinwen/xian/2025/1230/809.html 县图书馆新馆元旦起试开放 2025-12-30T09:01:44+08:00",
                "http://www.hekou.example/a/xinwen/xian/2025/1229/803.html 柑橘销售旺季到来 电商专线每日发车三趟 2025-12-29T18:44:10+08:00",
                "http://www.hekou.example/a/xinwen/xian/2025/1229/801.html 老街青石板路面完成修缮 2025-12-29T10:12:00+08:00",
            ]
        );
        assert_eq!(next.as_deref(), Some("http://www.hekou.example/a/xinwen/xian/list_3_2.html"));
    }

    #[test]
    fn tables_with_a_base_scripts_for_links_and_dates_without_a_year() {
        let (rows, next) = listed(include_str!("../../../fixtures/listings/tables.html"), "http://news.hekou.example/web/szyw.asp");
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0], "http://news.hekou.example/web/show.asp?id=3391 全县农田水利冬修现场会召开 2025-12-31");
        assert_eq!(rows[3], "http://news.hekou.example/web/show.asp?id=3385 两名民警获市级表彰 2025-12-28");
        assert_eq!(next.as_deref(), Some("http://news.hekou.example/web/szyw.asp?page=2"));
    }

    #[test]
    fn rows_without_boxes_and_a_pager_in_a_script() {
        let (rows, next) = listed(include_str!("../../../fixtures/listings/trs.html"), "http://www.hekou.gov.example/zwgk/gzdt/");
        assert_eq!(
            rows,
            [
                "http://www.hekou.gov.example/zwgk/gzdt/202512/t20251231_1180.shtml 县融媒体中心到企业开展新年走访 2025-12-31",
                "http://www.hekou.gov.example/zwgk/gzdt/202512/t20251230_1177.shtml 冬季护林防火巡查实现全覆盖 2025-12-30",
                "http://www.hekou.gov.example/zwgk/gzdt/202512/t20251227_1169.shtml 社区托老所二期本周启用 2025-12-27",
            ]
        );
        assert_eq!(next.as_deref(), Some("http://www.hekou.gov.example/zwgk/gzdt/index_1.shtml"));
    }

    #[test]
    fn cards_with_pictures_and_no_digits() {
        let (rows, next) = listed(include_str!("../../../fixtures/listings/cards.html"), "http://harbour.example/news/");
        assert_eq!(
            rows,
            [
                "http://harbour.example/news/ferry-timetable/ Ferry timetable changes on Monday 2025-12-31",
                "http://harbour.example/news/library-reopens/ Library reopens after two years 2025-12-29T09:30:00+08:00",
                "http://harbour.example/news/quay-repairs/ Quay repairs run into spring 2025-12-27",
            ]
        );
        assert_eq!(next.as_deref(), Some("http://harbour.example/news/page/2/"));
    }

    #[test]
    fn a_ranking_of_long_titles_is_not_the_list() {
        let (rows, _) = listed(include_str!("../../../fixtures/listings/ranking.html"), "http://www.hekou.example/xw/");
        assert_eq!(rows.len(), 6);
        assert_eq!(rows[0], "http://www.hekou.example/xw/900.html 春茶开采 2025-12-31");
        assert_eq!(rows[5], "http://www.hekou.example/xw/881.html 渡口修缮 2025-12-24");
    }

    #[test]
    fn whole_cards_as_links_and_dates_in_two_elements() {
        let (rows, _) = listed(include_str!("../../../fixtures/listings/cloud.html"), "http://www.hekou.example/list/12.html");
        assert_eq!(
            rows,
            [
                "http://www.hekou.example/p/4410.html 镇上的新桥今天通车 2025-12-31T23:00:00+08:00",
                "http://www.hekou.example/p/4408.html 合作社送来第一批春茶 2025-12-31",
                "http://www.hekou.example/p/4402.html 渔民上岸后的第三个冬天 2025-12-30",
            ]
        );
    }

    #[test]
    fn records_hidden_in_a_script() {
        let (rows, next) = listed(include_str!("../../../fixtures/listings/hanweb.html"), "http://www.hekou.example/col/col9/index.html");
        assert_eq!(rows[1], "http://www.hekou.example/art/2025/12/30/art_9_499.html 冬季招聘会提供岗位八百个 2025-12-30");
        assert_eq!((rows.len(), next), (2, None));
    }

    /// What a list of the project should give.
    #[derive(serde::Deserialize)]
    struct Truth {
        url: String,
        links: Vec<TrueLink>,
        next: Option<String>,
    }

    #[derive(serde::Deserialize)]
    struct TrueLink {
        url: String,
        title: Option<String>,
        date: Option<String>,
    }

    #[test]
    fn every_list_of_the_project_is_read_exactly() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/listings");
        let list = std::fs::read_to_string(folder.with_file_name("misread.list")).unwrap();
        let (mut read, mut misread) = (0, String::new());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let Ok(truth) = std::fs::read(path.with_extension("json")) else { continue };
            if path.extension().is_none_or(|end| end == "json") {
                continue;
            }
            let truth: Truth = serde_json::from_slice(&truth).unwrap();
            let (rows, next) = listed(&decode::decode(&std::fs::read(&path).unwrap(), None, None).text, &truth.url);
            let row = |link: TrueLink| format!("{} {} {}", link.url, link.title.unwrap_or_default(), link.date.unwrap_or_default());
            let wanted: Vec<String> = truth.links.into_iter().map(row).collect();
            let name = path.file_stem().unwrap().to_string_lossy();
            let known = list.lines().any(|line| line.strip_prefix("list ") == Some(&name));
            if known {
                // What is read as it should be leaves the list of what no rule reads yet.
                assert!((&rows, &next) != (&wanted, &truth.next), "{name} is read as it should be");
            } else if (&rows, &next) != (&wanted, &truth.next) {
                let missing: Vec<&String> = wanted.iter().filter(|row| !rows.contains(row)).collect();
                let extra: Vec<&String> = rows.iter().filter(|row| !wanted.contains(row)).collect();
                let told = format!("{name}\n  missing {missing:#?}\n  extra {extra:#?}\n  next {next:?} for {:?}\n", truth.next);
                misread.push_str(&told);
            }
            read += 1;
        }
        assert!(read >= 9, "{read} lists");
        assert!(misread.is_empty(), "{misread}");
    }

    #[test]
    fn every_system_names_its_next_page() {
        let row = |n: usize| format!("<li><a href='/xw/2025/{n}.html'>河口镇今天的第{n}条消息</a><span>2025-12-31</span></li>");
        let rows: String = (101..107).map(row).collect();
        for (page, pager, next) in [
            ("a/list_1_1.html", "<a href=list_1_2.html>2</a><a href=list_1_9.html>末页</a>", "a/list_1_2.html"),
            (
                "index.php?m=content&a=lists&catid=9",
                "<a href='index.php?m=content&a=lists&catid=9&page=2'>2</a>",
                "index.php?m=content&a=lists&catid=9&page=2",
            ),
            ("xw/", "<a href=index_2.html>下一页</a>", "xw/index_2.html"),
            ("html/2025-12/31/node_1.htm", "<a href=node_2.htm>下一版</a>", "html/2025-12/31/node_2.htm"),
            ("zw/", "<script>createPageHTML(3, 0, 'index', 'shtml')</script>", "zw/index_1.shtml"),
            ("list/12.html", "<a href='/list/12.html?page=2'>加载更多</a>", "list/12.html?page=2"),
            (
                "a/list_3_2.html",
                "<select onchange='location.href=this.options[this.selectedIndex].value;'><option value=list_3_1.html>1</option>\
                 <option value=list_3_2.html selected>2</option><option value=list_3_3.html>3</option></select>",
                "a/list_3_3.html",
            ),
            (
                "news.asp",
                "<select onchange=\"window.location='news.asp?page='+this.value\"><option value=1>第1页</option><option value=2>第2页</option></select>",
                "news.asp?page=2",
            ),
        ] {
            let base = "http://www.hekou.example/";
            let (links, found) = listed(&format!("<ul class=list>{rows}</ul><div class=pages>{pager}</div>"), &format!("{base}{page}"));
            assert_eq!((links.len(), found.as_deref()), (6, Some(format!("{base}{next}").as_str())), "{pager}");
        }
    }

    #[test]
    fn a_choice_that_is_no_pager_leads_nowhere() {
        let rows = [1, 2, 3, 4].map(|n| format!("<li><a href='/xw/{n}0.html'>河口镇今天的第{n}条消息</a>")).concat();
        let links = "<select onchange=\"open(this.value)\"><option value=/a/>友情链接</option><option value=/b/>县政府</option></select>";
        let years =
            "<select onchange=\"location=this.value\"><option value=/2025/>2025</option><option value=/2024/>2024</option></select>";
        for pager in [links, years] {
            assert_eq!(listed(&format!("<ul>{rows}</ul>{pager}"), "http://www.hekou.example/").1, None);
        }
    }

    #[test]
    fn a_row_opens_by_a_function_of_the_page_or_by_a_mark() {
        let page = "<script>function show(id){ window.open('disp.asp?NewsID='+id); }</script><ul>\
            <li onclick='show(31)'>河口镇的新桥今天通车<span>2025-12-31</span></li><li onclick=\"show('30')\">合作社送来第一批春茶<span>2025-12-30</span></li></ul>";
        let (rows, _) = listed(page, "http://www.hekou.example/news/");
        assert_eq!(rows[0], "http://www.hekou.example/news/disp.asp?NewsID=31 河口镇的新桥今天通车 2025-12-31");
        assert_eq!(rows.len(), 2);
        let marked = "<div><div class=card data-href=/p/31.html><h3>河口镇的新桥今天通车</h3><i>2025-12-31</i></div>\
            <div class=card data-href=/p/30.html><h3>合作社送来第一批春茶</h3><i>2025-12-30</i></div></div>";
        assert_eq!(listed(marked, "http://www.hekou.example/").0[1], "http://www.hekou.example/p/30.html 合作社送来第一批春茶 2025-12-30");
    }

    #[test]
    fn further_records_are_had_and_read() {
        let html = include_str!("../../../fixtures/listings/hanweb.html");
        let page = Url::parse("http://www.hekou.example/col/col9/index.html").unwrap();
        let more = read(html, &page, READING).more.unwrap();
        assert_eq!(more.as_str(), "http://www.hekou.example/module/web/jpage/dataproxy.jsp?page=1");
        let record = |n: usize| {
            format!(
                "<record><![CDATA[<li><a href='/art/2025/12/2{n}/art_9_48{n}.html'>河口镇今天的第{n}条消息</a><span>[2025-12-2{n}]</span></li>]]></record>"
            )
        };
        let records: String = (1..4).map(record).collect();
        let answer = format!("<?xml version='1.0' encoding='UTF-8'?><datastore><recordset>{records}</recordset></datastore>");
        assert_eq!(read(&answer, &more, READING).links.len(), 3);
    }

    #[test]
    fn pages_without_a_list_give_none() {
        for html in [
            "",
            "<p>维护中</p>",
            "<ul><li><a href=/>首页</a><li><a href=/a/>新闻</a></ul>",
            "<a href='javascript:;'>空</a><a href='mailto:a@b.cn'>来信请寄这里</a>",
        ] {
            assert_eq!(listed(html, "http://www.hekou.example/").0, Vec::<String>::new(), "{html}");
        }
    }

    #[test]
    fn hostile_pages_end_soon() {
        let began = std::time::Instant::now();
        let deep = format!("{}<a href=/1.html>标题标题标题</a>", "<div>".repeat(30_000));
        let wide = "<li><a href='/n/1.html' class='x'>标题标题标题</a><span>2025-12-31</span>".repeat(20_000);
        let attributes =
            format!("<a {} href=/1.html>标题标题标题</a>", (0..30_000).map(|i| format!("a{i}=1")).collect::<Vec<_>>().join(" "));
        let class = |n: usize| n.to_string().bytes().map(|digit| (b'a' + digit - b'0') as char).collect::<String>();
        let rows = |from: usize| (0..15_000).map(move |n| format!("<p class={}><a href=/{}>abcde</a></p>", class(n), from + n));
        let strange: String = rows(0).chain(rows(15_000)).collect();
        let card = format!("<a href=/1.html>{}</a>", "<div></div>".repeat(55_000));
        for html in [deep, wide, attributes, strange, card] {
            let _ = listed(&html, "http://www.hekou.example/");
        }
        // Unoptimised and beside other tests; what grows with the square would take minutes.
        assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    }
}
