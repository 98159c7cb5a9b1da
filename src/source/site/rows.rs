//! Rows of a listing: which box is one, what its title is, and which time it prints.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::outline::{Anchor, HEADINGS, Outline};
use crate::model::When;
use crate::source::dates::{self, Reading};

/// How far around a link its row may reach.
const ROW_LEVELS: usize = 6;
/// How far around a link its list may reach.
const LIST_LEVELS: usize = 12;
/// A text beside a title that is longer than this is a summary, and a date in it is the story's, not the row's (characters).
const LONGEST_LABEL: usize = 40;
/// Texts between a link and the date of its row, on either side: a row has a few, and a page of strangers' making has thousands.
const NEAR: usize = 60;
/// What makes a link a card rather than a line.
const BOXES: [&str; 9] = ["div", "p", "dl", "dt", "dd", "li", "section", "td", "header"];
/// How the classes of a title's box are called.
const CALLED_TITLE: [&str; 4] = [".tit", "title", "headline", ".bt"];
/// The line over a ranking is shorter (characters).
const LONGEST_HEADING: usize = 16;
/// A shorter text is a label (characters).
const SHORTEST_TITLE: usize = 6;
/// What a second link to the same article says.
const MORE: [&str; 9] = ["查阅全文", "阅读全文", "查看全文", "查看更多", "查看详情", "详情", "更多", "read more", "more"];

/// On which side of a title its date stands where rows have no box of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
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
fn date(outline: &Outline, anchor: &Anchor, row: Option<usize>, between: Range<usize>, reading: Reading) -> Option<When> {
    let link = &outline.elements[anchor.element];
    let behind = |to: usize| link.to..to.min(link.to + NEAR);
    let before = |from: usize| from.max(link.from.saturating_sub(NEAR))..link.from;
    let between = if between.start >= link.to { behind(between.end) } else { before(between.start) };
    let read = |range: Range<usize>| {
        let texts = outline.texts.get(range).unwrap_or_default();
        let labels = || texts.iter().filter(|text| text.chars().count() <= LONGEST_LABEL).map(String::as_str);
        let joined = labels().collect::<Vec<_>>().join(" ");
        dates::in_pieces(&joined).or_else(|| labels().find_map(|text| dates::find(text, reading))).or_else(|| dates::find(&joined, reading))
    };
    let boxed = row.and_then(|row| {
        let row = &outline.elements[row];
        read(behind(row.to)).or_else(|| read(before(row.from)))
    });
    boxed.or_else(|| read(between)).or_else(|| if link.to - link.from > 1 { read(link.from..link.to.min(link.from + NEAR)) } else { None })
}

/// The time printed in each row of a group.
pub(super) fn dates_of(outline: &Outline, group: &[&Anchor], reading: Reading) -> Vec<Option<When>> {
    let boxes = rows(outline, group);
    let bounds: Vec<usize> = group.iter().map(|anchor| outline.elements[anchor.element].from).collect();
    let inside = common_box(outline, group).unwrap_or_default();
    let end = outline.elements.get(inside.start).map_or(0, |element| element.to);
    let begin = outline.elements.get(inside.start).map_or(0, |element| element.from);
    let read = |side: Side| -> Vec<Option<When>> {
        let between = |i: usize| match side {
            Side::Behind => outline.elements[group[i].element].to..bounds.get(i + 1).copied().unwrap_or(end),
            Side::Before => i.checked_sub(1).map_or(begin, |before| outline.elements[group[before].element].to)..bounds[i],
        };
        (0..group.len()).map(|i| date(outline, group[i], boxes[i], between(i), reading)).collect()
    };
    let (behind, before) = (read(Side::Behind), read(Side::Before));
    if before.iter().flatten().count() > behind.iter().flatten().count() { before } else { behind }
}

/// The elements of the smallest box around a whole group. Elements stand in document order, so a box is a range.
pub(super) fn common_box(outline: &Outline, group: &[&Anchor]) -> Option<Range<usize>> {
    let (first, last) = (group.first()?.element, group.last()?.element);
    let around: HashSet<usize> = outline.upwards(first).collect();
    let top = outline.upwards(last).find(|element| around.contains(element))?;
    let behind = (top + 1..outline.elements.len()).find(|&element| outline.elements[element].parent < top);
    Some(top..behind.unwrap_or(outline.elements.len()))
}

/// The title of a link: a heading inside it, the title's box of a card, else its words; `title=` where they are cut or missing.
pub(super) fn title(outline: &Outline, anchor: &Anchor) -> Option<String> {
    let element = &outline.elements[anchor.element];
    let words = anchor.heading.clone().or_else(|| card_title(outline, anchor)).unwrap_or_else(|| {
        let pieces = outline.texts[element.from..element.to].iter().map(String::as_str);
        // A time inside the link is no part of the title.
        if element.to - element.from > 1 { pieces.filter(|piece| !dates::is_bare(piece)).collect() } else { pieces.collect::<String>() }
    });
    let words = words.trim_start_matches(['·', '•', '▪', '■', '>', '-', '◆', '●']).trim().to_owned();
    let hint = anchor.hint.as_ref().filter(|hint| is_cut(&words) || words.is_empty() || hint.starts_with(&words));
    hint.cloned().or(Some(words)).filter(|title| !title.is_empty() && !is_more(title))
}

/// The title of a link that spans a whole card: the box that is called so, else the first box with more than a label in it.
fn card_title(outline: &Outline, anchor: &Anchor) -> Option<String> {
    let inside = |&element: &usize| outline.elements[element].parent >= anchor.element;
    let below: Vec<usize> = (anchor.element + 1..outline.elements.len()).take_while(inside).collect();
    let boxes: Vec<usize> = below.iter().copied().filter(|&element| BOXES.contains(&outline.tag(element))).collect();
    let called = |element: &usize| is_called_title(outline, *element);
    let text = |element: &usize| Some(outline.text(*element)).filter(|text| !text.is_empty() && !dates::is_bare(text));
    let told = |text: &String| text.chars().count() >= SHORTEST_TITLE;
    // A box around other boxes is the card once more; the text stands in the inmost.
    let around: HashSet<usize> = boxes.iter().map(|&element| outline.elements[element].parent).collect();
    let inmost = |element: &&usize| !around.contains(*element);
    let called = below.iter().filter(|element| called(element)).find_map(text);
    called.or_else(|| boxes.iter().filter(inmost).filter_map(text).find(told))
}

fn is_called_title(outline: &Outline, element: usize) -> bool {
    CALLED_TITLE.iter().any(|word| outline.elements[element].spelling.contains(word))
}

/// Whether a link is a row's headline rather than its picture or its summary: it stands in a heading, or in what is called a title.
pub(super) fn is_headline(outline: &Outline, anchor: &Anchor) -> bool {
    let near = || outline.upwards(anchor.element).take(2);
    anchor.heading.is_some() || near().any(|element| HEADINGS.contains(&outline.tag(element)) || is_called_title(outline, element))
}

/// Whether a list is one of what is read much or recommended: its boxes are called so, or the short line before it says so.
pub(super) fn is_ranking(outline: &Outline, list: usize) -> bool {
    const CALLED: [&str; 14] = [
        "rank",
        "aside",
        "sidebar",
        "side",
        "hotlist",
        "recommend",
        "related",
        "popular",
        "trending",
        "paihang",
        "phb",
        "tuijian",
        "widget",
        "mostread",
    ];
    const SAID: [&str; 16] = [
        "排行",
        "热点",
        "热门",
        "热榜",
        "热搜",
        "推荐",
        "点击榜",
        "猜你喜欢",
        "ランキング",
        "人気",
        "인기",
        "most read",
        "most popular",
        "popular",
        "trending",
        "related",
    ];
    let called = |element: usize| {
        let spelling = &outline.elements[element].spelling;
        spelling.split(['.', '-', '_']).any(|word| CALLED.contains(&word))
            || CALLED.iter().any(|word| word.len() > 6 && spelling.contains(word))
    };
    let before = outline.elements[list].from.checked_sub(1).and_then(|at| outline.texts.get(at));
    let said = before.filter(|text| text.chars().count() <= LONGEST_HEADING).map(|text| text.to_lowercase());
    outline.upwards(list).any(called) || said.is_some_and(|text| SAID.iter().any(|word| text.contains(word)))
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
