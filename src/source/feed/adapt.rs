//! What feed-rs found, in the house's words. Its types stop here.

use std::collections::HashMap;

use dom_query::Document;
use feed_rs::model::{Entry, Feed, FeedType, MediaObject, Person, Text};
use ring::digest::{SHA256, digest};

use super::parse::unmarked;
use crate::model::{Body, Byline, Candidate, CanonicalUrl, Evidence, Field, Image, Kind, When, one_line};

/// Longer ids are kept as their digest: they break keys and addresses (bytes).
const LONGEST_ID: usize = 500;
/// More names than this are a staff list, no byline.
const MOST_AUTHORS: usize = 20;

/// The feed's own title.
pub(super) fn feed_title(feed: &Feed) -> Option<String> {
    feed.title.as_ref().map(|title| worded(title, &feed.feed_type)).filter(|title| !title.is_empty())
}

/// All articles, in order.
pub(super) fn candidates(feed: &Feed, source: &str) -> Vec<Candidate> {
    let mut uses: HashMap<String, usize> = HashMap::new();
    for entry in &feed.entries {
        *uses.entry(entry.id.clone()).or_default() += 1;
    }
    let named = |entry: &Entry| !entry.id.trim().is_empty() && uses[&entry.id] == 1;
    feed.entries.iter().map(|entry| candidate(feed, entry, source, named(entry))).collect()
}

/// `named`: its id is its own. An id that several entries share names none of them.
fn candidate(feed: &Feed, entry: &Entry, source: &str, named: bool) -> Candidate {
    let mut candidate = Candidate::from_source(source);
    candidate.url = address(entry);
    candidate.title = entry.title.as_ref().map(|title| worded(title, &feed.feed_type)).filter(|title| !title.is_empty());
    let published = entry.published.map(unmarked);
    let updated = entry.updated.map(unmarked);
    // Atom may tell the last change alone; RSS's reader repeats the first time as the last.
    candidate.published = published.or(updated);
    candidate.updated = updated.filter(|updated| published.is_some_and(|published| published != *updated));
    candidate.authors = authors(feed, entry);
    let tags = entry.categories.iter().map(|category| one_line(category.label.as_deref().unwrap_or(&category.term)));
    for tag in tags.filter(|tag| !tag.is_empty()) {
        if !candidate.tags.contains(&tag) {
            candidate.tags.push(tag);
        }
    }
    body(entry, &mut candidate);
    pictures(entry, &mut candidate);
    let language = entry.language.as_ref().or(feed.language.as_ref()).map(|tag| one_line(tag));
    candidate.language = language.filter(|tag| !tag.is_empty() && tag.len() <= 35).map(|tag| spelled(&tag));
    candidate.provenance.external_id = identity(entry, &candidate, named);
    for (field, told) in [(Field::Title, candidate.title.is_some()), (Field::Published, candidate.published.is_some())] {
        if told {
            candidate.evidence.push(Evidence { field, rule: "feed".to_owned(), line: candidate.title.clone().unwrap_or_default() });
        }
    }
    candidate
}

/// The article's page: `alternate` or unnamed, HTML before anything else; else an id that is an address.
fn address(entry: &Entry) -> Option<CanonicalUrl> {
    let page = |link: &&feed_rs::model::Link| link.target.is_none() && link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    let html = |link: &&feed_rs::model::Link| link.media_type.as_deref().is_none_or(|kind| kind.contains("html"));
    let links = || entry.links.iter().filter(page);
    let best = links().find(html).or_else(|| links().next()).map(|link| link.href.as_str());
    best.and_then(|href| CanonicalUrl::parse(href).ok()).or_else(|| CanonicalUrl::parse(&entry.id).ok())
}

/// What names the entry in its source: its own id; else, where it has no address either, its title and time.
fn identity(entry: &Entry, candidate: &Candidate, named: bool) -> Option<String> {
    let id = one_line(&entry.id);
    if named && id.len() <= LONGEST_ID {
        return Some(id);
    }
    if named {
        return Some(hash(&id));
    }
    if candidate.url.is_some() {
        return None;
    }
    let when = candidate.published.map(|when| match when {
        When::At(at) => at.0.to_string(),
        When::Day(day) => day.to_string(),
    });
    let copy = match &candidate.body {
        Body::None => None,
        Body::Html(body) | Body::Text(body) => Some(body),
    };
    let name = candidate.title.as_ref().or(copy)?;
    Some(hash(&format!("{name}\n{}", when.unwrap_or_default())))
}

fn hash(text: &str) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref()))
}

/// A text as a person reads it. RSS never says whether a title is HTML, and it often is.
fn worded(text: &Text, kind: &FeedType) -> String {
    let verbatim = matches!(kind, FeedType::Atom | FeedType::JSON) && text.content_type.to_string() == "text/plain";
    if verbatim || !text.content.contains(['<', '&']) {
        return one_line(&text.content);
    }
    one_line(&Document::fragment(text.content.as_str()).text())
}

/// Names, each once; an entry without any has those of its feed (RFC 4287, 4.1.2; JSON Feed 1.1). RSS's `managingEditor` wrote nothing.
fn authors(feed: &Feed, entry: &Entry) -> Vec<Byline> {
    let inherits = matches!(feed.feed_type, FeedType::Atom | FeedType::JSON);
    let people: &[Person] = if entry.authors.is_empty() && inherits { &feed.authors } else { &entry.authors };
    let mut bylines: Vec<Byline> = Vec::new();
    for person in people {
        let line = person.name.as_deref().unwrap_or_default();
        for name in line.split(['、', '，', '；', ';', '|']).map(one_line) {
            // An address is no name, and no person's address is to be printed.
            if !name.is_empty() && !name.contains('@') && bylines.iter().all(|known| known.name != name) {
                bylines.push(Byline { name, role: None });
            }
        }
    }
    bylines.truncate(MOST_AUTHORS);
    bylines
}

/// The content is the body and the summary the summary; a summary alone is all there is, and so the body.
fn body(entry: &Entry, candidate: &mut Candidate) {
    let content = entry.content.as_ref().and_then(|content| Some((content.body.as_deref()?, content.content_type.to_string())));
    let summary = entry.summary.as_ref().map(|text| (text.content.as_str(), text.content_type.to_string()));
    let filled = |copy: &(&str, String)| !copy.0.trim().is_empty();
    match (content.filter(filled), summary.filter(filled)) {
        (Some(content), summary) => {
            candidate.body = copy(content);
            let line = summary.map(|(text, _)| one_line(&Document::fragment(text).text()));
            candidate.summary = line.filter(|line| !line.is_empty());
        }
        (None, Some(summary)) => candidate.body = copy(summary),
        (None, None) => {
            let told = entry.media.iter().find_map(|media| media.description.as_ref());
            candidate.body = told.map(|text| Body::Text(text.content.clone())).unwrap_or_default();
        }
    }
}

fn copy((text, kind): (&str, String)) -> Body {
    let plain = kind.starts_with("text/plain") && !text.contains("</") && !text.contains("/>") && !text.contains("<br");
    if plain { Body::Text(text.to_owned()) } else { Body::Html(text.to_owned()) }
}

fn pictures(entry: &Entry, candidate: &mut Candidate) {
    for media in &entry.media {
        candidate.images.extend(media.content.iter().filter_map(picture));
        candidate.images.extend(thumbnails(media));
        if matches!(candidate.body, Body::None) && media.content.iter().any(|content| kind_of(content).starts_with("video/")) {
            candidate.kind = Kind::Video;
        }
    }
    let mut seen: Vec<String> = Vec::new();
    candidate.images.retain(|image| {
        let new = !seen.contains(&image.url);
        seen.push(image.url.clone());
        new
    });
    candidate.image = candidate.images.first().cloned();
}

fn kind_of(content: &feed_rs::model::MediaContent) -> String {
    content.content_type.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn picture(content: &feed_rs::model::MediaContent) -> Option<Image> {
    let kind = Some(kind_of(content)).filter(|kind| kind.starts_with("image/"))?;
    let address = content.url.as_ref().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let image = Image::at(address.to_string());
    Some(Image {
        media_type: Some(kind),
        width: content.width,
        height: content.height,
        bytes: content.size.filter(|size| *size > 0),
        ..image
    })
}

fn thumbnails(media: &MediaObject) -> impl Iterator<Item = Image> + '_ {
    let absolute = |uri: &str| uri.starts_with("http://") || uri.starts_with("https://");
    media.thumbnails.iter().map(|thumbnail| &thumbnail.image).filter(move |image| absolute(&image.uri)).map(|image| Image {
        width: image.width,
        height: image.height,
        ..Image::at(image.uri.clone())
    })
}

/// `zh-cn` as `zh-CN` (RFC 5646, 2.1.1).
fn spelled(tag: &str) -> String {
    let mut parts = tag.split(['-', '_']);
    let mut spelled = parts.next().unwrap_or_default().to_ascii_lowercase();
    for part in parts {
        spelled.push('-');
        spelled.push_str(&if part.len() == 2 { part.to_ascii_uppercase() } else { part.to_owned() });
    }
    spelled
}
