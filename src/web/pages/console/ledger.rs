//! The ledger, and the journey of one article.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tokio::time::Instant;

use crate::model::{ArticleKey, Event, Seq};
use crate::pages::{Journey, JourneyDelivery, Ledger, LedgerArticle};
use crate::web::App;
use crate::web::respond::Problem;

use super::super::{PRIVATE, Visitor, page};
use super::Operator;
use super::lines::Lines;

/// Events of one page.
const EVENTS_OF_A_PAGE: i64 = 20;
/// Events of one article: it is revised some times, not hundreds.
const EVENTS_OF_AN_ARTICLE: i64 = 50;
/// A page with open deliveries is asked for again after so long.
const WATCHED: Duration = Duration::from_secs(3);
/// But never so soon that looking takes more than one part in so many of the time: a million readers are counted anew each time.
const REST: u32 = 10;
/// An event so young may not have its deliveries yet.
const YOUNG: Duration = Duration::from_secs(30);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: Option<i64>,
}

/// `GET /console/`.
pub(super) async fn show(
    State(app): State<App>,
    operator: Operator,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let began = Instant::now();
    let events = app.store.events_before(None, asked.after.map(Seq), EVENTS_OF_A_PAGE).await?;
    let lines = Lines::of(&app, &events).await?;
    let articles: Vec<LedgerArticle> = events.iter().map(|event| entry(event, &lines)).collect();
    let now = app.clock.now();
    let is_young = events.first().is_some_and(|event| event.announce && now.since(event.at) < YOUNG);
    let older = (events.len() as i64 == EVENTS_OF_A_PAGE).then(|| events.last().map(|event| event.seq.to_string())).flatten();
    let csrf = operator.csrf(&app);
    let again_in = (lines.is_open() || is_young).then(|| WATCHED.max(began.elapsed() * REST).as_secs() as u32);
    let ledger = Ledger { articles: &articles, as_of: now, older: older.as_deref(), again_in, csrf: &csrf };
    Ok(page(StatusCode::OK, PRIVATE, app.pages.console_ledger(visitor.language, &ledger)))
}

fn entry(event: &Event, lines: &Lines) -> LedgerArticle {
    LedgerArticle {
        key: event.key.clone(),
        title: event.article_then.title.clone().unwrap_or_default(),
        what: event.what,
        at: event.at,
        announce: event.announce,
        receivers: lines.endpoints_of(event).map(|(_, receiver)| receiver).chain(lines.readers_of(event)).collect(),
    }
}

/// `GET /console/articles/{id}`.
pub(super) async fn journey(
    State(app): State<App>,
    operator: Operator,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("article");
    let key = ArticleKey::parse(&id).ok_or_else(unknown)?;
    let row = app.store.article(&key).await?.ok_or_else(unknown)?;
    let mut events = app.store.events_before(Some(row.id), None, EVENTS_OF_AN_ARTICLE).await?;
    events.reverse();
    let lines = Lines::of(&app, &events).await?;
    let mut deliveries = Vec::new();
    for event in &events {
        for (line, receiver) in lines.endpoints_of(event) {
            let attempts = app.store.attempts(line.subject.seq(), line.receiver).await?;
            deliveries.push(JourneyDelivery { what: event.what, receiver, attempts });
        }
        let readers = lines.readers_of(event);
        deliveries.extend(readers.map(|receiver| JourneyDelivery { what: event.what, receiver, attempts: Vec::new() }));
    }
    let csrf = operator.csrf(&app);
    let shown = Journey { key: &key, title: &row.article.title, deliveries: &deliveries, as_of: app.clock.now(), csrf: &csrf };
    Ok(page(StatusCode::OK, PRIVATE, app.pages.console_journey(visitor.language, &shown)))
}
