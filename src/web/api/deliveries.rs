//! The ledger: where did it go, what did each receiver say, what comes next?

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::model::{ArticleKey, ReceiverId, Seq, State as Standing};
use crate::store::{DeliveryFilter, DeliveryLine, EndpointFilter, Scope};
use crate::web::App;
use crate::web::respond::{Caller, LONGEST_PAGE, Paging, Problem, Query, Read, cursor, list as page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    article: Option<String>,
    endpoint: Option<Uuid>,
    state: Option<String>,
    failed: bool,
    attempts: bool,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) async fn list(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Admin)?;
    let filter = filter(&app, &asked).await?;
    let limit = asked.paging.limit()?;
    let lines = app.store.deliveries(&filter, limit).await?;
    let next = (lines.len() as i64 == limit).then(|| lines.last().map(|line| cursor(line.subject.seq().0, line.receiver.0))).flatten();
    let mut data = Vec::with_capacity(lines.len());
    for line in &lines {
        let mut shown = shown(&app, line);
        if asked.attempts || asked.article.is_some() {
            shown["attempts"] = attempts(&app, line).await?;
        }
        data.push(shown);
    }
    Ok(page(data, next))
}

async fn filter(app: &App, asked: &Asked) -> Result<DeliveryFilter, Problem> {
    let article = match asked.article.as_deref() {
        None => None,
        Some(id) => {
            let key = ArticleKey::parse(id).ok_or_else(|| Problem::not_found("article"))?;
            Some(app.store.article(&key).await?.ok_or_else(|| Problem::not_found("article"))?.id)
        }
    };
    let receiver = match asked.endpoint {
        None => None,
        Some(id) => {
            let found = app.store.endpoints(EndpointFilter { only: Some(id), ..EndpointFilter::default() }).await?;
            Some(found.first().ok_or_else(|| Problem::not_found("endpoint"))?.id)
        }
    };
    let state = asked.state.clone().map(Standing::try_from).transpose();
    let state = state.map_err(|why| Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "state", why))?;
    let after = asked.paging.pair()?.map(|(subject, receiver)| (Seq(subject), ReceiverId(receiver)));
    Ok(DeliveryFilter { article, receiver, state, failed: asked.failed, after })
}

fn shown(app: &App, line: &DeliveryLine) -> Value {
    let time = |at: Option<crate::model::Millis>| at.map(|at| at.rfc3339(app.site.timezone));
    json!({
        "id": format!("{}-{}", line.subject.seq(), line.receiver), "subject": line.subject.seq(), "kind": line.subject.kind(), "about": line.about,
        "channel": line.channel, "receiver": line.name, "endpoint": line.endpoint, "state": line.state, "tries": line.tries,
        "carried": line.carried, "why": line.why, "next": time(line.due.filter(|_| line.state == Standing::Parked)), "settled": time(line.settled_at),
    })
}

async fn attempts(app: &App, line: &DeliveryLine) -> Result<Value, Problem> {
    let attempts = app.store.attempts(line.subject.seq(), line.receiver).await?;
    let shown = attempts.iter().map(|attempt| {
        let exchange = &attempt.exchange;
        json!({
            "n": attempt.n, "at": exchange.at.rfc3339(app.site.timezone), "ms": exchange.ms, "phase": exchange.phase, "code": exchange.code,
            "why": attempt.why, "response": exchange.response,
        })
    });
    Ok(shown.collect())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    deliveries: Vec<String>,
}

pub(super) async fn replay(State(app): State<App>, caller: Caller, Read(wanted): Read<Wanted>) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Admin)?;
    if wanted.deliveries.len() as i64 > LONGEST_PAGE {
        return Err(Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "deliveries", format!("at most {LONGEST_PAGE} at once")));
    }
    let read = |id: &String| {
        let (subject, receiver) = id.split_once('-')?;
        Some((Seq(subject.parse().ok()?), ReceiverId(receiver.parse().ok()?)))
    };
    let deliveries = wanted.deliveries.iter().map(read).collect::<Option<Vec<_>>>();
    let deliveries =
        deliveries.ok_or_else(|| Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "deliveries", "ids as the list gives them"))?;
    let n = crate::publish::replay(&app.store, &deliveries, &caller.actor(), app.clock.now()).await?;
    Ok(Json(json!({ "replayed": n })))
}
