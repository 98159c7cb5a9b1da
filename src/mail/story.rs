//! One article as a mail shows it.

use serde::Serialize;

use super::{Newsroom, clean};
use crate::model::{Article, Byline, Standing};
use crate::phrases::MailPhrases;
use crate::urls::Urls;

/// Bodies above this are not sent whole: the mail gives the summary and the link (bytes of HTML). Gmail cuts a mail at 102 KB.
const LONGEST_BODY: usize = 60_000;

/// An article and the title of the section through which it reaches these readers.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    /// The copy.
    pub article: &'a Article,
    /// What people call the section.
    pub section: &'a str,
}

/// What templates see of an article. Every text is one clean line.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StoryView {
    /// The section's title.
    pub section: String,
    pub title: String,
    /// When, who, from whom.
    pub credit: String,
    pub summary: String,
    pub link: String,
    pub image: Option<ImageView>,
    /// The correction's note or the withdrawal's reason.
    pub note: Vec<String>,
    pub breaking: bool,
    /// Whether the whole body follows.
    pub whole: bool,
}

/// What templates see of a picture.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ImageView {
    pub url: String,
    /// The newsroom's own address of it, by which a body shows it.
    #[serde(skip)]
    pub original: String,
    pub alt: String,
}

impl StoryView {
    pub(super) fn of(story: Story<'_>, urls: &Urls, newsroom: &Newsroom, phrases: &MailPhrases) -> Self {
        let article = story.article;
        let whole = article.body.as_str().len() <= LONGEST_BODY && !article.body.is_empty();
        Self {
            section: clean::line(story.section),
            title: clean::title(&article.title),
            credit: credit(article, newsroom, phrases),
            summary: clean::summary(&article.summary_or_lead()),
            link: urls.article(article),
            image: lead_image(article, urls),
            note: article.correction.as_deref().map(clean::lines).unwrap_or_default(),
            breaking: article.breaking,
            whole,
        }
    }

    /// What a withdrawal shows: never copy, picture or names.
    pub(super) fn withdrawn(story: Story<'_>, urls: &Urls) -> Option<Self> {
        let Standing::Withdrawn(withdrawal) = &story.article.standing else { return None };
        Some(Self {
            section: clean::line(story.section),
            title: clean::title(&story.article.title),
            credit: String::new(),
            summary: String::new(),
            link: urls.article(story.article),
            image: None,
            note: clean::lines(&withdrawal.reason),
            breaking: false,
            whole: false,
        })
    }
}

/// `2021年10月29日 08:30 · 通讯员 熊毅、石涛 · 来源：…`
fn credit(article: &Article, newsroom: &Newsroom, phrases: &MailPhrases) -> String {
    let mut parts = vec![(phrases.moment)(article.published.in_zone(newsroom.zone))];
    parts.extend(by_role(&article.authors, phrases));
    if let Some(origin) = &article.origin {
        parts.push(format!("{}{}{}", phrases.origin, phrases.colon, origin.name));
    }
    clean::line(&parts.join(" · "))
}

/// One text a role, in the order printed.
fn by_role(bylines: &[Byline], phrases: &MailPhrases) -> Vec<String> {
    let mut roles: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
    for byline in bylines {
        let role = byline.role.as_deref();
        match roles.iter_mut().find(|(known, _)| *known == role) {
            Some((_, names)) => names.push(&byline.name),
            None => roles.push((role, vec![&byline.name])),
        }
    }
    let joined = roles.into_iter().map(|(role, names)| (role, names.join(phrases.comma)));
    joined.map(|(role, names)| role.map_or_else(|| names.clone(), |role| format!("{role} {names}"))).collect()
}

/// The lead picture, unless the body shows it anyway. Only an absolute address can be shown in a mail.
fn lead_image(article: &Article, urls: &Urls) -> Option<ImageView> {
    let image = article.image.as_ref().filter(|image| image.url.starts_with("https://") || image.url.starts_with("http://"))?;
    Some(ImageView { url: urls.shown(image).url, original: image.url.clone(), alt: clean::line(image.alt.as_deref().unwrap_or_default()) })
}

/// Whether a body already shows a picture.
pub(super) fn shows(body: &str, image: &ImageView) -> bool {
    body.contains(&format!("src=\"{}\"", image.original.replace('&', "&amp;")))
}
