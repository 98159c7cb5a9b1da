//! What is mailed to one receiver: an edition stamped for a reader, a letter composed for its addressee.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::keys::Purpose;
use crate::mail::{Addressee, Composed, MailError, Message, Reader};
use crate::model::{EmailAddress, Language, LetterKind, Millis, ReceiverId, Seq, Subject, SubscriberState, Target, Why};
use crate::store::{ParcelRow, StoreError, SubscriberRow};
use crate::urls::Holder;

use super::Parts;

/// Editions kept as composed: those being sent at once, in two languages.
const KEPT: usize = 32;

/// What a parcel of mail comes to.
pub(super) enum Letter {
    /// A message for the wire.
    Message(Box<Message>, i64),
    /// It will not be sent.
    Refused(Why),
    /// Nobody wants it any more.
    Expired,
}

/// By edition and language.
type Kept = HashMap<(Seq, Language), Arc<Composed>>;

/// Composed editions, read once.
#[derive(Clone, Default)]
pub(super) struct Letters {
    composed: Arc<Mutex<Kept>>,
}

impl Letters {
    /// The message of a parcel, as of now: a reader who left while the edition was on its way gets nothing.
    pub(super) async fn message(&self, parts: &Parts, parcel: &ParcelRow, now: Millis) -> Result<Letter, StoreError> {
        match parcel.subject {
            Subject::Edition(seq) => self.edition(parts, seq, parcel.receiver, now).await,
            Subject::Letter(seq) => letter(parts, seq, parcel.receiver, now).await,
            Subject::Event(_) => Ok(Letter::Refused(Why::Subject("events are not mailed".to_owned()))),
        }
    }

    async fn edition(&self, parts: &Parts, seq: Seq, receiver: ReceiverId, now: Millis) -> Result<Letter, StoreError> {
        let Some((row, address)) = reader(parts, receiver).await? else { return Ok(Letter::Refused(Why::Left)) };
        if row.subscriber.state != SubscriberState::Confirmed || parts.store.is_suppressed(&row.email_key, now).await? {
            return Ok(Letter::Refused(Why::Left));
        }
        let Some(edition) = parts.store.edition(seq).await? else { return Ok(Letter::Refused(Why::Subject("it is gone".to_owned()))) };
        let version = edition.edition.version;
        let Some(composed) = self.composed(parts, seq, version, row.subscriber.language).await? else {
            return Ok(Letter::Refused(Why::Subject("it was composed in no language of this reader".to_owned())));
        };
        let holder = Holder { reader: receiver, epoch: row.subscriber.token_epoch, subject: seq };
        let key = parts.keys.hash(Purpose::MessageId, &format!("{receiver}"));
        Ok(stamped(parts.composer.stamp(&composed, &Reader { address: &address, holder, key: &key }, now), version))
    }

    async fn composed(&self, parts: &Parts, seq: Seq, version: i64, language: Language) -> Result<Option<Arc<Composed>>, StoreError> {
        if let Some(composed) = self.composed.lock().unwrap_or_else(PoisonError::into_inner).get(&(seq, language)) {
            return Ok(Some(composed.clone()));
        }
        let Some(value) = parts.store.edition_part(seq, version, language.tag()).await? else { return Ok(None) };
        let composed: Composed =
            serde_json::from_value(value).map_err(|error| StoreError::Unreadable { what: "a composed edition", why: error.to_string() })?;
        let composed = Arc::new(composed);
        let mut kept = self.composed.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert((seq, language), composed.clone());
        Ok(Some(composed))
    }
}

async fn reader(parts: &Parts, receiver: ReceiverId) -> Result<Option<(SubscriberRow, EmailAddress)>, StoreError> {
    let row = parts.store.subscriber(receiver).await?;
    Ok(row.and_then(|row| row.subscriber.email.clone().map(|email| (row, email))))
}

async fn letter(parts: &Parts, seq: Seq, receiver: ReceiverId, now: Millis) -> Result<Letter, StoreError> {
    let Some((payload, until)) = parts.store.letter(seq).await? else { return Ok(Letter::Refused(Why::Subject("it is gone".to_owned()))) };
    if until.is_some_and(|until| until <= now) {
        return Ok(Letter::Expired);
    }
    let opened = parts.keys.open(&payload).ok().and_then(|bytes| serde_json::from_slice::<LetterKind>(&bytes).ok());
    let Some(kind) = opened else { return Ok(Letter::Refused(Why::Ours("the letter cannot be opened with this key ring".to_owned()))) };
    let (address, language, epoch) = match &kind {
        LetterKind::MailTest { to } | LetterKind::ArticleHeld { to, .. } | LetterKind::SourceDrifts { to, .. } => {
            match EmailAddress::parse(to) {
                Ok(address) => (address, parts.composer.language(), 0),
                Err(error) => return Ok(Letter::Refused(Why::Subject(error.to_string()))),
            }
        }
        _ => match reader(parts, receiver).await? {
            Some((row, address)) => (address, row.subscriber.language, row.subscriber.token_epoch),
            None => return Ok(Letter::Refused(Why::Left)),
        },
    };
    let topics = match &kind {
        LetterKind::Confirmation { targets, .. } => topics(parts, targets).await?,
        _ => Vec::new(),
    };
    let key = parts.keys.hash(Purpose::MessageId, &format!("{receiver}"));
    let holder = Holder { reader: receiver, epoch, subject: seq };
    let to = Addressee { address: &address, language, holder, key: &key, topics: &topics };
    Ok(stamped(parts.composer.compose_letter(&kind, to, now), 0))
}

fn stamped(message: Result<Message, MailError>, carried: i64) -> Letter {
    match message {
        Ok(message) => Letter::Message(Box::new(message), carried),
        Err(error) => Letter::Refused(Why::Ours(error.to_string())),
    }
}

/// What people call the sections and digests that a confirmation speaks of.
async fn topics(parts: &Parts, targets: &[String]) -> Result<Vec<String>, StoreError> {
    let sections = parts.store.sections().await?;
    let digests = parts.store.digests().await?;
    let title = |target: &String| match Target::parse(target)? {
        Target::Section(slug) => sections.iter().find(|section| section.slug == slug).map(|section| section.title.clone()),
        Target::Digest(name) => {
            let digest = digests.iter().find(|digest| digest.name == name)?;
            Some(digest.spec.get("title").and_then(|title| title.as_str()).unwrap_or(&name).to_owned())
        }
    };
    Ok(targets.iter().filter_map(title).collect())
}
