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

    /// Shows one of the daemon's addresses on the page, in place of an earlier one of that name: its newsroom, its console, its
    /// subscribe form.
    pub fn show(&self, name: &str, url: &str) {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        match doors.iter_mut().find(|(known, _)| known == name) {
            Some((_, shown)) => url.clone_into(shown),
            None => doors.push((name.to_owned(), url.to_owned())),
        }
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
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::demo::wire::{Wire, exchange, get};
    use crate::model::Millis;

    const SOON: Duration = Duration::from_secs(5);

    async fn stage(language: Language) -> (Stage, Lifecycle) {
        let lifecycle = Lifecycle::default();
        (Stage::start(language, Clock::manual(Millis(1_800_000_000_000)), &lifecycle).await.unwrap(), lifecycle)
    }

    async fn mail(stage: &Stage, message: &str) {
        let mut wire = Wire::dial(stage.mailbox.address()).await;
        wire.send(b"EHLO a\r\nMAIL FROM:<news@a.test>\r\nRCPT TO:<reader@b.test>\r\nDATA\r\n").await;
        wire.send(format!("{message}\r\n.\r\nQUIT\r\n").as_bytes()).await;
        let before = stage.mailbox.received().len();
        stage.mailbox.wait_for(SOON, |mails| mails.len() > before).await.unwrap();
    }

    #[tokio::test]
    async fn the_page_speaks_its_language_and_links_to_everything() {
        for (language, words) in [(Language::Chinese, "新闻从这里来"), (Language::English, "Where the news comes from")] {
            let (stage, lifecycle) = stage(language).await;
            stage.show("Console <1>", "http://127.0.0.1:9/old/");
            stage.show("Console <1>", "http://127.0.0.1:9/console/");
            let page = get(stage.address(), "/").await;
            assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
            let page = page.text();
            for part in
                [words, language.tag(), &stage.legacy.url(), &stage.english.url(), &stage.english.feed_url(), "http-equiv=\"refresh\""]
            {
                assert!(page.contains(part), "{part}");
            }
            assert!(page.contains("Console &#60;1&#62;") && !page.contains("/old/") && !page.contains("<script"));
            lifecycle.stop_softly();
            tokio::time::timeout(SOON, lifecycle.ended()).await.unwrap();
            assert_eq!(lifecycle.crash(), None);
        }
    }

    #[tokio::test]
    async fn a_mail_is_shown_and_its_html_is_shut_in() {
        let (stage, _lifecycle) = stage(Language::English).await;
        mail(&stage, "Subject: Old <b>\r\nContent-Type: text/plain\r\n\r\nplain & simple").await;
        let html = "<!doctype html><html><head lang=en><title>t</title></head><body><script>1</script><a href=x>y</a></body></html>";
        mail(&stage, &format!("Subject: New\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}")).await;
        let page = get(stage.address(), "/").await.text();
        assert!(page.find("/mail/2").unwrap() < page.find("/mail/1").unwrap() && page.contains("Old &#60;b&#62;"));
        let first = get(stage.address(), "/mail/1").await.text();
        assert!(first.contains("plain &#38; simple") && first.contains("reader@b.test") && !first.contains("<iframe"));
        assert!(get(stage.address(), "/mail/2").await.text().contains("src=\"/mail/2/html\""));
        let frame = get(stage.address(), "/mail/2/html").await;
        let policy = frame.header("content-security-policy").unwrap();
        assert!(policy.starts_with("sandbox ") && !policy.contains("allow-scripts"));
        assert!(frame.text().contains("<head lang=en><base target=\"_blank\"><title>"));
        for path in ["/mail/0", "/mail/3", "/mail/x", "/mail/1/other", "/none"] {
            assert_eq!(get(stage.address(), path).await.status, 404, "{path}");
        }
    }

    #[tokio::test]
    async fn a_hook_is_shown_with_its_verdict() {
        let (stage, _lifecycle) = stage(Language::English).await;
        stage.receiver.trust("/hook/2", "whsec_c2VjcmV0").unwrap();
        let body = br#"{"type":"article.published","data":{"title":"A <new> bridge"}}"#;
        for path in ["/hook/1", "/hook/2"] {
            exchange(stage.receiver.address(), "POST", path, &[], body).await;
        }
        let page = get(stage.address(), "/").await.text();
        assert!(page.contains("Webhooks received (2)") && page.contains("A &#60;new&#62; bridge"));
        assert!(page.contains("no secret to check by") && page.contains("not signed") && !page.contains("signature good"));
    }
}
