//! Rows of a listing: which box is one, what its title is, and which time it prints.

use std::collections::HashMap;
use std::ops::Range;

use super::outline::{Anchor, Outline};
use crate::model::When;
use crate::source::dates::{self, Reading};

/// How far around a link its row may reach.
const ROW_LEVELS: usize = 6;
/// How far around a link its list may reach.
const LIST_LEVELS: usize = 12;
/// A text beside a title that is longer than this is a summary, and a date in it is the story's, not the row's (characters).
const LONGEST_LABEL: usize = 40;
/// What a second link to the same article says.
const MORE: [&str; 9] = ["查阅全文", "阅读全文", "查看全文", "查看更多", "查看详情", "详情", "更多", "read more", "more"];

/// On which side of a title its date stands where rows have no box of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Before it.
    Before,
    /// Behind it.
    Behind,
}

/// For each box: the one article of the group in it, or `None` where there are more.
type Holds<'a> = HashMap<usize, Option<&'a str>>;

fn holds<'a>(outline: &Outline, group: &[&'a Anchor]) -> Holds<'a> {
    let mut holds = Holds::new();
    for anchor in group {
        let url = anchor.url.as_str();
        for element in outline.upwards(anchor.element).take(LIST_LEVELS) {
            holds.entry(element).and_modify(|seen| *seen = seen.filter(|seen| *seen == url)).or_insert(Some(url));
        }
    }
    holds
}

/// The box of each link's row: the widest around it that holds no other article of the group. `None`: rows have no boxes.
pub(super) fn rows(outline: &Outline, group: &[&Anchor]) -> Vec<Option<usize>> {
    // A group of one would take the whole page for its row.
    if let [anchor] = group {
        return vec![Some(outline.elements[anchor.element].parent)];
    }
    let holds = holds(outline, group);
    let alone = |element: &usize| holds.get(element).is_some_and(Option::is_some);
    group.iter().map(|anchor| outline.upwards(anchor.element).take(ROW_LEVELS).take_while(alone).last()).collect()
}

/// The box of each link's list: the smallest around it that holds more than one article of the group.
pub(super) fn lists(outline: &Outline, group: &[&Anchor]) -> Vec<usize> {
    let holds = holds(outline, group);
    let several = |element: &usize| holds.get(element).is_some_and(Option::is_none);
    group.iter().map(|anchor| outline.upwards(anchor.element).take(LIST_LEVELS).find(several).unwrap_or_default()).collect()
}

/// The time a row prints: beside the title in its box, else `between` it and the next title, else in a label inside the link.
pub(super) fn date(outline: &Outline, anchor: &Anchor, row: Option<usize>, between: Range<usize>, reading: Reading) -> Option<When> {
    let link = &outline.elements[anchor.element];
    let read = |range: Range<usize>| {
        let texts = outline.texts.get(range).unwrap_or_default();
        let labels = || texts.iter().filter(|text| text.chars().count() <= LONGEST_LABEL);
        // Day and year may stand in two elements: `10-29` over `2021`.
        labels()
            .find_map(|text| dates::find(text, reading))
            .or_else(|| dates::find(&labels().map(String::as_str).collect::<Vec<_>>().join(" "), reading))
    };
    let boxed = row.and_then(|row| {
        let row = &outline.elements[row];
        read(link.to..row.to).or_else(|| read(row.from..link.from))
    });
    boxed.or_else(|| read(between)).or_else(|| if link.to - link.from > 1 { read(link.from..link.to) } else { None })
}

/// The title of a link: a heading inside it, else its words; `title=` where they are cut or missing.
pub(super) fn title(outline: &Outline, anchor: &Anchor) -> Option<String> {
    let element = &outline.elements[anchor.element];
    let pieces = &outline.texts[element.from..element.to];
    let words = match &anchor.heading {
        Some(heading) => heading.clone(),
        // A card holds title, summary and date, each in an element; a title with a word in bold is in pieces too, but short ones.
        None if pieces.len() > 1 && pieces.iter().map(|piece| piece.chars().count()).sum::<usize>() > 60 => longest_label(pieces),
        None => outline.text(anchor.element),
    };
    let words = words.trim_start_matches(['·', '•', '▪', '■', '>', '-', '◆', '●']).trim().to_owned();
    let hint = anchor.hint.as_ref().filter(|hint| is_cut(&words) || words.is_empty() || hint.starts_with(&words));
    hint.cloned().or(Some(words)).filter(|title| !title.is_empty() && !is_more(title))
}

fn longest_label(pieces: &[String]) -> String {
    let label = pieces.iter().filter(|piece| piece.chars().count() <= 60).max_by_key(|piece| piece.chars().count());
    label.or(pieces.first()).cloned().unwrap_or_default()
}

/// Of two wordings of one title, the whole one; of two whole ones, the first.
pub(super) fn better_title(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) if is_cut(&first) && !is_cut(&second) => Some(second),
        (first, second) => first.or(second),
    }
}

/// Whether a title was cut for its column.
pub(super) fn is_cut(title: &str) -> bool {
    title.ends_with('…') || title.ends_with("...") || title.ends_with("..")
}

fn is_more(title: &str) -> bool {
    let words = title.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    words.is_empty() || MORE.contains(&words.as_str())
}
