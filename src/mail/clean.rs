//! The door through which every text from outside enters a mail.

use crate::model::one_line;

/// Longer subjects are cut by every mailbox list (characters).
const LONGEST_SUBJECT: usize = 160;
/// A headline longer than this is no headline (characters).
const LONGEST_TITLE: usize = 300;
/// A summary longer than this is a body (characters).
const LONGEST_SUMMARY: usize = 500;
/// Longer display names are an attack or a mistake (characters).
const LONGEST_NAME: usize = 80;

/// A text on one line, without controls, line separators, marks of direction that would turn the line, and the marks of [`super::Segments`].
pub(super) fn line(text: &str) -> String {
    let kept: String = text.chars().map(|c| if is_separator(c) { ' ' } else { c }).filter(|&c| !is_refused(c)).collect();
    one_line(&kept)
}

/// A subject.
pub(super) fn subject(text: &str) -> String {
    shortened(&line(text), LONGEST_SUBJECT)
}

/// A headline inside a mail.
pub(super) fn title(text: &str) -> String {
    shortened(&line(text), LONGEST_TITLE)
}

/// A summary.
pub(super) fn summary(text: &str) -> String {
    shortened(&line(text), LONGEST_SUMMARY)
}

/// A display name. `<`, `>` and `"` go too: they are what deceives a person who reads a sender.
pub(super) fn name(text: &str) -> String {
    let plain: String = line(text).chars().filter(|c| !matches!(c, '<' | '>' | '"' | '\\')).collect();
    // A name of nothing but signs is none: `.` alone is not even a phrase (RFC 5322, 3.2.5).
    if plain.chars().any(char::is_alphanumeric) { shortened(plain.trim(), LONGEST_NAME) } else { String::new() }
}

/// Several lines, each cleaned; empty ones dropped.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(line).filter(|line| !line.is_empty()).collect()
}

/// HTML that was cleaned before, without the marks of [`super::Segments`] and the one control that XML allows and HTML does not.
pub(super) fn html(safe: &str) -> String {
    safe.chars().filter(|&c| !is_mark(c) && c != '\u{85}').collect()
}

/// The Unicode non-characters U+FDD0 to U+FDEF: never in copy, so segments and slots use them as marks.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}')
}

const fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}')
}

/// Overrides of direction (UAX 9) can turn `cod.exe` round and outlive their line; the plain marks LRM, RLM and ALM stay.
const fn is_refused(c: char) -> bool {
    is_mark(c) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_breaks_a_header_survives() {
        assert_eq!(subject("一\r\nBcc: x@example.cn\0\u{2028}二\u{202e}"), "一 Bcc: x@example.cn 二");
        assert_eq!(name("\"编辑部\" <boss@bank.example>\u{fdd0}\n"), "编辑部 boss@bank.example");
        assert_eq!(name(" . "), "");
        assert_eq!(subject(&"长".repeat(400)).chars().count(), LONGEST_SUBJECT);
        assert_eq!(lines("一\n\r\n \u{3000}\n二"), ["一", "二"]);
    }
}
