//! `postrider ingest`: files taken in by hand, as the API would take them. They are announced.

use std::path::PathBuf;
use std::time::Duration;

use super::{Desk, Done, Failure, mind_the_daemon, say};
use crate::ingest::{Door, PushError};
use crate::model::{Actor, ArticleJson, Candidate, Slug};
use crate::source::extract::{OwnedInput, extract_bounded};

/// A file that takes longer is given up; real ones take milliseconds.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Debug, clap::Args)]
pub(super) struct Ingest {
    /// Pages, texts, or `.json` as the API takes it.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where they stand.
    #[arg(long)]
    section: String,
}

impl Ingest {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let section = Slug::parse(&self.section).map_err(|error| Failure::Usage(error.to_string()))?;
        let house = desk.house().await?;
        let door = Door { source: "ingest".to_owned(), ..Door::push(house.config.site.timezone) };
        let mut refused = 0;
        for file in &self.files {
            let taken = async {
                let mut candidate = read(file, &door, house.clock.now())?;
                candidate.sections = vec![section.to_string()];
                let pushed = house.ingest.push(candidate, &door, None, &Actor::Command).await;
                pushed.map_err(|error: PushError| anyhow::Error::new(error))
            };
            match taken.await {
                Ok(accepted) => say(&format!("{}\t{}\t{}", accepted.key, accepted.became.as_str(), file.display())),
                Err(error) => {
                    eprintln!("{}: {error:#}", file.display());
                    refused += 1;
                }
            }
        }
        mind_the_daemon(&house);
        if refused == 0 { Ok(()) } else { Err(Failure::Failed(anyhow::anyhow!("{refused} of {} files were refused", self.files.len()))) }
    }
}

fn read(file: &PathBuf, door: &Door, seen_at: crate::model::Millis) -> anyhow::Result<Candidate> {
    let bytes = std::fs::read(file)?;
    if file.extension().is_some_and(|extension| extension == "json") {
        return Ok(serde_json::from_slice::<ArticleJson>(&bytes)?.into_candidate(&door.source, door.zone)?);
    }
    let input =
        OwnedInput { bytes, url: None, content_type: None, zone: door.zone, source: door.source.clone(), seen_at, line_frequency: None };
    Ok(extract_bounded(input, DEADLINE)?.candidate)
}
