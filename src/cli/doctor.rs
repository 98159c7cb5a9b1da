//! `postrider doctor`: checks of the installation.

use clap::Subcommand;
use serde_json::json;

use super::{Desk, Done, Failure, say};

#[derive(Debug, Subcommand)]
pub(super) enum Doctor {
    /// Would the guard let a request to this address out?
    Address {
        /// Which.
        url: String,
        /// As JSON: `{allowed, why}`.
        #[arg(long)]
        json: bool,
    },
}

impl Doctor {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let Self::Address { url, json } = self;
        let policy = crate::app::policy(&desk.config()?).map_err(super::startup)?;
        let outbound = crate::outbound::Outbound::new(policy)?;
        let verdict = match url::Url::parse(&url) {
            Ok(url) => outbound.verdict(&url).await.map_err(|refusal| refusal.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if json {
            say(&json!({ "allowed": verdict.is_ok(), "why": verdict.as_ref().err() }).to_string());
            return Ok(());
        }
        match verdict {
            Ok(()) => {
                say("allowed");
                Ok(())
            }
            Err(why) => {
                say(&format!("refused: {why}"));
                Err(Failure::Failed(anyhow::anyhow!("the guard refuses this address")))
            }
        }
    }
}
