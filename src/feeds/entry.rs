//! An article as all formats tell it: one id, title, link, summary, one order of people, sections and pictures.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use super::{Newsroom, Window};
use crate::model::{Article, Byline, Image, KeptId, Millis, Origin, Slug, one_line, without_controls};
use crate::urls::Urls;

/// A section that an article stands in.
pub(super) struct Place {
    pub slug: Slug,
    /// Titles from the outermost down: `新闻/宜城新闻`.
    pub path: String,
    /// The section for people.
    pub url: String,
}

/// An article, ready to be written. Every text is on one line and holds nothing that XML forbids.
pub(super) struct Entry<'a> {
    tag: String,
    /// The id that readers know it by from a feed that ours replaces.
    kept: Option<KeptId>,
    pub link: String,
    pub title: String,
    /// Plain text; `None` where there is neither summary nor body.
    pub summary: Option<String>,
    /// HTML; `None` in the summary form and where there is none.
    pub body: Option<Cow<'a, str>>,
    /// Where it differs from the feed's.
    pub language: Option<String>,
    pub published: Millis,
    pub updated: Millis,
    pub authors: Vec<Byline>,
    pub editors: Vec<Byline>,
    pub places: Vec<Place>,
    pub tags: Vec<String>,
    /// The lead picture first, none twice.
    pub pictures: Vec<Image>,
    /// Where it differs from the newsroom.
    pub origin: Option<Origin>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(article: &'a Article, window: &Window, newsroom: &Newsroom, urls: &Urls, brief: bool) -> Self {
        let link = strict(&urls.article(article));
        let summary = Some(one_line(&article.summary_or_lead())).filter(|summary| !summary.is_empty());
        let title = Some(one_line(&article.title)).filter(|title| !title.is_empty());
        Self {
            tag: urls.tag(&article.key),
            kept: article.kept.clone().map(|kept| KeptId { id: one_line(&kept.id), ..kept }).filter(|kept| !kept.id.is_empty()),
            // Atom and most readers want a title; the next best thing names an article that has none.
            title: title.or_else(|| summary.clone()).unwrap_or_else(|| link.clone()),
            link,
            summary,
            body: (!brief && !article.body.is_empty()).then(|| printable(article.body.as_str())),
            language: Some(one_line(&article.language))
                .filter(|language| !language.is_empty() && !language.eq_ignore_ascii_case(&newsroom.language)),
            published: article.published,
            updated: article.revised.max(article.published),
            authors: bylines(&article.authors),
            editors: bylines(&article.editors),
            places: article.sections.iter().map(|slug| place(slug, window, urls)).collect(),
            tags: words(&article.tags),
            pictures: pictures(article, urls),
            origin: origin(article, newsroom),
        }
    }

    /// What readers know it by: our tag, or the id that it had before it came to us.
    pub(super) fn id(&self) -> &str {
        self.kept.as_ref().map_or(&self.tag, |kept| &kept.id)
    }

    /// The same where only an IRI may stand (RFC 4287, 4.2.6): ids of RSS are often none.
    pub(super) fn iri(&self) -> &str {
        let kept = self.kept.as_ref().filter(|kept| Url::parse(&kept.id).is_ok() && !kept.id.contains(char::is_whitespace));
        kept.map_or(&self.tag, |kept| &kept.id)
    }

    /// Whether the id is the article's address as well.
    pub(super) fn is_permalink(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.permalink && address(&kept.id).is_some())
    }

    /// The one picture that may be an enclosure: RSS wants its size and type, and neither is ever guessed.
    pub(super) fn enclosure(&self) -> Option<Enclosure<'_>> {
        self.pictures
            .iter()
            .find_map(|picture| Some(Enclosure { url: &picture.url, media_type: picture.media_type.as_deref()?, bytes: picture.bytes? }))
    }
}

/// A file whose size and type are known.
pub(super) struct Enclosure<'a> {
    pub url: &'a str,
    pub media_type: &'a str,
    pub bytes: u64,
}

/// A name with its role before it, as Chinese papers print it: `通讯员 熊毅`.
pub(super) fn credit(byline: &Byline) -> String {
    byline.role.as_ref().map_or_else(|| byline.name.clone(), |role| format!("{role} {}", byline.name))
}

/// An address as feeds may hold it: absolute, http or https, of RFC 3986's characters alone.
pub(super) fn address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| strict(url.as_str()))
}

/// Browsers leave some characters in paths and queries that RFC 3986 has no place for, and validators refuse the link for them.
fn strict(url: &str) -> String {
    // The brackets of an IPv6 host stay.
    let path = url.find("://").and_then(|scheme| Some(scheme + 3 + url[scheme + 3..].find('/')?)).unwrap_or(url.len());
    let (host, path) = url.split_at(path);
    format!("{host}{}", utf8_percent_encode(path, NOT_IN_URIS))
}

/// What stands in none of RFC 3986's sets.
const NOT_IN_URIS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'[').add(b']').add(b'{').add(b'}').add(b'|').add(b'\\').add(b'^').add(b'`');

/// The text itself where it is clean, which is nearly always. Line ends become LF: XML's readers make that of CR (XML 1.0, 2.11),
/// and validators take NEL for a broken encoding.
fn printable(text: &str) -> Cow<'_, str> {
    let clean = without_controls(text);
    if clean.contains(['\r', '\u{85}']) {
        Cow::Owned(clean.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n"))
    } else if clean.len() == text.len() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(clean)
    }
}

fn bylines(list: &[Byline]) -> Vec<Byline> {
    let tidy = |byline: &Byline| Byline {
        name: one_line(&byline.name),
        role: byline.role.as_deref().map(one_line).filter(|role| !role.is_empty()),
    };
    list.iter().map(tidy).filter(|byline| !byline.name.is_empty()).collect()
}

fn words(tags: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| one_line(tag)).filter(|tag| !tag.is_empty()) {
        if !words.contains(&tag) {
            words.push(tag);
        }
    }
    words
}

fn place(slug: &Slug, window: &Window, urls: &Urls) -> Place {
    let title = |slug: Slug| {
        let known = window.section_titles.get(&slug).map(|title| one_line(title)).filter(|title| !title.is_empty());
        known.unwrap_or_else(|| slug.as_str().rsplit('/').next().unwrap_or_default().to_owned())
    };
    let mut titles: Vec<String> = slug.and_ancestors().map(title).collect();
    titles.reverse();
    Place { slug: slug.clone(), path: titles.join("/"), url: urls.section(slug) }
}

fn pictures(article: &Article, urls: &Urls) -> Vec<Image> {
    let mut pictures: Vec<Image> = Vec::new();
    for image in article.image.iter().chain(&article.images).map(|image| urls.shown(image)) {
        let Some(url) = address(&image.url) else { continue };
        let tidy = |text: &Option<String>| text.as_deref().map(one_line).filter(|text| !text.is_empty());
        let pixels = |count: Option<u32>| count.filter(|count| *count > 0);
        let image = Image {
            url,
            alt: tidy(&image.alt),
            width: pixels(image.width),
            height: pixels(image.height),
            media_type: image.media_type.as_deref().filter(|name| is_media_type(name)).map(str::to_owned),
            bytes: image.bytes.filter(|bytes| *bytes > 0),
            copy: None,
        };
        match pictures.iter_mut().find(|known| known.url == image.url) {
            // The lead picture is often known by its address alone, and told more of in the list.
            Some(known) if known.bytes.is_none() && known.media_type.is_none() => {
                *known = Image { alt: image.alt.or_else(|| known.alt.take()), ..image };
            }
            Some(_) => {}
            None => pictures.push(image),
        }
    }
    pictures
}

/// Type and subtype, of RFC 6838's characters (4.2).
fn is_media_type(name: &str) -> bool {
    let fits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    name.split_once('/').is_some_and(|(kind, subtype)| fits(kind) && fits(subtype))
}

fn origin(article: &Article, newsroom: &Newsroom) -> Option<Origin> {
    let origin = article.origin.as_ref()?;
    let name = one_line(&origin.name);
    let own = name == newsroom.title || newsroom.organisation.as_ref() == Some(&name);
    (!name.is_empty() && !own).then(|| Origin { name, url: origin.url.as_deref().and_then(address) })
}
