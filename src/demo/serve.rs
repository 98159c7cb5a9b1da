//! One way to serve HTTP on loopback: accept, answer, and go when the stop comes.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ring::digest;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::DemoError;
use crate::lifecycle::Lifecycle;
use crate::model::Millis;

/// What an answer carries: whole, or as a stream that may never end.
pub(super) type Body = BoxBody<Bytes, Infallible>;

/// A body that is known whole.
pub(super) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed()
}

/// How long to wait after a connection could not be taken.
const BREATH: Duration = Duration::from_millis(50);

/// How long an answer that is on its way may still take when the stop comes.
const GRACE: Duration = Duration::from_secs(1);

/// A handler's wish to break its connection with a TCP reset instead of answering.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset on purpose")]
pub(super) struct Reset;

/// Binds a free port on loopback.
pub(super) async fn bind(what: &'static str) -> Result<(TcpListener, SocketAddr), DemoError> {
    let failed = |source| DemoError::Bind { what, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Serves HTTP/1.1 on a free port of loopback until the stop: then no new connection is taken and each open one ends with its answer.
pub(super) async fn serve<H, F>(what: &'static str, lifecycle: &Lifecycle, handler: H) -> Result<SocketAddr, DemoError>
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, Reset>> + Send + 'static,
{
    serve_at(what, lifecycle, move |_, request| handler(request)).await
}

/// The same for a handler that writes its own address into what it answers.
pub(super) async fn serve_at<H, F>(what: &'static str, lifecycle: &Lifecycle, handler: H) -> Result<SocketAddr, DemoError>
where
    H: Fn(SocketAddr, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, Reset>> + Send + 'static,
{
    let (listener, address) = bind(what).await?;
    let life = lifecycle.clone();
    accept(what, lifecycle, listener, move |stream| {
        let handler = handler.clone();
        converse(stream, life.clone(), move |request| handler(address, request))
    });
    Ok(address)
}

/// Takes connections until the stop, each as a piece of work of its own.
pub(super) fn accept<C, F>(what: &'static str, lifecycle: &Lifecycle, listener: TcpListener, converse: C)
where
    C: Fn(TcpStream) -> F + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let life = lifecycle.clone();
    lifecycle.spawn(what, async move {
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => drop(life.spawn_work(converse(stream))),
                    // A peer that left before we took it is its own affair; being out of files passes.
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
                () = life.stopping() => return Ok::<(), Infallible>(()),
            }
        }
    });
}

/// One connection, from its first request to its end.
async fn converse<H, F>(stream: TcpStream, lifecycle: Lifecycle, handler: H)
where
    H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, Reset>> + Send + 'static,
{
    // A sink that waits for more to send would be measured instead of the sender. Failing costs speed only.
    let _ = stream.set_nodelay(true);
    let broken = Arc::new(AtomicBool::new(false));
    let line = Line { stream, broken: Arc::clone(&broken) };
    let service = service_fn(move |request| {
        let answer = handler(request);
        let broken = Arc::clone(&broken);
        async move { answer.await.inspect_err(|Reset| broken.store(true, Ordering::Release)) }
    });
    // Without a timer: a connection may stay idle as long as its peer likes, so no request ever meets a close of ours.
    let connection = http1::Builder::new().serve_connection(TokioIo::new(line), service);
    tokio::pin!(connection);
    // How a peer leaves is no error of the stage: it answers whoever comes next.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = lifecycle.stopping() => connection.as_mut().graceful_shutdown(),
    }
    // A peer that does not read its answer to the end is left behind.
    let _ = tokio::time::timeout(GRACE, connection).await;
}

/// A TCP stream that can end in a reset, which a plain close never shows.
struct Line {
    stream: TcpStream,
    broken: Arc<AtomicBool>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.broken.load(Ordering::Acquire) {
            // Closing with a linger time of zero sends RST. Failing leaves an ordinary close.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A FIN before the RST would read as an orderly end.
        if self.broken.load(Ordering::Acquire) { Poll::Ready(Ok(())) } else { Pin::new(&mut self.stream).poll_shutdown(cx) }
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// A document with validators, as a conditional GET wants it: 304 where the asker already has it (RFC 9110, 13.1).
pub(super) fn document(method: &Method, asked: &HeaderMap, kind: &'static str, bytes: Vec<u8>, modified: Millis) -> Response<Body> {
    let digest = digest::digest(&digest::SHA256, &bytes);
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&digest.as_ref()[..8]));
    let last_modified = httpdate::fmt_http_date(modified.utc().into());
    let fresh = match asked.get(header::IF_NONE_MATCH).map(|value| value.to_str().unwrap_or_default()) {
        // If-None-Match, where it is sent, decides alone (RFC 9110, 13.1.3).
        Some(known) => known.split(',').any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag),
        None => asked
            .get(header::IF_MODIFIED_SINCE)
            .and_then(|since| httpdate::parse_http_date(since.to_str().ok()?).ok())
            .is_some_and(|since| Millis::from(chrono::DateTime::<chrono::Utc>::from(since)).0 / 1000 >= modified.0 / 1000),
    };
    let answer = Response::builder().header(header::ETAG, tag).header(header::LAST_MODIFIED, last_modified);
    let answer = if fresh {
        answer.status(StatusCode::NOT_MODIFIED).body(whole(Bytes::new()))
    } else if method == Method::HEAD {
        answer.header(header::CONTENT_TYPE, kind).header(header::CONTENT_LENGTH, bytes.len()).body(whole(Bytes::new()))
    } else {
        answer.header(header::CONTENT_TYPE, kind).body(whole(bytes))
    };
    answer.expect("a date, a digest and a fixed type are header values")
}

/// A short answer in plain text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .body(whole(text))
        .expect("a fixed type is a header value")
}
