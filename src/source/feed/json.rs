//! JSON Feed 1.0 and 1.1. A field of the wrong type is left out; the article stays.

use std::cell::Cell;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use url::Url;

use super::entry::{Entry, Feed, MOST_ENTRIES};
use super::media::{Told, absolute};
use super::people;
use super::words::{Form, Words};
use crate::model::{Byline, one_line};

/// Values of one document, of whatever kind: a full feed's articles with all their fields many times over, and below 200 MB.
const MOST_VALUES: usize = 1_000_000;

/// Reads JSON, of each list its first [`MOST_ENTRIES`]: a file of a few megabytes may hold values for gigabytes.
pub(super) fn document(text: &str) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Bounded { left: &Cell::new(MOST_VALUES) }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

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
        entries: entries.iter().filter(|value| value.is_object()).map(|value| entry(value, &base)).collect(),
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

/// A value, as long as any may be kept.
#[derive(Clone, Copy)]
struct Bounded<'c> {
    left: &'c Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| D::Error::custom(format!("more than {MOST_VALUES} values")))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < MOST_ENTRIES {
            match list.next_element_seed(self)? {
                Some(value) => kept.push(value),
                None => return Ok(kept.into()),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(kept.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            kept.insert(name, fields.next_value_seed(self)?);
        }
        Ok(kept.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_as_it_stands_and_never_without_end() {
        let text = r#"{"a":[1,-2,2.5,null,true,"\u65b0\"闻"],"b":{"c":{}},"a2":[]}"#;
        assert_eq!(document(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        assert!(document("{} {}").is_err() && document("{\"a\":1").unwrap_err().is_eof());
        assert!(document(&"[".repeat(100_000)).is_err());
        let long = document(&format!("[{}0]", "0,".repeat(MOST_ENTRIES * 2))).unwrap();
        assert_eq!(long.as_array().map(Vec::len), Some(MOST_ENTRIES));
        let wide: Vec<String> = (0..=MOST_VALUES).map(|n| format!("\"{n}\":0")).collect();
        let refused = document(&format!("{{{}}}", wide.join(","))).unwrap_err();
        assert!(!refused.is_eof() && refused.to_string().contains("values"), "{refused}");
    }
}
