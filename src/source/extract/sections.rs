//! Where a page says it stands: its breadcrumb.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::head::Head;
use super::lines::Line;
use super::title::Headline;
use super::words::{bare, len, pattern};

/// What a breadcrumb begins with.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^.{0,10}?(?:您?(?:现在)?(?:所在|当前)?(?:的)?位置|当前栏目|当前页面|当前所在)\s*(?:是)?\s*[:：]?\s*|^(?i:you are here)\s*[:：]\s*",
    )
});

/// What stands between its parts. A bare hyphen or slash needs space around it: titles hold them too.
/// Fonts of icons draw an arrow for a character of the private use area (Unicode, 23.5).
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*(?:>>|>|›|»|→|＞|≫|﹥|▶|\\|-{2,}>?|[\u{E000}-\u{F8FF}])\s*|\s+[/／|-]\s+"));

/// Parts that are no section.
const NO_SECTION: &[&str] = &[
    "首页",
    "网站首页",
    "主页",
    "返回首页",
    "home",
    "homepage",
    "正文",
    "内容",
    "新闻正文",
    "正文内容",
    "文章",
    "文章正文",
    "文章内容",
    "浏览文章",
    "详情",
    "详细内容",
    "内容详情",
    "查看",
    "news detail",
    "article",
    "信息内容",
    "内容页",
    "阅读",
    "startseite",
    "inicio",
    "início",
    "accueil",
    "strona główna",
    "αρχική",
    "αρχική σελίδα",
    "главная",
    "головна",
    "ana sayfa",
    "anasayfa",
    "beranda",
    "forside",
    "hem",
    "etusivu",
    "domů",
    "úvod",
    "الرئيسية",
    "está aquí",
    "sie sind hier",
    "you are here",
    "vous êtes ici",
    "voorpagina",
    "főoldal",
    "播放",
    "查看内容",
    "トップ",
    "ホーム",
    "記事",
    "홈",
    "首頁",
    "主頁",
    "字号",
    "字体",
    "打印",
    "分享",
    "收藏",
    "內文",
];

/// What a page may be made of, as the last step of a breadcrumb says it.
const MADE_OF: &[&str] = &["图集", "组图", "视频", "图文", "圖集", "影片"];

/// A section's name is shorter (characters).
const LONGEST: usize = 20;

/// The section as a path of titles, `新闻/宜城新闻`.
pub(super) fn of_page(head: &Head, lines: &[Line], title: Option<&Headline>, before: usize) -> Option<Found<String>> {
    let site = site_name(head);
    let printed = lines.iter().take(before).filter(|line| len(&line.spaced) < 200).find_map(|line| {
        let labelled = LABEL.find(&line.spaced);
        let rest = labelled.map_or(line.spaced.as_str(), |label| &line.spaced[label.end()..]);
        let parts: Vec<&str> = BETWEEN
            .split(rest)
            .map(|part| part.trim_matches([':', '：', ' ', '>', '·', '∙', '•', '[', ']', '-']))
            .filter(|part| !part.is_empty())
            .collect();
        let links: Vec<&str> = line.links.iter().map(|(text, _)| text.trim()).filter(|text| !text.is_empty()).collect();
        // Styles draw the marks between the links of many a breadcrumb.
        let home = |part: &&str| NO_SECTION.contains(&part.to_lowercase().as_str());
        let linked = links.len();
        let parts = if line.trail && parts.len() == 1 && links.len() > 1 && home(&links[0]) { links } else { parts };
        let marked = labelled.is_some()
            || line.trail
            || parts.len() >= 2 && rest.contains(" / ") && !rest.contains('|') && home(&parts[0])
            || parts.len() >= 2
                && BETWEEN.find(rest).is_some_and(|mark| {
                    let mark = mark.as_str();
                    mark.contains(['>', '›', '»', '＞']) || home(&parts[0]) && (mark.contains("--") || mark.contains('→'))
                });
        if !marked || parts.len() < 2 && labelled.is_none() {
            return None;
        }
        // The last step that is no link where all others are may say what the page is made of.
        let made_of = parts.len() > 1 && linked + 1 == parts.len() && parts.last().is_some_and(|last| MADE_OF.contains(last));
        let parts = &parts[..parts.len() - usize::from(made_of)];
        let path = path(parts, site.as_deref(), title)?;
        Some(Found { value: path, rule: "breadcrumb".to_owned(), line: line.spaced.clone() })
    });
    printed
        .or_else(|| listed(head, site.as_deref(), title))
        .or_else(|| trail(lines, before, site.as_deref(), title))
        .or_else(|| told(head, title))
}

/// The section that a text names: a breadcrumb, or a name alone.
pub(super) fn of_text(text: &str) -> Option<String> {
    let rest = LABEL.find(text).map_or(text, |label| &text[label.end()..]);
    let parts: Vec<&str> = BETWEEN.split(rest).map(|part| part.trim_matches([':', '：', ' ', '>', '·', '∙', '•', '[', ']', '-'])).collect();
    path(&parts, None, None)
}

/// A breadcrumb whose parts stand on lines of their own.
fn trail(lines: &[Line], before: usize, site: Option<&str>, title: Option<&Headline>) -> Option<Found<String>> {
    let first = lines.iter().take(before).position(|line| line.trail && len(&line.text) <= LONGEST + 4)?;
    let run: Vec<&str> = lines[first..]
        .iter()
        .take_while(|line| line.trail)
        .take(8)
        .map(|line| line.text.trim_matches(['>', '›', '»', '/', ' ', ':', '：']))
        .collect();
    let path = path(&run, site, title).filter(|_| run.len() >= 2)?;
    Some(Found { value: path, rule: "breadcrumb".to_owned(), line: run.join(" > ") })
}

fn path(parts: &[&str], site: Option<&str>, title: Option<&Headline>) -> Option<String> {
    let headline = title.map(|title| bare(&title.text)).unwrap_or_default();
    let last = parts.len().saturating_sub(1);
    let is_home = |part: &str| NO_SECTION.contains(&part.to_lowercase().as_str());
    // A site stands at the head of its breadcrumb. What its title ends with stands further on where that is the section.
    let begins = parts.iter().position(|part| !is_home(part) && !part.is_empty()).unwrap_or_default();
    let kept: Vec<String> = parts
        .iter()
        .enumerate()
        .filter(|(at, part)| {
            let own = bare(part);
            let is_house = || ["网", "网站", "在线", "门户", "首页", "论坛"].iter().any(|end| part.ends_with(end));
            // A title may end with the section: behind the first step the last one is no site's.
            let lone = *at > 0 && *at == last && !is_house();
            let is_site = *at <= begins && !lone && site.is_some_and(|site| bare(site) == own) || *at == 0 && last > 0 && is_house();
            let is_title = !headline.is_empty()
                && !own.is_empty()
                && (own == headline || *at == last && len(&own) >= 6 && headline.starts_with(&own.replace("...", "")));
            !(own.is_empty() || is_site || is_title || len(part) > LONGEST || is_home(part) || part.contains(['。', '，', '：']))
        })
        // A slash in a title would read as another step of the path.
        .map(|(_, part)| part.replace('/', "·"))
        .collect();
    let mut path: Vec<String> = Vec::new();
    for part in kept {
        if path.last() != Some(&part) {
            path.push(part);
        }
    }
    (!path.is_empty() && path.len() <= 6).then(|| path.join("/"))
}

/// JSON-LD's `BreadcrumbList`.
fn listed(head: &Head, site: Option<&str>, title: Option<&Headline>) -> Option<Found<String>> {
    let list = head.of_kind("BreadcrumbList").next()?.get("itemListElement")?.as_array()?;
    let name = |entry: &serde_json::Value| {
        entry.get("name").or_else(|| entry.get("item")?.get("name")).and_then(|name| name.as_str()).map(str::to_owned)
    };
    let names: Vec<String> = list.iter().filter_map(name).collect();
    let parts: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    let path = path(&parts, site, title)?;
    Some(Found { value: path, rule: "json-ld BreadcrumbList".to_owned(), line: parts.join(" > ") })
}

/// What machines were told, else the middle of `标题_栏目_站名`.
fn told(head: &Head, title: Option<&Headline>) -> Option<Found<String>> {
    if let Some(section) = head
        .meta(&["columnname", "article:section", "og:article:section", "section"])
        .map(str::to_owned)
        .or_else(|| head.told("articleSection"))
        && len(&section) <= LONGEST
        && !section.starts_with("http")
    {
        return Some(Found { value: section.replace('/', "·"), rule: "meta section".to_owned(), line: section });
    }
    let whole = head.title.as_deref()?;
    let title = title?;
    let parts: Vec<&str> = whole.split(['_', '|']).map(|part| part.trim().trim_matches('-')).filter(|part| !part.is_empty()).collect();
    let middle = parts.get(1).filter(|_| parts.len() >= 3 && bare(parts[0]) == bare(&title.text))?;
    (len(middle) <= 12).then(|| Found { value: middle.replace('/', "·"), rule: "middle of the title".to_owned(), line: whole.to_owned() })
}

/// The site's name: as told, else the last part of the title.
fn site_name(head: &Head) -> Option<String> {
    if let Some(name) = head.meta(&["og:site_name", "sitename"]) {
        return Some(name.to_owned());
    }
    let title = head.title.as_deref()?;
    let parts: Vec<&str> = title.split(['_', '|', '-', '–', '—']).map(str::trim).filter(|part| !part.is_empty()).collect();
    (parts.len() >= 2).then(|| parts[parts.len() - 1].to_owned()).filter(|name| len(name) <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str) -> Option<String> {
        let lines = super::super::lines::of_text(text);
        let title = Headline { text: "老渡口修好了".to_owned(), at: None, rule: "h1" };
        of_page(&Head::default(), &lines, Some(&title), lines.len()).map(|found| found.value)
    }

    #[test]
    fn breadcrumbs_become_paths() {
        for (text, path) in [
            ("您所在的位置: 河边网 > 新闻 > 河边新闻", "新闻/河边新闻"),
            ("您现在的位置：河边网 >> 资讯 >> 县市 >> 乡镇动态 >> 正文", "资讯/县市/乡镇动态"),
            ("当前位置：首页>首页>时政要闻", "时政要闻"),
            ("首页 » 要闻 » 老渡口修好了", "要闻"),
            ("位置: 首页 / 民生 / 正文", "民生"),
            ("首页--国际", "国际"),
            ("首页 → 民生 → 正文", "民生"),
        ] {
            assert_eq!(section(text).as_deref(), Some(path), "{text}");
        }
    }

    #[test]
    fn other_lines_are_none() {
        assert_eq!(section("关于我们 | 版权声明"), None);
        assert_eq!(section("更多>>"), None);
    }
}
