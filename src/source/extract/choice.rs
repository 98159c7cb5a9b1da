//! Which of a page's lines are its body, before the line rules: Readability's choice, put right by what the page's lines show.

use std::collections::{HashMap, HashSet};

use dom_query::Document;
use dom_smoothie::{Config, Readability};
use url::Url;

use super::furniture::{self, Reach};
use super::lines::{self, Line, Shape};
use super::title::{self, Headline};
use super::words::{bare, ends_closed, is_han, len};
use super::{body, clamp};

/// Deeper trees are not handed to Readability, which recurses; the bounds of [`clamp`] keep real pages far below.
const DEEPEST: usize = 3 * clamp::DEPTH;

/// The body before the line rules, and where it stands among the page's lines.
pub(super) struct Chosen {
    /// Its lines.
    pub lines: Vec<Line>,
    /// What chose it.
    pub rule: &'static str,
    /// Where among the page's lines it begins.
    pub first: usize,
    /// Where it ends.
    pub last: usize,
}

/// Readability's choice, or the page's own run of running text where Readability leaves most of it out.
pub(super) fn choose_body(document: Document, all: &[Line], headline: Option<&Headline>, base: Option<&Url>) -> Chosen {
    let start = headline.and_then(|headline| headline.at).map_or(0, |at| at + 1);
    let (run_first, run_last) = densest(all, start);
    let run = &all[run_first..run_last];
    let readable = behind_headline(readability(document, base), all, headline);
    let weight = |lines: &[Line]| lines.iter().filter(|line| line.is_prose() && !line.is_link()).map(|line| len(&line.text)).sum::<usize>();
    let (readable_weight, run_weight) = (weight(&readable), weight(run));
    if let Some((first, last)) = album(all, start, readable_weight.max(run_weight)) {
        let mut lines: Vec<Line> = all[first..last].iter().filter(|line| !line.aside).cloned().collect();
        for line in lines.iter_mut().filter(|line| is_number(&line.text)) {
            line.take_text();
        }
        return Chosen { lines, rule: "pictures with captions", first, last };
    }
    if readable.is_empty() || readable_weight * 2 < run_weight || readable_weight == 0 && run_weight > 0 {
        let lines = completed(run.to_vec(), all, start.min(run_first), run_first, run_last);
        return Chosen { lines, rule: "densest run of lines", first: run_first, last: run_last };
    }
    let (first, last) = place(&readable, all, start).unwrap_or((run_first, run_last));
    let last = extended(&readable, all, first, last);
    let lines = completed(readable, all, start.min(first), first, last);
    Chosen { lines, rule: "readability", first, last }
}

/// Whether a text is nothing, or the number of a picture.
fn is_number(text: &str) -> bool {
    text.len() <= 7 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '/' | ' '))
}

/// So many pictures of one kin, each with its caption, are an album.
const ALBUM: usize = 3;

/// The part of a page that is an album: pictures whose places in the markup are the same, each with words below it, where the words hold
/// most of what the page says. Running text right before it is its introduction.
fn album(all: &[Line], start: usize, prose: usize) -> Option<(usize, usize)> {
    let usable = |line: &Line| !line.aside && !line.is_link() && line.judged().is_none();
    let is_blank = |line: &Line| is_number(&line.text);
    let is_plate = |at: usize| {
        let pictured = !all[at].pictures.is_empty() && all[at].links.iter().all(|(_, href)| href.is_empty());
        pictured
            && if is_blank(&all[at]) { all.get(at + 1).is_some_and(|next| !next.text.is_empty() && usable(next)) } else { usable(&all[at]) }
    };
    let caption = |at: usize| if is_blank(&all[at]) { at + 1 } else { at };
    let mut kin: HashMap<(u64, u64), Vec<usize>> = HashMap::new();
    for at in (start..all.len()).filter(|&at| is_plate(at)) {
        kin.entry((all[at].kin, all[caption(at)].kin)).or_default().push(at);
    }
    let plates =
        kin.into_values().filter(|plates| plates.len() >= ALBUM).max_by_key(|plates| (plates.len(), std::cmp::Reverse(plates[0])))?;
    let words: usize = plates.iter().map(|&at| len(&all[caption(at)].text)).sum();
    let (first, last) = (*plates.first()?, caption(*plates.last()?) + 1);
    let before: usize =
        all[start.min(first)..first].iter().filter(|line| line.is_prose() && usable(line)).map(|line| len(&line.text)).sum();
    // What lies between two plates are their own words; a text above them that is longer is no introduction, but the article.
    let tight = last - first <= 4 * plates.len();
    let from =
        all[start.min(first)..first].iter().position(|line| line.is_prose() && usable(line)).map_or(first, |at| start.min(first) + at);
    (tight && before <= words && (words + before) * 10 >= prose * 9).then_some((from, last))
}

/// How many lines may lie between two paragraphs of one text: a teaser, a player, a form.
const GAP: usize = 14;

/// As many paragraphs of one kin make it the text's.
const KIN: usize = 3;

/// Where a body ends that Readability cut: behind the last paragraph whose place in the markup is that of the body's paragraphs.
fn extended(body: &[Line], all: &[Line], first: usize, last: usize) -> usize {
    let texts: HashSet<&str> = body.iter().filter(|line| line.is_prose()).map(|line| line.text.as_str()).collect();
    let mut kin: HashMap<u64, usize> = HashMap::new();
    for line in all[first..last].iter().filter(|line| texts.contains(line.text.as_str())) {
        *kin.entry(line.kin).or_default() += 1;
    }
    let mut end = last;
    for (at, line) in all.iter().enumerate().skip(last) {
        if at > end + GAP || line.judged().is_some_and(|(_, reach)| reach != Reach::Line) {
            break;
        }
        let related = kin.get(&line.kin).is_some_and(|count| *count >= KIN);
        if related && line.is_prose() && !line.aside && line.linked < 0.3 && line.judged().is_none() {
            end = at + 1;
        }
    }
    end
}

/// Where a body stands among the page's lines: from its first line of text to behind its last.
fn place(body: &[Line], all: &[Line], start: usize) -> Option<(usize, usize)> {
    let prose = |line: &&Line| line.is_prose();
    let copy = |line: &&Line| !line.text.is_empty() && line.judged().is_none() && !title::is_mostly_time(&line.text);
    let first = bare(&body.iter().find(prose).or_else(|| body.iter().find(copy))?.text);
    let last = bare(&body.iter().rev().find(prose).or_else(|| body.iter().rev().find(copy))?.text);
    let at = |text: &str, from: usize| {
        all.iter().enumerate().skip(from).find(|(_, line)| !text.is_empty() && line.bare() == text).map(|(at, _)| at)
    };
    let first = at(&first, start).or_else(|| at(&first, 0))?;
    let last = at(&last, first).unwrap_or(first);
    Some((first, last + 1))
}

/// A body without what stands before the headline; pictures stay.
fn behind_headline(lines: Vec<Line>, all: &[Line], headline: Option<&Headline>) -> Vec<Line> {
    let Some(headline) = headline else { return lines };
    let own = bare(&headline.text);
    // A page may ask for consent in whole sentences above its headline.
    let first_prose = lines.iter().position(|line| line.is_prose() && line.judged().is_none()).unwrap_or(lines.len());
    let echo = lines[..first_prose].iter().rposition(|line| line.bare() == own && !own.is_empty());
    let above: HashSet<&str> = all[..headline.at.unwrap_or(0)].iter().map(super::lines::Line::bare).collect();
    let before = |at: usize, line: &Line| echo.is_some_and(|echo| at < echo) || at < first_prose && above.contains(line.bare());
    lines
        .into_iter()
        .enumerate()
        .filter(|(at, line)| !before(*at, line) || !line.pictures.is_empty() && line.text.is_empty())
        .map(|(_, line)| line)
        .collect()
}

/// How many lines are looked up in the whole body: each look reads all of it.
const SEARCHES: usize = 500;

/// Puts back what Readability left out between the headline and the end of the text: pictures, and running text between running text.
fn completed(body: Vec<Line>, all: &[Line], start: usize, first: usize, last: usize) -> Vec<Line> {
    let known: HashSet<&str> = body.iter().flat_map(|line| &line.pictures).map(|picture| picture.url.as_str()).collect();
    let texts: HashSet<String> = body.iter().map(|line| line.bare().to_owned()).collect();
    let whole = bare(&body::text(&body, true));
    // Pictures may stand between the text and its credits.
    let behind = all[last..]
        .iter()
        .take(4)
        .take_while(|line| !line.aside && (line.text.is_empty() && !leads_away(line) || furniture::credit_line(line).is_some()))
        .count();
    // Headings are put back only where whole stretches of text are missing.
    let reach = all[..last].iter().rposition(|line| line.is_prose() && texts.contains(line.bare())).unwrap_or(last);
    let mut missing: Vec<(String, Line)> = Vec::new();
    let mut before = String::new();
    let mut searches = 0;
    for (at, line) in all.iter().enumerate().take(last + behind).skip(start.min(last)) {
        let own = line.bare();
        let pictures: Vec<_> = line.pictures.iter().filter(|picture| !known.contains(picture.url.as_str())).cloned().collect();
        let usable = !line.aside && !line.is_link();
        let leads = matches!(line.shape, Shape::Heading(_)) && all.get(at + 1).is_some_and(super::lines::Line::is_prose);
        let within = at >= first && at < last && (line.shape == Shape::Paragraph && line.is_prose() || leads && at > reach);
        let above = at < first && (is_deck(line) || is_caption(all, at));
        let absent = usable && (within || above) && !texts.contains(own) && searches < SEARCHES;
        searches += usize::from(absent);
        if absent && !whole.contains(own) && line.judged().is_none() {
            missing.push((before.clone(), line.clone()));
        } else if usable && !pictures.is_empty() {
            missing.push((before.clone(), Line { pictures, ..Line::default() }));
        }
        if texts.contains(own) && !own.is_empty() {
            own.clone_into(&mut before);
        }
    }
    woven(body, missing)
}

/// Whether a line is a second deck: newspapers begin it with a dash.
fn is_deck(line: &Line) -> bool {
    line.text.starts_with("——") && (6..=60).contains(&len(&line.text)) && line.text.chars().any(is_han)
}

/// Whether a line is the caption of the picture above it: a sentence, in a page whose captions are copy.
fn is_caption(all: &[Line], at: usize) -> bool {
    let line = &all[at];
    let below = at > 0 && !all[at - 1].pictures.is_empty() && all[at - 1].text.is_empty() && !leads_away(&all[at - 1]);
    below && line.shape == Shape::Paragraph && ends_closed(&line.text) && line.text.starts_with(is_han)
}

/// Whether a picture is a button or a way to another page: a link that leads to no picture.
fn leads_away(line: &Line) -> bool {
    let is_picture = |href: &str| {
        let path = href.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".bmp"].iter().any(|end| path.ends_with(end))
    };
    line.links.iter().any(|(_, href)| !href.is_empty() && !is_picture(href))
}

/// A body with lines put in, each behind the line of the body that it names; those that name none come first.
fn woven(body: Vec<Line>, missing: Vec<(String, Line)>) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(body.len() + missing.len());
    let mut missing = missing.into_iter().peekable();
    while let Some((_, line)) = missing.next_if(|(anchor, _)| anchor.is_empty()) {
        out.push(line);
    }
    for line in body {
        let own = line.bare().to_owned();
        out.push(line);
        while let Some((_, more)) = missing.next_if(|(anchor, _)| *anchor == own) {
            out.push(more);
        }
    }
    out.extend(missing.map(|(_, line)| line));
    out
}

fn readability(document: Document, base: Option<&Url>) -> Vec<Line> {
    let deepest = depth(&document);
    if deepest > DEEPEST {
        return Vec::new();
    }
    let config = Config { disable_json_ld: true, max_elements_to_parse: 2 * clamp::ELEMENTS, keep_classes: true, ..Config::default() };
    let Ok(mut readability) = Readability::with_document(document, None, Some(config)) else { return Vec::new() };
    readability.parse().map(|article| lines::of_body(&article.content, base)).unwrap_or_default()
}

/// The depth of a tree, without recursion.
fn depth(document: &Document) -> usize {
    let mut deepest = 0;
    let mut waiting = vec![(document.root(), 0)];
    while let Some((node, depth)) = waiting.pop() {
        deepest = deepest.max(depth);
        waiting.extend(node.children_it(false).filter(dom_query::NodeRef::is_element).map(|child| (child, depth + 1)));
    }
    deepest
}

/// The run of lines behind `start` that holds most running text and least else.
fn densest(all: &[Line], start: usize) -> (usize, usize) {
    let (mut best, mut from, mut sum, mut at_best) = (0_i64, start, 0_i64, (start, start));
    for (at, line) in all.iter().enumerate().skip(start) {
        if sum <= 0 {
            (sum, from) = (0, at);
        }
        sum += worth(line);
        if sum > best {
            (best, at_best) = (sum, (from, at + 1));
        }
    }
    at_best
}

fn worth(line: &Line) -> i64 {
    if line.aside {
        return -40;
    }
    let count = len(&line.text) as i64;
    match line.judged() {
        Some((_, Reach::Rest | Reach::End)) => -150,
        Some(_) => -5,
        None if line.is_link() => -count.min(30) - 10,
        None if line.is_prose() => count,
        None => -6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(body: &str) -> (String, &'static str) {
        let document = Document::from(format!("<title>老渡口</title><h1>老渡口</h1>{body}"));
        let all = lines::of_page(&document, None);
        let headline = Headline { text: "老渡口".to_owned(), at: Some(0), rule: "h1" };
        let chosen = choose_body(document, &all, Some(&headline), None);
        (body::text(&chosen.lines, true), chosen.rule)
    }

    const PLATES: &str = "<ul><li><i>1</i><img src=https://a.example/1.jpg><p>老渡口的早晨。</p></li><li><i>2</i><img src=https://a.example/2.jpg>\
        <p>船靠岸了。</p></li><li><i>3</i><img src=https://a.example/3.jpg><p>灯还亮着。</p></li></ul>";

    #[test]
    fn an_album_is_its_plates_and_an_article_with_pictures_is_none() {
        assert_eq!(chosen(PLATES), ("老渡口的早晨。\n船靠岸了。\n灯还亮着。".to_owned(), "pictures with captions"));
        let text = "<p>昨天，河边的老渡口修好了，两岸的人又能坐船过河了。</p>".repeat(4);
        assert_ne!(chosen(&format!("<div>{text}{PLATES}</div>")).1, "pictures with captions");
    }
}
