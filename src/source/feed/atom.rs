//! Atom 1.0 (RFC 4287) and 0.3.

use url::Url;

use super::entry::{Entry, Feed, MOST_ENTRIES};
use super::media::{Told, absolute};
use super::namespace::Ns;
use super::people;
use super::words::{Form, Words};
use super::xml::Element;
use crate::model::{Byline, one_line};

/// Reads a feed, or an entry alone, that came from `own`.
pub(super) fn read(root: &Element, own: &Url) -> Feed {
    if root.name == "entry" {
        let entries = if root.cut { Vec::new() } else { vec![entry(root, own)] };
        return Feed { entries, ..Feed::default() };
    }
    let home = alternate(root, own).filter(|home| home.host() != own.host());
    let base = home.unwrap_or_else(|| own.clone());
    Feed {
        title: root.child(Ns::Atom, "title").and_then(words),
        language: root.language.as_deref().map(str::to_owned),
        authors: people_of(root, "author"),
        entries: root
            .elements()
            .filter(|element| element.is(Ns::Atom, "entry") && !element.cut)
            .take(MOST_ENTRIES)
            .map(|element| entry(element, &base))
            .collect(),
    }
}

fn entry(element: &Element, base: &Url) -> Entry {
    let base = element.base.as_deref().unwrap_or(base);
    let text = |name| element.child(Ns::Atom, name).and_then(Element::text);
    let source = element.child(Ns::Atom, "source");
    let mut entry = Entry {
        id: text("id"),
        // Feed services put a counter's address into the link, and keep the article's own here.
        link: element.child(Ns::Other, "origlink").and_then(|link| absolute(&link.text()?, None)).or_else(|| alternate(element, base)),
        title: element.child(Ns::Atom, "title").and_then(words),
        published: text("published").or_else(|| text("issued")).or_else(|| text("pubdate")),
        updated: text("updated").or_else(|| text("modified")),
        authors: people_of(element, "author"),
        contributors: people_of(element, "contributor"),
        content: element.child(Ns::Atom, "content").and_then(words),
        summary: element.child(Ns::Atom, "summary").and_then(words),
        base: element.base.as_deref().cloned(),
        // Of the content, else of the entry: a title may be in another language.
        language: element.child(Ns::Atom, "content").unwrap_or(element).language.as_deref().map(str::to_owned),
        ..Entry::default()
    };
    for creator in element.elements().filter(|child| child.is(Ns::Dublin, "creator")) {
        people::add(&mut entry.authors, &creator.text().unwrap_or_default(), None);
    }
    // RFC 4287, 4.2.1: the source's authors before the feed's.
    if let Some(source) = source.filter(|_| entry.authors.is_empty()) {
        entry.authors = people_of(source, "author");
    }
    entry.origin = source.map(|source| (source.child(Ns::Atom, "title").and_then(Element::text), alternate(source, base)));
    for category in element.elements().filter(|child| child.name == "category" && child.ns == Ns::Atom || child.is(Ns::Dublin, "subject")) {
        let told = category.attribute("label").or_else(|| category.attribute("term")).map(str::to_owned);
        entry.tags.extend(told.or_else(|| category.text()).map(|tag| one_line(&tag)));
    }
    files(&mut entry, element, base);
    entry
}

/// Enclosures, content elsewhere, Media RSS.
fn files(entry: &mut Entry, element: &Element, base: &Url) {
    let base = element.base.as_deref().cloned().or_else(|| entry.link.clone()).unwrap_or_else(|| base.clone());
    for link in element.elements().filter(|link| link.is(Ns::Atom, "link")) {
        let (url, media_type, bytes) = (link.attribute("href"), link.attribute("type"), link.attribute("length"));
        let here = Some(link.base.as_deref().unwrap_or(&base));
        match link.attribute("rel") {
            Some("enclosure") => {
                let title = link.attribute("title").map(one_line);
                entry.media.add(Told { url, media_type, bytes, title, ..Told::default() }, here);
            }
            Some("via") if entry.origin.is_none() => {
                let url = url.and_then(|url| absolute(url, here));
                entry.origin = Some((link.attribute("title").map(one_line), url));
            }
            _ => {}
        }
    }
    // RFC 4287, 4.1.3.2: the content stands elsewhere; where it is a page, it is the article's.
    let content = element.child(Ns::Atom, "content").filter(|content| content.attribute("src").is_some());
    if let Some((content, url)) = content.and_then(|content| Some((content, content.attribute("src")?))) {
        let media_type = content.attribute("type").unwrap_or("text/html");
        let here = content.base.as_deref().unwrap_or(&base);
        if !media_type.starts_with("text/") && !media_type.contains("html") {
            entry.media.add(Told { url: Some(url), media_type: Some(media_type), ..Told::default() }, Some(here));
        } else if entry.link.is_none() {
            entry.link = absolute(url, Some(here));
        }
    }
    for child in element.elements() {
        entry.media.read(child, Some(&base));
    }
}

/// The page: `alternate` or unnamed, HTML before anything else.
fn alternate(element: &Element, base: &Url) -> Option<Url> {
    let pages = || element.elements().filter(|link| link.is(Ns::Atom, "link") && matches!(link.attribute("rel"), None | Some("alternate")));
    let html = |link: &&Element| link.attribute("type").is_none_or(|kind| kind.contains("html"));
    let read = |link: &Element| absolute(link.attribute("href")?, Some(link.base.as_deref().unwrap_or(base)));
    pages().filter(html).find_map(read).or_else(|| pages().find_map(read))
}

fn people_of(element: &Element, name: &str) -> Vec<Byline> {
    let mut people = Vec::new();
    for person in element.elements().filter(|child| child.is(Ns::Atom, name)) {
        let told = person.child(Ns::Atom, "name").and_then(Element::text);
        people::add(&mut people, &told.or_else(|| person.text()).unwrap_or_default(), None);
    }
    people
}

/// A text construct (RFC 4287, 3.1), or inline content.
fn words(element: &Element) -> Option<Words> {
    let kind = element.attribute("type").unwrap_or("text").to_ascii_lowercase();
    let escaped = element.attribute("mode") == Some("escaped");
    let (text, form) = match kind.as_str() {
        "xhtml" | "application/xhtml+xml" if !escaped => (undivided(element), Form::Html),
        "html" | "text/html" | "xhtml" | "application/xhtml+xml" => (element.content()?.0, Form::Html),
        // Atom 0.3 said `text/plain` and meant HTML (mode="escaped") as often as not.
        "text" | "text/plain" if element.elements().next().is_none() => (element.text()?, if escaped { Form::Unsaid } else { Form::Plain }),
        "text" | "text/plain" => (element.inner_html(), Form::Html),
        _ if kind.starts_with("image/") || kind.starts_with("audio/") || kind.starts_with("video/") => return None,
        _ => {
            let (text, html) = element.content()?;
            (text, if html { Form::Html } else { Form::Unsaid })
        }
    };
    (!text.trim().is_empty()).then(|| Words { base: element.base.as_deref().cloned(), ..Words::new(text.trim(), form) })
}

/// RFC 4287, 3.1.1.3: the one `div` is not part of the content.
fn undivided(element: &Element) -> String {
    let mut elements = element.elements();
    match (elements.next(), elements.next()) {
        (Some(div), None) if div.name == "div" => div.inner_html(),
        _ => element.inner_html(),
    }
}
