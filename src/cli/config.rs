//! `postrider config`: what is in force, and what could be.

use clap::Subcommand;

use super::{Desk, Done, say};
use crate::config::{DEFAULT, show};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// What is in force, with where each value comes from; secrets masked.
    Show,
    /// Every key with its default and a comment.
    Default,
}

impl ConfigCommand {
    pub(super) fn run(self, desk: &Desk) -> Done {
        match self {
            Self::Show => say(show(&desk.config()?).trim_end()),
            Self::Default => say(DEFAULT.trim_end()),
        }
        Ok(())
    }
}
