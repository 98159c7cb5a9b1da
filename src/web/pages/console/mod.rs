//! The console: for whoever has a session. Everything else leads to its door.

mod door;
mod ledger;
mod lines;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::keys::Purpose;
use crate::web::App;
use crate::web::respond::Problem;

use super::{Posted, redirect};

/// The session's cookie. Not `__Host-`: that wants `Path=/`, and the base may lie deeper.
const COOKIE: &str = "postrider_session";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/console", get(slash))
        .route("/console/", get(ledger::show))
        .route("/console/articles/{id}", get(ledger::journey))
        .route("/console/sign-in", get(door::form).post(door::enter))
        .route("/console/sign-out", post(door::leave))
}

async fn slash(State(app): State<App>) -> Result<Response, Problem> {
    redirect(StatusCode::MOVED_PERMANENTLY, &path(&app, ""))
}

/// A path of the console.
fn path(app: &App, below: &str) -> String {
    format!("{}console/{below}", app.urls.base_path())
}

/// Whoever holds a session that is good.
#[derive(Debug)]
struct Operator {
    secret: String,
}

impl FromRequestParts<App> for Operator {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Head, app: &App) -> Result<Self, Response> {
        let to_the_door = || redirect(StatusCode::SEE_OTHER, &path(app, "sign-in")).unwrap_or_else(IntoResponse::into_response);
        let Some(secret) = cookie(&head.headers) else { return Err(to_the_door()) };
        match app.access.session(secret).await {
            Ok(Some(_)) => Ok(Self { secret: secret.to_owned() }),
            Ok(None) => Err(to_the_door()),
            Err(error) => Err(Problem::from(error).into_response()),
        }
    }
}

impl Operator {
    /// Ties a form to this session.
    fn csrf(&self, app: &App) -> String {
        app.keys.sign(Purpose::Form, &self.csrf_message())
    }

    fn csrf_message(&self) -> String {
        format!("csrf:{}", self.secret)
    }

    /// Refuses a form that was not handed out to this session.
    fn check(&self, app: &App, posted: &Posted) -> Result<(), Problem> {
        let given = posted.first("csrf").unwrap_or_default();
        if app.keys.verify(Purpose::Form, &self.csrf_message(), given) {
            Ok(())
        } else {
            Err(Problem::new(StatusCode::FORBIDDEN, "the form does not belong to this session; load the page again"))
        }
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}
