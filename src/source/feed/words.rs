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
    // A tag ends somewhere; looked for behind each `<`, that would take a text without any a square of its length.
    let last = text.rfind('>').unwrap_or_default();
    let tag = text[..last].match_indices('<').any(|(at, _)| {
        let mut behind = text[at + 1..last].chars().skip_while(|c| matches!(c, '/' | '!'));
        behind.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '-')
    });
    tag || text.match_indices('&').any(|(at, _)| {
        let name: &str = &text[at + 1..];
        let end = name.bytes().take(12).position(|b| b == b';');
        end.is_some_and(|end| end > 1 && name[..end].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_signs() {
        for html in ["<p>一</p>", "a <br/> b", "</p> b", "<!-- x -->", "a &amp; b", "1 < 2 <b>"] {
            assert!(looks_like_html(html), "{html}");
        }
        for text in ["", "a < b", "a > b", "b> <a", "1 < 2 > 0", "<", "<>", "</>", "R & D", "<a"] {
            assert!(!looks_like_html(text), "{text}");
        }
    }

    #[test]
    fn signs_without_end_are_read_once() {
        assert!(!looks_like_html(&"<a".repeat(1024 * 1024)));
        assert!(!looks_like_html(&format!("{}>", "</".repeat(1024 * 1024))));
        assert!(!looks_like_html(&format!("{}>", "<!!!!!!!!!".repeat(1024 * 128))));
    }
}
