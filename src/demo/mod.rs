//! The stage of `postrider demo`: news sites, a mailbox, a webhook receiver.
//!
//! Everything here stands *around* the daemon and knows nothing of it but the wire: HTTP, RSS, SMTP, Standard Webhooks. Each peer
//! listens on a free port of loopback, says its address, and leaves with the [`Lifecycle`](crate::lifecycle::Lifecycle) it was
//! started with. Tests put the daemon on the same stage.

mod english;
mod legacy;
mod living;
mod mailbox;
mod press;
mod receiver;
mod serve;
mod stage;
#[cfg(test)]
mod wire;

pub use english::EnglishSite;
pub use legacy::LegacySite;
pub use living::{Column, Entry, LivingSite, Manner, Play, Told, Version};
pub use mailbox::{Mail, Mailbox, Mishap};
pub use press::Fresh;
pub use receiver::{Behaviour, Hook, Keep, Receiver, Verdict};
pub use stage::Stage;

/// Why the stage could not be set.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// No free port on loopback for one of the peers.
    #[error("no free port on loopback for {what}")]
    Bind {
        /// Which peer.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A secret that is not `whsec_` and base64 (Standard Webhooks 1.0, "Signature scheme").
    #[error("the webhook secret is not whsec_ followed by base64")]
    Secret,
}
