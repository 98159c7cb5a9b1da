//! One request and its answer, under a guard, a deadline and caps.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderValue, Method};
use tokio::time::{Instant, timeout};
use url::{Position, Url};

use super::body::{self, Taker};
use super::clients::{Need, Route};
use super::failure::{explain, refused};
use super::guard::{Aim, check_shape};
use super::{Beyond, Failure, GuardRefusal, Limits, Outbound, OutboundError, Reach};
use crate::model::{Phase, Why};

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET, POST, HEAD.
    pub method: Method,
    /// Where to: http or https, without user info.
    pub url: Url,
    /// Besides Host, Content-Length and User-Agent, which are written for you unless they stand here.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
}

/// What came back. A redirect is an answer like any other: nobody is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status, 100 to 599.
    pub status: u16,
    /// The header fields. Of a decoded answer, without Content-Encoding and Content-Length.
    pub headers: HeaderMap,
    /// The body, decoded if it was asked for so.
    pub body: Vec<u8>,
    /// Whether the body was cut at the cap.
    pub truncated: bool,
    /// How long it took, in milliseconds.
    pub ms: i64,
}

type Cut = (Phase, Why);

impl Outbound {
    /// Sends a request and reads the answer, within `limits`.
    ///
    /// # Errors
    /// When no complete answer came: the guard, the name, the connection, TLS, the deadline or the caps. An HTTP error status is
    /// an answer.
    pub async fn exchange(&self, request: Request, reach: &Reach, limits: &Limits) -> Result<Answer, Failure> {
        let began = Instant::now();
        let done = timeout(limits.total, self.converse(request, reach, limits)).await;
        let ms = began.elapsed().as_millis() as i64;
        match done {
            Ok(Ok(answer)) => Ok(Answer { ms, ..answer }),
            Ok(Err((phase, why))) => Err(Failure { phase, why, ms }),
            // The connect budget is shorter than the whole, so whoever is still here has connected.
            Err(_) => Err(Failure { phase: Phase::Answer, why: Why::Deadline(whole_seconds(limits.total)), ms }),
        }
    }

    async fn converse(&self, request: Request, reach: &Reach, limits: &Limits) -> Result<Answer, Cut> {
        let port = request.url.port_or_known_default().unwrap_or_default();
        let client = self.client(&request.url, reach, limits).await?;
        let sent = outgoing(request, reach, limits.decode);
        let silence = limits.connect.saturating_add(limits.idle);
        let head = timeout(silence, client.execute(sent)).await.map_err(|_| silent(limits.idle))?;
        let mut response = head.map_err(|error| explain(&error, port, false))?;
        let status = response.status().as_u16();
        let mut headers = std::mem::take(response.headers_mut());
        let (body, truncated) = read(response, &headers, limits).await?;
        if limits.decode && headers.remove(CONTENT_ENCODING).is_some() {
            headers.remove(CONTENT_LENGTH);
        }
        Ok(Answer { status, headers, body, truncated, ms: 0 })
    }

    /// The client that may carry this URL, when one may.
    async fn client(&self, url: &Url, reach: &Reach, limits: &Limits) -> Result<reqwest::Client, Cut> {
        let connect = limits.connect.min(limits.total);
        let plain = *reach == Reach::default() && self.proxy().is_none() && connect == Limits::DELIVERY.connect;
        let route = self.route(url, reach).await.map_err(refused)?;
        if plain && route == Route::Web {
            return Ok(self.clients().plain());
        }
        let guard = self.guard(reach.private);
        let need = Need { reach: reach.clone(), route, connect };
        self.clients().special(guard, need).map_err(|error| (Phase::Before, Why::Ours(ours(&error))))
    }

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

/// The request as the client wants it.
fn outgoing(request: Request, reach: &Reach, decode: bool) -> reqwest::Request {
    let Request { method, mut url, mut headers, body } = request;
    if let Some(port) = reach.connect.as_ref().and_then(super::Inside::port) {
        // The port of a URL wins over the resolver's, so the inner one is written into it, and the outer one into Host.
        if let Ok(host) = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]) {
            headers.entry(HOST).or_insert(host);
        }
        // Fails only for URLs without a host, which the guard has refused.
        let _ = url.set_port(Some(port));
    }
    if decode {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPT_ENCODING));
    }
    let mut sent = reqwest::Request::new(method, url);
    *sent.headers_mut() = headers;
    if !body.is_empty() {
        *sent.body_mut() = Some(body.into());
    }
    sent
}

async fn read(mut response: reqwest::Response, headers: &HeaderMap, limits: &Limits) -> Result<(Vec<u8>, bool), Cut> {
    let broken = |error: body::BodyError| (Phase::Answer, Why::Broken(error.to_string()));
    let mut taker = Taker::new(headers, limits.decode, limits.wire_cap, limits.read_cap).map_err(broken)?;
    loop {
        let piece = timeout(limits.idle, response.chunk()).await.map_err(|_| silent(limits.idle))?;
        let Some(piece) = piece.map_err(|error| explain(&error, 0, true))? else {
            return taker.finish().map(|body| (body, false)).map_err(broken);
        };
        match taker.take(&piece) {
            Ok(()) => {}
            Err(body::BodyError::TooLarge) if limits.beyond == Beyond::Stop => return Ok((taker.cut(), true)),
            Err(error) => return Err(broken(error)),
        }
    }
}

fn silent(idle: Duration) -> Cut {
    (Phase::Answer, Why::Deadline(whole_seconds(idle)))
}

/// Rounded up, so that half a second is not said to be none.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// What a client that cannot be built means to the operator.
fn ours(error: &OutboundError) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::outbound::names::Names;
    use crate::outbound::{Cidr, Inside, Policy};

    /// A server that answers each connection's first request with `answer`, then with `tail` for as long as anyone listens.
    struct Peer {
        addr: SocketAddr,
        seen: Arc<AtomicUsize>,
    }

    impl Peer {
        async fn new(head: impl Into<Vec<u8>>, tail: &'static [u8], pause: Duration) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let addr = listener.local_addr().unwrap();
            let seen = Arc::new(AtomicUsize::new(0));
            let (head, count) = (Arc::new(head.into()), Arc::clone(&seen));
            tokio::spawn(async move {
                while let Ok((socket, _)) = listener.accept().await {
                    count.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(serve(socket, Arc::clone(&head), tail, pause));
                }
            });
            Self { addr, seen }
        }

        async fn saying(answer: impl Into<Vec<u8>>) -> Self {
            Self::new(answer, b"", Duration::ZERO).await
        }

        fn url(&self, host: &str) -> Url {
            Url::parse(&format!("http://{host}:{}/hook", self.addr.port())).unwrap()
        }

        fn connections(&self) -> usize {
            self.seen.load(Ordering::SeqCst)
        }
    }

    async fn serve(mut socket: TcpStream, head: Arc<Vec<u8>>, tail: &'static [u8], pause: Duration) -> std::io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        while socket.read(&mut buffer).await? > 0 {
            socket.write_all(&head).await?;
            while !tail.is_empty() {
                socket.write_all(tail).await?;
                tokio::time::sleep(pause).await;
            }
        }
        Ok(())
    }

    fn loopback() -> Outbound {
        Outbound::new(Policy { allow: vec!["127.0.0.0/8".parse::<Cidr>().unwrap()], ..Policy::default() }).unwrap()
    }

    fn post(url: Url) -> Request {
        Request { method: Method::POST, url, headers: HeaderMap::new(), body: Bytes::from_static(b"{\"type\":\"article.published\"}") }
    }

    fn get(url: Url) -> Request {
        Request { method: Method::GET, url, headers: HeaderMap::new(), body: Bytes::new() }
    }

    async fn deliver(outbound: &Outbound, url: Url) -> Result<Answer, Failure> {
        outbound.exchange(post(url), &Reach::default(), &Limits::DELIVERY).await
    }

    fn ok(body: &[u8], headers: &str) -> Vec<u8> {
        let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
        answer.extend_from_slice(body);
        answer
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, plain).unwrap();
        encoder.finish().unwrap()
    }

    #[tokio::test]
    async fn connections_are_kept_and_shared() {
        let peer = Peer::saying(ok(b"taken", "")).await;
        let outbound = loopback();
        for _ in 0..5 {
            let answer = deliver(&outbound.clone(), peer.url("127.0.0.1")).await.unwrap();
            assert_eq!((answer.status, answer.body.as_slice(), answer.truncated), (200, &b"taken"[..], false));
        }
        assert_eq!(peer.connections(), 1);
    }

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
        outbound.names().forget();
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
    async fn a_redirect_is_an_answer() {
        let inner = Peer::saying(ok(b"secret", "")).await;
        let moved = format!("HTTP/1.1 307 Moved\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", inner.url("127.0.0.1"));
        let peer = Peer::saying(moved).await;
        assert_eq!(deliver(&loopback(), peer.url("127.0.0.1")).await.unwrap().status, 307);
        assert_eq!(inner.connections(), 0);
    }

    #[tokio::test]
    async fn a_dripping_answer_ends_at_the_deadline() {
        let peer = Peer::new("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", b".", Duration::from_millis(20)).await;
        let limits = Limits { total: Duration::from_millis(400), ..Limits::DELIVERY };
        let failure = loopback().exchange(post(peer.url("127.0.0.1")), &Reach::default(), &limits).await.unwrap_err();
        assert_eq!((failure.phase, failure.why), (Phase::Answer, Why::Deadline(1)));
        assert!((400..2_000).contains(&failure.ms), "{}", failure.ms);
    }

    #[tokio::test]
    async fn a_dripping_head_and_a_silent_peer_end_too() {
        let limits = Limits { total: Duration::from_millis(300), ..Limits::DELIVERY };
        let dripping = Peer::new("HTTP/1.1 200 OK\r\n", b"x: y\r\n", Duration::from_millis(20)).await;
        let silent = Peer::saying("").await;
        for peer in [dripping, silent] {
            let failure = loopback().exchange(post(peer.url("127.0.0.1")), &Reach::default(), &limits).await.unwrap_err();
            assert_eq!(failure.why, Why::Deadline(1));
        }
    }

    #[tokio::test]
    async fn an_endless_answer_stops_at_the_cap() {
        let peer = Peer::new("HTTP/1.1 200 OK\r\n\r\n", &[b'x'; 16 * 1024], Duration::ZERO).await;
        let answer = deliver(&loopback(), peer.url("127.0.0.1")).await.unwrap();
        assert_eq!((answer.body.len(), answer.truncated), (Limits::DELIVERY.read_cap, true));
        let failure = loopback().exchange(get(peer.url("127.0.0.1")), &Reach::default(), &Limits::PAGE).await.unwrap_err();
        assert_eq!(failure.why, Why::Broken("the answer is larger than allowed".into()));
    }

    #[tokio::test]
    async fn a_bomb_is_refused_on_fetches_and_never_decoded_on_deliveries() {
        let bomb = gzip(&vec![0; 40 * 1024 * 1024]);
        assert!(bomb.len() < 64 * 1024);
        let peer = Peer::saying(ok(&bomb, "content-encoding: gzip\r\n")).await;
        let failure = loopback().exchange(get(peer.url("127.0.0.1")), &Reach::default(), &Limits::PAGE).await.unwrap_err();
        assert_eq!(failure.why, Why::Broken("the answer is compressed beyond belief".into()));
        let answer = deliver(&loopback(), peer.url("127.0.0.1")).await.unwrap();
        assert_eq!(answer.body, bomb);
        assert!(answer.headers.contains_key(CONTENT_ENCODING));
    }

    #[tokio::test]
    async fn a_compressed_page_is_asked_for_and_decoded() {
        let page = "宜城新闻 ".repeat(4_000);
        let peer = Peer::saying(ok(&gzip(page.as_bytes()), "content-encoding: gzip\r\n")).await;
        let answer = loopback().exchange(get(peer.url("127.0.0.1")), &Reach::default(), &Limits::PAGE).await.unwrap();
        assert_eq!(String::from_utf8(answer.body).unwrap(), page);
        assert!(!answer.headers.contains_key(CONTENT_ENCODING) && !answer.headers.contains_key(CONTENT_LENGTH));
    }

    #[tokio::test]
    async fn a_flood_of_header_fields_is_refused() {
        let flood = "x-flood: 0123456789\r\n".repeat(50_000);
        let many = Peer::saying(ok(b"", &flood)).await;
        let long = Peer::new("HTTP/1.1 200 OK\r\nx: ", &[b'x'; 16 * 1024], Duration::ZERO).await;
        for peer in [many, long] {
            let failure = deliver(&loopback(), peer.url("127.0.0.1")).await.unwrap_err();
            assert!(matches!(failure.why, Why::Broken(ref words) if words.contains("too large")), "{failure:?}");
        }
    }

    #[tokio::test]
    async fn what_a_broken_peer_says_is_not_passed_on() {
        let peer = Peer::saying("-ERR wrong number of arguments, password is 1234\r\n\r\n").await;
        let failure = deliver(&loopback(), peer.url("127.0.0.1")).await.unwrap_err();
        assert_eq!(failure.why, Why::Broken("not an HTTP answer".into()));
        let mut https = peer.url("127.0.0.1");
        https.set_scheme("https").unwrap();
        let failure = deliver(&loopback(), https).await.unwrap_err();
        assert_eq!((failure.phase, failure.why), (Phase::Connect, Why::Tls("the peer does not speak TLS".into())));
    }

    #[tokio::test]
    async fn nobody_at_home_is_a_refused_connection() {
        let url = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap()
        };
        let failure = deliver(&loopback(), url.clone()).await.unwrap_err();
        assert_eq!((failure.phase, failure.why), (Phase::Connect, Why::Connect("refused".into())));
        let failure = loopback().dial("127.0.0.1", url.port().unwrap()).await.unwrap_err();
        assert_eq!((failure.phase, failure.why), (Phase::Connect, Why::Connect("refused".into())));
    }

    #[tokio::test]
    async fn mail_servers_are_dialled_outside_the_address_rules() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outbound = Outbound::new(Policy::default()).unwrap();
        let stream = outbound.dial("127.0.0.1", listener.local_addr().unwrap().port()).await.unwrap();
        assert!(stream.nodelay().unwrap());
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
}
