//! `postrider digest`: a named digest, beside its slots.

use clap::Subcommand;

use super::{Desk, Done, Failure, mind_the_daemon};
use crate::lifecycle::Lifecycle;
use crate::publish::{ReplayError, send_digest_now};

#[derive(Debug, Subcommand)]
pub(super) enum Digest {
    /// Cuts it now, with everything since the last one.
    Send {
        /// Which.
        name: String,
    },
}

impl Digest {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        let Self::Send { name } = self;
        match send_digest_now(&house.publish_parts(&Lifecycle::default()), &name).await {
            Err(error @ ReplayError::NoDigest(_)) => return Err(Failure::Usage(error.to_string())),
            sent => sent?,
        }
        mind_the_daemon(&house);
        Ok(())
    }
}
