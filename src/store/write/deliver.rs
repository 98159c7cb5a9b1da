//! Settlements and slots: what `deliver` writes.

use serde::Serialize;
use serde_json::{Value, json};

use crate::model::{Effect, EndpointState, LaneId, Millis, Outcome, Seq, Settlement, State, Subject, SubscriberState};
use crate::store::db::{tx_rows, tx_run};
use crate::store::{Doing as _, OpenSubject, ParcelRow, StoreError, Tx};

/// Takes every slot for one owner, whatever others held: their fences are stale from now on. SQLite, where a lock file proves that
/// there is one serving process; and PostgreSQL with one node.
///
/// # Errors
/// When the database fails.
pub async fn take_all_slots(tx: &mut Tx, owner: &str, until: Millis) -> Result<(), StoreError> {
    const SQL: &str = "update slot set owner = $1, fence = fence + 1, until = $2";
    tx_run!(tx, SQL, owner, until.0).doing("take the slots")?;
    Ok(())
}

/// What was being sent when the last owner died. Mail may have arrived: uncertain, except letters, which are sent again. How many rows.
///
/// A letter is parked until now, and not waiting: its subject may be closed since an earlier try, and what is parked is found without it.
///
/// # Errors
/// When the database fails.
pub async fn recover_sending(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    const SQL: &str = "update delivery set state = case when kind = 'letter' then 'parked' else 'uncertain' end, \
                       due = case when kind = 'letter' then cast($1 as bigint) else null end, \
                       settled_at = case when kind = 'letter' then null else cast($1 as bigint) end, \
                       why = 'the daemon stopped between the final dot and its answer' where state = 'sending'";
    tx_run!(tx, SQL, now.0).doing("recover what was being sent")
}

/// Mail only: writes down that the final dot may go out from now on. False where the delivery is no longer ours to send.
///
/// # Errors
/// When the database fails.
pub async fn intend(tx: &mut Tx, parcels: &[ParcelRow]) -> Result<Vec<(Seq, i64)>, StoreError> {
    const SQL: &str = "update delivery set state = 'sending' from json_each($1) v where delivery.subject = cast(v.value ->> 's' as bigint) \
                       and delivery.lane = cast(v.value ->> 'l' as bigint) and delivery.receiver = cast(v.value ->> 'r' as bigint) \
                       and delivery.tries = cast(v.value ->> 't' as bigint) and delivery.state in ('waiting', 'parked') \
                       and exists (select s.n from slot s where s.n = delivery.slot and s.fence = cast(v.value ->> 'f' as bigint)) \
                       returning delivery.subject, delivery.receiver";
    let list: Vec<Value> =
        parcels.iter().map(|p| json!({ "s": p.subject.seq().0, "l": p.lane.0, "r": p.receiver.0, "t": p.tries, "f": p.fence.0 })).collect();
    let list = Value::from(list).to_string();
    let ours = tx_rows!(tx, (i64, i64), SQL, &list).doing("write down what is being sent")?;
    Ok(ours.into_iter().map(|(subject, receiver)| (Seq(subject), receiver)).collect())
}

/// Settles a batch: deliveries, attempts and effects in one transaction. A settlement whose fence or try is stale writes nothing at all.
/// Returns those that were written.
///
/// # Errors
/// When the database fails.
pub async fn settle(tx: &mut Tx, batch: &[&Settlement], now: Millis) -> Result<Vec<(Seq, i64)>, StoreError> {
    const SQL: &str = "update delivery set state = v.value ->> 'state', due = cast(v.value ->> 'due' as bigint), tries = delivery.tries + 1, \
                       carried = coalesce(cast(v.value ->> 'carried' as bigint), delivery.carried), posted = coalesce(v.value ->> 'posted', delivery.posted), \
                       why = v.value ->> 'why', settled_at = cast(v.value ->> 'settled' as bigint) from json_each($1) v \
                       where delivery.subject = cast(v.value ->> 's' as bigint) and delivery.lane = cast(v.value ->> 'l' as bigint) \
                       and delivery.receiver = cast(v.value ->> 'r' as bigint) and delivery.tries = cast(v.value ->> 't' as bigint) \
                       and delivery.state in ('waiting', 'parked', 'sending') \
                       and exists (select s.n from slot s where s.n = delivery.slot and s.fence = cast(v.value ->> 'f' as bigint)) \
                       returning delivery.subject, delivery.receiver";
    const ATTEMPTS: &str = "insert into attempt (subject, receiver, n, at, ms, phase, code, why, response) \
                            select cast(v.value ->> 's' as bigint), cast(v.value ->> 'r' as bigint), cast(v.value ->> 't' as bigint) + 1, \
                            cast(v.value ->> 'at' as bigint), cast(v.value ->> 'ms' as bigint), v.value ->> 'phase', cast(v.value ->> 'code' as bigint), \
                            v.value ->> 'why', v.value ->> 'response' from json_each($1) v where true on conflict do nothing";
    let lines: Vec<Line<'_>> = batch.iter().map(|settlement| line(settlement, now)).collect();
    let list = json_list(&lines)?;
    let written = tx_rows!(tx, (i64, i64), SQL, &list).doing("settle deliveries")?;
    let list = if written.len() == batch.len() {
        list
    } else {
        let ours: std::collections::HashSet<(i64, i64)> = written.iter().copied().collect();
        json_list(&lines.into_iter().filter(|line| ours.contains(&(line.s, line.r))).collect::<Vec<_>>())?
    };
    tx_run!(tx, ATTEMPTS, &list).doing("write attempts")?;
    Ok(written.into_iter().map(|(subject, receiver)| (Seq(subject), receiver)).collect())
}

/// One settlement as the two texts of [`settle`] read it: delivery, lane, receiver, try and fence by their first letters.
#[derive(Serialize)]
struct Line<'a> {
    s: i64,
    l: i64,
    r: i64,
    t: i64,
    f: i64,
    state: &'static str,
    due: Option<i64>,
    carried: Option<i64>,
    why: Option<String>,
    posted: Option<&'a str>,
    settled: Option<i64>,
    at: i64,
    ms: i64,
    phase: &'static str,
    code: Option<i64>,
    response: Option<&'a str>,
}

fn json_list(lines: &[Line<'_>]) -> Result<String, StoreError> {
    serde_json::to_string(lines).map_err(|why| StoreError::Unreadable { what: "a settlement", why: why.to_string() })
}

fn line(settlement: &Settlement, now: Millis) -> Line<'_> {
    let (state, due, carried, why) = match &settlement.outcome {
        Outcome::Accepted { carried } => {
            (State::Accepted, None, Some(*carried), settlement.exchange.code.map(|code| format!("answered {code}")))
        }
        Outcome::Retry { at, why } => (State::Parked, Some(at.0), None, Some(why.to_string())),
        Outcome::Refused(why) => (State::Refused, None, None, Some(why.to_string())),
        Outcome::Uncertain => (State::Uncertain, None, None, Some("lost after the final dot".to_owned())),
        Outcome::Superseded => (State::Superseded, None, None, None),
        Outcome::Expired => (State::Expired, None, None, None),
    };
    let posted = settlement.effects.iter().find_map(|effect| match effect {
        Effect::RememberPosted { posted } => Some(posted.as_str()),
        _ => None,
    });
    let exchange = &settlement.exchange;
    Line {
        s: settlement.subject.seq().0,
        l: settlement.lane.0,
        r: settlement.receiver.0,
        t: settlement.tries,
        f: settlement.fence.0,
        state: state.as_str(),
        due,
        carried,
        why,
        posted,
        settled: state.is_settled().then_some(now.0),
        at: exchange.at.0,
        ms: exchange.ms,
        phase: exchange.phase.as_str(),
        code: exchange.code,
        response: exchange.response.as_deref(),
    }
}

/// Applies what a settlement changes elsewhere. Only for settlements that were written.
///
/// # Errors
/// When the database fails.
pub async fn apply(tx: &mut Tx, effect: &Effect, now: Millis) -> Result<(), StoreError> {
    const PROVE: &str = "update endpoint set state = 'live', why = null, rev = $2 where id = $1 and state = 'unproven'";
    const SUPPRESS: &str = "insert into suppression (email_key, reason, until, evidence, at) \
                            select email_key, $2, null, $2, $3 from subscriber where id = $1 on conflict (email_key) do update set reason = excluded.reason, until = null";
    match effect {
        Effect::DisableEndpoint { receiver, why } => {
            super::audience::set_endpoint_state(tx, *receiver, EndpointState::Disabled, Some(why)).await?;
        }
        Effect::ProveEndpoint { receiver } => {
            let rev = tx.next().await?;
            tx_run!(tx, PROVE, receiver.0, rev).doing("prove an endpoint")?;
        }
        Effect::SuppressReader { receiver, why } => {
            tx_run!(tx, SUPPRESS, receiver.0, why, now.0).doing("suppress a reader")?;
            super::audience::set_subscriber_state(tx, *receiver, SubscriberState::Suppressed, now).await?;
        }
        Effect::RememberPosted { .. } => {}
    }
    Ok(())
}

/// Closes subjects of which no delivery waits. One that was opened again since stays open.
///
/// # Errors
/// When the database fails.
pub async fn close_subject(tx: &mut Tx, open: OpenSubject) -> Result<(), StoreError> {
    const SQL: &str = "delete from open_subject where subject = $1 and rev <= $2 \
                       and not exists (select d.subject from delivery d where d.subject = $1 and d.state in ('waiting', 'sending'))";
    tx_run!(tx, SQL, open.subject.seq().0, open.rev.0).doing("close a subject")?;
    Ok(())
}

/// Remembers a lane's breaker over a restart.
///
/// # Errors
/// When the database fails.
pub async fn save_breaker(tx: &mut Tx, lane: LaneId, open_until: Option<Millis>, streak: i64) -> Result<(), StoreError> {
    const SQL: &str = "update lane set open_until = $2, streak = $3 where id = $1";
    tx_run!(tx, SQL, lane.0, open_until.map(|at| at.0), streak).doing("remember a breaker")?;
    Ok(())
}

/// The subject as a place in the log, for callers that close what they opened.
#[must_use]
pub const fn opened(rev: crate::model::Rev, subject: Subject) -> OpenSubject {
    OpenSubject { rev, subject }
}
