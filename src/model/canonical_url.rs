//! The one spelling of an article's address.

use serde::{Deserialize, Serialize};
use url::Url;

/// Query parameters that say how a reader came, never which article is meant (facts on share links; WeChat appends its own).
const TRACKING: &[&str] = &["spm", "scm", "fbclid", "gclid", "isappinstalled", "mc_cid", "mc_eid", "yclid", "msclkid"];

/// WeChat's `from=`: dropped only with these values, for a CMS may use the name itself.
const WECHAT_FROM: &[&str] = &["timeline", "groupmessage", "singlemessage"];

/// Query parameters that hold a visitor's session: the same page has another address for each visitor (lower case).
const SESSIONS: &[&str] =
    &["phpsessid", "jsessionid", "sessionid", "session_id", "sessid", "cftoken", "oscsid", "zenid", "phpsessionid", "asp.net_sessionid"];

/// `sid` names a session or a story: a story's number is shorter than any session's (characters).
const SHORTEST_SID: usize = 16;

/// Addresses longer than this are refused: browsers and mail clients cut them (bytes).
const LONGEST: usize = 2048;

/// An absolute http or https address, spelled in one way: WHATWG serialisation, lower-case host, no default port,
/// no user, no fragment, no tracking parameters, no session. Making one of a canonical one changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

/// Why a text is no article's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not an absolute URL.
    #[error("not an absolute URL: {0}")]
    Unreadable(String),
    /// Neither http nor https.
    #[error("only http and https addresses, not {0}:")]
    Scheme(String),
    /// Holds a user name or password.
    #[error("an address with a user name in it is refused")]
    User,
    /// Longer than 2,048 bytes.
    #[error("longer than {LONGEST} bytes")]
    TooLong,
}

impl CanonicalUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// Whatever [`UrlError`] names.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text.trim()).map_err(|error| UrlError::Unreadable(error.to_string()))?;
        Self::of(url)
    }

    /// The canonical form of a parsed URL.
    ///
    /// # Errors
    /// Whatever [`UrlError`] names.
    pub fn of(mut url: Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::User);
        }
        url.set_fragment(None);
        if let Some(query) = url.query() {
            let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair) && !is_session(pair)).collect();
            let kept = kept.join("&");
            url.set_query((!kept.is_empty()).then_some(kept.as_str()));
        }
        if let Some(path) = without_session(url.path()) {
            url.set_path(&path);
        }
        let text = String::from(url);
        if text.len() > LONGEST { Err(UrlError::TooLong) } else { Ok(Self(text)) }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address, parsed.
    ///
    /// # Panics
    /// Never: it parsed when it was made.
    #[must_use]
    pub fn url(&self) -> Url {
        Url::parse(&self.0).expect("a canonical URL parses")
    }

    /// Host and port as a key for politeness and for search engines.
    #[must_use]
    pub fn host(&self) -> String {
        self.url().host_str().unwrap_or_default().to_owned()
    }
}

fn is_tracking(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    name.starts_with("utm_") || TRACKING.contains(&name) || (name == "from" && WECHAT_FROM.contains(&value))
}

fn is_session(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    let long = || value.len() >= SHORTEST_SID && value.bytes().all(|b| b.is_ascii_alphanumeric());
    SESSIONS.contains(&name.as_str()) || name.starts_with("aspsessionid") || (name == "sid" && long())
}

/// A path without the session that Java servers write behind it (`;jsessionid=…`) and ASP.NET between its folders (`/(S(…))/`).
fn without_session(path: &str) -> Option<String> {
    let java = |part: &&str| part.get(..11).is_some_and(|head| head.eq_ignore_ascii_case("jsessionid="));
    let net = |folder: &str| folder.starts_with("(S(") && folder.ends_with("))");
    if !path.contains([';', '(']) {
        return None;
    }
    let bare = |folder: &str| {
        folder.split(';').enumerate().filter(|(at, part)| *at == 0 || !java(part)).map(|(_, part)| part).collect::<Vec<_>>().join(";")
    };
    Some(path.split('/').map(bare).filter(|folder| !net(folder)).collect::<Vec<_>>().join("/"))
}

impl std::fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for CanonicalUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tracking_goes_and_the_rest_stays() {
        let url = CanonicalUrl::parse("HTTP://News.Example.CN:80/a/../b.html?id=3&utm_source=x&from=timeline&from=list#top").unwrap();
        assert_eq!(url.as_str(), "http://news.example.cn/b.html?id=3&from=list");
    }

    #[test]
    fn a_visitors_session_is_no_part_of_an_address() {
        let read =
            |path: &str| CanonicalUrl::parse(&format!("http://h.example{path}")).unwrap().url()[url::Position::BeforePath..].to_owned();
        for (written, read_as) in [
            ("/show.jsp;jsessionid=5E7A0B?id=3", "/show.jsp?id=3"),
            ("/show.jsp;JSESSIONID=5E7A0B.node1;v=2?id=3", "/show.jsp;v=2?id=3"),
            ("/show.php?id=3&PHPSESSID=0a1b2c", "/show.php?id=3"),
            ("/show.asp?ASPSESSIONIDQQ=ABC&id=3", "/show.asp?id=3"),
            ("/(S(lit3py55t21z5v55vlm25s55))/show.aspx?id=3", "/show.aspx?id=3"),
            ("/story.php?sid=4410", "/story.php?sid=4410"),
            ("/forum.php?sid=0123456789abcdef0123&tid=8", "/forum.php?tid=8"),
        ] {
            assert_eq!(read(written), read_as);
        }
    }

    #[test]
    fn what_is_no_article_address_is_refused() {
        assert!(matches!(CanonicalUrl::parse("javascript:alert(1)"), Err(UrlError::Scheme(_))));
        assert!(matches!(CanonicalUrl::parse("/news/1.html"), Err(UrlError::Unreadable(_))));
        assert_eq!(CanonicalUrl::parse("http://a:b@example.cn/"), Err(UrlError::User));
        assert_eq!(CanonicalUrl::parse(&format!("http://example.cn/{}", "a".repeat(3000))), Err(UrlError::TooLong));
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(path in "[a-zA-Z0-9/._~%?&=#-]{0,60}") {
            if let Ok(once) = CanonicalUrl::parse(&format!("http://Example.cn/{path}")) {
                prop_assert_eq!(CanonicalUrl::parse(once.as_str()).unwrap(), once);
            }
        }

        #[test]
        fn so_is_one_of_a_session(path in "(;jsessionid=|[(]S[(]|[)][)]|/|[.]|a|;|[?]){0,12}") {
            if let Ok(once) = CanonicalUrl::parse(&format!("http://example.cn/{path}")) {
                prop_assert_eq!(CanonicalUrl::parse(once.as_str()).unwrap(), once);
            }
        }
    }
}
