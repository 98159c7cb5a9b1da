//! Judging a candidate.

use crate::model::{Actor, Candidate, CanonicalUrl, Kind, Section, Slug, SourceKind, Standing, Wish};
use crate::store::{ArticleRow, StoreError, Tx};

use super::chronicle::withdraw_row;
use super::draft::{Draft, Manner};
use super::identity::{Known, look_up};
use super::outcome::{Accepted, Became};
use super::sections::{Placement, place};
use super::{Door, Ingest, Refusal};

/// Takes a candidate in, in the caller's transaction: article, revision, placement, short link, event, and for a hold the editor's letter.
///
/// # Errors
/// When the store fails. A refusal is no error.
pub async fn accept(
    tx: &mut Tx,
    ingest: &Ingest,
    known: &mut Vec<Section>,
    mut candidate: Candidate,
    door: &Door,
    actor: &Actor,
) -> Result<Result<Accepted, Refusal>, StoreError> {
    let now = ingest.clock.now();
    let draft = Draft { ingest, door, now, actor, names: Vec::new(), placement: Placement::default(), base: None, manner: Manner::Given };
    let found = look_up(tx, &candidate, door, now, || draft.copy_of(candidate.clone())).await?;
    if let Some(refusal) = found.row.as_ref().and_then(|row| closed(row, &candidate, door)) {
        return Ok(Err(refusal));
    }
    if door.kind == SourceKind::Push && taken(&found) {
        return Ok(Err(Refusal::UrlTaken));
    }
    if let Wish::Withdraw(reason) = &candidate.wish {
        let Some(row) = found.row else { return Ok(Err(Refusal::NothingToWithdraw)) };
        let revision = withdraw_row(tx, ingest, &row, reason, actor).await?;
        let became = Became::Revised;
        return Ok(Ok(Accepted { id: row.id, url: row.article.url, key: row.article.key, revision, became, held: None }));
    }
    // Who pushes can be told; what was polled or dropped waits for an editor instead.
    let answers = door.kind == SourceKind::Push;
    if answers && let Some(refusal) = incomplete(&candidate) {
        return Ok(Err(refusal));
    }
    let placement = place(tx, known, &candidate.sections, door, &ingest.rules).await?;
    if answers && let Some(refusal) = placement.refusal() {
        return Ok(Err(refusal));
    }
    let base = candidate.url.clone();
    if let Some(row) = &found.row {
        settle_address(&mut candidate, row, &found, door);
    }
    let draft = Draft { names: found.names, placement, base, ..draft };
    let accepted = match found.row {
        None => draft.enter(tx, candidate).await?,
        Some(row) => draft.revise(tx, candidate, row).await?,
    };
    Ok(Ok(accepted))
}

/// Whether a candidate's address is another article's.
fn taken(found: &Known) -> bool {
    found.row.as_ref().is_some_and(|row| found.at_address.as_ref().is_some_and(|other| other.id != row.id))
}

/// The address that an article has after this copy. A new one takes the place of the old, which goes on naming the article; an old one that
/// is met again changes nothing, or two spellings would take turns for ever; and of two entries that swapped their links each keeps its own.
fn settle_address(candidate: &mut Candidate, row: &ArticleRow, found: &Known, door: &Door) {
    let met_again = door.is_polled() && found.at_address.as_ref().is_some_and(|known| known.id == row.id) && row.article.url.is_some();
    if met_again || taken(found) {
        candidate.url.clone_from(&row.article.url);
    }
}

/// Why a hand that is bound to a section may not touch an article: any of it stands elsewhere.
pub(super) fn outside(row: &ArticleRow, bound_to: Option<&Slug>) -> Option<Refusal> {
    let sections = &row.article.sections;
    let elsewhere = |bound: &&Slug| sections.is_empty() || sections.iter().any(|slug| !slug.is_within(bound));
    bound_to.filter(elsewhere).map(|bound| Refusal::OutsideSection(bound.clone()))
}

/// Why an article that is here takes no copy from this door.
pub(super) fn closed(row: &ArticleRow, candidate: &Candidate, door: &Door) -> Option<Refusal> {
    if let Some(refusal) = outside(row, door.bound_to.as_ref()) {
        return Some(refusal);
    }
    let comes_back = matches!(row.article.standing, Standing::Withdrawn(_)) && !matches!(candidate.wish, Wish::Withdraw(_));
    (door.kind == SourceKind::Push && comes_back).then_some(Refusal::Withdrawn)
}

/// What a sender left out that an article needs.
pub(super) fn incomplete(candidate: &Candidate) -> Option<Refusal> {
    let base = candidate.url.as_ref().map(CanonicalUrl::url);
    let no_body = candidate.kind == Kind::Text && candidate.body.cleaned(base.as_ref()).is_empty();
    match &candidate.title {
        None => Some(Refusal::NoTitle),
        Some(_) if no_body => Some(Refusal::NoBody),
        Some(_) => None,
    }
}
