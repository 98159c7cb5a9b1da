//! A place that takes mail, as the configuration names it.

use std::path::PathBuf;

use url::Url;

use crate::model::Secret;

/// RFC 6409, 3.1.
const SUBMISSION: u16 = 587;
/// RFC 8314, 7.3.
const SUBMISSIONS: u16 = 465;

/// One `[[mail.server]]`.
#[derive(Debug, Clone)]
pub struct Server {
    /// What it is.
    pub kind: ServerKind,
    /// How many connections may be open to it at once.
    pub connections: usize,
    /// How many messages one connection takes before it is closed: some providers punish more.
    pub per_connection: usize,
    /// How many messages a second it takes in all; `None`: as many as it answers.
    pub per_second: Option<f64>,
}

/// What takes the mail.
#[derive(Debug, Clone)]
pub enum ServerKind {
    /// An SMTP server that relays for us.
    Smtp(Relay),
    /// A folder, one `.eml` a message.
    Folder(PathBuf),
}

/// An SMTP server and how to speak to it.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Its name: for the certificate too.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS from the first byte (RFC 8314).
    pub implicit_tls: bool,
    /// What to do about STARTTLS on a plain connection.
    pub starttls: StartTls,
    /// Who we are to it, where it asks.
    pub login: Option<Login>,
    /// What EHLO calls us: the newsroom's host.
    pub hello: String,
    /// Further root certificates, PEM: for a mail server inside the house.
    pub ca: Option<Vec<u8>>,
}

/// A login. The password prints masked.
#[derive(Debug, Clone)]
pub struct Login {
    /// Often the sender's address.
    pub user: String,
    /// Often a code made for this purpose (授权码), not the mailbox's own password.
    pub password: Secret,
}

/// STARTTLS (RFC 3207).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StartTls {
    /// Where offered.
    #[default]
    Opportunistic,
    /// Nothing is sent without.
    Required,
    /// Never.
    None,
}

/// Why a text is no server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// Not one of the three forms.
    #[error("a mail server is smtp://host:port, smtps://host:port or folder:path")]
    Form,
    /// No folder is named.
    #[error("folder: wants a path behind the colon")]
    NoFolder,
    /// A user or a password stands in it.
    #[error("user and password stand in keys of their own, never in the server's url")]
    Login,
    /// A key behind the question mark that is not known, or not fitting.
    #[error("the only key behind the question mark is starttls=opportunistic, required or none, on smtp:// alone")]
    Query,
}

impl ServerKind {
    /// Reads `smtp://host:port?starttls=required`, `smtps://host:port` or `folder:path`. Without a port: 587 and 465.
    ///
    /// # Errors
    /// Whatever [`ServerError`] names.
    pub fn parse(text: &str, login: Option<Login>, hello: &str) -> Result<Self, ServerError> {
        if let Some(path) = text.strip_prefix("folder:") {
            return if path.is_empty() { Err(ServerError::NoFolder) } else { Ok(Self::Folder(PathBuf::from(path))) };
        }
        let url = Url::parse(text).map_err(|_| ServerError::Form)?;
        let implicit_tls = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(ServerError::Form),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(ServerError::Form)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(ServerError::Form);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ServerError::Login);
        }
        let mut starttls = StartTls::default();
        for (key, value) in url.query_pairs() {
            starttls = match (&*key, &*value) {
                ("starttls", _) if implicit_tls => return Err(ServerError::Query),
                ("starttls", "opportunistic") => StartTls::Opportunistic,
                ("starttls", "required") => StartTls::Required,
                ("starttls", "none") => StartTls::None,
                _ => return Err(ServerError::Query),
            };
        }
        let host = host.trim_matches(['[', ']']).to_owned();
        let port = url.port().unwrap_or(if implicit_tls { SUBMISSIONS } else { SUBMISSION });
        Ok(Self::Smtp(Relay { host, port, implicit_tls, starttls, login, hello: hello.to_owned(), ca: None }))
    }
}

impl Relay {
    /// Whether it is this machine: there a password needs no cover.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ServerKind, ServerError> {
        ServerKind::parse(text, None, "news.example.cn")
    }

    #[test]
    fn the_three_forms_are_read() {
        let Ok(ServerKind::Smtp(relay)) = parse("smtp://127.0.0.1:2525?starttls=none") else { panic!("no relay") };
        assert_eq!((relay.host.as_str(), relay.port, relay.implicit_tls, relay.starttls), ("127.0.0.1", 2525, false, StartTls::None));
        assert!(relay.is_loopback());
        let Ok(ServerKind::Smtp(relay)) = parse("smtps://smtp.example.cn") else { panic!("no relay") };
        assert_eq!((relay.port, relay.implicit_tls), (465, true));
        let Ok(ServerKind::Smtp(relay)) = parse("smtp://[::1]") else { panic!("no relay") };
        assert_eq!((relay.host.as_str(), relay.port, relay.starttls), ("::1", 587, StartTls::Opportunistic));
        let Ok(ServerKind::Folder(path)) = parse("folder:data/outbox") else { panic!("no folder") };
        assert_eq!(path, PathBuf::from("data/outbox"));
    }

    #[test]
    fn anything_else_says_why() {
        assert_eq!(parse("folder:").err(), Some(ServerError::NoFolder));
        assert_eq!(parse("http://mail.example.cn").err(), Some(ServerError::Form));
        assert_eq!(parse("smtp:///x").err(), Some(ServerError::Form));
        assert_eq!(parse("smtp://a:b@mail.example.cn").err(), Some(ServerError::Login));
        assert_eq!(parse("smtp://mail.example.cn?starttls=maybe").err(), Some(ServerError::Query));
        assert_eq!(parse("smtps://mail.example.cn?starttls=none").err(), Some(ServerError::Query));
    }
}
