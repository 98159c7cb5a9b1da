//! JSON Feed 1.1. What it has no word for (roles, editors, origin, sections) stands in the extension `_postrider`.

use serde::Serialize;

use super::dates;
use super::entry::{Entry, Place};
use super::head::Head;
use crate::model::{Byline, Origin};

const VERSION: &str = "https://jsonfeed.org/version/1.1";

#[derive(Serialize)]
struct Document<'a> {
    // Readers sniff the first bytes: the version comes first.
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    authors: [Author<'a>; 1],
    language: &'a str,
    items: Vec<JsonEntry<'a>>,
}

#[derive(Serialize)]
struct JsonEntry<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    language: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
    #[serde(rename = "_postrider")]
    postrider: Postrider<'a>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    size_in_bytes: u64,
}

#[derive(Serialize)]
struct Postrider<'a> {
    about: &'static str,
    authors: &'a [Byline],
    editors: &'a [Byline],
    origin: Option<&'a Origin>,
    sections: Vec<Section<'a>>,
}

#[derive(Serialize)]
struct Section<'a> {
    slug: &'a str,
    path: &'a str,
    url: &'a str,
}

pub(super) fn write(head: &Head) -> Vec<u8> {
    let document = Document {
        version: VERSION,
        title: &head.title,
        home_page_url: &head.home,
        feed_url: &head.own,
        description: &head.about,
        icon: head.newsroom.logo.as_deref(),
        authors: [Author { name: head.publisher() }],
        language: &head.newsroom.language,
        items: head.entries.iter().map(|entry| json_entry(head, entry)).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&document).expect("every key is text");
    bytes.push(b'\n');
    bytes
}

fn json_entry<'a>(head: &'a Head, entry: &'a Entry) -> JsonEntry<'a> {
    let zone = head.newsroom.zone;
    let summary = entry.summary.as_deref();
    let content_html = entry.body.as_deref();
    let mut tags: Vec<&str> = entry.places.iter().map(|place| place.path.as_str()).collect();
    for tag in &entry.tags {
        if !tags.contains(&tag.as_str()) {
            tags.push(tag);
        }
    }
    JsonEntry {
        id: entry.id(),
        url: &entry.link,
        title: &entry.title,
        content_html,
        // One of the two must be there, also where an article has a headline alone.
        content_text: content_html.is_none().then(|| summary.unwrap_or(&entry.title)),
        summary,
        image: entry.pictures.first().map(|picture| picture.url.as_str()),
        date_published: dates::rfc3339(entry.published, zone),
        date_modified: dates::rfc3339(entry.updated, zone),
        authors: entry.authors.iter().map(|byline| Author { name: &byline.name }).collect(),
        tags,
        language: entry.language.as_deref().unwrap_or(&head.newsroom.language),
        attachments: entry
            .enclosure()
            .map(|file| Attachment { url: file.url, mime_type: file.media_type, size_in_bytes: file.bytes })
            .into_iter()
            .collect(),
        postrider: Postrider {
            about: head.phrases.feeds.about_extension,
            authors: &entry.authors,
            editors: &entry.editors,
            origin: entry.origin.as_ref(),
            sections: entry.places.iter().map(section).collect(),
        },
    }
}

fn section(place: &Place) -> Section<'_> {
    Section { slug: place.slug.as_str(), path: &place.path, url: &place.url }
}
