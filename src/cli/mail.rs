//! `postrider mail`: does mail work?

use clap::Subcommand;

use super::{Desk, Done, mind_the_daemon, say};
use crate::model::Actor;

#[derive(Debug, Subcommand)]
pub(super) enum Mail {
    /// Writes a test mail; the daemon sends it.
    Test {
        /// To whom.
        #[arg(long)]
        to: String,
    },
}

impl Mail {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        let Self::Test { to } = self;
        let letter = house.audience.mail_test(&to, &Actor::Command).await?;
        say(&format!("letter {letter}"));
        mind_the_daemon(&house);
        Ok(())
    }
}
