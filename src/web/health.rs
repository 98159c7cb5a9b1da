//! Whether the daemon lives, whether it can work, and its figures.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::respond::Problem;

/// It answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// Its store answers too.
pub(super) async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    app.store.head().await.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer")
    })?;
    Ok("ready\n")
}

/// In Prometheus' text form.
pub(super) async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let mut text = String::from("# HELP postrider_deliveries Deliveries by state.\n# TYPE postrider_deliveries gauge\n");
    for count in app.store.ledger_of_all().await? {
        let _ = writeln!(text, "postrider_deliveries{{state=\"{}\"}} {}", count.state.as_str(), count.n);
    }
    text.push_str("# HELP postrider_subscribers Readers by state.\n# TYPE postrider_subscribers gauge\n");
    for (state, n) in app.store.subscriber_counts().await? {
        let _ = writeln!(text, "postrider_subscribers{{state=\"{state}\"}} {n}");
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
