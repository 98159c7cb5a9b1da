//! The guard, resolving, dialling, deadlines, caps: the only HTTP client and the only dialler.
//!
//! Every byte that leaves the daemon leaves here. [`Outbound::exchange`] speaks HTTP with whoever a URL names, within the address
//! rules of [`judge`]; [`Outbound::dial`] connects to the operator's own mail servers, which stand outside them. No redirect is
//! followed, no proxy but the configured one is used, nothing is decompressed unless the caller asks for it.

mod body;
mod cidr;
mod clients;
mod dial;
mod exchange;
mod failure;
mod guard;
mod limits;
mod names;
#[cfg(test)]
mod peer;
mod reach;
mod route;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpStream;
use url::Url;

pub use cidr::{Cidr, CidrError};
pub use exchange::{Answer, Request};
pub use failure::Failure;
pub use guard::{GuardRefusal, Verdict, WEB_PORTS, judge};
pub use limits::{Beyond, Limits};
pub use reach::{Inside, InsideError, Proxy, ProxyError, Reach};

use clients::Clients;
use guard::Guard;
use names::Names;
use route::Route;

/// What the operator opened: `[outbound]` of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Else-refused networks that may be reached, on any port.
    pub allow: Vec<Cidr>,
    /// Open ports of public addresses, besides [`WEB_PORTS`].
    pub ports: Vec<u16>,
    /// The proxy for everything that is not in `allow`.
    pub proxy: Option<Proxy>,
}

/// What makes a policy or a reach unusable.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// Unreadable, or no certificate in it.
    #[error("no certificate could be read from the ca_file {}", .0.display())]
    CaFile(PathBuf),
    /// TLS could not be set up.
    #[error("TLS could not be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built")]
    Client(#[source] reqwest::Error),
}

/// The way out. Cheap to clone; all clones share connections and remembered names.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

/// Shows nothing: the proxy's login lies within.
impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbound")
    }
}

struct Inner {
    guard: Guard,
    lan: Guard,
    proxy: Option<Proxy>,
    names: Names,
    clients: Clients,
}

impl Outbound {
    /// A way out under `policy`.
    ///
    /// # Errors
    /// When TLS or the HTTP client cannot be set up.
    pub fn new(policy: Policy) -> Result<Self, OutboundError> {
        Self::with_names(policy, Names::system())
    }

    fn with_names(policy: Policy, names: Names) -> Result<Self, OutboundError> {
        let guard = Guard::new(&policy.allow, &policy.ports);
        let clients = Clients::new(names.clone(), &guard)?;
        Ok(Self(Arc::new(Inner { lan: guard.with_lan(), guard, proxy: policy.proxy, names, clients })))
    }

    /// Whether the guard would let a request to this URL out, on the plain reach. Resolves the name, dials nobody.
    ///
    /// # Errors
    /// The guard's reason.
    pub async fn verdict(&self, url: &Url) -> Result<(), GuardRefusal> {
        let web_port = match self.route(url, &Reach::default()).await? {
            Route::Proxy(_) | Route::Inside(_) => return Ok(()),
            Route::Web => true,
            Route::Allowed => false,
        };
        let Some(host) = url.domain() else { return Ok(()) };
        let vetted = self.0.names.vetted(&self.0.guard, host, web_port).await;
        vetted.map(|_| ()).map_err(|refusal| refusal.with_port(url.port_or_known_default().unwrap_or_default()))
    }

    /// Connects to a mail server: a host that only the configuration can name, so the address rules do not apply. Nagle is off.
    ///
    /// # Errors
    /// When the name does not resolve or no address of it answers in time.
    pub async fn dial(&self, host: &str, port: u16) -> Result<TcpStream, Failure> {
        dial::dial(&self.0.names, host, port).await
    }

    fn guard(&self, lan: bool) -> &Guard {
        if lan { &self.0.lan } else { &self.0.guard }
    }

    fn proxy(&self) -> Option<&Proxy> {
        self.0.proxy.as_ref()
    }

    fn names(&self) -> &Names {
        &self.0.names
    }

    fn clients(&self) -> &Clients {
        &self.0.clients
    }
}
