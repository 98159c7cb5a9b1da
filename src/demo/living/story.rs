//! An article of the living site: what it says at any moment, and what became of it when.

use crate::model::{Byline, Kind, Millis};

/// A section of the site: its folder and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Part of every address in it.
    pub folder: &'static str,
    /// As breadcrumbs and navigation print it.
    pub name: &'static str,
}

/// All sections. At the redesign every other one forwards its old addresses; those of the rest are dead.
pub(super) const COLUMNS: [Column; 4] = [
    Column { folder: "yunxi", name: "云溪新闻" },
    Column { folder: "xiangzhen", name: "乡镇动态" },
    Column { folder: "minsheng", name: "民生关注" },
    Column { folder: "gonggao", name: "通知公告" },
];

/// How the site takes an article back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Its page answers 404.
    Missing,
    /// Its page answers 410.
    Gone,
    /// Its page says so in place of the text.
    Notice,
}

/// What an article says at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number at the site, which never changes.
    pub number: u32,
    /// Where it stands.
    pub column: Column,
    /// What it consists of.
    pub kind: Kind,
    /// Its headline.
    pub title: String,
    /// When it was published, to the minute.
    pub at: Millis,
    /// Whether its page prints the day alone.
    pub day_only: bool,
    /// Who wrote it.
    pub authors: Vec<Byline>,
    /// Who edited it.
    pub editors: Vec<Byline>,
    /// 来源, where it is printed.
    pub origin: Option<&'static str>,
    /// Its text.
    pub paragraphs: Vec<String>,
    /// Whether its text stands on two pages.
    pub cut: bool,
    /// The admitted error, as the page prints it behind its label.
    pub correction: Option<String>,
    /// How it was taken back, where it was.
    pub withdrawn: Option<Manner>,
}

/// Something that happens to an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A slip of the pen is mended: one character of the first paragraph becomes another one.
    Slip { from: &'static str, to: &'static str },
    /// A paragraph is added.
    Paragraph(String),
    /// It gets another headline.
    Title(String),
    /// An error is admitted.
    Correction(String),
    /// It is taken back.
    Withdrawal(Manner),
}

/// What receivers must be told of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// It is there.
    Published,
    /// It says something else.
    Updated,
    /// It admitted an error.
    Corrected,
    /// It was taken back.
    Withdrawn,
}

impl Told {
    /// The event's type on the wire.
    #[must_use]
    pub const fn event_type(self) -> &'static str {
        match self {
            Self::Published => "article.published",
            Self::Updated => "article.updated",
            Self::Corrected => "article.corrected",
            Self::Withdrawn => "article.withdrawn",
        }
    }
}

impl Change {
    const fn told(&self) -> Option<Told> {
        match self {
            Self::Slip { .. } => None,
            Self::Paragraph(_) | Self::Title(_) => Some(Told::Updated),
            Self::Correction(_) => Some(Told::Corrected),
            Self::Withdrawal(_) => Some(Told::Withdrawn),
        }
    }
}

/// An article with its whole life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Story {
    /// As it was first published.
    pub first: Version,
    /// What happens to it, the earliest first.
    pub changes: Vec<(Millis, Change)>,
}

impl Story {
    /// What it says now. `None`: it is not out yet.
    pub fn copy(&self, now: Millis) -> Option<Version> {
        if now < self.first.at {
            return None;
        }
        let mut copy = self.first.clone();
        for (_, change) in self.changes.iter().filter(|(at, _)| *at <= now) {
            match change {
                Change::Slip { from, to } => {
                    if let Some(first) = copy.paragraphs.first_mut() {
                        *first = first.replacen(from, to, 1);
                    }
                }
                Change::Paragraph(text) => copy.paragraphs.push(text.clone()),
                Change::Title(title) => copy.title.clone_from(title),
                Change::Correction(note) => copy.correction = Some(note.clone()),
                Change::Withdrawal(manner) => copy.withdrawn = Some(*manner),
            }
        }
        Some(copy)
    }

    /// What happened to it after `seen` and until `now` that receivers must hear of.
    pub fn told(&self, seen: Millis, now: Millis) -> Vec<Told> {
        self.changes.iter().filter(|(at, _)| *at > seen && *at <= now).filter_map(|(_, change)| change.told()).collect()
    }
}
