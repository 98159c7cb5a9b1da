//! Articles from a file, as they were elsewhere: with their names, versions and standing, and without a word to anybody.

use crate::model::{
    Actor, Article, ArticleId, ArticleJson, ArticleKey, Candidate, FieldError, Millis, Revision, Section, Standing, When, Wish, Withdrawal,
};
use crate::store::write::ingest::{by_key, find, sections};
use crate::store::{ArticleRow, StoreError, Tx};

use super::accept::incomplete;
use super::draft::{Draft, Manner};
use super::identity::{key_of, names};
use super::outcome::Accepted;
use super::sections::place;
use super::{Became, Door, Ingest, Refusal};

/// An article of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// As the API gives it.
    pub json: ArticleJson,
    /// When it was to be let go, where it waits for its minute (RFC 3339).
    pub release: Option<String>,
}

/// Why an article of a file was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// A field cannot be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Ingest {
    /// Takes articles in, in one transaction: what is here already is revised where it differs and keeps its standing, what is not is
    /// written as it was. Each is answered, in order; with `dry_run` nothing is written. Nobody is told.
    ///
    /// # Errors
    /// When the store fails; then nothing was written.
    pub async fn import(
        &self,
        articles: Vec<(Imported, Door)>,
        actor: &Actor,
        dry_run: bool,
    ) -> Result<Vec<Result<Accepted, ImportError>>, StoreError> {
        let mut tx = self.store.begin().await?;
        tx.take_turn().await?;
        let mut known = sections(&mut tx).await?;
        let mut answers = Vec::with_capacity(articles.len());
        for (imported, door) in articles {
            answers.push(self.import_one(&mut tx, &mut known, imported, &door, actor).await?);
        }
        if dry_run {
            tx.roll_back().await?;
        } else {
            tx.commit().await?;
        }
        Ok(answers)
    }

    async fn import_one(
        &self,
        tx: &mut Tx,
        known: &mut Vec<Section>,
        imported: Imported,
        door: &Door,
        actor: &Actor,
    ) -> Result<Result<Accepted, ImportError>, StoreError> {
        let copy = match Copy::read(imported, door) {
            Ok(copy) => copy,
            Err(error) => return Ok(Err(error.into())),
        };
        let now = self.clock.now();
        let names = names(&copy.candidate, door, now);
        let found = match self.find_imported(tx, &copy, door, &names).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        // What was taken back has no body left to ask for.
        let stands_back = matches!(copy.standing, Standing::Withdrawn(_));
        if let Some(refusal) = incomplete(&copy.candidate).filter(|refusal| !stands_back || *refusal == Refusal::NoTitle) {
            return Ok(Err(refusal.into()));
        }
        let placement = place(tx, known, &copy.candidate.sections, door, &self.rules).await?;
        if let Some(refusal) = placement.refusal() {
            return Ok(Err(refusal.into()));
        }
        let (base, manner) = (copy.candidate.url.clone(), Manner::Imported);
        let mut door = door.clone();
        if let Some(row) = &found {
            door.source.clone_from(&row.article.source);
        }
        let draft = Draft { ingest: self, door: &door, now, actor, names, placement, base, manner };
        Ok(Ok(match found {
            // An import takes nothing back that stands here.
            Some(row) if stands_back => Accepted::of(row.id, &row.article, Became::Unchanged),
            Some(row) => draft.revise(tx, copy.candidate, row).await?,
            None => {
                let article = copy.article(&draft);
                let evidence = Vec::new();
                let id: ArticleId = draft.write_new(tx, &article, false, &evidence).await?;
                Accepted::of(id, &article, Became::New)
            }
        }))
    }

    /// The article that all names of a line mean; a line that names two is neither.
    async fn find_imported(
        &self,
        tx: &mut Tx,
        copy: &Copy,
        door: &Door,
        names: &[(&'static str, String)],
    ) -> Result<Result<Option<ArticleRow>, Refusal>, StoreError> {
        let mut found = match &copy.key {
            Some(key) => by_key(tx, key.as_str()).await?,
            None => None,
        };
        for name in names {
            match (&found, find(tx, std::slice::from_ref(name)).await?) {
                (Some(row), Some(other)) if row.id != other.id => {
                    return Ok(Err(if name.0 == "url" { Refusal::UrlTaken } else { Refusal::IdTaken }));
                }
                (None, Some(other)) => found = Some(other),
                _ => {}
            }
        }
        if found.is_none() {
            found = by_key(tx, key_of(&copy.candidate, door, self.clock.now()).as_str()).await?;
        }
        Ok(Ok(found))
    }
}

/// A line of the file, read.
struct Copy {
    candidate: Candidate,
    key: Option<ArticleKey>,
    revision: Revision,
    revised: Option<When>,
    correction: Option<String>,
    standing: Standing,
}

impl Copy {
    fn read(imported: Imported, door: &Door) -> Result<Self, FieldError> {
        let Imported { mut json, release } = imported;
        let key = json.id.as_deref().and_then(ArticleKey::parse);
        let revision = Revision(json.revision.unwrap_or(1).max(1));
        let correction = json.correction.take();
        let time = |field, text: &str| {
            let at =
                chrono::DateTime::parse_from_rfc3339(text).map_err(|_| FieldError::new(field, "a time such as 2021-10-29T08:30:00+08:00"));
            at.map(Millis::from)
        };
        let withdrawn = json.withdrawn.take().map(|text| time("withdrawn", &text)).transpose()?;
        let release_at = release.map(|text| time("release", &text)).transpose()?;
        if let Some(at) = withdrawn.filter(|_| json.published.is_none()) {
            json.published = Some(at.rfc3339(door.zone));
        }
        let mut candidate = json.into_candidate(&door.source, door.zone)?;
        let standing = match std::mem::take(&mut candidate.wish) {
            Wish::Publish => Standing::Published,
            Wish::Hold(because) => Standing::Held { because, release_at, by_editor: false },
            Wish::Withdraw(reason) => {
                let published = candidate.published.map(|when| when.instant(door.zone, Millis(0)));
                Standing::Withdrawn(Withdrawal { at: withdrawn.or(published).unwrap_or_default(), reason })
            }
        };
        Ok(Self { key, revision, revised: candidate.updated, correction, standing, candidate })
    }

    /// The article as it was.
    fn article(self, draft: &Draft<'_>) -> Article {
        let key = self.key.unwrap_or_else(|| key_of(&self.candidate, draft.door, draft.now));
        let article = draft.article(self.candidate, key, self.revision, None);
        let revised = self.revised.map_or(article.published, |when| when.instant(draft.door.zone, article.published));
        Article { standing: self.standing, correction: self.correction, revised: revised.max(article.published), ..article }
    }
}
