//! An article that stands only in a script: the state that an application draws its page from (`window.__INITIAL_STATE__ = {…}`,
//! `<script id="__NEXT_DATA__" type="application/json">`). It is read as data alone; nothing is computed.

use std::collections::VecDeque;

use serde_json::{Map, Value};
use url::Url;

use super::head::Head;
use super::lines::{self, Line};
use super::names;
use super::when::{self, Reading};
use super::words::{bare, len};
use super::{Found, bylines, clamp, note, origin};
use crate::model::{Byline, Candidate, Evidence, Field, one_line};

/// A page that shows less running text is drawn by its script (characters).
const LITTLE: usize = 120;

/// An article of a script has as much (characters).
const LEAST: usize = 40;

/// A larger script is not read (bytes): states of real pages have some hundred thousand.
const LARGEST: usize = 2 * 1024 * 1024;

/// Scripts of a page that are looked into.
const SCRIPTS: usize = 60;

/// Objects of one script that are tried: a failing one is left at its first error.
const TRIES: usize = 12;

/// Values of a state that are looked at.
const VALUES: usize = 50_000;

/// Keys are compared in lower case without `_` and `-`.
const CONTENT: &[&str] = &[
    "content",
    "contenthtml",
    "htmlcontent",
    "articlecontent",
    "articlebody",
    "newscontent",
    "body",
    "bodyhtml",
    "html",
    "text",
    "fulltext",
];
const TITLE: &[&str] = &["title", "name", "headline", "articletitle", "newstitle"];
const AUTHOR: &[&str] = &["author", "authors", "authorname", "writer", "reporter", "byline"];
const ROLE: &[&str] = &["authorrole", "authortitle"];
const EDITOR: &[&str] = &["editor", "editors", "editorname", "responeditor", "responsibleeditor", "dutyeditor"];
const SOURCE: &[&str] = &["source", "sourcename", "origin", "media", "medianame"];
const TIME: &[&str] =
    &["publishtime", "pubtime", "publishedtime", "publishedat", "publishat", "publishdate", "pubdate", "datepublished", "releasetime"];

/// An article of a script.
pub(super) struct Scripted {
    object: Map<String, Value>,
    /// Its body's lines.
    pub lines: Vec<Line>,
}

/// The article in a page's scripts, where the page itself shows too little to be one.
pub(super) fn article(html: &str, all: &[Line], head: &Head, base: Option<&Url>) -> Option<Scripted> {
    let shown: usize = all.iter().filter(|line| line.is_prose() && !line.is_link() && !line.aside).map(|line| len(&line.text)).sum();
    if shown >= LITTLE {
        return None;
    }
    let title = head.title.as_deref().or_else(|| head.meta(&["og:title"])).map(bare).unwrap_or_default();
    let states = scripts(html).take(SCRIPTS).flat_map(|(kind, script)| states(script, kind.contains("/json") && !kind.contains("ld+json")));
    let object = states.filter_map(|state| chosen(state, &title)).max_by_key(|object| content(object).map_or(0, str::len))?;
    let lines = copy(content(&object)?, base);
    let told: usize = lines.iter().filter(|line| line.is_prose()).map(|line| len(&line.text)).sum();
    (told > shown && told >= LEAST).then_some(Scripted { object, lines })
}

impl Scripted {
    /// Puts the fields that the script tells into a candidate, over what was read of a page without text.
    pub(super) fn fill(&self, candidate: &mut Candidate, evidence: &mut Vec<Evidence>, reading: Reading) {
        let told = |keys: &[&str]| self.told(keys);
        if let Some((title, line)) = told(TITLE) {
            candidate.title = Some(found(one_line(&title), line).noted(Field::Title, evidence));
        }
        if let Some((when, line)) = told(TIME).and_then(|(time, line)| Some((when::machine(&time, reading)?, line))) {
            candidate.published = Some(found(when, line).noted(Field::Published, evidence));
        }
        if let Some((people, line)) =
            told(AUTHOR).map(|(names, line)| (bylines::authors_of(&[names]), line)).filter(|(people, _)| !people.is_empty())
        {
            let role = told(ROLE).map(|(role, _)| role).filter(|role| len(role) <= 8);
            let roled = |one: Byline| Byline { role: one.role.or_else(|| role.clone()), ..one };
            candidate.authors = found(people.into_iter().map(roled).collect(), line).noted(Field::Authors, evidence);
        }
        if let Some((people, line)) =
            told(EDITOR).map(|(names, line)| (bylines::editors_of(&[names]), line)).filter(|(people, _)| !people.is_empty())
        {
            candidate.editors = found(people, line).noted(Field::Editors, evidence);
        }
        if let Some((origin, line)) = told(SOURCE).and_then(|(name, line)| Some((origin::of_text(&name)?, line))) {
            candidate.origin = Some(found(origin, line).noted(Field::Origin, evidence));
        }
        note(evidence, Field::Body, RULE, &self.object.keys().take(12).cloned().collect::<Vec<_>>().join(", "));
    }

    /// What the first of these keys says that says something, and the pair as evidence.
    fn told(&self, keys: &[&str]) -> Option<(String, String)> {
        keys.iter().find_map(|wanted| {
            let (key, value) = self.object.iter().find(|(key, _)| plain(key) == *wanted)?;
            let text = words(value)?;
            let line = format!("{key}: {text}");
            Some((text, line))
        })
    }
}

/// The rule that evidence names.
pub(super) const RULE: &str = "state in a script";

fn found<T>(value: T, line: String) -> Found<T> {
    Found { value, rule: RULE.to_owned(), line }
}

/// A value as words: a text, a number, a name, or a list of those.
fn words(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => one_line(text),
        Value::Number(number) => number.to_string(),
        Value::Object(object) => one_line(object.get("name")?.as_str()?),
        Value::Array(list) => list.iter().take(8).filter(|one| !one.is_array()).filter_map(words).collect::<Vec<_>>().join("、"),
        _ => return None,
    };
    // `石 磊`: one name that is printed evenly.
    let joined = Some(names::bare_names(&text)).filter(|names| names.len() == 1 && text.contains(' ')).and_then(|mut names| names.pop());
    Some(joined.unwrap_or(text)).filter(|text| !text.is_empty())
}

fn plain(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-')).collect::<String>().to_ascii_lowercase()
}

/// The scripts of a page as it was received, each with its tag's attributes: the bounded page has none left.
fn scripts(html: &str) -> impl Iterator<Item = (&str, &str)> {
    html.split("<script").skip(1).filter_map(|behind| {
        let (attributes, rest) = behind.split_once('>')?;
        Some((attributes, rest.split_once("</script").map_or(rest, |(script, _)| script)))
    })
}

/// The states in a script: the whole of it where it is JSON, else the objects that are given to names.
fn states(script: &str, json: bool) -> Vec<Value> {
    if script.len() > LARGEST {
        return Vec::new();
    }
    if json {
        return serde_json::from_str(script).into_iter().collect();
    }
    let mut states = Vec::new();
    let (mut at, mut tries) = (0, 0);
    while let Some(mark) = script[at..].find('=').filter(|_| tries < TRIES) {
        at += mark + 1;
        let rest = script[at..].trim_start();
        let quoted = rest.strip_prefix("JSON.parse(").map(str::trim_start);
        let Some(begin) = quoted.or(Some(rest)).filter(|begin| begin.starts_with(['{', '"'])) else { continue };
        // Texts are given to names all the time.
        tries += usize::from(quoted.is_some() || begin.starts_with('{'));
        let Some((value, read)) = first_value(begin) else { continue };
        at = script.len() - begin.len() + read;
        match value {
            Value::String(text) if quoted.is_some() => states.extend(serde_json::from_str::<Value>(&text)),
            value => states.extend(Some(value).filter(Value::is_object)),
        }
    }
    states
}

/// The JSON value that a text begins with, and how much of the text it takes. `serde_json` bounds the depth (128).
fn first_value(text: &str) -> Option<(Value, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, values.byte_offset()))
}

/// The object of a state that is the page's article: its title agrees with the page's, or it tells its time where one of both has no
/// title; of several, the one with the longest content.
fn chosen(state: Value, title: &str) -> Option<Map<String, Value>> {
    let mut best: Option<(usize, Map<String, Value>)> = None;
    let mut waiting = VecDeque::from([state]);
    for _ in 0..VALUES {
        let Some(value) = waiting.pop_front() else { break };
        match value {
            Value::Array(list) => waiting.extend(list.into_iter().filter(|value| value.is_object() || value.is_array())),
            Value::Object(object) => {
                let weight = content(&object).map_or(0, str::len);
                if weight > best.as_ref().map_or(0, |(best, _)| *best) && agrees(&object, title) {
                    best = Some((weight, object.clone()));
                }
                waiting.extend(object.into_iter().map(|(_, value)| value).filter(|value| value.is_object() || value.is_array()));
            }
            _ => {}
        }
    }
    best.map(|(_, object)| object)
}

fn agrees(object: &Map<String, Value>, title: &str) -> bool {
    let own = object.iter().find(|(key, _)| TITLE.contains(&plain(key).as_str())).and_then(|(_, value)| value.as_str()).map(bare);
    match own.filter(|own| !own.is_empty()) {
        Some(own) if !title.is_empty() => title.contains(&own) || own.contains(title),
        _ => object.keys().any(|key| TIME.contains(&plain(key).as_str())),
    }
}

/// The longest of the texts that may be an article's.
fn content(object: &Map<String, Value>) -> Option<&str> {
    let texts = object.iter().filter(|(key, _)| CONTENT.contains(&plain(key).as_str())).filter_map(|(_, value)| value.as_str());
    texts.max_by_key(|text| text.len())
}

/// The lines of a content, which is HTML, HTML that was escaped once more, or plain text.
fn copy(content: &str, base: Option<&Url>) -> Vec<Line> {
    let escaped = !content.contains('<') && content.contains("&lt;");
    let content = if escaped {
        content.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    } else {
        content.to_owned()
    };
    if content.contains('<') { lines::of_body(&clamp::clamp(&content).html, base) } else { lines::of_text(&content) }
}

#[cfg(test)]
mod tests {
    use super::super::{Extraction, Input, extract};
    use crate::model::Millis;

    fn read(page: &str) -> Extraction {
        extract(&Input {
            bytes: page.as_bytes(),
            url: None,
            content_type: None,
            zone: chrono_tz::Asia::Shanghai,
            source: "x",
            seen_at: Millis(1_772_000_000_000),
            line_frequency: None,
        })
    }

    const COPY: &str = "昨天，河边的老渡口修好了，两岸的人又能坐船过河了。\\u003C/p>\\u003Cp>去年夏天，一场大水冲走了栈桥，两岸断了来往。";

    fn page(script: &str) -> String {
        format!("<html><head><title>老渡口修好了_河边号</title></head><body><div id=app></div>{script}</body></html>")
    }

    #[test]
    fn a_state_gives_the_article() {
        let object = format!(
            r#"{{"user":null,"a":{{"title":"老渡口修好了","content":"<p>{COPY}</p>","author":"王 川","source":"河边号","publish_time":"2025-10-11 07:40:00"}},"list":[{{"title":"桥也修好了","content":"<p>{COPY}{COPY}{COPY}</p>"}}]}}"#
        );
        let quoted = serde_json::to_string(&object).unwrap();
        for script in [
            format!("<script>window.__STATE__ = {object};(function(){{var a={{b:1}};}}());</script>"),
            format!("<script id=__NEXT_DATA__ type='application/json'>{object}</script>"),
            format!("<script>window.d=JSON.parse({quoted})</script>"),
        ] {
            let read = read(&page(&script));
            assert_eq!(read.text.lines().count(), 2, "{script}: {}", read.text);
            assert_eq!(read.candidate.authors[0].name, "王川");
            assert_eq!(read.candidate.origin.unwrap().name, "河边号");
            assert!(read.candidate.published.is_some());
        }
    }

    #[test]
    fn other_states_give_nothing() {
        let other = format!(r#"<script>var a = {{"title":"桥也修好了","content":"<p>{COPY}</p>"}};</script>"#);
        let untitled = format!(r#"<script>var a = {{"content":"<p>{COPY}</p>"}};</script>"#);
        let deep = format!("<script>var a = {}</script>", "{\"a\":".repeat(5_000));
        for script in [other, untitled, deep] {
            assert_eq!(read(&page(&script)).text, "", "{script}");
        }
    }
}
