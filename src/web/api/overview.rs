//! Sections, sources, figures.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::store::Scope;
use crate::urls::FeedFile;
use crate::web::App;
use crate::web::respond::{Caller, Problem, list};

pub(super) async fn sections(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    let shown = |section: &crate::model::Section| {
        let slug = Some(&section.slug);
        let feeds: serde_json::Map<String, Value> =
            FeedFile::ALL.into_iter().map(|file| (file.name().to_owned(), Value::from(app.urls.feed(slug, file, false)))).collect();
        json!({ "slug": section.slug, "title": section.title, "aliases": section.aliases, "declared": section.declared, "feeds": feeds })
    };
    Ok(list(app.store.sections().await?.iter().map(shown).collect(), None))
}

pub(super) async fn sources(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    let shown = |source: &crate::store::SourceRow| {
        json!({
            "name": source.name, "kind": source.kind, "paused": source.paused, "health": source.health,
            "next": source.next_at.map(|at| at.rfc3339(app.site.timezone)), "failures": source.memory.failures,
        })
    };
    Ok(list(app.store.sources().await?.iter().map(shown).collect(), None))
}

pub(super) async fn stats(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Read)?;
    let deliveries: serde_json::Map<String, Value> =
        app.store.ledger_of_all().await?.into_iter().map(|count| (count.state.as_str().to_owned(), Value::from(count.n))).collect();
    let subscribers: serde_json::Map<String, Value> =
        app.store.subscriber_counts().await?.into_iter().map(|(state, n)| (state, Value::from(n))).collect();
    Ok(Json(json!({ "deliveries": deliveries, "subscribers": subscribers })))
}
