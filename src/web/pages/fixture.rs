//! A newsroom with a store in a folder of its own, asked through its router without a socket.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt as _;
use url::Url;

use crate::access::Access;
use crate::audience::{Audience, Wish};
use crate::clock::{Clock, Ids};
use crate::config;
use crate::feeds::{Bounds, Newsroom, Renderer};
use crate::ingest::{Door, Ingest, Rules, Says};
use crate::keys::KeyRing;
use crate::lifecycle::Lifecycle;
use crate::mail::{Composer, Mailbox, Templates};
use crate::model::{
    Actor, ArticleJson, ArticleKey, Cadence, EmailAddress, Event, Language, Millis, ReceiverId, Rev, Seq, Subject, Subscription, Target,
};
use crate::pages::{Pages, Site};
use crate::publish;
use crate::shelf::Shelf;
use crate::store::Store;
use crate::urls::Urls;
use crate::web::{App, Hits, Networks, Parts, public};

/// 2026-11-23, 08:00 in Shanghai.
const NOW: Millis = Millis(1_795_392_000_000);

pub(super) struct Room {
    /// Goes with the room.
    _folder: tempfile::TempDir,
    pub(super) app: App,
    router: Router,
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: impl axum::http::header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden field.
    pub(super) fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        self.body.split(&start).nth(1).expect("the field is there").split('"').next().unwrap().to_owned()
    }
}

fn site(base: &str, article_page: config::ArticlePage) -> config::Site {
    let none = || None;
    config::Site {
        title: "宜城新闻".into(),
        base_url: Url::parse(base).unwrap(),
        tag_authority: none(),
        language: Language::Chinese,
        timezone: chrono_tz::Asia::Shanghai,
        logo: None,
        article_page,
        auto_sections: true,
        origins: vec!["https://cms.example.cn".into()],
        organisation: none(),
        address: none(),
        phone: none(),
        contact: none(),
        icp: none(),
        police: none(),
        licence: none(),
    }
}

impl Room {
    pub(super) async fn open(base: &str) -> Self {
        Self::with_article_page(base, config::ArticlePage::Full).await
    }

    pub(super) async fn with_article_page(base: &str, article_page: config::ArticlePage) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("postrider.db").display())).await.unwrap();
        let (clock, ids) = (Clock::manual(NOW), Ids::default());
        let keys = KeyRing::load_or_make(&folder.path().join("keys"), ids.clone()).unwrap();
        let urls = Urls::new(base, "example.cn,2026", keys.clone()).unwrap();
        let site = site(base, article_page);
        let (zone, title) = (site.timezone, site.title.clone());
        let (seal, language) = (keys.clone(), "zh-CN".to_owned());
        let rules = Rules {
            zone,
            language: language.clone(),
            announce_within: Duration::from_hours(48),
            auto_sections: true,
            hold_words: vec!["待核".into()],
            editor: None,
            seal: Arc::new(move |bytes| seal.seal(bytes)),
            says: {
                let said = crate::phrases::CHINESE.ingest;
                Says { gone: said.gone, taken_back: said.taken_back, drift: said.drift }
            },
        };
        let newsroom = Newsroom { title: title.clone(), language, zone, logo: None, organisation: None, licence: None };
        let renderer = Renderer::new(urls.clone(), newsroom);
        let none = || None;
        let footer = Site {
            title,
            zone,
            logo: None,
            organisation: none(),
            address: none(),
            phone: none(),
            contact: none(),
            icp: none(),
            police: none(),
            licence: none(),
        };
        let app = Arc::new(Parts {
            sections: Arc::default(),
            ingest: Ingest { store: store.clone(), clock: clock.clone(), ids: ids.clone(), rules },
            audience: Audience { store: store.clone(), clock: clock.clone(), ids: ids.clone(), keys: keys.clone() },
            shelf: Shelf::new(store.clone(), renderer, Bounds::default()),
            access: Access { store: store.clone(), clock: clock.clone(), ids: ids.clone(), keys: keys.clone() },
            pages: Pages::new(urls.clone(), footer),
            store,
            clock,
            ids,
            keys,
            urls,
            site: Arc::new(site),
            declared_secrets: Arc::default(),
            request_bytes: 1_000_000,
            trusted_proxies: Arc::default(),
            hits: Hits::default(),
            networks: Networks::default(),
        });
        Self { _folder: folder, router: public(&app), app }
    }

    /// Asks another listener from now on.
    pub(super) fn listen(&mut self, routes: fn(&App) -> Router) {
        self.router = routes(&self.app);
    }

    pub(super) async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 4_000_000).await.unwrap();
        Answer { status: head.status, headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// As a browser asks.
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[(header::ACCEPT.as_str(), "text/html,*/*;q=0.8")], "").await
    }

    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut all = vec![("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send(Method::POST, path, &all, &form).await
    }

    pub(super) async fn push(&self, article: serde_json::Value) -> ArticleKey {
        let article: ArticleJson = serde_json::from_value(article).unwrap();
        let door = Door::push(self.app.site.timezone);
        let candidate = article.into_candidate(&door.source, door.zone).unwrap();
        self.app.ingest.push(candidate, &door, None, &Actor::Command).await.unwrap().key
    }

    /// An article at the CMS, in the section `news/yicheng`.
    pub(super) async fn story(&self, id: &str, title: &str) -> ArticleKey {
        self.push(serde_json::json!({
            "external_id": id, "url": format!("https://cms.example.cn/{id}"), "title": title, "sections": ["news/yicheng"],
            "content_text": "宜城供热季十一月十五日开始。", "published": "2026-11-23T07:30:00+08:00",
        }))
        .await
    }

    pub(super) async fn short_code(&self, key: &ArticleKey) -> String {
        let row = self.app.store.article(key).await.unwrap().unwrap();
        self.app.store.short_code(row.id, "").await.unwrap().unwrap()
    }

    /// A confirmed reader of `news/yicheng`.
    pub(super) async fn reader(&self, email: &str) -> ReceiverId {
        let target = Target::parse("section:news/yicheng").unwrap();
        let subscriptions = vec![Subscription { target, cadence: Cadence::Instant }];
        let wish = Wish { email: email.into(), subscriptions, language: Language::Chinese, zone: "Asia/Shanghai".into() };
        self.app.audience.subscribe_with_consent(&wish, "a list on paper", &Actor::Command).await.unwrap();
        self.row_of(email).await.expect("the reader is there")
    }

    pub(super) async fn row_of(&self, email: &str) -> Option<ReceiverId> {
        let key = self.app.keys.hash_address(&EmailAddress::parse(email).unwrap());
        self.app.store.subscriber_of(&key).await.unwrap().map(|row| row.subscriber.id)
    }

    /// Turns events into deliveries and editions until none is left.
    pub(super) async fn fan_out(&self) {
        let text = String::new;
        let newsroom = crate::mail::Newsroom {
            title: "宜城新闻".into(),
            language: Language::Chinese,
            zone: chrono_tz::Asia::Shanghai,
            organisation: text(),
            address: text(),
            phone: text(),
            contact: text(),
            icp: text(),
            police: text(),
            from: Mailbox { name: "宜城新闻".into(), address: EmailAddress::parse("news@example.cn").unwrap() },
            host: "example.cn".into(),
        };
        let composer = Composer::new(self.app.urls.clone(), newsroom, Templates::default()).unwrap();
        let lifecycle = Lifecycle::default();
        let (store, clock) = (self.app.store.clone(), self.app.clock.clone());
        let zone = chrono_tz::Asia::Shanghai;
        let parts = publish::Parts { store, clock, lifecycle: lifecycle.clone(), composer: Arc::new(composer), zone };
        let running = tokio::spawn(publish::run(parts));
        let everything_sent = async {
            while self.app.store.editions_addressing(1).await.unwrap().len() + self.unfanned().await > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), everything_sent).await.expect("publishing ends");
        lifecycle.stop_softly();
        running.await.unwrap().unwrap();
    }

    async fn unfanned(&self) -> usize {
        let open = self.app.store.open_subjects(Rev(0), 1000).await.unwrap();
        let events = self.app.store.events_after(Seq(0), 1000).await.unwrap();
        let is_open = |event: &Event| open.iter().any(|open| open.subject == Subject::Event(event.seq));
        events.iter().filter(|event| event.announce && !is_open(event)).count()
    }
}
