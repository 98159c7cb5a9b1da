//! JSON Feed 1.0 and 1.1. A field of the wrong type is left out; the article stays.

use serde_json::Value;
use url::Url;

use super::entry::{Entry, Feed};
use super::media::{Told, absolute};
use super::people;
use super::words::{Form, Words};
use crate::model::{Byline, one_line};

/// Reads a JSON Feed that came from `own`. `None`: it is other JSON.
pub(super) fn read(value: &Value, own: &Url) -> Option<Feed> {
    let version = text(value, "version").is_some_and(|version| version.contains("jsonfeed.org"));
    let entries = value.get("items").and_then(Value::as_array).filter(|_| version)?;
    let home = text(value, "home_page_url").and_then(|home| Url::parse(home).ok()).filter(|home| home.host() != own.host());
    let base = home.unwrap_or_else(|| own.clone());
    Some(Feed {
        title: text(value, "title").map(|title| Words::new(title, Form::Plain)),
        language: text(value, "language").map(str::to_owned),
        authors: authors(value),
        entries: entries.iter().map(|entry_of| entry(entry_of, &base)).collect(),
    })
}

fn entry(value: &Value, base: &Url) -> Entry {
    let link = |key| text(value, key).and_then(|url| absolute(url, Some(base)));
    let (own, elsewhere) = (link("url"), link("external_url"));
    let (html, plain) = (text(value, "content_html"), text(value, "content_text"));
    let mut entry = Entry {
        // 1.0 asks readers to take a number for the text of its digits.
        id: text(value, "id").map(str::to_owned).or_else(|| value.get("id").filter(|id| id.is_number()).map(ToString::to_string)),
        title: text(value, "title").map(|title| Words::new(title, Form::Plain)),
        content: html.map(|html| Words::new(html, Form::Html)).or_else(|| plain.map(|text| Words::new(text, Form::Plain))),
        summary: text(value, "summary").map(|text| Words::new(text, Form::Plain)),
        published: text(value, "date_published").map(str::to_owned),
        updated: text(value, "date_modified").map(str::to_owned),
        authors: authors(value),
        language: text(value, "language").map(str::to_owned),
        // What an article points to is its origin; where it has no page of its own, it is all the page there is.
        origin: own.as_ref().and(elsewhere.clone()).map(|url| (url.host_str().map(str::to_owned), Some(url))),
        link: own.or(elsewhere),
        ..Entry::default()
    };
    let tags = value.get("tags").and_then(Value::as_array);
    entry.tags = tags.into_iter().flatten().filter_map(Value::as_str).map(one_line).collect();
    let here = entry.link.clone().unwrap_or_else(|| base.clone());
    for key in ["image", "banner_image"] {
        entry.media.add(Told { url: text(value, key), medium: Some("image"), ..Told::default() }, Some(&here));
    }
    for file in value.get("attachments").and_then(Value::as_array).into_iter().flatten() {
        let bytes = file.get("size_in_bytes").and_then(Value::as_u64).map(|bytes| bytes.to_string());
        let told = Told {
            url: text(file, "url"),
            media_type: text(file, "mime_type"),
            bytes: bytes.as_deref(),
            title: text(file, "title").map(one_line),
            ..Told::default()
        };
        entry.media.add(told, Some(&here));
    }
    entry
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// `authors` of 1.1, and `author` of 1.0.
fn authors(value: &Value) -> Vec<Byline> {
    let mut people = Vec::new();
    let list = value.get("authors").and_then(Value::as_array).into_iter().flatten();
    for author in list.chain(value.get("author")) {
        let name = text(author, "name").or_else(|| author.as_str());
        people::add(&mut people, name.unwrap_or_default(), None);
    }
    people
}
