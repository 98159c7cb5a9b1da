//! `postrider article`: what an editor does from the command line.

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Desk, Done, Failure, mind_the_daemon, say};
use crate::app::House;
use crate::ingest::{Desk as EditorsDesk, DeskError, differences, marked};
use crate::model::{Actor, ArticleJson, ArticleKey};
use crate::store::{ArticleFilter, RevisionRow};

/// Articles of one list.
const LIST: i64 = 100;

#[derive(Debug, Subcommand)]
pub(super) enum Article {
    /// The newest articles.
    List {
        /// published, held or withdrawn.
        #[arg(long)]
        status: Option<String>,
        /// As JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// One article, as the API gives it, with its versions.
    Show(Show),
    /// Takes it off the feeds until it is let go.
    Hold {
        /// Which.
        id: String,
        /// Why.
        #[arg(long, default_value = "held by hand")]
        reason: String,
    },
    /// Lets a held one go, and tells receivers.
    Publish {
        /// Which.
        id: String,
        /// Marks it as breaking.
        #[arg(long)]
        breaking: bool,
        /// Tells nobody.
        #[arg(long)]
        silent: bool,
    },
    /// Admits an error: everyone who got the wrong version hears of it.
    Correct {
        /// Which.
        id: String,
        /// What was wrong.
        #[arg(long)]
        note: String,
    },
    /// Takes it back.
    Withdraw {
        /// Which.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

impl Article {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        let editor = EditorsDesk::new(house.ingest.clone());
        match self {
            Self::List { status, json } => {
                if status.as_deref().is_some_and(|status| !["published", "held", "withdrawn"].contains(&status)) {
                    return Err(Failure::Usage("--status is one of published, held, withdrawn".to_owned()));
                }
                let filter = ArticleFilter { standing: status, ..ArticleFilter::default() };
                for row in house.store.articles(&filter, LIST).await? {
                    let article = &row.article;
                    if json {
                        let json = house.urls.complete(ArticleJson::of(article, house.config.site.timezone));
                        say(&serde_json::to_string(&json)?);
                    } else {
                        let at = article.published.in_zone(house.config.site.timezone).format("%Y-%m-%d %H:%M");
                        say(&format!("{}\t{at}\t{}\t{}", article.key, article.standing.as_str(), article.title));
                    }
                }
                return Ok(());
            }
            Self::Show(show) => return show.run(&house).await,
            Self::Hold { id, reason } => editor.hold(&key(&id)?, &reason, &Actor::Command).await.map(drop),
            Self::Publish { id, breaking, silent } => editor.publish(&key(&id)?, !silent, breaking, &Actor::Command).await.map(drop),
            Self::Correct { note, .. } if note.trim().is_empty() => return Err(Failure::Usage("--note: say what was wrong".to_owned())),
            Self::Correct { id, note } => editor.correct(&key(&id)?, &note, &Actor::Command).await.map(drop),
            Self::Withdraw { reason, .. } if reason.trim().is_empty() => {
                return Err(Failure::Usage("--reason: say why it is withdrawn".to_owned()));
            }
            Self::Withdraw { id, reason } => editor.withdraw(&key(&id)?, &reason, &Actor::Command).await.map(drop),
        }
        .map_err(|error: DeskError| Failure::Failed(error.into()))?;
        mind_the_daemon(&house);
        Ok(())
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// Which.
    id: String,
    /// Instead: what changed from version A to version B, in marks `[-gone-]` and `{+come+}`; without A..B, by the last change.
    #[arg(long, value_name = "A..B", num_args = 0..=1, default_missing_value = "")]
    diff: Option<String>,
    /// Also which line and which rule gave each field of the version that stands.
    #[arg(long, conflicts_with = "diff")]
    explain: bool,
}

impl Show {
    async fn run(self, house: &House) -> Done {
        let row = house.store.article(&key(&self.id)?).await?;
        let row = row.ok_or_else(|| Failure::Failed(anyhow::anyhow!("no article is called {}", self.id)))?;
        let revisions = house.store.revisions(&row).await?;
        if let Some(wanted) = &self.diff {
            return changes(&revisions, wanted);
        }
        let zone = house.config.site.timezone;
        let mut shown = serde_json::to_value(house.urls.complete(ArticleJson::of(&row.article, zone)))?;
        let versions = revisions.iter().map(|version| {
            json!({
                "revision": version.article.revision, "at": version.at.rfc3339(zone), "actor": version.actor, "weight": version.weight,
                "note": version.note,
            })
        });
        shown["source"] = Value::from(row.article.source.as_str());
        shown["revisions"] = versions.collect();
        // A version that a hand made tells nothing of lines: the copy below it was read by the version before.
        let evidence = revisions.iter().rev().find(|version| !version.evidence.is_empty()).map(|version| version.evidence.as_slice());
        if self.explain {
            shown["evidence"] = serde_json::to_value(evidence.unwrap_or_default())?;
        }
        say(&serde_json::to_string_pretty(&shown)?);
        if self.explain {
            for line in evidence.unwrap_or_default() {
                eprintln!("{}\t{}\t{}", serde_json::to_value(line.field)?.as_str().unwrap_or_default(), line.rule, line.line);
            }
        }
        Ok(())
    }
}

/// Prints what changed between two versions, a field or a paragraph a line.
fn changes(revisions: &[RevisionRow], wanted: &str) -> Done {
    let last = revisions.last().map_or(1, |version| version.article.revision.0);
    let usage = || Failure::Usage(format!("--diff A..B: two versions from 1 to {last}"));
    let (from, to) = match wanted.split_once("..") {
        Some((from, to)) => (from.parse().map_err(|_| usage())?, to.parse().map_err(|_| usage())?),
        None if wanted.is_empty() => ((last - 1).max(1), last),
        None => return Err(usage()),
    };
    let version = |n: i64| revisions.iter().find(|version| version.article.revision.0 == n).ok_or_else(usage);
    for change in differences(&version(from)?.article, &version(to)?.article) {
        say(&format!("{}: {}", change.field, marked(&change)));
    }
    Ok(())
}

fn key(id: &str) -> Result<ArticleKey, Failure> {
    ArticleKey::parse(id).ok_or_else(|| Failure::Usage(format!("no article id: {id}")))
}
