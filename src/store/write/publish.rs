//! Deliveries, editions, digests: what `publish` writes.

use serde_json::Value;
use sqlx::types::Json;

use crate::model::{ArticleId, Class, Edition, EndpointState, Event, Filters, Millis, ReceiverId, Revision, Seq, Subject};
use crate::store::db::{tx_row, tx_rows, tx_run};
use crate::store::read::editions::{RawEdition, edition_columns};
use crate::store::read::events::{RawEvent, event_columns};
use crate::store::{DigestRow, Doing as _, EditionRow, StoreError, Tx};

/// An event whose receivers all have their delivery.
pub const ALL_FANNED: i64 = i64::MAX;

/// Events that still need deliveries, in order, and the last receiver that has one.
///
/// # Errors
/// When the database fails.
pub async fn fanning(tx: &mut Tx, limit: i64) -> Result<Vec<(Event, ReceiverId)>, StoreError> {
    const SQL: &str = concat!("select ", event_columns!(), " from event e where e.fanned < 9223372036854775807 order by e.seq limit $1");
    const CURSOR: &str = "select fanned from event where seq = $1";
    let raw = tx_rows!(tx, RawEvent, SQL, limit).doing("look for events to fan out")?;
    let mut found = Vec::with_capacity(raw.len());
    for raw in raw {
        let event = Event::try_from(raw)?;
        let cursor = tx_row!(tx, (i64,), CURSOR, event.seq.0).doing("look for events to fan out")?;
        found.push((event, ReceiverId(cursor.map_or(0, |(cursor,)| cursor))));
    }
    Ok(found)
}

/// The filters of every live endpoint that has some.
///
/// # Errors
/// When the database fails.
pub async fn filtered_endpoints(tx: &mut Tx) -> Result<Vec<(ReceiverId, Filters)>, StoreError> {
    const SQL: &str = "select id, filters from endpoint where state = $1 and not everything";
    let raw = tx_rows!(tx, (i64, Json<Filters>), SQL, EndpointState::Live.as_str()).doing("read filters")?;
    Ok(raw.into_iter().map(|(id, filters)| (ReceiverId(id), filters.0)).collect())
}

/// Endpoints that have a delivery of an earlier event of the same article.
///
/// # Errors
/// When the database fails.
pub async fn told_before(tx: &mut Tx, event: &Event) -> Result<Vec<ReceiverId>, StoreError> {
    const SQL: &str = "select distinct d.receiver from event e join delivery d on d.subject = e.seq where e.article = $1 and e.seq < $2";
    let told = tx_rows!(tx, (i64,), SQL, event.article.0, event.seq.0).doing("look who was told")?;
    Ok(told.into_iter().map(|(receiver,)| ReceiverId(receiver)).collect())
}

/// One chunk of an event's receivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FannedChunk {
    /// The last receiver that was looked at.
    pub last: ReceiverId,
    /// Whether more may be behind it.
    pub is_full: bool,
}

/// Whether anybody follows one of these targets at this cadence.
///
/// # Errors
/// When the database fails.
pub async fn has_followers(tx: &mut Tx, targets: &[String], cadence: &str) -> Result<bool, StoreError> {
    const SQL: &str =
        "select p.subscriber from json_each($1) v join subscription p on p.target = v.value ->> 't' where p.cadence = $2 limit 1";
    Ok(tx_row!(tx, (i64,), SQL, target_list(targets), cadence).doing("look for followers")?.is_some())
}

fn target_list(targets: &[String]) -> String {
    let list: Vec<Value> = targets.iter().map(|target| serde_json::json!({ "t": target })).collect();
    Value::from(list).to_string()
}

/// Writes one chunk of an event's deliveries to endpoints: those without a filter, and those in `matching`. `None` where no receiver
/// was left. A delivery that exists is left alone, so that a chunk may be written twice.
///
/// # Errors
/// When the database fails.
pub async fn fan_out(
    tx: &mut Tx,
    event: &Event,
    after: ReceiverId,
    matching: &[ReceiverId],
    chunk: i64,
) -> Result<Option<FannedChunk>, StoreError> {
    const SQL: &str = "insert into delivery (subject, lane, receiver, kind, slot, class, state, tries, order_key) \
                       select $1, l.id, e.id, 'event', l.slot, $2, 'waiting', 0, $3 from endpoint e join lane l on l.id = e.id \
                       where e.id > $4 and e.id <= $5 and e.state = $6 \
                       and (e.everything or e.id in (select cast(v.value ->> 'e' as bigint) from json_each($7) v)) on conflict do nothing";
    const LAST: &str = "select max(id), count(*) from (select id from endpoint where id > $1 order by id limit $2) as chunk";
    const DONE: &str = "update event set fanned = $2 where seq = $1";
    let cut = tx_row!(tx, (Option<i64>, i64), LAST, after.0, chunk).doing("cut a chunk of receivers")?;
    let cut = cut.and_then(|(last, n)| Some(FannedChunk { last: ReceiverId(last?), is_full: n >= chunk }));
    if let Some(FannedChunk { last: ReceiverId(last), .. }) = cut {
        let list: Vec<Value> = matching.iter().map(|id| serde_json::json!({ "e": id.0 })).collect();
        let list = Value::from(list).to_string();
        let (seq, class, state) = (event.seq.0, Class::Alert.rank(), EndpointState::Live.as_str());
        tx_run!(tx, SQL, seq, class, event.article.0, after.0, last, state, &list).doing("write deliveries")?;
        tx_run!(tx, DONE, seq, last).doing("move the fan-out's cursor")?;
    }
    Ok(cut)
}

/// Marks an event as fanned out, and opens it for the engine.
///
/// # Errors
/// When the database fails.
pub async fn fanned(tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
    const SQL: &str = "update event set fanned = $2 where seq = $1";
    tx_run!(tx, SQL, event.seq.0, ALL_FANNED).doing("finish a fan-out")?;
    super::shared::open(tx, Subject::Event(event.seq)).await
}

/// An edition about to be cut.
#[derive(Debug)]
pub struct NewEdition<'a> {
    /// Everything but its number, which is drawn here.
    pub edition: &'a Edition,
    /// What its readers follow: targets as the store writes them.
    pub targets: &'a [String],
    /// Its headline.
    pub title: &'a str,
    /// Its articles, the lead first.
    pub articles: &'a [(ArticleId, Revision)],
    /// As composed, by language.
    pub parts: &'a [(&'static str, Value)],
}

/// Cuts an edition; `None` where the one of this occasion exists already.
///
/// # Errors
/// When the database fails.
pub async fn cut(tx: &mut Tx, new: &NewEdition<'_>, now: Millis) -> Result<Option<Seq>, StoreError> {
    const SQL: &str = "insert into edition (id, kind, idem, target, title, cut_from, cut_to, state, version, send_after, candidates, excluded, cursor, at, rev) \
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 0, $12, $1) on conflict (idem) do nothing returning id";
    const ARTICLES: &str = "insert into edition_article (edition, version, place, article, revision) \
                            select $2, $3, v.key, cast(v.value ->> 'a' as bigint), cast(v.value ->> 'r' as bigint) from json_each($1) v";
    const PART: &str = "insert into edition_part (edition, version, language, section, composed) values ($1, $2, $3, '', $4)";
    let id = tx.next().await?;
    let edition = new.edition;
    let (targets, excluded) = (Value::from(new.targets).to_string(), Json(&edition.excluded));
    let (from, to) = (edition.window.0.0, edition.window.1.0);
    let made = tx_row!(
        tx,
        (i64,),
        SQL,
        id,
        edition.kind.as_str(),
        &edition.idem,
        &targets,
        new.title,
        from,
        to,
        edition.state.as_str(),
        edition.version,
        edition.send_after.0,
        excluded,
        now.0,
    )
    .doing("cut an edition")?;
    if made.is_none() {
        return Ok(None);
    }
    let list: Vec<Value> = new.articles.iter().map(|(article, revision)| serde_json::json!({ "a": article.0, "r": revision.0 })).collect();
    let list = Value::from(list).to_string();
    tx_run!(tx, ARTICLES, &list, id, edition.version).doing("list an edition's articles")?;
    for (language, composed) in new.parts {
        tx_run!(tx, PART, id, edition.version, *language, Json(composed)).doing("keep a composed edition")?;
    }
    Ok(Some(Seq(id)))
}

/// The row of an edition, inside the transaction that addresses it.
///
/// # Errors
/// When the database fails.
pub async fn edition(tx: &mut Tx, id: Seq) -> Result<Option<EditionRow>, StoreError> {
    const SQL: &str = concat!("select ", edition_columns!(), " from edition e where e.id = $1 and e.state = 'addressing'");
    tx_row!(tx, RawEdition, SQL, id.0).doing("read an edition")?.map(EditionRow::try_from).transpose()
}

/// One chunk of an edition's audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addressed {
    /// The last subscriber that was looked at; `None` once all were.
    pub last: Option<ReceiverId>,
    /// Readers looked at who follow it.
    pub candidates: i64,
    /// Readers given a delivery.
    pub written: i64,
}

/// Writes one chunk of an edition's deliveries: confirmed readers behind `after` who follow one of its targets at this cadence, began
/// before it, are not paused and not suppressed.
///
/// # Errors
/// When the database fails.
pub async fn address(tx: &mut Tx, row: &EditionRow, cadence: &str, class: Class, chunk: i64, now: Millis) -> Result<Addressed, StoreError> {
    const LAST: &str = "select max(id) from (select id from subscriber where id > $1 order by id limit $2) as chunk";
    const FOLLOWERS: &str = "select count(*) from subscriber s where s.id > $1 and s.id <= $2 and s.state = 'confirmed' and exists (select p.subscriber from subscription p \
                             join json_each($3) v on p.target = v.value ->> 't' where p.subscriber = s.id and p.cadence = $4 and p.confirmed_seq < $5)";
    const SQL: &str = "insert into delivery (subject, lane, receiver, kind, slot, class, state, tries) \
                       select $6, l.id, s.id, 'edition', l.slot, $7, 'waiting', 0 from subscriber s join lane l on l.id = s.lane \
                       where s.id > $1 and s.id <= $2 and s.state = 'confirmed' and s.email is not null and (s.paused_until is null or s.paused_until <= $8) \
                       and exists (select p.subscriber from subscription p join json_each($3) v on p.target = v.value ->> 't' \
                       where p.subscriber = s.id and p.cadence = $4 and p.confirmed_seq < $5) \
                       and not exists (select u.email_key from suppression u where u.email_key = s.email_key and (u.until is null or u.until > $8)) \
                       on conflict do nothing";
    const MOVE: &str = "update edition set cursor = $2, candidates = candidates + $3, excluded = $4, rev = $5 where id = $1";
    let edition = &row.edition;
    let last = tx_row!(tx, (Option<i64>,), LAST, row.cursor, chunk).doing("cut a chunk of readers")?.and_then(|(last,)| last);
    let Some(last) = last else { return Ok(Addressed { last: None, candidates: 0, written: 0 }) };
    let targets: Vec<String> = serde_json::from_str(&row.target).unwrap_or_default();
    let targets = target_list(&targets);
    let before = edition.window.1.0;
    let candidates =
        tx_row!(tx, (i64,), FOLLOWERS, row.cursor, last, &targets, cadence, before).doing("count readers")?.map_or(0, |(n,)| n);
    let written = tx_run!(tx, SQL, row.cursor, last, &targets, cadence, before, edition.id.0, class.rank(), now.0)
        .doing("address an edition")?
        .cast_signed();
    let left_out = candidates - written;
    let mut excluded = edition.excluded.clone();
    if left_out > 0 {
        match excluded.iter_mut().find(|(why, _)| why == "paused or suppressed") {
            Some((_, n)) => *n += left_out,
            None => excluded.push(("paused or suppressed".to_owned(), left_out)),
        }
    }
    let rev = tx.next().await?;
    tx_run!(tx, MOVE, edition.id.0, last, candidates, Json(excluded), rev).doing("move an edition's cursor")?;
    Ok(Addressed { last: Some(ReceiverId(last)), candidates, written })
}

/// Marks an edition as addressed, and opens it for the engine.
///
/// # Errors
/// When the database fails.
pub async fn addressed(tx: &mut Tx, id: Seq) -> Result<(), StoreError> {
    const SQL: &str = "update edition set state = 'sending', rev = $2 where id = $1";
    let rev = tx.next().await?;
    tx_run!(tx, SQL, id.0, rev).doing("finish addressing")?;
    super::shared::open(tx, Subject::Edition(id)).await
}

/// Makes the digest that the configuration declares, or changes what it declares; a new one covers events after now.
///
/// # Errors
/// When the database fails.
pub async fn put_digest(tx: &mut Tx, name: &str, spec: &Value, next_at: Option<Millis>) -> Result<(), StoreError> {
    const SQL: &str = "insert into digest (id, name, spec, next_at, cut_to, origin, rev) values ($1, $2, $3, $4, $1, 'config', $1) \
                       on conflict (name) do update set spec = excluded.spec, rev = excluded.rev, \
                       next_at = case when digest.spec = excluded.spec then coalesce(digest.next_at, excluded.next_at) else excluded.next_at end";
    let id = tx.next().await?;
    tx_run!(tx, SQL, id, name, Json(spec), next_at.map(|at| at.0)).doing("declare a digest")?;
    Ok(())
}

/// Moves a digest to its next slot; `cut_to` is the last event that an edition of it has covered.
///
/// # Errors
/// When the database fails.
pub async fn move_digest(tx: &mut Tx, digest: &DigestRow, next_at: Option<Millis>, cut_to: Seq) -> Result<bool, StoreError> {
    const SQL: &str = "update digest set next_at = $2, cut_to = $3, rev = $4 where id = $1 and next_at = $5";
    let rev = tx.next().await?;
    let moved =
        tx_run!(tx, SQL, digest.id.0, next_at.map(|at| at.0), cut_to.0, rev, digest.next_at.map(|at| at.0)).doing("move a digest")?;
    Ok(moved > 0)
}

/// Sends deliveries again that came to rest without being accepted, or that the operator names; how many.
///
/// # Errors
/// When the database fails.
pub async fn replay(tx: &mut Tx, deliveries: &[(Seq, ReceiverId)]) -> Result<i64, StoreError> {
    const SQL: &str = "update delivery set state = 'waiting', class = $2, due = null, why = null, settled_at = null \
                       where exists (select v.key from json_each($1) v where cast(v.value ->> 's' as bigint) = delivery.subject \
                       and cast(v.value ->> 'r' as bigint) = delivery.receiver) and state not in ('waiting', 'sending') returning subject, kind";
    let list: Vec<Value> = deliveries.iter().map(|(subject, receiver)| serde_json::json!({ "s": subject.0, "r": receiver.0 })).collect();
    let list = Value::from(list).to_string();
    let woken = tx_rows!(tx, (i64, String), SQL, &list, Class::Replay.rank()).doing("replay deliveries")?;
    let mut subjects: Vec<&(i64, String)> = woken.iter().collect();
    subjects.sort();
    subjects.dedup();
    for (seq, kind) in subjects {
        let subject = Subject::stored(kind, Seq(*seq)).map_err(|why| StoreError::Unreadable { what: "a delivery", why })?;
        super::shared::open(tx, subject).await?;
    }
    Ok(woken.len() as i64)
}
