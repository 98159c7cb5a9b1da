//! Short links and their QR pictures. A short link leads to its article's own address and nowhere else (CWE-601).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::model::{Standing, parse_code};
use crate::share::qr_svg;
use crate::store::ArticleRow;
use crate::web::App;
use crate::web::respond::Problem;

use super::{PRIVATE, Visitor, page, redirect};

/// A picture holds nothing that can change but the article's headline.
const PICTURE_LASTS: &str = "public, max-age=86400";
/// A picture that is opened by itself may load and run nothing.
const PICTURE_POLICY: &str = "default-src 'none'";

/// Programs that fetch a link to show a card of it, or to index it, as they call themselves (lower case). The list need not be whole:
/// it keeps the count of a link near that of people, and nothing hangs on it.
const NO_PEOPLE: &[&str] = &[
    "facebookexternalhit",
    "twitterbot",
    "telegrambot",
    "slackbot",
    "discordbot",
    "linkedinbot",
    "whatsapp/",
    "skypeuripreview",
    "mastodon/",
    "bluesky cardyb",
    "googlebot",
    "bingbot",
    "applebot",
    "baiduspider",
    "bytespider",
    "sogou web spider",
    "360spider",
];

/// `/s/{code}`, and `/s/{code}.svg`, in either case: QR symbols hold them in upper case.
pub(super) async fn follow(
    State(app): State<App>,
    visitor: Visitor,
    Path(typed): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("short link");
    let (typed, picture) = match typed.split_once('.') {
        Some((code, ending)) if ending.eq_ignore_ascii_case("svg") => (code, true),
        Some(_) => return Err(unknown()),
        None => (typed.as_str(), false),
    };
    let code = parse_code(typed).ok_or_else(unknown)?;
    let row = app.store.article_of_code(&code).await?.ok_or_else(unknown)?;
    let mut answer = match &row.article.standing {
        Standing::Held { .. } => return Err(unknown()),
        Standing::Withdrawn(withdrawal) => {
            page(StatusCode::GONE, PRIVATE, app.pages.withdrawn(visitor.language, &row.article.title, withdrawal))
        }
        Standing::Published if picture => return drawn(&app, &code, &row),
        Standing::Published => {
            if method == Method::GET && !is_prefetch(&headers) && !is_program(&headers) {
                let day = app.clock.now().in_zone(app.site.timezone).format("%Y-%m-%d").to_string();
                app.hits.count(day, code);
            }
            redirect(StatusCode::FOUND, &app.urls.article(&row.article))?
        }
    };
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
    answer.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    Ok(answer)
}

/// A browser that looks ahead follows nothing yet (Fetch, `Sec-Purpose`; older browsers said `Purpose` and `X-Moz`).
fn is_prefetch(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with("prefetch"));
    ["sec-purpose", "purpose", "x-moz"].into_iter().any(says)
}

fn is_program(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    NO_PEOPLE.iter().any(|name| agent.contains(name))
}

fn drawn(app: &App, code: &str, row: &ArticleRow) -> Result<Response, Problem> {
    // Below a host without a path the whole address can be in upper case, which packs best.
    let address = if app.urls.base_path() == "/" { app.urls.at(&format!("S/{code}")) } else { app.urls.short(code) };
    let picture = qr_svg(&address, &row.article.title);
    let picture = picture.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let mut answer = picture.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, PICTURE_LASTS),
        (header::CONTENT_SECURITY_POLICY, PICTURE_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    Ok(answer)
}
