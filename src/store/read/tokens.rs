//! API tokens and one-time links.

use crate::model::{Millis, Slug};
use crate::store::db::{row, rows};
use crate::store::{Doing as _, Store, StoreError};

/// What a token lets its holder do. Each includes the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Read.
    Read,
    /// Read, and write articles.
    Write,
    /// Everything.
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// As command line and store write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// A token at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// The section it is bound to.
    pub section: Option<Slug>,
    /// When it was made.
    pub created_at: Millis,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
}

#[derive(sqlx::FromRow)]
struct RawToken {
    name: String,
    scope: String,
    section: Option<String>,
    created_at: i64,
    revoked_at: Option<i64>,
}

impl TryFrom<RawToken> for TokenRow {
    type Error = StoreError;
    fn try_from(raw: RawToken) -> Result<Self, StoreError> {
        let unreadable = |why: String| StoreError::Unreadable { what: "a token", why };
        let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == raw.scope).ok_or_else(|| unreadable(raw.scope.clone()))?;
        let section = raw.section.map(|slug| Slug::parse(&slug)).transpose().map_err(|error| unreadable(error.to_string()))?;
        Ok(Self { name: raw.name, scope, section, created_at: Millis(raw.created_at), revoked_at: raw.revoked_at.map(Millis) })
    }
}

/// Who a session speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// By name.
    pub person: String,
    /// `editor`, `operator`, or `link` for a one-time link not yet used.
    pub role: String,
}

impl Store {
    /// The token of a hash, unless it was revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        const SQL: &str = "select name, scope, section, created_at, revoked_at from token where hash = $1 and revoked_at is null";
        row!(self, RawToken, SQL, hash).doing("look up a token")?.map(TokenRow::try_from).transpose()
    }

    /// Every token, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        const SQL: &str = "select name, scope, section, created_at, revoked_at from token order by name";
        rows!(self, RawToken, SQL).doing("list tokens")?.into_iter().map(TokenRow::try_from).collect()
    }

    /// The session of a hash, while it lasts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, hash: &str, now: Millis) -> Result<Option<SessionRow>, StoreError> {
        const SQL: &str = "select person, role from session where hash = $1 and until > $2";
        let found = row!(self, (String, String), SQL, hash, now.0).doing("look up a session")?;
        Ok(found.map(|(person, role)| SessionRow { person, role }))
    }

    /// A setting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        const SQL: &str = "select value from setting where key = $1";
        Ok(row!(self, (String,), SQL, key).doing("read a setting")?.map(|(value,)| value))
    }
}
