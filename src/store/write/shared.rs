//! What every writer may call inside its own transaction: audit, budget, idempotency, setting, letter, lane.

use crate::model::{Actor, Class, LaneId, Millis, ReceiverId, Sealed, Seq, Slot, Subject};
use crate::store::db::{tx_row, tx_run};
use crate::store::{Doing as _, StoreError, Tx};

/// Writes down who did what to what.
///
/// # Errors
/// When the database fails.
pub async fn audit(tx: &mut Tx, actor: &Actor, action: &str, target: &str, detail: &str, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "insert into audit (seq, actor, action, target, detail, at) values ($1, $2, $3, $4, $5, $6)";
    let seq = tx.next().await?;
    tx_run!(tx, SQL, seq, actor.to_string(), action, target, detail, now.0).doing("write the audit log")?;
    Ok(())
}

/// Uses one of `most` for a key in a window that began at `span`; false when all are used.
///
/// # Errors
/// When the database fails.
pub async fn spend(tx: &mut Tx, key: &str, span: Millis, most: i64) -> Result<bool, StoreError> {
    const SQL: &str = "insert into budget (key, span, used) values ($1, $2, 1) on conflict (key, span) do update set used = budget.used + 1 \
                       where budget.used < $3 returning used";
    Ok(tx_row!(tx, (i64,), SQL, key, span.0, most).doing("spend from a budget")?.is_some())
}

/// An idempotency key, whose it is, and what it was sent with.
#[derive(Debug, Clone, Copy)]
pub struct Once<'a> {
    /// The token's name.
    pub token: &'a str,
    /// The key.
    pub key: &'a str,
    /// Hash of the request.
    pub request: &'a str,
}

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// HTTP status.
    pub status: i64,
    /// Body, sealed.
    pub response: String,
}

/// What stands under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nothing did; it is the caller's now, to be answered or let go.
    Ours,
    /// The same request is being worked on.
    InFlight,
    /// The same request was answered.
    Answered(Remembered),
    /// Another request was sent under it.
    OtherRequest,
}

/// Claims an idempotency key. What was answered before `gone` is forgotten, and so is a claim from before `stale` that nobody answered: its
/// process was killed.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx, once: Once<'_>, now: Millis, gone: Millis, stale: Millis) -> Result<Claim, StoreError> {
    const FORGET: &str = "delete from idempotency where token = $1 and (at < $2 or (status = 0 and at < $3))";
    const CLAIM: &str = "insert into idempotency (token, key, request, status, response, at) values ($1, $2, $3, 0, '', $4) on conflict (token, key) do nothing";
    const READ: &str = "select request, status, response from idempotency where token = $1 and key = $2";
    tx_run!(tx, FORGET, once.token, gone.0, stale.0).doing("forget old idempotency keys")?;
    if tx_run!(tx, CLAIM, once.token, once.key, once.request, now.0).doing("claim an idempotency key")? > 0 {
        return Ok(Claim::Ours);
    }
    let found = tx_row!(tx, (String, i64, String), READ, once.token, once.key).doing("look up an idempotency key")?;
    Ok(match found {
        Some((request, ..)) if request != once.request => Claim::OtherRequest,
        Some((_, status, response)) if status > 0 => Claim::Answered(Remembered { status, response }),
        _ => Claim::InFlight,
    })
}

/// Keeps the answer under a key that was claimed.
///
/// # Errors
/// When the database fails.
pub async fn remember(tx: &mut Tx, once: Once<'_>, answer: &Remembered) -> Result<(), StoreError> {
    const SQL: &str = "update idempotency set status = $3, response = $4 where token = $1 and key = $2";
    tx_run!(tx, SQL, once.token, once.key, answer.status, &answer.response).doing("keep an idempotent answer")?;
    Ok(())
}

/// Lets go of a key that was claimed: its request changed nothing.
///
/// # Errors
/// When the database fails.
pub async fn let_go(tx: &mut Tx, once: Once<'_>) -> Result<(), StoreError> {
    const SQL: &str = "delete from idempotency where token = $1 and key = $2 and status = 0";
    tx_run!(tx, SQL, once.token, once.key).doing("let go of an idempotency key")?;
    Ok(())
}

/// Writes a setting unless it is there; the value that stands.
///
/// # Errors
/// When the database fails.
pub async fn setting_once(tx: &mut Tx, key: &str, value: &str) -> Result<String, StoreError> {
    const PUT: &str = "insert into setting (key, value) values ($1, $2) on conflict (key) do nothing";
    const GET: &str = "select value from setting where key = $1";
    tx_run!(tx, PUT, key, value).doing("write a setting")?;
    Ok(tx_row!(tx, (String,), GET, key).doing("read a setting")?.map_or_else(|| value.to_owned(), |(value,)| value))
}

/// The lane of a name, made where there is none.
///
/// # Errors
/// When the database fails.
pub async fn lane(tx: &mut Tx, name: &str, channel: &str) -> Result<LaneId, StoreError> {
    const GET: &str = "select id from lane where name = $1";
    if let Some((id,)) = tx_row!(tx, (i64,), GET, name).doing("look up a lane")? {
        return Ok(LaneId(id));
    }
    let id = tx.next().await?;
    new_lane(tx, LaneId(id), name, channel).await?;
    Ok(LaneId(id))
}

/// A new lane under a number that was drawn for it.
pub(super) async fn new_lane(tx: &mut Tx, id: LaneId, name: &str, channel: &str) -> Result<(), StoreError> {
    const SQL: &str = "insert into lane (id, name, channel, slot, open_until, streak, pace, rev) values ($1, $2, $3, $4, null, 0, $5, $1)";
    tx_run!(tx, SQL, id.0, name, channel, Slot::of(id.0).0, sqlx::types::Json(serde_json::json!({}))).doing("make a lane")?;
    Ok(())
}

/// A letter about to be written.
#[derive(Debug)]
pub struct NewLetter<'a> {
    /// Which kind, for the ledger.
    pub kind: &'a str,
    /// What it says, sealed.
    pub payload: &'a Sealed,
    /// Who gets it; `None`: somebody who is no receiver of ours, so that the letter is its own.
    pub receiver: Option<ReceiverId>,
    /// Through which lane.
    pub lane: LaneId,
    /// After that nobody wants it.
    pub expires_at: Option<Millis>,
}

/// Writes a letter and its one delivery.
///
/// # Errors
/// When the database fails.
pub async fn letter(tx: &mut Tx, letter: &NewLetter<'_>, now: Millis) -> Result<Seq, StoreError> {
    const SQL: &str = "insert into letter (id, kind, payload, expires_at, at) values ($1, $2, $3, $4, $5)";
    const DELIVERY: &str = "insert into delivery (subject, lane, receiver, kind, slot, class, state, tries) values ($1, $2, $3, 'letter', $4, $5, 'waiting', 0)";
    let id = tx.next().await?;
    let receiver = letter.receiver.map_or(id, |receiver| receiver.0);
    tx_run!(tx, SQL, id, letter.kind, &letter.payload.0, letter.expires_at.map(|at| at.0), now.0).doing("write a letter")?;
    tx_run!(tx, DELIVERY, id, letter.lane.0, receiver, Slot::of(letter.lane.0).0, Class::Letter.rank()).doing("address a letter")?;
    open(tx, Subject::Letter(Seq(id))).await?;
    Ok(Seq(id))
}

/// Tells the engine that a subject's deliveries are written.
pub(super) async fn open(tx: &mut Tx, subject: Subject) -> Result<(), StoreError> {
    const SQL: &str = "insert into open_subject (rev, kind, subject) values ($1, $2, $3)";
    let rev = tx.next().await?;
    tx_run!(tx, SQL, rev, subject.kind(), subject.seq().0).doing("open a subject")?;
    Ok(())
}
