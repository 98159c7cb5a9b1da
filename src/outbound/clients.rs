//! The HTTP clients: one for the plain case, and one for each special reach, built once and kept.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::guard::Guard;
use super::names::{Names, Rule, Vetted};
use super::reach::Inside;
use super::{Limits, OutboundError, Reach};

/// How long an idle connection is kept for the next delivery. Most servers hang up after 5 to 75 s.
const IDLE_KEPT: Duration = Duration::from_secs(30);

/// How many idle connections one host may keep: as many as deliveries are in flight at once by default.
const IDLE_PER_HOST: usize = 128;

/// The largest head of an HTTP/2 answer, in bytes. HTTP/1.1 is bounded by hyper's read buffer and by [`HEADER_FIELDS`].
const HEAD_CAP: u32 = 64 * 1024;

/// The most header fields of one HTTP/1.1 answer; busy news sites send about 40.
const HEADER_FIELDS: usize = 100;

/// How many special clients are kept. Reaches come from the configuration, so more than this means that it was reloaded many times.
const CLIENTS_KEPT: usize = 256;

/// Which client an exchange needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Need {
    pub(super) reach: Reach,
    pub(super) route: Route,
    pub(super) connect: Duration,
}

/// How the client finds the peer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Route {
    /// Names lead to public and allowed addresses.
    Web,
    /// Names lead to allowed addresses only.
    Allowed,
    /// The peer is reached at this address.
    Inside(Inside),
    /// The proxy resolves and dials.
    Proxy(Url),
}

#[derive(Debug)]
pub(super) struct Clients {
    names: Names,
    /// The client of nearly every delivery, found without hashing.
    plain: reqwest::Client,
    special: RwLock<HashMap<Need, reqwest::Client>>,
}

impl Clients {
    pub(super) fn new(names: Names, guard: &Guard) -> Result<Self, OutboundError> {
        let need = Need { reach: Reach::default(), route: Route::Web, connect: Limits::DELIVERY.connect };
        let plain = build(&names, guard, &need)?;
        Ok(Self { names, plain, special: RwLock::default() })
    }

    /// The client for a delivery on the plain reach.
    pub(super) fn plain(&self) -> reqwest::Client {
        self.plain.clone()
    }

    /// The client for a need; built at the first call, which reads the `ca_file`.
    pub(super) fn special(&self, guard: &Guard, need: Need) -> Result<reqwest::Client, OutboundError> {
        if let Some(client) = self.special.read().unwrap_or_else(PoisonError::into_inner).get(&need) {
            return Ok(client.clone());
        }
        let client = build(&self.names, guard, &need)?;
        let mut special = self.special.write().unwrap_or_else(PoisonError::into_inner);
        if special.len() >= CLIENTS_KEPT {
            special.clear();
        }
        Ok(special.entry(need).or_insert(client).clone())
    }
}

fn build(names: &Names, guard: &Guard, need: &Need) -> Result<reqwest::Client, OutboundError> {
    let rule = match &need.route {
        Route::Web => Rule::Web(guard.clone()),
        Route::Allowed => Rule::Allowed(guard.clone()),
        Route::Inside(inside) => Rule::Inside(inside.clone()),
        Route::Proxy(_) => Rule::Proxy,
    };
    // Behind an inside address the Host header is ours to write, which HTTP/2 would not honour.
    let http1_only = matches!(need.route, Route::Inside(_));
    #[expect(clippy::disallowed_methods, reason = "this is the only HTTP client")]
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls(need.reach.ca_file.as_deref(), http1_only)?)
        .dns_resolver(Arc::new(Vetted { names: names.clone(), rule }))
        .user_agent(concat!("Postrider/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(need.connect)
        .pool_idle_timeout(IDLE_KEPT)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .http1_max_headers(HEADER_FIELDS)
        .http2_max_header_list_size(HEAD_CAP)
        .tcp_nodelay(true);
    let builder = if http1_only { builder.http1_only() } else { builder };
    let builder = match &need.route {
        Route::Proxy(url) => builder.proxy(reqwest::Proxy::all(url.clone()).map_err(|_| OutboundError::Proxy)?),
        _ => builder,
    };
    builder.build().map_err(OutboundError::Client)
}

/// TLS with Mozilla's roots from within the binary, so that a bare container works, and the operator's own besides.
fn tls(ca_file: Option<&Path>, http1_only: bool) -> Result<ClientConfig, OutboundError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = ca_file {
        let wrong = || OutboundError::CaFile(path.to_owned());
        let (taken, _) = roots.add_parsable_certificates(
            CertificateDer::pem_file_iter(path).map_err(|_| wrong())?.collect::<Result<Vec<_>, _>>().map_err(|_| wrong())?,
        );
        if taken == 0 {
            return Err(wrong());
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(OutboundError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = if http1_only { vec![b"http/1.1".to_vec()] } else { vec![b"h2".to_vec(), b"http/1.1".to_vec()] };
    Ok(config)
}
