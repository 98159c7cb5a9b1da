//! Who receives: subscribers with their consent, and endpoints.
//!
//! What the configuration file declares cannot be changed here ([`AudienceError::Declared`]); its state can.

mod consent;
mod endpoints;
mod providers;
mod subscribers;

pub use endpoints::{Added, NewEndpoint};
pub use subscribers::{Asked, Wish};

use crate::clock::{Clock, Ids};
use crate::keys::KeyRing;
use crate::model::{AddressError, Preset};
use crate::store::{Store, StoreError};

/// Why the audience could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum AudienceError {
    /// No address that we write to.
    #[error("the mail address: {0}")]
    Address(#[from] AddressError),
    /// No address that we can post to.
    #[error("the endpoint's address: {0}")]
    Url(String),
    /// A secret that is none.
    #[error("a secret is whsec_ and 24 to 64 bytes of base64")]
    Secret,
    /// Not a section of this newsroom.
    #[error("no section is called {0:?}")]
    UnknownSection(String),
    /// Not a digest of this newsroom.
    #[error("no digest is called {0:?}")]
    UnknownDigest(String),
    /// Nothing to follow.
    #[error("choose at least one section or digest")]
    Nothing,
    /// No such receiver.
    #[error("no such endpoint")]
    NoEndpoint,
    /// The configuration file has the say.
    #[error("{0} is declared in the configuration file; change it there")]
    Declared(String),
    /// This version does not speak to it.
    #[error("this version speaks to endpoints of the preset standard, not {}", .0.as_str())]
    Preset(Preset),
    /// This version does not send at that cadence.
    #[error("this version sends a section's news at once (instant), or by a named digest")]
    Cadence,
    /// The link is old: the letter behind it is gone.
    #[error("the link is no longer good")]
    OldLink,
    /// Too many mails were asked for.
    #[error("too many confirmations were asked for; try again later")]
    TooMany,
    /// A letter cannot be sealed.
    #[error("put a letter together")]
    Letter(#[from] serde_json::Error),
    /// The store failed.
    #[error("change who receives")]
    Store(#[from] StoreError),
}

/// The room's parts.
#[derive(Debug, Clone)]
pub struct Audience {
    /// Where receivers last.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Fresh names and secrets.
    pub ids: Ids,
    /// Seals secrets, hashes addresses.
    pub keys: KeyRing,
}
