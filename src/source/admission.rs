//! The gate before every request: what robots.txt says of it, and how long to wait; the files are remembered with the source.

use std::time::Duration;

use url::Url;

use super::SourceError;
use super::fetch::{MOST_HOPS, Visitor, next_hop};
use super::robots::{self, Robots};
use super::turns::is_near;
use crate::model::{Millis, Validators};
use crate::outbound::{Beyond, Limits};

/// Between two requests to a stranger's host that asks for no pause of its own: slower than a reader's clicks, and thirty articles
/// take half a minute.
const PAUSE: Duration = Duration::from_secs(1);
/// So old is a copy taken for where its file is out of reach: it is fresh for [`robots::UNREACHABLE`] more.
const AS_OLD: Duration = Duration::from_secs(robots::FRESH.as_secs() - robots::UNREACHABLE.as_secs());
/// Origins whose robots.txt is remembered: a source's own hosts, and those that its feeds lead to.
const MOST_ORIGINS: usize = 200;
/// What all their files may take together (bytes): they are written with every look.
const MOST_ROBOTS: usize = 2 * 1024 * 1024;

impl Visitor<'_> {
    /// Asks robots.txt; gives the pause before the request.
    pub(super) async fn admitted(&mut self, url: &Url) -> Result<Duration, SourceError> {
        if self.spec.own && self.spec.is_at_home(url) {
            return Ok(Duration::ZERO);
        }
        let robots = self.robots(url).await?;
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        if !robots.allows(path) {
            let again = robots.is_closed().then(|| self.net.clock.now().plus(robots::UNREACHABLE));
            return Err(SourceError::Robots { url: url.clone(), again });
        }
        let near = is_near(url) || self.reach(url).private;
        Ok(if near { robots.delay } else { robots.delay.max(PAUSE) })
    }

    /// The origin's robots.txt, from memory while it is fresh. An unreachable one leaves an older copy standing for a while (RFC 9309, 2.4).
    async fn robots(&mut self, url: &Url) -> Result<Robots, SourceError> {
        let origin = url.origin().ascii_serialization();
        let now = self.net.clock.now();
        let old = self.memory.robots.get(&origin).cloned();
        let fresh =
            |(at, text): &(Millis, Option<String>)| now.since(*at) < if text.is_some() { robots::FRESH } else { robots::UNREACHABLE };
        let text = match old {
            Some(old) if fresh(&old) => old.1,
            old => {
                let older = old.and_then(|(_, text)| text);
                let (read_at, text) = match self.read_robots(url).await {
                    Ok(Some(text)) => (now, Some(text)),
                    Err(error) if older.is_none() => return Err(error),
                    // The file is asked for again when one out of reach is.
                    Ok(None) | Err(_) if older.is_some() => (Millis(now.0 - AS_OLD.as_millis() as i64), older),
                    Ok(None) | Err(_) => (now, None),
                };
                self.remember_robots(&origin, (read_at, text.clone()), now);
                text
            }
        };
        Ok(text.map_or_else(Robots::closed, |text| Robots::parse(&text, &self.spec.user_agent)))
    }

    /// Keeps a file, and forgets those that nobody asked for of late, the oldest first where there are too many.
    fn remember_robots(&mut self, origin: &str, file: (Millis, Option<String>), now: Millis) {
        let known = &mut self.memory.robots;
        known.retain(|_, (at, _)| now.since(*at) < robots::FRESH * 2);
        known.insert(origin.to_owned(), file);
        let bytes = |(_, text): &(Millis, Option<String>)| text.as_ref().map_or(0, String::len);
        let mut held: usize = known.values().map(bytes).sum();
        while known.len() > MOST_ORIGINS || held > MOST_ROBOTS {
            let others = known.iter().filter(|(other, _)| *other != origin);
            let Some(oldest) = others.min_by_key(|(_, (at, _))| *at).map(|(other, _)| other.clone()) else { break };
            held -= known.remove(&oldest).as_ref().map_or(0, bytes);
        }
    }

    /// The file's text; empty where there is none; `None` where the server is out of order.
    async fn read_robots(&mut self, site: &Url) -> Result<Option<String>, SourceError> {
        let limits = Limits { read_cap: robots::LONGEST, wire_cap: robots::LONGEST, beyond: Beyond::Stop, ..Limits::PAGE };
        let Ok(mut url) = site.join("/robots.txt") else { return Ok(Some(String::new())) };
        for _ in 0..=MOST_HOPS {
            let answer = self.exchange(&url, &Validators::default(), &limits, Duration::ZERO).await?;
            match answer.status {
                200..=299 => return Ok(Some(robots::condensed(&String::from_utf8_lossy(&answer.body)))),
                300..=399 => match next_hop(&answer, &url) {
                    Some(next) => url = next,
                    None => break,
                },
                // Asked to come back later, we do not take it for an open door.
                429 | 500.. => return Ok(None),
                _ => break,
            }
        }
        Ok(Some(String::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::loopback::{NOW, Server, answer, net, path};
    use super::super::{Advice, Spec};
    use super::*;
    use crate::model::{SourceKind, SourceMemory};
    use crate::outbound::Reach;

    #[tokio::test]
    async fn robots_is_asked_once_and_obeyed() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(200, "", b"User-agent: *\nDisallow: /closed\n"),
            _ => answer(200, "", b""),
        })
        .await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/"]), net());
        let mut visitor = Visitor::new(&spec, &SourceMemory::default(), &net);
        let none = Validators::default();
        let closed = visitor.get(&server.base.join("/closed/1").unwrap(), &none, &Limits::PAGE).await.unwrap_err();
        assert_eq!(closed.advice(), Advice::GiveUp);
        visitor.get(&server.base.join("/open").unwrap(), &none, &Limits::PAGE).await.unwrap();
        assert_eq!(server.paths(), ["/robots.txt", "/open"]);
        let mut later = Visitor::new(&spec, &visitor.memory, &net);
        later.get(&server.base.join("/open").unwrap(), &none, &Limits::PAGE).await.unwrap();
        net.clock.advance(robots::FRESH);
        later.get(&server.base.join("/open").unwrap(), &none, &Limits::PAGE).await.unwrap();
        assert_eq!(server.paths(), ["/robots.txt", "/open", "/open", "/robots.txt", "/open"]);
        let own = Spec { own: true, ..spec.clone() };
        Visitor::new(&own, &SourceMemory::default(), &net)
            .get(&server.base.join("/closed/1").unwrap(), &none, &Limits::PAGE)
            .await
            .unwrap();
        assert_eq!(server.paths().last().unwrap(), "/closed/1");
    }

    #[tokio::test]
    async fn an_older_copy_of_robots_stands_while_the_file_is_out_of_reach() {
        let asked = std::sync::atomic::AtomicU32::new(0);
        let server = Server::start(move |head| match path(head) {
            "/robots.txt" => match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => answer(200, "", b"User-agent: *\nDisallow: /closed\n"),
                // No answer at all.
                1 => Vec::new(),
                _ => answer(500, "", b""),
            },
            _ => answer(200, "", b""),
        })
        .await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/"]), net());
        let mut visitor = Visitor::new(&spec, &SourceMemory::default(), &net);
        let (none, open, closed) = (Validators::default(), server.base.join("/open").unwrap(), server.base.join("/closed").unwrap());
        for wait in [Duration::ZERO, robots::FRESH, robots::UNREACHABLE] {
            net.clock.advance(wait);
            visitor.get(&open, &none, &Limits::PAGE).await.unwrap();
            assert_eq!(visitor.get(&closed, &none, &Limits::PAGE).await.unwrap_err().advice(), Advice::GiveUp);
        }
        assert_eq!(server.paths().iter().filter(|path| *path == "/robots.txt").count(), 3);
    }

    #[tokio::test]
    async fn files_of_strangers_are_forgotten() {
        let server = Server::start(|_| answer(404, "", b"")).await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/"]), net());
        let mut visitor = Visitor::new(&spec, &SourceMemory::default(), &net);
        let file = |at: u64, length: usize| (NOW.plus(Duration::from_secs(at)), Some("x".repeat(length)));
        for n in 0..MOST_ORIGINS as u64 + 5 {
            visitor.remember_robots(&format!("http://{n}.example"), file(n, 10), NOW.plus(Duration::from_secs(n)));
        }
        assert_eq!(visitor.memory.robots.len(), MOST_ORIGINS);
        assert!(!visitor.memory.robots.contains_key("http://4.example") && visitor.memory.robots.contains_key("http://5.example"));
        let later = NOW.plus(robots::FRESH * 2);
        visitor.remember_robots("http://a.example", (later, Some("x".repeat(MOST_ROBOTS))), later);
        assert_eq!(visitor.memory.robots.keys().collect::<Vec<_>>(), ["http://a.example"]);
    }

    #[tokio::test]
    async fn a_server_out_of_order_lets_nobody_in_for_a_while() {
        let server = Server::start(|head| if path(head) == "/robots.txt" { answer(500, "", b"") } else { answer(200, "", b"") }).await;
        let again = NOW.plus(robots::UNREACHABLE);
        assert_eq!(
            Visitor::new(&server.spec(SourceKind::Site, &["/"]), &SourceMemory::default(), &net())
                .get(&server.base.join("/a").unwrap(), &Validators::default(), &Limits::PAGE)
                .await
                .unwrap_err()
                .advice(),
            Advice::Again(Some(again))
        );
        assert_eq!(server.paths(), ["/robots.txt"]);
    }

    #[tokio::test]
    async fn the_delay_is_kept_by_the_clock() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(200, "", b"User-agent: *\nCrawl-delay: 20\n"),
            _ => answer(200, "", b""),
        })
        .await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/"]), net());
        let mut visitor = Visitor::new(&spec, &SourceMemory::default(), &net);
        let (none, url) = (Validators::default(), server.base.join("/a").unwrap());
        let mut second = Box::pin(async {
            visitor.get(&url, &none, &Limits::PAGE).await.unwrap();
        });
        let soon = tokio::time::timeout(Duration::from_millis(300), second.as_mut()).await;
        assert!(soon.is_err(), "the page was asked for at once");
        net.clock.advance(Duration::from_secs(20));
        second.await;
        assert_eq!(server.paths(), ["/robots.txt", "/a"]);
    }

    #[tokio::test]
    async fn strangers_get_a_pause_and_the_newsroom_none() {
        let server = Server::start(|_| answer(404, "", b"")).await;
        let stranger = Url::parse(&format!("http://news.example:{}/a", server.base.port().unwrap())).unwrap();
        let reach = Reach { connect: Some(format!("127.0.0.1:{}", server.base.port().unwrap()).parse().unwrap()), ..Reach::default() };
        let net = net();
        let spec = Spec { addresses: vec![stranger.clone()], reach, ..server.spec(SourceKind::Site, &[]) };
        assert_eq!(Visitor::new(&spec, &SourceMemory::default(), &net).admitted(&stranger).await.unwrap(), PAUSE);
        let own = Spec { own: true, ..spec };
        assert_eq!(Visitor::new(&own, &SourceMemory::default(), &net).admitted(&stranger).await.unwrap(), Duration::ZERO);
    }
}
