//! How near an extraction comes to the truth.
//!
//! Bodies are compared by runs of four words (a Han, kana or hangul character is a word of its own): false and missing ones are counted
//! per page, made a share, and averaged, so that long pages do not weigh more.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use postrider::source::extract::BatchLine;
use regex::Regex;

use crate::labelled::Truth;

/// The words of one run.
const RUN: usize = 4;

/// Right answers of so many questions.
#[derive(Debug, Default, Clone, Copy)]
pub struct Share {
    right: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }

    /// The share, where there was a question.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.right as f64 / self.of as f64)
    }
}

/// The score of a set.
#[derive(Debug, Default)]
pub struct Score {
    precision: Vec<f64>,
    recall: Vec<f64>,
    /// Headline exact.
    pub title: Share,
    /// Day exact.
    pub date: Share,
    /// Day, hour and minute exact.
    pub minute: Share,
    author: (usize, usize, usize),
    /// Pages without authors for which one was named.
    pub invented: Share,
    /// Editors exact.
    pub editor: Share,
    /// 来源 exact.
    pub origin: Share,
    /// Section exact.
    pub section: Share,
}

impl Score {
    /// Adds a page.
    pub fn add(&mut self, truth: &Truth, told: &BatchLine) {
        if let Some(body) = truth.body.as_deref().filter(|body| !body.is_empty()) {
            self.body(body, told, &truth.optional);
        }
        if let Some(title) = &truth.title {
            self.title.add(bare(title) == bare(told.title.as_deref().unwrap_or_default()));
        }
        if let Some(when) = truth.date.as_deref().and_then(Moment::read) {
            let (day, minute) = when.agrees(told.date.as_deref().and_then(Moment::read));
            self.date.add(day);
            if when.time.is_some() {
                self.minute.add(minute);
            }
        }
        if let Some(authors) = &truth.author {
            let (own, other) = (names(&authors.all()), names(&told.author.iter().map(String::as_str).collect::<Vec<_>>()));
            if own.is_empty() {
                self.invented.add(!other.is_empty());
            } else {
                let both = own.intersection(&other).count();
                self.author = (self.author.0 + both, self.author.1 + other.len() - both, self.author.2 + own.len() - both);
            }
        }
        if let Some(editors) = truth.editor.as_ref().filter(|editors| !editors.all().is_empty()) {
            self.editor.add(names(&editors.all()) == names(&told.editor.iter().map(String::as_str).collect::<Vec<_>>()));
        }
        if let Some(source) = truth.source.as_deref().filter(|source| !source.is_empty()) {
            self.origin.add(bare(source) == bare(told.source.as_deref().unwrap_or_default()));
        }
        if let Some(section) = truth.section.as_ref().and_then(|section| section.all().last().map(|name| bare(name))) {
            self.section.add(section == bare(told.section.as_deref().unwrap_or_default()));
        }
    }

    fn body(&mut self, truth: &str, told: &BatchLine, optional: &[String]) {
        let (mut own, mut other) = (words(truth), words(&told.body));
        for line in optional {
            let line = words(line);
            (own, other) = (without(&own, &line), without(&other, &line));
        }
        let (own, other) = (runs(&own), runs(&other));
        let both: usize = own.iter().map(|(run, count)| *count.min(other.get(run).unwrap_or(&0))).sum();
        let (of_truth, of_told): (usize, usize) = (own.values().sum(), other.values().sum());
        if of_told > 0 {
            self.precision.push(both as f64 / of_told as f64);
        }
        self.recall.push(both as f64 / of_truth.max(1) as f64);
    }

    /// F1 of the bodies.
    pub fn body_f1(&self) -> Option<f64> {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let (precision, recall) = (mean(&self.precision), mean(&self.recall));
        (!self.recall.is_empty()).then(|| 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE))
    }

    /// F1 of the authors' names, over all pages that have some.
    pub fn author_f1(&self) -> Option<f64> {
        let (both, wrong, missing) = self.author;
        (both + missing > 0).then(|| 2.0 * both as f64 / (2 * both + wrong + missing) as f64)
    }
}

fn is_own_word(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        let word = c.is_alphanumeric() || c == '_';
        if is_own_word(c) {
            words.push(c.to_string());
        } else if word && open {
            words.last_mut().expect("an open word").push(c);
        } else if word {
            words.push(c.to_string());
        }
        open = word && !is_own_word(c);
    }
    words
}

/// The words without each place where a line stands.
fn without(words: &[String], line: &[String]) -> Vec<String> {
    let mut kept = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        if !line.is_empty() && words[at..].starts_with(line) {
            at += line.len();
        } else {
            kept.push(words[at].clone());
            at += 1;
        }
    }
    kept
}

fn runs(words: &[String]) -> HashMap<&[String], usize> {
    let mut runs = HashMap::new();
    for run in words.chunks(words.len().clamp(1, RUN - 1)).take(usize::from(words.len() < RUN)).chain(words.windows(RUN)) {
        *runs.entry(run).or_default() += 1;
    }
    runs
}

/// Letters and digits alone, lower case, full width as half width.
fn bare(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn names(people: &[&str]) -> BTreeSet<String> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s*(?:[;,、；，/|&]|\band\b|\bund\b|\bet\b| - )\s*").unwrap());
    static ROLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:本报|本网|实习|见习|首席|特约|全媒体|融媒体|职工|南都|新京报|澎湃新闻)*(?:通讯员|记者|作者|编辑|撰文|文|采写|by|von|par|por|di)[:：/\s]+")
            .unwrap()
    });
    let mut found = BTreeSet::new();
    for part in people.iter().flat_map(|person| BETWEEN.split(person)) {
        let name = ROLE.replace(part, "").trim_matches([' ', '.', ':', '：', '(', ')', '（', '）']).to_lowercase();
        let several = name.chars().any(is_own_word) && name.contains(' ');
        found.extend(name.split(|c| several && c == ' ').filter(|name| !name.is_empty()).map(str::to_owned));
    }
    found
}

/// A day, and an hour and an offset where they are told.
#[derive(Debug, Clone, Copy)]
struct Moment {
    day: NaiveDate,
    time: Option<NaiveDateTime>,
    offset: Option<FixedOffset>,
}

impl Moment {
    fn read(text: &str) -> Option<Self> {
        let day = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
        let text = text.replacen(' ', "T", 1);
        if let Ok(whole) = DateTime::parse_from_rfc3339(&text) {
            return Some(Self { day, time: Some(whole.naive_local()), offset: Some(*whole.offset()) });
        }
        let time = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"].iter().find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok());
        Some(Self { day, time, offset: None })
    }

    /// Whether another one names the same day, and the same minute. Where both tell their offset, it is the same moment that counts.
    fn agrees(self, other: Option<Self>) -> (bool, bool) {
        let Some(mut other) = other else { return (false, false) };
        if let (Some(own), Some(offset), Some(time)) = (self.offset, other.offset, other.time) {
            let moved = time - east(offset) + east(own);
            (other.day, other.time) = (moved.date(), Some(moved));
        }
        let day = self.day == other.day;
        let clock = |time: NaiveDateTime| time.format("%H:%M").to_string();
        (day, day && self.time.zip(other.time).is_some_and(|(own, other)| clock(own) == clock(other)))
    }
}

/// How far east of Greenwich an offset is.
fn east(offset: FixedOffset) -> chrono::Duration {
    chrono::Duration::seconds(i64::from(offset.local_minus_utc()))
}
