//! Everything that answers HTTP. It writes rows and reads rows; what is to be sent is sent by others.

mod api;
mod feeds;
mod health;
mod hits;
mod media;
mod network;
mod pages;
mod respond;
mod server;

pub use hits::{Hits, count_hits};
pub use network::Networks;
pub use server::{ServeError, serve};

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use ipnet::IpNet;

use crate::access::Access;
use crate::audience::Audience;
use crate::clock::{Clock, Ids};
use crate::config;
use crate::ingest::Ingest;
use crate::keys::KeyRing;
use crate::pages::Pages;
use crate::shelf::Shelf;
use crate::store::Store;
use crate::urls::Urls;

/// What answers are made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What lasts.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Fresh names.
    pub ids: Ids,
    /// Signs forms.
    pub keys: KeyRing,
    /// Makes and reads addresses.
    pub urls: Urls,
    /// Takes copy in.
    pub ingest: Ingest,
    /// Takes readers and endpoints in.
    pub audience: Audience,
    /// Has the feeds.
    pub shelf: Shelf,
    /// Knows tokens and sessions.
    pub access: Access,
    /// The newsroom.
    pub site: Arc<config::Site>,
    /// The sections that the configuration declares: old addresses lead to new ones, ended ones are gone.
    pub sections: Arc<Vec<config::Section>>,
    /// Endpoints whose secret the configuration file gives.
    pub declared_secrets: Arc<Vec<String>>,
    /// The longest body of a request, in bytes.
    pub request_bytes: usize,
    /// Makes the pages for people.
    pub pages: Pages,
    /// `[http] trusted_proxies`: who may say where a request came from.
    pub trusted_proxies: Arc<Vec<IpNet>>,
    /// Counts short links until [`count_hits`] writes them.
    pub hits: Hits,
    /// How many forms each network posted lately.
    pub networks: Networks,
}

type App = Arc<Parts>;

/// What the public listener answers, below the path of `base_url`.
pub fn public(parts: &App) -> Router {
    below_base(parts, open_routes(parts).merge(inner_routes(parts)))
}

/// What the public listener answers when console and metrics have a listener of their own.
pub fn public_only(parts: &App) -> Router {
    below_base(parts, open_routes(parts))
}

/// What the private listener answers.
pub fn private(parts: &App) -> Router {
    // The console's pages load the same stylesheet, from the listener that they came from.
    below_base(parts, inner_routes(parts).route("/assets/{name}", get(pages::asset)))
}

fn open_routes(parts: &App) -> Router<App> {
    Router::new()
        .nest("/api/v1", api::routes(parts))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/assets/{name}", get(pages::asset))
        .route("/media/{hash}", get(media::show))
        .merge(pages::routes(parts))
        .layer(DefaultBodyLimit::max(parts.request_bytes))
}

fn inner_routes(parts: &App) -> Router<App> {
    Router::new().route("/metrics", get(health::metrics)).merge(pages::console_routes(parts))
}

fn below_base(parts: &App, routes: Router<App>) -> Router {
    let path = parts.urls.base_path().trim_end_matches('/');
    let routes = routes.with_state(parts.clone());
    // As a service, and not with `nest`: that never hands on the base itself with its slash, where the first page stands.
    if path.is_empty() { routes } else { Router::new().nest_service(path, routes) }
}
