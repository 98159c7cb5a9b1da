//! Deliveries as the console names them: an endpoint by its name or host, readers together.

use std::collections::{BTreeSet, HashMap};

use url::Url;
use uuid::Uuid;

use crate::model::{EditionKind, Event, EventType, State};
use crate::pages::{Channel, LedgerReceiver};
use crate::store::{DeliveryLine, EditionLine, EndpointFilter};
use crate::web::App;
use crate::web::respond::Problem;

/// Endpoints shown of one event, those in trouble first; the API lists all of them.
const MOST_OF_AN_EVENT: i64 = 100;

/// Where some events went.
pub(super) struct Lines {
    endpoints: Vec<DeliveryLine>,
    editions: Vec<EditionLine>,
    hosts: HashMap<Uuid, String>,
}

impl Lines {
    pub(super) async fn of(app: &App, events: &[Event]) -> Result<Self, Problem> {
        let seqs: Vec<_> = events.iter().map(|event| event.seq).collect();
        let articles: Vec<_> = events.iter().map(|event| event.article).collect();
        let endpoints = app.store.lines_of_events(&seqs, MOST_OF_AN_EVENT).await?;
        let editions = app.store.edition_lines(&articles).await?;
        let nameless = endpoints.iter().filter_map(|line| line.endpoint.filter(|public| public.to_string() == line.name));
        let mut hosts = HashMap::new();
        for public in nameless.collect::<BTreeSet<_>>() {
            if let Some(host) = host_of(app, public).await? {
                hosts.insert(public, host);
            }
        }
        Ok(Self { endpoints, editions, hosts })
    }

    /// The deliveries of an event to endpoints, beside how each is shown.
    pub(super) fn endpoints_of<'a>(&'a self, event: &'a Event) -> impl Iterator<Item = (&'a DeliveryLine, LedgerReceiver)> {
        self.endpoints.iter().filter(|line| line.subject.seq() == event.seq).map(|line| (line, self.endpoint(line)))
    }

    /// The readers of the editions that an event brought about.
    pub(super) fn readers_of<'a>(&'a self, event: &'a Event) -> impl Iterator<Item = LedgerReceiver> {
        let about = |line: &&EditionLine| {
            let (from, to) = line.window;
            line.article == event.article && from <= event.seq && event.seq <= to && tells(line.kind, event.what)
        };
        self.editions.iter().filter(about).map(|line| LedgerReceiver {
            name: line.title.clone(),
            channel: Channel::Mail,
            readers: Some(line.readers.unsigned_abs()),
            state: line.state,
            tries: line.tries,
            answer: line.why.clone(),
            next: line.due.filter(|_| line.state == State::Parked),
        })
    }

    fn endpoint(&self, line: &DeliveryLine) -> LedgerReceiver {
        let host = line.endpoint.and_then(|public| self.hosts.get(&public));
        LedgerReceiver {
            name: host.unwrap_or(&line.name).clone(),
            channel: channel(&line.channel),
            readers: None,
            state: line.state,
            tries: line.tries,
            answer: line.why.clone(),
            next: line.due.filter(|_| line.state == State::Parked),
        }
    }

    /// Whether anything is still to happen by itself.
    pub(super) fn is_open(&self) -> bool {
        let states = self.endpoints.iter().map(|line| line.state).chain(self.editions.iter().map(|line| line.state));
        states.into_iter().any(|state| !state.is_settled())
    }
}

/// The edition that tells readers of an event.
const fn tells(kind: EditionKind, what: EventType) -> bool {
    matches!(
        (kind, what),
        (EditionKind::Alert | EditionKind::Digest, EventType::Published)
            | (EditionKind::Correction, EventType::Corrected)
            | (EditionKind::Withdrawal, EventType::Withdrawn)
    )
}

async fn host_of(app: &App, public: Uuid) -> Result<Option<String>, Problem> {
    let filter = EndpointFilter { only: Some(public), ..EndpointFilter::default() };
    let found = app.store.endpoints(filter).await?.into_iter().next();
    let url = found.and_then(|endpoint| app.keys.open_text(&endpoint.url).ok()).and_then(|url| Url::parse(url.expose()).ok());
    Ok(url.and_then(|url| url.host_str().map(ToOwned::to_owned)))
}

/// As the store calls lanes' channels.
fn channel(name: &str) -> Channel {
    match name {
        "mail" => Channel::Mail,
        "chat" => Channel::Chat,
        "hub" => Channel::Hub,
        "search" => Channel::Search,
        _ => Channel::Webhook,
    }
}
