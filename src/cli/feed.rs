//! `postrider feed`: a feed's bytes.

use clap::ValueEnum;

use super::{Desk, Done, Failure, pour};
use crate::feeds::{Feed as Which, FeedOf};
use crate::model::Slug;
use crate::urls::FeedFile;

#[derive(Debug, clap::Args)]
pub(super) struct Feed {
    /// A section's slug, or `all`.
    section: String,
    /// In which format.
    #[arg(long, value_enum)]
    format: Format,
    /// With full texts (the default).
    #[arg(long, conflicts_with = "brief")]
    full: bool,
    /// With summaries only.
    #[arg(long)]
    brief: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Rss,
    Atom,
    Json,
}

impl Feed {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let of = match self.section.as_str() {
            "all" => FeedOf::All,
            slug => FeedOf::Section(Slug::parse(slug).map_err(|error| Failure::Usage(error.to_string()))?),
        };
        let file = match self.format {
            Format::Rss => FeedFile::Rss,
            Format::Atom => FeedFile::Atom,
            Format::Json => FeedFile::Json,
        };
        let house = desk.house().await?;
        let feed = house.shelf.get(&Which { of, file, brief: self.brief }).await?;
        let feed = feed.ok_or_else(|| Failure::Failed(anyhow::anyhow!("no section is called {}", self.section)))?;
        pour(&feed.bytes)
    }
}
