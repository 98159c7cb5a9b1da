//! What the edition's template sees, and the text part written from the same.

use serde::Serialize;

use super::clean;
use super::story::StoryView;
use crate::phrases::MailPhrases;

/// What the edition's template sees.
#[derive(Serialize)]
pub(super) struct EditionView<'a> {
    pub tag: &'static str,
    pub subject: &'a str,
    pub preview: String,
    pub newsroom: &'a str,
    pub home: String,
    /// Over the articles: the digest's title, or the label of a correction or withdrawal.
    pub heading: String,
    /// Under it.
    pub lead: String,
    /// One article, with what its body needs; else a digest.
    pub single: bool,
    pub correction: bool,
    pub withdrawn: bool,
    pub stories: &'a [StoryView],
    /// Where the body goes.
    pub body_slot: char,
    /// How many articles found no room; empty: none.
    pub more: String,
    /// Where they are read.
    pub more_link: String,
    pub browser: String,
    pub words: Words,
    pub footer: Footer,
}

/// The sentences that templates need as they stand.
#[derive(Serialize)]
pub(super) struct Words {
    pub breaking: &'static str,
    pub reason: &'static str,
    pub colon: &'static str,
    pub read_on: &'static str,
    pub browser: &'static str,
    pub unsubscribe: &'static str,
    pub preferences: &'static str,
}

/// The end of every mail.
#[derive(Debug, Serialize)]
pub(super) struct Footer {
    pub because: String,
    pub lines: Vec<String>,
    pub unsubscribe: String,
    pub preferences: String,
}

/// The text part, written from the articles.
pub(super) fn text_of(view: &EditionView<'_>, body: Option<&str>, phrases: &MailPhrases) -> String {
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
    blocks.extend((!view.more.is_empty()).then(|| format!("{}\n{}", view.more, view.more_link)));
    blocks.push(text_footer(view, phrases));
    blocks.join("\n\n") + "\n"
}

fn text_footer(view: &EditionView<'_>, phrases: &MailPhrases) -> String {
    // RFC 3676, 4.3: the line that every mail client knows as the beginning of a signature.
    let mut lines = vec!["-- ".to_owned(), view.footer.because.clone()];
    let links = [
        (phrases.unsubscribe, &view.footer.unsubscribe),
        (phrases.preferences, &view.footer.preferences),
        (phrases.browser, &view.browser),
    ];
    lines.extend(links.into_iter().filter(|(_, link)| !link.is_empty()).map(|(label, link)| format!("{label}{}{link}", phrases.colon)));
    lines.extend(view.footer.lines.iter().cloned());
    lines.join("\n")
}
