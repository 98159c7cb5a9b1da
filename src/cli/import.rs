//! `postrider import`: articles from elsewhere. Feeds, archive and pages get them; nobody is told.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::Value;

use super::{Desk, Done, Failure, say};
use crate::app::House;
use crate::ingest::{Door, Imported};
use crate::model::{Actor, ArticleJson, ArticleKey};
use crate::source::dates::Reading;

/// Articles of one transaction: the daemon beside it waits no longer than that for its own.
const AT_ONCE: usize = 50;

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// A JSON array, JSON lines as `export articles` writes them, or a feed.
    Articles(Articles),
    /// Readers: not from a file yet; `subscriber add` takes them one by one.
    #[command(hide = true)]
    Subscribers {
        /// Which.
        file: PathBuf,
    },
    /// Other newsrooms' feeds: not from a file yet; each is a `[[source]]`.
    #[command(hide = true)]
    Opml {
        /// Which.
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Articles {
    /// Where they stand.
    file: PathBuf,
    /// The section of those that tell none.
    #[arg(long)]
    section: Option<String>,
    /// Shows what would become of each, and writes nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        match self {
            Self::Articles(articles) => articles.run(desk).await,
            Self::Subscribers { .. } => {
                Err(Failure::Usage("readers cannot be imported from a file; `postrider subscriber add` takes one".to_owned()))
            }
            Self::Opml { .. } => Err(Failure::Usage("OPML cannot be imported; name each feed as a [[source]] of kind \"feed\"".to_owned())),
        }
    }
}

impl Articles {
    async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        let text = std::fs::read(&self.file).map_err(|error| anyhow::Error::new(error).context(format!("read {}", self.file.display())))?;
        let lines = read(&text, &self.file, &house)?;
        let total = lines.len();
        let (mut places, mut articles) = (Vec::new(), Vec::new());
        let mut refused = 0;
        for (place, line) in lines {
            match imported(&line, self.section.as_deref(), &house) {
                Ok(article) => {
                    places.push((place, title(&line)));
                    articles.push(article);
                }
                Err(why) => {
                    eprintln!("{place}: {why}");
                    refused += 1;
                }
            }
        }
        let mut places = places.into_iter();
        while !articles.is_empty() {
            let rest = articles.split_off(articles.len().min(AT_ONCE));
            let chunk = std::mem::replace(&mut articles, rest);
            let answers = house.ingest.import(chunk, &Actor::Command, self.dry_run).await?;
            for (answer, (place, title)) in answers.into_iter().zip(places.by_ref()) {
                match answer {
                    Ok(accepted) => say(&format!("{}\t{}\t{title}", accepted.key, accepted.became.as_str())),
                    Err(error) => {
                        eprintln!("{place}: {error}");
                        refused += 1;
                    }
                }
            }
        }
        if refused == 0 { Ok(()) } else { Err(Failure::Failed(anyhow::anyhow!("{refused} of {total} articles were refused"))) }
    }
}

/// The articles of a file as JSON, each with its place for what is said about it.
fn read(bytes: &[u8], file: &Path, house: &House) -> Result<Vec<(String, Value)>, Failure> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let broken = |place: String| move |error: serde_json::Error| Failure::Failed(anyhow::anyhow!("{place}: {error}"));
    if text.starts_with('[') {
        let list: Vec<Value> = serde_json::from_str(text).map_err(broken(file.display().to_string()))?;
        return Ok(list.into_iter().enumerate().map(|(place, article)| (format!("article {}", place + 1), article)).collect());
    }
    let whole = serde_json::from_str::<Value>(text).ok();
    let says_feed = |whole: &Value| whole["version"].as_str().is_some_and(|version| version.contains("jsonfeed.org"));
    let is_feed = text.starts_with('<') || whole.as_ref().is_some_and(says_feed);
    if is_feed {
        let zone = house.config.site.timezone;
        let reading = Reading { zone, now: house.clock.now() };
        let feed = crate::source::feed::parse(bytes, None, &house.config.site.base_url, IMPORTED, reading)?;
        let json = feed.candidates.iter().map(|candidate| serde_json::to_value(ArticleJson::of_candidate(candidate, zone)));
        let json = json.collect::<Result<Vec<_>, _>>()?;
        return Ok(json.into_iter().enumerate().map(|(place, article)| (format!("entry {}", place + 1), article)).collect());
    }
    if let Some(article) = whole {
        return Ok(vec![("article 1".to_owned(), article)]);
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(place, line)| {
            let place = format!("line {}", place + 1);
            let article = serde_json::from_str(line).map_err(broken(place.clone()))?;
            Ok((place, article))
        })
        .collect()
}

/// The source of what tells none.
const IMPORTED: &str = "import";

fn title(line: &Value) -> String {
    line["title"].as_str().unwrap_or_default().to_owned()
}

/// An article as `ingest` takes it, and the door that it came through where it was.
fn imported(line: &Value, section: Option<&str>, house: &House) -> Result<(Imported, Door), String> {
    let mut json: ArticleJson = serde_json::from_value(line.clone()).map_err(|error| error.to_string())?;
    // An article without an address of its own is told with its page here.
    let own_page = json.id.as_deref().and_then(ArticleKey::parse).map(|key| house.urls.article_page(&key));
    json.url = json.url.filter(|url| own_page.as_ref() != Some(url));
    if json.sections.is_empty() && json.section.is_none() {
        json.section = section.map(str::to_owned);
    }
    let source = line["source"].as_str().unwrap_or(IMPORTED).to_owned();
    let declared = house.config.sources.iter().find(|declared| declared.name == source);
    let mut door = Door { source, ..Door::push(house.config.site.timezone) };
    if let Some(declared) = declared {
        door.kind = declared.place.kind();
        door.zone = declared.timezone;
    }
    let release = line["release"].as_str().map(str::to_owned);
    Ok((Imported { json, release }, door))
}
