//! An article as the contract's JSON, both ways.
//!
//! What arrives is checked field by field and becomes a [`Candidate`]; what leaves is made of an [`Article`].
//! Addresses of our own (`tag`, the page of an article without one) are filled in by whoever has `urls`.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Article, Body, Byline, Candidate, CanonicalUrl, Image, Kind, Millis, Origin, Standing, When, Wish, one_line};

/// The article of contract.md, section API.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ArticleJson {
    /// The public name; ignored when it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `tag:{authority}:{id}`; ignored when it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The sender's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The CMS's own address; when it leaves, the article's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// Slugs, or paths of titles.
    pub sections: Vec<String>,
    /// Accepted for one section; never leaves.
    #[serde(skip_serializing)]
    pub section: Option<String>,
    /// RFC 3339, or a date alone.
    pub published: Option<String>,
    /// RFC 3339; `null` until something changed.
    pub updated: Option<String>,
    /// Who wrote it.
    pub authors: Vec<BylineJson>,
    /// Who edited it.
    pub editors: Vec<BylineJson>,
    /// 来源.
    pub origin: Option<OriginJson>,
    /// Abstract.
    pub summary: Option<String>,
    /// Body as HTML.
    pub content_html: Option<String>,
    /// Body as text.
    pub content_text: Option<String>,
    /// Lead picture.
    pub image: Option<ImageJson>,
    /// All pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ImageJson>,
    /// Keywords.
    pub tags: Vec<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// `published`, `held` or `withdrawn`.
    pub status: Option<String>,
    /// Why it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_because: Option<String>,
    /// `text`, `link`, `gallery` or `video`.
    pub kind: Option<String>,
    /// Marked by the newsroom.
    pub breaking: bool,
    /// Whether receivers are told; where nobody says, the source's kind decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announce: Option<bool>,
    /// How often the copy changed; ignored when it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    /// The admitted error, in `article.corrected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// In `article.withdrawn`: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In `article.withdrawn`: when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
}

/// A person; a bare name is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BylineJson {
    /// As the contract writes it.
    Full(Byline),
    /// A name alone.
    Name(String),
}

/// 来源; a bare name is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OriginJson {
    /// As the contract writes it.
    Full(Origin),
    /// A name alone.
    Name(String),
}

/// A picture; a bare address is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ImageJson {
    /// As the contract writes it.
    Full(Image),
    /// An address alone.
    Address(String),
}

/// A field that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct FieldError {
    /// The field's name in the JSON.
    pub field: &'static str,
    /// For the sender.
    pub why: String,
}

impl FieldError {
    /// Says what is wrong with a field.
    pub fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into() }
    }
}

/// Longer headlines are a mistake: no feed, mail or card shows them (characters).
pub const LONGEST_TITLE: usize = 500;
/// Longer abstracts are bodies (characters).
const LONGEST_SUMMARY: usize = 5_000;
/// Longer names of people, tags and sections are mistakes (characters).
const LONGEST_NAME: usize = 200;
/// More people, tags, sections or pictures than this on one article are a mistake or an attack.
const MOST_NAMES: usize = 100;
/// Years outside are slips of the keyboard, and no feed can write those above 9999.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;
/// Longer ids break keys and addresses (bytes).
const LONGEST_EXTERNAL_ID: usize = 500;

impl ArticleJson {
    /// Reads what a sender wrote. A missing title is found by `ingest`, which knows whether the source may lack one.
    ///
    /// # Errors
    /// Names the first field that cannot be taken.
    pub fn into_candidate(self, source: &str, zone: Tz) -> Result<Candidate, FieldError> {
        let mut candidate = Candidate::from_source(source);
        candidate.provenance.external_id = external_id(self.external_id)?;
        candidate.url = address(self.url)?;
        candidate.kind = match self.kind {
            Some(kind) => Kind::try_from(kind).map_err(|_| FieldError::new("kind", "one of text, link, gallery, video"))?,
            None => Kind::Text,
        };
        let lists = [
            ("authors", self.authors.len()),
            ("editors", self.editors.len()),
            ("tags", self.tags.len()),
            ("sections", self.sections.len()),
            ("images", self.images.len()),
        ];
        if let Some((field, _)) = lists.into_iter().find(|(_, n)| *n > MOST_NAMES) {
            return Err(FieldError::new(field, format!("more than {MOST_NAMES}")));
        }
        candidate.title = self.title.map(|title| one_line(&title)).filter(|title| title.chars().any(is_visible));
        if candidate.title.as_ref().is_some_and(|title| title.chars().count() > LONGEST_TITLE) {
            return Err(FieldError::new("title", format!("longer than {LONGEST_TITLE} characters")));
        }
        candidate.sections = self.section.into_iter().chain(self.sections).filter(|section| !section.trim().is_empty()).collect();
        candidate.published = self.published.map(|text| when("published", &text, zone)).transpose()?;
        candidate.updated = self.updated.map(|text| when("updated", &text, zone)).transpose()?;
        candidate.authors = bylines(self.authors);
        candidate.editors = bylines(self.editors);
        candidate.origin = self.origin.and_then(origin);
        candidate.summary = self.summary.map(|summary| one_line(&summary)).filter(|summary| !summary.is_empty());
        candidate.body = match (self.content_html, self.content_text) {
            (Some(html), _) if !html.trim().is_empty() => Body::Html(html),
            (_, Some(text)) if !text.trim().is_empty() => Body::Text(text),
            _ => Body::None,
        };
        candidate.image = self.image.map(|picture| image("image", picture)).transpose()?;
        candidate.images = self.images.into_iter().map(|picture| image("images", picture)).collect::<Result<_, _>>()?;
        candidate.tags = self.tags.iter().map(|tag| one_line(tag)).filter(|tag| !tag.is_empty()).collect();
        candidate.language = self.language.map(language).transpose()?;
        candidate.wish = wish(self.status.as_deref(), self.held_because, self.reason)?;
        let names = candidate.authors.iter().chain(&candidate.editors).map(|byline| byline.name.as_str());
        if names.chain(candidate.tags.iter().map(String::as_str)).any(|name| name.chars().count() > LONGEST_NAME) {
            return Err(FieldError::new("tags", format!("a name or tag is longer than {LONGEST_NAME} characters")));
        }
        if candidate.summary.as_ref().is_some_and(|summary| summary.chars().count() > LONGEST_SUMMARY) {
            return Err(FieldError::new("summary", format!("longer than {LONGEST_SUMMARY} characters")));
        }
        candidate.breaking = self.breaking;
        candidate.announce = self.announce;
        Ok(candidate)
    }

    /// Writes a candidate as the API takes it.
    #[must_use]
    pub fn of_candidate(candidate: &Candidate, zone: Tz) -> Self {
        let printed = |when: When| match when {
            When::At(at) => at.rfc3339(zone),
            When::Day(day) => day.to_string(),
        };
        let (content_html, content_text) = match &candidate.body {
            Body::None => (None, None),
            Body::Html(html) => (Some(html.clone()), None),
            Body::Text(text) => (None, Some(text.clone())),
        };
        let (status, held_because, reason) = match &candidate.wish {
            Wish::Publish => ("published", None, None),
            Wish::Hold(because) => ("held", Some(because.clone()), None),
            Wish::Withdraw(reason) => ("withdrawn", None, Some(reason.clone())),
        };
        Self {
            external_id: candidate.provenance.external_id.clone(),
            url: candidate.url.as_ref().map(ToString::to_string),
            title: candidate.title.clone(),
            sections: candidate.sections.clone(),
            published: candidate.published.map(printed),
            updated: candidate.updated.map(printed),
            authors: candidate.authors.iter().cloned().map(BylineJson::Full).collect(),
            editors: candidate.editors.iter().cloned().map(BylineJson::Full).collect(),
            origin: candidate.origin.clone().map(OriginJson::Full),
            summary: candidate.summary.clone(),
            content_html,
            content_text,
            image: candidate.image.clone().map(ImageJson::Full),
            images: candidate.images.iter().cloned().map(ImageJson::Full).collect(),
            tags: candidate.tags.clone(),
            language: candidate.language.clone(),
            status: Some(status.to_owned()),
            held_because,
            kind: Some(candidate.kind.as_str().to_owned()),
            breaking: candidate.breaking,
            announce: candidate.announce,
            reason,
            ..Self::default()
        }
    }

    /// Writes an article, without any address of ours. A withdrawn one has nothing but its names, title and reason.
    #[must_use]
    pub fn of(article: &Article, zone: Tz) -> Self {
        let named = Self {
            id: Some(article.key.to_string()),
            // An id that is kept stands in place of our tag; the others are filled in by whoever has the authority.
            tag: article.kept.as_ref().map(|kept| kept.id.clone()),
            // By its sender's id an article is known again, also when it was taken back.
            external_id: article.external_id.clone(),
            url: article.url.as_ref().map(ToString::to_string),
            title: Some(article.title.clone()),
            ..Self::default()
        };
        if let Standing::Withdrawn(withdrawal) = &article.standing {
            return Self {
                status: Some(article.standing.as_str().to_owned()),
                sections: article.sections.iter().map(ToString::to_string).collect(),
                language: Some(article.language.clone()),
                reason: Some(withdrawal.reason.clone()),
                withdrawn: Some(withdrawal.at.rfc3339(zone)),
                revision: Some(article.revision.0),
                ..named
            };
        }
        Self {
            sections: article.sections.iter().map(ToString::to_string).collect(),
            published: Some(article.published.rfc3339(zone)),
            updated: (article.revised != article.published).then(|| article.revised.rfc3339(zone)),
            authors: article.authors.iter().cloned().map(BylineJson::Full).collect(),
            editors: article.editors.iter().cloned().map(BylineJson::Full).collect(),
            origin: article.origin.clone().map(OriginJson::Full),
            summary: article.summary.clone(),
            content_html: Some(article.body.as_str().to_owned()),
            image: article.image.clone().map(ImageJson::Full),
            images: article.images.iter().cloned().map(ImageJson::Full).collect(),
            tags: article.tags.clone(),
            language: Some(article.language.clone()),
            status: Some(article.standing.as_str().to_owned()),
            held_because: match &article.standing {
                Standing::Held { because, .. } => Some(because.clone()),
                _ => None,
            },
            kind: Some(article.kind.as_str().to_owned()),
            breaking: article.breaking,
            revision: Some(article.revision.0),
            correction: article.correction.clone(),
            ..named
        }
    }
}

fn external_id(id: Option<String>) -> Result<Option<String>, FieldError> {
    let id = id.map(|id| one_line(&id)).filter(|id| !id.is_empty());
    match id {
        Some(id) if id.len() > LONGEST_EXTERNAL_ID => {
            Err(FieldError::new("external_id", format!("longer than {LONGEST_EXTERNAL_ID} bytes")))
        }
        id => Ok(id),
    }
}

fn address(url: Option<String>) -> Result<Option<CanonicalUrl>, FieldError> {
    let url = url.filter(|url| !url.trim().is_empty());
    url.map(|url| CanonicalUrl::parse(&url).map_err(|error| FieldError::new("url", error.to_string()))).transpose()
}

fn language(tag: String) -> Result<String, FieldError> {
    let part_fits = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if tag.len() <= 35 && tag.split('-').all(part_fits) {
        Ok(tag)
    } else {
        Err(FieldError::new("language", "a language tag such as zh-CN or en"))
    }
}

fn wish(status: Option<&str>, because: Option<String>, reason: Option<String>) -> Result<Wish, FieldError> {
    match status {
        None | Some("published") => Ok(Wish::Publish),
        Some("held") => Ok(Wish::Hold(because.unwrap_or_else(|| "held by its sender".to_owned()))),
        Some("withdrawn") => Ok(Wish::Withdraw(reason.unwrap_or_default())),
        Some(_) => Err(FieldError::new("status", "one of published, held, withdrawn")),
    }
}

/// Names with an ideographic padding (`韩　燕`) close up; others keep single spaces.
fn bylines(list: Vec<BylineJson>) -> Vec<Byline> {
    let read = |byline| match byline {
        BylineJson::Full(byline) => byline,
        BylineJson::Name(name) => Byline { name, role: None },
    };
    let tidy = |byline: Byline| Byline {
        name: one_line(&byline.name),
        role: byline.role.map(|role| one_line(&role)).filter(|role| !role.is_empty()),
    };
    list.into_iter().map(read).map(tidy).filter(|byline| !byline.name.is_empty()).collect()
}

fn origin(origin: OriginJson) -> Option<Origin> {
    let origin = match origin {
        OriginJson::Full(origin) => origin,
        OriginJson::Name(name) => Origin { name, url: None },
    };
    let name = one_line(&origin.name);
    let url = origin.url.and_then(|url| CanonicalUrl::parse(&url).ok()).map(|url| url.to_string());
    (!name.is_empty()).then_some(Origin { name, url })
}

fn image(field: &'static str, image: ImageJson) -> Result<Image, FieldError> {
    let mut image = match image {
        ImageJson::Full(image) => image,
        ImageJson::Address(url) => Image::at(url),
    };
    let url = url::Url::parse(image.url.trim()).map_err(|error| FieldError::new(field, format!("not an absolute address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FieldError::new(field, "only http and https addresses"));
    }
    image.url = url.into();
    // What is copied is ours to know.
    image.copy = None;
    image.alt = image.alt.map(|alt| one_line(&alt)).filter(|alt| !alt.is_empty());
    Ok(image)
}

/// Whether a reader sees it: no space, no control, none of Unicode's invisible marks (zero width, direction, byte order).
fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A time that calendars and feeds can write.
fn when(field: &'static str, text: &str, zone: Tz) -> Result<When, FieldError> {
    let read = written(field, text, zone)?;
    let year = chrono::Datelike::year(&read.instant(zone, Millis(0)).in_zone(zone));
    if YEARS.contains(&year) { Ok(read) } else { Err(FieldError::new(field, "a year between 1900 and 2199")) }
}

/// Reads RFC 3339, the same without a zone (read in the source's), or a date alone.
fn written(field: &'static str, text: &str, zone: Tz) -> Result<When, FieldError> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(When::At(at.into()));
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(When::Day(day));
    }
    for form in ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"] {
        if let Ok(local) = NaiveDateTime::parse_from_str(text, form) {
            let at = zone.from_local_datetime(&local).earliest();
            return at.map(|at| When::At(Millis::from(at))).ok_or_else(|| FieldError::new(field, format!("no such time in {zone}")));
        }
    }
    Err(FieldError::new(field, "a time such as 2021-10-29T08:30:00+08:00, or a date such as 2021-10-29"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Candidate, FieldError> {
        serde_json::from_str::<ArticleJson>(json).unwrap().into_candidate("push", chrono_tz::Asia::Shanghai)
    }

    #[test]
    fn times_are_read_in_the_zone_of_the_source() {
        let candidate = read(r#"{"title":"一","published":"2021-10-29 08:30"}"#).unwrap();
        assert_eq!(candidate.published, Some(When::At(Millis(1_635_467_400_000))));
        let day = read(r#"{"title":"一","published":"2021-10-29"}"#).unwrap().published.unwrap();
        assert_eq!(day.instant(chrono_tz::Asia::Shanghai, Millis(0)), Millis(1_635_436_800_000));
    }

    #[test]
    fn a_bad_field_is_named() {
        assert_eq!(read(r#"{"title":"一","published":"gestern"}"#).unwrap_err().field, "published");
        assert_eq!(read(r#"{"title":"一","published":"9999-12-31T23:59:59Z"}"#).unwrap_err().field, "published");
        assert_eq!(read(r#"{"title":"一","published":"0001-01-01"}"#).unwrap_err().field, "published");
        assert_eq!(read(r#"{"title":"\u200b\u202e"}"#).unwrap().title, None);
        assert_eq!(read(r#"{"title":"一","url":"/x"}"#).unwrap_err().field, "url");
        assert_eq!(read(r#"{"title":"一","status":"secret"}"#).unwrap_err().field, "status");
        assert_eq!(read(r#"{"title":"一","image":"javascript:x"}"#).unwrap_err().field, "image");
    }
}
