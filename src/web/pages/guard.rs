//! What stands before a form: where it was posted from, when it was handed out, and a field that only programs fill
//! (facts on subscription bombing: the order of defence).

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};

use crate::keys::Purpose;
use crate::model::Millis;
use crate::pages::field;
use crate::web::App;
use crate::web::respond::Problem;

use super::Posted;

/// No person fills a form in less; browsers that fill it by themselves still need a click.
const SHORTEST_FILL: Duration = Duration::from_secs(2);
/// A form that stayed open overnight is still good.
const STAMP_LASTS: Duration = Duration::from_hours(24);

/// A form that is handed out with a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Subscribe,
    AskPreferences,
    SignIn,
}

impl Form {
    const fn word(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::AskPreferences => "preferences",
            Self::SignIn => "sign-in",
        }
    }

    fn message(self, at: Millis) -> String {
        format!("stamp:{}:{}", self.word(), at.0)
    }

    /// The signed time of now.
    pub(super) fn stamp(self, app: &App) -> String {
        let now = app.clock.now();
        format!("{}.{}", now.0, app.keys.sign(Purpose::Form, &self.message(now)))
    }

    /// How long ago this form was handed out; `None` where the stamp is not ours, is another form's, or is too old.
    pub(super) fn age(self, app: &App, posted: &Posted) -> Option<Duration> {
        let (at, signature) = posted.first(field::STAMP)?.split_once('.')?;
        let at = Millis(at.parse().ok()?);
        let age = app.clock.now().since(at);
        (app.keys.verify(Purpose::Form, &self.message(at), signature) && age <= STAMP_LASTS).then_some(age)
    }

    /// Whether a person may have filled it in.
    pub(super) fn is_timely(self, app: &App, posted: &Posted) -> bool {
        self.age(app, posted).is_some_and(|age| age >= SHORTEST_FILL)
    }
}

/// Whose page posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PostedFrom {
    /// Our own, or no browser's at all.
    Here,
    /// A page of `[site] origins`, which has no stamp to send.
    Friend,
}

/// Refuses what a stranger's page made a browser post: by `Sec-Fetch-Site`, and by `Origin` where that is not sent.
pub(super) fn posted_from(app: &App, headers: &HeaderMap) -> Result<PostedFrom, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(header::ORIGIN.as_str());
    if origin.is_some_and(|origin| app.site.origins.iter().any(|friend| friend == origin)) {
        return Ok(PostedFrom::Friend);
    }
    let own = app.urls.base().origin().ascii_serialization();
    // A newsroom tried out under another name than `base_url` still knows its own pages by the host that the browser asked for.
    let is_own = |origin: &str| origin == own || origin.split_once("://").is_some_and(|(_, host)| text("host") == Some(host));
    match (text("sec-fetch-site"), origin) {
        (Some("same-origin" | "none"), _) | (None, None) => Ok(PostedFrom::Here),
        (None, Some(origin)) if is_own(origin) => Ok(PostedFrom::Here),
        _ => Err(Problem::new(StatusCode::FORBIDDEN, "this form was posted from a page of another site")),
    }
}

/// Whether a program filled the field that nobody sees.
pub(super) fn is_trapped(posted: &Posted) -> bool {
    posted.all(field::TRAP).any(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Room;
    use super::*;

    fn posted(stamp: &str) -> Posted {
        Posted(vec![(field::STAMP.to_owned(), stamp.to_owned())])
    }

    #[tokio::test]
    async fn a_stamp_is_good_for_its_form_its_time_and_unchanged() {
        let room = Room::open("http://news.example.cn/").await;
        let stamp = Form::Subscribe.stamp(&room.app);
        assert!(!Form::Subscribe.is_timely(&room.app, &posted(&stamp)), "too soon");
        room.app.clock.advance(SHORTEST_FILL);
        assert!(Form::Subscribe.is_timely(&room.app, &posted(&stamp)));
        assert!(!Form::AskPreferences.is_timely(&room.app, &posted(&stamp)), "another form's");
        let (at, signature) = stamp.split_once('.').unwrap();
        let earlier = at.parse::<i64>().unwrap() - 1000;
        assert!(!Form::Subscribe.is_timely(&room.app, &posted(&format!("{earlier}.{signature}"))), "changed");
        assert!(!Form::Subscribe.is_timely(&room.app, &posted("")));
        room.app.clock.advance(STAMP_LASTS);
        assert!(!Form::Subscribe.is_timely(&room.app, &posted(&stamp)), "too late");
    }

    #[tokio::test]
    async fn a_post_is_ours_a_friends_or_refused() {
        let room = Room::open("http://news.example.cn/").await;
        let from = |headers: &[(&'static str, &str)]| {
            let headers = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect::<HeaderMap>();
            posted_from(&room.app, &headers).ok()
        };
        assert_eq!(from(&[]), Some(PostedFrom::Here));
        assert_eq!(from(&[("origin", "http://news.example.cn")]), Some(PostedFrom::Here));
        assert_eq!(from(&[("origin", "http://localhost:1"), ("sec-fetch-site", "same-origin")]), Some(PostedFrom::Here));
        assert_eq!(from(&[("origin", "https://cms.example.cn"), ("sec-fetch-site", "cross-site")]), Some(PostedFrom::Friend));
        assert_eq!(from(&[("origin", "http://news.example.cn.evil.example")]), None);
        assert_eq!(from(&[("origin", "http://192.0.2.7:8080"), ("host", "192.0.2.7:8080")]), Some(PostedFrom::Here));
        assert_eq!(from(&[("origin", "http://evil.example"), ("host", "news.example.cn")]), None);
        assert_eq!(from(&[("origin", "null")]), None);
        assert_eq!(from(&[("sec-fetch-site", "same-site")]), None);
    }
}
