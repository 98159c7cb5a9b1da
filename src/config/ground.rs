//! What the daemon stands on: `[store]`, `[http]`, `[outbound]`, `[keys]`, `[hold]`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use url::Url;

use super::reader::Reader;
use crate::model::{EmailAddress, Secret};

/// `[store]`: where everything is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    /// `sqlite:PATH` or `postgres://…`. It may hold a password.
    pub url: Secret,
}

/// `[http]`: where the daemon listens.
#[derive(Debug, Clone, PartialEq)]
pub struct Http {
    /// The public listener.
    pub listen: SocketAddr,
    /// Where `/console` and `/metrics` are, if not on the public listener.
    pub private_listen: Option<SocketAddr>,
    /// Proxies whose `Forwarded` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// `[outbound]`: what the guard lets through besides the public network.
#[derive(Debug, Clone, PartialEq)]
pub struct Outbound {
    /// Networks, else refused, that may be reached on any port.
    pub allow: Vec<IpNet>,
    /// Ports that may be reached besides the usual ones.
    pub ports: Vec<u16>,
    /// An HTTP proxy for everything that goes out. It may hold a password.
    pub proxy: Option<Secret>,
}

/// `[keys]`: the ring that seals secrets and signs links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Made on first start.
    pub file: PathBuf,
}

/// `[hold]`: what waits for an editor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hold {
    /// An article that has one of these in its title or body is held.
    pub words: Vec<String>,
    /// Who is told of it.
    pub editor: Option<EmailAddress>,
}

impl Store {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        const DEFAULT: &str = "sqlite:data/postrider.db";
        let at = if r.has("url_file") && !r.has("url") { "url_file" } else { "url" };
        let written = r.secret("url", "url_file", None).unwrap_or_else(|| Secret::new(DEFAULT.to_owned()));
        let url = store_url(written.expose(), |path| r.notes.resolve(path)).unwrap_or_else(|why| {
            r.complain(at, why);
            DEFAULT.to_owned()
        });
        if at == "url" {
            r.reveal("url", &without_password(&url));
        }
        Self { url: Secret::new(url) }
    }
}

/// A store's address, its path below the configuration's folder.
fn store_url(url: &str, resolve: impl FnOnce(&Path) -> PathBuf) -> Result<String, &'static str> {
    const WANTED: &str = "is no store; write \"sqlite:data/postrider.db\" or \"postgres://user@host/database\"";
    if let Some(rest) = url.strip_prefix("sqlite:") {
        let (path, options) = rest.split_once('?').map_or((rest, None), |(path, options)| (path, Some(options)));
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path == ":memory:" {
            return Err("names no file; a store outlives the daemon, and other commands open it too");
        }
        let path = resolve(Path::new(path));
        let options = options.map(|options| format!("?{options}")).unwrap_or_default();
        return Ok(format!("sqlite:{}{options}", path.display()));
    }
    let parsed = Url::parse(url).map_err(|_| WANTED)?;
    if !matches!(parsed.scheme(), "postgres" | "postgresql") {
        return Err(WANTED);
    }
    if parsed.path().trim_matches('/').is_empty() { Err("names no database: postgres://user@host/database") } else { Ok(url.to_owned()) }
}

/// The same address as a person may see it.
pub(super) fn without_password(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else { return url.to_owned() };
    if parsed.password().is_none() || parsed.set_password(Some("***")).is_err() { url.to_owned() } else { parsed.to_string() }
}

impl Http {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let http = Self {
            listen: r.value("listen", SocketAddr::from(([127, 0, 0, 1], 8080))),
            private_listen: r.optional("private_listen"),
            trusted_proxies: r.value("trusted_proxies", Vec::new()),
        };
        if http.private_listen == Some(http.listen) && http.listen.port() != 0 {
            r.complain("private_listen", "is the public listener's own address");
        }
        http
    }
}

impl Outbound {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let has_file = r.has("proxy_file");
        let outbound =
            Self { allow: r.value("allow", Vec::new()), ports: r.value("ports", Vec::new()), proxy: r.secret("proxy", "proxy_file", None) };
        if outbound.ports.contains(&0) {
            r.complain("ports", "holds port 0");
        }
        let fits = |proxy: &Secret| Url::parse(proxy.expose()).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if outbound.proxy.as_ref().is_some_and(|proxy| !fits(proxy)) {
            r.complain("proxy", "is no http or https address such as \"http://proxy.example.cn:3128\"");
        }
        if let Some(proxy) = outbound.proxy.as_ref().filter(|_| !has_file) {
            r.reveal("proxy", &without_password(proxy.expose()));
        }
        outbound
    }
}

impl Keys {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let default = r.notes.resolve(Path::new("data/keys"));
        Self { file: r.path_to("file", Some(default.clone())).unwrap_or(default) }
    }
}

impl Hold {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let hold = Self { words: r.value("words", Vec::new()), editor: r.optional("editor") };
        if hold.words.iter().any(String::is_empty) {
            r.complain("words", "holds an empty word, which every article contains");
        }
        hold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_file_or_a_database() {
        let read = |url| store_url(url, |path| Path::new("/etc/postrider").join(path));
        assert_eq!(read("sqlite:data/a.db?mode=rwc").unwrap(), "sqlite:/etc/postrider/data/a.db?mode=rwc");
        assert_eq!(read("sqlite:///var/a.db").unwrap(), "sqlite:/var/a.db");
        assert_eq!(read("postgres://me:secret@db/news").unwrap(), "postgres://me:secret@db/news");
        for absurd in ["", "sqlite:", "sqlite::memory:", "mysql://db/news", "postgres://db", "data/a.db"] {
            assert!(read(absurd).is_err(), "{absurd}");
        }
    }

    #[test]
    fn a_password_is_masked() {
        assert_eq!(without_password("postgres://me:secret@db/news"), "postgres://me:***@db/news");
        assert_eq!(without_password("sqlite:data/a.db"), "sqlite:data/a.db");
    }
}
