//! What `init` shows of a site before it writes: a table of what it found, and what it is unsure of.

use super::file::{FEW, footer};
use super::plan::Plan;
use super::visit::passing;
use crate::cli::demo::width;
use crate::model::Language;
use crate::phrases::Phrases;
use crate::source::probe::Survey;

/// The lines of the report.
pub(super) fn lines(survey: &Survey, plan: &Plan<'_>, language: Language) -> Vec<String> {
    let words = &Phrases::of(language).init.talk;
    let title = survey.title.as_deref().unwrap_or("—");
    let mut lines = vec![(words.found)(title, &survey.language, survey.zone.name(), survey.asked)];
    lines.push((words.encoding)(survey.encoding.name, survey.encoding.rule));
    lines.extend(survey.cms.map(|cms| (words.cms)(cms.name())));
    lines.extend(survey.feeds.iter().map(|feed| (words.feed)(feed.url.as_str(), feed.articles)));
    lines.push(String::new());
    lines.extend(table(survey, plan, language));
    let doubts = doubts(survey, language);
    if !doubts.is_empty() {
        lines.push(String::new());
        lines.push(words.unsure.to_owned());
        lines.extend(doubts.into_iter().map(|doubt| format!("  - {doubt}")));
    }
    lines
}

fn table(survey: &Survey, plan: &Plan<'_>, language: Language) -> Vec<String> {
    let words = &Phrases::of(language).init.talk;
    let mut rows: Vec<[String; 5]> = vec![words.columns.map(str::to_owned)];
    for (section, slug) in survey.sections.iter().zip(&plan.slugs) {
        let depth = slug.as_str().matches('/').count();
        let count = |count: usize| if section.listings.is_empty() { words.no_list.to_owned() } else { count.to_string() };
        let told = if section.samples.is_empty() { words.no_list.to_owned() } else { (words.of)(section.named, section.samples.len()) };
        rows.push([format!("{}{}", "  ".repeat(depth), section.title), slug.to_string(), count(section.links), count(section.dated), told]);
    }
    let widths: [usize; 5] = std::array::from_fn(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or_default());
    let padded = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide - width(cell))));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(padded).collect()
}

fn doubts(survey: &Survey, language: Language) -> Vec<String> {
    let words = &Phrases::of(language).init.talk;
    let mut doubts: Vec<String> = Vec::new();
    if survey.title.is_none() {
        doubts.push(words.no_title.to_owned());
    }
    if !survey.zone_is_sure {
        doubts.push((words.zone_guessed)(survey.zone.name()));
    }
    if survey.url.domain().is_none() {
        doubts.push(words.number_for_name.to_owned());
    }
    for section in survey.sections.iter().filter(|section| !section.listings.is_empty()) {
        if let Some(other) = section.gathers_from.and_then(|at| survey.sections.get(at)) {
            doubts.push((words.gathers)(&section.title, &other.title));
        }
        if section.links < FEW {
            doubts.push((words.few)(&section.title, section.links));
        }
        if section.samples.is_empty() {
            doubts.push((words.no_sample)(&section.title));
        }
    }
    let missing: Vec<&str> =
        footer(&survey.footer, &survey.language).iter().filter(|(_, value)| value.is_none()).map(|(key, _)| *key).collect();
    if !missing.is_empty() {
        doubts.push((words.footer_missing)(&missing.join(", ")));
    }
    doubts.extend(survey.passed.iter().map(|passed| (words.passed)(&passed.title, &passing(&passed.why, language))));
    doubts
}
