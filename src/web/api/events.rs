//! The event log, page by page.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{Event, Seq, Slug};
use crate::store::Scope;
use crate::web::App;
use crate::web::respond::{Caller, Paging, Problem, Query, list as page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    section: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) async fn list(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    let bad = |field, why: String| Problem::field(StatusCode::UNPROCESSABLE_ENTITY, field, why);
    let after = asked.paging.after.as_deref().filter(|after| !after.is_empty()).map(str::parse).transpose();
    let after = Seq(after.map_err(|_| bad("after", "not a cursor of this list".to_owned()))?.unwrap_or(0));
    let wanted = asked.section.as_deref().map(Slug::parse).transpose().map_err(|error| bad("section", error.to_string()))?;
    let limit = asked.paging.limit()?;
    let events = app.store.events_after(after, limit).await?;
    let next = (events.len() as i64 == limit).then(|| events.last().map(|event| event.seq.to_string())).flatten();
    let inside = |event: &&Event, wanted: Option<&Slug>| {
        let within =
            |wanted: &Slug| event.article_then.sections.iter().filter_map(|slug| Slug::parse(slug).ok()).any(|slug| slug.is_within(wanted));
        wanted.is_none_or(within)
    };
    let mine = events.iter().filter(|event| inside(event, wanted.as_ref()) && inside(event, caller.bound_to()));
    Ok(page(mine.map(|event| shown(&app, event)).collect(), next))
}

fn shown(app: &App, event: &Event) -> Value {
    json!({
        "cursor": event.seq.to_string(), "id": event.id, "type": event.what, "timestamp": event.at.rfc3339(app.site.timezone),
        "announce": event.announce, "data": app.urls.complete(event.article_then.clone()),
    })
}
