//! The routes for people: the newsroom, its articles, short links, subscribing and leaving, the console.
//!
//! Every page forbids scripts and frames (`crate::pages::CONTENT_SECURITY_POLICY`); none but the console's sets a cookie. A GET
//! changes nothing.

mod article;
mod console;
mod guard;
mod newsroom;
mod reader;
mod short;
mod subscribe;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub(super) use newsroom::asset;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request, State};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::convert::Infallible;

use crate::model::Language;
use crate::pages::CONTENT_SECURITY_POLICY;

use super::App;
use super::respond::Problem;

/// How long anyone may keep a public page: a withdrawal is seen within a minute.
const PUBLIC: &str = "public, max-age=60";
/// For pages that hold a stamp, a token or a session's data.
const PRIVATE: &str = "no-store";

/// What the public may see.
pub(super) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(newsroom::root))
        .route("/articles/{id}", get(article::show))
        .route("/editions/{id}", get(newsroom::edition))
        .route("/s/{code}", get(short::follow))
        .route("/S/{code}", get(short::follow))
        .route("/subscribe", get(subscribe::form).post(subscribe::take))
        .route("/preferences", get(subscribe::ask_form).post(subscribe::mail_link))
        .route("/confirm/{token}", get(reader::confirm).post(reader::confirmed))
        .route("/preferences/{token}", get(reader::preferences).post(reader::prefer))
        .route("/unsubscribe/{token}", get(reader::unsubscribe).post(reader::leave))
        .route("/opml.xml", get(newsroom::opml))
        .route("/robots.txt", get(newsroom::robots))
        .fallback(newsroom::section_or_feed)
        .layer(from_fn_with_state(app.clone(), humane))
}

/// What the operator may see.
pub(super) fn console_routes(app: &App) -> Router<App> {
    console::routes().layer(from_fn_with_state(app.clone(), humane))
}

/// Tells people what went wrong as a page, where a program gets problem+json.
async fn humane(State(app): State<App>, OriginalUri(uri): OriginalUri, request: Request, next: Next) -> Response {
    let reads_html = reads_html(request.headers());
    let language = language(&app, &uri, request.headers());
    let answer = next.run(request).await;
    let is_problem = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    if !reads_html || !is_problem {
        return answer;
    }
    let status = answer.status();
    let mut told = page(status, PRIVATE, app.pages.error(language, status.as_u16(), None));
    for kept in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = answer.headers().get(&kept) {
            told.headers_mut().insert(kept, value.clone());
        }
    }
    told
}

/// Browsers name `text/html`; programs that take anything say `*/*`.
fn reads_html(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

/// `?lang`, then what the browser asks for, then the newsroom's.
fn language(app: &App, uri: &Uri, headers: &HeaderMap) -> Language {
    let asked = pairs(uri.query().unwrap_or_default().as_bytes()).into_iter().find(|(name, _)| name == "lang");
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    asked.and_then(|(_, tag)| Language::of_tag(&tag)).unwrap_or_else(|| Language::of_header(header, app.site.language))
}

/// Whoever looks at a page.
#[derive(Debug, Clone, Copy)]
struct Visitor {
    language: Language,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Head, app: &App) -> Result<Self, Infallible> {
        Ok(Self { language: language(app, &head.uri, &head.headers) })
    }
}

/// A form as it was posted.
#[derive(Debug)]
struct Posted(Vec<(String, String)>);

impl FromRequest<App> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, app).await;
        let bytes = bytes.map_err(|error| Problem::new(error.status(), format!("the form cannot be read: {}", error.body_text())))?;
        Ok(Self(pairs(&bytes)))
    }
}

impl Posted {
    fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The pairs of a query or a form (WHATWG URL, 5.1).
fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

/// A page with the headers that all of them have.
fn page(status: StatusCode, cache: &'static str, html: String) -> Response {
    let mut answer = (status, html).into_response();
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::VARY, "Accept-Language"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Leads on to an address that this program made or keeps; never to one that a request names.
fn redirect(status: StatusCode, to: &str) -> Result<Response, Problem> {
    let to = HeaderValue::from_str(to).map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the address cannot be sent"))?;
    let mut answer = status.into_response();
    answer.headers_mut().insert(header::LOCATION, to);
    Ok(answer)
}
