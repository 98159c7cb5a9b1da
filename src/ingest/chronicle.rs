//! What is written of an article beside its copy: events, letters to the editor, its withdrawal.

use crate::model::{
    Actor, Article, ArticleId, ArticleJson, EventType, LetterKind, Millis, PriorStanding, Revision, Standing, Withdrawal, one_line,
};
use crate::store::write::ingest::{Keeping, NewEvent, NewRevision, keep_revision, log_event, update_article, was_published};
use crate::store::write::shared::{NewLetter, audit, lane, letter};
use crate::store::{ArticleRow, StoreError, Tx};

use super::Ingest;

/// Logs what happened to an article, as it is now.
pub(super) async fn log(
    tx: &mut Tx,
    ingest: &Ingest,
    id: ArticleId,
    article: &Article,
    what: EventType,
    announce: bool,
) -> Result<(), StoreError> {
    let now = ingest.clock.now();
    let body = ArticleJson::of(article, ingest.rules.zone);
    let event = NewEvent { id: ingest.ids.uuid(now), what, announce, body: &body };
    log_event(tx, id, article.key.as_str(), article.revision.0, &event, now).await.map(|_| ())
}

/// Writes the editor a letter about an article that waits, where the newsroom named one.
pub(super) async fn tell_editor(tx: &mut Tx, ingest: &Ingest, article: &Article, because: &str) -> Result<(), StoreError> {
    let Some(editor) = &ingest.rules.editor else { return Ok(()) };
    let kind = LetterKind::ArticleHeld {
        to: editor.expose().to_owned(),
        article: article.key.to_string(),
        title: article.title.clone(),
        because: because.to_owned(),
    };
    write_letter(tx, ingest, "article_held", &kind).await
}

/// Writes the editor a letter about a source that is not itself, where the newsroom named one.
pub(super) async fn tell_of_source(tx: &mut Tx, ingest: &Ingest, source: &str, because: &str) -> Result<(), StoreError> {
    let Some(editor) = &ingest.rules.editor else { return Ok(()) };
    let kind = LetterKind::SourceDrifts { to: editor.expose().to_owned(), source: source.to_owned(), because: because.to_owned() };
    write_letter(tx, ingest, "source_drifts", &kind).await
}

async fn write_letter(tx: &mut Tx, ingest: &Ingest, name: &str, kind: &LetterKind) -> Result<(), StoreError> {
    let payload = (ingest.rules.seal)(&serde_json::to_vec(kind).unwrap_or_default());
    let lane = lane(tx, "mail:own", "mail").await?;
    let new = NewLetter { kind: name, payload: &payload, receiver: None, lane, expires_at: None };
    letter(tx, &new, ingest.clock.now()).await.map(|_| ())
}

/// Whether the public had ever seen an article.
pub(super) async fn prior_standing(tx: &mut Tx, row: &ArticleRow) -> Result<PriorStanding, StoreError> {
    let knew = row.article.is_public() || was_published(tx, row.id).await?;
    Ok(if knew { PriorStanding::Published } else { PriorStanding::Unknown })
}

/// Withdraws in the caller's transaction.
pub(super) async fn withdraw_row(
    tx: &mut Tx,
    ingest: &Ingest,
    row: &ArticleRow,
    reason: &str,
    actor: &Actor,
) -> Result<Revision, StoreError> {
    let now: Millis = ingest.clock.now();
    // One that waits again was told of before: who has it must hear of its end.
    let was_public = prior_standing(tx, row).await? == PriorStanding::Published;
    let mut article = row.article.clone();
    article.standing = withdrawn(now, reason);
    article.revision = Revision(row.article.revision.0 + 1);
    update_article(tx, row.id, &article, Keeping { first_seen: row.first_seen, announce: row.announce, digest: &row.digest }).await?;
    let new = NewRevision { weight: "material", note: Some(reason), evidence: &[], raw: None, actor };
    keep_revision(tx, row.id, &article, &new, now).await?;
    if was_public {
        log(tx, ingest, row.id, &article, EventType::Withdrawn, true).await?;
    }
    audit(tx, actor, "article.withdraw", article.key.as_str(), reason, now).await?;
    Ok(article.revision)
}

/// The standing of a withdrawn article.
fn withdrawn(now: Millis, reason: &str) -> Standing {
    Standing::Withdrawn(Withdrawal { at: now, reason: one_line(reason) })
}
