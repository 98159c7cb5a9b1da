//! `/api/v1/…` (contract.md, API).

mod articles;
mod deliveries;
mod endpoints;
mod events;
mod idempotency;
mod overview;
mod revisions;
mod subscribers;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::App;
use super::respond::Problem;

pub(super) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/articles", get(articles::list).post(articles::push))
        .route("/articles/{id}", get(articles::show).patch(articles::amend).delete(articles::withdraw))
        .route("/articles/{id}/revisions", get(revisions::list))
        .route("/articles/{id}/correct", post(articles::correct))
        .route("/articles/{id}/publish", post(articles::publish))
        .route("/events", get(events::list))
        .route("/endpoints", get(endpoints::list).post(endpoints::add))
        .route("/endpoints/{id}", get(endpoints::show).patch(endpoints::change))
        .route("/endpoints/{id}/test", post(endpoints::test))
        .route("/endpoints/{id}/rotate", post(endpoints::rotate))
        .route("/subscribers", get(subscribers::list).post(subscribers::add))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/replay", post(deliveries::replay))
        .route("/sections", get(overview::sections))
        .route("/sources", get(overview::sources))
        .route("/stats", get(overview::stats))
        .layer(from_fn_with_state(app.clone(), idempotency::once))
        .method_not_allowed_fallback(async || Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method"))
        .fallback(async || Problem::not_found("address"))
}
