//! HTML: one parse, the page's lines, Readability's choice of the body, and the rules on top of it.

use dom_query::{Document, NodeRef};
use url::Url;

use super::body::{self, BodyLines, Context};
use super::bylines::{self, Places};
use super::choice::{Chosen, choose_body};
use super::head::Head;
use super::lines::{self, Line, Shape};
use super::marks;
use super::title::Headline;
use super::when::Reading;
use super::words::{is_chinese, len};
use super::{
    DROPPED, Found, Input, Read, clamp, images, kicker, note, origin, published, refine, scripted, sections, small, spoken, terms, title,
};
use crate::model::{Body, Byline, Candidate, CanonicalUrl, Evidence, Field, Image, Kind};
use crate::source::hosts::same_site;

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
    let scripted = scripted::article(html, &all, &head, base.as_ref());
    let chosen = match &scripted {
        Some(told) => Chosen { lines: told.lines.clone(), rule: scripted::RULE, first: all.len(), last: all.len() },
        None => choose_body(document, &all, headline.as_ref(), base.as_ref()),
    };
    // The times in a report as it happens are those of its entries.
    let live = head.of_kind("LiveBlogPosting").next().is_some();
    let stamped = |line: &Line| line.byline || line.time.is_some() && !live;
    let marked = all.iter().filter(|line| stamped(line) && len(&line.text) <= MARKED && !line.is_prose());
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
    let captions = body::captions_are_copy(&copy.lines) || chosen.rule == "pictures with captions";
    let mut text = body::text(&copy.lines, captions);

    let mut candidate = Candidate::from_source(input.source);
    let mut evidence: Vec<Evidence> = Vec::new();
    for bound in &clamped.broke {
        note(&mut evidence, Field::Dropped, "bound", bound);
    }
    candidate.url = address(input.url, head.canonical.as_ref());
    let sight = Sight { head: &head, all: &all, headline: headline.as_ref(), chosen: &chosen };
    sight.fields(&mut candidate, &mut evidence, input, html, &text);
    if let Some(told) = &scripted {
        told.fill(&mut candidate, &mut evidence, Reading { zone: input.zone, seen_at: input.seen_at });
    }
    if western {
        without_portraits(&mut copy.lines, &candidate.authors);
        refine::trim(&mut copy, &head, candidate.title.as_deref(), &candidate.authors);
        text = body::text(&copy.lines, captions);
    }
    pictures(&mut candidate, &mut evidence, &head, &copy.lines, base.as_ref());
    let kind = small::kind(html, &head, &copy.lines, input.url);
    let target = Some(kind.line.clone()).filter(|_| kind.value == Kind::Link);
    candidate.kind = kind.noted(Field::Kind, &mut evidence);
    if let Some(target) = target {
        return pointing(candidate, evidence, &target, &all);
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

/// A page that leads elsewhere: what stands on it is meant for nobody, its copy is where it points.
fn pointing(mut candidate: Candidate, mut evidence: Vec<Evidence>, target: &str, all: &[Line]) -> Read {
    let words = candidate.title.clone().unwrap_or_else(|| target.to_owned());
    note(&mut evidence, Field::Body, "redirect", target);
    candidate.body = Body::Html(format!("<p><a href=\"{}\">{}</a></p>", lines::escape(target), lines::escape(&words)));
    candidate.evidence = evidence;
    Read { text: words, candidate, lines: body::counted(all) }
}

/// Takes out the portraits of those who wrote: pictures that say no more than a name.
fn without_portraits(lines: &mut [Line], authors: &[Byline]) {
    for line in lines {
        line.pictures.retain(|picture| picture.alt.as_deref().is_none_or(|alt| !authors.iter().any(|author| author.name == alt)));
    }
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
        let section = sections::of_page(head, all, headline, before).or_else(|| terms::section(all, headline, chosen.last));
        candidate.sections = section.map(|found| found.noted(Field::Sections, evidence)).into_iter().collect();
        // Without the headline's line the page's last great heading before the text stands for it.
        let heading = || all[..chosen.first].iter().rposition(|line| line.shape == Shape::Heading(1) && !line.is_link());
        let from = title_at.or_else(heading).map_or(chosen.first.saturating_sub(2 * AROUND), |at| at + 1).min(chosen.first);
        // A standfirst may stand above the byline, and the text begins with it.
        let behind = &all[chosen.first.min(all.len())..chosen.last.min(all.len())];
        let second = behind.iter().skip(1).position(|line| line.is_prose() && !line.lead).map_or(behind.len(), |at| at + 1);
        let signed = |line: &Line| (line.byline || !line.credited.is_empty()) && !line.aside && line.shape != Shape::Quoted;
        let signed = behind[..second.min(BEHIND)].iter().position(signed).filter(|_| !is_chinese(text));
        let info = &all[from..signed.map_or(chosen.first, |at| chosen.first + at + 1)];
        let tail = &all[chosen.last..(chosen.last + BEHIND).min(all.len())];
        let places = Places { info, body: &chosen.lines, tail };
        let ending: Vec<Line> = chosen.lines.iter().rev().take(AROUND).rev().chain(tail).cloned().collect();
        let origin = origin::of_page(head, info, &ending, reading)
            .or_else(|| spoken::source(info.iter().chain(bylines::text_of(&chosen.lines).iter().rev().take(AROUND)).chain(tail)));
        // A page that names its source says that its own house, which its JSON-LD names as the author, did not write it.
        let wrote = |found: &Found<Vec<Byline>>| found.rule != bylines::HOUSE || origin.is_none();
        if let Some(found) = bylines::authors(&places, head, is_chinese(text)).filter(wrote) {
            candidate.authors = found.noted(Field::Authors, evidence);
        }
        if let Some(found) = bylines::editors(&places)
            .or_else(|| bylines::editors(&Places { info: &[], body: &[], tail: self.left_behind(text) }))
            .or_else(|| spoken::editors(info.iter().chain(&ending)))
        {
            candidate.editors = found.noted(Field::Editors, evidence);
        }
        candidate.origin = origin.map(|found| found.noted(Field::Origin, evidence));
        candidate.summary = small::summary(head, headline, text).map(|found| found.noted(Field::Summary, evidence));
        let tags = terms::tags(head, all, from, chosen.last, candidate.sections.first().map(String::as_str));
        candidate.tags =
            tags.or_else(|| small::tags(head, headline, text, &ending)).map(|found| found.noted(Field::Tags, evidence)).unwrap_or_default();
        candidate.language =
            small::language(head.language.as_deref(), if text.is_empty() { headline.map_or("", |headline| &headline.text) } else { text })
                .map(|found| found.noted(Field::Language, evidence));
    }
}

impl Sight<'_> {
    /// The lines between the last of the copy and the end of what was chosen: a declaration behind the credits may have been chosen too.
    fn left_behind(&self, text: &str) -> &[Line] {
        let chosen = &self.all[self.chosen.first.min(self.all.len())..self.chosen.last.min(self.all.len())];
        let last = text.lines().last().unwrap_or_default();
        let behind = chosen.iter().rposition(|line| line.text == last).map_or(chosen.len(), |at| at + 1);
        &chosen[behind..(behind + BEHIND).min(chosen.len())]
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
