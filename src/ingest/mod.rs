//! The one door in: a candidate becomes an article and its event, in one transaction.
//!
//! [`accept()`] judges copy from every source in the same way. It answers with what became of it, or with why it was refused; both are
//! values. Nothing here sends anything: receivers are told by whoever reads the event log.

mod accept;
mod amend;
mod chronicle;
mod desk;
mod differences;
mod draft;
#[cfg(test)]
mod fixture;
mod identity;
mod import;
mod media;
mod outcome;
mod push;
mod re_extract;
mod rounds;
mod sections;
mod simhash;
mod weigh;

pub use accept::accept;
pub use desk::{Desk, DeskError};
pub use differences::{Difference, differences, marked};
pub use import::{ImportError, Imported};
pub use media::Media;
pub use outcome::{Accepted, Became, Suspicion};
pub use push::PushError;
pub use re_extract::{ReExtractError, Reread, Rereading};
pub use rounds::{Planned, Rounds, declare as declare_sources};
pub use sections::{declare as declare_sections, in_pinyin};

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;

use crate::clock::{Clock, Ids};
use crate::model::{CanonicalUrl, EmailAddress, Sealed, Sign, Slug, SourceKind};
use crate::store::{Store, StoreError};

/// How long those who work by themselves wait before they ask a store again that was away.
const STORE_AWAY: Duration = Duration::from_secs(1);

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
    /// What is said in the newsroom's language.
    pub says: Says,
}

/// Sentences that go to readers and editors, in the newsroom's language; the application fills them.
#[derive(Debug, Clone, Copy)]
pub struct Says {
    /// Why an article was withdrawn whose page answers with this status.
    pub gone: fn(u16) -> String,
    /// Why an article was withdrawn whose page says so, with the page's own line.
    pub taken_back: fn(&str) -> String,
    /// Why new copy waits, and what an editor is told of its source.
    pub drift: fn(Sign) -> &'static str,
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
    /// Why new copy that would be announced waits for an editor, who was told of the source: it is not itself.
    pub drifts: Option<String>,
    /// A token bound to this section takes and changes only what stands within it.
    pub bound_to: Option<Slug>,
    /// The addresses that stand in the same look, on listings and in entries: articles of two of them are two.
    pub seen: Arc<HashSet<CanonicalUrl>>,
    /// The [`Suspicion::copy`] of the look before at this page: told again, it is believed.
    pub doubted: Option<String>,
    /// Hash of the page that the copy was read from, where it is kept.
    pub raw: Option<String>,
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
            drifts: None,
            bound_to: None,
            seen: Arc::default(),
            doubted: None,
            raw: None,
        }
    }

    /// Whether its copy is looked for, and not sent by somebody.
    #[must_use]
    pub const fn is_polled(&self) -> bool {
        matches!(self.kind, SourceKind::Site | SourceKind::Feed)
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
    /// The sender's id belongs to another article.
    #[error("the id belongs to another article here")]
    IdTaken,
    /// A withdrawal that tells no reason.
    #[error("say why it is withdrawn")]
    NoReason,
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
            Self::IdTaken => "external_id",
            Self::NoReason => "reason",
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
