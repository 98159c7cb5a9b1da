//! Copy that is handed in: by the API and by `postrider ingest`. One transaction an article, with its idempotent answer.

use crate::model::{Actor, Candidate, Section, Slug};
use crate::store::write::ingest::sections;
use crate::store::write::shared::{Remembered, remember, remembered};
use crate::store::{StoreError, Tx};

use super::accept::{Accepted, accept};
use super::{Door, Ingest, Refusal};

/// What became of pushed copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// It was judged now.
    Now(Accepted),
    /// The same request had been answered before: the answer of then.
    Before(Remembered),
}

/// Why pushed copy was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The idempotency key was used for another request.
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// The store failed; nothing was written.
    #[error("take in an article")]
    Store(#[from] StoreError),
}

/// An idempotency key with what it belongs to.
#[derive(Debug)]
pub struct Once<'a> {
    /// Whose key.
    pub token: &'a str,
    /// The key.
    pub key: &'a str,
    /// Hash of the request.
    pub request: &'a str,
}

impl Ingest {
    /// Takes pushed copy in; it is on disk when this returns. `answer` makes the stored answer of a request with an idempotency key.
    ///
    /// # Errors
    /// When it is refused or the store fails.
    pub async fn push(
        &self,
        candidate: Candidate,
        door: &Door,
        bound_to: Option<&Slug>,
        actor: &Actor,
        once: Option<&Once<'_>>,
        answer: impl FnOnce(&Accepted) -> (i64, String),
    ) -> Result<Pushed, PushError> {
        let mut tx = self.store.begin().await?;
        // Two requests with one key, or two about one article, come one after the other.
        tx.take_turn().await?;
        if let Some(once) = once
            && let Some(before) = remembered(&mut tx, once.token, once.key).await?
        {
            return if before.request == once.request { Ok(Pushed::Before(before)) } else { Err(PushError::KeyReused) };
        }
        let mut known = sections(&mut tx).await?;
        within(&known, &candidate, bound_to)?;
        let door = Door { bound_to: bound_to.cloned(), ..door.clone() };
        let accepted = accept(&mut tx, self, &mut known, candidate, &door, actor).await??;
        if let Some(once) = once {
            let (status, response) = answer(&accepted);
            let kept = Remembered { request: once.request.to_owned(), status, response };
            remember(&mut tx, once.token, once.key, &kept, self.clock.now()).await?;
        }
        commit(tx).await?;
        Ok(Pushed::Now(accepted))
    }
}

async fn commit(tx: Tx) -> Result<(), StoreError> {
    tx.commit().await
}

/// A token that is bound to a section writes there and below, and must say where.
fn within(known: &[Section], candidate: &Candidate, bound_to: Option<&Slug>) -> Result<(), Refusal> {
    let Some(bound) = bound_to else { return Ok(()) };
    let inside = |wish: &String| super::sections::matching(known, wish).is_some_and(|section| section.slug.is_within(bound));
    let fits = !candidate.sections.is_empty() && candidate.sections.iter().all(inside);
    if fits { Ok(()) } else { Err(Refusal::OutsideSection(bound.clone())) }
}
