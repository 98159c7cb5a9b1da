//! Judging a candidate.

use std::time::Duration;

use url::Url;

use crate::model::{
    Actor, Article, ArticleId, ArticleKey, Body, CODE_BYTES, Candidate, CanonicalUrl, EventType, Kind, Millis, PriorStanding, Revision,
    SafeHtml, Section, Slug, SourceKind, Standing, Wish, one_line, short_code,
};
use crate::store::write::ingest::{
    Identity, Keeping, NewRevision, find, identify, insert_article, keep_revision, short_link, update_article,
};
use crate::store::{ArticleRow, StoreError, Tx};

use super::chronicle::{log, prior_standing, tell_editor, withdraw_row};
use super::sections::{Placement, place};
use super::weigh::{Weight, fingerprint, weigh};
use super::{Door, Ingest, Refusal};

/// A clock that runs ahead by less than this is no embargo: newsrooms and servers differ by minutes.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// What became of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its row.
    pub id: ArticleId,
    /// Its public name.
    pub key: ArticleKey,
    /// The CMS's own address, where it has one.
    pub url: Option<CanonicalUrl>,
    /// As it stands now.
    pub revision: Revision,
    /// What happened.
    pub became: Became,
    /// Why it waits, where it does.
    pub held: Option<String>,
}

/// What happened to a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It was not known.
    New,
    /// It was known, with other copy.
    Revised,
    /// It was known as it is.
    Unchanged,
}

impl Became {
    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Revised => "revised",
            Self::Unchanged => "unchanged",
        }
    }
}

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
    let identities = identities(&candidate, door, now);
    let existing = find(tx, &identities).await?;
    if let Some(refusal) = existing.as_ref().and_then(|row| closed(row, &candidate, door)) {
        return Ok(Err(refusal));
    }
    if let (Some(row), Some(url)) = (&existing, &candidate.url)
        && find(tx, &[("url", url.to_string())]).await?.is_some_and(|other| other.id != row.id)
    {
        if door.kind == SourceKind::Push {
            return Ok(Err(Refusal::UrlTaken));
        }
        // Two entries that swapped their links: each keeps its own.
        candidate.url.clone_from(&row.article.url);
    }
    if let Wish::Withdraw(reason) = &candidate.wish {
        let Some(row) = existing else { return Ok(Err(Refusal::NothingToWithdraw)) };
        let desk = withdraw_row(tx, ingest, &row, reason, actor).await?;
        return Ok(Ok(Accepted {
            id: row.id,
            url: row.article.url,
            key: row.article.key,
            revision: desk,
            became: Became::Revised,
            held: None,
        }));
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
    let draft = Draft { ingest, door, now, actor, identities, placement };
    let accepted = match existing {
        None => draft.enter(tx, candidate).await?,
        Some(row) => draft.revise(tx, candidate, row).await?,
    };
    Ok(Ok(accepted))
}

/// Why an article that is here takes no copy from this door.
fn closed(row: &ArticleRow, candidate: &Candidate, door: &Door) -> Option<Refusal> {
    let outside = |bound: &&Slug| row.article.sections.is_empty() || row.article.sections.iter().any(|slug| !slug.is_within(bound));
    if let Some(bound) = door.bound_to.as_ref().filter(outside) {
        return Some(Refusal::OutsideSection(bound.clone()));
    }
    let comes_back = matches!(row.article.standing, Standing::Withdrawn(_)) && !matches!(candidate.wish, Wish::Withdraw(_));
    (door.kind == SourceKind::Push && comes_back).then_some(Refusal::Withdrawn)
}

fn incomplete(candidate: &Candidate) -> Option<Refusal> {
    let base = candidate.url.as_ref().map(crate::model::CanonicalUrl::url);
    let no_body = candidate.kind == Kind::Text && body(&candidate.body, base.as_ref()).is_empty();
    match &candidate.title {
        None => Some(Refusal::NoTitle),
        Some(_) if no_body => Some(Refusal::NoBody),
        Some(_) => None,
    }
}

/// By what an article is known, the surest first: its id at its source, its address, and where it has neither its headline and day.
fn identities(candidate: &Candidate, door: &Door, now: Millis) -> Vec<Identity> {
    let mut identities: Vec<Identity> = Vec::new();
    if let Some(id) = &candidate.provenance.external_id {
        identities.push(("external", format!("{}\n{id}", door.source)));
    }
    if let Some(url) = &candidate.url {
        identities.push(("url", url.to_string()));
    }
    if identities.is_empty() {
        identities.push(("headline", nameless(candidate, door, now)));
    }
    identities
}

/// Headline, day and sections: the same headline of another day, or in another section, is another article.
fn nameless(candidate: &Candidate, door: &Door, now: Millis) -> String {
    let at = candidate.published.map_or(now, |when| when.instant(door.zone, Millis(0)));
    let (day, sections) = (at.in_zone(door.zone).format("%Y-%m-%d"), candidate.sections.join(" "));
    format!("{}\n{}\n{day}\n{sections}", door.source, candidate.title.as_deref().unwrap_or_default())
}

struct Draft<'a> {
    ingest: &'a Ingest,
    door: &'a Door,
    now: Millis,
    actor: &'a Actor,
    identities: Vec<Identity>,
    placement: Placement,
}

impl Draft<'_> {
    async fn enter(self, tx: &mut Tx, candidate: Candidate) -> Result<Accepted, StoreError> {
        let announce = self.announce(&candidate);
        let evidence = candidate.evidence.clone();
        let key = match (&candidate.url, &candidate.provenance.external_id) {
            (Some(url), _) => ArticleKey::of_url(url),
            (None, Some(id)) => ArticleKey::of_external(&self.door.source, id),
            (None, None) => ArticleKey::of_external(&self.door.source, &nameless(&candidate, self.door, self.now)),
        };
        let mut article = self.article(candidate, key, Revision(1), None);
        article.standing = article_standing(&self, &article, announce);
        let digest = fingerprint(&article);
        let id = insert_article(tx, &article, Keeping { first_seen: self.now, announce, digest: &digest }).await?;
        identify(tx, id, &self.identities).await?;
        let new = NewRevision { weight: "new", note: None, evidence: &evidence, raw: None, actor: self.actor };
        keep_revision(tx, id, &article, &new, self.now).await?;
        let code: [u8; CODE_BYTES] = self.ingest.ids.bytes();
        short_link(tx, &short_code(code), id, "").await?;
        self.settle(tx, id, &article, announce, Some(EventType::Published)).await?;
        Ok(Self::accepted(id, &article, Became::New))
    }

    async fn revise(self, tx: &mut Tx, candidate: Candidate, row: ArticleRow) -> Result<Accepted, StoreError> {
        let knew = prior_standing(tx, &row).await?;
        let before = row.article;
        // Somebody else's feed may name our article; only the newsroom's own hand changes what another source brought.
        let foreign = before.source != self.door.source && self.door.kind != SourceKind::Push;
        if foreign || matches!(before.standing, Standing::Withdrawn(_)) {
            return Ok(Self::accepted(row.id, &before, Became::Unchanged));
        }
        identify(tx, row.id, &self.identities).await?;
        let evidence = candidate.evidence.clone();
        let holds = matches!(candidate.wish, Wish::Hold(_));
        let lifts = self.door.kind == SourceKind::Push && candidate.wish == Wish::Publish;
        let announce = candidate.announce.unwrap_or(row.announce);
        let mut article = self.article(candidate, before.key.clone(), before.revision, Some(&before));
        article.standing = match &before.standing {
            Standing::Held { by_editor: true, .. } => before.standing.clone(),
            Standing::Held { release_at: None, .. } if !lifts => before.standing.clone(),
            Standing::Published if !holds => Standing::Published,
            _ => article_standing(&self, &article, announce),
        };
        let digest = fingerprint(&article);
        if digest == row.digest && article.standing == before.standing {
            return Ok(Self::accepted(row.id, &before, Became::Unchanged));
        }
        article.revision = Revision(before.revision.0 + 1);
        let weight = weigh(&before, &article);
        if weight == Weight::Material && knew == PriorStanding::Published {
            article.revised = self.now.max(article.published);
        }
        update_article(tx, row.id, &article, Keeping { first_seen: row.first_seen, announce, digest: &digest }).await?;
        let new = NewRevision { weight: weight.as_str(), note: None, evidence: &evidence, raw: None, actor: self.actor };
        keep_revision(tx, row.id, &article, &new, self.now).await?;
        let event = match (knew, weight) {
            (PriorStanding::Published, Weight::Cosmetic) => None,
            (knew, _) => Some(EventType::of_change(knew, false)),
        };
        self.settle(tx, row.id, &article, announce, event).await?;
        Ok(Self::accepted(row.id, &article, Became::Revised))
    }

    /// Places what is public and logs its event; tells the editor of what waits for one.
    async fn settle(
        &self,
        tx: &mut Tx,
        id: ArticleId,
        article: &Article,
        announce: bool,
        event: Option<EventType>,
    ) -> Result<(), StoreError> {
        match &article.standing {
            Standing::Published => {
                crate::store::write::ingest::place(tx, id, article, &self.placement.rows).await?;
                if let Some(what) = event {
                    log(tx, self.ingest, id, article, what, announce).await?;
                }
                Ok(())
            }
            Standing::Held { because, release_at: None, .. } => tell_editor(tx, self.ingest, article, because).await,
            _ => Ok(()),
        }
    }

    /// The article that copy makes, as published; its standing is decided afterwards.
    fn article(&self, candidate: Candidate, key: ArticleKey, revision: Revision, before: Option<&Article>) -> Article {
        let base = candidate.url.as_ref().map(crate::model::CanonicalUrl::url);
        let printed = candidate.published.map(|when| when.instant(self.door.zone, self.now));
        let known = before.map(|before| before.published);
        // A site cannot know the future: there it is an extraction error, and the moment of finding stands.
        let may_wait = matches!(self.door.kind, SourceKind::Push | SourceKind::Folder);
        let printed = printed.filter(|at| may_wait || *at <= self.now.plus(CLOCK_SKEW));
        // A CMS that dates its pages anew at every look says nothing new: what was polled keeps the time it came with.
        let published = if may_wait { printed.or(known) } else { known.or(printed) }.unwrap_or(self.now);
        let title = candidate.title.map_or_else(String::new, |title| one_line(&title));
        let breaking = candidate.breaking || self.door.breaking.iter().any(|word| title.contains(word.as_str()));
        Article {
            key,
            revision,
            url: candidate.url.or_else(|| before.and_then(|before| before.url.clone())),
            source: self.door.source.clone(),
            external_id: candidate.provenance.external_id.or_else(|| before.and_then(|before| before.external_id.clone())),
            kind: candidate.kind,
            standing: match candidate.wish {
                Wish::Hold(because) => Standing::Held { because, release_at: None, by_editor: false },
                _ => Standing::Published,
            },
            title,
            sections: self.placement.own.clone(),
            authors: candidate.authors,
            editors: candidate.editors,
            origin: candidate.origin,
            summary: candidate.summary,
            body: body(&candidate.body, base.as_ref()),
            image: candidate.image.or_else(|| candidate.images.first().cloned()),
            images: candidate.images,
            tags: candidate.tags,
            language: candidate.language.unwrap_or_else(|| self.ingest.rules.language.clone()),
            published,
            revised: before.map_or(published, |before| before.revised.max(published)),
            breaking,
            correction: None,
            kept: candidate.kept.or_else(|| before.and_then(|before| before.kept.clone())),
        }
    }

    /// Silence (contract.md): a first look and old copy of a polled source tell nobody; what was sent here tells, unless it says not to.
    fn announce(&self, candidate: &Candidate) -> bool {
        let polled = matches!(self.door.kind, SourceKind::Site | SourceKind::Feed);
        let printed = candidate.published.map_or(self.now, |when| when.instant(self.door.zone, self.now));
        let fresh = self.now.since(printed) <= self.ingest.rules.announce_within;
        candidate.announce.unwrap_or(!polled || (fresh && !self.door.first_look))
    }

    fn accepted(id: ArticleId, article: &Article, became: Became) -> Accepted {
        let held = match &article.standing {
            Standing::Held { because, .. } => Some(because.clone()),
            _ => None,
        };
        Accepted { id, key: article.key.clone(), url: article.url.clone(), revision: article.revision, became, held }
    }
}

fn body(body: &Body, base: Option<&Url>) -> SafeHtml {
    match body {
        Body::None => SafeHtml::default(),
        Body::Html(html) => SafeHtml::clean(html, base),
        Body::Text(text) => SafeHtml::of_text(text),
    }
}

/// Whether an article goes out, waits for its minute, or waits for an editor, and then why.
fn article_standing(draft: &Draft<'_>, article: &Article, announce: bool) -> Standing {
    let wait = |because: String| Standing::Held { because, release_at: None, by_editor: false };
    let rules = &draft.ingest.rules;
    if let Standing::Held { .. } = &article.standing {
        return article.standing.clone();
    }
    if article.title.is_empty() {
        return wait("no headline was found".to_owned());
    }
    if article.kind == Kind::Text && article.body.is_empty() && draft.door.kind != SourceKind::Feed {
        return wait("no body was found".to_owned());
    }
    if let Some(unknown) = &draft.placement.unknown {
        return wait(format!("no section is called {unknown}"));
    }
    if draft.door.hold && announce {
        return wait(format!("the source {} is held for an editor", draft.door.source));
    }
    let text = article.body.text();
    if let Some(word) = rules.hold_words.iter().find(|word| article.title.contains(word.as_str()) || text.contains(word.as_str())) {
        return wait(format!("it holds the word {word}"));
    }
    if article.published > draft.now.plus(CLOCK_SKEW) {
        let because = format!("embargo until {}", article.published.rfc3339(rules.zone));
        return Standing::Held { because, release_at: Some(article.published), by_editor: false };
    }
    Standing::Published
}
