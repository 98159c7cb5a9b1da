//! Composes editions.

use serde::Serialize;

use super::composed::Gap;
use super::story::{StoryView, shows};
use super::template::{BODY_SLOT, Name, Press};
use super::{Composed, ListName, MailError, Newsroom, Segments, Templates, clean};
use crate::model::{Article, EditionKind, Language, Millis};
use crate::phrases::{MailPhrases, Phrases};
use crate::urls::Urls;

/// More articles than this in one digest are named by their number only.
const MOST_STORIES: usize = 25;
/// Gmail hides what lies behind 102 KB of HTML, the unsubscribe link first (bytes, with room for the links).
const LONGEST_HTML: usize = 98_000;

/// An article and the title of the section through which it reaches these readers.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    /// The copy.
    pub article: &'a Article,
    /// What people call the section.
    pub section: &'a str,
}

/// What a digest is called, and for which span.
#[derive(Debug, Clone, Copy)]
pub struct Digest<'a> {
    /// Its list.
    pub list: &'a ListName,
    /// What people call it.
    pub title: &'a str,
    /// From and to, as it is printed.
    pub window: (Millis, Millis),
}

/// Composes mails for one newsroom. Cheap to share; holds no state.
#[derive(Debug, Clone)]
pub struct Composer {
    pub(super) urls: Urls,
    pub(super) newsroom: Newsroom,
    pub(super) press: Press,
}

/// What the edition's template sees.
#[derive(Serialize)]
struct EditionView<'a> {
    tag: &'static str,
    subject: &'a str,
    preview: String,
    newsroom: &'a str,
    home: String,
    /// Over the articles: the digest's title, or the label of a correction or withdrawal.
    heading: String,
    /// Under it.
    lead: String,
    /// One article, with what its body needs; else a digest.
    single: bool,
    correction: bool,
    withdrawn: bool,
    stories: &'a [StoryView],
    /// Where the body goes.
    body_slot: char,
    more: String,
    browser: String,
    words: Words,
    footer: Footer,
}

/// The sentences that templates need as they stand.
#[derive(Serialize)]
struct Words {
    breaking: &'static str,
    reason: &'static str,
    colon: &'static str,
    read_on: &'static str,
    browser: &'static str,
    unsubscribe: &'static str,
    preferences: &'static str,
}

/// The end of every mail.
#[derive(Debug, Serialize)]
pub(super) struct Footer {
    pub because: String,
    pub lines: Vec<String>,
    pub unsubscribe: String,
    pub preferences: String,
}

impl Composer {
    /// A composer for a newsroom.
    ///
    /// # Errors
    /// When a template does not parse.
    pub fn new(urls: Urls, mut newsroom: Newsroom, templates: Templates) -> Result<Self, MailError> {
        for text in [
            &mut newsroom.title,
            &mut newsroom.organisation,
            &mut newsroom.address,
            &mut newsroom.phone,
            &mut newsroom.contact,
            &mut newsroom.icp,
            &mut newsroom.police,
        ] {
            *text = clean::line(text);
        }
        newsroom.from.name = clean::name(&newsroom.from.name);
        Ok(Self { urls, newsroom, press: Press::new(templates)? })
    }

    /// One article, at once.
    ///
    /// # Errors
    /// When the template fails on it.
    pub fn compose_alert(&self, story: Story<'_>, list: &ListName, language: Language) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let view = StoryView::of(story, &self.urls, &self.newsroom, phrases);
        let subject = if view.breaking { labelled(phrases.breaking, &view.title, phrases) } else { view.title.clone() };
        self.single(EditionKind::Alert, &subject, ("", ""), view, story.article, list, language)
    }

    /// An admitted error, to those who got it: the note, then the article as it now stands.
    ///
    /// # Errors
    /// When the template fails on it.
    pub fn compose_correction(&self, story: Story<'_>, list: &ListName, language: Language) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let view = StoryView::of(story, &self.urls, &self.newsroom, phrases);
        let subject = labelled(phrases.correction, &view.title, phrases);
        let heading = (phrases.correction, phrases.correction_lead);
        self.single(EditionKind::Correction, &subject, heading, view, story.article, list, language)
    }

    /// A withdrawal, to those who were told: headline and reason, never the body.
    ///
    /// # Errors
    /// When the article stands, or the template fails on it.
    pub fn compose_withdrawal(&self, story: Story<'_>, list: &ListName, language: Language) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let view = StoryView::withdrawn(story, &self.urls).ok_or(MailError::NotWithdrawn)?;
        let subject = labelled(phrases.withdrawn, &view.title, phrases);
        let heading = (phrases.withdrawn, phrases.withdrawal_lead);
        self.single(EditionKind::Withdrawal, &subject, heading, view, story.article, list, language)
    }

    /// Several articles, by the clock, in the order given. What finds no room is counted at the end, with the link to the site.
    ///
    /// # Errors
    /// When the template fails on them.
    pub fn compose_digest(&self, digest: Digest<'_>, stories: &[Story<'_>], language: Language) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let title = clean::line(digest.title);
        let (from, to) = (digest.window.0.in_zone(self.newsroom.zone), digest.window.1.in_zone(self.newsroom.zone));
        let (first, last) = ((phrases.day)(from), (phrases.day)(to));
        let days = if first == last { last.clone() } else { format!("{first} – {last}") };
        let subject = clean::subject(&match stories.first() {
            Some(story) => format!("{title}{}{}", phrases.colon, clean::line(&story.article.title)),
            None => title.clone(),
        });
        let lead = format!("{days} · {}", (phrases.stories)(stories.len()));
        let mut views: Vec<StoryView> = stories
            .iter()
            .take(MOST_STORIES)
            .map(|story| StoryView { whole: false, ..StoryView::of(*story, &self.urls, &self.newsroom, phrases) })
            .collect();
        loop {
            let left_out = stories.len() - views.len();
            let more = if left_out == 0 { String::new() } else { (phrases.more)(left_out) };
            let preview = views.iter().map(|view| view.title.as_str()).take(4).collect::<Vec<_>>().join(" · ");
            let view = EditionView {
                preview,
                heading: title.clone(),
                lead: lead.clone(),
                browser: Gap::Browser.mark().to_string(),
                more,
                ..self.view(EditionKind::Digest, &subject, &views, language)
            };
            let html = self.press.print(Name::Edition, &view)?;
            if html.len() <= LONGEST_HTML || views.len() <= 1 {
                let text = text_of(&view, None, phrases);
                let kind = EditionKind::Digest;
                let (html, text) = (Segments::split(&html), Segments::split(&text));
                return Ok(Composed { kind, subject: subject.clone(), html, text, list: digest.list.clone() });
            }
            // Every article costs about the same, so this ends after a round or two.
            let fits = views.len() * LONGEST_HTML / html.len();
            views.truncate(fits.clamp(1, views.len() - 1));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where the three single-article editions meet")]
    fn single(
        &self,
        kind: EditionKind,
        subject: &str,
        (heading, lead): (&str, &str),
        mut story: StoryView,
        article: &Article,
        list: &ListName,
        language: Language,
    ) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let subject = clean::subject(subject);
        let body = if story.whole { clean::html(article.body.as_str()) } else { String::new() };
        story.image = story.image.filter(|image| !shows(&body, image));
        let stories = [story];
        let view = EditionView {
            preview: if lead.is_empty() { stories[0].summary.clone() } else { lead.to_owned() },
            heading: heading.to_owned(),
            lead: lead.to_owned(),
            ..self.view(kind, &subject, &stories, language)
        };
        let html = self.press.print(Name::Edition, &view)?.replace(BODY_SLOT, &body);
        let text = text_of(&view, stories[0].whole.then(|| article.body.text()).as_deref(), phrases);
        Ok(Composed { kind, subject: subject.clone(), html: Segments::split(&html), text: Segments::split(&text), list: list.clone() })
    }

    fn view<'a>(&'a self, kind: EditionKind, subject: &'a str, stories: &'a [StoryView], language: Language) -> EditionView<'a> {
        let phrases = &Phrases::of(language).mail;
        EditionView {
            tag: language.tag(),
            subject,
            preview: String::new(),
            newsroom: &self.newsroom.title,
            home: self.urls.home(),
            heading: String::new(),
            lead: String::new(),
            single: kind != EditionKind::Digest,
            correction: kind == EditionKind::Correction,
            withdrawn: kind == EditionKind::Withdrawal,
            stories,
            body_slot: BODY_SLOT,
            more: String::new(),
            browser: String::new(),
            words: Words {
                breaking: phrases.breaking,
                reason: phrases.reason,
                colon: phrases.colon,
                read_on: if kind == EditionKind::Correction { phrases.read_corrected } else { phrases.read_on },
                browser: phrases.browser,
                unsubscribe: phrases.unsubscribe,
                preferences: phrases.preferences,
            },
            footer: self.footer(phrases),
        }
    }

    pub(super) fn footer(&self, phrases: &MailPhrases) -> Footer {
        let room = &self.newsroom;
        let labelled = |label: &str, text: &str| if text.is_empty() { String::new() } else { format!("{label}{}{text}", phrases.colon) };
        let lines = [
            room.organisation.clone(),
            labelled(phrases.address, &room.address),
            [labelled(phrases.phone, &room.phone), labelled(phrases.contact, &room.contact)]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            [room.icp.clone(), room.police.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        ];
        Footer {
            because: (phrases.because)(&room.title),
            lines: lines.into_iter().filter(|line| !line.is_empty()).collect(),
            unsubscribe: Gap::Unsubscribe.mark().to_string(),
            preferences: Gap::Preferences.mark().to_string(),
        }
    }
}

fn labelled(label: &str, title: &str, phrases: &MailPhrases) -> String {
    format!("{label}{}{title}", phrases.colon)
}

/// The text part, written from the articles.
fn text_of(view: &EditionView<'_>, body: Option<&str>, phrases: &MailPhrases) -> String {
    let mut blocks: Vec<String> = vec![view.newsroom.to_owned()];
    let heading: Vec<&str> = [view.heading.as_str(), view.lead.as_str()].into_iter().filter(|line| !line.is_empty()).collect();
    blocks.extend((!heading.is_empty()).then(|| heading.join("\n")));
    for (at, story) in view.stories.iter().enumerate() {
        let number = if view.single { String::new() } else { format!("{}. ", at + 1) };
        let flag = if story.breaking { format!("{}{}", phrases.breaking, phrases.colon) } else { String::new() };
        let title = format!("{number}{flag}{}", story.title);
        blocks.push([title.as_str(), &story.credit].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"));
        if view.correction || view.withdrawn {
            let label = if view.withdrawn { phrases.reason } else { phrases.correction };
            blocks.extend((!story.note.is_empty()).then(|| format!("{label}{}{}", phrases.colon, story.note.join("\n"))));
        }
        match body {
            Some(body) => blocks.extend(clean::lines(body)),
            None if !story.summary.is_empty() => blocks.push(story.summary.clone()),
            None => {}
        }
        let link = if view.single && !view.withdrawn { format!("{}\n{}", view.words.read_on, story.link) } else { story.link.clone() };
        blocks.extend((!view.withdrawn).then_some(link));
    }
    blocks.extend((!view.more.is_empty()).then(|| format!("{}\n{}", view.more, view.home)));
    blocks.push(text_footer(view, phrases));
    blocks.join("\n\n") + "\n"
}

fn text_footer(view: &EditionView<'_>, phrases: &MailPhrases) -> String {
    // RFC 3676, 4.3: the line that every mail client knows as the beginning of a signature.
    let mut lines = vec!["-- ".to_owned(), view.footer.because.clone()];
    let links = [(phrases.unsubscribe, &view.footer.unsubscribe), (phrases.preferences, &view.footer.preferences), (phrases.browser, &view.browser)];
    lines.extend(links.into_iter().filter(|(_, link)| !link.is_empty()).map(|(label, link)| format!("{label}{}{link}", phrases.colon)));
    lines.extend(view.footer.lines.iter().cloned());
    lines.join("\n")
}
