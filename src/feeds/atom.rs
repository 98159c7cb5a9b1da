//! Atom (RFC 4287): authors and editors apart, dates at the zone's offset, ids that outlive every move (4.2.6).

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{Category, Content, Entry as AtomEntry, Feed as AtomFeed, Generator, Link, Person, Text, WriteConfig};

use super::entry::Entry;
use super::head::Head;
use super::{dates, xml};
use crate::model::{Byline, Millis};
use crate::urls::FeedFile;

/// `updated` of a feed that was always empty, which must have one too (4.1.1): never now, and not so early that validators
/// take it for a mistake (before 1990). 2000-01-01T00:00:00Z.
const NEVER: Millis = Millis(946_684_800_000);

pub(super) fn write(head: &Head) -> Vec<u8> {
    let config = WriteConfig { write_document_declaration: false, indent_size: Some(1) };
    let begun = xml::DECLARATION.as_bytes().to_vec();
    let mut bytes = feed(head).write_with_config(begun, config).expect("memory takes every byte");
    bytes.push(b'\n');
    bytes
}

fn feed(head: &Head) -> AtomFeed {
    AtomFeed {
        title: Text::plain(head.title.clone()),
        id: head.tag.clone(),
        updated: dates::local(head.changed.unwrap_or(NEVER), head.newsroom.zone),
        // Entries without an author of their own need one here (4.1.1).
        authors: vec![person(head.publisher())],
        generator: Some(Generator { value: "Postrider".to_owned(), uri: None, version: Some(env!("CARGO_PKG_VERSION").to_owned()) }),
        icon: head.newsroom.logo.clone(),
        logo: head.newsroom.logo.clone(),
        links: vec![
            link("self", head.own.clone(), Some(FeedFile::Atom.media_type())),
            link("alternate", head.home.clone(), Some("text/html")),
        ],
        rights: head.rights().map(Text::plain),
        subtitle: Some(Text::plain(head.about.clone())),
        entries: head.entries.iter().map(|entry| atom_entry(head, entry)).collect(),
        namespaces: BTreeMap::from([("dc".to_owned(), "http://purl.org/dc/elements/1.1/".to_owned())]),
        lang: Some(head.newsroom.language.clone()),
        ..AtomFeed::default()
    }
}

fn atom_entry(head: &Head, entry: &Entry) -> AtomEntry {
    let zone = head.newsroom.zone;
    let text = |value: &str| Text { lang: entry.language.clone(), ..Text::plain(value) };
    AtomEntry {
        title: text(&entry.title),
        id: entry.iri().to_owned(),
        updated: dates::local(entry.updated, zone),
        authors: entry.authors.iter().map(name).collect(),
        contributors: entry.editors.iter().map(name).collect(),
        categories: categories(head, entry),
        links: links(entry),
        published: Some(dates::local(entry.published, zone)),
        summary: entry.summary.as_deref().map(text),
        content: entry.body.as_deref().map(|body| Content {
            lang: entry.language.clone(),
            value: Some(body.to_owned()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        extensions: origin_name(entry),
        ..AtomEntry::default()
    }
}

fn links(entry: &Entry) -> Vec<Link> {
    let mut links = vec![link("alternate", entry.link.clone(), Some("text/html"))];
    if let Some(file) = entry.enclosure() {
        links.push(Link { length: Some(file.bytes.to_string()), ..link("enclosure", file.url.to_owned(), Some(file.media_type)) });
    }
    if let Some((origin, url)) = entry.origin.as_ref().and_then(|origin| Some((origin, origin.url.clone()?))) {
        links.push(Link { title: Some(origin.name.clone()), ..link("via", url, None) });
    }
    links
}

fn categories(head: &Head, entry: &Entry) -> Vec<Category> {
    let scheme = head.urls.at("sections/");
    let section = |place: &super::entry::Place| Category {
        term: place.slug.to_string(),
        scheme: Some(scheme.clone()),
        label: Some(place.path.clone()),
    };
    let tag = |tag: &String| Category { term: tag.clone(), scheme: None, label: Some(tag.clone()) };
    entry.places.iter().map(section).chain(entry.tags.iter().map(tag)).collect()
}

/// Where copy was taken from, by name: `atom:source` is for feeds alone (4.2.11).
fn origin_name(entry: &Entry) -> ExtensionMap {
    let Some(origin) = &entry.origin else { return ExtensionMap::new() };
    let source = Extension { name: "dc:source".to_owned(), value: Some(origin.name.clone()), ..Extension::default() };
    ExtensionMap::from([("dc".to_owned(), BTreeMap::from([("source".to_owned(), vec![source])]))])
}

fn name(byline: &Byline) -> Person {
    person(&byline.name)
}

fn person(name: &str) -> Person {
    Person { name: name.to_owned(), ..Person::default() }
}

fn link(rel: &str, href: String, media_type: Option<&str>) -> Link {
    Link { href, rel: rel.to_owned(), mime_type: media_type.map(str::to_owned), ..Link::default() }
}
