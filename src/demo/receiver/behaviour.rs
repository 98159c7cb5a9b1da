//! How an endpoint answers.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{Response, StatusCode, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use super::super::serve::{Body, Reset, whole};
use crate::lifecycle::Lifecycle;

/// How an endpoint answers one hook. The hook was read and kept before, whatever comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// With a status and a few words.
    Answer {
        /// The status, such as 204, 410 or 503.
        status: u16,
        /// The `Retry-After` header as it is sent: seconds or a date.
        retry_after: Option<String>,
    },
    /// With a 302 to this address.
    Redirect(String),
    /// With 200, so much later.
    Late(Duration),
    /// Never; the connection stays open.
    Hang,
    /// With 200 and a body of which one byte comes each second.
    Drip,
    /// With 200 and a body that never ends, as fast as it is read.
    Endless,
    /// Not at all: the connection is reset.
    Reset,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self::status_only(200)
    }
}

/// The pace of a dripping body.
const DRIP: Duration = Duration::from_secs(1);
/// One chunk of an endless body.
static CHUNK: [u8; 16 * 1024] = [b'.'; 16 * 1024];

impl Behaviour {
    /// An answer with this status and nothing else.
    #[must_use]
    pub const fn status_only(status: u16) -> Self {
        Self::Answer { status, retry_after: None }
    }

    /// The status it answers with; 0 for none.
    pub(super) const fn status(&self) -> u16 {
        match self {
            Self::Answer { status, .. } => *status,
            Self::Redirect(_) => 302,
            Self::Late(_) | Self::Drip | Self::Endless => 200,
            Self::Hang | Self::Reset => 0,
        }
    }

    /// Behaves. What would never end ends with the stop.
    pub(super) async fn act(self, lifecycle: &Lifecycle) -> Result<Response<Body>, Reset> {
        let ok = |body| Response::new(body);
        Ok(match self {
            Self::Answer { status, retry_after } => {
                let mut answer = Response::new(whole(if status == 204 || status == 304 { "" } else { "heard\n" }));
                *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                if let Some(after) = retry_after.and_then(|after| after.try_into().ok()) {
                    answer.headers_mut().insert(header::RETRY_AFTER, after);
                }
                answer
            }
            Self::Redirect(to) => {
                let mut answer = Response::new(whole(""));
                *answer.status_mut() = StatusCode::FOUND;
                if let Ok(to) = to.try_into() {
                    answer.headers_mut().insert(header::LOCATION, to);
                }
                answer
            }
            Self::Late(span) => {
                tokio::select! { () = tokio::time::sleep(span) => {}, () = lifecycle.stopping() => {} }
                ok(whole("heard\n"))
            }
            Self::Hang => {
                lifecycle.stopping().await;
                return Err(Reset);
            }
            Self::Drip => ok(dripping(lifecycle.clone())),
            Self::Endless => ok(endless(lifecycle.clone())),
            Self::Reset => return Err(Reset),
        })
    }
}

type Chunk = Result<Frame<Bytes>, Infallible>;

fn dripping(lifecycle: Lifecycle) -> Body {
    let drops = stream::unfold(lifecycle, |lifecycle| async move {
        tokio::select! { () = tokio::time::sleep(DRIP) => {}, () = lifecycle.stopping() => return None }
        Some((Chunk::Ok(Frame::data(Bytes::from_static(b"."))), lifecycle))
    });
    streamed(drops)
}

fn endless(lifecycle: Lifecycle) -> Body {
    let chunks = stream::unfold(lifecycle, |lifecycle| async move {
        // Gives way each time, so that a fast reader does not starve the rest of the stage.
        tokio::task::yield_now().await;
        (!lifecycle.is_stopping()).then(|| (Chunk::Ok(Frame::data(Bytes::from_static(&CHUNK))), lifecycle))
    });
    streamed(chunks)
}

fn streamed(chunks: impl stream::Stream<Item = Chunk> + Send + Sync + 'static) -> Body {
    BodyExt::boxed(StreamBody::new(chunks))
}
