//! How far one exchange may reach beyond the public internet, and by which door.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::{Host, Url};

/// What is special about reaching one peer. The default is the public internet and what `[outbound] allow` opens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Reach {
    /// The networks of a LAN may be reached, on any port: a source's `allow_private`.
    pub private: bool,
    /// Dial here instead of where the name leads: a source's `connect`. Only the file can name it, so the address rules do not apply.
    pub connect: Option<Inside>,
    /// Trust the certificates of this PEM file too.
    pub ca_file: Option<PathBuf>,
    /// Go through this proxy rather than `[outbound] proxy`: an endpoint's own.
    pub proxy: Option<Proxy>,
}

/// An http or https proxy, with user info if it wants a login. Only the file can name it, so the address rules do not apply.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Proxy(Url);

/// An address that is no proxy we can speak to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the proxy is no http or https address")]
pub struct ProxyError;

impl Proxy {
    /// Its address, login and all: for the client only.
    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

impl TryFrom<Url> for Proxy {
    type Error = ProxyError;

    fn try_from(url: Url) -> Result<Self, ProxyError> {
        if matches!(url.scheme(), "http" | "https") { Ok(Self(url)) } else { Err(ProxyError) }
    }
}

/// Without the login.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.0.host_str().unwrap_or_default())
    }
}

/// The inside address of a public name: a host, and a port where it differs from the URL's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Inside {
    host: String,
    port: Option<u16>,
}

/// Text that names no host and port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a host or host:port")]
pub struct InsideError;

impl Inside {
    /// The host: a name, or an address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, where one was given.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

impl FromStr for Inside {
    type Err = InsideError;

    fn from_str(text: &str) -> Result<Self, InsideError> {
        // A bare IPv6 address is all colons; everything else reads like a URL's authority.
        if let Ok(ip) = text.parse::<std::net::Ipv6Addr>() {
            return Ok(Self { host: ip.to_string(), port: None });
        }
        let (bare, port) = match text.rsplit_once(':') {
            Some((bare, digits)) if !digits.ends_with(']') => (bare, Some(digits.parse::<u16>().map_err(|_| InsideError)?)),
            _ => (text, None),
        };
        let host = match Host::parse(bare).map_err(|_| InsideError)? {
            Host::Domain(name) => name,
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        Ok(Self { host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_speaks_http_and_hides_its_login() {
        let proxy = |text: &str| Proxy::try_from(Url::parse(text).unwrap());
        assert_eq!(format!("{:?}", proxy("http://desk:word@proxy.lan:3128/").unwrap()), "Proxy(proxy.lan)");
        assert_eq!(proxy("socks5://proxy.lan/"), Err(ProxyError));
    }

    #[test]
    fn an_inside_address_reads_as_host_and_port() {
        let read = |text: &str| text.parse::<Inside>().map(|inside| (inside.host, inside.port));
        assert_eq!(read("10.0.0.5:8080"), Ok(("10.0.0.5".into(), Some(8080))));
        assert_eq!(read("cms.lan"), Ok(("cms.lan".into(), None)));
        assert_eq!(read("[fd00::5]:80"), Ok(("fd00::5".into(), Some(80))));
        assert_eq!(read("[fd00::5]"), Ok(("fd00::5".into(), None)));
        assert_eq!(read("fd00::5"), Ok(("fd00::5".into(), None)));
        for wrong in ["", ":80", "cms.lan:", "cms.lan:http", "http://cms.lan/", "cms.lan:70000"] {
            assert_eq!(read(wrong), Err(InsideError), "{wrong}");
        }
    }
}
