//! Subscribing, confirming, preferences, leaving. A GET shows; only a POST changes anything.

use askama::Template;

use crate::model::{Cadence, EmailAddress, Language, Subscription, Target};

use super::frame::Frame;
use super::notices::{Notice, Step};
use super::offer::{CadenceChoice, Offer, cadence_choice, choices_of, in_words};
use super::{Pages, print};

/// `GET /subscribe`, and its answer where the post could not be taken.
#[derive(Debug, Clone, Copy)]
pub struct SubscribeForm<'a> {
    /// What can be followed.
    pub offer: Offer<'a>,
    /// As typed so far.
    pub email: &'a str,
    /// What is ticked: from the address (`?follow=section:news`), or as posted.
    pub chosen: &'a [Target],
    /// How often, as posted.
    pub cadence: Cadence,
    /// Why the post could not be taken.
    pub problem: Option<SubscribeProblem>,
    /// For [`STAMP`](super::field::STAMP).
    pub stamp: &'a str,
}

/// Why a subscription could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscribeProblem {
    /// No address.
    Email,
    /// Nothing ticked.
    Nothing,
    /// The stamp is too old, too young, or not ours.
    Stale,
}

/// `GET /preferences`: the link to the preferences goes by mail, for an address alone proves nothing.
#[derive(Debug, Clone, Copy)]
pub struct AskForm<'a> {
    /// As typed so far.
    pub email: &'a str,
    /// Whether it was no address.
    pub bad_email: bool,
    /// For [`STAMP`](super::field::STAMP).
    pub stamp: &'a str,
}

/// `GET /preferences/{token}`.
#[derive(Debug, Clone, Copy)]
pub struct Preferences<'a> {
    /// The signed token of the address line.
    pub token: &'a str,
    /// The token under which this reader may leave.
    pub leave_token: &'a str,
    /// Whose.
    pub email: &'a EmailAddress,
    /// In which language this reader gets mail.
    pub language: Language,
    /// What this reader follows.
    pub follows: &'a [Subscription],
    /// What can be followed.
    pub offer: Offer<'a>,
    /// Whether a post was just taken.
    pub saved: bool,
}

struct ChoiceGroup {
    legend: &'static str,
    choices: Vec<Choice>,
}

struct Choice {
    value: String,
    title: String,
    chosen: bool,
    deep: bool,
}

struct PreferenceRow {
    id: String,
    name: String,
    title: String,
    cadences: Vec<CadenceChoice>,
}

#[derive(Template)]
#[template(path = "subscribe.html", config = "src/pages/askama.toml")]
struct SubscribeTemplate<'a> {
    frame: Frame<'a>,
    stamp: &'a str,
    email: &'a str,
    problem: Option<&'static str>,
    bad_email: bool,
    groups: Vec<ChoiceGroup>,
    cadences: Vec<CadenceChoice>,
}

#[derive(Template)]
#[template(path = "ask.html", config = "src/pages/askama.toml")]
struct AskTemplate<'a> {
    frame: Frame<'a>,
    stamp: &'a str,
    email: &'a str,
    bad_email: bool,
}

#[derive(Template)]
#[template(path = "preferences.html", config = "src/pages/askama.toml")]
struct PreferencesTemplate<'a> {
    frame: Frame<'a>,
    action: String,
    leave: String,
    email: &'a str,
    saved: bool,
    rows: Vec<PreferenceRow>,
    chinese: bool,
}

impl Pages {
    /// The form.
    #[must_use]
    pub fn subscribe(&self, language: Language, form: &SubscribeForm) -> String {
        let frame = self.frame(language);
        let words = &frame.p().subscribe;
        let choice = |(target, deep): (Target, bool)| Choice {
            value: target.stored(),
            title: form.offer.title(&target),
            chosen: form.chosen.contains(&target),
            deep,
        };
        let (digests, sections): (Vec<_>, Vec<_>) = form.offer.targets().partition(|(target, _)| matches!(target, Target::Digest(_)));
        let groups = [(words.what, sections), (words.digests, digests)].into_iter().filter(|(_, targets)| !targets.is_empty());
        print(&SubscribeTemplate {
            frame,
            stamp: form.stamp,
            email: form.email,
            problem: form.problem.map(|problem| match problem {
                SubscribeProblem::Email => words.bad_email,
                SubscribeProblem::Nothing => words.nothing_chosen,
                SubscribeProblem::Stale => words.stale,
            }),
            bad_email: form.problem == Some(SubscribeProblem::Email),
            groups: groups.map(|(legend, targets)| ChoiceGroup { legend, choices: targets.into_iter().map(choice).collect() }).collect(),
            cadences: form.offer.cadences.iter().map(|cadence| cadence_choice(frame.p(), *cadence, form.cadence)).collect(),
        })
    }

    /// The answer to every subscription that could be read, whatever is known of the address.
    #[must_use]
    pub fn check_mail(&self, language: Language, email: &EmailAddress) -> String {
        let frame = self.frame(language);
        let words = &frame.p().subscribe;
        let lines = vec![(words.check_mail_how)(email.expose())];
        print(&Notice { lines, after: Some(words.check_mail_spam), ..Notice::new(frame, words.check_mail) })
    }

    /// `GET /confirm/{token}`: what will come, and the button that confirms it.
    #[must_use]
    pub fn confirm(&self, language: Language, token: &str, follows: &[Subscription], offer: &Offer) -> String {
        let frame = self.frame(language);
        let words = &frame.p().subscribe;
        print(&Notice {
            lines: vec![words.confirm_what.to_owned()],
            follows: in_words(frame.p(), follows, offer),
            button: Some(Step { action: frame.path(&format!("confirm/{token}")), label: words.confirm_button }),
            after: Some(words.confirm_ignore),
            ..Notice::new(frame, words.confirm)
        })
    }

    /// The answer to the confirmation.
    #[must_use]
    pub fn confirmed(&self, language: Language, preferences_token: &str, follows: &[Subscription], offer: &Offer) -> String {
        let frame = self.frame(language);
        let words = &frame.p().subscribe;
        print(&Notice {
            lines: vec![words.confirmed_what.to_owned()],
            follows: in_words(frame.p(), follows, offer),
            link: Some(Step { action: frame.path(&format!("preferences/{preferences_token}")), label: words.to_preferences }),
            ..Notice::new(frame, words.confirmed)
        })
    }

    /// The form that mails the link to the preferences.
    #[must_use]
    pub fn ask_preferences(&self, language: Language, form: &AskForm) -> String {
        print(&AskTemplate { frame: self.frame(language), stamp: form.stamp, email: form.email, bad_email: form.bad_email })
    }

    /// A reader's subscriptions, one choice for each thing on offer.
    #[must_use]
    pub fn preferences(&self, language: Language, page: &Preferences) -> String {
        let frame = self.frame(language);
        let row = |(n, (target, _)): (usize, (Target, bool))| {
            let follows = page.follows.iter().find(|follow| follow.target == target).map(|follow| follow.cadence);
            PreferenceRow {
                id: format!("choice-{n}"),
                name: target.stored(),
                title: page.offer.title(&target),
                cadences: choices_of(frame.p(), &target, follows, &page.offer),
            }
        };
        print(&PreferencesTemplate {
            frame,
            action: frame.path(&format!("preferences/{}", page.token)),
            leave: frame.path(&format!("unsubscribe/{}", page.leave_token)),
            email: page.email.expose(),
            saved: page.saved,
            rows: page.offer.targets().enumerate().map(row).collect(),
            chinese: page.language == Language::Chinese,
        })
    }

    /// `GET /unsubscribe/{token}`: the button that leaves, and a way to get less.
    #[must_use]
    pub fn unsubscribe(&self, language: Language, token: &str, preferences_token: &str) -> String {
        let frame = self.frame(language);
        let words = &frame.p().subscribe;
        print(&Notice {
            lines: vec![words.unsubscribe_what.to_owned()],
            button: Some(Step { action: frame.path(&format!("unsubscribe/{token}")), label: words.unsubscribe_button }),
            link: Some(Step { action: frame.path(&format!("preferences/{preferences_token}")), label: words.rather_less }),
            ..Notice::new(frame, words.unsubscribe)
        })
    }

    /// The answer to leaving.
    #[must_use]
    pub fn unsubscribed(&self, language: Language) -> String {
        let frame = self.frame(language);
        let words = &frame.p().subscribe;
        print(&Notice {
            lines: vec![words.unsubscribed_what.to_owned()],
            link: Some(Step { action: frame.path("subscribe"), label: words.again }),
            ..Notice::new(frame, words.unsubscribed)
        })
    }
}
