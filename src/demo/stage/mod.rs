//! The whole stage, and the page that shows it.

mod page;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;

use super::serve::{self, Body, whole};
use super::{DemoError, EnglishSite, Keep, LegacySite, Mailbox, Receiver};
use crate::clock::Clock;
use crate::lifecycle::Lifecycle;
use crate::model::Language;

/// Two news sites, a mailbox, a webhook receiver, and a page that shows what reached them.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The legacy Chinese site.
    pub legacy: LegacySite,
    /// The English site with a feed.
    pub english: EnglishSite,
    /// Everyone's mailbox.
    pub mailbox: Mailbox,
    /// The webhook receiver.
    pub receiver: Receiver,
    address: SocketAddr,
    doors: Doors,
}

/// The daemon's own addresses, by name, as they are shown.
type Doors = Arc<Mutex<Vec<(String, String)>>>;

impl Stage {
    /// Sets the stage; its page speaks `language`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(language: Language, clock: Clock, lifecycle: &Lifecycle) -> Result<Self, DemoError> {
        let legacy = LegacySite::start(clock.clone(), lifecycle).await?;
        let english = EnglishSite::start(clock.clone(), lifecycle).await?;
        let mailbox = Mailbox::start(clock.clone(), lifecycle).await?;
        let receiver = Receiver::start(Keep::Whole, clock.clone(), lifecycle).await?;
        let doors = Doors::default();
        let view = Arc::new(View {
            language,
            clock,
            legacy: legacy.clone(),
            english: english.clone(),
            mailbox: mailbox.clone(),
            receiver: receiver.clone(),
            doors: Arc::clone(&doors),
        });
        let address = serve::serve("the stage's page", lifecycle, move |request: Request<Incoming>| {
            let answer = view.answer(request.method(), request.uri().path());
            async move { Ok(answer) }
        })
        .await?;
        Ok(Self { legacy, english, mailbox, receiver, address, doors })
    }

    /// The page to open first.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Where the page is served.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shows one of the daemon's addresses on the page: its newsroom, its console, its subscribe form.
    pub fn show(&self, name: &str, url: &str) {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), url.to_owned()));
    }
}

/// What the page looks at.
struct View {
    language: Language,
    clock: Clock,
    legacy: LegacySite,
    english: EnglishSite,
    mailbox: Mailbox,
    receiver: Receiver,
    doors: Doors,
}

/// For the stage's own pages: nothing from outside, no script.
const OWN: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'";
/// For a mail's HTML: a sandbox without scripts, whose links open in a new tab; pictures come from this machine only.
const MAILED: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
                      img-src data: http://127.0.0.1:*; frame-ancestors 'self'";

impl View {
    fn answer(&self, method: &Method, path: &str) -> Response<Body> {
        if method != Method::GET && method != Method::HEAD {
            return serve::plain(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only\n");
        }
        if path == "/" {
            return html(StatusCode::OK, OWN, page::index(self));
        }
        let mail = path.strip_prefix("/mail/").and_then(|rest| {
            let (number, part) = rest.split_once('/').unwrap_or((rest, ""));
            let place = number.parse::<usize>().ok()?.checked_sub(1)?;
            self.mailbox.received().into_iter().nth(place).map(|mail| (place + 1, part.to_owned(), mail))
        });
        match mail {
            Some((number, part, mail)) if part.is_empty() => html(StatusCode::OK, OWN, page::mail(self, number, &mail)),
            Some((_, part, mail)) if part == "html" => html(StatusCode::OK, MAILED, page::in_new_tabs(&mail.html())),
            _ => html(StatusCode::NOT_FOUND, OWN, page::missing(self)),
        }
    }
}

fn html(status: StatusCode, policy: &'static str, page: String) -> Response<Body> {
    let mut answer = Response::new(whole(page));
    *answer.status_mut() = status;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in headers {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests;
