//! The small fields: summary, tags, language, kind.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::head::Head;
use super::lines::Line;
use super::words::{bare, ends_closed, is_han, is_kana_or_hangul, len, pattern};
use super::{Found, title::Headline};
use crate::model::{Kind, one_line};
use crate::source::hosts::same_site;

/// A description shorter than this says nothing (characters).
const SHORTEST: usize = 12;

/// The page's own description, unless it is the site's: it must speak of what the body speaks of.
pub(super) fn summary(head: &Head, title: Option<&Headline>, text: &str) -> Option<Found<String>> {
    let told = [("description", "meta description"), ("og:description", "og:description"), ("twitter:description", "twitter:description")];
    let copy = format!("{}{}", title.map(|title| bare(&title.text)).unwrap_or_default(), bare(text));
    told.into_iter().find_map(|(name, rule)| {
        let description = head.meta(&[name])?;
        let own = bare(description);
        let headline = title.map(|title| bare(&title.text)).unwrap_or_default();
        // Some CMSs fill it with the headline and the keywords.
        let beyond = own.strip_prefix(headline.as_str()).unwrap_or(&own);
        let keywords = head.meta(&["keywords"]).map(bare).unwrap_or_default();
        // Nor did anybody write what is the beginning of the text, cut off where the room ended.
        let whole = description.trim_end();
        // A standfirst is printed whole, in the page's own marks, and need not end as a sentence does.
        let printed = text.lines().take(STANDFIRSTS).find(|line| !line.contains(is_han) && bare(line) == own);
        let cut = printed.is_none() && (whole.ends_with("...") || whole.ends_with('…') || !ends_closed(whole));
        if cut && copy.contains(&own) {
            return None;
        }
        let is_title = len(beyond) < SHORTEST || keywords.contains(beyond) || headline.starts_with(&own);
        (len(&own) >= SHORTEST && !is_title && shared(&own, &copy) >= 0.3).then(|| Found {
            value: one_line(printed.unwrap_or(description)),
            rule: rule.to_owned(),
            line: description.to_owned(),
        })
    })
}

/// How many lines at the beginning of a text may be its summary.
const STANDFIRSTS: usize = 3;

/// The share of a text's runs of four characters that another one holds.
fn shared(text: &str, other: &str) -> f32 {
    let runs = |text: &str| {
        let chars: Vec<char> = text.chars().collect();
        chars.windows(4).map(|run| [run[0], run[1], run[2], run[3]]).collect::<Vec<[char; 4]>>()
    };
    let own: std::collections::HashSet<[char; 4]> = runs(text).into_iter().collect();
    let held: std::collections::HashSet<[char; 4]> = runs(other).into_iter().filter(|run| own.contains(run)).collect();
    if own.is_empty() { 0.0 } else { held.len() as f32 / own.len() as f32 }
}

/// Tags at most: more are no choice.
const TAGS: usize = 12;

/// The article's tags: what machines were told, else what is printed among `ending`, the lines about the end of the text.
pub(super) fn tags(head: &Head, title: Option<&Headline>, text: &str, ending: &[Line]) -> Option<Found<Vec<String>>> {
    told_tags(head, title, text).or_else(|| printed_tags(ending))
}

/// Links behind a label.
fn printed_tags(ending: &[Line]) -> Option<Found<Vec<String>>> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?i:标签|關鍵字|标\s签|標籤|关键词|关键字|本文标签|タグ|キーワード|태그|키워드|tags?|keywords|schlagw[oö]rte?r?|mots[- ]clés|etiquetas|etiketler|теги)\s*[:：]",
        )
    });
    ending.iter().filter(|line| LABEL.is_match(&line.spaced)).find_map(|line| {
        let links = line.links.iter().map(|(text, _)| one_line(text).trim_start_matches('#').to_owned());
        let tags: Vec<String> = links.filter(|tag| (2..=30).contains(&len(tag))).collect();
        // More are the cloud of the whole site.
        let few = !tags.is_empty() && tags.len() <= TAGS;
        few.then(|| Found { value: tags, rule: "label 标签".to_owned(), line: line.spaced.clone() })
    })
}

/// Keywords that the article itself speaks of; a site's standing list is not its own.
fn told_tags(head: &Head, title: Option<&Headline>, text: &str) -> Option<Found<Vec<String>>> {
    let own = head.all(&["article:tag", "news_keywords"]);
    let (lists, sure) = if own.is_empty() { (head.all(&["keywords"]), false) } else { (own, true) };
    let copy = format!("{} {}", title.map(|title| title.text.as_str()).unwrap_or_default(), text).to_lowercase();
    let mut tags: Vec<String> = Vec::new();
    for list in &lists {
        let spaced = !list.contains([',', '，', ';', '；', '、', '|']) && list.chars().any(is_han);
        for tag in list.split(|c: char| matches!(c, ',' | '，' | ';' | '；' | '、' | '|') || spaced && c.is_whitespace()) {
            let tag = one_line(tag);
            let is_title = title.is_some_and(|title| bare(&title.text) == bare(&tag));
            if (2..=30).contains(&len(&tag)) && !is_title && (sure || copy.contains(&tag.to_lowercase())) && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    // Some CMSs cut the headline into pieces where nobody gave any.
    let pieces = bare(&tags.concat());
    if !sure && tags.len() > 1 && title.is_some_and(|title| bare(&title.text).starts_with(&pieces)) {
        return None;
    }
    tags.truncate(TAGS);
    (!tags.is_empty()).then(|| Found { value: tags, rule: "meta keywords".to_owned(), line: lists.join("; ") })
}

/// The language: what the characters say where they can, else what the page says. Templates are often labelled `en`.
pub(super) fn language(told: Option<&str>, text: &str) -> Option<Found<String>> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let han = text.chars().filter(|&c| is_han(c)).count();
    let kana = text.chars().filter(|&c| matches!(c, '\u{3040}'..='\u{30ff}')).count();
    let hangul = text.chars().filter(|&c| is_kana_or_hangul(c)).count() - kana;
    let told = told.map(|told| told.trim().replace('_', "-")).filter(|told| (2..=12).contains(&told.len()));
    let seen = |value: &str| Some(Found { value: value.to_owned(), rule: "script of the text".to_owned(), line: String::new() });
    if letters > 0 && kana * 20 > letters {
        return seen("ja");
    }
    if letters > 0 && hangul * 3 > letters {
        return seen("ko");
    }
    if letters > 0 && han * 3 > letters {
        let chinese = told.filter(|told| told.to_ascii_lowercase().starts_with("zh"));
        return chinese.map_or_else(
            || seen(if is_traditional(text) { "zh-Hant" } else { "zh-CN" }),
            |told| Some(Found { value: tidy(&told), rule: "lang".to_owned(), line: told }),
        );
    }
    told.map(|told| Found { value: tidy(&told), rule: "lang".to_owned(), line: told })
}

/// Characters of every day that are written one way in traditional Chinese and another in simplified, in the same order.
const WRITTEN: (&str, &str) = (
    "們個來時國會說對這為學發與過還經種關開見長門問間題實現區體電車書從將東兩頭當點樓廳報應",
    "们个来时国会说对这为学发与过还经种关开见长门问间题实现区体电车书从将东两头当点楼厅报应",
);

/// Whether a Chinese text is written in traditional characters.
fn is_traditional(text: &str) -> bool {
    let count = |set: &str| text.chars().filter(|&c| set.contains(c)).count();
    let (traditional, simplified) = (count(WRITTEN.0), count(WRITTEN.1));
    traditional > 4 * simplified
}

/// `en-us` as BCP 47 writes it: `en-US`; a bare `zh` is `zh-CN`.
fn tidy(tag: &str) -> String {
    let low = tag.to_ascii_lowercase();
    if low.starts_with("zh") && (low.contains("hans") || low.contains("cmn")) {
        return "zh-CN".to_owned();
    }
    let parts = tag.split('-').enumerate().map(|(at, part)| match (at, part.len()) {
        (0, _) => part.to_ascii_lowercase(),
        (_, 2) => part.to_ascii_uppercase(),
        _ => part.to_owned(),
    });
    let tag = parts.collect::<Vec<_>>().join("-");
    if tag == "zh" { "zh-CN".to_owned() } else { tag }
}

/// A body with less text than this may be something else than text (characters).
const LITTLE: usize = 120;

/// Marks of a player in a page's markup.
const PLAYERS: &[&str] = &[
    "<video",
    "player.bilibili",
    "v.qq.com/",
    "player.youku",
    "youtube.com/embed",
    "player.vimeo.com",
    "player.cntv",
    "player.cctv",
    ".m3u8",
    ".mp4\"",
    ".mp4'",
    ".flv\"",
    ".flv'",
    "type=\"video/",
    "application/x-shockwave-flash",
];

/// What the page consists of: a bare pointer, pictures, a film, or text. `url` is where it was found.
pub(super) fn kind(html: &str, head: &Head, body: &[Line], url: Option<&Url>) -> Found<Kind> {
    let found = |value, rule: &str, line: &str| Found { value, rule: rule.to_owned(), line: line.to_owned() };
    let count: usize = body.iter().map(|line| len(&line.text)).sum();
    let pictures: usize = body.iter().map(|line| line.pictures.len()).sum();
    if count < LITTLE {
        let film = PLAYERS.iter().copied().find(|mark| html.contains(mark));
        // A script that sends telephones to their own pages is no pointer.
        let elsewhere = |target: &String| film.is_none() || url.is_none_or(|url| Url::parse(target).is_ok_and(|to| !same_site(&to, url)));
        if let Some(target) = redirect(html, url).filter(|_| count < LITTLE / 4).filter(elsewhere) {
            return found(Kind::Link, "redirect", &target);
        }
        if let Some(mark) = film.or_else(|| head.meta(&["og:type"]).filter(|kind| kind.starts_with("video"))) {
            return found(Kind::Video, "player", mark);
        }
        if let Some((kind, line)) = announced(html) {
            return found(kind, "shareVariable", &line);
        }
    }
    // A page that calls itself a film has a few sentences on it.
    if count < 4 * LITTLE && head.meta(&["og:type"]).is_some_and(|kind| kind.starts_with("video")) {
        return found(Kind::Video, "og:type", "video");
    }
    if pictures > 1 && count < 60 * pictures && head.of_kind("ImageGallery").next().is_some() {
        return found(Kind::Gallery, "json-ld ImageGallery", "");
    }
    if is_gallery(pictures, count) {
        return found(Kind::Gallery, "pictures with captions", &format!("{pictures} pictures, {count} characters"));
    }
    found(Kind::Text, "text", "")
}

/// Whether so many pictures with so many characters beside them are a gallery.
pub(in crate::source) const fn is_gallery(pictures: usize, characters: usize) -> bool {
    pictures >= 4 && characters < 60 * pictures
}

/// The cloud platform of county newsrooms says what a page is: `shareVariable = {sid: 1, aid: 4, cid: 7}`, where 2 is a gallery, 4 a
/// film and 11 a live one.
fn announced(html: &str) -> Option<(Kind, String)> {
    static AID: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| super::words::pattern(r#"shareVariable\s*=\s*\{[^}]{0,400}?["']?\baid["']?\s*:\s*["']?(\d{1,2})\b"#));
    let found = AID.captures(html)?;
    let kind = match &found[1] {
        "2" => Kind::Gallery,
        "4" | "11" => Kind::Video,
        _ => return None,
    };
    Some((kind, found[0].to_owned()))
}

/// Where a page that holds nothing sends its readers, absolute. A page that only loads itself again sends nobody.
pub(super) fn redirect(html: &str, url: Option<&Url>) -> Option<String> {
    static TO: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        super::words::pattern(
            r#"(?i)\b(?:(?:window|self|top|parent|document)\s*\.\s*)*location(?:\.href)?\s*(?:=|\.\s*(?:replace|assign)\s*\()\s*["']([^"'<>\s]{4,2000})["']|<meta\b[^>]{0,60}refresh[^>]{0,60}?url\s*=\s*["']?([^"'<>\s]{4,2000})"#,
        )
    });
    TO.captures_iter(html).find_map(|found| {
        let written = found.get(1).or(found.get(2))?.as_str().replace("&amp;", "&");
        let target = match url {
            Some(url) => url.join(&written).ok()?,
            None => Url::parse(&written).ok()?,
        };
        let bare = |url: &Url| url[url::Position::BeforeHost..url::Position::AfterQuery].to_owned();
        let away = matches!(target.scheme(), "http" | "https") && url.is_none_or(|url| bare(url) != bare(&target));
        away.then(|| target.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_seen_before_it_is_believed() {
        let value = |told: Option<&str>, text: &str| language(told, text).map(|found| found.value);
        assert_eq!(value(Some("en"), "河边的老渡口修好了").as_deref(), Some("zh-CN"));
        assert_eq!(value(Some("zh-TW"), "河邊的老渡口修好了").as_deref(), Some("zh-TW"));
        assert_eq!(value(Some("en-us"), "A landing mended").as_deref(), Some("en-US"));
        assert_eq!(value(None, "河邊的老渡口昨天修好了，兩岸的人來了").as_deref(), Some("zh-Hant"));
        assert_eq!(value(None, "A landing mended"), None);
        assert_eq!(value(None, "渡し場が直りました").as_deref(), Some("ja"));
    }

    #[test]
    fn headline_and_keywords_are_no_summary() {
        let told = |description: &str| {
            let page = format!("<meta name=keywords content='渡口,老渡口,河边县,通航'><meta name=description content='{description}'>");
            let title = Headline { text: "老渡口修好了".to_owned(), at: None, rule: "h1" };
            summary(&Head::read(&dom_query::Document::from(page), None), Some(&title), "昨天，河边的老渡口修好了，两岸的人又能坐船过河了。")
                .map(|found| found.value)
        };
        assert_eq!(told("老渡口修好了 渡口,老渡口,河边县,通航"), None);
        assert_eq!(told("河边网是河边县的新闻门户网站，提供新闻资讯服务。"), None);
        assert!(told("昨天，河边的老渡口修好了，两岸的人又能坐船过河了。").is_some());
        assert_eq!(told("昨天，河边的老渡口修好了，两岸的人又能坐船 ..."), None);
        assert_eq!(told("昨天，河边的老渡口修好了，两岸的人又"), None);
    }

    #[test]
    fn pieces_of_the_headline_are_no_tags_and_printed_ones_are() {
        let title = Headline { text: "老渡口修好了两岸通航".to_owned(), at: None, rule: "h1" };
        let told = |keywords: &str, ending: &[Line]| {
            let page = format!("<meta name=keywords content='{keywords}'>");
            let head = Head::read(&dom_query::Document::from(page), None);
            tags(&head, Some(&title), "昨天，河边的老渡口修好了，两岸通航。", ending).map(|found| found.value)
        };
        assert_eq!(told("老渡口,修好,了两岸", &[]), None);
        assert_eq!(told("渡口,通航", &[]), Some(vec!["渡口".to_owned(), "通航".to_owned()]));
        let printed = |text: &str, links: &[(&str, &str)]| Line {
            links: links.iter().map(|&(text, href)| (text.to_owned(), href.to_owned())).collect(),
            ..Line::plain(text)
        };
        let ending = [printed("标签： 渡口 通航", &[("渡口", "/s?q=1"), ("通航", "/s?q=2")])];
        assert_eq!(told("", &ending), Some(vec!["渡口".to_owned(), "通航".to_owned()]));
        assert_eq!(told("", &[printed("渡口", &[("渡口", "/tag/1")])]), None);
    }

    #[test]
    fn a_bare_pointer_is_a_link() {
        let html = "<script>window.location.href='https://www.example.cn/a.html'</script>";
        assert_eq!(kind(html, &Head::default(), &[], None).value, Kind::Link);
        let page = Url::parse("http://www.hewan.example/p/2.html").unwrap();
        let told = |html: &str| kind(html, &Head::default(), &[], Some(&page)).value;
        assert_eq!(told("<meta http-equiv='refresh' content='0; url=//live.example.cn/1?a=1&amp;b=2'>"), Kind::Link);
        assert_eq!(
            redirect("<meta http-equiv=refresh content='0;URL=/q/3.html'>", Some(&page)).as_deref(),
            Some("http://www.hewan.example/q/3.html")
        );
        assert_eq!(told("<script>location.href='http://www.hewan.example/p/2.html'</script>"), Kind::Text);
    }

    #[test]
    fn films_are_told_from_pointers_and_platforms_say_what_a_page_is() {
        let page = Url::parse("http://www.hewan.example/p/2.html").unwrap();
        let told = |html: &str| kind(html, &Head::default(), &[], Some(&page)).value;
        assert_eq!(told("<video src=a.mp4></video><script>if(phone)location.href='http://m.hewan.example/p/2.html'</script>"), Kind::Video);
        assert_eq!(told("<script>var shareVariable = {sid:'1',aid:'4',cid:'7'}</script>"), Kind::Video);
        assert_eq!(told("<script>var shareVariable = {\"sid\":1,\"aid\":2,\"cid\":7}</script>"), Kind::Gallery);
        assert_eq!(told("<script>var shareVariable = {sid:1,aid:1}</script>"), Kind::Text);
    }
}
