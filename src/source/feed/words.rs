//! Texts of a feed, and how they are meant.

use url::Url;

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
