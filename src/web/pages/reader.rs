//! What a reader does with a signed link: confirm, change, leave. A GET shows a button, for mail scanners follow every link; only a
//! POST does anything. The token is the right to do it, so no cookie and no other proof is asked for.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::model::{Cadence, Language, Seq, Subscription, Target};
use crate::pages::{Preferences, field};
use crate::urls::{Holder, LinkAct};
use crate::web::App;
use crate::web::respond::Problem;

use super::subscribe::Offered;
use super::{PRIVATE, Posted, Visitor, page};

/// Who holds a token that this installation signed for this act.
fn holder(app: &App, act: LinkAct, token: &str) -> Result<Holder, Problem> {
    app.urls.read_token(act, token).ok_or_else(|| Problem::not_found("link"))
}

/// `GET /confirm/{token}`.
pub(super) async fn confirm(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Result<Response, Problem> {
    let Holder { reader, epoch, subject } = holder(&app, LinkAct::Confirm, &token)?;
    app.audience.holder_of(reader, epoch).await?;
    let follows = app.audience.asked_in(subject).await?;
    let offered = Offered::read(&app).await?;
    let html = offered.with(|offer| app.pages.confirm(visitor.language, &token, &follows, &offer));
    Ok(page(StatusCode::OK, PRIVATE, html))
}

/// `POST /confirm/{token}`.
pub(super) async fn confirmed(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Result<Response, Problem> {
    let held = holder(&app, LinkAct::Confirm, &token)?;
    app.audience.confirm(held.reader, held.epoch, held.subject).await?;
    let follows = app.store.subscriptions(held.reader).await?;
    let offered = Offered::read(&app).await?;
    let preferences = app.urls.token(LinkAct::Preferences, held);
    let html = offered.with(|offer| app.pages.confirmed(visitor.language, &preferences, &follows, &offer));
    Ok(page(StatusCode::OK, PRIVATE, html))
}

/// `GET /preferences/{token}`.
pub(super) async fn preferences(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Result<Response, Problem> {
    let held = holder(&app, LinkAct::Preferences, &token)?;
    show_preferences(&app, visitor, &token, held, false).await
}

async fn show_preferences(app: &App, visitor: Visitor, token: &str, held: Holder, saved: bool) -> Result<Response, Problem> {
    let row = app.audience.holder_of(held.reader, held.epoch).await?;
    let Some(email) = &row.subscriber.email else { return Err(Problem::new(StatusCode::GONE, "the link is no longer good")) };
    let follows = app.store.subscriptions(held.reader).await?;
    let offered = Offered::read(app).await?;
    // No edition stands behind this link, so it leaves altogether.
    let leave_token = app.urls.token(LinkAct::Unsubscribe, Holder { subject: Seq(0), ..held });
    let language = row.subscriber.language;
    let html = offered.with(|offer| {
        let shown = Preferences { token, leave_token: &leave_token, email, language, follows: &follows, offer, saved };
        app.pages.preferences(visitor.language, &shown)
    });
    Ok(page(StatusCode::OK, PRIVATE, html))
}

/// `POST /preferences/{token}`: each thing on offer has a field of its own name.
pub(super) async fn prefer(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let held = holder(&app, LinkAct::Preferences, &token)?;
    let wishes: Vec<Subscription> = posted.0.iter().filter_map(|(name, value)| wish(name, value)).collect();
    if !posted.0.iter().any(|(name, _)| Target::parse(name).is_some()) {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the form holds no choice"));
    }
    app.audience.prefer(held.reader, held.epoch, &wishes).await?;
    if let Some(language) = posted.first(field::LANGUAGE).and_then(Language::of_tag) {
        app.audience.speak(held.reader, held.epoch, language).await?;
    }
    if wishes.is_empty() {
        return Ok(page(StatusCode::OK, PRIVATE, app.pages.unsubscribed(visitor.language)));
    }
    show_preferences(&app, visitor, &token, held, true).await
}

/// One field of the preferences; `None` for what is no target, and for what is never wanted.
fn wish(name: &str, value: &str) -> Option<Subscription> {
    let target = Target::parse(name)?;
    Some(Subscription { target, cadence: Cadence::try_from(value.to_owned()).ok()? })
}

/// `GET /unsubscribe/{token}`.
pub(super) async fn unsubscribe(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Result<Response, Problem> {
    let held = holder(&app, LinkAct::Unsubscribe, &token)?;
    let preferences = app.urls.token(LinkAct::Preferences, held);
    Ok(page(StatusCode::OK, PRIVATE, app.pages.unsubscribe(visitor.language, &token, &preferences)))
}

/// `POST /unsubscribe/{token}`: from the button, or from a mail program (RFC 8058).
pub(super) async fn leave(State(app): State<App>, visitor: Visitor, Path(token): Path<String>, body: Bytes) -> Result<Response, Problem> {
    let held = holder(&app, LinkAct::Unsubscribe, &token)?;
    app.audience.leave(held.reader, held.epoch, held.subject).await?;
    if is_one_click(&body) {
        let mut done = "unsubscribed\n".into_response();
        done.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
        return Ok(done);
    }
    Ok(page(StatusCode::OK, PRIVATE, app.pages.unsubscribed(visitor.language)))
}

/// RFC 8058, 3.2: the pair `List-Unsubscribe=One-Click`, as a form or as multipart.
fn is_one_click(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.contains("List-Unsubscribe=One-Click") || (text.contains("name=\"List-Unsubscribe\"") && text.contains("One-Click"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_click_is_read_from_a_form_and_from_multipart() {
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        assert!(is_one_click(b"List-Unsubscribe=One-Click") && is_one_click(multipart.as_bytes()));
        assert!(!is_one_click(b"") && !is_one_click(b"List-Unsubscribe=One") && !is_one_click(&[0xFF, 0xFE]));
    }

    #[test]
    fn never_is_no_subscription() {
        assert!(wish("section:news", field::NEVER).is_none() && wish("language", "en").is_none());
        assert_eq!(wish("digest:morning", "digest").unwrap().cadence, Cadence::Digest);
    }
}
