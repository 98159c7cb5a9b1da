//! `App::start`: the only file that knows every room.
//!
//! A [`House`] is every room put together over one store, for commands and daemon alike. [`App::start`] adds the tasks that make it live.

mod plain;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::access::Access;
use crate::audience::{Audience, AudienceError};
use crate::clock::{Clock, Ids};
use crate::config::{self, Config, MailTo, Place};
use crate::deliver::smtp::{Login, Server, ServerError, ServerKind};
use crate::feeds::{self, Bounds};
use crate::ingest::{Desk, Door, Ingest, Media, Planned, Rounds, Rules, Says};
use crate::keys::{KeyError, KeyRing};
use crate::lifecycle::Lifecycle;
use crate::mail::{Composer, MailError, Templates};
use crate::model::{Language, SourceKind};
use crate::outbound::{self, Cidr, CidrError, Inside, InsideError, Outbound, OutboundError, Policy, Proxy, ProxyError, Reach};
use crate::pages::Pages;
use crate::phrases::Phrases;
use crate::shelf::Shelf;
use crate::source::{Folders, Net, Spec, Turns};
use crate::store::write::shared::setting_once;
use crate::store::{ServeLock, Store, StoreError};
use crate::urls::{BaseError, Urls};
use crate::{deliver, ingest, publish, web};
use plain::{mail_newsroom, page_site};

/// Bytes of one rendered feed (facts: aggregators stop at a megabyte).
const FEED_BYTES: usize = 1_000_000;

/// Why the daemon cannot start.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// `[site] base_url`.
    #[error("[site] base_url: {0}")]
    Base(#[from] BaseError),
    /// `[site] tag_authority` differs from the one that every id so far was made with.
    #[error("[site] tag_authority is {wanted:?}, but this store's ids were made with {stands:?}; ids must never change")]
    TagAuthority {
        /// In the configuration.
        wanted: String,
        /// In the store.
        stands: String,
    },
    /// `[outbound]`.
    #[error("[outbound] allow: {0}")]
    Allow(#[from] CidrError),
    /// `[outbound] proxy`.
    #[error("[outbound] proxy: {0}")]
    Proxy(#[from] ProxyError),
    /// `[[source]] connect`.
    #[error("[[source]] connect: {0}")]
    Connect(#[from] InsideError),
    /// The way out cannot be set up.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// `[[mail.server]]`.
    #[error("[[mail.server]]: {0}")]
    MailServer(#[from] ServerError),
    /// A mail template.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// What the configuration declares cannot be written.
    #[error(transparent)]
    Declare(#[from] AudienceError),
    /// The address cannot be listened on.
    #[error("listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

/// Every room over one store.
#[derive(Debug, Clone)]
pub struct House {
    /// What the operator set.
    pub config: Arc<Config>,
    /// What lasts.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Fresh names.
    pub ids: Ids,
    /// Seals and signs.
    pub keys: KeyRing,
    /// Makes addresses.
    pub urls: Urls,
    /// Goes out.
    pub outbound: Outbound,
    /// Who may ask which host next, be it for a page or for a picture.
    pub turns: Turns,
    /// Composes mail.
    pub composer: Arc<Composer>,
    /// Takes copy in.
    pub ingest: Ingest,
    /// Takes receivers in.
    pub audience: Audience,
    /// Gives access.
    pub access: Access,
    /// Has the feeds.
    pub shelf: Shelf,
}

impl House {
    /// Opens the store and puts the rooms together. Dials nobody, listens nowhere.
    ///
    /// # Errors
    /// When a part cannot be made.
    pub async fn open(config: Config, clock: Clock, ids: Ids) -> Result<Self, AppError> {
        let store = Store::open(config.store.url.expose()).await?;
        let keys = KeyRing::load_or_make(&config.keys.file, ids.clone())?;
        let authority = tag_authority(&store, &config, &clock).await?;
        let urls = Urls::new(config.site.base_url.as_str(), &authority, keys.clone())?;
        let outbound = Outbound::new(policy(&config)?)?;
        let composer = Arc::new(Composer::new(urls.clone(), mail_newsroom(&config), Templates::default())?);
        let sealing = keys.clone();
        let rules = Rules {
            zone: config.site.timezone,
            language: config.site.language.tag().to_owned(),
            announce_within: config.limits.announce_within,
            auto_sections: config.site.auto_sections,
            hold_words: config.hold.words.clone(),
            editor: config.hold.editor.clone(),
            seal: Arc::new(move |bytes| sealing.seal(bytes)),
            says: says(config.site.language),
        };
        let ingest = Ingest { store: store.clone(), clock: clock.clone(), ids: ids.clone(), rules };
        let audience = Audience { store: store.clone(), clock: clock.clone(), ids: ids.clone(), keys: keys.clone() };
        let access = Access { store: store.clone(), clock: clock.clone(), ids: ids.clone(), keys: keys.clone() };
        let renderer = feeds::Renderer::new(urls.clone(), feed_newsroom(&config));
        let bounds = Bounds { count: config.limits.window_articles as usize, age: config.limits.window_age, bytes: FEED_BYTES };
        let shelf = Shelf::new(store.clone(), renderer, bounds);
        Ok(Self {
            config: Arc::new(config),
            store,
            clock,
            ids,
            keys,
            urls,
            outbound,
            turns: Turns::default(),
            composer,
            ingest,
            audience,
            access,
            shelf,
        })
    }

    /// Writes what the configuration declares: sections, endpoints, digests.
    ///
    /// # Errors
    /// When the store fails, or a declaration cannot be carried out.
    pub async fn declare(&self, lifecycle: &Lifecycle) -> Result<(), AppError> {
        let sections: Vec<_> =
            self.config.sections.iter().map(|section| (section.slug.clone(), section.title.clone(), section.aliases.clone())).collect();
        ingest::declare_sections(&self.store, &sections).await?;
        ingest::declare_sources(&self.ingest, &self.planned()?).await?;
        self.audience.declare_endpoints(&self.config.endpoints).await?;
        publish::declare_digests(&self.publish_parts(lifecycle), &self.config.digests).await?;
        Ok(())
    }

    /// The sources that are looked at, as the configuration declares them.
    ///
    /// # Errors
    /// When one of them cannot be reached as declared.
    pub fn planned(&self) -> Result<Vec<Planned>, AppError> {
        let looked_at = self.config.sources.iter().filter(|source| source.place.kind() != SourceKind::Push);
        looked_at.map(|source| plan(source, &self.config)).collect()
    }

    /// What goes round the sources.
    ///
    /// # Errors
    /// When one of them cannot be reached as declared.
    pub fn rounds(&self) -> Result<Rounds, AppError> {
        let net =
            Net { outbound: self.outbound.clone(), clock: self.clock.clone(), folders: Folders::default(), turns: self.turns.clone() };
        Ok(Rounds { ingest: self.ingest.clone(), net, planned: self.planned()? })
    }

    fn media(&self) -> Result<Media, AppError> {
        let Rounds { ingest, net, planned } = self.rounds()?;
        let user_agent = format!("{} (+{})", concat!("Postrider/", env!("CARGO_PKG_VERSION")), self.config.site.base_url);
        Ok(Media { ingest, net, sources: planned.into_iter().map(|plan| plan.spec).collect(), user_agent, media: self.config.media })
    }

    /// What `publish` is made of.
    #[must_use]
    pub fn publish_parts(&self, lifecycle: &Lifecycle) -> publish::Parts {
        publish::Parts {
            store: self.store.clone(),
            clock: self.clock.clone(),
            lifecycle: lifecycle.clone(),
            composer: self.composer.clone(),
            zone: self.config.site.timezone,
        }
    }

    fn deliver_parts(&self, lifecycle: &Lifecycle) -> Result<deliver::Parts, AppError> {
        Ok(deliver::Parts {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            lifecycle: lifecycle.clone(),
            outbound: self.outbound.clone(),
            keys: self.keys.clone(),
            urls: self.urls.clone(),
            composer: self.composer.clone(),
            server: mail_server(&self.config)?,
            limits: exchange_limits(&self.config.limits),
            in_flight: self.config.limits.in_flight as usize,
        })
    }

    fn web_parts(&self) -> web::Parts {
        let given = self.config.endpoints.iter().filter(|endpoint| endpoint.secret.is_some()).map(|endpoint| endpoint.name.clone());
        web::Parts {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            keys: self.keys.clone(),
            urls: self.urls.clone(),
            ingest: self.ingest.clone(),
            audience: self.audience.clone(),
            shelf: self.shelf.clone(),
            access: self.access.clone(),
            site: Arc::new(self.config.site.clone()),
            sections: Arc::new(self.config.sections.clone()),
            declared_secrets: Arc::new(given.collect()),
            request_bytes: self.config.limits.request_bytes as usize,
            pages: Pages::new(self.urls.clone(), page_site(&self.config)),
            trusted_proxies: Arc::new(self.config.http.trusted_proxies.clone()),
            hits: web::Hits::default(),
            networks: web::Networks::default(),
        }
    }
}

/// The daemon, running.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its rooms.
    pub house: House,
    lifecycle: Lifecycle,
    grace: Duration,
    _lock: ServeLock,
}

/// Starts the daemon.
#[derive(Debug)]
pub struct App;

impl App {
    /// Opens the store, writes what the configuration declares, starts every task, and listens.
    ///
    /// # Errors
    /// When any of that fails; then nothing runs.
    pub async fn start(config: Config, clock: Clock, ids: Ids, listener: Option<TcpListener>) -> Result<Running, AppError> {
        let house = House::open(config, clock, ids).await?;
        let lock = house.store.lock_for_serving()?;
        let lifecycle = Lifecycle::default();
        house.declare(&lifecycle).await?;
        let listener = match listener {
            Some(listener) => listener,
            None => listen(house.config.http.listen).await?,
        };
        let address = listener.local_addr().map_err(|source| AppError::Listen { address: house.config.http.listen, source })?;
        let deliver = house.deliver_parts(&lifecycle)?;
        lifecycle.spawn("store", stops_with(house.store.clone().follow_others(), lifecycle.clone()));
        lifecycle.spawn("shelf", house.shelf.clone().follow(lifecycle.clone()));
        lifecycle.spawn("publish", publish::run(house.publish_parts(&lifecycle)));
        lifecycle.spawn("deliver", deliver::run(deliver));
        lifecycle.spawn("rounds", house.rounds()?.run(lifecycle.clone()));
        lifecycle.spawn("media", house.media()?.run(lifecycle.clone()));
        lifecycle.spawn("desk", Desk::new(house.ingest.clone()).release_embargoes(lifecycle.clone()));
        let parts = Arc::new(house.web_parts());
        lifecycle.spawn("hits", web::count_hits(parts.clone(), lifecycle.clone()));
        match house.config.http.private_listen {
            Some(address) => {
                let private = listen(address).await?;
                lifecycle.spawn("private web", web::serve(private, web::private(&parts), lifecycle.clone()));
                lifecycle.spawn("web", web::serve(listener, web::public_only(&parts), lifecycle.clone()));
            }
            None => drop(lifecycle.spawn("web", web::serve(listener, web::public(&parts), lifecycle.clone()))),
        }
        let grace = house.config.limits.grace;
        Ok(Running { address, house, lifecycle, grace, _lock: lock })
    }
}

impl Running {
    /// Whether a stop was asked for, by a crash too.
    pub async fn stopping(&self) {
        self.lifecycle.stopping().await;
    }

    /// What crashed, if anything did.
    #[must_use]
    pub fn crash(&self) -> Option<String> {
        self.lifecycle.crash()
    }

    /// Lets go at once.
    pub fn stop_hard(&self) {
        self.lifecycle.stop_hard();
    }

    /// Finishes what is in hand, for as long as the grace lasts, then lets go. Returns what crashed, if anything did.
    pub async fn stop(self) -> Option<String> {
        self.lifecycle.stop_softly();
        if tokio::time::timeout(self.grace, self.lifecycle.ended()).await.is_err() {
            self.lifecycle.stop_hard();
            self.lifecycle.ended().await;
        }
        self.house.store.close().await;
        self.lifecycle.crash()
    }
}

/// Runs a task that knows no stop until there is one.
async fn stops_with<E>(task: impl Future<Output = Result<(), E>>, lifecycle: Lifecycle) -> Result<(), E> {
    tokio::select! {
        () = lifecycle.stopping() => Ok(()),
        ended = task => ended,
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, AppError> {
    TcpListener::bind(address).await.map_err(|source| AppError::Listen { address, source })
}

/// The authority of every id: the configuration's, else the host of `base_url` and this year; written once, never changed.
async fn tag_authority(store: &Store, config: &Config, clock: &Clock) -> Result<String, AppError> {
    const KEY: &str = "tag_authority";
    let year = clock.now().in_zone(config.site.timezone).format("%Y");
    let derived = || format!("{},{year}", config.site.base_url.host_str().unwrap_or_default());
    let wanted = config.site.tag_authority.clone();
    let stands = if let Some(stands) = store.setting(KEY).await? {
        stands
    } else {
        let mut tx = store.begin().await?;
        let stands = setting_once(&mut tx, KEY, &wanted.clone().unwrap_or_else(derived)).await?;
        tx.commit().await?;
        stands
    };
    match wanted {
        Some(wanted) if wanted != stands => Err(AppError::TagAuthority { wanted, stands }),
        _ => Ok(stands),
    }
}

pub(crate) fn policy(config: &Config) -> Result<Policy, AppError> {
    let allow = config.outbound.allow.iter().map(|net| net.to_string().parse::<Cidr>()).collect::<Result<_, _>>()?;
    let proxy = config.outbound.proxy.as_ref().and_then(|proxy| url::Url::parse(proxy.expose()).ok()).map(Proxy::try_from).transpose()?;
    Ok(Policy { allow, ports: config.outbound.ports.clone(), proxy })
}

/// What one exchange with a receiver may cost.
fn exchange_limits(limits: &config::Limits) -> outbound::Limits {
    let (total, bytes) = (limits.exchange_within, limits.answer_bytes as usize);
    outbound::Limits { total, connect: limits.connect_within, idle: total, wire_cap: bytes, read_cap: bytes, ..outbound::Limits::DELIVERY }
}

fn feed_newsroom(config: &Config) -> feeds::Newsroom {
    let site = &config.site;
    feeds::Newsroom {
        title: site.title.clone(),
        language: site.language.tag().to_owned(),
        zone: site.timezone,
        logo: site.logo.as_ref().map(ToString::to_string),
        organisation: site.organisation.clone(),
        licence: site.licence.clone(),
    }
}

/// What is said of copy that comes in, in the newsroom's language.
fn says(language: Language) -> Says {
    let phrases = Phrases::of(language).ingest;
    Says { gone: phrases.gone, taken_back: phrases.taken_back, drift: phrases.drift }
}

/// A source as its room wants it.
pub(crate) fn spec(source: &config::Source, config: &Config) -> Result<Spec, AppError> {
    let (addresses, path) = match &source.place {
        Place::Site { listing } => (listing.clone(), None),
        Place::Feed { url } => (vec![url.clone()], None),
        Place::Folder { path } => (Vec::new(), Some(path.clone())),
        Place::Push => (Vec::new(), None),
    };
    let inside = |connect: &config::Connect| {
        let host = if connect.address.is_ipv6() { format!("[{}]", connect.address) } else { connect.address.to_string() };
        connect.port.map_or_else(|| host.clone(), |port| format!("{host}:{port}")).parse::<Inside>()
    };
    let connect = source.connect.as_ref().map(inside).transpose()?;
    let reach = Reach { private: source.allow_private, connect, ca_file: source.ca_file.clone(), proxy: None };
    let user_agent = concat!("Postrider/", env!("CARGO_PKG_VERSION"));
    Ok(Spec {
        name: source.name.clone(),
        kind: source.place.kind(),
        addresses,
        path,
        zone: source.timezone,
        own: source.own,
        user_agent: source.user_agent.clone().unwrap_or_else(|| format!("{user_agent} (+{})", config.site.base_url)),
        reach,
        language: source.language.clone(),
        entries: source.entries,
        overrides: Arc::new(source.overrides.clone()),
    })
}

/// A source as the rounds want it.
fn plan(source: &config::Source, config: &Config) -> Result<Planned, AppError> {
    let door = Door {
        source: source.name.clone(),
        kind: source.place.kind(),
        zone: source.timezone,
        sections: source.sections.clone(),
        hold: source.hold,
        breaking: source.breaking.clone(),
        ..Door::push(source.timezone)
    };
    Ok(Planned { spec: spec(source, config)?, every: source.every, door, announce: source.announce })
}

/// RFC 3986, 3.2.2: an IPv6 address stands in brackets.
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// The one server; the configuration refuses a second.
fn mail_server(config: &Config) -> Result<Server, AppError> {
    let server = &config.mail.servers[0];
    let login = match (&server.user, &server.password) {
        (Some(user), Some(password)) => Some(Login { user: user.clone(), password: password.clone() }),
        _ => None,
    };
    let url = match &server.to {
        MailTo::Smtp { host, port } => format!("smtp://{}:{port}", bracketed(host)),
        MailTo::Smtps { host, port } => format!("smtps://{}:{port}", bracketed(host)),
        MailTo::Folder(path) => format!("folder:{}", path.display()),
    };
    let hello = config.site.base_url.host_str().unwrap_or("localhost");
    Ok(Server {
        kind: ServerKind::parse(&url, login, hello)?,
        connections: server.connections as usize,
        per_connection: server.per_connection as usize,
        per_second: server.per_second,
    })
}
