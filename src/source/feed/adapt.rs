//! What a feed said, in the house's words: candidates.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use ring::digest::{SHA256, digest};
use url::Url;

use super::body;
use super::entry::{Entry, Feed};
use super::media::Recording;
use super::when;
use super::words::Words;
use crate::model::{Body, Candidate, CanonicalUrl, Evidence, Field, Image, KeptId, Kind, LONGEST_TITLE, Origin, SafeHtml, When, one_line};
use crate::source::dates::Reading;

/// Longer ids are kept as their digest: they break keys and addresses (bytes).
const LONGEST_ID: usize = 500;
/// More words than this are no keywords.
const MOST_TAGS: usize = 50;

/// A face, which blogs put before the article's own picture.
static FACE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"//[^/]*gravatar\.com/avatar/").expect("a pattern written here compiles"));

/// All articles, in order; `own` is the feed's address.
pub(super) fn candidates(feed: &Feed, source: &str, own: &Url, reading: Reading) -> Vec<Candidate> {
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for id in feed.entries.iter().filter_map(|entry| entry.id.as_deref()) {
        *uses.entry(id).or_default() += 1;
    }
    let mut candidates = Vec::with_capacity(feed.entries.len());
    for entry in &feed.entries {
        let named = entry.id.as_deref().filter(|id| uses[id] == 1);
        candidates.push(candidate(feed, entry, source, named, own, reading));
    }
    part(&mut candidates);
    candidates
}

/// Articles that are told apart by their ids and titles, and all link the same page, have no page of their own: the link goes into
/// the text.
fn part(candidates: &mut [Candidate]) {
    let mut linked: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if let (Some(url), Some(_)) = (&candidate.url, &candidate.provenance.external_id) {
            linked.entry(url.to_string()).or_default().push(at);
        }
    }
    for (url, places) in linked.into_iter().filter(|(_, places)| places.len() > 1) {
        let titles: std::collections::HashSet<_> = places.iter().map(|at| candidates[*at].title.clone()).collect();
        let Ok(url) = Url::parse(&url) else { continue };
        for at in places.into_iter().filter(|_| titles.len() > 1) {
            candidates[at].url = None;
            let link = Recording { url: url.clone(), media_type: String::new(), title: Some(url.to_string()) };
            body::attach(&mut candidates[at].body, &[link]);
        }
    }
}

/// `id`: its own. An id that several entries share names none of them.
fn candidate(feed: &Feed, entry: &Entry, source: &str, id: Option<&str>, own: &Url, reading: Reading) -> Candidate {
    let mut candidate = Candidate::from_source(source);
    candidate.url = address(entry);
    candidate.title =
        entry.title.as_ref().or(entry.media.title.as_ref()).map(|title| line(title, LONGEST_TITLE)).filter(|title| !title.is_empty());
    times(entry, &mut candidate, reading);
    candidate.authors = if entry.authors.is_empty() { feed.authors.clone() } else { entry.authors.clone() };
    // Whoever contributed is neither an author nor nobody.
    candidate.editors =
        entry.contributors.iter().filter(|one| candidate.authors.iter().all(|author| author.name != one.name)).cloned().collect();
    let tags = entry.tags.iter().chain(&entry.media.tags);
    for tag in tags.map(|tag| line(&Words::new(tag.as_str(), super::words::Form::Unsaid), 200)).filter(|tag| !tag.is_empty()) {
        if candidate.tags.len() < MOST_TAGS && !candidate.tags.contains(&tag) {
            candidate.tags.push(tag);
        }
    }
    candidate.origin = origin(entry, feed, own);
    words(entry, &mut candidate, own);
    pictures(entry, &mut candidate);
    let language = entry.language.as_ref().or(feed.language.as_ref()).and_then(|tag| spelled(tag));
    candidate.language = language;
    candidate.provenance.external_id = identity(id, &candidate);
    candidate.kept = kept(entry, id, &candidate);
    for (field, told) in [(Field::Title, candidate.title.is_some()), (Field::Published, candidate.published.is_some())] {
        if told {
            candidate.evidence.push(Evidence { field, rule: "feed".to_owned(), line: candidate.title.clone().unwrap_or_default() });
        }
    }
    candidate
}

/// The article's page; else an id that is an address.
fn address(entry: &Entry) -> Option<CanonicalUrl> {
    let link = entry.link.clone().and_then(|link| CanonicalUrl::of(link).ok());
    link.or_else(|| CanonicalUrl::parse(entry.id.as_deref()?).ok())
}

fn times(entry: &Entry, candidate: &mut Candidate, reading: Reading) {
    let read = |text: &Option<String>| text.as_deref().and_then(|text| when::read(text, reading.zone));
    let (published, updated) = (read(&entry.published), read(&entry.updated));
    // Atom may tell the last change alone.
    candidate.published = published.or(updated);
    candidate.updated = updated.filter(|updated| published.is_some_and(|published| published != *updated));
}

/// What names the entry in its source: its own id; else, where it has no address either, its title and time.
fn identity(id: Option<&str>, candidate: &Candidate) -> Option<String> {
    if let Some(id) = id.map(one_line) {
        return Some(if id.len() <= LONGEST_ID { id } else { hash(&id) });
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

/// The id that readers of this feed know it by.
fn kept(entry: &Entry, id: Option<&str>, candidate: &Candidate) -> Option<KeptId> {
    if let Some(id) = id {
        return Some(KeptId { id: one_line(id), permalink: entry.permalink });
    }
    // Without an id, readers go by the address: by all of it, its campaign and its fragment too.
    let link = entry.link.as_ref().filter(|_| entry.id.is_none() && candidate.url.is_some())?;
    Some(KeptId { id: entry.written_link.clone().unwrap_or_else(|| link.to_string()), permalink: true })
}

fn hash(text: &str) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref()))
}

/// A text as a person reads it, on one line.
pub(super) fn line(words: &Words, longest: usize) -> String {
    let plain = if words.is_html() { one_line(&body::plain(&words.text)) } else { one_line(&words.text) };
    match plain.char_indices().nth(longest) {
        Some((end, _)) => plain[..end].trim_end().to_owned(),
        None => plain,
    }
}

/// Where it was taken from, unless that is this feed itself.
fn origin(entry: &Entry, feed: &Feed, own: &Url) -> Option<Origin> {
    let (name, url) = entry.origin.as_ref()?;
    let name = name.as_deref().map(one_line).filter(|name| !name.is_empty());
    let name = name.or_else(|| url.as_ref()?.host_str().map(str::to_owned))?;
    let itself = url.as_ref() == Some(own) || feed.title.as_ref().is_some_and(|title| line(title, LONGEST_TITLE) == name);
    (!itself).then(|| Origin { name, url: url.as_ref().map(ToString::to_string) })
}

/// The content is the body and the summary the summary; a summary alone is all there is, and so the body.
fn words(entry: &Entry, candidate: &mut Candidate, own: &Url) {
    let filled = |words: &&Words| !words.text.trim().is_empty();
    let (content, summary) = (entry.content.as_ref().filter(filled), entry.summary.as_ref().filter(filled));
    let copy = content.or(summary).or(entry.media.description.as_ref());
    if let (Some(content), Some(summary)) = (content, summary) {
        let line = line(summary, usize::MAX);
        // A description that is the whole text again is no summary of it.
        candidate.summary = Some(line).filter(|line| !line.is_empty() && content.text.trim() != summary.text.trim());
    }
    let link = candidate.url.as_ref().map(CanonicalUrl::url);
    candidate.body = copy.map(|copy| body::of(copy, entry.base.as_ref(), link.as_ref(), own)).unwrap_or_default();
    let film = entry.media.recordings.iter().any(|file| file.media_type.starts_with("video"));
    if film && content.is_none() {
        candidate.kind = Kind::Video;
    }
    body::attach(&mut candidate.body, &entry.media.recordings);
}

/// Those that the feed names, then those of the body. The lead is the largest that the feed names.
fn pictures(entry: &Entry, candidate: &mut Candidate) {
    candidate.images.clone_from(&entry.media.pictures);
    let faces = |image: &&Image| !FACE.is_match(&image.url);
    let largest = candidate.images.iter().filter(faces).enumerate().max_by_key(|(at, image)| (image.width, std::cmp::Reverse(*at)));
    candidate.image = largest.map(|(_, image)| image.clone());
    let base = candidate.url.as_ref().map(CanonicalUrl::url);
    if let Body::Html(html) = &candidate.body {
        for image in body::pictures(&SafeHtml::clean(html, base.as_ref())) {
            if candidate.images.iter().all(|known| known.url != image.url) {
                candidate.images.push(image);
            }
        }
    }
    candidate.image = candidate.image.take().or_else(|| candidate.images.iter().find(faces).cloned());
}

/// `zh-cn` as `zh-CN` (RFC 5646, 2.1.1); `None` where it is no tag.
fn spelled(tag: &str) -> Option<String> {
    let mut parts = tag.trim().split(['-', '_']).filter(|part| !part.is_empty());
    let mut spelled = parts.next()?.to_ascii_lowercase();
    for part in parts {
        spelled.push('-');
        spelled.push_str(&if part.len() == 2 { part.to_ascii_uppercase() } else { part.to_owned() });
    }
    let fits = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (spelled.len() <= 35 && spelled.split('-').all(fits)).then_some(spelled)
}
