//! Cutting texts to what a network takes.

use unicode_segmentation::UnicodeSegmentation as _;

/// How a network counts a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// What a reader sees as one character.
    Graphemes,
    /// Unicode code points.
    Points,
    /// X: two for everything but Latin, Cyrillic, Arabic and their like.
    Weighted,
}

/// What stands where a text was cut.
const ELLIPSIS: &str = "…";

/// The code points that X counts once; all others count twice (docs.x.com, counting characters).
const LIGHT: [std::ops::RangeInclusive<u32>; 4] = [0..=4351, 8192..=8205, 8208..=8223, 8242..=8247];

impl Measure {
    /// How long a text is.
    pub(super) fn of(self, text: &str) -> usize {
        match self {
            Self::Graphemes => text.graphemes(true).count(),
            Self::Points => text.chars().count(),
            Self::Weighted => text.graphemes(true).map(weight).sum(),
        }
    }
}

/// An emoji counts two however many code points it is joined of; anything else is the sum of its code points.
fn weight(grapheme: &str) -> usize {
    let heavy = |point: char| !LIGHT.iter().any(|range| range.contains(&u32::from(point)));
    let emoji = grapheme.chars().next().is_some_and(|first| matches!(u32::from(first), 0x2600..=0x27BF | 0x1F000..=0x1FAFF));
    if emoji { 2 } else { grapheme.chars().map(|point| if heavy(point) { 2 } else { 1 }).sum() }
}

/// The text, or as much of its beginning as fits with an ellipsis behind it. Nothing where not even that fits.
pub(super) fn cut(text: &str, room: usize, measure: Measure) -> String {
    if measure.of(text) <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(measure.of(ELLIPSIS)).filter(|room| *room > 0) else { return String::new() };
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += measure.of(grapheme);
        if used > room {
            break;
        }
        end = at + grapheme.len();
    }
    format!("{}{ELLIPSIS}", text[..end].trim_end())
}

/// A text without what cuts a line or a header: each line break and tab a space, other controls gone.
pub(super) fn flat(text: &str) -> String {
    let text = text.replace("\r\n", " ").replace(['\n', '\r', '\t', '\u{85}', '\u{2028}', '\u{2029}'], " ");
    crate::model::without_controls(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_never_torn_apart() {
        let family = "👩‍👩‍👧";
        assert_eq!(cut(&family.repeat(3), 2, Measure::Graphemes), format!("{family}…"));
        assert_eq!(cut("ab👩‍👩‍👧", 4, Measure::Points), "ab…");
        assert_eq!(Measure::Weighted.of(family), 2);
    }

    #[test]
    fn chinese_weighs_twice_and_the_ellipsis_too() {
        assert_eq!(Measure::Weighted.of("宜城ab"), 6);
        assert_eq!(cut("宜城新闻", 8, Measure::Weighted), "宜城新闻");
        assert_eq!(cut("宜城新闻", 7, Measure::Weighted), "宜城…");
    }

    #[test]
    fn without_room_there_is_no_text() {
        assert_eq!(cut("abc", 0, Measure::Points), "");
        assert_eq!(cut("abc", 1, Measure::Points), "");
    }

    #[test]
    fn a_line_break_becomes_a_space() {
        assert_eq!(flat("一\r\nBcc: x\u{7}\t二"), "一 Bcc: x 二");
    }
}
