//! Rows that a test of the store begins with: articles, endpoints, readers.

use std::time::Duration;

use postrider::clock::Ids;
use postrider::model::{
    Article, ArticleId, ArticleJson, ArticleKey, Cadence, CanonicalUrl, EndpointState, Event, EventType, Exchange, Filters, Kind, Language,
    Millis, Outcome, Phase, Preset, ReceiverId, Revision, SafeHtml, Sealed, Settlement, Slug, Standing, SubscriberState, Target,
};
use postrider::store::write::{audience, ingest, shared};
use postrider::store::{ParcelRow, Store, Tx};

/// 29 October 2021, 08:30 in Shanghai.
pub(crate) const MORNING: Millis = Millis(1_635_467_400_000);

/// One hour.
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// An article, the `n`th of its kind, published at `published`.
pub(crate) fn article(n: usize, published: Millis) -> Article {
    let url = CanonicalUrl::parse(&format!("https://news.example.cn/{n}.html")).unwrap();
    Article {
        key: ArticleKey::of_url(&url),
        revision: Revision(1),
        url: Some(url),
        source: "push".to_owned(),
        external_id: None,
        kind: Kind::Text,
        standing: Standing::Published,
        title: format!("第 {n} 篇"),
        sections: Vec::new(),
        authors: Vec::new(),
        editors: Vec::new(),
        origin: None,
        summary: None,
        body: SafeHtml::of_text("徐徐展开。"),
        image: None,
        images: Vec::new(),
        tags: Vec::new(),
        language: "zh-CN".to_owned(),
        published,
        revised: published,
        breaking: false,
        correction: None,
        kept: None,
    }
}

/// Writes an article alone.
pub(crate) async fn write_article(tx: &mut Tx, article: &Article) -> ArticleId {
    let keeping = ingest::Keeping { first_seen: article.published, announce: true, digest: "" };
    ingest::insert_article(tx, article, keeping).await.unwrap()
}

/// Writes the event that an article was published; its place in the log.
pub(crate) async fn write_event(tx: &mut Tx, id: ArticleId, article: &Article) -> postrider::model::Seq {
    let body = ArticleJson { title: Some(article.title.clone()), ..ArticleJson::default() };
    let event = ingest::NewEvent { id: Ids::default().uuid(article.published), what: EventType::Published, announce: true, body: &body };
    ingest::log_event(tx, id, article.key.as_str(), 1, &event, article.published).await.unwrap()
}

/// Publishes an article: its event.
pub(crate) async fn publish(store: &Store, article: &Article) -> Event {
    let mut tx = store.begin().await.unwrap();
    let id = write_article(&mut tx, article).await;
    let seq = write_event(&mut tx, id, article).await;
    tx.commit().await.unwrap();
    store.event(seq).await.unwrap().unwrap()
}

/// A live endpoint that wants everything.
pub(crate) async fn endpoint(store: &Store) -> ReceiverId {
    let new = audience::NewEndpoint {
        public: Ids::default().uuid(MORNING),
        name: None,
        url: &Sealed(b"sealed".to_vec()),
        secrets: &[],
        preset: Preset::Standard,
        filters: &Filters::default(),
        state: EndpointState::Live,
        owner: None,
        origin: "command",
    };
    let mut tx = store.begin().await.unwrap();
    let id = audience::add_endpoint(&mut tx, &new, MORNING).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// A confirmed reader who gets every article of a section at once.
pub(crate) async fn reader(store: &Store, name: &str, section: &Slug) -> ReceiverId {
    let mut tx = store.begin().await.unwrap();
    let id = write_reader(&mut tx, name, section, SubscriberState::Confirmed).await;
    tx.commit().await.unwrap();
    id
}

/// Writes a reader who asked for every article of a section at once.
pub(crate) async fn write_reader(tx: &mut Tx, name: &str, section: &Slug, state: SubscriberState) -> ReceiverId {
    let lane = shared::lane(tx, "mail:example.cn", "mail").await.unwrap();
    let email = format!("{name}@example.cn");
    let (language, zone) = (Language::Chinese, "Asia/Shanghai");
    let new = audience::NewSubscriber { email: &email, email_key: name, state, language, zone, lane };
    let id = audience::put_subscriber(tx, &new, MORNING).await.unwrap().subscriber.id;
    audience::subscribe(tx, id, &Target::Section(section.clone()), Cadence::Instant, 0).await.unwrap();
    id
}

/// How an attempt at a parcel ended.
pub(crate) fn settlement(parcel: &ParcelRow, outcome: Outcome) -> Settlement {
    Settlement {
        subject: parcel.subject,
        lane: parcel.lane,
        receiver: parcel.receiver,
        class: parcel.class,
        fence: parcel.fence,
        tries: parcel.tries,
        exchange: Exchange { at: MORNING, ms: 7, phase: Phase::Done, code: Some(200), response: None },
        outcome,
        effects: Vec::new(),
    }
}
