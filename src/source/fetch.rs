//! One visitor at a source's door: honest about who it is, conditional, patient, and never two requests to a host at a time.
//!
//! Redirects are followed here, hop by hop, so that the guard and robots.txt have their say on each. Validators go into the
//! returned page only; whoever accepts what the page held saves them, so that none is ever ahead of its article.

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use super::hosts::same_site;
use super::{Net, SourceError, Spec, hash};
use crate::model::{Millis, Seen, SourceMemory, Validators};
use crate::outbound::{Answer, Limits, Reach, Request};

/// Longer chains of redirects are a circle or a maze.
pub(super) const MOST_HOPS: usize = 5;
/// A server that asks for more patience than this is asked again after it anyway.
const MOST_PATIENT: Duration = Duration::from_hours(24);
/// Listings and feeds are asked for without conditions once in so long: servers exist whose validators stop changing.
const UNCONDITIONAL: Duration = Duration::from_hours(7 * 24);
/// A validator longer than this is not kept: it would be sent back with every request (bytes).
const LONGEST_VALIDATOR: usize = 1024;
/// What is asked for.
const ACCEPTED: &str =
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5";

/// What a visit gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Got {
    /// The server says that nothing changed since the validators.
    Unchanged,
    /// The representation.
    Fresh(Fresh),
}

/// What a page's address gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Met {
    /// The server says that nothing changed since the validators.
    Unchanged,
    /// The representation.
    Fresh(Fresh),
    /// A redirect that leaves the site: the article stands there, and this address is a pointer to it.
    Elsewhere(Url),
}

enum Hop {
    Unchanged,
    Fresh(Fresh),
    To(Url),
}

/// What is kept of an answer that was read whole, for [`Visitor::parsed`].
#[derive(Debug, Clone)]
pub(super) struct Stamp {
    validators: Validators,
    content_hash: String,
}

/// A representation, as bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fresh {
    /// Where it was found in the end.
    pub url: Url,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// The header's value.
    pub content_type: Option<String>,
    /// To ask with the next time.
    pub validators: Validators,
}

impl Fresh {
    /// What is to be kept of it once it was parsed.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp { validators: self.validators.clone(), content_hash: hash(&self.body) }
    }
}

/// One visit to a source, with what it learns on the way.
pub(super) struct Visitor<'a> {
    pub spec: &'a Spec,
    pub net: &'a Net,
    /// What is remembered, robots.txt included.
    pub memory: SourceMemory,
}

impl<'a> Visitor<'a> {
    /// A fresh visit.
    pub(super) fn new(spec: &'a Spec, memory: &SourceMemory, net: &'a Net) -> Self {
        Self { spec, net, memory: memory.clone() }
    }

    /// The validators to ask a listing or a feed with: none where they lied once, or where it was not seen whole for a week.
    pub(super) fn known(&self, address: &Url) -> Validators {
        let due = |seen: &Seen| seen.lies || self.net.clock.now().since(seen.at) >= UNCONDITIONAL;
        match self.memory.seen.get(address.as_str()) {
            Some(seen) if due(seen) => Validators::default(),
            _ => self.memory.validators.get(address.as_str()).cloned().unwrap_or_default(),
        }
    }

    /// Notes that an answer was parsed: from now on it is asked for with its validators.
    pub(super) fn parsed(&mut self, address: &Url, stamp: Stamp) {
        let before = self.memory.validators.insert(address.to_string(), stamp.validators.clone());
        let seen = self.memory.seen.entry(address.to_string()).or_default();
        let same = !stamp.validators.is_empty() && before.as_ref() == Some(&stamp.validators);
        seen.lies |= same && seen.content_hash != stamp.content_hash;
        seen.content_hash = stamp.content_hash;
        seen.at = self.net.clock.now();
    }

    /// Gets an address, following redirects.
    pub(super) async fn get(&mut self, asked: &Url, known: &Validators, limits: &Limits) -> Result<Got, SourceError> {
        let mut url = asked.clone();
        for _ in 0..=MOST_HOPS {
            match self.hop(asked, url, known, limits).await? {
                Hop::Unchanged => return Ok(Got::Unchanged),
                Hop::Fresh(fresh) => return Ok(Got::Fresh(fresh)),
                Hop::To(next) => url = next,
            }
        }
        Err(SourceError::Redirects { url: asked.clone() })
    }

    /// Gets an article's page, following redirects on its own site only. A redirect to the front page is how many systems say that
    /// there is no such page.
    pub(super) async fn page(&mut self, asked: &Url, known: &Validators) -> Result<Met, SourceError> {
        let mut url = asked.clone();
        for _ in 0..=MOST_HOPS {
            match self.hop(asked, url, known, &Limits::PAGE).await? {
                Hop::Unchanged => return Ok(Met::Unchanged),
                Hop::Fresh(fresh) => return Ok(Met::Fresh(fresh)),
                Hop::To(next) if !same_site(asked, &next) => return Ok(Met::Elsewhere(next)),
                Hop::To(next) if self.is_front(&next) => return Err(SourceError::Status { url: asked.clone(), status: 404, again: None }),
                Hop::To(next) => url = next,
            }
        }
        Err(SourceError::Redirects { url: asked.clone() })
    }

    fn is_front(&self, url: &Url) -> bool {
        let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
        let stem = last.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let front = url.query().is_none() && (url.path() == "/" || matches!(url.path(), "/index.html" | "/index.htm" | "/index.shtml"));
        front || self.spec.addresses.contains(url) || matches!(stem.as_str(), "404" | "error" | "notfound")
    }

    async fn hop(&mut self, asked: &Url, url: Url, known: &Validators, limits: &Limits) -> Result<Hop, SourceError> {
        let pause = self.admitted(&url).await?;
        let answer = self.exchange(&url, known, limits, pause).await?;
        match answer.status {
            304 if !known.is_empty() => Ok(Hop::Unchanged),
            301 | 302 | 303 | 307 | 308 => {
                next_hop(&answer, &url).map(Hop::To).ok_or_else(|| SourceError::Redirects { url: asked.clone() })
            }
            200 | 203 => Ok(Hop::Fresh(fresh(answer, url))),
            status => Err(SourceError::Status { again: retry_after(&answer.headers, self.net.clock.now()), url, status }),
        }
    }

    pub(super) async fn exchange(
        &mut self,
        url: &Url,
        known: &Validators,
        limits: &Limits,
        pause: Duration,
    ) -> Result<Answer, SourceError> {
        let request = Request { method: Method::GET, url: url.clone(), headers: self.headers(known), body: Bytes::new() };
        let turns = &self.net.turns;
        let turn = turns.take(url, pause, &self.net.clock).await.map_err(|until| SourceError::Resting { url: url.clone(), until })?;
        let answer = self.net.outbound.exchange(request, &self.reach(url), limits).await;
        let now = self.net.clock.now();
        // RFC 9110, 15.6.4, and RFC 6585, 4: it is the server that is busy, not the page.
        if let Ok(answer) = &answer
            && matches!(answer.status, 429 | 503)
            && let Some(until) = retry_after(&answer.headers, now)
        {
            turns.leave_alone(url, until, now);
        }
        turn.asked(now);
        answer.map_err(|failure| SourceError::Exchange { url: url.clone(), failure })
    }

    fn headers(&self, known: &Validators) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(USER_AGENT, &self.spec.user_agent);
        put(ACCEPT, ACCEPTED);
        put(ACCEPT_LANGUAGE, &self.spec.language);
        if let Some(etag) = &known.etag {
            put(IF_NONE_MATCH, etag);
        }
        if let Some(modified) = &known.modified {
            put(IF_MODIFIED_SINCE, modified);
        }
        headers
    }

    pub(super) fn reach(&self, url: &Url) -> Reach {
        self.spec.reach_towards(url)
    }
}

/// Where a redirect leads, if that is on the web.
pub(super) fn next_hop(answer: &Answer, from: &Url) -> Option<Url> {
    let location = answer.headers.get(LOCATION)?;
    // Old servers write their own characters there, as UTF-8 if we are lucky.
    let next = from.join(std::str::from_utf8(location.as_bytes()).ok()?.trim()).ok()?;
    matches!(next.scheme(), "http" | "https").then_some(next)
}

fn fresh(answer: Answer, url: Url) -> Fresh {
    let said = |name: HeaderName| answer.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let kept = |name: HeaderName| said(name).filter(|value| value.len() <= LONGEST_VALIDATOR);
    let validators = Validators { etag: kept(ETAG), modified: kept(LAST_MODIFIED) };
    Fresh { url, content_type: said(CONTENT_TYPE), validators, body: answer.body }
}

/// Seconds or a date (RFC 9110, 10.2.3), never more than [`MOST_PATIENT`].
fn retry_after(headers: &HeaderMap, now: Millis) -> Option<Millis> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = value.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let at = httpdate::parse_http_date(value).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        Millis(at.as_millis() as i64).since(now)
    };
    Some(now.plus(wait.min(MOST_PATIENT)))
}

#[cfg(test)]
mod tests {
    use super::super::loopback::{NOW, Server, answer, net, path};
    use super::super::{Advice, loopback};
    use super::*;
    use crate::model::SourceKind;

    async fn get(server: &Server, asked: &str, known: &Validators) -> Result<Got, SourceError> {
        let (spec, net) = (server.spec(SourceKind::Site, &["/"]), loopback::net());
        Visitor::new(&spec, &SourceMemory::default(), &net).get(&server.base.join(asked).unwrap(), known, &Limits::PAGE).await
    }

    #[tokio::test]
    async fn a_page_comes_with_its_validators_and_is_asked_for_under_them() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            _ if head.to_lowercase().contains("if-none-match: w/\"7\"") => answer(304, "", b""),
            _ => answer(200, "etag: W/\"7\"\r\nlast-modified: yesterday\r\ncontent-type: text/html; charset=gbk\r\n", b"<p>"),
        })
        .await;
        let Got::Fresh(fresh) = get(&server, "/a", &Validators::default()).await.unwrap() else { panic!("unchanged") };
        assert_eq!(fresh.validators, Validators { etag: Some("W/\"7\"".into()), modified: Some("yesterday".into()) });
        assert_eq!(fresh.content_type.as_deref(), Some("text/html; charset=gbk"));
        assert_eq!(get(&server, "/a", &fresh.validators).await.unwrap(), Got::Unchanged);
        assert!(server.last().contains("user-agent: postrider/0.1.0 (+http://newsroom.example/)"));
        assert!(server.last().contains("if-modified-since: yesterday"));
    }

    #[tokio::test]
    async fn redirects_are_followed_five_times_and_into_no_private_network() {
        let server = Server::start(|head| {
            let to = |place: &str| answer(302, &format!("location: {place}\r\n"), b"");
            match path(head) {
                "/robots.txt" => answer(404, "", b""),
                "/end" => answer(200, "", b"end"),
                "/inside" => to("http://10.0.0.1/"),
                "/file" => to("file:///etc/passwd"),
                "/round" => to("/round"),
                hop => match hop[1..].parse::<u8>().unwrap() {
                    1 => to("/end"),
                    n => to(&format!("{}", n - 1)),
                },
            }
        })
        .await;
        let Got::Fresh(fresh) = get(&server, "/5", &Validators::default()).await.unwrap() else { panic!("unchanged") };
        assert_eq!((fresh.url.path(), fresh.body.as_slice()), ("/end", b"end".as_slice()));
        assert!(matches!(get(&server, "/6", &Validators::default()).await, Err(SourceError::Redirects { .. })));
        assert!(matches!(get(&server, "/file", &Validators::default()).await, Err(SourceError::Redirects { .. })));
        let inside = get(&server, "/inside", &Validators::default()).await.unwrap_err();
        assert!(matches!(inside, SourceError::Exchange { .. }));
        assert_eq!(inside.advice(), Advice::GiveUp);
    }

    #[tokio::test]
    async fn the_inside_door_is_for_the_sources_own_host() {
        let net = net();
        let server = Server::start(|_| answer(404, "", b"")).await;
        let spec = Spec {
            addresses: vec![Url::parse("http://www.hekou.example/xw/").unwrap()],
            reach: Reach {
                private: true,
                connect: Some("10.0.0.5:8080".parse().unwrap()),
                ca_file: Some("cms-ca.pem".into()),
                ..Reach::default()
            },
            own: true,
            ..server.spec(SourceKind::Site, &[])
        };
        let visitor = Visitor::new(&spec, &SourceMemory::default(), &net);
        let reach = |url: &str| {
            let url = Url::parse(url).unwrap();
            let reach = visitor.reach(&url);
            assert!(reach.private == reach.ca_file.is_some() && reach.private == spec.is_at_home(&url), "{url}");
            (reach.connect.is_some(), reach.private)
        };
        assert_eq!(reach("https://www.hekou.example/a"), (true, true));
        assert_eq!(reach("http://video.hekou.example/a"), (false, true));
        assert_eq!(reach("http://elsewhere.example/"), (false, false));
        assert_eq!(reach("http://10.0.0.6/"), (false, false));
    }

    #[tokio::test]
    async fn a_server_names_its_own_time() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/busy" => answer(503, "retry-after: 120\r\n", b""),
            "/date" => answer(429, "retry-after: Wed, 31 Dec 2025 17:01:00 GMT\r\n", b""),
            "/never" => answer(429, "retry-after: 99999999999\r\n", b""),
            _ => answer(410, "", b""),
        })
        .await;
        let advice = async |asked: &str| get(&server, asked, &Validators::default()).await.unwrap_err().advice();
        assert_eq!(advice("/busy").await, Advice::Again(Some(NOW.plus(Duration::from_mins(2)))));
        assert_eq!(advice("/date").await, Advice::Again(Some(NOW.plus(Duration::from_mins(1)))));
        assert_eq!(advice("/never").await, Advice::Again(Some(NOW.plus(MOST_PATIENT))));
        assert_eq!(advice("/gone").await, Advice::GiveUp);
        assert!(get(&server, "/gone", &Validators::default()).await.unwrap_err().is_gone());
    }

    #[tokio::test]
    async fn a_host_that_named_a_time_is_not_asked_before_it() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/busy" => answer(429, "retry-after: 3600\r\n", b""),
            _ => answer(200, "", b""),
        })
        .await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/"]), net());
        let get = async |asked: &str| {
            let mut visitor = Visitor::new(&spec, &SourceMemory::default(), &net);
            visitor.get(&server.base.join(asked).unwrap(), &Validators::default(), &Limits::PAGE).await
        };
        get("/busy").await.unwrap_err();
        let again = NOW.plus(Duration::from_hours(1));
        let error = get("/other").await.unwrap_err();
        assert!(matches!(error, SourceError::Resting { until, .. } if until == again) && error.advice() == Advice::Again(Some(again)));
        assert_eq!(server.paths(), ["/robots.txt", "/busy"]);
        net.clock.advance(Duration::from_hours(1));
        get("/other").await.unwrap();
    }

    #[tokio::test]
    async fn validators_that_lie_or_are_old_are_not_sent() {
        let server = Server::start(|_| answer(404, "", b"")).await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/"]), net());
        let mut visitor = Visitor::new(&spec, &SourceMemory::default(), &net);
        let stamp =
            |hash: &str| Stamp { validators: Validators { etag: Some("\"1\"".into()), modified: None }, content_hash: hash.to_owned() };
        visitor.parsed(&server.base, stamp("a"));
        assert!(!visitor.known(&server.base).is_empty());
        net.clock.advance(UNCONDITIONAL);
        assert!(visitor.known(&server.base).is_empty(), "asked without conditions once a week");
        visitor.parsed(&server.base, stamp("a"));
        assert!(!visitor.known(&server.base).is_empty());
        visitor.parsed(&server.base, stamp("b"));
        assert!(visitor.known(&server.base).is_empty(), "another content under the same validators");
    }
}
