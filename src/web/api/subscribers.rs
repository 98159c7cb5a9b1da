//! Readers, by the API.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::audience::{Asked, AudienceError, Wish};
use crate::model::{Cadence, Language, ReceiverId, Slug, Subscription, Target};
use crate::store::Scope;
use crate::web::App;
use crate::web::respond::{Caller, Paging, Problem, Query, Read, list as page};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    email: String,
    subscriptions: Vec<Followed>,
    timezone: Option<String>,
    language: Option<String>,
    consent: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Followed {
    section: Option<Slug>,
    digest: Option<String>,
    cadence: Option<Cadence>,
}

impl Followed {
    fn read(self) -> Result<Subscription, AudienceError> {
        match (self.section, self.digest, self.cadence) {
            (Some(section), None, cadence) => Ok(Subscription { target: Target::Section(section), cadence: cadence.unwrap_or_default() }),
            (None, Some(digest), None) => Ok(Subscription { target: Target::Digest(digest), cadence: Cadence::Digest }),
            (None, Some(_), Some(_)) => Err(AudienceError::Cadence),
            _ => Err(AudienceError::Nothing),
        }
    }
}

/// With proof of consent the reader is subscribed; without it a confirmation goes out.
pub(super) async fn add(State(app): State<App>, caller: Caller, Read(wanted): Read<Wanted>) -> Result<Response, Problem> {
    caller.may(Scope::Admin)?;
    let subscriptions = wanted.subscriptions.into_iter().map(Followed::read).collect::<Result<Vec<_>, _>>()?;
    let language = wanted.language.as_deref().and_then(Language::of_tag).unwrap_or(app.site.language);
    let zone = wanted.timezone.unwrap_or_else(|| app.site.timezone.to_string());
    if zone.parse::<chrono_tz::Tz>().is_err() {
        return Err(Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "timezone", "an IANA zone such as Asia/Shanghai"));
    }
    let wish = Wish { email: wanted.email, subscriptions, language, zone };
    let asked = match wanted.consent.as_deref().filter(|consent| !consent.trim().is_empty()) {
        Some(proof) => app.audience.subscribe_with_consent(&wish, proof, &caller.actor()).await?,
        None => app.audience.ask(&wish, &caller.actor()).await?,
    };
    let (status, result) = match asked {
        Asked::Subscribed => (StatusCode::CREATED, "subscribed"),
        Asked::ConfirmationSent => (StatusCode::ACCEPTED, "confirmation sent"),
        Asked::AskedBefore => (StatusCode::ACCEPTED, "asked before"),
        Asked::Suppressed => (StatusCode::CONFLICT, "suppressed"),
    };
    Ok((status, Json(json!({ "result": result }))).into_response())
}

pub(super) async fn list(State(app): State<App>, caller: Caller, Query(paging): Query<Paging>) -> Result<Json<Value>, Problem> {
    caller.may(Scope::Admin)?;
    let after = paging.after.as_deref().filter(|after| !after.is_empty()).map(str::parse).transpose();
    let after = after.map_err(|_| Problem::field(StatusCode::UNPROCESSABLE_ENTITY, "after", "not a cursor of this list"))?;
    let limit = paging.limit()?;
    let rows = app.store.subscribers(ReceiverId(after.unwrap_or(0)), limit).await?;
    let next = (rows.len() as i64 == limit).then(|| rows.last().map(|row| row.subscriber.id.to_string())).flatten();
    let shown = rows.iter().map(|row| {
        let reader = &row.subscriber;
        json!({
            "id": reader.id, "email": reader.email.as_ref().map(|email| email.expose().to_owned()), "state": reader.state,
            "language": reader.language, "timezone": reader.zone, "created": row.created_at.rfc3339(app.site.timezone),
            "confirmed": row.confirmed_at.map(|at| at.rfc3339(app.site.timezone)),
        })
    });
    Ok(page(shown.collect(), next))
}
