//! An article changed by hand, field by field: JSON Merge Patch (RFC 7396) over the article as the API gives it.

use serde_json::Value;

use crate::model::{Actor, ArticleJson, ArticleKey, Candidate, Slug, Standing, When, Wish};
use crate::store::write::ingest::{by_key, find, sections};
use crate::store::{ArticleRow, Tx};

use super::accept::{closed, incomplete};
use super::chronicle::withdraw_row;
use super::draft::{Draft, Manner, waits_for_its_minute};
use super::identity::names;
use super::outcome::Accepted;
use super::push::{PushError, within};
use super::sections::place;
use super::{Became, Door, Ingest, Refusal};

impl Ingest {
    /// Changes the fields that `patch` names: a value replaces, `null` clears, what is not named stays. Judged as pushed copy is, with the
    /// same limits and the same reach of a token; later copy of its source that is other than its last one comes in as ever.
    ///
    /// # Errors
    /// When there is no such article, the change is refused, or the store fails.
    pub async fn amend(
        &self,
        key: &ArticleKey,
        patch: &Value,
        door: &Door,
        bound_to: Option<&Slug>,
        actor: &Actor,
    ) -> Result<Accepted, PushError> {
        let mut tx = self.store.begin().await?;
        tx.take_turn().await?;
        let row = by_key(&mut tx, key.as_str()).await?.ok_or_else(|| PushError::Unknown(key.clone()))?;
        let door = Door { source: row.article.source.clone(), bound_to: bound_to.cloned(), ..door.clone() };
        let accepted = self.amend_row(&mut tx, row, patch, &door, actor).await?;
        tx.commit().await?;
        Ok(accepted)
    }

    async fn amend_row(&self, tx: &mut Tx, row: ArticleRow, patch: &Value, door: &Door, actor: &Actor) -> Result<Accepted, PushError> {
        let mut known = sections(tx).await?;
        let candidate = self.patched(&row, patch, door)?;
        if let Some(refusal) = closed(&row, &candidate, door) {
            return Err(refusal.into());
        }
        within(&known, &candidate, door.bound_to.as_ref())?;
        if let Wish::Withdraw(reason) = &candidate.wish {
            if matches!(row.article.standing, Standing::Withdrawn(_)) {
                return Err(Refusal::Withdrawn.into());
            }
            if reason.trim().is_empty() {
                return Err(Refusal::NoReason.into());
            }
            let revision = withdraw_row(tx, self, &row, reason, actor).await?;
            return Ok(Accepted { revision, held: None, ..Accepted::of(row.id, &row.article, Became::Revised) });
        }
        if let Some(refusal) = incomplete(&candidate) {
            return Err(refusal.into());
        }
        let placement = place(tx, &mut known, &candidate.sections, door, &self.rules).await?;
        if let Some(refusal) = placement.refusal() {
            return Err(refusal.into());
        }
        let names = self.names_of_its_own(tx, &row, &candidate, door).await?;
        let manner = Manner::Amended { stands: patch.get("status").is_some_and(|status| !status.is_null()) };
        let (now, base) = (self.clock.now(), candidate.url.clone());
        Ok(Draft { ingest: self, door, now, actor, names, placement, base, manner }.revise(tx, candidate, row).await?)
    }

    /// The names of the changed article, none of which is another's.
    async fn names_of_its_own(
        &self,
        tx: &mut Tx,
        row: &ArticleRow,
        candidate: &Candidate,
        door: &Door,
    ) -> Result<Vec<(&'static str, String)>, PushError> {
        let mut names = names(candidate, door, self.clock.now());
        names.retain(|(kind, _)| *kind != "headline");
        for name in &names {
            if find(tx, std::slice::from_ref(name)).await?.is_some_and(|other| other.id != row.id) {
                return Err(if name.0 == "url" { Refusal::UrlTaken } else { Refusal::IdTaken }.into());
            }
        }
        Ok(names)
    }

    /// The copy that a patch makes of an article.
    fn patched(&self, row: &ArticleRow, patch: &Value, door: &Door) -> Result<Candidate, PushError> {
        let Value::Object(changes) = patch else { return Err(PushError::Unreadable("an object of fields is needed".to_owned())) };
        let given = |field: &str| changes.get(field).is_some_and(|value| !value.is_null());
        let mut whole = serde_json::to_value(ArticleJson::of(&row.article, door.zone)).unwrap_or_default();
        // One body and one list of sections are told in two ways: the one that is told takes the other's place.
        for (told, other) in [("content_text", "content_html"), ("section", "sections")] {
            if given(told) && !given(other) {
                whole[other] = Value::Null;
            }
        }
        for (field, value) in changes {
            whole[field.as_str()] = value.clone();
        }
        // Lists have no null of their own.
        for field in ["sections", "authors", "editors", "tags", "images"] {
            if whole[field].is_null() {
                whole[field] = Value::Array(Vec::new());
            }
        }
        if whole["breaking"].is_null() {
            whole["breaking"] = Value::Bool(false);
        }
        if !given("status") {
            whole["status"] = Value::Null;
        }
        let json: ArticleJson = serde_json::from_value(whole).map_err(|error| PushError::Unreadable(error.to_string()))?;
        let mut candidate = json.into_candidate(&door.source, door.zone)?;
        if !changes.contains_key("published") {
            // As it stands, to the millisecond; and what is let go before its minute goes out now.
            let let_go = given("status") && candidate.wish == Wish::Publish && waits_for_its_minute(&row.article);
            candidate.published = Some(When::At(if let_go { self.clock.now() } else { row.article.published }));
        }
        Ok(candidate)
    }
}
