//! What can be followed, how often, and the words for it.

use crate::model::{Cadence, Section, Subscription, Target};
use crate::phrases::PagesPhrases;

use super::newsroom::in_order;
use super::notices::Follow;

/// The names of form fields, for whoever reads the posts.
pub mod field {
    /// A mail address.
    pub const EMAIL: &str = "email";
    /// What to follow, as [`crate::model::Target::stored`] writes it; once for each.
    pub const FOLLOW: &str = "follow";
    /// How often, as [`crate::model::Cadence::as_str`] writes it. Absent where only one is on offer.
    pub const CADENCE: &str = "cadence";
    /// The reader's language, BCP 47.
    pub const LANGUAGE: &str = "language";
    /// The signed time at which the form was handed out.
    pub const STAMP: &str = "stamp";
    /// A field that no person sees: whoever fills it is a program.
    pub const TRAP: &str = "website";
    /// In the preferences a target's own field has its stored name, and this value ends it.
    pub const NEVER: &str = "never";
}

/// A named digest on offer.
#[derive(Debug, Clone, Copy)]
pub struct Digest<'a> {
    /// Its name in the configuration.
    pub name: &'a str,
    /// What people call it.
    pub title: &'a str,
}

/// What can be followed here, and how.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// All sections.
    pub sections: &'a [Section],
    /// All digests.
    pub digests: &'a [Digest<'a>],
    /// How often a section can be followed, the usual one first.
    pub cadences: &'a [Cadence],
}

/// One line of a list of cadences.
pub(super) struct CadenceChoice {
    pub(super) value: &'static str,
    pub(super) title: &'static str,
    pub(super) chosen: bool,
}

impl Offer<'_> {
    /// Everything that can be followed; whether it lies below another section.
    pub(super) fn targets(&self) -> impl Iterator<Item = (Target, bool)> {
        let sections = in_order(self.sections, |_| true).into_iter();
        let sections = sections.map(|section| (Target::Section(section.slug.clone()), section.slug.parent().is_some()));
        sections.chain(self.digests.iter().map(|digest| (Target::Digest(digest.name.to_owned()), false)))
    }

    /// What people call it; its own name where it is no longer on offer.
    pub(super) fn title(&self, target: &Target) -> String {
        let known = match target {
            Target::Section(slug) => self.sections.iter().find(|section| section.slug == *slug).map(|section| section.title.as_str()),
            Target::Digest(name) => self.digests.iter().find(|digest| digest.name == name).map(|digest| digest.title),
        };
        known.map_or_else(
            || match target {
                Target::Section(slug) => slug.to_string(),
                Target::Digest(name) => name.clone(),
            },
            ToOwned::to_owned,
        )
    }
}

/// A digest is taken or left; a section in one of the cadences on offer, or in the one that its reader has.
pub(super) fn choices_of(words: &PagesPhrases, target: &Target, follows: Option<Cadence>, offer: &Offer) -> Vec<CadenceChoice> {
    let offered = match target {
        Target::Digest(_) => &[Cadence::Digest],
        Target::Section(_) => offer.cadences,
    };
    let kept = follows.filter(|cadence| !offered.contains(cadence));
    let all = offered.iter().copied().chain(kept);
    let mut choices = vec![CadenceChoice { value: field::NEVER, title: words.subscribe.never, chosen: follows.is_none() }];
    choices.extend(all.map(|cadence| CadenceChoice {
        value: cadence.as_str(),
        title: cadence_in_words(words, cadence),
        chosen: follows == Some(cadence),
    }));
    choices
}

pub(super) fn cadence_choice(words: &PagesPhrases, cadence: Cadence, chosen: Cadence) -> CadenceChoice {
    CadenceChoice { value: cadence.as_str(), title: cadence_in_words(words, cadence), chosen: cadence == chosen }
}

const fn cadence_in_words(words: &PagesPhrases, cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Breaking => words.subscribe.breaking,
        Cadence::Instant => words.subscribe.instant,
        Cadence::Every => words.subscribe.every,
        Cadence::Daily => words.subscribe.daily,
        Cadence::Weekly => words.subscribe.weekly,
        Cadence::Digest => words.subscribe.digest,
    }
}

pub(super) fn in_words(words: &PagesPhrases, follows: &[Subscription], offer: &Offer) -> Vec<Follow> {
    let follow = |follow: &Subscription| Follow { title: offer.title(&follow.target), cadence: cadence_in_words(words, follow.cadence) };
    follows.iter().map(follow).collect()
}
