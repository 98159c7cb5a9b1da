//! The body: which lines are copy, which of them are sub-headings, and the HTML made of them.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::furniture::{self, Reach};
use super::lines::{self, Line, Shape, escape};
use super::title;
use super::western;
use super::words::{bare, ends_closed, is_chinese, is_han, len, pattern};
use crate::model::SourceMemory;

/// A body and what was left out of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct BodyLines {
    /// The copy, in order.
    pub lines: Vec<Line>,
    /// Lines left out, with the rule that did it.
    pub dropped: Vec<(&'static str, String)>,
}

/// What the rules know of a page.
pub(super) struct Context<'a> {
    /// The headline.
    pub title: Option<&'a str>,
    /// Short lines, bare, that the page marks as its time or its byline.
    pub marked: HashSet<String>,
    /// What is remembered of the source's other pages.
    pub memory: Option<&'a SourceMemory>,
}

/// A line on this share of a source's pages is furniture.
const FREQUENT: f32 = 0.3;

/// Line counts say something from this many pages on.
const PAGES: u32 = 5;

/// Sub-headings are shorter (characters).
const HEADING: usize = 40;

/// Behind this share of the running text a mark of the end is believed.
const LATE: f32 = 0.5;

/// A standfirst is shorter (characters).
const LEAD: usize = 300;

/// A line, and what the rules made of it.
struct Judged {
    line: Line,
    rule: Option<(&'static str, Reach)>,
    /// Characters of running text from here to the end.
    ahead: usize,
}

/// Takes out of a run of lines what is no copy.
pub(super) fn choose(lines: Vec<Line>, context: &Context<'_>) -> BodyLines {
    let judged = judge_all(lines);
    let mut chosen = BodyLines::default();
    let total: usize = judged.iter().filter(|judged| judged.line.is_prose()).map(|judged| len(&judged.line.text)).sum();
    let title = context.title.map(bare).unwrap_or_default();
    let mut seen = 0;
    let mut ended: Option<&'static str> = None;
    let kin = Kin::of(&judged);
    let mut inset = Inset::default();
    for (at, Judged { line, rule, ahead }) in judged.into_iter().enumerate() {
        let ruled = drop_rule(&line, rule, &title, seen, context);
        let Some(name) = ended.or(ruled).or_else(|| inset.holds(&line, &kin)) else {
            if line.is_prose() {
                seen += len(&line.text);
            }
            chosen.lines.push(line);
            continue;
        };
        let goes_on = rule.is_some_and(|(_, reach)| reach == Reach::Rest) && kin.goes_on(&line, at);
        if let Some((rule, Reach::Rest)) = rule {
            inset.open(rule, &line);
        }
        if rule.is_some_and(|(_, reach)| reaches_on(reach, seen, ahead, total)) && !goes_on {
            ended = ended.or(Some(name));
            while let Some(contact) = chosen.lines.pop_if(|line| furniture::is_contact(line)) {
                chosen.dropped.push((name, contact.text));
            }
        }
        if !line.text.is_empty() {
            chosen.dropped.push((name, line.text));
        }
    }
    without_counters(&mut chosen.lines);
    without_signature(&mut chosen);
    trim_tail(&mut chosen);
    find_headings(&mut chosen.lines);
    chosen
}

/// As many paragraphs of one place in the markup are the text's own.
const KIN: usize = 3;

/// Where in the markup the text's own paragraphs stand.
struct Kin {
    text: Option<u64>,
    /// Where the last of them is.
    last: usize,
}

impl Kin {
    fn of(judged: &[Judged]) -> Self {
        let prose = || judged.iter().enumerate().filter(|(_, one)| one.rule.is_none() && one.line.is_prose() && !one.line.is_link());
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        for (_, one) in prose() {
            *counts.entry(one.line.kin).or_default() += 1;
        }
        let text = counts.into_iter().filter(|(_, count)| *count >= KIN).max_by_key(|(_, count)| *count).map(|(kin, _)| kin);
        let last = prose().filter(|(_, one)| Some(one.line.kin) == text).map(|(at, _)| at).last().unwrap_or_default();
        Self { text, last }
    }

    /// Whether the name of a list stands in a box of its own, and paragraphs of the text follow behind it: the box lies within the text.
    fn goes_on(&self, line: &Line, at: usize) -> bool {
        self.text.is_some_and(|text| line.kin != text) && at < self.last && !line.text.chars().any(is_han)
    }
}

/// What a teaser says of its article is shorter (characters).
const SUMMARY: usize = 160;

/// A box within the text, by the name above it: links to other articles and what is said of them, or the points of a summary.
#[derive(Default)]
struct Inset {
    rule: Option<&'static str>,
    /// Its last line was its name or a link.
    linked: bool,
}

impl Inset {
    fn open(&mut self, rule: &'static str, line: &Line) {
        let western = !line.text.chars().any(is_han);
        *self = Self { rule: Some(rule).filter(|_| western), linked: true };
    }

    /// The box's rule, where a line belongs to it; the first one that does not is behind it.
    fn holds(&mut self, line: &Line, kin: &Kin) -> Option<&'static str> {
        let rule = self.rule?;
        let point = rule == western::SUMMARY && matches!(line.shape, Shape::Listed(_));
        let link = line.linked > 0.9 && kin.text != Some(line.kin);
        // A link's own summary: one paragraph that stands where none of the text does.
        let summary = self.linked
            && line.shape == Shape::Paragraph
            && (1..=SUMMARY).contains(&len(&line.text))
            && kin.text.is_some_and(|text| text != line.kin);
        self.linked = link;
        if !(point || link || summary) {
            self.rule = None;
        }
        self.rule
    }
}

/// Judges each line once: pages decide how many there are.
fn judge_all(lines: Vec<Line>) -> Vec<Judged> {
    let mut ahead = 0;
    let mut judged: Vec<Judged> = Vec::with_capacity(lines.len());
    for line in lines.into_iter().rev() {
        let kept = line.text.is_empty() || matches!(line.shape, Shape::Block | Shape::Caption);
        let rule = if kept { None } else { line.judged() };
        if rule.is_none() && line.is_prose() && !line.is_link() {
            ahead += len(&line.text);
        }
        judged.push(Judged { line, rule, ahead });
    }
    judged.reverse();
    judged
}

fn drop_rule(line: &Line, rule: Option<(&'static str, Reach)>, title: &str, seen: usize, context: &Context<'_>) -> Option<&'static str> {
    if line.text.is_empty() || matches!(line.shape, Shape::Block | Shape::Caption) {
        return None;
    }
    let own = line.bare();
    if seen == 0 && !title.is_empty() && own == title {
        return Some("title echo");
    }
    // A standfirst may stand above the time. Chinese notices are signed with their day.
    let above = if line.text.chars().any(is_han) { 0 } else { LEAD };
    if seen <= above && !line.is_prose() && title::is_mostly_time(&line.text) {
        return Some("time line");
    }
    if context.marked.contains(own) {
        return Some("marked as time or byline");
    }
    if is_frequent(&line.text, context.memory) {
        return Some("line of many pages");
    }
    if own.is_empty() && len(&line.text) < 12 {
        return Some("ornament");
    }
    rule.map(|(name, _)| name)
}

/// Whether the article ends with a line: its rule says so, enough of the text is behind it, and little enough is ahead.
fn reaches_on(reach: Reach, seen: usize, ahead: usize, total: usize) -> bool {
    let little = seen > 0 && ahead * 4 < seen;
    match reach {
        Reach::Line => false,
        Reach::Rest => little,
        Reach::End => little || seen > 0 && ahead < seen && seen as f32 >= LATE * total as f32,
    }
}

/// Takes the writer's name off the end, where it stands alone in brackets: `（李 勤）`. `（完）` and `（上）` are too short, and a name of
/// more than four characters has a mark in it.
fn without_signature(chosen: &mut BodyLines) {
    static SIGNED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[（(]\s?(\p{Han}(?:\s?\p{Han}){1,3})\s?[)）]$"));
    const OTHER: &[&str] = &["待续", "未完", "全文完", "未完待续", "本篇完", "摘编", "节选", "有删节", "下转", "上接", "图文无关"];
    let Some(last) = chosen.lines.iter().rposition(|line| !line.text.is_empty()) else { return };
    let Some(found) = SIGNED.captures(&chosen.lines[last].text) else { return };
    let name: String = found[1].chars().filter(|c| !c.is_whitespace()).collect();
    let above = last > 0 && chosen.lines[..last].iter().rev().find(|line| !line.text.is_empty()).is_some_and(Line::is_prose);
    if above && !OTHER.iter().any(|other| name.starts_with(other)) && super::names::names(&name, true, false).0 == [name] {
        let text = chosen.lines[last].take_text();
        chosen.dropped.push(("signature", text));
    }
}

/// Takes the numbers off an album's captions: `1/5`, `2/5` and so on, where at least two lines count on to one end.
fn without_counters(lines: &mut [Line]) {
    static COUNTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,3})\s?/\s?(\d{1,3})\s?"));
    let counted: Vec<(usize, String, String)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| COUNTER.captures(&line.text).map(|found| (at, found[0].to_owned(), found[2].to_owned())))
        .collect();
    let one_end = counted.len() >= 2 && counted.iter().all(|(_, _, end)| *end == counted[0].2);
    for (at, counter, _) in counted.into_iter().filter(|_| one_end) {
        let line = &mut lines[at];
        let rest = line.text[counter.len()..].to_owned();
        line.take_text();
        let pictures = std::mem::take(&mut line.pictures);
        *line = Line { pictures, ..Line { shape: line.shape, kin: line.kin, linked: line.linked, ..Line::plain(&rest) } };
    }
}

/// Behind the last running text, a line of links or of a date alone begins a list of other articles; a short line above it is its name.
/// A date in words with its year is no list's: it signs a notice.
fn trim_tail(chosen: &mut BodyLines) {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^[\[(（]?(?:(?:\d{4}[-/.])?\d{1,2}[-/.]\d{1,2}|\d{1,2}月\d{1,2}日)(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?[\])）]?$")
    });
    // A paragraph may be a link for the most part; a list of links has no sentences around them.
    let sentences = |line: &Line| line.linked < 0.9 && ends_closed(&line.text) && !line.text.chars().any(is_han);
    let is_text = |line: &Line| line.is_prose() && (!line.is_link() || sentences(line)) || line.shape == Shape::Block;
    let Some(last) = chosen.lines.iter().rposition(is_text) else { return };
    let listed = |line: &Line| line.linked > 0.3 && !line.text.is_empty() || DATE.is_match(&line.text);
    let Some(offset) = chosen.lines[last + 1..].iter().position(listed) else { return };
    let mut cut = last + 1 + offset;
    while cut > last + 1 && len(&chosen.lines[cut - 1].text) < 8 && chosen.lines[cut - 1].pictures.is_empty() {
        cut -= 1;
    }
    let gone = chosen.lines.split_off(cut);
    chosen.dropped.extend(gone.into_iter().filter(|line| !line.text.is_empty()).map(|line| ("link behind the end", line.text)));
}

/// The hash under which a line is counted in [`SourceMemory::lines`].
/// It is kept on disk.
pub(super) fn line_hash(text: &str) -> u64 {
    lines::hash(&bare(text))
}

fn is_frequent(text: &str, memory: Option<&SourceMemory>) -> bool {
    memory.is_some_and(|memory| {
        memory.pages >= PAGES && memory.lines.get(&line_hash(text)).is_some_and(|count| *count as f32 >= FREQUENT * memory.pages as f32)
    })
}

/// Short lines without a closing mark between paragraphs, and paragraphs that are bold throughout, become headings.
fn find_headings(lines: &mut [Line]) {
    let kinds: Vec<(bool, bool)> = lines.iter().map(|line| (line.is_prose(), can_head(line))).collect();
    for at in 0..lines.len() {
        let (_, can) = kinds[at];
        if !can {
            continue;
        }
        let before = kinds[..at].iter().rev().zip(lines[..at].iter().rev()).find(|(_, line)| !line.text.is_empty());
        let after = kinds.get(at + 1).copied();
        let behind_picture = at > 0 && !lines[at - 1].pictures.is_empty();
        let follows_text = before.is_none_or(|((prose, _), _)| *prose);
        let leads_text = after.is_some_and(|(prose, _)| prose);
        let short_chinese = lines[at].text.chars().any(is_han) && len(&lines[at].text) <= 25;
        // Verses and lists are short lines: a bold line above plain ones heads them too, but a bold signature stands above its date.
        let plain = |line: &Line| !line.bold && len(&line.text) >= 4 && matches!(line.shape, Shape::Paragraph | Shape::Listed(_));
        let leads_lines =
            lines.get(at + 1).is_some_and(|next| plain(next) && !title::is_mostly_time(&next.text)) && lines.get(at + 2).is_some();
        let bold = lines[at].bold && (leads_text || leads_lines) && !behind_picture;
        if bold || short_chinese && follows_text && leads_text && !behind_picture && before.is_some() {
            lines[at].shape = Shape::Heading(2);
        }
    }
}

fn can_head(line: &Line) -> bool {
    let count = len(&line.text);
    let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
    line.shape == Shape::Paragraph
        && line.pictures.is_empty()
        && (2..=HEADING).contains(&count)
        && letters * 2 >= count
        && !ends_closed(&line.text)
        && !line.is_link()
        && !furniture::is_photo_credit(&line.text)
        && !line.text.starts_with(['“', '"', '（', '(', '—', '-'])
}

/// The text, a paragraph a line. A caption belongs to its picture; with `captions` it is copy, as in an album and by the custom of
/// Chinese newsrooms.
pub(super) fn text(lines: &[Line], captions: bool) -> String {
    let told = lines.iter().filter(|line| captions || line.shape != Shape::Caption).map(|line| line.text.as_str());
    told.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Whether captions are copy: the lines are Chinese. Japanese and Korean newsrooms keep them apart.
pub(super) fn captions_are_copy(lines: &[Line]) -> bool {
    is_chinese(&text(lines, true))
}

/// Takes out captions whose picture is gone: they say nothing.
pub(super) fn without_lost_captions(copy: &mut BodyLines) {
    let mut pictured = false;
    copy.lines.retain(|line| {
        pictured = !line.pictures.is_empty() || pictured && line.shape == Shape::Caption;
        let kept = line.shape != Shape::Caption || pictured;
        if !kept {
            copy.dropped.push(("caption without its picture", line.text.clone()));
        }
        kept
    });
}

/// The element that holds a line together with its neighbours of one kind.
const fn group(line: &Line) -> Option<&'static str> {
    match line.shape {
        // A picture alone stands outside: its caption follows it.
        _ if line.text.is_empty() => None,
        Shape::Listed(true) => Some("ol"),
        Shape::Listed(false) => Some("ul"),
        Shape::Quoted => Some("blockquote"),
        _ => None,
    }
}

/// The HTML: paragraphs, headings, lists, quotations, figures and tables, nothing of the page's layout.
pub(super) fn html(lines: &[Line]) -> String {
    let top = lines.iter().filter_map(|line| if let Shape::Heading(level) = line.shape { Some(level) } else { None }).min().unwrap_or(2);
    let mut out = String::new();
    let mut open: Option<&'static str> = None;
    for line in lines {
        let group = group(line);
        if open != group {
            if let Some(name) = open {
                let _ = writeln!(out, "</{name}>");
            }
            if let Some(name) = group {
                let _ = writeln!(out, "<{name}>");
            }
            open = group;
        }
        for picture in &line.pictures {
            let alt = picture.alt.as_deref().unwrap_or_default();
            let _ = writeln!(out, "<figure><img src=\"{}\" alt=\"{}\"></figure>", escape(&picture.url), escape(alt));
        }
        if line.text.is_empty() {
            continue;
        }
        let inner = line.html.trim();
        let _ = match line.shape {
            Shape::Block => writeln!(out, "{inner}"),
            Shape::Caption if out.ends_with("</figcaption></figure>\n") => {
                out.truncate(out.len() - "</figcaption></figure>\n".len());
                writeln!(out, "<br>{inner}</figcaption></figure>")
            }
            Shape::Caption if out.ends_with("</figure>\n") => {
                out.truncate(out.len() - "</figure>\n".len());
                writeln!(out, "<figcaption>{inner}</figcaption></figure>")
            }
            // A caption whose picture is gone says nothing.
            Shape::Caption => Ok(()),
            Shape::Heading(level) => {
                let level = (2 + level.saturating_sub(top)).min(4);
                writeln!(out, "<h{level}>{}</h{level}>", escape(&line.text))
            }
            Shape::Listed(_) => writeln!(out, "<li>{inner}</li>"),
            _ => writeln!(out, "<p>{inner}</p>"),
        };
    }
    if let Some(name) = open {
        let _ = writeln!(out, "</{name}>");
    }
    out.trim_end().to_owned()
}

/// How often each line of a page stands on it, for [`SourceMemory::lines`]: what a page adds to the memory once it was accepted.
pub(super) fn counted(all: &[Line]) -> BTreeMap<u64, u32> {
    all.iter().filter(|line| len(&line.text) >= 4).map(|line| (lines::hash(line.bare()), 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> BodyLines {
        choose(super::super::lines::of_text(text), &Context { title: Some("老渡口修好了"), marked: HashSet::new(), memory: None })
    }

    #[test]
    fn furniture_goes_and_headings_are_found() {
        let chosen = body(
            "老渡口修好了\n分享到:\n昨天，河边的老渡口修好了，两岸的人又能坐船过河了。\n在修渡口的日子里\n去年夏天，一场大水冲走了栈桥，两岸断了来往。\n(编辑:李小勤)\n上一篇：桥也修好了\n下一篇：路也修好了\n桥边的人说，这座桥修得好，修得快。",
        );
        assert_eq!(
            html(&chosen.lines),
            "<p>昨天，河边的老渡口修好了，两岸的人又能坐船过河了。</p>\n<h2>在修渡口的日子里</h2>\n<p>去年夏天，一场大水冲走了栈桥，两岸断了来往。</p>"
        );
        let rules: Vec<&str> = chosen.dropped.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(rules, ["title echo", "share row", "editor line", "previous and next", "previous and next", "previous and next"]);
    }

    #[test]
    fn a_name_in_brackets_signs_the_text_and_counters_go() {
        let one = "昨天，河边的老渡口修好了，两岸的人又能坐船过河了。";
        assert_eq!(text(&body(&format!("{one}\n（李 勤）")).lines, true), one);
        assert!(text(&body(&format!("{one}\n（未完待续）")).lines, true).contains("未完"));
        let counted = body(&format!("1/2{one}\n2/2收工了，船靠在岸边，灯还亮着。"));
        assert_eq!(text(&counted.lines, true), format!("{one}\n收工了，船靠在岸边，灯还亮着。"));
        // A share of a whole is no number of a picture.
        assert!(text(&body("1/3的渡口修好了，其余的明年开春再修，县里说钱已备好。").lines, true).starts_with("1/3"));
    }

    #[test]
    fn lines_of_many_pages_go() {
        let line = "河边网客户端，河边人自己的新闻，天天都在你身边。";
        let memory = SourceMemory { pages: 10, lines: BTreeMap::from([(line_hash(line), 6)]), ..SourceMemory::default() };
        let lines = super::super::lines::of_text(&format!("昨天，河边的老渡口修好了，两岸的人又能坐船过河了。\n{line}"));
        let chosen = choose(lines, &Context { title: None, marked: HashSet::new(), memory: Some(&memory) });
        assert_eq!(chosen.dropped, [("line of many pages", line.to_owned())]);
    }
}
