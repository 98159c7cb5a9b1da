//! Tokens, sessions, one-time links. What is kept of each is a keyed hash; the secret itself is shown once.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;

use crate::clock::{Clock, Ids};
use crate::keys::{KeyRing, Purpose};
use crate::model::{Actor, Secret, Slug, SlugError};
use crate::store::write::access as rows;
use crate::store::write::shared::audit;
use crate::store::{Scope, SessionRow, Store, StoreError, TokenRow};

/// Random bytes of a token or session: nobody guesses 192 bits.
const SECRET_BYTES: usize = 24;
/// How long a sign-in link is good for: long enough to walk to another screen.
const LINK_LASTS: Duration = Duration::from_mins(15);
/// How long a session lasts: a working day.
const SESSION_LASTS: Duration = Duration::from_hours(12);
/// Names of tokens stand in logs and lists (bytes).
const LONGEST_NAME: usize = 80;

/// Why access could not be given.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// No such scope.
    #[error("a scope is read, write or admin, with :SECTION where it is bound: {0:?}")]
    Scope(String),
    /// The section of a bound token is no slug.
    #[error("the section of a scope: {0}")]
    Section(#[from] SlugError),
    /// The name cannot be used.
    #[error("a token's name has 1 to {LONGEST_NAME} bytes")]
    Name,
    /// The name is taken.
    #[error("a token called {0:?} exists already")]
    Taken(String),
    /// The store failed.
    #[error("keep access")]
    Store(#[from] StoreError),
}

/// Gives access and checks it.
#[derive(Debug, Clone)]
pub struct Access {
    /// Where hashes last.
    pub store: Store,
    /// When links end.
    pub clock: Clock,
    /// Fresh secrets.
    pub ids: Ids,
    /// For the hashes.
    pub keys: KeyRing,
}

/// Reads `write`, or `write:news/yicheng`.
///
/// # Errors
/// When it is neither.
pub fn parse_scope(text: &str) -> Result<(Scope, Option<Slug>), AccessError> {
    let (word, section) = text.split_once(':').map_or((text, None), |(word, section)| (word, Some(section)));
    let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == word).ok_or_else(|| AccessError::Scope(text.to_owned()))?;
    Ok((scope, section.map(Slug::parse).transpose()?))
}

impl Access {
    /// Makes a token; its secret is never shown again.
    ///
    /// # Errors
    /// When the name is taken or unusable.
    pub async fn create_token(&self, name: &str, scope: Scope, section: Option<&Slug>, actor: &Actor) -> Result<Secret, AccessError> {
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(AccessError::Name);
        }
        let secret = format!("pr_{}", BASE64URL_NOPAD.encode(&self.ids.bytes::<SECRET_BYTES>()));
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        match rows::add_token(&mut tx, &self.keys.hash(Purpose::Token, &secret), name, scope, section, now).await {
            Err(error) if error.is_duplicate() => return Err(AccessError::Taken(name.to_owned())),
            added => added?,
        }
        audit(&mut tx, actor, "token.create", name, scope.as_str(), now).await?;
        tx.commit().await?;
        Ok(Secret::new(secret))
    }

    /// Revokes a token; whether there was a good one of that name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke_token(&self, name: &str, actor: &Actor) -> Result<bool, AccessError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let revoked = rows::revoke_token(&mut tx, name, now).await?;
        audit(&mut tx, actor, "token.revoke", name, "", now).await?;
        tx.commit().await?;
        Ok(revoked)
    }

    /// Who holds a bearer token; `None` where it is wrong or revoked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holder(&self, bearer: &str) -> Result<Option<TokenRow>, StoreError> {
        self.store.token(&self.keys.hash(Purpose::Token, bearer)).await
    }

    /// A one-time code for the console.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn console_link(&self, actor: &Actor) -> Result<Secret, AccessError> {
        let link = SessionRow { person: "operator".to_owned(), role: "link".to_owned() };
        let code = self.keep(&link, LINK_LASTS).await?;
        let mut tx = self.store.begin().await?;
        audit(&mut tx, actor, "console.link", "operator", "", self.clock.now()).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Spends a one-time code; a session's secret where it was good.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_in(&self, code: &str) -> Result<Option<Secret>, AccessError> {
        let mut tx = self.store.begin().await?;
        let found = rows::take_session(&mut tx, &self.keys.hash(Purpose::Token, code), self.clock.now()).await?;
        let Some(link) = found.filter(|session| session.role == "link") else {
            tx.roll_back().await?;
            return Ok(None);
        };
        tx.commit().await?;
        let session = SessionRow { person: link.person, role: "operator".to_owned() };
        Ok(Some(self.keep(&session, SESSION_LASTS).await?))
    }

    /// Who a session's secret speaks for.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session(&self, secret: &str) -> Result<Option<SessionRow>, StoreError> {
        let found = self.store.session(&self.keys.hash(Purpose::Token, secret), self.clock.now()).await?;
        Ok(found.filter(|session| session.role != "link"))
    }

    /// Ends a session; one that has ended already is no error.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, secret: &str) -> Result<(), AccessError> {
        let mut tx = self.store.begin().await?;
        rows::take_session(&mut tx, &self.keys.hash(Purpose::Token, secret), self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn keep(&self, session: &SessionRow, lasts: Duration) -> Result<Secret, AccessError> {
        let secret = BASE64URL_NOPAD.encode(&self.ids.bytes::<SECRET_BYTES>());
        let mut tx = self.store.begin().await?;
        rows::add_session(&mut tx, &self.keys.hash(Purpose::Token, &secret), session, self.clock.now().plus(lasts)).await?;
        tx.commit().await?;
        Ok(Secret::new(secret))
    }
}
