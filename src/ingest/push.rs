//! Copy that is handed in: by the API and by `postrider ingest`. One transaction an article.

use crate::model::{Actor, Candidate, Section, Slug};
use crate::store::StoreError;
use crate::store::write::ingest::sections;

use super::accept::accept;
use super::outcome::Accepted;
use super::{Door, Ingest, Refusal};

/// Why pushed copy was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A field of the change cannot be taken.
    #[error(transparent)]
    Field(#[from] crate::model::FieldError),
    /// The change is no change of an article.
    #[error("the change cannot be read: {0}")]
    Unreadable(String),
    /// There is no such article.
    #[error("no article is called {0}")]
    Unknown(crate::model::ArticleKey),
    /// The store failed; nothing was written.
    #[error("take in an article")]
    Store(#[from] StoreError),
}

impl Ingest {
    /// Takes pushed copy in; it is on disk when this returns.
    ///
    /// # Errors
    /// When it is refused or the store fails.
    pub async fn push(&self, candidate: Candidate, door: &Door, bound_to: Option<&Slug>, actor: &Actor) -> Result<Accepted, PushError> {
        let mut tx = self.store.begin().await?;
        // Two pushes about one article come one after the other.
        tx.take_turn().await?;
        let mut known = sections(&mut tx).await?;
        within(&known, &candidate, bound_to)?;
        let door = Door { bound_to: bound_to.cloned(), ..door.clone() };
        let accepted = accept(&mut tx, self, &mut known, candidate, &door, actor).await??;
        tx.commit().await?;
        Ok(accepted)
    }
}

/// A token that is bound to a section writes there and below, and must say where.
pub(super) fn within(known: &[Section], candidate: &Candidate, bound_to: Option<&Slug>) -> Result<(), Refusal> {
    let Some(bound) = bound_to else { return Ok(()) };
    let inside = |wish: &String| super::sections::matching(known, wish).is_some_and(|section| section.slug.is_within(bound));
    let fits = !candidate.sections.is_empty() && candidate.sections.iter().all(inside);
    if fits { Ok(()) } else { Err(Refusal::OutsideSection(bound.clone())) }
}
