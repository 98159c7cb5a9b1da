//! The listener: bounded heads, a soft stop that lets requests end, a hard one that does not.

use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::lifecycle::Lifecycle;

use super::network::Peer;

/// A client has so long to send a request's head: slowloris gets no longer.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// Bytes of a head: the largest browsers send are below 16 KB.
const LONGEST_HEAD: usize = 64 * 1024;
/// After an accept that failed (no file handles left) the listener rests.
const ACCEPT_FAILED: Duration = Duration::from_millis(100);

/// Why serving ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener broke.
    #[error("listen for requests")]
    Listen(#[source] std::io::Error),
}

/// Serves until the stop, then lets open requests end.
///
/// # Errors
/// None yet; the signature is that of every task.
pub async fn serve(listener: TcpListener, routes: Router, lifecycle: Lifecycle) -> Result<(), ServeError> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(LONGEST_HEAD);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(LONGEST_HEAD as u32);
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = lifecycle.stopping() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_FAILED).await;
                    continue;
                }
            },
        };
        // A reader's answer is one write; waiting for more to send would only delay it.
        let _ = stream.set_nodelay(true);
        let routes = routes.clone().map_request(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes)).into_owned();
        let watched = graceful.watch(connection);
        lifecycle.spawn_work(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = lifecycle.letting_go() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::Extension;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "a test speaks to the listener on loopback")]
    async fn every_request_knows_the_other_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/", get(|Extension(Peer(peer)): Extension<Peer>| async move { peer.to_string() }));
        let lifecycle = Lifecycle::default();
        let serving = tokio::spawn(serve(listener, routes, lifecycle.clone()));
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let own = stream.local_addr().unwrap().to_string();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(&own), "{answer}");
        lifecycle.stop_softly();
        serving.await.unwrap().unwrap();
    }
}
