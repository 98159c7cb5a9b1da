//! What else belongs to a list: rows that are spelled otherwise and stand among the others.

use std::collections::{HashMap, HashSet};

use super::outline::{Anchor, HEADINGS, Outline};
use super::rows;
use crate::model::CanonicalUrl;

/// The group with those of other spelling that stand in the same box: they lead to the same kind of address, or their rows are
/// sisters of its rows and built alike. So a first row in bold and a row of pictures are found. Where the box holds more strangers
/// than that it is no list's box, and nothing is added.
pub(super) fn with_neighbours<'a>(outline: &Outline, group: Vec<&'a Anchor>, anchors: &[&'a Anchor]) -> Vec<&'a Anchor> {
    let Some(inside) = rows::common_box(outline, &group) else { return group };
    let known: HashSet<&CanonicalUrl> = group.iter().map(|anchor| &anchor.url).collect();
    let shapes = usual(group.iter().map(|anchor| shape(&anchor.url)), group.len());
    let rows = rows::rows(outline, &group);
    let parents: HashSet<usize> = rows.iter().flatten().map(|&row| outline.elements[row].parent).collect();
    let built = usual(group.iter().zip(&rows).filter_map(|(anchor, row)| Some(ladder(outline, anchor, (*row)?))), group.len());
    let sister = |anchor: &Anchor| {
        let row = outline.upwards(anchor.element).find(|&element| parents.contains(&outline.elements[element].parent));
        row.is_some_and(|row| built.contains(&ladder(outline, anchor, row)))
    };
    let alike = |anchor: &&&Anchor| {
        let near = inside.contains(&anchor.element) && !known.contains(&anchor.url);
        near && (shapes.contains(&shape(&anchor.url)) || sister(anchor))
    };
    let strangers: HashSet<&CanonicalUrl> = anchors.iter().filter(alike).map(|anchor| &anchor.url).collect();
    if strangers.is_empty() || strangers.len() * 3 > known.len() {
        return group;
    }
    let members: HashSet<usize> = group.iter().map(|member| member.element).collect();
    let belongs = |anchor: &&&'a Anchor| alike(anchor) || members.contains(&anchor.element);
    anchors.iter().filter(belongs).copied().collect()
}

/// Every link of a front page whose address is built as those of its group are: its headline, its pictures and its short lists hold
/// one article each, or three.
pub(super) fn everywhere<'a>(group: &[&'a Anchor], anchors: &[&'a Anchor]) -> Vec<&'a Anchor> {
    let shapes = usual(group.iter().map(|anchor| shape(&anchor.url)), group.len());
    // Without a number an address does not tell an article from a column.
    let belongs = |anchor: &&&'a Anchor| {
        let shape = shape(&anchor.url);
        shape.contains('#') && shapes.contains(&shape) || group.iter().any(|member| std::ptr::eq(*member, **anchor))
    };
    anchors.iter().filter(belongs).copied().collect()
}

/// What at least a quarter of a group has.
fn usual(of: impl Iterator<Item = String>, members: usize) -> HashSet<String> {
    let mut counted: HashMap<String, usize> = HashMap::new();
    for one in of {
        *counted.entry(one).or_default() += 1;
    }
    counted.into_iter().filter(|(_, count)| *count * 4 >= members).map(|(one, _)| one).collect()
}

/// The tags from a link up to its row.
fn ladder(outline: &Outline, anchor: &Anchor, row: usize) -> String {
    let up = outline.upwards(anchor.element).take_while(|&element| element >= row);
    let tags: Vec<&str> = up.map(|element| outline.tag(element)).collect();
    // A title in a heading is one wherever in its row the heading stands.
    let heading = tags.iter().find(|tag| HEADINGS.contains(tag));
    heading.zip(tags.last()).map_or_else(|| tags.join("<"), |(heading, row)| format!("{heading}<{row}"))
}

/// An address with every number as `#`: articles of one system look alike.
pub(super) fn shape(url: &CanonicalUrl) -> String {
    let url = url.url();
    let mut shape = String::new();
    for c in url[url::Position::BeforePath..].chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if c != '#' || !shape.ends_with('#') {
            shape.push(c);
        }
    }
    shape
}
