//! A `[[source]]` block as it is written for a person, with its tests.

use chrono_tz::Tz;
use url::Url;

use crate::config::Draft;
use crate::model::{Byline, SourceKind, When};
use crate::phrases::FilePhrases;
use crate::source::probe::Sample;

/// A passage that stands in a test is so long (characters): enough to be alone on its page.
const PASSAGE: usize = 24;
/// The body of a test may lose this part of its length before the test fails: editors cut.
const MAY_LOSE: f64 = 0.2;

/// A source to be written.
pub(in crate::cli) struct Block<'a> {
    /// Its kind.
    pub(in crate::cli) kind: SourceKind,
    /// Its name.
    pub(in crate::cli) name: &'a str,
    /// Listings, or the feed.
    pub(in crate::cli) addresses: &'a [Url],
    /// Where copy stands that says nothing.
    pub(in crate::cli) fallback: Option<&'a str>,
    /// Its language, where it differs from the newsroom's.
    pub(in crate::cli) language: Option<&'a str>,
    /// The zone of its times, where it differs from the newsroom's.
    pub(in crate::cli) timezone: Option<Tz>,
    /// Whether it is the newsroom's own.
    pub(in crate::cli) own: bool,
    /// Whether it lies on a private network.
    pub(in crate::cli) private: bool,
    /// Whether its keys are explained; those of the first source of a file are.
    pub(in crate::cli) explained: bool,
}

impl Block<'_> {
    /// Writes the block.
    pub(in crate::cli) fn write(&self, draft: &mut Draft, words: &FilePhrases) {
        draft.table("[[source]]").text("kind", self.kind.as_str()).text("name", self.name);
        match self.kind {
            SourceKind::Feed => draft.text_if("url", self.addresses.first()),
            _ => draft.texts("listing", self.addresses),
        };
        if let Some(fallback) = self.fallback {
            self.explain(draft, words.fallback).texts("sections", &[fallback]);
        }
        draft.text_if("language", self.language).text_if("timezone", self.timezone.map(Tz::name));
        if self.private {
            self.explain(draft, words.private).word("allow_private", true);
        }
        if self.own {
            draft.word("own", true);
        } else if self.explained {
            draft.comment(words.own).aside(|draft| {
                draft.word("own", true);
            });
        }
    }

    fn explain<'d>(&self, draft: &'d mut Draft, words: &str) -> &'d mut Draft {
        if self.explained { draft.comment(words) } else { draft }
    }
}

/// Writes the tests of a source, each an article that was read, under a comment if there is one.
pub(in crate::cli) fn tests(draft: &mut Draft, samples: &[&Sample], zone: Tz, comment: Option<&str>) {
    if samples.is_empty() {
        return;
    }
    draft.gap();
    if let Some(comment) = comment {
        draft.comment(comment);
    }
    for sample in samples {
        test(draft, sample, zone);
    }
}

fn test(draft: &mut Draft, sample: &Sample, zone: Tz) {
    let candidate = &sample.candidate;
    draft.table("[[source.test]]").text("url", &sample.url).text_if("title", candidate.title.as_ref());
    draft.text_if("date", candidate.published.map(|when| printed(when, zone)));
    let names = |people: &[Byline]| people.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    for (key, people) in [("authors", &candidate.authors), ("editors", &candidate.editors)] {
        if !people.is_empty() {
            draft.texts(key, &names(people));
        }
    }
    draft.text_if("origin", candidate.origin.as_ref().map(|origin| &origin.name));
    draft.text_if("section", candidate.sections.first().and_then(|path| path.rsplit('/').next()));
    if let Some(passage) = passage(&sample.text) {
        draft.texts("body_contains", &[passage]);
    }
    let length = sample.text.chars().filter(|c| !c.is_whitespace()).count() as f64 * (1.0 - MAY_LOSE);
    let length = length as usize / 10 * 10;
    if length > 0 {
        draft.word("min_length", length);
    }
}

/// A day, or a minute of the zone's clock.
pub(in crate::cli) fn printed(when: When, zone: Tz) -> String {
    match when {
        When::Day(day) => day.format("%Y-%m-%d").to_string(),
        When::At(at) => at.in_zone(zone).format("%Y-%m-%d %H:%M").to_string(),
    }
}

/// The beginning of the longest paragraph, if that is long enough; a Latin word is not cut.
fn passage(text: &str) -> Option<String> {
    let longest = text.lines().map(str::trim).max_by_key(|line| line.chars().count());
    let line = longest.filter(|line| line.chars().count() > PASSAGE)?;
    let end = line.char_indices().skip(PASSAGE).find(|(_, c)| !c.is_ascii_alphanumeric()).map_or(line.len(), |(at, _)| at);
    Some(line[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_the_beginning_of_a_paragraph() {
        let english = "Short.\nThe lifeboat was launched twice on Sunday morning.";
        assert_eq!(passage(english).as_deref(), Some("The lifeboat was launched"));
        assert_eq!(passage("短句。"), None);
    }
}
