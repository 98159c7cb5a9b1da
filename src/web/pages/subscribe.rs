//! Subscribing, and asking for the link to one's preferences. Whatever is known of an address, the answer is the same.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use crate::audience::{AudienceError, Wish};
use crate::model::{Actor, Cadence, EmailAddress, Language, Section, Subscription, Target};
use crate::pages::{AskForm, Digest, Offer, SubscribeForm, SubscribeProblem, field};
use crate::store::StoreError;
use crate::web::App;
use crate::web::network::{Peer, client};
use crate::web::respond::Problem;

use super::guard::{Form, PostedFrom, is_trapped, posted_from};
use super::{PRIVATE, Posted, Visitor, page, pairs};

/// How often a section can be followed in this version: what `audience` takes.
const CADENCES: &[Cadence] = &[Cadence::Instant];

/// What can be followed, as the store has it.
pub(super) struct Offered {
    sections: Vec<Section>,
    digests: Vec<(String, String)>,
}

impl Offered {
    pub(super) async fn read(app: &App) -> Result<Self, StoreError> {
        let title = |spec: &serde_json::Value| spec.get("title").and_then(serde_json::Value::as_str).map(ToOwned::to_owned);
        let digests = app.store.digests().await?;
        let digests = digests.into_iter().map(|row| (row.name.clone(), title(&row.spec).unwrap_or(row.name))).collect();
        Ok(Self { sections: app.store.sections().await?, digests })
    }

    /// Hands it out as pages want it.
    pub(super) fn with<R>(&self, make: impl FnOnce(Offer<'_>) -> R) -> R {
        let digests: Vec<Digest> = self.digests.iter().map(|(name, title)| Digest { name, title }).collect();
        make(Offer { sections: &self.sections, digests: &digests, cadences: CADENCES })
    }
}

/// The form as far as it was filled in.
#[derive(Debug, Default)]
struct Draft {
    email: String,
    chosen: Vec<Target>,
    cadence: Cadence,
}

impl Draft {
    fn posted(posted: &Posted) -> Self {
        let cadence = posted.first(field::CADENCE).and_then(|cadence| Cadence::try_from(cadence.to_owned()).ok());
        Self {
            email: posted.first(field::EMAIL).unwrap_or_default().trim().to_owned(),
            chosen: posted.all(field::FOLLOW).filter_map(Target::parse).collect(),
            cadence: cadence.unwrap_or_default(),
        }
    }

    fn subscriptions(&self) -> Vec<Subscription> {
        let cadence = |target: &Target| match target {
            Target::Section(_) => self.cadence,
            Target::Digest(_) => Cadence::Digest,
        };
        self.chosen.iter().map(|target| Subscription { target: target.clone(), cadence: cadence(target) }).collect()
    }

    async fn show(&self, app: &App, language: Language, problem: Option<SubscribeProblem>) -> Result<Response, Problem> {
        let offered = Offered::read(app).await?;
        let stamp = Form::Subscribe.stamp(app);
        let html = offered.with(|offer| {
            let Self { email, chosen, cadence } = self;
            let form = SubscribeForm { offer, email, chosen, cadence: *cadence, problem, stamp: &stamp };
            app.pages.subscribe(language, &form)
        });
        let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        Ok(page(status, PRIVATE, html))
    }
}

/// `GET /subscribe?follow=section:news`.
pub(super) async fn form(State(app): State<App>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let asked = Posted(pairs(uri.query().unwrap_or_default().as_bytes()));
    let chosen = asked.all(field::FOLLOW).filter_map(Target::parse).collect();
    Draft { chosen, ..Draft::default() }.show(&app, visitor.language, None).await
}

/// A post that passed the first gate: its network has budget left.
pub(super) struct Admitted {
    pub(super) headers: HeaderMap,
    pub(super) posted: Posted,
}

/// Takes from the network's budget before anything is read.
pub(super) async fn admit(app: &App, request: Request) -> Result<Admitted, Problem> {
    use axum::extract::FromRequest as _;
    let headers = request.headers().clone();
    let peer = request.extensions().get::<Peer>().copied();
    app.networks.spend(client(peer, &headers, &app.trusted_proxies), app.clock.now())?;
    Ok(Admitted { headers, posted: Posted::from_request(request, app).await? })
}

/// `POST /subscribe`.
pub(super) async fn take(State(app): State<App>, visitor: Visitor, request: Request) -> Result<Response, Problem> {
    let Admitted { headers, posted } = admit(&app, request).await?;
    let from = posted_from(&app, &headers)?;
    let language = posted.first(field::LANGUAGE).and_then(Language::of_tag).unwrap_or(visitor.language);
    let draft = Draft::posted(&posted);
    let Ok(address) = EmailAddress::parse(&draft.email) else {
        return draft.show(&app, language, Some(SubscribeProblem::Email)).await;
    };
    let check_mail = || page(StatusCode::OK, PRIVATE, app.pages.check_mail(language, &address));
    if is_trapped(&posted) {
        return Ok(check_mail());
    }
    let without_stamp = from == PostedFrom::Friend && posted.first(field::STAMP).is_none();
    if !without_stamp && !Form::Subscribe.is_timely(&app, &posted) {
        return draft.show(&app, language, Some(SubscribeProblem::Stale)).await;
    }
    let wish = Wish { email: draft.email.clone(), subscriptions: draft.subscriptions(), language, zone: app.site.timezone.to_string() };
    match app.audience.ask(&wish, &Actor::Reader).await {
        Ok(_) => Ok(check_mail()),
        Err(AudienceError::Address(_)) => draft.show(&app, language, Some(SubscribeProblem::Email)).await,
        Err(AudienceError::Nothing | AudienceError::Cadence | AudienceError::UnknownSection(_) | AudienceError::UnknownDigest(_)) => {
            draft.show(&app, language, Some(SubscribeProblem::Nothing)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /preferences`.
pub(super) async fn ask_form(State(app): State<App>, visitor: Visitor) -> Response {
    show_ask(&app, visitor.language, "", false)
}

fn show_ask(app: &App, language: Language, email: &str, bad_email: bool) -> Response {
    let stamp = Form::AskPreferences.stamp(app);
    let status = if bad_email { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, PRIVATE, app.pages.ask_preferences(language, &AskForm { email, bad_email, stamp: &stamp }))
}

/// `POST /preferences`: the link goes by mail, where somebody of that address is here.
pub(super) async fn mail_link(State(app): State<App>, visitor: Visitor, request: Request) -> Result<Response, Problem> {
    let Admitted { headers, posted } = admit(&app, request).await?;
    posted_from(&app, &headers)?;
    let language = visitor.language;
    let email = posted.first(field::EMAIL).unwrap_or_default().trim();
    let Ok(address) = EmailAddress::parse(email) else { return Ok(show_ask(&app, language, email, true)) };
    if !is_trapped(&posted) {
        if !Form::AskPreferences.is_timely(&app, &posted) {
            return Ok(show_ask(&app, language, email, false));
        }
        app.audience.mail_preferences(email).await?;
    }
    Ok(page(StatusCode::OK, PRIVATE, app.pages.check_mail(language, &address)))
}
