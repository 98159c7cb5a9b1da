//! Short pages: an answer, a button, a link onwards.

use askama::Template;

use crate::model::Language;

use super::frame::Frame;
use super::{Pages, print};

/// A subscription in words.
pub(super) struct Follow {
    pub(super) title: String,
    pub(super) cadence: &'static str,
}

/// Where a button posts to, or a link leads.
pub(super) struct Step {
    pub(super) action: String,
    pub(super) label: &'static str,
}

#[derive(Template)]
#[template(path = "notice.html", config = "src/pages/askama.toml")]
pub(super) struct Notice<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) title: &'a str,
    pub(super) lines: Vec<String>,
    pub(super) follows: Vec<Follow>,
    /// The one thing that this page is for; a GET never does it.
    pub(super) button: Option<Step>,
    pub(super) link: Option<Step>,
    pub(super) after: Option<&'static str>,
}

impl<'a> Notice<'a> {
    pub(super) const fn new(frame: Frame<'a>, title: &'a str) -> Self {
        Self { frame, title, lines: Vec::new(), follows: Vec::new(), button: None, link: None, after: None }
    }
}

impl Pages {
    /// A page for a status that is no success. `detail` says more for a person, where there is more to say.
    #[must_use]
    pub fn error(&self, language: Language, status: u16, detail: Option<&str>) -> String {
        let frame = self.frame(language);
        let words = &frame.p().error;
        let (title, line) = match status {
            401 | 403 => words.forbidden,
            404 | 405 => words.missing,
            410 => words.gone,
            413 => words.large,
            429 => words.hurried,
            400..=499 => words.bad,
            503 => words.resting,
            _ => words.ours,
        };
        let lines = std::iter::once(line).chain(detail).map(ToOwned::to_owned).collect();
        let link = Some(Step { action: frame.path(""), label: words.back });
        print(&Notice { lines, link, ..Notice::new(frame, title) })
    }
}
