//! Receivers: endpoints and subscribers.

use sqlx::types::Json;
use uuid::Uuid;

use crate::model::{
    EmailAddress, Endpoint, EndpointState, Filters, LaneId, Language, Millis, Preset, ReceiverId, Rev, Sealed, Subscriber, SubscriberState,
    Subscription, Target,
};
use crate::store::db::{row, rows};
use crate::store::{Doing as _, Store, StoreError};

/// Which endpoints a list holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct EndpointFilter {
    /// Changed after.
    pub since: Rev,
    /// Only this one.
    pub only: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
pub(in crate::store) struct RawEndpoint {
    id: i64,
    public: Uuid,
    name: Option<String>,
    url: Vec<u8>,
    secrets: Json<Vec<Sealed>>,
    preset: String,
    filters: Json<Filters>,
    state: String,
    why: Option<String>,
    owner: Option<String>,
    rev: i64,
}

/// The columns of [`RawEndpoint`], of the table called `e`.
macro_rules! endpoint_columns {
    () => {
        "e.id, e.public, e.name, e.url, e.secrets, e.preset, e.filters, e.state, e.why, e.owner, e.rev"
    };
}
pub(in crate::store) use endpoint_columns;

impl TryFrom<RawEndpoint> for Endpoint {
    type Error = StoreError;
    fn try_from(raw: RawEndpoint) -> Result<Self, StoreError> {
        let unreadable = |why| StoreError::Unreadable { what: "an endpoint", why };
        Ok(Self {
            id: ReceiverId(raw.id),
            public: raw.public,
            name: raw.name,
            url: Sealed(raw.url),
            secrets: raw.secrets.0,
            preset: Preset::try_from(raw.preset).map_err(unreadable)?,
            filters: raw.filters.0,
            state: EndpointState::try_from(raw.state).map_err(unreadable)?,
            why: raw.why,
            owner: raw.owner,
            rev: Rev(raw.rev),
        })
    }
}

/// A subscriber with what only the store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriberRow {
    /// The reader.
    pub subscriber: Subscriber,
    /// The keyed hash of the address.
    pub email_key: String,
    /// When the reader first asked.
    pub created_at: Millis,
    /// When the reader confirmed.
    pub confirmed_at: Option<Millis>,
}

#[derive(sqlx::FromRow)]
pub(in crate::store) struct RawSubscriber {
    id: i64,
    email: Option<String>,
    email_key: String,
    state: String,
    language: String,
    zone: String,
    lane: i64,
    token_epoch: i64,
    paused_until: Option<i64>,
    created_at: i64,
    confirmed_at: Option<i64>,
    rev: i64,
}

/// The columns of [`RawSubscriber`], of the table called `s`.
macro_rules! subscriber_columns {
    () => {
        "s.id, s.email, s.email_key, s.state, s.language, s.zone, s.lane, s.token_epoch, s.paused_until, s.created_at, s.confirmed_at, s.rev"
    };
}
pub(in crate::store) use subscriber_columns;

impl TryFrom<RawSubscriber> for SubscriberRow {
    type Error = StoreError;
    fn try_from(raw: RawSubscriber) -> Result<Self, StoreError> {
        let unreadable = |why: String| StoreError::Unreadable { what: "a subscriber", why };
        let email = raw.email.map(|email| EmailAddress::parse(&email)).transpose().map_err(|error| unreadable(error.to_string()))?;
        let subscriber = Subscriber {
            id: ReceiverId(raw.id),
            email,
            state: SubscriberState::try_from(raw.state).map_err(unreadable)?,
            language: Language::of_tag(&raw.language).unwrap_or_default(),
            zone: raw.zone,
            lane: LaneId(raw.lane),
            token_epoch: raw.token_epoch,
            paused_until: raw.paused_until.map(Millis),
            rev: Rev(raw.rev),
        };
        Ok(Self { subscriber, email_key: raw.email_key, created_at: Millis(raw.created_at), confirmed_at: raw.confirmed_at.map(Millis) })
    }
}

impl Store {
    /// Endpoints that changed after a revision, in that order; all of them from the beginning.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn endpoints(&self, filter: EndpointFilter) -> Result<Vec<Endpoint>, StoreError> {
        const SQL: &str = concat!("select ", endpoint_columns!(), " from endpoint e where e.rev > $1 order by e.rev");
        const ONE: &str = concat!("select ", endpoint_columns!(), " from endpoint e where e.rev > $1 and e.public = $2");
        let raw = match filter.only {
            None => rows!(self, RawEndpoint, SQL, filter.since.0),
            Some(public) => rows!(self, RawEndpoint, ONE, filter.since.0, public),
        };
        raw.doing("list endpoints")?.into_iter().map(Endpoint::try_from).collect()
    }

    /// A subscriber by row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscriber(&self, id: ReceiverId) -> Result<Option<SubscriberRow>, StoreError> {
        const SQL: &str = concat!("select ", subscriber_columns!(), " from subscriber s where s.id = $1");
        row!(self, RawSubscriber, SQL, id.0).doing("read a subscriber")?.map(SubscriberRow::try_from).transpose()
    }

    /// A subscriber by the keyed hash of the address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscriber_of(&self, email_key: &str) -> Result<Option<SubscriberRow>, StoreError> {
        const SQL: &str = concat!("select ", subscriber_columns!(), " from subscriber s where s.email_key = $1");
        row!(self, RawSubscriber, SQL, email_key).doing("read a subscriber")?.map(SubscriberRow::try_from).transpose()
    }

    /// Subscribers by row, behind one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscribers(&self, after: ReceiverId, limit: i64) -> Result<Vec<SubscriberRow>, StoreError> {
        const SQL: &str = concat!("select ", subscriber_columns!(), " from subscriber s where s.id > $1 order by s.id limit $2");
        rows!(self, RawSubscriber, SQL, after.0, limit).doing("list subscribers")?.into_iter().map(SubscriberRow::try_from).collect()
    }

    /// What a subscriber follows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscriptions(&self, id: ReceiverId) -> Result<Vec<Subscription>, StoreError> {
        const SQL: &str = "select target, cadence from subscription where subscriber = $1 order by target";
        let raw = rows!(self, (String, String), SQL, id.0).doing("read subscriptions")?;
        let read = |(target, cadence): (String, String)| {
            let target = Target::parse(&target).ok_or_else(|| StoreError::Unreadable { what: "a subscription", why: target })?;
            let cadence = cadence.try_into().map_err(|why| StoreError::Unreadable { what: "a subscription", why })?;
            Ok(Subscription { target, cadence })
        };
        raw.into_iter().map(read).collect()
    }

    /// What somebody agreed to: what, in which wording, through whom, when.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consents(&self, email_key: &str) -> Result<Vec<(String, String, String, Millis)>, StoreError> {
        const SQL: &str = "select what, wording, actor, at from consent where email_key = $1 order by at, id";
        let raw = rows!(self, (String, String, String, i64), SQL, email_key).doing("read consents")?;
        Ok(raw.into_iter().map(|(what, wording, actor, at)| (what, wording, actor, Millis(at))).collect())
    }

    /// How many readers are in each state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscriber_counts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str = "select state, count(*) from subscriber group by state order by state";
        rows!(self, (String, i64), SQL).doing("count subscribers")
    }

    /// Whether mail to an address is suppressed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_suppressed(&self, email_key: &str, now: Millis) -> Result<bool, StoreError> {
        const SQL: &str = "select email_key from suppression where email_key = $1 and (until is null or until > $2)";
        Ok(row!(self, (String,), SQL, email_key, now.0).doing("look for a suppression")?.is_some())
    }
}
