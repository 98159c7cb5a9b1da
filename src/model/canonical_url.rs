//! The one spelling of an article's address.

use serde::{Deserialize, Serialize};
use url::Url;

/// Query parameters that say how a reader came, never which article is meant (facts on share links; WeChat appends its own).
const TRACKING: &[&str] = &["spm", "scm", "fbclid", "gclid", "isappinstalled", "mc_cid", "mc_eid", "yclid", "msclkid"];

/// WeChat's `from=`: dropped only with these values, for a CMS may use the name itself.
const WECHAT_FROM: &[&str] = &["timeline", "groupmessage", "singlemessage"];

/// Addresses longer than this are refused: browsers and mail clients cut them (bytes).
const LONGEST: usize = 2048;

/// An absolute http or https address, spelled in one way: WHATWG serialisation, lower-case host, no default port,
/// no user, no fragment, no tracking parameters. Making one of a canonical one changes nothing.
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
            let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
            let kept = kept.join("&");
            url.set_query((!kept.is_empty()).then_some(kept.as_str()));
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
    }
}
