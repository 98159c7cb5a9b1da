//! All versions of an article, and what changed between two of them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::articles::row;
use crate::ingest::{Difference, differences, marked};
use crate::model::ArticleJson;
use crate::store::{RevisionRow, Scope};
use crate::web::App;
use crate::web::respond::{Caller, Problem, Query, list as page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `A..B`: what changed from one version to another.
    diff: Option<String>,
}

/// `GET /articles/{id}/revisions`: each with its copy; with `?diff=A..B` the two of them and what changed.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    let row = row(&app, &caller, &id).await?;
    let revisions = app.store.revisions(&row).await?;
    // Who works at the desk is nothing to a partner.
    let names = caller.bound_to().is_none();
    let Some(diff) = asked.diff else {
        return Ok(page(revisions.iter().map(|revision| shown(&app, revision, names)).collect(), None));
    };
    let wrong = || Problem::field(StatusCode::BAD_REQUEST, "diff", "two versions that there are, such as 1..2");
    let (from, to) = diff.split_once("..").ok_or_else(wrong)?;
    let version = |text: &str| {
        let wanted = text.parse::<i64>().ok()?;
        revisions.iter().find(|revision| revision.article.revision.0 == wanted)
    };
    let (from, to) = (version(from).ok_or_else(wrong)?, version(to).ok_or_else(wrong)?);
    let changed = differences(&from.article, &to.article);
    let changed: Vec<Value> = changed.iter().map(told).collect();
    Ok(Json(json!({ "from": from.article.revision, "to": to.article.revision, "changes": changed })))
}

fn told(difference: &Difference) -> Value {
    json!({ "field": difference.field, "before": difference.before, "after": difference.after, "marked": marked(difference) })
}

fn shown(app: &App, revision: &RevisionRow, names: bool) -> Value {
    let article = app.urls.complete(ArticleJson::of(&revision.article, app.site.timezone));
    let mut shown = json!({
        "revision": revision.article.revision, "at": revision.at.rfc3339(app.site.timezone), "weight": revision.weight, "note": revision.note,
        "article": article,
    });
    if names {
        shown["actor"] = Value::from(revision.actor.as_str());
    }
    shown
}
