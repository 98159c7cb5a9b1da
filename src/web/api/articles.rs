//! Articles: pushed, listed, shown, corrected, withdrawn.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ingest::{Accepted, Became, Desk, Door, Refusal};
use crate::model::{ArticleJson, ArticleKey, Millis, Slug};
use crate::store::{ArticleFilter, ArticleRow, Scope};
use crate::web::App;
use crate::web::respond::{Caller, Paging, Problem, Query, Whole, cursor, list as page, parse};

/// `POST /articles`: on disk before it is answered.
pub(super) async fn push(State(app): State<App>, caller: Caller, Whole(body): Whole) -> Result<Response, Problem> {
    caller.may(Scope::Write)?;
    let article: ArticleJson = parse(&body)?;
    let door = Door::push(app.site.timezone);
    let candidate = article.into_candidate(&door.source, door.zone)?;
    let accepted = app.ingest.push(candidate, &door, caller.bound_to(), &caller.actor()).await?;
    Ok((status(&accepted), Json(told(&app, &accepted))).into_response())
}

/// `PATCH /articles/{id}`: JSON Merge Patch (RFC 7396); the article as it stands after it.
pub(super) async fn amend(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Whole(body): Whole,
) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Write)?;
    let row = row(&app, &caller, &id).await?;
    let patch: Value = parse(&body)?;
    let door = Door::push(app.site.timezone);
    let accepted = app.ingest.amend(&row.article.key, &patch, &door, caller.bound_to(), &caller.actor()).await?;
    Ok(Json(told(&app, &accepted)))
}

fn status(accepted: &Accepted) -> StatusCode {
    if accepted.became == Became::New { StatusCode::CREATED } else { StatusCode::OK }
}

fn told(app: &App, accepted: &Accepted) -> Value {
    let url = accepted.url.as_ref().map_or_else(|| app.urls.article_page(&accepted.key), ToString::to_string);
    let mut told = json!({ "id": accepted.key, "revision": accepted.revision, "url": url, "result": accepted.became.as_str() });
    if let Some(because) = &accepted.held {
        told["held_because"] = Value::from(because.as_str());
    }
    told
}

/// What a list of articles is asked by.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    section: Option<String>,
    since: Option<String>,
    status: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) async fn list(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    let statuses = ["published", "held", "withdrawn"];
    let standing = asked.status.filter(|status| !status.is_empty());
    if standing.as_deref().is_some_and(|status| !statuses.contains(&status)) {
        return Err(Problem::field(StatusCode::BAD_REQUEST, "status", "one of published, held, withdrawn"));
    }
    let wanted = asked.section.as_deref().map(Slug::parse).transpose();
    let wanted = wanted.map_err(|error| Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "section", error.to_string()))?;
    let section = match wanted.as_ref().or(caller.bound_to()) {
        None => None,
        Some(slug) => {
            let known = app.store.sections().await?;
            let found = known.iter().find(|section| section.slug == *slug && caller.bound_to().is_none_or(|bound| slug.is_within(bound)));
            Some(found.ok_or_else(|| Problem::not_found("section"))?.id)
        }
    };
    let since = asked.since.as_deref().map(chrono::DateTime::parse_from_rfc3339).transpose();
    let since = since.map_err(|_| Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "since", "a time such as 2021-10-29T08:30:00+08:00"))?;
    let after = asked.paging.pair()?.map(|(at, id)| (Millis(at), crate::model::ArticleId(id)));
    let filter = ArticleFilter { section, since: since.map(Millis::from), standing, after };
    let limit = asked.paging.limit()?;
    let rows = app.store.articles(&filter, limit).await?;
    let next = (rows.len() as i64 == limit).then(|| rows.last().map(|row| cursor(row.article.published.0, row.id.0))).flatten();
    Ok(page(rows.iter().map(|row| shown(&app, row)).collect(), next))
}

fn shown(app: &App, row: &ArticleRow) -> Value {
    let article = app.urls.complete(ArticleJson::of(&row.article, app.site.timezone));
    serde_json::to_value(article).unwrap_or(Value::Null)
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    let row = row(&app, &caller, &id).await?;
    Ok(Json(shown(&app, &row)))
}

/// An article that the caller may see: a part of it stands within reach. What may be done to it is asked where it is done.
pub(super) async fn row(app: &App, caller: &Caller, id: &str) -> Result<ArticleRow, Problem> {
    let key = ArticleKey::parse(id).ok_or_else(|| Problem::not_found("article"))?;
    let row = app.store.article(&key).await?.ok_or_else(|| Problem::not_found("article"))?;
    let inside = |bound: &Slug| row.article.sections.iter().any(|slug| slug.is_within(bound));
    if caller.bound_to().is_none_or(inside) { Ok(row) } else { Err(Problem::not_found("article")) }
}

/// The desk as far as the caller's token reaches.
fn desk(app: &App, caller: &Caller) -> Desk {
    Desk::new(app.ingest.clone()).within(caller.bound_to())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reason {
    reason: Option<String>,
}

/// `DELETE /articles/{id}`. Who asks for no words gets none; a reason that is there and says nothing is a slip of the sender's.
pub(super) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Reason>,
) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Write)?;
    let row = row(&app, &caller, &id).await?;
    if asked.reason.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "reason", Refusal::NoReason.to_string()));
    }
    let reason = asked.reason.unwrap_or_default();
    let revision = desk(&app, &caller).withdraw(&row.article.key, &reason, &caller.actor()).await?;
    Ok(Json(json!({ "id": row.article.key, "revision": revision, "result": "withdrawn" })))
}

#[derive(Debug, Deserialize)]
pub(super) struct Note {
    note: String,
}

pub(super) async fn correct(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Whole(body): Whole,
) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Write)?;
    let row = row(&app, &caller, &id).await?;
    let Note { note } = parse(&body)?;
    if note.trim().is_empty() {
        return Err(Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "note", "say what was wrong"));
    }
    let revision = desk(&app, &caller).correct(&row.article.key, &note, &caller.actor()).await?;
    Ok(Json(json!({ "id": row.article.key, "revision": revision, "result": "corrected" })))
}

#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct LetGo {
    announce: bool,
    breaking: bool,
}

impl Default for LetGo {
    fn default() -> Self {
        Self { announce: true, breaking: false }
    }
}

pub(super) async fn publish(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Whole(body): Whole,
) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Write)?;
    let row = row(&app, &caller, &id).await?;
    let LetGo { announce, breaking } = if body.is_empty() { LetGo::default() } else { parse(&body)? };
    let revision = desk(&app, &caller).publish(&row.article.key, announce, breaking, &caller.actor()).await?;
    Ok(Json(json!({ "id": row.article.key, "revision": revision, "result": "published" })))
}
