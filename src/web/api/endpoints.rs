//! Endpoints: added, listed, switched, tested, rotated.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audience::NewEndpoint;
use crate::model::{Endpoint, EventType, Filters, Preset, Secret, Slug};
use crate::store::{EndpointFilter, Scope};
use crate::web::App;
use crate::web::respond::{Caller, Problem, Read, list as page};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    url: String,
    #[serde(default)]
    preset: Preset,
    #[serde(default)]
    sections: Vec<Slug>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    authors: Vec<String>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    events: Vec<EventType>,
    owner: Option<String>,
    secret: Option<String>,
}

/// A partner's token reaches its own section only, and its endpoints must prove themselves.
pub(super) async fn add(State(app): State<App>, caller: Caller, Read(wanted): Read<Wanted>) -> Result<Response, Problem> {
    let bound = caller.bound_to().cloned();
    caller.may(if bound.is_some() { Scope::Write } else { Scope::Admin })?;
    let mut sections = wanted.sections;
    if let Some(bound) = &bound {
        if sections.is_empty() {
            sections.push(bound.clone());
        }
        if let Some(outside) = sections.iter().find(|slug| !slug.is_within(bound)) {
            return Err(Problem::field(StatusCode::FORBIDDEN, "sections", format!("this token reaches {bound}, not {outside}")));
        }
    }
    let filters = Filters { sections, tags: wanted.tags, authors: wanted.authors, languages: wanted.languages, events: wanted.events };
    let secret = wanted.secret.map(Secret::new);
    let new = NewEndpoint { url: wanted.url, preset: wanted.preset, filters, owner: wanted.owner, secret, proven: bound.is_none() };
    let added = app.audience.add_endpoint(new, &caller.actor(), "api").await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": added.id, "secret": added.secret.expose() }))).into_response())
}

pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    let endpoints = app.store.endpoints(EndpointFilter::default()).await?;
    let mine = endpoints.iter().filter(|endpoint| visible(&caller, endpoint));
    Ok(page(mine.map(|endpoint| shown(&app, endpoint)).collect(), None))
}

fn visible(caller: &Caller, endpoint: &Endpoint) -> bool {
    let inside = |bound: &Slug| !endpoint.filters.sections.is_empty() && endpoint.filters.sections.iter().all(|slug| slug.is_within(bound));
    caller.bound_to().is_none_or(inside)
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    Ok(Json(shown(&app, &find(&app, &caller, id).await?)))
}

async fn find(app: &App, caller: &Caller, id: Uuid) -> Result<Endpoint, Problem> {
    let found = app.store.endpoints(EndpointFilter { only: Some(id), ..EndpointFilter::default() }).await?;
    found.into_iter().find(|endpoint| visible(caller, endpoint)).ok_or_else(|| Problem::not_found("endpoint"))
}

/// For many channels the address is the secret: only its host is shown.
pub(super) fn masked(app: &App, endpoint: &Endpoint) -> String {
    let url = app.keys.open_text(&endpoint.url).ok().and_then(|url| url::Url::parse(url.expose()).ok());
    url.map_or_else(String::new, |url| format!("{}://{}/…", url.scheme(), &url[url::Position::BeforeHost..url::Position::AfterPort]))
}

fn shown(app: &App, endpoint: &Endpoint) -> Value {
    json!({
        "id": endpoint.public, "name": endpoint.name, "url": masked(app, endpoint), "preset": endpoint.preset, "state": endpoint.state,
        "why": endpoint.why, "owner": endpoint.owner, "sections": endpoint.filters.sections, "tags": endpoint.filters.tags,
        "authors": endpoint.filters.authors, "languages": endpoint.filters.languages, "events": endpoint.filters.events,
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    enabled: bool,
}

pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Read(change): Read<Change>,
) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Admin)?;
    find(&app, &caller, id).await?;
    app.audience.switch_endpoint(id, change.enabled, &caller.actor()).await?;
    Ok(Json(shown(&app, &find(&app, &caller, id).await?)))
}

pub(super) async fn test(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    caller.may(Scope::Write)?;
    find(&app, &caller, id).await?;
    let letter = app.audience.test_endpoint(id, &caller.actor()).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "subject": letter }))).into_response())
}

pub(super) async fn rotate(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Write)?;
    find(&app, &caller, id).await?;
    let declared = |name: &str| app.declared_secrets.iter().any(|declared| declared == name);
    let secret = app.audience.rotate_endpoint(id, declared, &caller.actor()).await?;
    Ok(Json(json!({ "id": id, "secret": secret.expose() })))
}
