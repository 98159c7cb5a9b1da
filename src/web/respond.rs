//! Answers: problem+json (RFC 9457), JSON, and who may ask.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::request::Parts as Head;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::access::AccessError;
use crate::audience::AudienceError;
use crate::ingest::{DeskError, PushError, Refusal};
use crate::model::{Actor, FieldError, Slug};
use crate::shelf::ShelfError;
use crate::store::{Scope, StoreError, TokenRow};

use super::App;

/// An answer that says what was wrong with the request, or that we failed.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    field: Option<&'static str>,
    retry_after: Option<i64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), field: None, retry_after: None }
    }

    pub(super) fn field(status: StatusCode, field: &'static str, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), field: Some(field), retry_after: None }
    }

    /// The same, and when to come again (seconds).
    pub(super) fn after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("no such {what}"))
    }

    /// Our own failure: told briefly, logged in full.
    fn ours(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request could not be answered");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong here; it is in the log")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let mut body = json!({ "type": "about:blank", "title": title, "status": self.status.as_u16(), "detail": self.detail });
        if let Some(field) = self.field {
            body["field"] = Value::from(field);
        }
        let mut response = (self.status, body.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::ours(&error)
    }
}

impl From<ShelfError> for Problem {
    fn from(error: ShelfError) -> Self {
        Self::ours(&error)
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::field(StatusCode::UNPROCESSABLE_ENTITY, error.field, error.why)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::UrlTaken | Refusal::IdTaken | Refusal::Withdrawn => StatusCode::CONFLICT,
            Refusal::OutsideSection(_) => StatusCode::FORBIDDEN,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::field(status, refusal.field(), refusal.to_string())
    }
}

impl From<PushError> for Problem {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Refused(refusal) => refusal.into(),
            PushError::Field(error) => error.into(),
            PushError::Unreadable(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
            PushError::Unknown(_) => Self::not_found("article"),
            PushError::Store(error) => error.into(),
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Unknown(_) => Self::not_found("article"),
            DeskError::Standing { .. } => Self::new(StatusCode::CONFLICT, error.to_string()),
            DeskError::Refused(refusal) => refusal.into(),
            DeskError::Store(error) => error.into(),
        }
    }
}

impl From<AudienceError> for Problem {
    fn from(error: AudienceError) -> Self {
        let field = match &error {
            AudienceError::Address(_) => "email",
            AudienceError::Url(_) => "url",
            AudienceError::Secret => "secret",
            AudienceError::UnknownSection(_) => "sections",
            AudienceError::UnknownDigest(_) | AudienceError::Nothing | AudienceError::Cadence => "subscriptions",
            AudienceError::Preset(_) => "preset",
            AudienceError::NoEndpoint => return Self::not_found("endpoint"),
            AudienceError::OldLink => return Self::new(StatusCode::GONE, error.to_string()),
            AudienceError::Declared(_) => return Self::new(StatusCode::CONFLICT, error.to_string()),
            AudienceError::TooMany => return Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string()).after(BUDGET_AGAIN),
            AudienceError::Store(_) | AudienceError::Letter(_) => return Self::ours(&error),
        };
        Self::field(StatusCode::UNPROCESSABLE_ENTITY, field, error.to_string())
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        Self::ours(&error)
    }
}

/// The audience's budget of confirmations is filled again within the hour (seconds).
const BUDGET_AGAIN: i64 = 3600;

/// Who asks, by bearer token.
#[derive(Debug)]
pub(super) struct Caller(pub(super) TokenRow);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, app: &App) -> Result<Self, Problem> {
        let refused = || Problem::new(StatusCode::UNAUTHORIZED, "a bearer token is needed, and this is none that is good");
        let value = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
        let (scheme, token) = value.split_once(' ').ok_or_else(refused)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(refused());
        }
        app.access.holder(token.trim()).await?.map(Self).ok_or_else(refused)
    }
}

impl Caller {
    /// Whether the token reaches so far.
    pub(super) fn may(&self, scope: Scope) -> Result<(), Problem> {
        if scope == Scope::Admin
            && let Some(bound) = &self.0.section
        {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!("this token is bound to {bound}, and this is about the whole newsroom"),
            ));
        }
        if self.0.scope >= scope {
            Ok(())
        } else {
            Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!("this token is for {}, and {} is needed", self.0.scope.as_str(), scope.as_str()),
            ))
        }
    }

    /// The section that the token is bound to.
    pub(super) const fn bound_to(&self) -> Option<&Slug> {
        self.0.section.as_ref()
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Token(self.0.name.clone())
    }
}

/// A query with its problems told as problem+json.
pub(super) struct Query<T>(pub(super) T);

impl<T: serde::de::DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, app: &App) -> Result<Self, Problem> {
        let read = axum::extract::Query::from_request_parts(head, app).await;
        read.map(|axum::extract::Query(read)| Self(read)).map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.body_text()))
    }
}

/// JSON with its problems told as problem+json.
pub(super) struct Read<T>(pub(super) T);

impl<T: serde::de::DeserializeOwned> FromRequest<App> for Read<T> {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, app: &App) -> Result<Self, Problem> {
        let Whole(bytes) = Whole::from_request(request, app).await?;
        parse(&bytes).map(Self)
    }
}

/// A body as it came, within the limit of a request.
pub(super) struct Whole(pub(super) Bytes);

impl FromRequest<App> for Whole {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, app: &App) -> Result<Self, Problem> {
        let read = Bytes::from_request(request, app).await;
        read.map(Self).map_err(|error| Problem::new(error.status(), format!("the body cannot be read: {}", error.body_text())))
    }
}

/// Reads JSON.
pub(super) fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        Problem::new(status, format!("the JSON cannot be read: {error}"))
    })
}

/// A page of a list.
pub(super) fn list(data: Vec<Value>, next: Option<String>) -> Json<Value> {
    let next = next.map_or(Value::Null, Value::from);
    Json(Value::from_iter([("data", Value::from(data)), ("next", next)]))
}

/// How long a page of a list may be.
pub(super) const LONGEST_PAGE: i64 = 200;
/// How long it is where nobody says.
const USUAL_PAGE: i64 = 50;

/// The paging of a list.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Paging {
    pub(super) after: Option<String>,
    /// As text: where this is flattened into what a list is asked by, nothing else can be read from a query.
    limit: Option<String>,
}

impl Paging {
    /// How many lines the page may have.
    pub(super) fn limit(&self) -> Result<i64, Problem> {
        let Some(limit) = self.limit.as_deref().filter(|limit| !limit.is_empty()) else { return Ok(USUAL_PAGE) };
        let wrong = || Problem::field(StatusCode::BAD_REQUEST, "limit", format!("a whole number from 1 to {LONGEST_PAGE}"));
        let limit: i64 = limit.parse().map_err(|_| wrong())?;
        // Whoever asks for more than a page gets a page; whoever asks for less than a line made a mistake.
        if limit < 1 { Err(wrong()) } else { Ok(limit.min(LONGEST_PAGE)) }
    }

    /// A cursor of two numbers, as [`cursor`] wrote it.
    pub(super) fn pair(&self) -> Result<Option<(i64, i64)>, Problem> {
        let Some(after) = self.after.as_deref().filter(|after| !after.is_empty()) else { return Ok(None) };
        let read = after.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        read.map(Some).ok_or_else(|| Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "after", "not a cursor of this list"))
    }
}

/// A place in a list that is ordered by two numbers.
pub(super) fn cursor(a: i64, b: i64) -> String {
    format!("{a}.{b}")
}
