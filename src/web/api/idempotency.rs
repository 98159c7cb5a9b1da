//! `Idempotency-Key`: what was asked twice is done once, and answered alike (draft-ietf-httpapi-idempotency-key-header).
//!
//! A key belongs to its token and to one request: method, address and body. It is claimed before the work and keeps the answer after it,
//! sealed, for an answer may hold a secret. Only what succeeded is kept: whatever was refused changed nothing and may be tried again. A
//! claim that a killed process left behind is void after a minute.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest as _, FromRequestParts as _, Request, State};
use axum::http::request::Parts as Head;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER};
use ring::digest::{Context, SHA256};

use crate::model::{Millis, Sealed};
use crate::store::write::shared::{Claim, Once, Remembered, claim, let_go, remember};
use crate::web::App;
use crate::web::respond::{Caller, Problem, Whole};

/// The header.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is an earlier one's repetition.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longer keys are no keys (bytes); a UUID has 36.
const LONGEST_KEY: usize = 255;
/// How long an answer is kept: senders give up within a day.
const KEPT: Duration = Duration::from_hours(24);
/// A claim this old without an answer was left by a process that was killed: no request takes so long.
const STALE: Duration = Duration::from_mins(1);
/// How long a request waits for its twin that is under way, before it is told to come again.
const WAITS: Duration = Duration::from_secs(2);
/// How often it looks.
const LOOKS: Duration = Duration::from_millis(50);
/// Answers of requests that change something are short; a longer one is not kept (bytes).
const LONGEST_ANSWER: usize = 1 << 20;

/// Does a POST or PATCH with a key once.
pub(super) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let keyed = matches!(head.method, Method::POST | Method::PATCH) && head.headers.contains_key(KEY);
    if !keyed {
        return next.run(Request::from_parts(head, body)).await;
    }
    match keyed_request(&app, head, body, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn keyed_request(app: &App, mut head: Head, body: Body, next: Next) -> Result<Response, Problem> {
    let key = read_key(&head)?;
    let caller = Caller::from_request_parts(&mut head, app).await?;
    // The body's limit stands among the extensions of the request.
    let mut whole = Request::new(body);
    *whole.extensions_mut() = head.extensions.clone();
    let Whole(body) = Whole::from_request(whole, app).await?;
    let request = hash(&head, &body);
    let mine = Mine { app: app.clone(), token: caller.0.name.clone(), key, request };
    let began = tokio::time::Instant::now();
    loop {
        match mine.claim().await? {
            Claim::Ours => break,
            Claim::Answered(answer) => return mine.again(&answer),
            Claim::OtherRequest => {
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "this Idempotency-Key was used for another request"));
            }
            Claim::InFlight if began.elapsed() < WAITS => tokio::time::sleep(LOOKS).await,
            Claim::InFlight => {
                return Err(Problem::new(StatusCode::CONFLICT, "the request with this Idempotency-Key is still being worked on").after(1));
            }
        }
    }
    let request = Request::from_parts(head, Body::from(body));
    // On a task of its own: a sender that hangs up leaves no claim without an answer behind.
    let done = tokio::spawn(async move { mine.answer(next.run(request).await).await }).await;
    done.unwrap_or_else(|_| Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong here; it is in the log")))
}

/// The key: a string of visible ASCII, in quotes as a structured field has it or bare as most senders write it.
fn read_key(head: &Head) -> Result<String, Problem> {
    let key = head.headers.get(KEY).and_then(|key| key.to_str().ok()).unwrap_or_default().trim();
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
    if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let wanted = format!("an Idempotency-Key has 1 to {LONGEST_KEY} visible characters");
        return Err(Problem::new(StatusCode::BAD_REQUEST, wanted));
    }
    Ok(key.to_owned())
}

/// By what a request is known again.
fn hash(head: &Head, body: &Bytes) -> String {
    let mut hash = Context::new(&SHA256);
    hash.update(format!("{} {}\n", head.method, head.uri).as_bytes());
    hash.update(body);
    HEXLOWER.encode(hash.finish().as_ref())
}

/// A key in one sender's hand.
struct Mine {
    app: App,
    token: String,
    key: String,
    request: String,
}

impl Mine {
    fn once(&self) -> Once<'_> {
        Once { token: &self.token, key: &self.key, request: &self.request }
    }

    async fn claim(&self) -> Result<Claim, Problem> {
        let now = self.app.clock.now();
        let before = |span: Duration| Millis(now.0 - span.as_millis() as i64);
        let mut tx = self.app.store.begin().await?;
        let claimed = claim(&mut tx, self.once(), now, before(KEPT), before(STALE)).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Keeps an answer that says that something was done; lets go of the key where nothing was.
    async fn answer(self, response: Response) -> Result<Response, Problem> {
        let (head, body) = response.into_parts();
        let body = to_bytes(body, LONGEST_ANSWER).await;
        let mut tx = self.app.store.begin().await?;
        match &body {
            Ok(body) if head.status.is_success() => {
                let response = BASE64.encode(&self.app.keys.seal(body).0);
                remember(&mut tx, self.once(), &Remembered { status: i64::from(head.status.as_u16()), response }).await?;
            }
            _ => let_go(&mut tx, self.once()).await?,
        }
        tx.commit().await?;
        let too_long = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer is too long to be kept");
        Ok(Response::from_parts(head, Body::from(body.map_err(too_long)?)))
    }

    /// The answer of the first time.
    fn again(&self, answer: &Remembered) -> Result<Response, Problem> {
        let lost = || Problem::new(StatusCode::CONFLICT, "this request was done, and its answer cannot be read any more: the keys changed");
        let sealed = BASE64.decode(answer.response.as_bytes()).map_err(|_| lost())?;
        let body = self.app.keys.open(&Sealed(sealed)).map_err(|_| lost())?;
        let status = u16::try_from(answer.status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        let json = HeaderValue::from_static("application/json");
        Ok((status, [(header::CONTENT_TYPE, json), (REPLAYED, HeaderValue::from_static("true"))], body).into_response())
    }
}
