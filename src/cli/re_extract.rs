//! `postrider re-extract`: kept pages through today's rules. Nobody is told of what changes.

use serde_json::json;

use super::{Desk, Done, Failure, say};
use crate::ingest::{Planned, Reread, Rereading, marked};
use crate::model::SourceKind;

#[derive(Debug, clap::Args)]
pub(super) struct ReExtract {
    /// Only this source; else every site.
    source: Option<String>,
    /// Shows what would change, and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// As JSON lines.
    #[arg(long)]
    json: bool,
}

/// How many articles came out how.
#[derive(Debug, Default)]
struct Tally {
    same: usize,
    changed: usize,
    alone: usize,
    unreadable: usize,
}

impl ReExtract {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        let sites: Vec<Planned> = house.planned().map_err(super::startup)?;
        let sites: Vec<Planned> = sites.into_iter().filter(|plan| plan.spec.kind == SourceKind::Site).collect();
        let chosen: Vec<&Planned> =
            sites.iter().filter(|plan| self.source.as_ref().is_none_or(|source| plan.spec.name == *source)).collect();
        if let (Some(source), []) = (&self.source, chosen.as_slice()) {
            return Err(Failure::Usage(format!("no site is called {source}; pages are kept of sites only")));
        }
        let mut tally = Tally::default();
        for plan in chosen {
            house.ingest.re_extract(plan, self.dry_run, |reread| self.tell(&reread, &mut tally)).await?;
        }
        let would = if self.dry_run { "would change" } else { "changed" };
        eprintln!(
            "{} {would}, {} are the same, {} were left alone, {} cannot be read",
            tally.changed, tally.same, tally.alone, tally.unreadable
        );
        Ok(())
    }

    fn tell(&self, reread: &Reread, tally: &mut Tally) {
        let (word, why) = match &reread.rereading {
            Rereading::Same => {
                tally.same += 1;
                return;
            }
            Rereading::Changed(_) => {
                tally.changed += 1;
                ("changed", String::new())
            }
            Rereading::Touched => {
                tally.alone += 1;
                ("left alone", "a hand changed it since".to_owned())
            }
            Rereading::Lost => {
                tally.alone += 1;
                ("left alone", "its page gives no such article today".to_owned())
            }
            Rereading::Unreadable(why) => {
                tally.unreadable += 1;
                ("unreadable", why.clone())
            }
        };
        let changes = if let Rereading::Changed(changes) = &reread.rereading { changes.as_slice() } else { &[] };
        if self.json {
            let changes: Vec<_> =
                changes.iter().map(|change| json!({ "field": change.field, "before": change.before, "after": change.after })).collect();
            let why = (!why.is_empty()).then_some(why);
            say(&json!({ "id": reread.key, "title": reread.title, "result": word, "why": why, "changes": changes }).to_string());
            return;
        }
        say(format!("{}\t{word}\t{}\t{why}", reread.key, reread.title).trim_end());
        for change in changes {
            say(&format!("  {}: {}", change.field, marked(change)));
        }
    }
}
