//! `postrider article`: what an editor does from the command line.

use clap::Subcommand;

use super::{Desk, Done, Failure, mind_the_daemon, say};
use crate::ingest::{Desk as EditorsDesk, DeskError};
use crate::model::{Actor, ArticleJson, ArticleKey};
use crate::store::ArticleFilter;

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
    /// One article, as the API gives it.
    Show {
        /// Which.
        id: String,
    },
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
        let editor = EditorsDesk(house.ingest.clone());
        match self {
            Self::List { status, json } => {
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
            Self::Show { id } => {
                let row = house.store.article(&key(&id)?).await?;
                let row = row.ok_or_else(|| Failure::Failed(anyhow::anyhow!("no article is called {id}")))?;
                let json = house.urls.complete(ArticleJson::of(&row.article, house.config.site.timezone));
                say(&serde_json::to_string_pretty(&json)?);
                return Ok(());
            }
            Self::Hold { id, reason } => editor.hold(&key(&id)?, &reason, &Actor::Command).await.map(drop),
            Self::Publish { id, breaking, silent } => editor.publish(&key(&id)?, !silent, breaking, &Actor::Command).await.map(drop),
            Self::Correct { id, note } => editor.correct(&key(&id)?, &note, &Actor::Command).await.map(drop),
            Self::Withdraw { id, reason } => editor.withdraw(&key(&id)?, &reason, &Actor::Command).await.map(drop),
        }
        .map_err(|error: DeskError| Failure::Failed(error.into()))?;
        mind_the_daemon(&house);
        Ok(())
    }
}

fn key(id: &str) -> Result<ArticleKey, Failure> {
    ArticleKey::parse(id).ok_or_else(|| Failure::Usage(format!("no article id: {id}")))
}
