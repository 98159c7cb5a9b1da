//! The one door in: a candidate becomes an article and its event, in one transaction.
//!
//! [`accept()`] judges copy from every source in the same way. It answers with what became of it, or with why it was refused; both are
//! values. Nothing here sends anything: receivers are told by whoever reads the event log.

mod accept;
mod chronicle;
mod desk;
mod push;
mod rounds;
mod sections;
mod weigh;

pub use accept::{Accepted, Became, accept};
pub use desk::{Desk, DeskError};
pub use push::{Once, PushError, Pushed};
pub use rounds::{Planned, Rounds, declare as declare_sources};
pub use sections::{declare as declare_sections, in_pinyin};

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;

use crate::clock::{Clock, Ids};
use crate::model::{EmailAddress, Sealed, Slug, SourceKind};
use crate::store::{Store, StoreError};

/// Seals bytes with the installation's keys, which this room does not hold.
pub type Seal = Arc<dyn Fn(&[u8]) -> Sealed + Send + Sync>;

/// What the newsroom decided about copy. Plain values; the application fills them from the configuration.
#[derive(Clone)]
pub struct Rules {
    /// The newsroom's zone, in which times are written.
    pub zone: Tz,
    /// The language of copy that does not say.
    pub language: String,
    /// Polled copy older than this tells nobody.
    pub announce_within: Duration,
    /// Whether an unknown breadcrumb makes a section.
    pub auto_sections: bool,
    /// An article with one of these words waits for an editor.
    pub hold_words: Vec<String>,
    /// Who is told that an article waits.
    pub editor: Option<EmailAddress>,
    /// Seals a letter's payload.
    pub seal: Seal,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules").field("zone", &self.zone).field("auto_sections", &self.auto_sections).finish_non_exhaustive()
    }
}

/// What a source is allowed, and how its copy is read.
#[derive(Debug, Clone)]
pub struct Door {
    /// The source's name.
    pub source: String,
    /// How copy comes in.
    pub kind: SourceKind,
    /// The zone of its printed times.
    pub zone: Tz,
    /// Where its copy stands when it does not say, or says something unknown.
    pub sections: Vec<Slug>,
    /// Whether an editor looks first.
    pub hold: bool,
    /// Words that mark an article as breaking.
    pub breaking: Vec<String>,
    /// A first look: everything is old.
    pub first_look: bool,
    /// A token bound to this section takes and changes only what stands within it.
    pub bound_to: Option<Slug>,
}

impl Door {
    /// The API's door.
    #[must_use]
    pub fn push(zone: Tz) -> Self {
        Self {
            source: "push".to_owned(),
            kind: SourceKind::Push,
            zone,
            sections: Vec::new(),
            hold: false,
            breaking: Vec::new(),
            first_look: false,
            bound_to: None,
        }
    }
}

/// Why copy was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No headline.
    #[error("an article needs a title")]
    NoTitle,
    /// No body where the kind is text.
    #[error("a text needs a body: content_html or content_text")]
    NoBody,
    /// Not a section of this newsroom.
    #[error("no section is called {0:?}")]
    UnknownSection(String),
    /// The address belongs to another article.
    #[error("the address belongs to another article here")]
    UrlTaken,
    /// It was taken back, and stays so.
    #[error("the article was withdrawn; a withdrawn article does not come back by itself")]
    Withdrawn,
    /// A withdrawal of something that is not here.
    #[error("nothing of that name to withdraw")]
    NothingToWithdraw,
    /// A token bound to a section wrote elsewhere.
    #[error("this token may write below {0} only")]
    OutsideSection(Slug),
}

impl Refusal {
    /// The field at fault, as the API calls it.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NoTitle => "title",
            Self::NoBody => "content_html",
            Self::UnknownSection(_) | Self::OutsideSection(_) => "sections",
            Self::UrlTaken => "url",
            Self::NothingToWithdraw | Self::Withdrawn => "status",
        }
    }
}

/// A failure while copy was being taken in.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The store failed.
    #[error("take in an article")]
    Store(#[from] StoreError),
}

/// The room's parts: what every function of it needs.
#[derive(Debug, Clone)]
pub struct Ingest {
    /// Where articles last.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Fresh names.
    pub ids: Ids,
    /// What the newsroom decided.
    pub rules: Rules,
}
