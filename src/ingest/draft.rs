//! A candidate on its way to become an article, or a version of one.

use std::time::Duration;

use crate::model::{
    Actor, Article, ArticleId, ArticleKey, CODE_BYTES, Candidate, CanonicalUrl, EventType, Evidence, Image, Kind, LONGEST_TITLE, Millis,
    PriorStanding, Revision, SourceKind, Standing, Wish, one_line, short_code,
};
use crate::store::write::ingest::{
    Identity, Keeping, NewRevision, carried, identify, insert_article, keep_revision, short_link, update_article,
};
use crate::store::{ArticleRow, StoreError, Tx};

use super::chronicle::{log, prior_standing, tell_editor};
use super::identity::{headline_of, key_of};
use super::outcome::{Accepted, Became, Suspicion};
use super::sections::Placement;
use super::weigh::{Weight, copy_hash, fingerprint, has_lost, is_other, weigh};
use super::{Door, Ingest};

/// A clock that runs ahead by less than this is no embargo: newsrooms and servers differ by minutes.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// In which way copy comes to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As its source gives it.
    Given,
    /// Some fields were changed by hand and the others are as they were; whether the change names a standing.
    Amended {
        /// Whether it does.
        stands: bool,
    },
    /// A page that was kept is read again by today's rules; it tells nobody.
    Reread,
    /// It comes from a file, as it was elsewhere; it tells nobody.
    Imported,
}

impl Manner {
    /// Whether nobody is told, not even an editor.
    const fn is_quiet(self) -> bool {
        matches!(self, Self::Reread | Self::Imported)
    }

    /// What the version's note says, where nobody wrote one.
    const fn note(self) -> Option<&'static str> {
        match self {
            Self::Reread => Some("re-extract"),
            Self::Imported => Some("import"),
            _ => None,
        }
    }
}

/// What a candidate is judged with.
pub(super) struct Draft<'a> {
    pub(super) ingest: &'a Ingest,
    pub(super) door: &'a Door,
    pub(super) now: Millis,
    pub(super) actor: &'a Actor,
    pub(super) names: Vec<Identity>,
    pub(super) placement: Placement,
    /// Where it was read, for relative addresses.
    pub(super) base: Option<CanonicalUrl>,
    pub(super) manner: Manner,
}

impl Draft<'_> {
    /// The article that copy makes, to be compared with others.
    pub(super) fn copy_of(&self, candidate: Candidate) -> Article {
        self.article(candidate, ArticleKey::stored(String::new()), Revision(1), None)
    }

    /// Makes a candidate an article of its own.
    pub(super) async fn enter(self, tx: &mut Tx, candidate: Candidate) -> Result<Accepted, StoreError> {
        let announce = self.announce(&candidate);
        let evidence = candidate.evidence.clone();
        let key = key_of(&candidate, self.door, self.now);
        let mut article = self.article(candidate, key, Revision(1), None);
        article.standing = match article_standing(&self, &article, None, announce) {
            Standing::Published if announce => self.drifting().unwrap_or(Standing::Published),
            standing => standing,
        };
        let id = self.write_new(tx, &article, announce, &evidence).await?;
        Ok(Accepted::of(id, &article, Became::New))
    }

    /// Writes a new article with all that belongs to one.
    pub(super) async fn write_new(
        &self,
        tx: &mut Tx,
        article: &Article,
        announce: bool,
        evidence: &[Evidence],
    ) -> Result<ArticleId, StoreError> {
        let digest = fingerprint(article);
        let id = insert_article(tx, article, Keeping { first_seen: self.now, announce, digest: &digest }).await?;
        identify(tx, id, &self.names).await?;
        identify(tx, id, headline_of(article, self.door).as_slice()).await?;
        let new = NewRevision { weight: "new", note: self.manner.note(), evidence, raw: self.door.raw.as_deref(), actor: self.actor };
        keep_revision(tx, id, article, &new, self.now).await?;
        let code: [u8; CODE_BYTES] = self.ingest.ids.bytes();
        short_link(tx, &short_code(code), id, "").await?;
        self.settle(tx, id, article, None, announce, Some(EventType::Published)).await?;
        Ok(id)
    }

    /// Makes a candidate a version of an article, where it tells anything new.
    pub(super) async fn revise(self, tx: &mut Tx, mut candidate: Candidate, row: ArticleRow) -> Result<Accepted, StoreError> {
        let knew = prior_standing(tx, &row).await?;
        let before = &row.article;
        // Somebody else's feed may name our article; only the newsroom's own hand changes what another source brought.
        let foreign = before.source != self.door.source && self.door.kind != SourceKind::Push;
        if foreign || matches!(before.standing, Standing::Withdrawn(_)) {
            return Ok(Accepted::of(row.id, before, Became::Unchanged));
        }
        let evidence = candidate.evidence.clone();
        // Whoever sends an article back as it was shown tells it as held for its minute; nothing is wished by that.
        let wish = Some(std::mem::take(&mut candidate.wish)).filter(|wish| !self.repeats_its_wait(before, wish));
        candidate.wish = wish.clone().unwrap_or_default();
        let quiet = self.manner.is_quiet();
        let announce = if quiet { row.announce } else { candidate.announce.unwrap_or(row.announce) };
        // Old copy that was found elsewhere is no news, and a source that is not itself may have changed all of it.
        let silent = quiet || candidate.announce == Some(false) || self.door.first_look || self.door.drifts.is_some();
        let mut article = self.article(candidate, before.key.clone(), before.revision, Some(before));
        if let Some(doubted) = self.doubts(before, &article) {
            return Ok(Accepted::of(row.id, before, doubted));
        }
        article.standing = self.standing_after(before, &article, wish.as_ref(), announce);
        let corrects = knew == PriorStanding::Published && self.corrects(tx, &row, &article).await?;
        identify(tx, row.id, &self.names).await?;
        let digest = fingerprint(&article);
        // A poll repeats what its source said last, which may have been changed by hand since.
        if self.is_poll() && digest == row.digest {
            let Article { url, standing, published, correction, .. } = article;
            article = Article { url, standing, published, correction, ..before.clone() };
        }
        if !corrects && self.says_nothing_new(&row, &article, &digest) {
            return Ok(Accepted::of(row.id, before, Became::Unchanged));
        }
        article.revision = Revision(before.revision.0 + 1);
        let weight = if corrects { Weight::Correction } else { weigh(before, &article) };
        if weight != Weight::Cosmetic && knew == PriorStanding::Published {
            article.revised = self.now.max(article.published);
        }
        // What a source gave last stays known beside what was changed by hand, or the next look would undo that.
        let digest = if matches!(self.manner, Manner::Amended { .. }) { &row.digest } else { &digest };
        update_article(tx, row.id, &article, Keeping { first_seen: row.first_seen, announce, digest }).await?;
        identify(tx, row.id, headline_of(&article, self.door).as_slice()).await?;
        let note = article.correction.as_deref().filter(|_| corrects);
        let note = note.or(self.manner.note());
        let new = NewRevision { weight: weight.as_str(), note, evidence: &evidence, raw: self.door.raw.as_deref(), actor: self.actor };
        keep_revision(tx, row.id, &article, &new, self.now).await?;
        let event = match (knew, weight) {
            (PriorStanding::Published, Weight::Cosmetic) => None,
            (knew, weight) => Some(EventType::of_change(knew, weight == Weight::Correction)),
        };
        // Everyone who got the wrong version hears of a correction, however old the article is.
        self.settle(tx, row.id, &article, Some(&before.standing), !silent && (announce || corrects), event).await?;
        Ok(Accepted::of(row.id, &article, Became::Revised))
    }

    /// A site's page that tells something entirely other is doubted, until it tells the same again. One that lost its headline or its body
    /// tells nothing however often: the copy that stands is what the newsroom wrote, and what it takes back is gone or says so.
    fn doubts(&self, before: &Article, article: &Article) -> Option<Became> {
        let is_page = self.door.kind == SourceKind::Site && matches!(self.manner, Manner::Given | Manner::Reread);
        let lost = has_lost(before, article);
        if !is_page || !(lost || (before.is_public() && is_other(before, article))) {
            return None;
        }
        let copy = copy_hash(article);
        match self.door.doubted.as_ref() == Some(&copy) {
            true if lost => {
                tracing::warn!(article = %before.key, "a page has no headline or no body any more; the copy that stands is kept");
                Some(Became::Unchanged)
            }
            true => None,
            false => Some(Became::Suspect(Suspicion { copy, title: article.title.clone() })),
        }
    }

    /// Whether a hold is nothing but our own word about an article's minute: it waits for that, or waited until it came.
    fn repeats_its_wait(&self, before: &Article, wish: &Wish) -> bool {
        let Wish::Hold(told) = wish else { return false };
        match &before.standing {
            Standing::Held { because, release_at: Some(_), .. } => because == told,
            Standing::Published => *told == self.until(before.published),
            _ => false,
        }
    }

    /// Why an article waits that has its minute.
    fn until(&self, minute: Millis) -> String {
        format!("embargo until {}", minute.rfc3339(self.ingest.rules.zone))
    }

    /// How an article stands after this copy, which may say nothing of it.
    fn standing_after(&self, before: &Article, article: &Article, wish: Option<&Wish>, announce: bool) -> Standing {
        let holds = matches!(wish, Some(Wish::Hold(_)));
        let publishes = wish == Some(&Wish::Publish);
        let lifts = match self.manner {
            Manner::Given => self.door.kind == SourceKind::Push && publishes,
            Manner::Amended { stands } => stands && publishes,
            Manner::Reread | Manner::Imported => return before.standing.clone(),
        };
        match &before.standing {
            // A hand put it there, and only a hand that says so lets it go.
            Standing::Held { by_editor: true, .. } if !(lifts && self.manner != Manner::Given) => before.standing.clone(),
            Standing::Held { release_at: None, .. } if !lifts => before.standing.clone(),
            // A hand that lets it go has looked at what it was held for; its own minute is kept.
            Standing::Held { .. } if lifts && self.manner != Manner::Given => {
                embargo(self, article, Some(before)).unwrap_or(Standing::Published)
            }
            Standing::Published if !holds => Standing::Published,
            _ => article_standing(self, article, Some(before), announce),
        }
    }

    /// Whether this copy admits an error that no version so far admitted.
    async fn corrects(&self, tx: &mut Tx, row: &ArticleRow, article: &Article) -> Result<bool, StoreError> {
        match &article.correction {
            Some(line) if article.is_public() && row.article.is_public() && row.article.correction.as_ref() != Some(line) => {
                Ok(!carried(tx, row.id, line).await?)
            }
            _ => Ok(false),
        }
    }

    /// Whether nobody sent this: it was looked for, or lay in a folder.
    fn is_poll(&self) -> bool {
        self.manner == Manner::Given && self.door.kind != SourceKind::Push
    }

    fn says_nothing_new(&self, row: &ArticleRow, article: &Article, digest: &str) -> bool {
        let before = &row.article;
        let same = (self.is_poll() && digest == row.digest) || digest == fingerprint(before);
        let external = article.external_id == before.external_id || self.manner == Manner::Given;
        same && external && article.standing == before.standing && article.url == before.url && article.published == before.published
    }

    /// Places what is public and logs its event; tells the editor of what waits for one, once for each reason.
    async fn settle(
        &self,
        tx: &mut Tx,
        id: ArticleId,
        article: &Article,
        stood: Option<&Standing>,
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
            // The editor knows it, or put it there.
            standing @ Standing::Held { .. } if stood == Some(standing) => Ok(()),
            // Of a source that is not itself the editor hears once, not of each article.
            Standing::Held { because, .. } if self.door.drifts.as_ref() == Some(because) => Ok(()),
            Standing::Held { because, release_at: None, .. } if !self.manner.is_quiet() => {
                tell_editor(tx, self.ingest, article, because).await
            }
            _ => Ok(()),
        }
    }

    /// How new copy stands that comes from a source which is not itself.
    fn drifting(&self) -> Option<Standing> {
        self.door.drifts.clone().map(|because| Standing::Held { because, release_at: None, by_editor: false })
    }

    /// The article that copy makes, as published; its standing is decided afterwards.
    pub(super) fn article(&self, candidate: Candidate, key: ArticleKey, revision: Revision, before: Option<&Article>) -> Article {
        let base = self.base.as_ref().map(CanonicalUrl::url);
        let published = self.published(&candidate, before);
        // The API refuses longer ones; a page that has one lost its way, and its headline is still the beginning of it.
        let title = candidate.title.map_or_else(String::new, |title| one_line(&title).chars().take(LONGEST_TITLE).collect());
        let breaking = candidate.breaking || self.door.breaking.iter().any(|word| title.contains(word.as_str()));
        // What a source does not tell again stays; what a hand cleared is gone.
        let by_itself = !matches!(self.manner, Manner::Amended { .. });
        let kept = before.filter(|_| by_itself);
        let image = candidate.image.or_else(|| candidate.images.first().filter(|_| by_itself).cloned());
        let line = candidate.correction.as_deref().map(one_line).filter(|line| !line.is_empty());
        Article {
            key,
            revision,
            url: candidate.url.or_else(|| kept.and_then(|before| before.url.clone())),
            source: self.door.source.clone(),
            external_id: candidate.provenance.external_id.or_else(|| kept.and_then(|before| before.external_id.clone())),
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
            body: candidate.body.cleaned(base.as_ref()),
            image: image.map(|image| as_measured(image, before)),
            images: candidate.images.into_iter().map(|image| as_measured(image, before)).collect(),
            tags: candidate.tags,
            language: candidate.language.unwrap_or_else(|| self.ingest.rules.language.clone()),
            published,
            revised: before.map_or(published, |before| before.revised.max(published)),
            breaking,
            // An error that was admitted stays admitted.
            correction: line.or_else(|| before.and_then(|before| before.correction.clone())),
            kept: candidate.kept.or_else(|| before.and_then(|before| before.kept.clone())),
        }
    }

    /// When it was published, as far as this copy may say.
    fn published(&self, candidate: &Candidate, before: Option<&Article>) -> Millis {
        let printed = candidate.published.map(|when| when.instant(self.door.zone, self.now));
        let known = before.map(|before| before.published);
        let ahead = |at: &Millis| *at > self.now.plus(CLOCK_SKEW);
        // A site cannot know the future: there it is an extraction error, and the moment of finding stands. Nor does what is public wait again.
        let may_wait = matches!(self.door.kind, SourceKind::Push | SourceKind::Folder) && !before.is_some_and(Article::is_public);
        let printed = printed.filter(|at| may_wait || !ahead(at));
        // A CMS that dates its pages anew at every look says nothing new: what was polled keeps the time it came with.
        let keeps = self.door.is_polled() && self.manner == Manner::Given;
        // What is written in seconds says nothing against the milliseconds that are known.
        let keeps = keeps || printed.is_some_and(|at| known.is_some_and(|known| known.0.div_euclid(1000) == at.0.div_euclid(1000)));
        if keeps { known.or(printed) } else { printed.or(known) }.unwrap_or(self.now)
    }

    /// Silence (contract.md): a first look and old copy of a polled source tell nobody; what was sent here tells, unless it says not to.
    fn announce(&self, candidate: &Candidate) -> bool {
        let printed = candidate.published.map_or(self.now, |when| when.instant(self.door.zone, self.now));
        let fresh = self.now.since(printed) <= self.ingest.rules.announce_within;
        candidate.announce.unwrap_or(!self.door.is_polled() || (fresh && !self.door.first_look))
    }
}

/// A picture with what was measured and kept of it before: pages tell its address alone, and an old article's is not asked for again.
fn as_measured(mut image: Image, before: Option<&Article>) -> Image {
    let known = |article: &'_ Article| article.image.iter().chain(&article.images).find(|known| known.url == image.url).cloned();
    let Some(known) = before.and_then(known) else { return image };
    if image.width.is_none() && image.height.is_none() {
        (image.width, image.height) = (known.width, known.height);
    }
    image.media_type = image.media_type.or(known.media_type);
    image.bytes = image.bytes.or(known.bytes);
    image.copy = image.copy.or(known.copy);
    image
}

/// Whether an article goes out, waits for its minute, or waits for an editor, and then why.
fn article_standing(draft: &Draft<'_>, article: &Article, before: Option<&Article>, announce: bool) -> Standing {
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
    embargo(draft, article, before).unwrap_or(Standing::Published)
}

/// The wait for an article's minute, where that lies ahead. One that waits already waits until the minute itself: no clock runs ahead there.
fn embargo(draft: &Draft<'_>, article: &Article, before: Option<&Article>) -> Option<Standing> {
    let skew = if before.is_some_and(waits_for_its_minute) { Duration::ZERO } else { CLOCK_SKEW };
    let ahead = article.published > draft.now.plus(skew);
    let release_at = Some(article.published);
    ahead.then(|| Standing::Held { because: draft.until(article.published), release_at, by_editor: false })
}

/// Whether an article is under an embargo.
pub(super) const fn waits_for_its_minute(article: &Article) -> bool {
    matches!(article.standing, Standing::Held { release_at: Some(_), .. })
}
