//! One request and its answer, under a guard, a deadline and caps.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderValue, Method};
use tokio::time::{Instant, timeout};
use url::{Position, Url};

use super::body::{self, Taker};
use super::clients::Need;
use super::failure::{explain, refused};
use super::route::Route;
use super::{Beyond, Failure, Limits, Outbound, Reach};
use crate::model::{Phase, Why};

/// What is sent.
#[derive(Clone)]
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

/// Names the host and no more: a chat's address is its secret, and headers carry tokens.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {}, {} bytes)", self.method, self.url.host_str().unwrap_or_default(), self.body.len())
    }
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
            Err(_) => {
                // Connecting has a budget of its own; whoever is still here when that is over has connected.
                let phase = if limits.connect < limits.total { Phase::Answer } else { Phase::Connect };
                Err(Failure { phase, why: Why::Deadline(whole_seconds(limits.total)), ms })
            }
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
        self.clients().special(guard, need).map_err(|error| (Phase::Before, Why::Ours(error.to_string())))
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

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::outbound::peer::{Peer, deliver, get, gzip, loopback, ok, post};

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
    async fn a_burst_shares_its_connections() {
        const HANDS: usize = 32;
        let peer = Peer::saying(ok(b"taken", "")).await;
        let (outbound, url) = (loopback(), peer.url("127.0.0.1"));
        let hand = async || {
            for _ in 0..20 {
                assert_eq!(deliver(&outbound, url.clone()).await.unwrap().status, 200);
            }
        };
        futures_util::future::join_all((0..HANDS).map(|_| hand())).await;
        // The client may dial one more while it waits for one to come free, and keeps both.
        assert!(peer.connections() <= 2 * HANDS, "{} connections", peer.connections());
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
        let limits = Limits { total: Duration::from_millis(400), connect: Duration::from_millis(300), ..Limits::DELIVERY };
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
}
