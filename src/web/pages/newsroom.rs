//! The newsroom for people: its first page, sections, editions, and the small files beside them.

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::feeds::{OPML_TYPE, feed_at};
use crate::model::{Article, EditionState, Section, Seq, Slug};
use crate::pages::{EditionPage, SectionPage};
use crate::store::ArticleFilter;
use crate::web::respond::Problem;
use crate::web::{App, feeds};

use super::{PUBLIC, Visitor, page, redirect};

/// Articles of a list for people; feeds hold more.
const ARTICLES_OF_A_PAGE: i64 = 30;

/// The first page. The base without its slash leads to the base.
pub(super) async fn root(State(app): State<App>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response, Problem> {
    if uri.path() == app.urls.base_path() {
        home(&app, visitor).await
    } else {
        redirect(StatusCode::MOVED_PERMANENTLY, app.urls.base_path())
    }
}

async fn home(app: &App, visitor: Visitor) -> Result<Response, Problem> {
    let sections = app.store.sections().await?;
    let newest = newest(app, None).await?;
    Ok(page(StatusCode::OK, PUBLIC, app.pages.home(visitor.language, &sections, &newest)))
}

async fn newest(app: &App, section: Option<&Section>) -> Result<Vec<Article>, Problem> {
    let filter =
        ArticleFilter { section: section.map(|section| section.id), standing: Some("published".to_owned()), ..ArticleFilter::default() };
    Ok(app.store.articles(&filter, ARTICLES_OF_A_PAGE).await?.into_iter().map(|row| row.article).collect())
}

/// What no route of its own answers: a slug nests, so sections and their feeds are told apart by how the path ends.
pub(super) async fn section_or_feed(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    visitor: Visitor,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let below = uri.path().strip_prefix(app.urls.base_path());
    if below.is_some_and(|path| feed_at(path).is_some()) {
        return feeds::answer(State(app), OriginalUri(uri), method, headers).await;
    }
    let reads = matches!(method, Method::GET | Method::HEAD);
    match below {
        Some("") if reads => home(&app, visitor).await,
        Some(path) if reads => section(&app, visitor, path).await,
        _ => Err(Problem::not_found("page")),
    }
}

async fn section(app: &App, visitor: Visitor, path: &str) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("page");
    let path = path.strip_prefix("sections/").ok_or_else(unknown)?;
    let slug = Slug::parse(path.strip_suffix('/').unwrap_or(path)).map_err(|_| unknown())?;
    let sections = app.store.sections().await?;
    let section = sections.iter().find(|section| section.slug == slug).ok_or_else(unknown)?;
    if !path.ends_with('/') {
        return redirect(StatusCode::MOVED_PERMANENTLY, &format!("{}sections/{slug}/", app.urls.base_path()));
    }
    let articles = newest(app, Some(section)).await?;
    let html = app.pages.section(visitor.language, &SectionPage { section, sections: &sections, articles: &articles });
    Ok(page(StatusCode::OK, PUBLIC, html))
}

/// An edition that was sent.
pub(super) async fn edition(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("edition");
    let id = Seq(id.parse().map_err(|_| unknown())?);
    let row = app.store.edition(id).await?.ok_or_else(unknown)?;
    let sent = match row.edition.state {
        EditionState::Sending => true,
        EditionState::Addressing => row.edition.send_after <= app.clock.now(),
        EditionState::Draft | EditionState::Skipped => false,
    };
    if !sent {
        return Err(unknown());
    }
    let articles = app.store.edition_articles(id, row.edition.version).await?;
    let articles: Vec<Article> = articles.into_iter().map(|row| row.article).collect();
    let sections = app.store.sections().await?;
    let at = row.edition.send_after.max(row.at);
    let edition = EditionPage { id, title: &row.title, at, articles: &articles, sections: &sections };
    Ok(page(StatusCode::OK, PUBLIC, app.pages.edition(visitor.language, &edition)))
}

/// All sections, for a reader that takes them in one step.
pub(super) async fn opml(State(app): State<App>) -> Result<Response, Problem> {
    let sections = app.store.sections().await?;
    let xml = crate::feeds::opml(&app.urls, &app.site.title, app.site.language, &sections);
    let mut answer = xml.into_response();
    let headers = answer.headers_mut();
    let kind = HeaderValue::from_str(&format!("{OPML_TYPE}; charset=utf-8"));
    headers.insert(header::CONTENT_TYPE, kind.unwrap_or_else(|_| HeaderValue::from_static(OPML_TYPE)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(PUBLIC));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(answer)
}

/// What robots have no business with. Short links stay open to them: a robot that may not look would not see their `noindex`.
pub(super) async fn robots(State(app): State<App>) -> String {
    let base = app.urls.base_path();
    let closed = ["api/", "console/", "confirm/", "preferences", "unsubscribe/"];
    closed.iter().fold("User-agent: *\n".to_owned(), |text, path| text + "Disallow: " + base + path + "\n")
}

/// A file that pages load. Its name holds a hash of its bytes, so it never changes.
pub(in crate::web) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = crate::pages::asset(&format!("assets/{name}")).ok_or_else(|| Problem::not_found("file"))?;
    let mut answer = asset.bytes.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(answer)
}
