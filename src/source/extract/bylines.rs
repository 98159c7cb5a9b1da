//! Who wrote a page, and who edited it. An editor is never an author, and where nobody is named, nobody is.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Found;
use super::eastern;
use super::facts;
use super::furniture::{self, Reach, is_photo_credit};
use super::head::Head;
use super::house::{is_agency, is_house, is_own, own_names};
use super::lines::Line;
use super::marks::can_name;
use super::names;
use super::people::{self, Credits};
use super::signed;
use super::spoken::{self, is_name};
use super::title;
use super::words::{clip, is_han, is_prose, len, pattern};
use crate::model::{Byline, one_line};

/// The lines of a page by where they stand.
pub(super) struct Places<'a> {
    /// About the headline, before running text.
    pub info: &'a [Line],
    /// The body with its bylines still in it.
    pub body: &'a [Line],
    /// Behind the body.
    pub tail: &'a [Line],
}

/// How many lines of a body may hold its byline, at either end.
const EDGE: usize = 4;

/// A line of credits is shorter (characters).
const LONGEST: usize = 90;

type Authors = Option<Found<Vec<Byline>>>;

/// Who wrote it: the first place that names somebody decides, so that a wire's reporters do not join the newsroom's.
/// A line of its own goes before brackets in a paragraph: those are often the wire's.
pub(super) fn authors(places: &Places<'_>, head: &Head, chinese: bool) -> Authors {
    let body = text_of(places.body);
    let edge = body.len().min(EDGE);
    let ending = &body[body.len() - edge..];
    if let Some(seen) = if chinese { None } else { eastern_authors(places, body) } {
        // One of several may sign the text, and machines be told them all.
        let all = told(places, head, chinese).filter(|all| all.value.len() > seen.value.len());
        let holds = |all: &Found<Vec<Byline>>| seen.value.iter().all(|one| all.value.iter().any(|other| other.name == one.name));
        return all.filter(holds).or(Some(seen));
    }
    in_lines(places.info, places.info.len(), "byline under the headline")
        .or_else(|| in_lines(body, edge, "byline before the text"))
        .or_else(|| in_lines(ending, edge, "byline behind the text"))
        .or_else(|| in_lines(places.tail, first_lines(places.tail).len(), "byline behind the text").filter(wrote))
        .or_else(|| signed::in_brackets(&body[..edge], "byline in the dateline", false))
        .or_else(|| signed::in_brackets(ending, "signature", true))
        .or_else(|| signed::alone_at_the_end(ending))
        .or_else(|| signed::ornamented(places.info.iter().chain(&body[..edge.min(2)]).chain(body.last())))
        .or_else(|| labelled(places.info))
        .or_else(|| told(places, head, chinese))
}

/// Who wrote a Japanese or Korean page.
fn eastern_authors(places: &Places<'_>, body: &[Line]) -> Authors {
    if !eastern::is_eastern(body) {
        return None;
    }
    let found = |value, line: &Line| Found { value, rule: "byline of the page".to_owned(), line: clip(&line.spaced) };
    let edge = body.len().min(EDGE);
    let lines = places.info.iter().chain(&body[..edge]).chain(&body[body.len() - edge..]).chain(first_lines(places.tail));
    let named = |line: &Line| eastern::credits(&line.spaced).map(|credits| credits.authors).filter(|authors| !authors.is_empty());
    let credited = lines.clone().find_map(|line| Some(found(named(line)?, line)));
    let signed = || body.iter().rev().take(EDGE).find_map(|line| Some(found(vec![eastern::signature(&line.spaced)?], line)));
    credited.or_else(signed)
}

/// A body without the comments and lists that were taken for a part of it: what names people there is no byline.
pub(super) fn text_of(body: &[Line]) -> &[Line] {
    let weight = |lines: &[Line]| lines.iter().filter(|line| line.is_prose()).map(|line| len(&line.text)).sum::<usize>();
    let ends = |line: &Line| line.judged().is_some_and(|(_, reach)| reach == Reach::End);
    let end = body.iter().position(ends).filter(|&at| weight(&body[..at]) > weight(&body[at..]));
    &body[..end.unwrap_or(body.len())]
}

/// The first lines that say something, with the pictures between them.
fn first_lines(lines: &[Line]) -> &[Line] {
    let end = lines.iter().enumerate().filter(|(_, line)| !line.text.is_empty()).nth(EDGE).map_or(lines.len(), |(at, _)| at);
    &lines[..end]
}

/// Whether somebody among the people wrote: who translated a page is named at its foot as who made it is.
fn wrote(found: &Found<Vec<Byline>>) -> bool {
    found.value.iter().any(|one| one.role.as_deref() != Some("翻译"))
}

/// Who edited it.
pub(super) fn editors(places: &Places<'_>) -> Option<Found<Vec<Byline>>> {
    let body = text_of(places.body);
    // A list of other articles may have been taken for a part of the body; the editors stand before it.
    let listed = body.iter().rposition(|line| line.judged().is_some_and(|(_, reach)| reach == Reach::Rest)).unwrap_or_default();
    let copy = &body[..listed];
    let ending = &body[body.len() - body.len().min(2 * EDGE)..];
    let ending = copy[copy.len() - copy.len().min(2 * EDGE)..].iter().chain(ending);
    let mut found: Option<Found<Vec<Byline>>> = None;
    for line in ending.chain(places.tail).chain(places.info) {
        if line.is_prose() && !line.text.contains("编辑") || len(&line.spaced) > 2 * LONGEST {
            continue;
        }
        for text in parts(&line.spaced) {
            let mut credits = people::credits(&text);
            if let Some(eastern) = eastern::credits_anywhere(&text).filter(|_| credits.editors.is_empty()) {
                credits.editors = eastern.editors;
            }
            let marked = text.contains([':', '：', '/', '／', '|', '｜']) || credits.whole;
            if credits.editors.is_empty() || !marked || is_prose(&text) {
                continue;
            }
            let entry = found.get_or_insert_with(|| Found { value: Vec::new(), rule: "editor line".to_owned(), line: line.spaced.clone() });
            for editor in credits.editors {
                if !entry.value.contains(&editor) {
                    entry.value.push(editor);
                }
            }
        }
    }
    found
}

/// The authors that texts name which hold nothing else: with their roles, or names alone.
pub(super) fn authors_of(texts: &[String]) -> Vec<Byline> {
    unique(texts.iter().flat_map(|text| named(text, people::credits(text).authors)).collect())
}

/// The editors that texts name which hold nothing else.
pub(super) fn editors_of(texts: &[String]) -> Vec<Byline> {
    unique(texts.iter().flat_map(|text| named(text, people::credits(text).editors)).collect())
}

/// The people whom a text names with their roles, else the names that stand alone in it, behind a label or not.
fn named(text: &str, with_roles: Vec<Byline>) -> Vec<Byline> {
    if !with_roles.is_empty() {
        return with_roles;
    }
    let rest = text.split_once([':', '：']).map_or(text, |(_, rest)| rest);
    let bare = names::bare_names(rest);
    let names = if bare.is_empty() { split_names(rest) } else { bare };
    names.into_iter().map(|name| Byline { name, role: None }).collect()
}

/// A line as a whole, and what stands in its brackets where it is running text.
fn parts(text: &str) -> Vec<String> {
    if is_prose(text) { signed::BRACKETS.captures_iter(text).map(|found| found[1].to_owned()).collect() } else { vec![text.to_owned()] }
}

/// Lines that are credits and nothing else; lines of credits that follow each other belong together.
/// They begin among the first `within` lines.
fn in_lines(lines: &[Line], within: usize, rule: &str) -> Authors {
    let mut found: Authors = None;
    for (at, line) in lines.iter().enumerate() {
        if at >= within && found.is_none() {
            break;
        }
        let credits = credits_of(line);
        let is_byline = credits.whole && !credits.authors.is_empty() && !is_photo_credit(&line.text);
        match (&mut found, is_byline) {
            (Some(found), true) => {
                let more: Vec<Byline> = credits.authors.into_iter().filter(|author| !found.value.contains(author)).collect();
                found.value.extend(more);
            }
            (None, true) => found = Some(Found { value: unique(credits.authors), rule: rule.to_owned(), line: line.spaced.clone() }),
            (Some(_), false) => return found,
            (None, false) => {}
        }
    }
    found
}

fn credits_of(line: &Line) -> Credits {
    if len(&line.spaced) > LONGEST { Credits::default() } else { people::credits(&line.spaced) }
}

/// `作者：周小舟` among time and source.
fn labelled(info: &[Line]) -> Authors {
    info.iter().filter(|line| !line.is_prose() && !is_photo_credit(&line.text) && len(&line.spaced) <= 2 * LONGEST).find_map(|line| {
        let credits = people::credits(&line.spaced);
        (!credits.authors.is_empty()).then(|| Found {
            value: unique(credits.authors),
            rule: "label 作者".to_owned(),
            line: line.spaced.clone(),
        })
    })
}

/// What machines were told. Chinese CMSs fill these with accounts, houses and editors: there only a person's name in JSON-LD is believed.
fn told(places: &Places<'_>, head: &Head, chinese: bool) -> Authors {
    let from_ld = named_in_ld(head);
    let site = head.meta(&["og:site_name"]).unwrap_or_default();
    if chinese {
        return believed(from_ld.into_iter().filter(|name| !names::bare_names(name).is_empty()).collect(), "json-ld author", site);
    }
    let own = own_names(head);
    let from_ld: Vec<String> = from_ld.into_iter().filter(|name| !is_own(name, &own)).collect();
    let house = |found: &Found<Vec<Byline>>| found.value.iter().all(|one| is_house(&one.name, head));
    let ld = believed(from_ld, "json-ld author", site);
    if let Some(found) = heading(places).filter(|_| is_account(head)) {
        return Some(found);
    }
    if ld.as_ref().is_some_and(|found| !house(found)) {
        return ld;
    }
    let seen = visible(places, site);
    if seen.as_ref().is_some_and(|found| !house(found)) {
        return seen;
    }
    if let Some(found) = closing(places, &own) {
        return Some(found);
    }
    let spoken =
        places.info.iter().chain(places.body.iter().take(EDGE)).filter(|line| line.judged().is_some_and(|(rule, _)| rule == "byline"));
    let spoken = spoken.flat_map(|line| split_names(&line.spaced)).filter(|name| is_western_name(name));
    let spoken: Vec<String> = spoken.chain(dated(places.info)).collect();
    if let Some(found) = believed(spoken, "byline", site) {
        return Some(found);
    }
    if let Some(found) = credited(places, &own) {
        return Some(found);
    }
    let rows = places.info.iter().chain(places.body.iter().take(EDGE)).filter(|line| !line.aside);
    if let Some((line, facts)) =
        rows.filter_map(|line| Some((line, facts::of_row(&line.spaced)?))).find(|(_, facts)| !facts.authors.is_empty())
    {
        return Some(Found { value: unique(facts.authors), rule: "row of facts".to_owned(), line: line.spaced.clone() });
    }
    let led = spoken::led(places.info.iter().chain(places.body.iter().take(EDGE)));
    let led = led.into_iter().flat_map(|names| split_names(&names)).filter(|name| is_name(name) && !is_own(name, &own)).map(spoken::calm);
    if let Some(found) = believed(led.collect(), "byline", site) {
        return Some(found);
    }
    let written = ["written by", "verfasst", "geschrieben", "écrit", "escrito", "por", "auteur", "door", "skrivet", "scritto", "author"];
    let paired = head.labelled(&written).or_else(|| head.meta(&["twitter:misc:written by"])).map(split_names).unwrap_or_default();
    let stranger = |name: &String| !is_own(name, &own);
    let in_meta = |name: &&str| believed(in_meta(head, name).into_iter().filter(stranger).collect(), name, site);
    let meta = believed(paired.into_iter().filter(stranger).collect(), "twitter:label", site).or_else(|| META.iter().find_map(in_meta));
    // Another house than the site may have written it: an agency, a ministry.
    let named = meta.filter(|found| ld.is_none() || !house(found)).or(ld).or(seen);
    // Where nobody is named, the house that the page's own JSON-LD names as the author is: it says so itself.
    named.or_else(|| believed(named_in_ld(head), HOUSE, ""))
}

/// The rule by which the site's own house is the author: nobody else is named.
pub(super) const HOUSE: &str = "json-ld author, the site's own house";

/// Accounts of newsrooms under which `WordPress` publishes what others wrote.
const ACCOUNTS: &[&str] =
    &["/author/admin", "/author/editor", "/author/staff", "/author/news", "/author/web", "/author/redaktion", "/author/redaccion"];

/// Whether JSON-LD's author is the account of a newsroom.
fn is_account(head: &Head) -> bool {
    let author = head.article().and_then(|article| article.get("author"));
    let told = |key: &str| author.and_then(|author| author.get(key)?.as_str());
    ["@id", "url"].into_iter().filter_map(told).any(|address| ACCOUNTS.iter().any(|account| address.contains(account)))
}

/// The house behind the site's own name in a line that closes the text: `River News / Lake Agency`.
fn closing(places: &Places<'_>, own: &[String]) -> Authors {
    let texts = places.body.iter().rev().filter(|line| !line.text.is_empty());
    let last = texts.take(2 * EDGE).filter(|line| len(&line.text) <= LONGEST / 2);
    let house = last.filter_map(|line| line.text.split_once(" / ")).find(|(site, house)| is_own(site, own) && !house.contains('/'))?;
    believed(vec![house.1.trim().to_owned()], "house behind the site's name", "")
}

/// A name alone, bold and in capitals, as the first line of the text.
fn heading(places: &Places<'_>) -> Authors {
    let first = places.info.iter().rev().take(2).chain(places.body.iter().take(2));
    let line = first.filter(|line| line.bold && len(&line.text) <= 40 && !line.aside).find(|line| {
        is_name(&line.text) && line.text.chars().all(|c| c.is_uppercase() || c.is_whitespace() || matches!(c, '.' | '-' | '’' | '\''))
    })?;
    believed(vec![spoken::calm(line.text.clone())], "name above the text", "")
}

/// What JSON-LD names as the author.
fn named_in_ld(head: &Head) -> Vec<String> {
    let author = head.article().and_then(|article| article.get("author").or_else(|| article.get("creator")));
    author.map(|author| names_in(author, head)).unwrap_or_default()
}

/// Meta elements that name an author.
const META: &[&str] = &[
    "author",
    "article:author",
    "dc.creator",
    "byl",
    "parsely-author",
    "sailthru.author",
    "og:article:author",
    "cxenseparse:author",
    "article:author_name",
    "content_author",
    "authors",
    "article_author",
    "article.author",
    "citation_author",
    "dcterms.creator",
    "creator",
    "mrf:authors",
    "vr:author",
];

fn in_meta(head: &Head, name: &str) -> Vec<String> {
    head.all(&[name]).into_iter().flat_map(split_names).filter(|name| !name.chars().any(is_han)).collect()
}

/// A name in front of a time, on one line with it: `Ann Lee | 29 October 2021`.
fn dated(info: &[Line]) -> Option<String> {
    info.iter().filter(|line| len(&line.spaced) <= LONGEST).find_map(|line| {
        let (name, time) = line.spaced.split_once(['|', '•', '·'])?;
        let time = time.trim();
        let moment = title::is_mostly_time(time) || furniture::judge(&Line::plain(time)).is_some_and(|(rule, _)| rule == "time line");
        (is_western_name(name.trim()) && moment).then(|| name.trim().to_owned())
    })
}

/// Names that microdata calls the author's, about the headline or close behind the text. Newsrooms of some countries sign with initials.
fn credited(places: &Places<'_>, own: &[String]) -> Authors {
    let near = places.info.iter().chain(places.tail.iter().take(EDGE)).filter(|line| !line.aside);
    let names = near.flat_map(|line| &line.credited).flat_map(|names| split_names(names)).filter(|name| !is_own(name, own));
    believed(names.collect(), "microdata author", "")
}

/// Names that the page shows where its markup says the author stands.
fn visible(places: &Places<'_>, site: &str) -> Authors {
    let marked = |line: &&Line| line.byline && len(&line.text) <= LONGEST && !line.is_prose();
    let names = |lines: &mut dyn Iterator<Item = &Line>| {
        // Beside a name that has an element of its own stands a post.
        let names = lines.filter(marked).flat_map(|line| match line.credited.as_slice() {
            [name] if can_name(name) && line.spaced.starts_with(name.as_str()) => vec![name.clone()],
            _ => split_names(&line.spaced),
        });
        let names = names.map(|name| spoken::until_mark(&name).to_owned());
        let names = names.filter(|name| is_western_name(name) && !spoken::is_moment(name) || is_agency(name));
        believed(names.collect(), "byline of the page", site)
    };
    names(&mut places.info.iter()).or_else(|| names(&mut places.tail.iter())).or_else(|| {
        let signed = places.body.iter().rev().take(2).find(|line| line.bold && len(&line.text) <= 40 && is_western_name(&line.text))?;
        believed(split_names(&signed.text), "signature", site)
    })
}

/// A name as [`is_name`] tells it, and not in capitals throughout, as labels are.
fn is_western_name(name: &str) -> bool {
    is_name(name) && name.chars().any(char::is_lowercase)
}

fn believed(names: Vec<String>, rule: &str, site: &str) -> Authors {
    let line = names.join(", ");
    let names = names.into_iter().map(|name| if is_name(&name) { spoken::calm(name) } else { name });
    let mut people: Vec<Byline> = Vec::new();
    for name in names {
        let usable = (2..=60).contains(&len(&name))
            && !name.contains("http")
            && !name.contains('@')
            && !name.eq_ignore_ascii_case(site)
            && name.chars().any(char::is_alphabetic);
        let nobody = [
            "news",
            "nachrichten",
            "noticias",
            "notizie",
            "actualités",
            "admin",
            "administrator",
            "editor",
            "redaktion",
            "staff",
            "root",
            "none",
            "null",
            "undefined",
            "unknown",
            "super user",
            "staff writer",
            "staff reporter",
            "guest author",
            "web desk",
        ]
        .contains(&name.to_lowercase().as_str());
        if usable && !nobody && !people.iter().any(|known| known.name == name) {
            people.push(Byline { name, role: None });
        }
    }
    (!people.is_empty()).then(|| Found { value: people, rule: rule.to_owned(), line })
}

/// Authors of an article at most.
const AUTHORS: usize = 32;

/// The names of a JSON-LD author: a text, an object, a reference, or a list of those.
pub(super) fn names_in(author: &Value, head: &Head) -> Vec<String> {
    match author {
        Value::String(text) => split_names(text),
        Value::Array(list) => {
            // Some pages wrap one list in another.
            let entries = list.iter().take(AUTHORS).flat_map(|entry| entry.as_array().map_or(std::slice::from_ref(entry), Vec::as_slice));
            entries.take(AUTHORS).filter(|entry| !entry.is_array()).flat_map(|entry| names_in(entry, head)).collect()
        }
        Value::Object(object) => {
            let list = object.get("@list").or_else(|| object.get("@set"));
            if let Some(list) = list.filter(|list| list.is_array()) {
                return names_in(list, head);
            }
            let named = object.get("name").or_else(|| head.by_id(object.get("@id")?.as_str()?)?.get("name"));
            match named {
                Some(Value::String(name)) => split_names(name),
                Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).flat_map(split_names).collect(),
                None => {
                    let part = |key: &str| object.get(key).and_then(Value::as_str);
                    let parts = part("givenName").zip(part("familyName"));
                    parts.map(|(given, family)| vec![one_line(&format!("{given} {family}"))]).unwrap_or_default()
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// `By A. Smith, B. Jones and C. Brown` taken apart.
fn split_names(text: &str) -> Vec<String> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?i:(?:written )?by|von|(?:écrit )?par|(?:escrito )?por|di|door|af|av|text|autor|author|auteur)\s*:?\s+")
    });
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*[;,、，|]\s*|\s+(?:and|und|et|y|e|en|og|och|&)\s+"));
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\s,(|<]*[\w.+-]{1,40}@[\w-]+(?:\.[\w-]+)+[)>]?"));
    let text = one_line(text);
    let text = LEAD.replace(&text, "");
    let text = if text.contains('@') { ADDRESS.replace_all(&text, "") } else { text };
    BETWEEN
        .split(&text)
        // `Ann Lee / Journalist`.
        .map(|name| name.split(" / ").next().unwrap_or_default())
        .map(|name| name.trim().trim_end_matches(" 기자").trim_end_matches(['.', ':']).to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

pub(super) fn unique(people: Vec<Byline>) -> Vec<Byline> {
    let mut kept: Vec<Byline> = Vec::with_capacity(people.len());
    for one in people {
        if !kept.iter().any(|known| known.name == one.name) {
            kept.push(one);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(info: &str, body: &str, tail: &str) -> Vec<String> {
        let (info, body, tail) =
            (super::super::lines::of_text(info), super::super::lines::of_text(body), super::super::lines::of_text(tail));
        let found = authors(&Places { info: &info, body: &body, tail: &tail }, &Head::default(), true);
        found.map(|found| found.value.into_iter().map(|one| one.name).collect()).unwrap_or_default()
    }

    #[test]
    fn the_newsroom_goes_before_the_wire() {
        let body = "河边融媒讯（全媒体记者 黄小明 通讯员 熊小丽） 新华社电（记者唐小川）昨天，河边的老渡口修好了，两岸同庆。";
        assert_eq!(wrote("", body, ""), ["黄小明", "熊小丽"]);
    }

    #[test]
    fn pictures_and_sources_name_no_author() {
        assert!(
            wrote("来源：河边报", "昨天，河边的老渡口修好了，两岸同庆，热闹非常。\n渡口今貌。本报记者 王小川 摄", "责任编辑：李小勤")
                .is_empty()
        );
    }

    #[test]
    fn editors_come_from_the_end() {
        let tail = super::super::lines::of_text("本文来源：河边报 责任编辑：杨小倩_NF4425");
        let found = editors(&Places { info: &[], body: &[], tail: &tail }).unwrap();
        assert_eq!(found.value, [Byline { name: "杨小倩".to_owned(), role: Some("责任编辑".to_owned()) }]);
    }
}
