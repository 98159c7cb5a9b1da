//! In with a one-time code, out with a button.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::Response;

use crate::pages::SignIn;
use crate::web::App;
use crate::web::respond::Problem;

use super::super::guard::Form;
use super::super::subscribe::{Admitted, admit};
use super::super::{PRIVATE, Posted, Visitor, page, pairs, redirect};
use super::{COOKIE, Operator, path};

/// `GET /console/sign-in?code=…`: fills the code in and spends nothing, for whatever previews links follows this one too.
pub(super) async fn form(State(app): State<App>, visitor: Visitor, uri: Uri) -> Response {
    let asked = Posted(pairs(uri.query().unwrap_or_default().as_bytes()));
    show(&app, visitor, asked.first("code").unwrap_or_default(), false)
}

fn show(app: &App, visitor: Visitor, code: &str, refused: bool) -> Response {
    let stamp = Form::SignIn.stamp(app);
    let status = if refused { StatusCode::FORBIDDEN } else { StatusCode::OK };
    page(status, PRIVATE, app.pages.console_sign_in(visitor.language, &SignIn { code, refused, stamp: &stamp }))
}

/// `POST /console/sign-in`: spends the code. The stamp keeps strangers' pages from signing a browser in.
pub(super) async fn enter(State(app): State<App>, visitor: Visitor, request: Request) -> Result<Response, Problem> {
    let Admitted { headers, posted } = admit(&app, request).await?;
    let from_elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    if from_elsewhere || Form::SignIn.age(&app, &posted).is_none() {
        return Err(Problem::new(StatusCode::FORBIDDEN, "the form was not handed out here, or long ago; load the page again"));
    }
    let Some(session) = app.access.sign_in(posted.first("code").unwrap_or_default().trim()).await? else {
        return Ok(show(&app, visitor, "", true));
    };
    let mut inside = redirect(StatusCode::SEE_OTHER, &path(&app, ""))?;
    set_cookie(&app, &mut inside, session.expose(), "")?;
    Ok(inside)
}

/// `POST /console/sign-out`.
pub(super) async fn leave(State(app): State<App>, operator: Operator, posted: Posted) -> Result<Response, Problem> {
    operator.check(&app, &posted)?;
    app.access.sign_out(&operator.secret).await?;
    let mut outside = redirect(StatusCode::SEE_OTHER, &path(&app, "sign-in"))?;
    set_cookie(&app, &mut outside, "", "; Max-Age=0")?;
    Ok(outside)
}

fn set_cookie(app: &App, answer: &mut Response, value: &str, ends: &str) -> Result<(), Problem> {
    let secure = if app.urls.base().scheme() == "https" { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path={}; HttpOnly; SameSite=Strict{secure}{ends}", app.urls.base_path());
    let text = HeaderValue::from_str(&text).map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the cookie cannot be sent"))?;
    answer.headers_mut().insert(header::SET_COOKIE, text);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
    Ok(())
}
