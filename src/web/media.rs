//! Copies of pictures. Their bytes came from other people's servers: they are shown as pictures of their own kind and as nothing else.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::feeds::names;
use super::respond::Problem;

/// The address holds the hash of the bytes.
const LASTS: &str = "public, max-age=31536000, immutable";
/// A file that is opened by itself may load and run nothing, in an origin of its own.
const POLICY: &str = "default-src 'none'; sandbox";
/// SHA-256 in lower hex (characters).
const HASH: usize = 64;

/// `GET /media/{hash}`. A copy that no public article shows any more is gone.
pub(super) async fn show(State(app): State<App>, Path(hash): Path<String>, method: Method, asked: HeaderMap) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("picture");
    if hash.len() != HASH || !hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(unknown());
    }
    let row = app.store.media(&hash).await?.ok_or_else(unknown)?;
    if !row.public {
        return Err(Problem::new(StatusCode::GONE, "its article was taken back"));
    }
    let etag = format!("\"{hash}\"");
    let has = asked.get_all(header::IF_NONE_MATCH).iter().any(|value| value.to_str().is_ok_and(|list| names(list, &etag)));
    let body =
        if has || method == Method::HEAD { Body::empty() } else { Body::from(app.store.media_bytes(&hash).await?.ok_or_else(unknown)?) };
    let mut answer = (if has { StatusCode::NOT_MODIFIED } else { StatusCode::OK }, body).into_response();
    let headers = answer.headers_mut();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::ETAG, &etag);
    put(header::CACHE_CONTROL, LASTS);
    put(header::CONTENT_SECURITY_POLICY, POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Feed readers in browsers show it on pages of their own.
    put(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    if !has {
        put(header::CONTENT_TYPE, &row.media_type);
        put(header::CONTENT_LENGTH, &row.length.to_string());
    }
    Ok(answer)
}
