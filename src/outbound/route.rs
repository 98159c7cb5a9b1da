//! By which way a URL is reached, when it may be: dialled, through an inside address, or through the proxy.

use url::Url;

use super::guard::{Aim, check_shape};
use super::{GuardRefusal, Inside, Outbound, Proxy, Reach};

/// How the client finds the peer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Route {
    /// Names lead to public and allowed addresses.
    Web,
    /// Names lead to allowed addresses only.
    Allowed,
    /// The peer is reached at this address.
    Inside(Inside),
    /// The proxy resolves and dials: what we found and judged may lead elsewhere there, and a name that is none here was not judged at all.
    /// So what lies behind the proxy is the proxy's to guard.
    Proxy(Proxy),
}

impl Outbound {
    /// By which way the URL is reached, when it may be.
    pub(super) async fn route(&self, url: &Url, reach: &Reach) -> Result<Route, GuardRefusal> {
        if let Some(inside) = &reach.connect {
            check_shape(url)?;
            return if url.domain().is_some() { Ok(Route::Inside(inside.clone())) } else { Err(GuardRefusal::Literal) };
        }
        let guard = self.guard(reach.private);
        let aim = guard.aim(url)?;
        let Some(proxy) = reach.proxy.as_ref().or(self.proxy()) else {
            return Ok(match aim {
                Aim::Name { web_port: false, .. } => Route::Allowed,
                Aim::Address(_) | Aim::Name { .. } => Route::Web,
            });
        };
        // What the operator allowed lies on our side of the proxy.
        let (host, web_port) = match aim {
            Aim::Address(ip) if guard.allows(ip) => return Ok(Route::Web),
            Aim::Address(_) => return Ok(Route::Proxy(proxy.clone())),
            Aim::Name { host, web_port } => (host, web_port),
        };
        match self.names().look_up(&host).await {
            Ok(found) if found.iter().all(|ip| guard.allows(*ip)) => Ok(Route::Allowed),
            Ok(found) => guard.vet(&found, web_port).map(|()| Route::Proxy(proxy.clone())),
            // Behind a proxy the names of the world often resolve nowhere but there.
            Err(_) if web_port => Ok(Route::Proxy(proxy.clone())),
            Err(refusal) => Err(refusal),
        }
        .map_err(|refusal| refusal.with_port(url.port_or_known_default().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::model::{Phase, Why};
    use crate::outbound::names::Names;
    use crate::outbound::peer::{Peer, deliver, get, ok};
    use crate::outbound::{Failure, Limits, Policy};

    #[tokio::test]
    async fn loopback_is_refused_unless_allowed() {
        let peer = Peer::saying(ok(b"", "")).await;
        let closed = Outbound::new(Policy::default()).unwrap();
        for host in ["127.0.0.1", "localhost", "localhost.", "LOCALHOST", "cms.localhost", "2130706433", "[::ffff:127.0.0.1]"] {
            let failure = deliver(&closed, peer.url(host)).await.unwrap_err();
            assert!(matches!(failure, Failure { phase: Phase::Before, why: Why::Guard(_), .. }), "{host}: {failure:?}");
            assert!(closed.verdict(&peer.url(host)).await.is_err());
        }
        assert_eq!(peer.connections(), 0);
        let v4 = Names::script("localhost", &[&["127.0.0.1"]]);
        let open = Outbound::with_names(Policy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..Policy::default() }, v4).unwrap();
        for host in ["127.0.0.1", "localhost"] {
            assert_eq!(deliver(&open, peer.url(host)).await.unwrap().status, 200);
            assert_eq!(open.verdict(&peer.url(host)).await, Ok(()));
        }
        let lan = Reach { private: true, ..Reach::default() };
        assert_eq!(closed.exchange(get(peer.url("127.0.0.1")), &lan, &Limits::PAGE).await.unwrap().status, 200);
    }

    #[tokio::test]
    async fn a_name_that_turns_inward_is_refused_when_it_is_dialled() {
        let names = Names::script("rebind.example", &[&["1.1.1.1"], &["1.1.1.1", "127.0.0.1"]]);
        let outbound = Outbound::with_names(Policy::default(), names).unwrap();
        let url = Url::parse("http://rebind.example/").unwrap();
        assert_eq!(outbound.verdict(&url).await, Ok(()));
        outbound.names().age();
        let failure = deliver(&outbound, url).await.unwrap_err();
        assert_eq!((failure.phase, failure.why), (Phase::Before, Why::Guard("leads to loopback".into())));
    }

    #[tokio::test]
    async fn a_name_on_a_closed_port_is_refused_by_its_port() {
        let names = Names::script("news.example", &[&["1.1.1.1"]]);
        let outbound = Outbound::with_names(Policy::default(), names).unwrap();
        let failure = deliver(&outbound, Url::parse("http://news.example:25/").unwrap()).await.unwrap_err();
        assert_eq!((failure.phase, failure.why), (Phase::Before, Why::Guard("port 25 is not open".into())));
    }

    #[tokio::test]
    async fn a_name_without_address_says_so() {
        let outbound = Outbound::with_names(Policy::default(), Names::script("gone.example", &[&[]])).unwrap();
        let failure = deliver(&outbound, Url::parse("https://gone.example/").unwrap()).await.unwrap_err();
        assert_eq!((failure.phase, failure.why), (Phase::Connect, Why::Resolve));
    }

    #[tokio::test]
    async fn an_inside_address_is_dialled_under_the_public_name() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside: Inside = listener.local_addr().unwrap().to_string().parse().unwrap();
        let reach = Reach { connect: Some(inside), ..Reach::default() };
        let asked = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 4_096];
            let n = socket.read(&mut buffer).await.unwrap();
            socket.write_all(&ok(b"", "")).await.unwrap();
            String::from_utf8_lossy(&buffer[..n]).to_lowercase()
        });
        let outbound = Outbound::with_names(Policy::default(), Names::script("www.example.cn", &[&[]])).unwrap();
        let url = Url::parse("http://www.example.cn/news/").unwrap();
        assert_eq!(outbound.exchange(get(url), &reach, &Limits::PAGE).await.unwrap().status, 200);
        let asked = asked.await.unwrap();
        assert!(asked.starts_with("get /news/ http/1.1\r\n") && asked.contains("host: www.example.cn\r\n"), "{asked}");
        let literal = Url::parse("http://1.1.1.1/").unwrap();
        let failure = outbound.exchange(get(literal), &reach, &Limits::PAGE).await.unwrap_err();
        assert!(matches!(failure.why, Why::Guard(_)));
    }

    async fn proxied(names: Names, allow: &[&str]) -> (Outbound, Peer) {
        let peer = Peer::saying(ok(b"by proxy", "")).await;
        let proxy = Proxy::try_from(Url::parse(&format!("http://desk:word@{}/", peer.addr())).unwrap()).unwrap();
        let allow = allow.iter().map(|net| net.parse().unwrap()).collect();
        (Outbound::with_names(Policy { allow, proxy: Some(proxy), ..Policy::default() }, names).unwrap(), peer)
    }

    #[tokio::test]
    async fn the_proxy_carries_what_is_public_and_what_only_it_can_resolve() {
        for addresses in [&["1.1.1.1"][..], &[]] {
            let (outbound, proxy) = proxied(Names::script("news.example", &[addresses]), &[]).await;
            let url = Url::parse("http://news.example/").unwrap();
            assert_eq!(outbound.verdict(&url).await, Ok(()));
            let answer = deliver(&outbound, url).await.unwrap();
            assert_eq!((answer.body, proxy.connections()), (b"by proxy".to_vec(), 1));
        }
    }

    #[tokio::test]
    async fn a_proxy_is_no_way_around_the_guard_and_not_in_the_way_of_what_is_allowed() {
        let (outbound, proxy) = proxied(Names::script("cms.example", &[&["127.0.0.1"]]), &[]).await;
        for url in ["http://cms.example/", "http://10.0.0.1/", "http://1.1.1.1:25/", "http://[::ffff:127.0.0.1]/"] {
            let failure = deliver(&outbound, Url::parse(url).unwrap()).await.unwrap_err();
            assert!(matches!(failure, Failure { phase: Phase::Before, why: Why::Guard(_), .. }), "{url}");
        }
        let direct = Peer::saying(ok(b"direct", "")).await;
        let (open, unused) = proxied(Names::script("cms.example", &[&["127.0.0.1"]]), &["127.0.0.0/8"]).await;
        for host in ["cms.example", "127.0.0.1"] {
            assert_eq!(deliver(&open, direct.url(host)).await.unwrap().body, b"direct");
        }
        assert_eq!((proxy.connections(), unused.connections()), (0, 0));
    }
}
