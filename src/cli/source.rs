//! `postrider source`: where copy comes from. A running daemon acts within a second.

use clap::Subcommand;
use serde_json::{Value, json};

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
            let (kind, next, every) = (source.kind.as_str(), next.as_deref().unwrap_or("-"), every(&source.health));
            say(&format!("{}\t{kind}\t{state}\tevery {every}\tnext {next}\t{}", source.name, trouble(&source.health)));
        }
    }
    Ok(())
}

/// The interval of the last look, marked where it was learned.
fn every(health: &Value) -> String {
    let Some(seconds) = health["every_s"].as_u64() else { return "-".to_owned() };
    let learned = if health["learned"] == true { " (learned)" } else { "" };
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds}s{learned}"),
        (minutes, 0) => format!("{minutes}m{learned}"),
        (minutes, seconds) => format!("{minutes}m{seconds}s{learned}"),
    }
}

/// What is wrong with a source, on one line: a failed look, an outage, a drift.
fn trouble(health: &Value) -> String {
    let mut all: Vec<String> = health["error"].as_str().map(str::to_owned).into_iter().collect();
    let outage = &health["outage"];
    if outage.is_object() {
        all.push(format!("outage: {} of {} pages are gone, nothing is withdrawn", outage["gone"], outage["asked"]));
    }
    all.extend(health["drift"]["says"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    if all.is_empty() { "-".to_owned() } else { all.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_tells_its_interval_and_its_trouble() {
        assert_eq!((every(&json!({})), trouble(&json!({}))), ("-".to_owned(), "-".to_owned()));
        assert_eq!(every(&json!({ "every_s": 150, "learned": true })), "2m30s (learned)");
        assert_eq!(every(&json!({ "every_s": 900, "learned": false })), "15m");
        let ill = json!({ "error": null, "outage": { "gone": 4, "asked": 5 }, "drift": { "says": ["drift: no links"] } });
        assert_eq!(trouble(&ill), "outage: 4 of 5 pages are gone, nothing is withdrawn; drift: no links");
    }
}
