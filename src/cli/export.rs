//! `postrider export`: what is here, as JSON lines on stdout, in the order in which it came. `import` takes it back as it was.

use clap::Subcommand;
use serde_json::Value;

use super::{Desk, Done, Failure, say};
use crate::app::House;
use crate::model::{ArticleId, ArticleJson, Millis, Slug, Standing};
use crate::store::ArticleRow;

/// Articles that are read at once.
const AT_ONCE: i64 = 200;

#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// All articles, as the API gives them, with their `source` and, where they wait for their minute, its `release`.
    Articles(Articles),
}

#[derive(Debug, clap::Args)]
pub(super) struct Articles {
    /// Only this section and what lies below it.
    #[arg(long)]
    section: Option<String>,
    /// Only what was published at or after this time (RFC 3339).
    #[arg(long, value_name = "T")]
    since: Option<String>,
}

impl Export {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        match self {
            Self::Articles(articles) => articles.run(desk).await,
        }
    }
}

impl Articles {
    async fn run(self, desk: &Desk) -> Done {
        let section = self.section.as_deref().map(Slug::parse).transpose().map_err(|error| Failure::Usage(error.to_string()))?;
        let since = self.since.as_deref().map(chrono::DateTime::parse_from_rfc3339).transpose();
        let since = since.map_err(|_| Failure::Usage("--since: a time such as 2021-10-29T08:30:00+08:00".to_owned()))?.map(Millis::from);
        let house = desk.house().await?;
        if let Some(slug) = &section
            && !house.store.sections().await?.iter().any(|section| section.slug == *slug)
        {
            return Err(Failure::Usage(format!("no section is called {slug}")));
        }
        let inside = |row: &ArticleRow| {
            let within = section.as_ref().is_none_or(|wanted| row.article.sections.iter().any(|slug| slug.is_within(wanted)));
            within && since.is_none_or(|since| row.article.published >= since)
        };
        let mut after = ArticleId(0);
        loop {
            let rows = house.store.articles_from(after, AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            for row in rows.iter().filter(|row| inside(row)) {
                say(&line(&house, row)?);
            }
        }
    }
}

/// One article, on one line.
fn line(house: &House, row: &ArticleRow) -> Result<String, Failure> {
    let zone = house.config.site.timezone;
    let mut line = serde_json::to_value(house.urls.complete(ArticleJson::of(&row.article, zone)))?;
    line["source"] = Value::from(row.article.source.as_str());
    if let Standing::Held { release_at: Some(at), .. } = &row.article.standing {
        line["release"] = Value::from(at.rfc3339(zone));
    }
    Ok(line.to_string())
}
