//! Tokens and sessions: what `access` writes.

use crate::model::{Millis, Slug};
use crate::store::db::{tx_row, tx_run};
use crate::store::{Doing as _, Scope, SessionRow, StoreError, Tx};

/// Keeps a token's hash.
///
/// # Errors
/// When the database fails; [`StoreError::is_duplicate`] where the name is taken.
pub async fn add_token(tx: &mut Tx, hash: &str, name: &str, scope: Scope, section: Option<&Slug>, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "insert into token (hash, name, scope, section, created_at) values ($1, $2, $3, $4, $5)";
    tx_run!(tx, SQL, hash, name, scope.as_str(), section.map(Slug::as_str), now.0).doing("keep a token")?;
    Ok(())
}

/// Revokes a token; false where none of that name was good.
///
/// # Errors
/// When the database fails.
pub async fn revoke_token(tx: &mut Tx, name: &str, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "update token set revoked_at = $2 where name = $1 and revoked_at is null";
    Ok(tx_run!(tx, SQL, name, now.0).doing("revoke a token")? > 0)
}

/// Keeps a session, or a one-time link where the role is `link`.
///
/// # Errors
/// When the database fails.
pub async fn add_session(tx: &mut Tx, hash: &str, session: &SessionRow, until: Millis) -> Result<(), StoreError> {
    const SQL: &str = "insert into session (hash, person, role, until) values ($1, $2, $3, $4)";
    tx_run!(tx, SQL, hash, &session.person, &session.role, until.0).doing("keep a session")?;
    Ok(())
}

/// Takes a session away; what it was, so that a one-time link works once.
///
/// # Errors
/// When the database fails.
pub async fn take_session(tx: &mut Tx, hash: &str, now: Millis) -> Result<Option<SessionRow>, StoreError> {
    const SQL: &str = "delete from session where hash = $1 and until > $2 returning person, role";
    let found = tx_row!(tx, (String, String), SQL, hash, now.0).doing("end a session")?;
    Ok(found.map(|(person, role)| SessionRow { person, role }))
}
