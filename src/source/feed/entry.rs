//! An article as its feed words it, whatever the format: what [`super::adapt`] makes copy of.

use url::Url;

use super::media::Media;
use crate::model::Byline;

/// What a feed says of itself, and its articles.
#[derive(Debug, Default)]
pub(super) struct Feed {
    pub title: Option<Words>,
    /// BCP 47, as written.
    pub language: Option<String>,
    /// Of entries that name nobody (RFC 4287, 4.1.2; JSON Feed 1.1). RSS's `managingEditor` wrote nothing.
    pub authors: Vec<Byline>,
    pub entries: Vec<Entry>,
}

/// One article.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Its own id, as written.
    pub id: Option<String>,
    /// The id is its address as well (RSS 2.0, `isPermaLink`).
    pub permalink: bool,
    /// Its page.
    pub link: Option<Url>,
    pub title: Option<Words>,
    /// As written.
    pub published: Option<String>,
    /// As written.
    pub updated: Option<String>,
    pub authors: Vec<Byline>,
    pub contributors: Vec<Byline>,
    pub content: Option<Words>,
    pub summary: Option<Words>,
    pub tags: Vec<String>,
    /// Where it was taken from: name and address.
    pub origin: Option<(Option<String>, Option<Url>)>,
    pub media: Media,
    pub language: Option<String>,
    /// `xml:base`, where one is in scope.
    pub base: Option<Url>,
}

/// A text and how it is meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Words {
    pub text: String,
    pub form: Form,
    /// `xml:base` of the text itself, where one is in scope.
    pub base: Option<Url>,
}

/// How a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Every character stands for itself.
    Plain,
    /// HTML.
    Html,
    /// RSS never says; most of it is HTML.
    Unsaid,
}

impl Words {
    pub(super) fn new(text: impl Into<String>, form: Form) -> Self {
        Self { text: text.into(), form, base: None }
    }

    /// Whether it is to be read as HTML.
    pub(super) fn is_html(&self) -> bool {
        match self.form {
            Form::Plain => false,
            Form::Html => true,
            Form::Unsaid => looks_like_html(&self.text),
        }
    }
}

/// A tag, or a reference to a character.
pub(super) fn looks_like_html(text: &str) -> bool {
    let tag = text.match_indices('<').any(|(at, _)| {
        let behind = text[at + 1..].trim_start_matches(['/', '!']);
        behind.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-') && behind.contains('>')
    });
    tag || text.match_indices('&').any(|(at, _)| {
        let name: &str = &text[at + 1..];
        let end = name.bytes().take(12).position(|b| b == b';');
        end.is_some_and(|end| end > 1 && name[..end].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#'))
    })
}
