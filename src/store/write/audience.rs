//! Receivers: endpoints, subscribers, their subscriptions and consent: what `audience` writes.

use sqlx::types::Json;
use uuid::Uuid;

use crate::model::{
    Cadence, Endpoint, EndpointState, Filters, LaneId, Language, Millis, Preset, ReceiverId, Sealed, SubscriberState, Target,
};
use crate::store::db::{tx_row, tx_run};
use crate::store::read::receivers::{RawEndpoint, RawSubscriber, endpoint_columns, subscriber_columns};
use crate::store::{Doing as _, StoreError, SubscriberRow, Tx};

/// An endpoint about to be made.
#[derive(Debug)]
pub struct NewEndpoint<'a> {
    /// Its public name.
    pub public: Uuid,
    /// What the configuration calls it.
    pub name: Option<&'a str>,
    /// Its address, sealed.
    pub url: &'a Sealed,
    /// Its secrets, the newest first.
    pub secrets: &'a [Sealed],
    /// How it is spoken to.
    pub preset: Preset,
    /// What it wants.
    pub filters: &'a Filters,
    /// Whether it gets news at once.
    pub state: EndpointState,
    /// Who is told when it fails.
    pub owner: Option<&'a str>,
    /// `config`, `api` or `command`.
    pub origin: &'a str,
}

/// Makes an endpoint with a lane of its own.
///
/// # Errors
/// When the database fails.
pub async fn add_endpoint(tx: &mut Tx, new: &NewEndpoint<'_>, now: Millis) -> Result<ReceiverId, StoreError> {
    const SQL: &str = "insert into endpoint (id, public, name, url, secrets, preset, filters, everything, state, why, owner, origin, created_at, rev) \
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, $10, $11, $12, $1)";
    let id = tx.next().await?;
    super::shared::new_lane(tx, LaneId(id), &format!("endpoint:{}", new.public), "webhook").await?;
    let everything = new.filters.is_everything();
    tx_run!(
        tx,
        SQL,
        id,
        new.public,
        new.name,
        &new.url.0,
        Json(new.secrets),
        new.preset.as_str(),
        Json(new.filters),
        everything,
        new.state.as_str(),
        new.owner,
        new.origin,
        now.0,
    )
    .doing("write an endpoint")?;
    Ok(ReceiverId(id))
}

/// The endpoint of a public name or of a name in the configuration.
///
/// # Errors
/// When the database fails.
pub async fn find_endpoint(tx: &mut Tx, public: Option<Uuid>, name: Option<&str>) -> Result<Option<(Endpoint, String)>, StoreError> {
    const SQL: &str = concat!("select ", endpoint_columns!(), " from endpoint e where e.public = $1 or e.name = $2");
    const ORIGIN: &str = "select origin from endpoint where id = $1";
    let Some(raw) = tx_row!(tx, RawEndpoint, SQL, public, name).doing("look for an endpoint")? else { return Ok(None) };
    let endpoint = Endpoint::try_from(raw)?;
    let origin = tx_row!(tx, (String,), ORIGIN, endpoint.id.0).doing("look for an endpoint")?;
    Ok(Some((endpoint, origin.map_or_else(String::new, |(origin,)| origin))))
}

/// Writes what an endpoint is declared to be, over what it was; its state stays.
///
/// # Errors
/// When the database fails.
pub async fn declare_endpoint(tx: &mut Tx, id: ReceiverId, new: &NewEndpoint<'_>) -> Result<(), StoreError> {
    const SQL: &str =
        "update endpoint set url = $2, secrets = $3, preset = $4, filters = $5, everything = $6, owner = $7, rev = $8 where id = $1";
    let rev = tx.next().await?;
    let everything = new.filters.is_everything();
    tx_run!(tx, SQL, id.0, &new.url.0, Json(new.secrets), new.preset.as_str(), Json(new.filters), everything, new.owner, rev)
        .doing("declare an endpoint")?;
    Ok(())
}

/// Switches an endpoint on or off.
///
/// # Errors
/// When the database fails.
pub async fn set_endpoint_state(tx: &mut Tx, id: ReceiverId, state: EndpointState, why: Option<&str>) -> Result<(), StoreError> {
    const SQL: &str = "update endpoint set state = $2, why = $3, rev = $4 where id = $1";
    let rev = tx.next().await?;
    tx_run!(tx, SQL, id.0, state.as_str(), why, rev).doing("switch an endpoint")?;
    Ok(())
}

/// Gives an endpoint other secrets.
///
/// # Errors
/// When the database fails.
pub async fn set_endpoint_secrets(tx: &mut Tx, id: ReceiverId, secrets: &[Sealed]) -> Result<(), StoreError> {
    const SQL: &str = "update endpoint set secrets = $2, rev = $3 where id = $1";
    let rev = tx.next().await?;
    tx_run!(tx, SQL, id.0, Json(secrets), rev).doing("rotate an endpoint's secret")?;
    Ok(())
}

/// A subscriber about to be made.
#[derive(Debug)]
pub struct NewSubscriber<'a> {
    /// The address in the open: it must be written to.
    pub email: &'a str,
    /// Its keyed hash.
    pub email_key: &'a str,
    /// Whether it already gets mail.
    pub state: SubscriberState,
    /// In which language.
    pub language: Language,
    /// IANA zone.
    pub zone: &'a str,
    /// The lane of its provider.
    pub lane: LaneId,
}

/// Makes a subscriber, or gives the one of this address a new chance: the row as it then stands.
///
/// # Errors
/// When the database fails.
pub async fn put_subscriber(tx: &mut Tx, new: &NewSubscriber<'_>, now: Millis) -> Result<SubscriberRow, StoreError> {
    const SQL: &str = "insert into subscriber (id, email, email_key, state, language, zone, lane, bounces, token_epoch, created_at, rev) \
                       values ($1, $2, $3, $4, $5, $6, $7, 0, 1, $8, $1) on conflict (email_key) do update set email = excluded.email, \
                       language = excluded.language, lane = excluded.lane, erased_at = null, rev = excluded.rev, \
                       state = case when subscriber.state in ('unsubscribed', 'suppressed') then excluded.state else subscriber.state end";
    const GET: &str = concat!("select ", subscriber_columns!(), " from subscriber s where s.email_key = $1");
    let id = tx.next().await?;
    let language = new.language.tag();
    tx_run!(tx, SQL, id, new.email, new.email_key, new.state.as_str(), language, new.zone, new.lane.0, now.0)
        .doing("write a subscriber")?;
    let raw = tx_row!(tx, RawSubscriber, GET, new.email_key).doing("read a subscriber")?.ok_or(StoreError::NoHead)?;
    SubscriberRow::try_from(raw)
}

/// A subscriber, inside the transaction that will change it.
///
/// # Errors
/// When the database fails.
pub async fn subscriber(tx: &mut Tx, id: ReceiverId) -> Result<Option<SubscriberRow>, StoreError> {
    const SQL: &str = concat!("select ", subscriber_columns!(), " from subscriber s where s.id = $1");
    tx_row!(tx, RawSubscriber, SQL, id.0).doing("read a subscriber")?.map(SubscriberRow::try_from).transpose()
}

/// Changes a subscriber's state; `confirmed_at` is kept from the first confirmation.
///
/// # Errors
/// When the database fails.
pub async fn set_subscriber_state(tx: &mut Tx, id: ReceiverId, state: SubscriberState, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "update subscriber set state = $2, rev = $3, \
                       confirmed_at = case when $2 = 'confirmed' then coalesce(confirmed_at, $4) else confirmed_at end where id = $1";
    let rev = tx.next().await?;
    tx_run!(tx, SQL, id.0, state.as_str(), rev, now.0).doing("change a subscriber")?;
    Ok(())
}

/// Changes the language of a reader's mail.
///
/// # Errors
/// When the database fails.
pub async fn set_subscriber_language(tx: &mut Tx, id: ReceiverId, language: Language) -> Result<(), StoreError> {
    const SQL: &str = "update subscriber set language = $2, rev = $3 where id = $1";
    let rev = tx.next().await?;
    tx_run!(tx, SQL, id.0, language.tag(), rev).doing("change a subscriber")?;
    Ok(())
}

/// Forgets a reader: the address goes, its keyed hash stays.
///
/// # Errors
/// When the database fails.
pub async fn erase_subscriber(tx: &mut Tx, id: ReceiverId, now: Millis) -> Result<(), StoreError> {
    const SQL: &str =
        "update subscriber set email = null, state = 'unsubscribed', erased_at = $2, token_epoch = token_epoch + 1, rev = $3 where id = $1";
    const SUBSCRIPTIONS: &str = "delete from subscription where subscriber = $1";
    let rev = tx.next().await?;
    tx_run!(tx, SUBSCRIPTIONS, id.0).doing("forget a subscriber")?;
    tx_run!(tx, SQL, id.0, now.0, rev).doing("forget a subscriber")?;
    Ok(())
}

/// Follows a section or digest, from the events after `from` on.
///
/// # Errors
/// When the database fails.
pub async fn subscribe(tx: &mut Tx, id: ReceiverId, target: &Target, cadence: Cadence, from: i64) -> Result<(), StoreError> {
    const SQL: &str = "insert into subscription (subscriber, target, cadence, confirmed_seq, cut_to) values ($1, $2, $3, $4, $4) \
                       on conflict (subscriber, target) do update set cadence = excluded.cadence";
    tx_run!(tx, SQL, id.0, target.stored(), cadence.as_str(), from).doing("write a subscription")?;
    Ok(())
}

/// Follows a section or digest no longer; all of them where none is named.
///
/// # Errors
/// When the database fails.
pub async fn unsubscribe(tx: &mut Tx, id: ReceiverId, target: Option<&Target>) -> Result<(), StoreError> {
    const SQL: &str = "delete from subscription where subscriber = $1 and ($2 is null or target = $2)";
    tx_run!(tx, SQL, id.0, target.map(Target::stored)).doing("end a subscription")?;
    Ok(())
}

/// Writes down what somebody agreed to, in which wording.
///
/// # Errors
/// When the database fails.
pub async fn consent(tx: &mut Tx, email_key: &str, what: &str, wording: &str, actor: &str, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "insert into consent (id, email_key, what, wording, actor, at) values ($1, $2, $3, $4, $5, $6)";
    let id = tx.next().await?;
    tx_run!(tx, SQL, id, email_key, what, wording, actor, now.0).doing("write down a consent")?;
    Ok(())
}
