//! `postrider endpoint`: webhook receivers. A running daemon acts on each change within a second.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::{Desk, Done, Failure, mind_the_daemon, say};
use crate::app::House;
use crate::audience::{AudienceError, NewEndpoint};
use crate::model::{Actor, EventType, Filters, Preset, Secret, Slug};
use crate::store::EndpointFilter;

#[derive(Debug, Subcommand)]
pub(super) enum Endpoint {
    /// Adds one; prints its id and its secret, this once.
    Add(Add),
    /// Lists all.
    List {
        /// As JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// Sends `endpoint.test`.
    Test {
        /// Which.
        id: Uuid,
    },
    /// Gives it a new secret; the one before stays good beside it.
    Rotate {
        /// Which.
        id: Uuid,
    },
    /// Switches it on.
    Enable {
        /// Which.
        id: Uuid,
    },
    /// Switches it off.
    Disable {
        /// Which.
        id: Uuid,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Where to post.
    url: String,
    /// How it is spoken to.
    #[arg(long, default_value = "standard")]
    preset: String,
    /// Only this section and what lies below it; may be given again.
    #[arg(long = "section")]
    sections: Vec<String>,
    /// Only events of this type; may be given again.
    #[arg(long = "event")]
    events: Vec<String>,
    /// A file with its secret (`whsec_…`), where the receiver chose one.
    #[arg(long)]
    secret_file: Option<PathBuf>,
    /// Who is told when it fails.
    #[arg(long)]
    owner: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Endpoint {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        match self {
            Self::Add(add) => add.run(&house).await,
            Self::List { json } => list(&house, json).await,
            Self::Test { id } => {
                house.audience.test_endpoint(id, &Actor::Command).await.map_err(usage)?;
                mind_the_daemon(&house);
                Ok(())
            }
            Self::Rotate { id } => {
                let given: Vec<&str> = house
                    .config
                    .endpoints
                    .iter()
                    .filter(|endpoint| endpoint.secret.is_some())
                    .map(|endpoint| endpoint.name.as_str())
                    .collect();
                let secret = house.audience.rotate_endpoint(id, |name| given.contains(&name), &Actor::Command).await.map_err(usage)?;
                say(secret.expose());
                Ok(())
            }
            Self::Enable { id } => house.audience.switch_endpoint(id, true, &Actor::Command).await.map_err(usage),
            Self::Disable { id } => house.audience.switch_endpoint(id, false, &Actor::Command).await.map_err(usage),
        }
    }
}

impl Add {
    async fn run(self, house: &House) -> Done {
        let wrong = |what: String| Failure::Usage(what);
        let preset = Preset::try_from(self.preset).map_err(wrong)?;
        let sections =
            self.sections.iter().map(|slug| Slug::parse(slug)).collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))?;
        let events = self.events.into_iter().map(EventType::try_from).collect::<Result<_, _>>().map_err(wrong)?;
        let filters = Filters { sections, events, ..Filters::default() };
        let secret = self.secret_file.map(std::fs::read_to_string).transpose()?.map(|text| Secret::new(text.trim().to_owned()));
        let new = NewEndpoint { url: self.url, preset, filters, owner: self.owner, secret, proven: true };
        let added = house.audience.add_endpoint(new, &Actor::Command, "command").await.map_err(usage)?;
        if self.json {
            say(&json!({ "id": added.id, "secret": added.secret.expose() }).to_string());
        } else {
            say(&format!("{}\t{}", added.id, added.secret.expose()));
        }
        Ok(())
    }
}

async fn list(house: &House, as_json: bool) -> Done {
    for endpoint in house.store.endpoints(EndpointFilter::default()).await? {
        let host = house.keys.open_text(&endpoint.url).ok().and_then(|url| url::Url::parse(url.expose()).ok());
        let host = host.map_or_else(String::new, |url| url[url::Position::BeforeHost..url::Position::AfterPort].to_owned());
        let line = json!({
            "id": endpoint.public, "name": endpoint.name, "host": host, "preset": endpoint.preset, "state": endpoint.state, "why": endpoint.why,
        });
        if as_json {
            say(&line.to_string());
        } else {
            let why = endpoint.why.as_deref().unwrap_or_default();
            say(&format!("{}\t{}\t{host}\t{}\t{why}", endpoint.public, endpoint.name.as_deref().unwrap_or("-"), endpoint.state.as_str()));
        }
    }
    Ok(())
}

/// What the operator asked for wrongly is a usage error; the rest failed.
fn usage(error: AudienceError) -> Failure {
    match error {
        AudienceError::Store(_) | AudienceError::Letter(_) | AudienceError::NoEndpoint => Failure::Failed(error.into()),
        error => Failure::Usage(error.to_string()),
    }
}
