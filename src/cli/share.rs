//! `postrider share`: the links of every network.

use super::{Done, Failure, say};
use crate::share::{Shared, links};

#[derive(Debug, clap::Args)]
pub(super) struct Share {
    /// What is shared.
    url: String,
    /// Its headline.
    #[arg(long)]
    title: String,
    /// What it says, in a sentence.
    #[arg(long)]
    summary: Option<String>,
    /// A picture's address.
    #[arg(long)]
    image: Option<String>,
    /// The newsroom's name.
    #[arg(long)]
    site: Option<String>,
    /// The reader's Mastodon instance, where it is known.
    #[arg(long, value_name = "HOST")]
    mastodon: Option<String>,
    /// As JSON: `{network: link}`.
    #[arg(long)]
    json: bool,
}

impl Share {
    pub(super) fn run(self) -> Done {
        let url = url::Url::parse(self.url.trim()).map_err(|error| Failure::Usage(format!("{}: {error}", self.url)))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::Usage("only http and https addresses are shared".to_owned()));
        }
        let shared = Shared {
            url: self.url.trim(),
            title: &self.title,
            summary: self.summary.as_deref(),
            image: self.image.as_deref(),
            site: self.site.as_deref(),
            mastodon_host: self.mastodon.as_deref(),
        };
        let links = links(&shared);
        if self.json {
            let all: serde_json::Map<String, serde_json::Value> =
                links.into_iter().map(|link| (link.network.name().to_owned(), serde_json::Value::from(link.href))).collect();
            say(&serde_json::to_string_pretty(&all)?);
        } else {
            for link in links {
                say(&format!("{}\t{}", link.network.name(), link.href));
            }
        }
        Ok(())
    }
}
