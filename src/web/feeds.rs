//! Feeds over HTTP: validators, conditional requests, kind headers (facts on feeds, section 1.5).

use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::feeds::{Feed, MINUTES_BETWEEN_POLLS, feed_at, wants_brief};
use crate::model::Millis;
use crate::shelf::Shelved;

use super::App;
use super::respond::Problem;

/// Answers what no route of its own answers: feeds, by their many spellings.
pub(super) async fn answer(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path = below_base(&app, &uri);
    let Some((of, file)) = path.and_then(feed_at) else { return Err(Problem::not_found("page")) };
    if !matches!(method, Method::GET | Method::HEAD) {
        let mut refused = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "feeds are read with GET or HEAD").into_response();
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return Ok(refused);
    }
    if let Some(section) =
        of.section().and_then(|slug| app.sections.iter().find(|section| section.slug == *slug || section.was.contains(slug)))
    {
        if section.ended {
            return Err(Problem::new(StatusCode::GONE, "this section has ended"));
        }
        if of.section() != Some(&section.slug) {
            return Ok(moved(&app.urls.feed(Some(&section.slug), file, wants_brief(uri.query()))));
        }
    }
    let feed = Feed { of, file, brief: wants_brief(uri.query()) };
    let shelved = app.shelf.get(&feed).await?.ok_or_else(|| Problem::not_found("section"))?;
    let own = app.urls.feed(feed.of.section(), feed.file, feed.brief);
    Ok(serve(&shelved, &own, &method, &headers))
}

/// Readers that poll an old address learn the new one, for years.
fn moved(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response()
}

/// The part of a path that lies below the base, without the slash in front.
fn below_base<'a>(app: &App, uri: &'a Uri) -> Option<&'a str> {
    uri.path().strip_prefix(app.urls.base_path())
}

/// Whole, or 304 where the reader has it (RFC 9110, 13.2.2: If-None-Match wins over If-Modified-Since).
fn serve(shelved: &Shelved, own: &str, method: &Method, asked: &HeaderMap) -> Response {
    let fresh = match asked.get(header::IF_NONE_MATCH) {
        Some(_) => asked.get_all(header::IF_NONE_MATCH).iter().any(|value| value.to_str().is_ok_and(|list| names(list, &shelved.etag))),
        None => asked.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok()).is_some_and(|date| not_newer(shelved, date)),
    };
    let status = if fresh { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let body = if fresh || method == Method::HEAD { Body::empty() } else { Body::from(shelved.bytes.clone()) };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let text = |text: String| HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    headers.insert(header::ETAG, text(shelved.etag.clone()));
    if shelved.last_modified > Millis(0) {
        headers.insert(header::LAST_MODIFIED, text(http_date(shelved.last_modified)));
    }
    let seconds = MINUTES_BETWEEN_POLLS * 60;
    headers.insert(header::CACHE_CONTROL, text(format!("public, max-age={seconds}, stale-while-revalidate=60, stale-if-error=86400")));
    headers.insert(header::LINK, text(format!("<{own}>; rel=\"self\"")));
    if !fresh {
        headers.insert(header::CONTENT_TYPE, text(format!("{}; charset=utf-8", shelved.media_type)));
        headers.insert(header::CONTENT_LENGTH, text(shelved.bytes.len().to_string()));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    }
    response
}

/// RFC 9110, 13.1.2: a list of tags compared weakly, or `*`.
pub(super) fn names(list: &str, etag: &str) -> bool {
    list.trim() == "*" || list.split(',').map(str::trim).any(|tag| tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// RFC 9110, 13.1.3: garbage counts as no condition.
fn not_newer(shelved: &Shelved, date: &str) -> bool {
    let Ok(since) = httpdate::parse_http_date(date) else { return false };
    let since = since.duration_since(std::time::UNIX_EPOCH).map_or(0, |span| span.as_secs() as i64);
    shelved.last_modified > Millis(0) && shelved.last_modified.0.div_euclid(1000) <= since
}

fn http_date(at: Millis) -> String {
    let span = std::time::Duration::from_millis(at.0.max(0).unsigned_abs());
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly_in_lists() {
        assert!(names("\"a\", W/\"b\"", "\"b\""));
        assert!(names("*", "\"b\""));
        assert!(!names("\"bb\"", "\"b\""));
    }
}
