//! Editions and letters composed as mail. Pure: no clock, no table, no socket.
//!
//! An edition is composed once, by [`Composer::compose_alert`] and its like, and sent to many: what differs from reader to reader (three links)
//! is filled into pre-split segments by [`Composer::stamp`]. A letter goes to one person and is composed whole.
//! Every text from outside passes `clean` first, so that no name or headline can break a header or add one.

mod clean;
mod composed;
mod composer;
mod edition_view;
#[cfg(test)]
mod fixture;
mod letter;
mod newsroom;
mod story;
mod template;
mod wire;

pub use composed::{Composed, ListName, Segments};
pub use composer::{Composer, Digest};
pub use letter::Addressee;
pub use newsroom::{Mailbox, Newsroom};
pub use story::Story;
pub use template::Templates;
pub use wire::{Message, Reader};

/// What went wrong with composing. None is mended by trying again.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A template does not parse or asks for what is not there.
    #[error("mail template {name}: {what}")]
    Template {
        /// Which.
        name: &'static str,
        /// Where and why, from the template engine.
        what: String,
    },
    /// What a template made is no MJML.
    #[error("mail template {name} makes no good MJML: {what}")]
    Mjml {
        /// Which.
        name: &'static str,
        /// Where and why, from the MJML parser.
        what: String,
    },
    /// An address is one that mail headers cannot hold. Does not repeat it.
    #[error("the {whose} address does not fit into a mail header")]
    Address {
        /// The reader's or the newsroom's.
        whose: &'static str,
    },
    /// The message could not be put together.
    #[error("putting the message together: {0}")]
    Assemble(String),
    /// A letter of this kind is no mail.
    #[error("a letter of this kind goes to an endpoint, not by mail")]
    NoMail,
    /// A withdrawal was asked for an article that stands.
    #[error("the article was not withdrawn")]
    NotWithdrawn,
}
