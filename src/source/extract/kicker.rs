//! Kickers: the words above a headline that name its topic, and are no part of it.

use dom_query::{Document, NodeRef};

use super::head::Head;
use super::words::{bare, len};

/// Parts of class names of kickers.
const KICKERS: &str = "kicker overline over-line dachzeile topline roofline pretitle pre-title eyebrow spitzmarke antetitulo occhiello surtitre overtitle supertitle \
                       headline-prefix headline__prefix label-topic overhead strapline";

/// Parts of headings that are looked into.
const PARTS: usize = 200;

/// A headline without its kicker is no shorter (characters).
const SHORTEST: usize = 12;

/// Takes kickers out of the headings of a page, where the page's markup tells them from the headline and machines were told none of them.
pub(super) fn take_off(document: &Document, head: &Head) {
    let told = [head.meta(&["og:title"]).map(str::to_owned), head.told("headline"), head.title.clone()];
    let told: Vec<String> = told.into_iter().flatten().map(|told| bare(&told)).collect();
    for node in parts(document) {
        let names = node.attr_or("class", "").to_ascii_lowercase();
        let own = bare(&node.text());
        if !KICKERS.split_whitespace().any(|word| names.contains(word)) || told.iter().any(|told| told.contains(&own)) {
            continue;
        }
        let heading = node.ancestors_it(None).find(|above| above.has_name("h1") || above.has_name("h2"));
        if heading.is_some_and(|heading| len(heading.text().trim()) >= len(node.text().trim()) + SHORTEST) {
            node.remove_from_parent();
        }
    }
}

/// What stands in the great headings of a page and has a class.
fn parts(document: &Document) -> Vec<NodeRef<'_>> {
    let heads = |node: &NodeRef<'_>| node.has_name("h1") || node.has_name("h2");
    let outermost = |node: &NodeRef<'_>| heads(node) && !node.ancestors_it(None).any(|above| heads(&above));
    let root = document.root();
    let headings = root.descendants_it().filter(outermost);
    headings.flat_map(|heading| heading.descendants_it().filter(|part| part.has_attr("class")).collect::<Vec<_>>()).take(PARTS).collect()
}

/// A printed headline without the kicker in front of its colon or dash, where the page tells machines the headline alone.
pub(super) fn without(printed: &str, head: &Head) -> Option<String> {
    let whole = bare(printed);
    let told = [head.meta(&["og:title"]).map(str::to_owned), head.told("headline"), head.told("alternativeHeadline")];
    told.into_iter().flatten().find_map(|told| {
        let own = bare(&told);
        let kicker = whole.strip_suffix(own.as_str()).filter(|kicker| !kicker.is_empty())?;
        if len(&own) < SHORTEST || len(&own) < len(kicker) {
            return None;
        }
        // As it is printed, from behind the kicker and its separator on. Styles may part the two, and nothing else.
        let end = printed.char_indices().map(|(at, c)| at + c.len_utf8()).find(|&end| bare(&printed[..end]) == kicker)?;
        let rest = printed[end..].trim_start_matches(['”', '"', '«', '»', '’', '?', '!', '.']);
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '|' | '–' | '—' | '-'));
        Some(if rest.is_empty() { printed[end..].trim() } else { rest }.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markup_tells_a_kicker() {
        let page =
            Document::from("<h1><span class='article-title__overline'>Auf dem Fluss</span> <span>Die alte Fähre fährt wieder</span></h1>");
        take_off(&page, &Head::default());
        assert_eq!(page.select("h1").text().trim(), "Die alte Fähre fährt wieder");
    }

    #[test]
    fn machines_tell_a_kicker() {
        let head = Head::read(&Document::from("<meta property=og:title content='Die alte Fähre fährt wieder'>"), None);
        assert_eq!(without("Auf dem Fluss: Die alte Fähre fährt wieder", &head).as_deref(), Some("Die alte Fähre fährt wieder"));
        assert_eq!(without("Auf dem Fluss Die alte Fähre fährt wieder", &head).as_deref(), Some("Die alte Fähre fährt wieder"));
        assert_eq!(without("\"Auf dem Fluss\"Die alte Fähre fährt wieder", &head).as_deref(), Some("Die alte Fähre fährt wieder"));
        assert_eq!(without("Die alte Fähre fährt wieder", &head), None);
        assert_eq!(without("Und noch einmal: Fähre fährt wieder", &head), None);
    }
}
