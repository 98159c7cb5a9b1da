//! HTML: one parse, the page's lines, Readability's choice of the body, and the rules on top of it.

use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeRef};
use dom_smoothie::{Config, Readability};
use url::Url;

use super::body::{self, BodyLines, Context};
use super::bylines::{self, Places};
use super::furniture::{self, Reach};
use super::head::Head;
use super::lines::{self, Line, Shape};
use super::marks;
use super::title::{self, Headline};
use super::when::Reading;
use super::words::{bare, is_chinese, len};
use super::{DROPPED, Input, Read, clamp, images, kicker, note, origin, published, refine, sections, small};
use crate::model::{Body, Candidate, CanonicalUrl, Evidence, Field, Image, Kind};
use crate::source::hosts::same_site;

/// Deeper trees are not handed to Readability, which recurses; the bounds of [`clamp`] keep real pages far below.
const DEEPEST: usize = 3 * clamp::DEPTH;

/// A line that a page marks as its time or its byline is shorter (characters).
const MARKED: usize = 100;

/// Reads an HTML page.
pub(super) fn read(html: &str, input: &Input<'_>) -> Read {
    let clamped = clamp::clamp(html);
    let document = Document::from(clamped.html.as_str());
    reveal(&document, &clamped.html);
    let base = base_of(&document, input.url);
    let head = Head::read(&document, input.url);
    kicker::take_off(&document, &head);
    let all = lines::of_page(&document, base.as_ref());
    let headline = title::of_page(&head, &all);
    let chosen = choose_body(document, &all, headline.as_ref(), base.as_ref());
    let marked = all.iter().filter(|line| (line.byline || line.time.is_some()) && len(&line.text) <= MARKED && !line.is_prose());
    let context = Context {
        title: headline.as_ref().map(|headline| headline.text.as_str()),
        marked: marked.map(|line| line.bare().to_owned()).filter(|text| !text.is_empty()).collect(),
        memory: input.line_frequency,
    };
    let western = !is_chinese(&body::text(&chosen.lines, true));
    let page = refine::Page { all: &all, head: &head, headline: headline.as_ref(), first: chosen.first };
    let refined =
        if western { refine::refined(chosen.lines.clone(), &page) } else { BodyLines { lines: chosen.lines.clone(), dropped: Vec::new() } };
    let mut copy = body::choose(refined.lines, &context);
    copy.dropped.extend(refined.dropped);
    body::without_lost_captions(&mut copy);
    let captions = body::captions_are_copy(&copy.lines);
    let mut text = body::text(&copy.lines, captions);

    let mut candidate = Candidate::from_source(input.source);
    let mut evidence: Vec<Evidence> = Vec::new();
    for bound in &clamped.broke {
        note(&mut evidence, Field::Dropped, "bound", bound);
    }
    candidate.url = address(input.url, head.canonical.as_ref());
    let sight = Sight { head: &head, all: &all, headline: headline.as_ref(), chosen: &chosen };
    sight.fields(&mut candidate, &mut evidence, input, html, &text);
    if western {
        refine::trim(&mut copy, &head, candidate.title.as_deref(), &candidate.authors);
        text = body::text(&copy.lines, captions);
    }
    pictures(&mut candidate, &mut evidence, &head, &copy.lines, base.as_ref());
    let kind = small::kind(html, &head, &copy.lines, input.url);
    let target = Some(kind.line.clone()).filter(|_| kind.value == Kind::Link);
    candidate.kind = kind.noted(Field::Kind, &mut evidence);
    if let Some(target) = target {
        // What stands on such a page is meant for nobody; its copy is where it points.
        let words = candidate.title.as_deref().unwrap_or(&target);
        note(&mut evidence, Field::Body, "redirect", &target);
        candidate.body = Body::Html(format!("<p><a href=\"{}\">{}</a></p>", lines::escape(&target), lines::escape(words)));
        candidate.evidence = evidence;
        return Read { text: words.to_owned(), candidate, lines: body::counted(&all) };
    }
    if !copy.lines.is_empty() {
        note(&mut evidence, Field::Body, chosen.rule, &format!("{} lines", copy.lines.len()));
        candidate.body = Body::Html(body::html(&copy.lines));
    }
    for (rule, line) in copy.dropped.iter().take(DROPPED) {
        note(&mut evidence, Field::Dropped, rule, line);
    }
    candidate.evidence = evidence;
    Read { candidate, text, lines: body::counted(&all) }
}

/// Hidden elements that are looked into: each look reads all of its text.
const HIDDEN: usize = 200;

/// What screen readers alone are told is shorter; a longer text is a page whose style we misread (bytes).
const SPOKEN: usize = 120;

/// Class names of what screen readers alone are told.
const READERS: &[&str] = &["sr-only", "hidden", "screen-reader", "screenreader", "offscreen"];

/// Shows what a script would show: an element that is hidden and holds most of the page's text is the page.
fn reveal(document: &Document, html: &str) {
    let whole = document.body().map_or(0, |body| body.text().len());
    let styled = |style: &str| style.contains("none") || style.contains("hidden");
    let hidden = |node: &NodeRef<'_>| node.has_attr("hidden") || node.attr("style").is_some_and(|style| styled(&style));
    let hidden: Vec<NodeRef<'_>> = document.root().descendants_it().filter(hidden).take(HIDDEN).collect();
    for node in hidden {
        if node.text().len() * 2 > whole {
            node.remove_attrs(&["hidden", "style"]);
        }
    }
    if !READERS.iter().any(|word| html.contains(word)) {
        return;
    }
    let silent = |node: &NodeRef<'_>| {
        let words: &[&str] = match node.node_name().as_deref() {
            Some("span") => READERS,
            Some("p" | "div" | "h2" | "h3") => &["sr-only", "visually-hidden"],
            _ => return false,
        };
        node.attr("class").is_some_and(|class| words.iter().any(|word| class.contains(word)))
    };
    let silent: Vec<NodeRef<'_>> = document.root().descendants_it().filter(silent).collect();
    for node in silent {
        let names = node.attr_or("class", "").to_ascii_lowercase();
        if marks::is_for_readers(&names) && node.text().len() <= SPOKEN {
            node.remove_from_parent();
        }
    }
}

/// The body before the line rules, and where it stands among the page's lines.
struct Chosen {
    lines: Vec<Line>,
    rule: &'static str,
    first: usize,
    last: usize,
}

/// Everything the fields are read from.
struct Sight<'a> {
    head: &'a Head,
    all: &'a [Line],
    headline: Option<&'a Headline>,
    chosen: &'a Chosen,
}

/// How many lines at the end of the body may speak of the article as a whole.
const AROUND: usize = 3;

/// How many lines behind the body may (credits, origin).
const BEHIND: usize = 12;

impl Sight<'_> {
    fn fields(&self, candidate: &mut Candidate, evidence: &mut Vec<Evidence>, input: &Input<'_>, html: &str, text: &str) {
        let Self { head, all, headline, chosen } = *self;
        let reading = Reading { zone: input.zone, seen_at: input.seen_at };
        let title_at = headline.and_then(|headline| headline.at);
        if let Some(headline) = headline {
            note(evidence, Field::Title, headline.rule, &headline.text);
            candidate.title = Some(headline.text.clone());
        }
        if let Some(found) = published::of_page(head, all, title_at, chosen.first, input.url, reading) {
            candidate.published = Some(found.noted(Field::Published, evidence));
        } else if let Some(found) = published::in_script(html, reading) {
            candidate.published = Some(found.noted(Field::Published, evidence));
        }
        if let Some(found) =
            published::updated(head, reading).filter(|found| candidate.published.is_some_and(|published| published != found.value))
        {
            candidate.updated = Some(found.noted(Field::Updated, evidence));
        }
        let before = title_at.unwrap_or(chosen.first).max(chosen.first.min(40)).min(all.len());
        let section = sections::of_page(head, all, headline, before);
        candidate.sections = section.map(|found| found.noted(Field::Sections, evidence)).into_iter().collect();
        // Without the headline's line the page's last great heading before the text stands for it.
        let heading = || all[..chosen.first].iter().rposition(|line| line.shape == Shape::Heading(1) && !line.is_link());
        let from = title_at.or_else(heading).map_or(chosen.first.saturating_sub(2 * AROUND), |at| at + 1).min(chosen.first);
        let info = &all[from..chosen.first];
        let tail = &all[chosen.last..(chosen.last + BEHIND).min(all.len())];
        let places = Places { info, body: &chosen.lines, tail };
        if let Some(found) = bylines::authors(&places, head, is_chinese(text)) {
            candidate.authors = found.noted(Field::Authors, evidence);
        }
        if let Some(found) = bylines::editors(&places) {
            candidate.editors = found.noted(Field::Editors, evidence);
        }
        let ending: Vec<Line> = chosen.lines.iter().rev().take(AROUND).rev().chain(tail).cloned().collect();
        candidate.origin = origin::of_page(head, info, &ending, reading).map(|found| found.noted(Field::Origin, evidence));
        candidate.summary = small::summary(head, headline, text).map(|found| found.noted(Field::Summary, evidence));
        candidate.tags = small::tags(head, headline, text).map(|found| found.noted(Field::Tags, evidence)).unwrap_or_default();
        candidate.language =
            small::language(head.language.as_deref(), if text.is_empty() { headline.map_or("", |headline| &headline.text) } else { text })
                .map(|found| found.noted(Field::Language, evidence));
    }
}

/// The article's address: the page's own word for it where that is on the same site and no front page, else where it was found. So a
/// page for telephones, or one with a session in its address, is the article's own page.
fn address(url: Option<&Url>, canonical: Option<&Url>) -> Option<CanonicalUrl> {
    let own =
        canonical.filter(|canonical| url.is_none_or(|url| same_site(url, canonical) && (canonical.path() != "/" || url.path() == "/")));
    own.or(url).and_then(|url| CanonicalUrl::of(url.clone()).ok())
}

fn base_of(document: &Document, url: Option<&Url>) -> Option<Url> {
    let told = document.base_uri();
    match (told, url) {
        (Some(told), Some(url)) => url.join(&told).ok().or_else(|| Some(url.clone())),
        (Some(told), None) => Url::parse(&told).ok(),
        (None, url) => url.cloned(),
    }
}

fn pictures(candidate: &mut Candidate, evidence: &mut Vec<Evidence>, head: &Head, copy: &[Line], base: Option<&Url>) {
    for picture in copy.iter().flat_map(|line| &line.pictures) {
        if !candidate.images.iter().any(|known| known.url == picture.url) {
            candidate.images.push(picture.clone());
        }
    }
    if let Some(first) = candidate.images.first() {
        note(evidence, Field::Images, "in the body", &first.url);
    }
    let told = head.meta(&["og:image", "og:image:url", "twitter:image"]).and_then(|address| images::absolute(address, base));
    match told {
        Some(told) if candidate.images.is_empty() => {
            note(evidence, Field::Images, "og:image", &told);
            candidate.image = Some(Image::at(told));
        }
        _ => candidate.image = candidate.images.first().cloned(),
    }
}

/// Readability's choice, or the page's own run of running text where Readability leaves most of it out.
fn choose_body(document: Document, all: &[Line], headline: Option<&Headline>, base: Option<&Url>) -> Chosen {
    let start = headline.and_then(|headline| headline.at).map_or(0, |at| at + 1);
    let (run_first, run_last) = densest(all, start);
    let run = &all[run_first..run_last];
    let readable = behind_headline(readability(document, base), all, headline);
    let weight = |lines: &[Line]| lines.iter().filter(|line| line.is_prose() && !line.is_link()).map(|line| len(&line.text)).sum::<usize>();
    let (readable_weight, run_weight) = (weight(&readable), weight(run));
    if readable.is_empty() || readable_weight * 2 < run_weight || readable_weight == 0 && run_weight > 0 {
        let lines = completed(run.to_vec(), all, start.min(run_first), run_first, run_last);
        return Chosen { lines, rule: "densest run of lines", first: run_first, last: run_last };
    }
    let (first, last) = place(&readable, all, start).unwrap_or((run_first, run_last));
    let last = extended(&readable, all, first, last);
    let lines = completed(readable, all, start.min(first), first, last);
    Chosen { lines, rule: "readability", first, last }
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
    let first_prose = lines.iter().position(super::lines::Line::is_prose).unwrap_or(lines.len());
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
        let absent = usable && within && !texts.contains(own) && searches < SEARCHES;
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
    let config = Config { disable_json_ld: true, max_elements_to_parse: 2 * clamp::ELEMENTS, ..Config::default() };
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
