//! What a page's markup and its JSON-LD say of a body in another language than Chinese: its standfirst, what in it is caption, box,
//! teaser or embedded post, and which lines are the article's own.
//!
//! Readability judges blocks by their density, so it leaves out a summary that stands in the page's header, and keeps whatever stands
//! between two paragraphs.

use std::collections::{HashMap, HashSet};

use super::body::BodyLines;
use super::head::Head;
use super::lines::{Line, Shape};
use super::marks;
use super::title::{self, Headline};
use super::words::{bare, ends_closed, len};
use crate::model::Byline;

/// A standfirst is no shorter (characters).
const STANDFIRST: usize = 40;

/// How many lines may be a standfirst.
const STANDFIRSTS: usize = 3;

/// How many lines may lie between a headline and running text that is its standfirst.
const NEAR: usize = 8;

/// Marks that take more than this share of the running text are mistaken: a theme may call its whole article a gallery.
const TAKEN: f32 = 0.4;

/// JSON-LD that holds less than this share of the running text is a preview.
const WHOLE: f32 = 0.8;

/// How many lines are looked up in JSON-LD: each look reads all of it.
const SEARCHES: usize = 600;

/// The page that a body was taken from.
pub(super) struct Page<'a> {
    /// Its lines.
    pub all: &'a [Line],
    /// What it says of itself.
    pub head: &'a Head,
    /// Its headline.
    pub headline: Option<&'a Headline>,
    /// Where among its lines the body begins.
    pub first: usize,
}

/// The body with its standfirst and without what the page says is beside it.
pub(super) fn refined(mut body: Vec<Line>, page: &Page<'_>) -> BodyLines {
    let mut dropped = Vec::new();
    without_beside(&mut body, page.all, &mut dropped);
    let described = described(page.head);
    if let Some(told) = page.head.body() {
        without_untold(&mut body, &bare(&told), &described, &mut dropped);
    }
    // A standfirst may be written as a heading.
    for line in body.iter_mut().take_while(|line| !line.is_prose()).filter(|line| matches!(line.shape, Shape::Heading(_))) {
        if len(&line.text) >= STANDFIRST && repeats(&described, line.bare()) {
            (line.shape, line.lead) = (Shape::Paragraph, true);
        }
    }
    let mut lines = standfirst(&body, page, &described);
    lines.append(&mut body);
    BodyLines { lines, dropped }
}

/// How a page describes itself, bare.
fn described(head: &Head) -> Vec<String> {
    let told = ["description", "og:description", "twitter:description"];
    let mut described: Vec<String> = told.iter().filter_map(|name| head.meta(&[name])).map(bare).collect();
    described.extend(head.told("description").as_deref().map(bare));
    described.retain(|own| len(own) >= STANDFIRST / 2);
    described
}

/// Whether a page's description repeats a line, or begins with it.
fn repeats(described: &[String], own: &str) -> bool {
    described.iter().any(|told| told.starts_with(own) || own.starts_with(told.as_str()))
}

/// Lines between headline and body that are the article's summary: their markup says so, the page's description repeats them, or
/// they are running text right below the headline.
fn standfirst(body: &[Line], page: &Page<'_>, described: &[String]) -> Vec<Line> {
    let title = page.headline.and_then(|headline| headline.at);
    let from = title.map_or(page.first.saturating_sub(NEAR), |at| at + 1).min(page.first);
    let known: String = body.iter().map(super::lines::Line::bare).collect();
    let mut found: Vec<Line> = Vec::new();
    for (at, line) in page.all.iter().enumerate().take(page.first).skip(from) {
        let own = line.bare();
        let near = title.is_some_and(|title| at <= title + NEAR) && line.is_prose() && ends_closed(&line.text);
        let repeated = repeats(described, own);
        let usable = len(&line.text) >= STANDFIRST
            && (!line.aside || repeated)
            && !line.is_link()
            && !line.byline
            && matches!(line.beside, None | Some("tools"))
            && line.shape != Shape::Caption
            && !title::is_mostly_time(&line.text)
            && line.judged().is_none();
        if usable && (line.lead || repeated || near) && !known.contains(own) && found.iter().all(|one| one.bare() != own) {
            found.push(Line { shape: Shape::Paragraph, pictures: Vec::new(), lead: true, ..line.clone() });
        }
        if found.len() == STANDFIRSTS {
            break;
        }
    }
    found
}

/// Takes out the lines that stand in a part of the page that is named as no copy. The body has lost those names; its text has not.
fn without_beside(body: &mut Vec<Line>, all: &[Line], dropped: &mut Vec<(&'static str, String)>) {
    let rule_of = |line: &Line| match (line.beside, line.shape) {
        // A short line alone is a tool; running text under such a name is not.
        (Some("tools"), _) if line.is_prose() || len(&line.text) > NOTE => None,
        (Some(rule), _) => Some(rule),
        (None, Shape::Caption) => Some("caption"),
        (None, _) if line.aside => Some("beside the article"),
        (None, _) => None,
    };
    let mut marked: HashMap<&str, &'static str> = HashMap::new();
    let mut plain: HashSet<&str> = HashSet::new();
    let mut echoed = false;
    for line in all.iter().filter(|line| !line.text.is_empty()) {
        let pulled = line.beside == Some(marks::PULLED);
        // The name of the speaker stands below the quotation.
        echoed = pulled && (echoed && len(&line.text) <= NOTE || is_echo(line, all));
        match rule_of(line).filter(|_| !pulled || echoed) {
            Some(rule) => {
                marked.insert(line.bare(), rule);
            }
            None => {
                plain.insert(line.bare());
            }
        }
    }
    marked.retain(|text, _| !text.is_empty() && !plain.contains(text));
    let rules: Vec<Option<&'static str>> = body.iter().map(|line| marked.get(line.bare()).copied()).collect();
    let weight = |rule: Option<&str>| {
        let lines = body.iter().zip(&rules).filter(|(line, own)| line.is_prose() && rule.is_none_or(|rule| **own == Some(rule)));
        lines.map(|(line, _)| len(&line.text)).sum::<usize>() as f32
    };
    let total = weight(None);
    let mistaken: HashSet<&str> =
        rules.iter().flatten().copied().filter(|rule| *rule != "caption" && weight(Some(rule)) > TAKEN * total).collect();
    let mut at = 0;
    body.retain_mut(|line| {
        let rule = rules[at].filter(|rule| !mistaken.contains(rule));
        at += 1;
        let Some(rule) = rule else { return true };
        if rule == "caption" && line.pictures.is_empty() {
            // Under its picture it stays, as the caption it is.
            line.shape = Shape::Caption;
            return true;
        }
        dropped.push((rule, line.take_text()));
        !line.pictures.is_empty()
    });
}

/// Whether a paragraph of the page holds what a line says, and more.
fn is_echo(line: &Line, all: &[Line]) -> bool {
    let own = line.bare();
    let holds = |other: &Line| other.beside.is_none() && other.is_prose() && other.bare().len() > own.len() && other.bare().contains(own);
    !own.is_empty() && all.iter().any(holds)
}

/// A note or a label is shorter (characters).
const NOTE: usize = 80;

/// Takes out paragraphs that the JSON-LD body does not hold, where that is whole: headings and lists are often left out of it.
fn without_untold(body: &mut Vec<Line>, told: &str, described: &[String], dropped: &mut Vec<(&'static str, String)>) {
    let held: Vec<bool> = body.iter().take(SEARCHES).map(|line| holds(told, line.bare())).collect();
    let weight = |held_only: bool| {
        let lines = body.iter().zip(&held).filter(|(line, held)| line.is_prose() && (!held_only || **held));
        lines.map(|(line, _)| len(&line.text)).sum::<usize>() as f32
    };
    let total = weight(false);
    if total <= 0.0 || weight(true) < WHOLE * total {
        return;
    }
    let mut at = 0;
    // Whether the next line with a text is held; lists and tables are often left out of what is told.
    let mut next_held = vec![false; held.len()];
    let mut next = false;
    for (at, line) in body.iter().enumerate().take(held.len()).rev() {
        next_held[at] = next;
        if !line.text.is_empty() && line.shape != Shape::Caption {
            next = held[at] || matches!(line.shape, Shape::Block | Shape::Listed(_));
        }
    }
    body.retain_mut(|line| {
        let here = at;
        at += 1;
        let kept = held.get(here).copied().unwrap_or(true)
            || line.text.is_empty()
            || matches!(line.shape, Shape::Caption | Shape::Block | Shape::Listed(_))
            || len(&line.text) >= STANDFIRST && repeats(described, line.bare())
            || (matches!(line.shape, Shape::Heading(_)) || line.bold) && next_held.get(here).copied().unwrap_or(false);
        if !kept {
            dropped.push(("not in the JSON-LD body", line.take_text()));
        }
        kept || !line.pictures.is_empty()
    });
}

/// How much of a paragraph is looked for at either end: links and marks in it are often written otherwise (characters).
const END: usize = 30;

fn holds(told: &str, own: &str) -> bool {
    let count = len(own);
    if count <= 2 * END {
        return !own.is_empty() && told.contains(own);
    }
    let head: String = own.chars().take(END).collect();
    let tail: String = own.chars().skip(count - END).collect();
    told.contains(&head) || told.contains(&tail)
}

/// Lines at either end that are shorter and end without a mark are labels (characters).
const LABEL: usize = 40;

/// A body of fewer paragraphs may be made of short lines.
const PARAGRAPHS: usize = 3;

/// How many lines at the end may speak of the author.
const CLOSING: usize = 4;

/// Takes labels and bylines off both ends of a body, and the note on its author at the end.
pub(super) fn trim(copy: &mut BodyLines, head: &Head, title: Option<&str>, authors: &[Byline]) {
    if copy.lines.iter().filter(|line| line.is_prose()).count() < PARAGRAPHS {
        return;
    }
    let titles = [title, head.meta(&["og:title"]), head.title.as_deref(), head.meta(&["twitter:title"])];
    let mut titles: Vec<String> = titles.into_iter().flatten().map(bare).collect();
    titles.extend(head.told("headline").as_deref().map(bare));
    without_links(copy);
    let names: Vec<String> = authors.iter().map(|author| bare(&author.name)).filter(|name| len(name) >= 5).collect();
    let names_author = |own: &str| names.iter().any(|name| own.contains(name.as_str()));
    let loose = |line: &Line| !line.text.is_empty() && !matches!(line.shape, Shape::Block | Shape::Caption | Shape::Listed(_));
    let label = |line: &Line| loose(line) && len(&line.text) < LABEL && !ends_closed(&line.text);
    let first = copy.lines.iter().position(|line| line.is_prose() && !line.lead).unwrap_or_default();
    for line in copy.lines[..first].iter_mut().filter(|line| !line.lead) {
        let own = line.bare();
        let echo = titles.iter().any(|title| len(title) >= 10 && (own.contains(title) || title.contains(own)));
        if loose(line) && (echo || label(line) || title::is_mostly_time(&line.text) || names_author(own) && len(&line.text) < 2 * LABEL) {
            copy.dropped.push(("label before the text", line.take_text()));
        }
    }
    let from = copy.lines.len().saturating_sub(CLOSING);
    let people: Vec<&Byline> = authors.iter().filter(|author| author.name.contains(' ')).collect();
    for line in copy.lines[from..].iter_mut().filter(|line| people.iter().any(|author| line.text.starts_with(&author.name))) {
        copy.dropped.push(("note on the author", line.take_text()));
    }
    for line in copy.lines.iter_mut().rev() {
        let own = line.bare();
        let credit = loose(line) && !line.is_prose() && names_author(own);
        if !line.text.is_empty() && !label(line) && !credit {
            break;
        }
        if !line.text.is_empty() {
            copy.dropped.push(("label behind the text", line.take_text()));
        }
    }
    copy.lines.retain(|line| !line.text.is_empty() || !line.pictures.is_empty());
}

/// Bare links that make up more than this share of the lines are the copy: a list of places to go.
const LINKED: f32 = 0.3;

/// Takes out links to other articles between the paragraphs: whole lines, without the mark that ends a sentence.
fn without_links(copy: &mut BodyLines) {
    let is_link = |line: &Line| {
        line.linked > 0.9 && !line.lead && !ends_closed(&line.text) && matches!(line.shape, Shape::Paragraph | Shape::Listed(_))
    };
    let links = copy.lines.iter().filter(|line| is_link(line)).count();
    if links as f32 > LINKED * copy.lines.len() as f32 {
        return;
    }
    for line in copy.lines.iter_mut().filter(|line| is_link(line)) {
        copy.dropped.push(("link between paragraphs", line.take_text()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Input, extract};
    use crate::model::Millis;

    const ONE: &str = "The old ferry landing was mended yesterday, and people can cross the river by boat again.";
    const TWO: &str = "A flood had carried the jetty away last summer, and the two banks had lost touch with each other.";
    const THREE: &str = "The boats go every half hour from six in the morning, the harbour master told the council on Monday.";

    fn text(page: &str) -> String {
        let input = Input {
            bytes: page.as_bytes(),
            url: None,
            content_type: None,
            zone: chrono_tz::Europe::London,
            source: "x",
            seen_at: Millis(0),
            line_frequency: None,
        };
        extract(&input).text
    }

    fn article(head: &str, before: &str, between: &str, behind: &str) -> String {
        text(&format!(
            "<html lang=en><head><title>A landing mended at last</title>{head}</head><body><header><h1>A landing mended at last</h1>{before}</header>\
             <div class=text><p>{ONE}</p>{between}<p>{TWO}</p><p>{THREE}</p>{behind}</div></body></html>"
        ))
    }

    fn three() -> String {
        format!("{ONE}\n{TWO}\n{THREE}")
    }

    #[test]
    fn a_standfirst_belongs_to_the_text() {
        let lead = "Two banks of one river are neighbours again after a long year";
        assert_eq!(article("", &format!("<p class='article__standfirst'>{lead}</p>"), "", ""), format!("{lead}\n{}", three()));
    }

    #[test]
    fn what_the_markup_names_as_no_copy_goes() {
        let between = "<div class='image-caption'>The landing as it looked before the flood came</div>\
                       <div class='newsletter-box'><p>Every morning the best stories of the river come to you, read by thousands.</p></div>\
                       <p><a href=/other>Boats are dearer this year than last</a></p>";
        assert_eq!(article("", "<p>River life</p>", between, ""), three());
    }

    #[test]
    fn a_box_within_the_text_does_not_end_it() {
        let between = "<div class=teaser><a href=/other><span>Related</span><h3>Boats are dearer this year than last</h3></a>\
                       <p>What a rower pays for his boat has doubled, and nobody knows why.</p></div>";
        assert_eq!(article("", "", between, ""), three());
        let behind = format!("{between}<p>It is the last boat of its kind.</p>");
        assert_eq!(article("", "", "", &behind), three());
    }

    #[test]
    fn a_pull_quote_goes_where_the_text_holds_it() {
        let quote = |said: &str| {
            format!("<figure class='block-pullquote'><blockquote><p>{said}</p><cite>Ann Lee, ferrywoman</cite></blockquote></figure>")
        };
        assert_eq!(article("", "", &quote("the two banks had lost touch with each other"), ""), three());
        assert!(article("", "", &quote("“Nobody wanted to row the long way round any more.”"), "").contains("“Nobody wanted"));
    }

    #[test]
    fn names_that_would_take_the_whole_article_are_mistaken() {
        let page = format!(
            "<html><body><h1>A landing mended at last</h1><div class='gallery'><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div></body></html>"
        );
        assert_eq!(text(&page), three());
    }

    #[test]
    fn a_whole_json_ld_body_decides() {
        let extra = "<p>Our shop has oars, ropes and lamps for every boat on the river.</p>";
        let told = |body: &str| {
            format!(
                r#"<script type="application/ld+json">{{"@type":"NewsArticle","headline":"A landing mended at last","articleBody":"{body}"}}</script>"#
            )
        };
        assert_eq!(article(&told(&format!("{ONE} {TWO} {THREE}")), "", extra, ""), three());
        // A preview tells nothing of the rest.
        assert!(article(&told(ONE), "", extra, "").contains("oars"));
    }

    #[test]
    fn a_note_on_the_author_is_no_text() {
        let byline = r#"<script type="application/ld+json">{"@type":"NewsArticle","author":{"@type":"Person","name":"Ann Lee"}}</script>"#;
        let note = "<p>Ann Lee writes about boats and bridges, and lives on the river with two dogs and a cat.</p>";
        assert_eq!(article(byline, "", "", note), three());
    }
}
