//! Pictures, sound and film of an entry: Media RSS, enclosures, podcasts' pictures.

use url::Url;

use super::namespace::Ns;
use super::words::{Form, Words};
use super::xml::Element;
use crate::model::{Image, one_line};

/// Files that are kept of one entry.
const MOST: usize = 100;
/// Groups in groups are no Media RSS.
const DEEPEST: usize = 4;

/// What an entry comes with.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// Addresses are absolute.
    pub pictures: Vec<Image>,
    /// Sound, film and documents.
    pub recordings: Vec<Recording>,
    /// What the entry's media say of it.
    pub description: Option<Words>,
    /// Their title, where the entry has none.
    pub title: Option<Words>,
    /// Keywords.
    pub tags: Vec<String>,
}

/// A file that is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recording {
    pub url: Url,
    /// Lower case; empty where nobody told.
    pub media_type: String,
    pub title: Option<String>,
}

/// A file as some element tells of it.
#[derive(Debug, Default)]
pub(super) struct Told<'a> {
    pub url: Option<&'a str>,
    pub media_type: Option<&'a str>,
    /// `image`, `audio`, `video`, `document`.
    pub medium: Option<&'a str>,
    pub bytes: Option<&'a str>,
    pub width: Option<&'a str>,
    pub height: Option<&'a str>,
    pub title: Option<String>,
}

impl Media {
    /// Adds a file; a relative address is one of `base`.
    pub(super) fn add(&mut self, told: Told<'_>, base: Option<&Url>) {
        let Some(url) = told.url.and_then(|written| absolute(written, base)) else { return };
        let media_type = told.media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let by_name = by_extension(&url);
        let kind = match (media_type.split('/').next().unwrap_or_default(), told.medium) {
            (kind @ ("image" | "audio" | "video"), _) => kind,
            (_, Some(medium)) => medium,
            (kind, None) => by_name.filter(|_| kind.is_empty() || kind == "application" || !media_type.contains('/')).unwrap_or(kind),
        };
        if kind == "image" {
            let number = |text: Option<&str>| text.and_then(|text| text.trim_end_matches("px").parse::<u32>().ok()).filter(|n| *n > 0);
            self.picture(Image {
                alt: told.title,
                width: number(told.width),
                height: number(told.height),
                media_type: Some(media_type).filter(|kind| kind.starts_with("image/") && kind != "image/*"),
                bytes: told.bytes.and_then(|text| text.parse().ok()).filter(|bytes| *bytes > 0),
                ..Image::at(url.into())
            });
        } else if self.recordings.len() < MOST && self.recordings.iter().all(|known| known.url != url) {
            // A player's page is no film, whatever it shows.
            let media_type = if media_type.contains('/') || by_name.is_none() { media_type } else { kind.to_owned() };
            self.recordings.push(Recording { url, media_type, title: told.title });
        }
    }

    /// Adds a picture, or what is new of one that is known.
    pub(super) fn picture(&mut self, image: Image) {
        if let Some(known) = self.pictures.iter_mut().find(|known| known.url == image.url) {
            known.alt = known.alt.take().or(image.alt);
            known.width = known.width.or(image.width);
            known.height = known.height.or(image.height);
            known.media_type = known.media_type.take().or(image.media_type);
            known.bytes = known.bytes.or(image.bytes);
        } else if self.pictures.len() < MOST {
            self.pictures.push(image);
        }
    }

    /// Reads one child of an entry: `media:*`, `itunes:image`, an enclosure.
    pub(super) fn read(&mut self, element: &Element, base: Option<&Url>) {
        let base = element.base.as_deref().or(base);
        match (element.ns, element.name.as_str()) {
            (Ns::Media, _) => self.read_media(element, base, 0),
            (Ns::Itunes, "image") => {
                let written = element.attribute("href").or_else(|| element.attribute("url")).map(str::to_owned).or_else(|| element.text());
                self.add(Told { url: written.as_deref(), medium: Some("image"), ..Told::default() }, base);
            }
            // Podcasts of RSS 1.0 write the same as resources.
            (_, "enclosure") => {
                let url = element.attribute("url").or_else(|| element.attribute("href")).or_else(|| element.attribute("rdf:resource"));
                let (media_type, bytes) = (element.attribute("type"), element.attribute("length"));
                self.add(Told { url, media_type, bytes, ..Told::default() }, base);
            }
            _ => {}
        }
    }

    fn read_media(&mut self, element: &Element, base: Option<&Url>, depth: usize) {
        let title = |element: &Element| element.child(Ns::Media, "title").and_then(Element::text).map(|text| one_line(&text));
        match element.name.as_str() {
            "content" => {
                let alt = element.child(Ns::Media, "description").and_then(Element::text).map(|text| one_line(&text));
                let told = Told {
                    url: element.attribute("url"),
                    media_type: element.attribute("type"),
                    medium: element.attribute("medium"),
                    bytes: element.attribute("filesize"),
                    width: element.attribute("width"),
                    height: element.attribute("height"),
                    title: alt.or_else(|| title(element)),
                };
                self.add(told, base);
            }
            "thumbnail" => {
                let (width, height) = (element.attribute("width"), element.attribute("height"));
                self.add(Told { url: element.attribute("url"), medium: Some("image"), width, height, ..Told::default() }, base);
            }
            "description" | "text" if self.description.is_none() => self.description = words(element),
            "title" if self.title.is_none() => self.title = words(element),
            "keywords" => self.tags.extend(element.text().unwrap_or_default().split([',', '，']).map(one_line)),
            "category" => self.tags.extend(element.attribute("label").map(one_line).or_else(|| element.text().map(|text| one_line(&text)))),
            _ => {}
        }
        if !matches!(element.name.as_str(), "content" | "group") || depth >= DEEPEST {
            return;
        }
        let own = |child: &&Element| element.name == "group" || child.name != "title";
        let before = self.recordings.len();
        let mut best = None;
        for child in element.elements().filter(|child| child.ns == Ns::Media).filter(own) {
            let at = self.recordings.len();
            self.read_media(child, base, depth + 1);
            if best.is_none() && child.attribute("isdefault") == Some("true") && self.recordings.len() > at {
                best = Some(at);
            }
        }
        // A group is one recording in several qualities (Media RSS, media:group): the default, else the first.
        if element.name == "group" && self.recordings.len() > before {
            self.recordings.swap(before, best.unwrap_or(before));
            self.recordings.truncate(before + 1);
        }
    }
}

fn words(element: &Element) -> Option<Words> {
    let (text, html) = element.content()?;
    let form = if html || element.attribute("type") == Some("html") { Form::Html } else { Form::Unsaid };
    Some(Words::new(text, form))
}

/// An address of the web, as an address of `base` where it is relative.
pub(super) fn absolute(written: &str, base: Option<&Url>) -> Option<Url> {
    let written = written.trim();
    if written.is_empty() {
        return None;
    }
    let url = base.map_or_else(|| Url::parse(written), |base| base.join(written)).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// What a file's name says where nobody else does.
fn by_extension(url: &Url) -> Option<&'static str> {
    let name = url.path().rsplit('/').next()?.to_ascii_lowercase();
    match name.rsplit_once('.')?.1 {
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "bmp" | "svg" => Some("image"),
        "mp3" | "m4a" | "ogg" | "oga" | "opus" | "aac" | "wav" | "flac" => Some("audio"),
        "mp4" | "m4v" | "mov" | "webm" | "m3u8" | "flv" => Some("video"),
        _ => None,
    }
}
