//! Counts of hits: what `web` writes.

use serde_json::Value;

use crate::store::db::tx_run;
use crate::store::{Doing as _, StoreError, Tx};

/// Adds to the day's count of short links: `(day, code, channel, n)`.
///
/// # Errors
/// When the database fails.
pub async fn links(tx: &mut Tx, hits: &[(String, String, String, i64)]) -> Result<(), StoreError> {
    const SQL: &str = "insert into link_day (day, code, channel, n) \
                       select v.value ->> 'd', v.value ->> 'c', v.value ->> 'h', cast(v.value ->> 'n' as bigint) from json_each($1) v where true \
                       on conflict (day, code, channel) do update set n = link_day.n + excluded.n";
    let list: Vec<Value> =
        hits.iter().map(|(day, code, channel, n)| serde_json::json!({ "d": day, "c": code, "h": channel, "n": n })).collect();
    let list = Value::from(list).to_string();
    tx_run!(tx, SQL, &list).doing("count hits")?;
    Ok(())
}
