//! References to characters: XML's five, numbers, and the names of HTML that no feed declares and many use.

use std::collections::HashMap;

use dom_query::Document;
use quick_xml::escape::resolve_predefined_entity;

use crate::model::without_controls;

/// The longest name in HTML has 33 characters with its signs (bytes).
const LONGEST: usize = 40;
/// Different names that are looked up in one document: HTML has some two thousand, and whoever writes more means none of them.
const MOST_NAMES: usize = 4000;

/// The references of one document.
#[derive(Debug, Default)]
pub(super) struct References {
    known: HashMap<String, Option<String>>,
}

impl References {
    /// A text with its references resolved, and whether one of them was wrong for XML. What is none stays as it is written.
    pub(super) fn resolve(&mut self, text: &str) -> (String, bool) {
        let (mut plain, mut mended, mut rest) = (String::with_capacity(text.len()), false, text);
        while let Some(at) = rest.find('&') {
            plain.push_str(&rest[..at]);
            let behind = &rest[at + 1..];
            let name = behind.bytes().take(LONGEST).position(|b| !(b.is_ascii_alphanumeric() || b == b'#')).unwrap_or(0);
            let closed = name > 0 && behind.as_bytes().get(name) == Some(&b';');
            let resolved = if closed { self.character(&behind[..name], &mut mended) } else { None };
            if let Some(resolved) = resolved {
                plain.push_str(&resolved);
                rest = &behind[name + 1..];
            } else {
                plain.push('&');
                mended = true;
                rest = behind;
            }
        }
        plain.push_str(rest);
        (plain, mended)
    }

    fn character(&mut self, name: &str, mended: &mut bool) -> Option<String> {
        if let Some(known) = resolve_predefined_entity(name) {
            return Some(known.to_owned());
        }
        if let Some(digits) = name.strip_prefix('#') {
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            // What is no character, or none that XML allows, vanishes.
            return Some(code.ok().and_then(char::from_u32).map(|c| without_controls(c.encode_utf8(&mut [0; 4]))).unwrap_or_default());
        }
        *mended = true;
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        if self.known.len() >= MOST_NAMES {
            return None;
        }
        let read = Document::fragment(format!("&{name};")).text().to_string();
        // A reader of HTML takes the beginning of an unknown name for a known one.
        let read = Some(read).filter(|read| !read.is_empty() && !read.ends_with(';'));
        self.known.insert(name.to_owned(), read.clone());
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_html_are_read_and_unknown_ones_stay() {
        let mut references = References::default();
        assert_eq!(references.resolve("a &amp; &lt;b&#62; &#x4e2d;&#11;"), ("a & <b> 中".to_owned(), false));
        assert_eq!(references.resolve("A&nbsp;&mdash;&hellip; &notit; &lol; &; & B"), ("A\u{a0}—… &notit; &lol; &; & B".to_owned(), true));
    }
}
