//! Patterns and small tests on text that several rules share.

use regex::Regex;

/// A pattern that is part of the program.
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of the program compiles")
}

/// Whether a character is a Han ideograph.
pub(super) const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// Whether a character is Japanese kana or Korean hangul.
pub(super) const fn is_kana_or_hangul(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}')
}

/// Whether a text is mostly Han.
pub(super) fn is_chinese(text: &str) -> bool {
    let (han, letters) =
        text.chars().fold((0_usize, 0_usize), |(han, letters), c| (han + usize::from(is_han(c)), letters + usize::from(c.is_alphabetic())));
    han * 2 > letters && !text.chars().any(is_kana_or_hangul)
}

/// How many characters a text has.
pub(super) fn len(text: &str) -> usize {
    text.chars().count()
}

/// A text for comparing: letters and digits alone, lower case, full width as half width.
pub(super) fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for c in text.chars().map(half_width) {
        match c {
            // What most texts are made of goes without a look into the tables: basic letters, and ideographs, which have no case.
            c if c.is_ascii() => bare.extend(c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase())),
            '\u{4e00}'..='\u{9fa5}' => bare.push(c),
            c if c.is_alphanumeric() => bare.extend(c.to_lowercase()),
            _ => {}
        }
    }
    bare
}

/// A full-width form (U+FF01 to U+FF5E) as its ASCII character, the ideographic space as a space.
pub(super) const fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => match char::from_u32(c as u32 - 0xfee0) {
            Some(half) => half,
            None => c,
        },
        '\u{3000}' => ' ',
        other => other,
    }
}

/// A text with every full-width form made half width; the number of characters stays.
pub(super) fn narrow(text: &str) -> String {
    text.chars().map(half_width).collect()
}

/// Whether a line ends as a sentence does.
pub(super) fn ends_closed(text: &str) -> bool {
    let last = text.trim_end_matches(['”', '’', '"', '\'', '」', '』', '）', ')', '】', ']', '»', '*']).chars().last();
    last.is_some_and(|c| {
        matches!(c, '。' | '！' | '？' | '；' | '，' | '、' | '：' | '…' | '.' | '!' | '?' | ';' | ',' | ':' | '．' | '︰')
    })
}

/// Whether a line reads as running text: long enough, with the marks of a sentence.
pub(super) fn is_prose(text: &str) -> bool {
    let count = len(text);
    let han = text.chars().filter(|&c| is_han(c) || is_kana_or_hangul(c)).count();
    if han * 3 > count {
        let marks = text.chars().filter(|c| matches!(c, '，' | '。' | '！' | '？' | '；' | ',' | '、' | '“' | '”')).count();
        count >= 18 && marks >= 1 && ends_closed(text) || count >= 40 && marks >= 1
    } else {
        count >= 60 && ends_closed(text) || count >= 120
    }
}

/// Cut to what evidence keeps of a line (characters).
const EVIDENCE: usize = 120;

/// A line as evidence keeps it.
pub(super) fn clip(text: &str) -> String {
    let flat = crate::model::one_line(text);
    if len(&flat) <= EVIDENCE { flat } else { flat.chars().take(EVIDENCE).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text_is_told_from_headings() {
        assert!(is_prose("河边的老渡口昨天修好了，两岸的人又能坐船过河了。"));
        assert!(!is_prose("在修渡口的日子里"));
        assert!(!is_prose("关于我们 | 版权声明"));
        assert!(is_prose("The old ferry landing was mended yesterday, and people can cross the river by boat again."));
    }

    #[test]
    fn comparing_leaves_marks_and_widths_out() {
        assert_eq!(bare("“Ａ股”：１２３"), bare("\"a股\":123"));
    }
}
