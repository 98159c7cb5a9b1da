//! `[mail]`: from whom, and through which servers.

use std::path::PathBuf;

use url::{Host, Url};

use super::reader::Reader;
use crate::model::{EmailAddress, Secret};

/// From whom, and through which servers.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// The sender's address.
    pub from: EmailAddress,
    /// The sender's name; `None`: the site's title.
    pub from_name: Option<String>,
    /// At least one; the first is tried first.
    pub servers: Vec<MailServer>,
}

/// A server that takes our mail.
#[derive(Debug, Clone, PartialEq)]
pub struct MailServer {
    /// Where it is.
    pub to: MailTo,
    /// Who we are there.
    pub user: Option<String>,
    /// Beside `user`.
    pub password: Option<Secret>,
    /// How many connections at once.
    pub connections: u32,
    /// How many mails over one connection.
    pub per_connection: u32,
    /// How many mails a second; `None`: as many as it takes.
    pub per_second: Option<f64>,
}

/// Where mail is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailTo {
    /// SMTP, with STARTTLS where it is offered (`smtp://`).
    Smtp {
        /// Name or address.
        host: String,
        /// 25 unless it is named.
        port: u16,
    },
    /// SMTP within TLS (`smtps://`, RFC 8314, 3.3).
    Smtps {
        /// Name or address.
        host: String,
        /// 465 unless it is named.
        port: u16,
    },
    /// A folder that gets an `.eml` file a mail (`folder:`).
    Folder(PathBuf),
}

/// Where mail goes when no server is named: nothing leaves the machine by accident.
const DEFAULT_SERVER: &str = "folder:data/outbox";

/// Nobody's address (RFC 2606, 2): good for a folder, refused for a server.
const NOBODY: &str = "news@postrider.invalid";

impl Mail {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let has_sender = r.has("from");
        let nobody = EmailAddress::parse(NOBODY).expect("the default is an address");
        let from = r.value("from", nobody);
        let from_name = r.optional("from_name");
        r.suppose("server", "url", DEFAULT_SERVER);
        let written = r.tables("server", MailServer::read);
        let servers: Vec<MailServer> = written.into_iter().map(|placed| placed.it).collect();
        if servers.is_empty() && r.notes.origins.contains_key(&r.path("server")) {
            r.complain("server", "is empty, wanted at least one");
        }
        if servers.len() > 1 {
            r.complain("server", "stands more than once; this version hands all mail to one server");
        }
        let leaves = servers.iter().any(|server| !matches!(server.to, MailTo::Folder(_)));
        if leaves && !has_sender {
            r.missing("from", "from = \"news@example.cn\": a server will not take mail from nobody");
        }
        Self { from, from_name, servers }
    }

    /// Whether mail leaves this machine.
    #[must_use]
    pub fn leaves(&self) -> bool {
        self.servers.iter().any(|server| !matches!(server.to, MailTo::Folder(_)))
    }
}

impl MailServer {
    /// Gentle enough for a hosted mailbox, quick enough for a small newsroom.
    const CONNECTIONS: u32 = 4;
    /// Providers cut connections that carry more.
    const PER_CONNECTION: u32 = 100;

    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let url: Option<String> = r.required("url", "url = \"smtp://mail.example.cn:587\"");
        let user = r.optional("user");
        let promised = r.has("password") || r.has("password_file");
        let password = r.secret("password", "password_file", None);
        let connections = r.count("connections", Self::CONNECTIONS);
        let per_connection = r.count("per_connection", Self::PER_CONNECTION);
        let per_second: Option<f64> = r.optional("per_second");
        if per_second.is_some_and(|rate| rate <= 0.0) {
            r.complain("per_second", "is not above 0");
        }
        let to = match address(&url?) {
            Ok(MailTo::Folder(path)) => {
                let path = r.notes.resolve(&path);
                r.reveal("url", &format!("folder:{}", path.display()));
                MailTo::Folder(path)
            }
            Ok(to) => to,
            Err(why) => {
                r.complain("url", why);
                return None;
            }
        };
        match (&user, &password) {
            (Some(_), None) if !promised => r.complain("user", "stands without a password; add password_file"),
            (None, Some(_)) => r.complain("url", "has a password but no user"),
            _ => {}
        }
        Some(Self { to, user, password, connections, per_connection, per_second })
    }
}

fn address(url: &str) -> Result<MailTo, &'static str> {
    const WANTED: &str = "is no mail server; write \"smtp://HOST:PORT\", \"smtps://HOST:PORT\" or \"folder:data/outbox\"";
    if let Some(path) = url.strip_prefix("folder:") {
        return if path.is_empty() { Err("names no folder") } else { Ok(MailTo::Folder(path.into())) };
    }
    let parsed = Url::parse(url).map_err(|_| WANTED)?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("holds a user or password; write user and password_file beside it");
    }
    // The scheme is none of the web's, so the host is still as it was written: an internationalised name becomes ASCII here, and an
    // IPv6 address loses its brackets, as resolvers want it.
    let host = match parsed.host_str().map(Host::parse) {
        Some(Ok(Host::Domain(name))) if !name.is_empty() => name,
        Some(Ok(Host::Ipv4(address))) => address.to_string(),
        Some(Ok(Host::Ipv6(address))) => address.to_string(),
        _ => return Err(WANTED),
    };
    if !matches!(parsed.path(), "" | "/") || parsed.query().is_some() || parsed.fragment().is_some() {
        return Err("has something behind its host and port");
    }
    match parsed.scheme() {
        "smtp" => Ok(MailTo::Smtp { host, port: parsed.port().unwrap_or(25) }),
        "smtps" => Ok(MailTo::Smtps { host, port: parsed.port().unwrap_or(465) }),
        _ => Err(WANTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_smtp_smtps_or_a_folder() {
        assert_eq!(address("smtp://mail.example.cn"), Ok(MailTo::Smtp { host: "mail.example.cn".into(), port: 25 }));
        assert_eq!(address("smtps://[::1]:4650"), Ok(MailTo::Smtps { host: "::1".into(), port: 4650 }));
        assert_eq!(address("smtp://邮件.例子.cn"), Ok(MailTo::Smtp { host: "xn--5nq051n.xn--fsqu00a.cn".into(), port: 25 }));
        assert_eq!(address("folder:data/outbox"), Ok(MailTo::Folder("data/outbox".into())));
        for absurd in
            ["", "mail.example.cn", "http://mail.example.cn", "smtp://", "smtp://a/b", "smtp://me:x@a", "folder:", "smtp://a:99999"]
        {
            assert!(address(absurd).is_err(), "{absurd}");
        }
    }
}
