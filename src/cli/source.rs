//! `postrider source`: where copy comes from. A running daemon acts within a second.

use clap::Subcommand;
use serde_json::json;

use super::{Desk, Done, Failure, mind_the_daemon, say};
use crate::app::House;
use crate::model::Millis;
use crate::store::write::ingest::steer_source;

#[derive(Debug, Subcommand)]
pub(super) enum Source {
    /// All sources, with their last look.
    List {
        /// As JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// Looks at it now.
    Check {
        /// Which.
        name: String,
    },
    /// Looks at it no more.
    Pause {
        /// Which.
        name: String,
    },
    /// Looks at it again.
    Resume {
        /// Which.
        name: String,
    },
}

impl Source {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        match self {
            Self::List { json } => list(&house, json).await,
            Self::Check { name } => steer(&house, &name, None, Some(house.clock.now())).await,
            Self::Pause { name } => steer(&house, &name, Some(true), None).await,
            Self::Resume { name } => steer(&house, &name, Some(false), Some(house.clock.now())).await,
        }
    }
}

async fn steer(house: &House, name: &str, paused: Option<bool>, next_at: Option<Millis>) -> Done {
    let mut tx = house.store.begin().await?;
    let found = steer_source(&mut tx, name, paused, next_at).await?;
    tx.commit().await?;
    if !found {
        return Err(Failure::Failed(anyhow::anyhow!("no source is called {name}")));
    }
    mind_the_daemon(house);
    Ok(())
}

async fn list(house: &House, as_json: bool) -> Done {
    let zone = house.config.site.timezone;
    for source in house.store.sources().await? {
        let next = source.next_at.map(|at| at.rfc3339(zone));
        if as_json {
            let line = json!({ "name": source.name, "kind": source.kind, "paused": source.paused, "next": next, "health": source.health });
            say(&line.to_string());
        } else {
            let state = if source.paused { "paused" } else { "open" };
            let error = source.health.get("error").and_then(|error| error.as_str()).unwrap_or("-");
            say(&format!("{}\t{}\t{state}\tnext {}\t{error}", source.name, source.kind.as_str(), next.as_deref().unwrap_or("-")));
        }
    }
    Ok(())
}
