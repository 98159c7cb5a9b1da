//! `postrider token`: a secret is shown once.

use clap::Subcommand;

use super::{Desk, Done, Failure, say};
use crate::access::parse_scope;
use crate::model::Actor;

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Makes a token and prints it, this once.
    Create {
        /// What it is called in lists and logs.
        name: String,
        /// read, write or admin; bound to a section as write:news/town.
        #[arg(long, default_value = "write")]
        scope: String,
    },
    /// Lists tokens.
    List {
        /// As JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// Makes a token void.
    Revoke {
        /// Which.
        name: String,
    },
}

impl Token {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        match self {
            Self::Create { name, scope } => {
                let (scope, section) = parse_scope(&scope).map_err(|error| Failure::Usage(error.to_string()))?;
                if let Some(slug) = &section {
                    // A section that the file declares is in the store once `serve` ran.
                    let declared = house.config.sections.iter().any(|section| section.slug == *slug);
                    if !declared && !house.store.sections().await?.iter().any(|section| section.slug == *slug) {
                        return Err(Failure::Usage(format!("no section is called {slug}")));
                    }
                }
                let secret = house.access.create_token(&name, scope, section.as_ref(), &Actor::Command).await?;
                say(secret.expose());
            }
            Self::List { json } => {
                for token in house.store.tokens().await? {
                    let section = token.section.as_ref().map(ToString::to_string);
                    let state = if token.revoked_at.is_some() { "revoked" } else { "good" };
                    if json {
                        let line =
                            serde_json::json!({ "name": token.name, "scope": token.scope.as_str(), "section": section, "state": state });
                        say(&line.to_string());
                    } else {
                        say(&format!("{}\t{}\t{}\t{state}", token.name, token.scope.as_str(), section.unwrap_or_default()));
                    }
                }
            }
            Self::Revoke { name } => {
                if !house.access.revoke_token(&name, &Actor::Command).await? {
                    return Err(Failure::Failed(anyhow::anyhow!("no good token is called {name:?}")));
                }
            }
        }
        Ok(())
    }
}
