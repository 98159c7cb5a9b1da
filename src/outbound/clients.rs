//! The HTTP clients: one for the plain case, and one for each special reach, built once and kept.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::guard::Guard;
use super::names::{Names, Rule, Vetted};
use super::route::Route;
use super::{Limits, OutboundError, Reach};

/// How long an idle connection is kept for the next delivery. Most servers hang up after 5 to 75 s.
const IDLE_KEPT: Duration = Duration::from_secs(30);

/// How many idle connections one host may keep: as many as deliveries are in flight at once by default.
const IDLE_PER_HOST: usize = 128;

/// The largest head of an HTTP/2 answer, in bytes. HTTP/1.1 is bounded by hyper's read buffer and by [`HEADER_FIELDS`].
const HEAD_CAP: u32 = 64 * 1024;

/// The most header fields of one HTTP/1.1 answer; busy news sites send about 40.
const HEADER_FIELDS: usize = 100;

/// How often a busy HTTP/2 connection is asked whether it still lives, and how long it may take to say so: a peer that vanished would
/// else swallow every delivery until TCP gives up, a quarter of an hour later.
const PING_EVERY: Duration = Duration::from_secs(10);
const PING_ANSWER: Duration = Duration::from_secs(5);

/// How many special clients are kept. Reaches come from the configuration, so more than this means that it was reloaded many times.
const CLIENTS_KEPT: usize = 256;

/// Which client an exchange needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Need {
    pub(super) reach: Reach,
    pub(super) route: Route,
    pub(super) connect: Duration,
}

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
        .http2_keep_alive_interval(PING_EVERY)
        .http2_keep_alive_timeout(PING_ANSWER)
        .tcp_nodelay(true);
    let builder = if http1_only { builder.http1_only() } else { builder };
    let builder = match &need.route {
        Route::Proxy(proxy) => builder.proxy(reqwest::Proxy::all(proxy.url().clone()).map_err(OutboundError::Client)?),
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use hyper::service::service_fn;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::net::TcpListener;
    use url::Url;

    use super::*;
    use crate::model::{Phase, Why};
    use crate::outbound::peer::get;
    use crate::outbound::{Inside, Outbound, Policy};

    /// A TLS server for `name` that answers everything with 204, in HTTP/2 or HTTP/1.1; gives its address and its certificate's file.
    async fn secure_peer(name: &str, folder: &Path, h2: bool) -> (Inside, std::path::PathBuf) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let file = folder.join(format!("{name}.pem"));
        std::fs::write(&file, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![if h2 { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside = listener.local_addr().unwrap().to_string().parse().unwrap();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let Ok(stream) = acceptor.accept(socket).await else { continue };
                tokio::spawn(serve(TokioIo::new(stream), h2));
            }
        });
        (inside, file)
    }

    async fn serve(stream: TokioIo<tokio_rustls::server::TlsStream<tokio::net::TcpStream>>, h2: bool) -> hyper::Result<()> {
        let service = service_fn(async |_| Ok::<_, Infallible>(http::Response::builder().status(204).body(String::new()).unwrap()));
        if h2 {
            hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await
        } else {
            hyper::server::conn::http1::Builder::new().serve_connection(stream, service).await
        }
    }

    #[tokio::test]
    async fn http2_is_spoken_with_whoever_speaks_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (peer, file) = secure_peer("hook.example.cn", folder.path(), true).await;
        let policy = Policy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..Policy::default() };
        let outbound = Outbound::with_names(policy, Names::script("hook.example.cn", &[&["127.0.0.1"]])).unwrap();
        let reach = Reach { ca_file: Some(file), ..Reach::default() };
        let url = Url::parse(&format!("https://hook.example.cn:{}/", peer.port().unwrap())).unwrap();
        assert_eq!(outbound.exchange(get(url), &reach, &Limits::DELIVERY).await.unwrap().status, 204);
    }

    #[tokio::test]
    async fn a_certificate_is_trusted_by_its_file_alone_and_for_its_name_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (inside, file) = secure_peer("cms.example.cn", folder.path(), false).await;
        let outbound = Outbound::new(Policy::default()).unwrap();
        let ask = async |host: &str, ca_file: Option<&Path>| {
            let reach = Reach { connect: Some(inside.clone()), ca_file: ca_file.map(Path::to_owned), ..Reach::default() };
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            outbound.exchange(get(url), &reach, &Limits::PAGE).await
        };
        assert_eq!(ask("cms.example.cn", Some(&file)).await.unwrap().status, 204);
        let stranger = ask("cms.example.cn", None).await.unwrap_err();
        assert_eq!((stranger.phase, stranger.why), (Phase::Connect, Why::Tls("the certificate's issuer is unknown".into())));
        let other = ask("www.example.cn", Some(&file)).await.unwrap_err();
        assert_eq!(other.why, Why::Tls("the certificate is for another name".into()));
        let missing = ask("cms.example.cn", Some(&folder.path().join("missing.pem"))).await.unwrap_err();
        assert!(matches!(missing, crate::outbound::Failure { phase: Phase::Before, why: Why::Ours(_), .. }), "{missing:?}");
    }

    #[test]
    fn both_versions_of_http_are_offered_unless_an_inside_address_forbids() {
        assert_eq!(tls(None, false).unwrap().alpn_protocols, [b"h2".to_vec(), b"http/1.1".to_vec()]);
        assert_eq!(tls(None, true).unwrap().alpn_protocols, [b"http/1.1".to_vec()]);
    }
}
