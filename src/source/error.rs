//! Why a look or a reading failed, and whether to try again.

use std::path::PathBuf;

use url::Url;

use super::extract::ExtractError;
use super::feed::NoFeed;
use crate::model::{Millis, Why};
use crate::outbound::Failure;

/// Why a source gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// robots.txt does not let us in, or could not be read.
    #[error("{}", match again {
        Some(_) => format!("robots.txt could not be read, so {url} is left alone for now"),
        None => format!("robots.txt keeps {url} closed to us"),
    })]
    Robots {
        /// What was asked for.
        url: Url,
        /// When to ask again, where the file was out of reach rather than clear.
        again: Option<Millis>,
    },
    /// No complete answer came.
    #[error("{url} gave no answer")]
    Exchange {
        /// What was asked for.
        url: Url,
        /// How far it came, and why no further.
        #[source]
        failure: Failure,
    },
    /// An answer that is neither the page nor a redirect.
    #[error("{url} answered {status}")]
    Status {
        /// What was asked for.
        url: Url,
        /// 400 to 599, or what has no business here.
        status: u16,
        /// When the server wants to be asked again (RFC 9110, 10.2.3).
        again: Option<Millis>,
    },
    /// It was not asked for: its host said when it wants to be asked again, and that lies ahead.
    #[error("{url} was not asked for, as its host wants to be left alone")]
    Resting {
        /// What would have been asked for.
        url: Url,
        /// Until when.
        until: Millis,
    },
    /// One redirect after another, or one to nowhere.
    #[error("{url} led from address to address and nowhere")]
    Redirects {
        /// Where it began.
        url: Url,
    },
    /// A picture, a film, a document.
    #[error("{url} is {kind}, which is not read")]
    Kind {
        /// What was asked for.
        url: Url,
        /// Its media type.
        kind: String,
    },
    /// A check for robots, or a form to log in, in place of the page.
    #[error("{url} is behind a check or a login")]
    Wall {
        /// What was asked for.
        url: Url,
    },
    /// A listing without a link to any article: the site was built anew, or the address is wrong.
    #[error("no links to articles on {url}")]
    NoLinks {
        /// The listing.
        url: Url,
    },
    /// No feed, even after mending.
    #[error("{url} gave no feed")]
    Feed {
        /// The feed.
        url: Url,
        /// What was wrong with it.
        #[source]
        fault: NoFeed,
    },
    /// The folder itself could not be read.
    #[error("the folder {} could not be read", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// A dropped file that was moved to `failed/`.
    #[error("{name}: {why}")]
    File {
        /// Its name below the folder, for people only.
        name: String,
        /// For the person who dropped it.
        why: String,
    },
    /// The configuration gives nothing to look at.
    #[error("the source {0} has no address")]
    Nowhere(String),
    /// A page that was too much for its reader; the daemon goes on.
    #[error("{url} could not be read")]
    Page {
        /// The page.
        url: Url,
        /// What was too much.
        #[source]
        error: ExtractError,
    },
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Try again: at this time where the server named one, else after the usual pause.
    Again(Option<Millis>),
    /// The same request would fail in the same way until somebody changes something.
    GiveUp,
}

impl SourceError {
    /// Whether to try again.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Robots { again: Some(at), .. } | Self::Resting { until: at, .. } => Advice::Again(Some(*at)),
            Self::Exchange { failure, .. } if matches!(failure.why, Why::Guard(_)) => Advice::GiveUp,
            // RFC 9110, 15.5.9 and 15.5.20; RFC 6585, 4; RFC 8470, 5.2: the request was fine, the moment was not.
            Self::Status { status: 408 | 421 | 425 | 429 | 500.., again, .. } => Advice::Again(*again),
            Self::Wall { .. } | Self::Exchange { .. } | Self::NoLinks { .. } | Self::Feed { .. } | Self::Folder { .. } => {
                Advice::Again(None)
            }
            Self::Robots { .. }
            | Self::Status { .. }
            | Self::Redirects { .. }
            | Self::Kind { .. }
            | Self::File { .. }
            | Self::Nowhere(_)
            | Self::Page { .. } => Advice::GiveUp,
        }
    }

    /// What was asked for, where it has an address.
    #[must_use]
    pub const fn url(&self) -> Option<&Url> {
        match self {
            Self::Robots { url, .. }
            | Self::Exchange { url, .. }
            | Self::Status { url, .. }
            | Self::Resting { url, .. }
            | Self::Redirects { url }
            | Self::Kind { url, .. }
            | Self::NoLinks { url }
            | Self::Wall { url }
            | Self::Feed { url, .. }
            | Self::Page { url, .. } => Some(url),
            Self::Folder { .. } | Self::File { .. } | Self::Nowhere(_) => None,
        }
    }

    /// Whether the server says that there is no such page, or none any more (404, 410).
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Status { status: 404 | 410, .. })
    }
}
