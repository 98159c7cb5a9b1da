//! Readers: asking, confirming, following, leaving. Nobody gets news who did not confirm.

use std::time::Duration;

use crate::model::{Actor, Cadence, EmailAddress, Language, LetterKind, Millis, ReceiverId, Seq, SubscriberState, Subscription, Target};
use crate::store::write::audience::{
    NewSubscriber, consent, erase_subscriber, put_subscriber, set_subscriber_language, set_subscriber_state, subscribe, subscriber,
    unsubscribe,
};
use crate::store::write::ingest::sections;
use crate::store::write::shared::{NewLetter, audit, lane, letter, spend};
use crate::store::{SubscriberRow, Tx};

use super::consent::WORDING;
use super::providers::lane_of;
use super::{Audience, AudienceError};

/// How long a confirmation link is good for: over a weekend.
const CONFIRM_WITHIN: Duration = Duration::from_hours(72);
/// One confirmation an address a day, whoever asks: that is what stops subscription bombing first.
const PER_ADDRESS: (i64, Duration) = (1, Duration::from_hours(24));
/// Confirmations of the whole newsroom an hour: more is an attack, or a very good day that may wait an hour.
const OF_ALL: (i64, Duration) = (500, Duration::from_hours(1));
/// Things that one reader may ask for at once.
const MOST_SUBSCRIPTIONS: usize = 50;

/// What a visitor asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// As typed.
    pub email: String,
    /// What to follow, and how often.
    pub subscriptions: Vec<Subscription>,
    /// In which language.
    pub language: Language,
    /// IANA zone.
    pub zone: String,
}

/// What came of a wish. Visitors are told the same in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A confirmation is on its way.
    ConfirmationSent,
    /// One was sent lately; no second one.
    AskedBefore,
    /// Mail to this address is suppressed.
    Suppressed,
    /// The consent was given elsewhere and is on record: the reader is subscribed.
    Subscribed,
}

impl Audience {
    /// Takes a wish; the reader follows nothing until the link in the mail is used.
    ///
    /// # Errors
    /// When the address or what is asked for cannot be, or too many were asked for.
    pub async fn ask(&self, wish: &Wish, actor: &Actor) -> Result<Asked, AudienceError> {
        let address = EmailAddress::parse(&wish.email)?;
        let email_key = self.keys.hash_address(&address);
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        self.check(&mut tx, &wish.subscriptions).await?;
        if self.store.is_suppressed(&email_key, now).await? {
            tx.roll_back().await?;
            return Ok(Asked::Suppressed);
        }
        if !spend(&mut tx, &format!("confirm:{email_key}"), window(now, PER_ADDRESS.1), PER_ADDRESS.0).await? {
            tx.roll_back().await?;
            return Ok(Asked::AskedBefore);
        }
        if !spend(&mut tx, "confirm:all", window(now, OF_ALL.1), OF_ALL.0).await? {
            tx.roll_back().await?;
            return Err(AudienceError::TooMany);
        }
        let row = self.put(&mut tx, &address, &email_key, SubscriberState::Pending, wish).await?;
        consent(&mut tx, &email_key, "asked", WORDING, &actor.to_string(), now).await?;
        let kind = LetterKind::Confirmation {
            targets: wish.subscriptions.iter().map(|wish| wish.target.stored()).collect(),
            cadences: wish.subscriptions.iter().map(|wish| wish.cadence).collect(),
        };
        self.write(&mut tx, &row, "confirmation", &kind, Some(now.plus(CONFIRM_WITHIN))).await?;
        tx.commit().await?;
        Ok(Asked::ConfirmationSent)
    }

    /// Subscribes a reader whose consent is on record elsewhere; `proof` says where.
    ///
    /// # Errors
    /// When the address or what is asked for cannot be.
    pub async fn subscribe_with_consent(&self, wish: &Wish, proof: &str, actor: &Actor) -> Result<Asked, AudienceError> {
        let address = EmailAddress::parse(&wish.email)?;
        let email_key = self.keys.hash_address(&address);
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        self.check(&mut tx, &wish.subscriptions).await?;
        if self.store.is_suppressed(&email_key, now).await? {
            tx.roll_back().await?;
            return Ok(Asked::Suppressed);
        }
        let row = self.put(&mut tx, &address, &email_key, SubscriberState::Confirmed, wish).await?;
        consent(&mut tx, &email_key, "confirmed", proof, &actor.to_string(), now).await?;
        self.follow(&mut tx, row.subscriber.id, &wish.subscriptions, now).await?;
        audit(&mut tx, actor, "subscriber.add", &row.subscriber.id.to_string(), proof, now).await?;
        tx.commit().await?;
        Ok(Asked::Subscribed)
    }

    /// Confirms what the letter behind a link asked for.
    ///
    /// # Errors
    /// When the letter is gone or the link is older than the reader's last change of links.
    pub async fn confirm(&self, reader: ReceiverId, epoch: i64, letter: Seq) -> Result<(), AudienceError> {
        let now = self.clock.now();
        let wishes = self.asked_in(letter).await?;
        let mut tx = self.store.begin().await?;
        let row = self.holder(&mut tx, reader, epoch).await?;
        // A link confirms once: whoever left since is not brought back by an old mail, and a second click changes nothing.
        if !spend(&mut tx, &format!("confirmed:{letter}"), Millis(0), 1).await? {
            tx.roll_back().await?;
            let stands = row.subscriber.state == SubscriberState::Confirmed;
            return if stands { Ok(()) } else { Err(AudienceError::OldLink) };
        }
        consent(&mut tx, &row.email_key, "confirmed", WORDING, &Actor::Reader.to_string(), now).await?;
        self.follow(&mut tx, reader, &wishes, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What the letter behind a confirmation link asked for.
    ///
    /// # Errors
    /// When the letter is gone, expired or no confirmation.
    pub async fn asked_in(&self, letter: Seq) -> Result<Vec<Subscription>, AudienceError> {
        let (payload, until) = self.store.letter(letter).await?.ok_or(AudienceError::OldLink)?;
        if until.is_some_and(|until| until < self.clock.now()) {
            return Err(AudienceError::OldLink);
        }
        let opened = self.keys.open(&payload).map_err(|_| AudienceError::OldLink)?;
        let LetterKind::Confirmation { targets, cadences } = serde_json::from_slice(&opened)? else { return Err(AudienceError::OldLink) };
        let cadences = cadences.into_iter().chain(std::iter::repeat(Cadence::default()));
        let wish = |(target, cadence): (&String, Cadence)| Some(Subscription { target: Target::parse(target)?, cadence });
        Ok(targets.iter().zip(cadences).filter_map(wish).collect())
    }

    /// From now on this reader gets mail in this language.
    ///
    /// # Errors
    /// When the link is no longer good.
    pub async fn speak(&self, reader: ReceiverId, epoch: i64, language: Language) -> Result<(), AudienceError> {
        let mut tx = self.store.begin().await?;
        self.holder(&mut tx, reader, epoch).await?;
        set_subscriber_language(&mut tx, reader, language).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The reader of a link, where the link is still good.
    ///
    /// # Errors
    /// When it is not.
    pub async fn holder_of(&self, reader: ReceiverId, epoch: i64) -> Result<SubscriberRow, AudienceError> {
        let row = self.store.subscriber(reader).await?;
        row.filter(|row| row.subscriber.token_epoch == epoch && row.subscriber.email.is_some()).ok_or(AudienceError::OldLink)
    }

    /// Leaves what an edition is about; leaves altogether where nothing else is followed, or where no edition brought the link.
    ///
    /// # Errors
    /// When the store fails. A link that is no longer good leaves nothing to do and is no error (RFC 8058: the sender asks again).
    pub async fn leave(&self, reader: ReceiverId, epoch: i64, edition: Seq) -> Result<(), AudienceError> {
        let now = self.clock.now();
        let followed: Vec<Target> = match self.store.edition(edition).await? {
            Some(row) => serde_json::from_str::<Vec<String>>(&row.target)?.iter().filter_map(|target| Target::parse(target)).collect(),
            None => Vec::new(),
        };
        let left: Vec<Subscription> = self.store.subscriptions(reader).await?;
        let stays = left.iter().any(|subscription| !followed.contains(&subscription.target));
        let mut tx = self.store.begin().await?;
        let Ok(row) = self.holder(&mut tx, reader, epoch).await else {
            tx.roll_back().await?;
            return Ok(());
        };
        if followed.is_empty() || !stays {
            unsubscribe(&mut tx, reader, None).await?;
            set_subscriber_state(&mut tx, reader, SubscriberState::Unsubscribed, now).await?;
        } else {
            for target in &followed {
                unsubscribe(&mut tx, reader, Some(target)).await?;
            }
        }
        consent(&mut tx, &row.email_key, "left", WORDING, &Actor::Reader.to_string(), now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Follows exactly this from now on.
    ///
    /// # Errors
    /// When what is asked for cannot be.
    pub async fn prefer(&self, reader: ReceiverId, epoch: i64, wishes: &[Subscription]) -> Result<(), AudienceError> {
        let now = self.clock.now();
        let before = self.store.subscriptions(reader).await?;
        let mut tx = self.store.begin().await?;
        self.holder(&mut tx, reader, epoch).await?;
        if wishes.is_empty() {
            unsubscribe(&mut tx, reader, None).await?;
            set_subscriber_state(&mut tx, reader, SubscriberState::Unsubscribed, now).await?;
        } else {
            self.check(&mut tx, wishes).await?;
            for gone in before.iter().filter(|before| !wishes.iter().any(|wish| wish.target == before.target)) {
                unsubscribe(&mut tx, reader, Some(&gone.target)).await?;
            }
            self.follow(&mut tx, reader, wishes, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Mails the link to the preferences, where somebody of that address is here. Nobody is told whether.
    ///
    /// # Errors
    /// When the address is none.
    pub async fn mail_preferences(&self, email: &str) -> Result<(), AudienceError> {
        let address = EmailAddress::parse(email)?;
        let email_key = self.keys.hash_address(&address);
        let now = self.clock.now();
        let row = self.store.subscriber_of(&email_key).await?.filter(|row| row.subscriber.email.is_some());
        // The budget is spent for strangers too: an answer that came sooner would tell who is here.
        let mut tx = self.store.begin().await?;
        if !spend(&mut tx, &format!("preferences:{email_key}"), window(now, PER_ADDRESS.1), PER_ADDRESS.0).await? {
            tx.roll_back().await?;
            return Ok(());
        }
        if let Some(row) = row {
            self.write(&mut tx, &row, "preferences", &LetterKind::Preferences, Some(now.plus(CONFIRM_WITHIN))).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Forgets a reader; false where nobody of that address is here.
    ///
    /// # Errors
    /// When the address is none.
    pub async fn forget(&self, email: &str, actor: &Actor) -> Result<bool, AudienceError> {
        let email_key = self.keys.hash_address(&EmailAddress::parse(email)?);
        let Some(row) = self.store.subscriber_of(&email_key).await? else { return Ok(false) };
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        erase_subscriber(&mut tx, row.subscriber.id, now).await?;
        audit(&mut tx, actor, "subscriber.remove", &row.subscriber.id.to_string(), "", now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Writes a test mail.
    ///
    /// # Errors
    /// When the address is none.
    pub async fn mail_test(&self, to: &str, actor: &Actor) -> Result<Seq, AudienceError> {
        let address = EmailAddress::parse(to)?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let payload = self.keys.seal(&serde_json::to_vec(&LetterKind::MailTest { to: address.expose().to_owned() })?);
        let lane = lane(&mut tx, &lane_of(&address), "mail").await?;
        let new = NewLetter { kind: "mail_test", payload: &payload, receiver: None, lane, expires_at: Some(now.plus(CONFIRM_WITHIN)) };
        let seq = letter(&mut tx, &new, now).await?;
        audit(&mut tx, actor, "mail.test", "", "", now).await?;
        tx.commit().await?;
        Ok(seq)
    }

    async fn put(
        &self,
        tx: &mut Tx,
        address: &EmailAddress,
        email_key: &str,
        state: SubscriberState,
        wish: &Wish,
    ) -> Result<SubscriberRow, AudienceError> {
        let lane = lane(tx, &lane_of(address), "mail").await?;
        let new = NewSubscriber { email: address.expose(), email_key, state, language: wish.language, zone: &wish.zone, lane };
        Ok(put_subscriber(tx, &new, self.clock.now()).await?)
    }

    async fn follow(&self, tx: &mut Tx, reader: ReceiverId, wishes: &[Subscription], now: Millis) -> Result<(), AudienceError> {
        set_subscriber_state(tx, reader, SubscriberState::Confirmed, now).await?;
        let from = tx.next().await?;
        for wish in wishes {
            subscribe(tx, reader, &wish.target, wish.cadence, from).await?;
        }
        Ok(())
    }

    async fn holder(&self, tx: &mut Tx, reader: ReceiverId, epoch: i64) -> Result<SubscriberRow, AudienceError> {
        let row = subscriber(tx, reader).await?;
        row.filter(|row| row.subscriber.token_epoch == epoch && row.subscriber.email.is_some()).ok_or(AudienceError::OldLink)
    }

    async fn write(
        &self,
        tx: &mut Tx,
        row: &SubscriberRow,
        kind: &str,
        says: &LetterKind,
        until: Option<Millis>,
    ) -> Result<Seq, AudienceError> {
        let payload = self.keys.seal(&serde_json::to_vec(says)?);
        let new = NewLetter { kind, payload: &payload, receiver: Some(row.subscriber.id), lane: row.subscriber.lane, expires_at: until };
        Ok(letter(tx, &new, self.clock.now()).await?)
    }

    /// Whether everything asked for exists, and is sent at the cadence asked for.
    async fn check(&self, tx: &mut Tx, wishes: &[Subscription]) -> Result<(), AudienceError> {
        if wishes.is_empty() || wishes.len() > MOST_SUBSCRIPTIONS {
            return Err(AudienceError::Nothing);
        }
        let known = sections(tx).await?;
        let digests = self.store.digests().await?;
        for wish in wishes {
            match (&wish.target, wish.cadence) {
                (Target::Section(slug), _) if !known.iter().any(|section| section.slug == *slug) => {
                    return Err(AudienceError::UnknownSection(slug.to_string()));
                }
                (Target::Digest(name), _) if !digests.iter().any(|digest| digest.name == *name) => {
                    return Err(AudienceError::UnknownDigest(name.clone()));
                }
                (Target::Section(_), Cadence::Instant) | (Target::Digest(_), Cadence::Digest) => {}
                _ => return Err(AudienceError::Cadence),
            }
        }
        Ok(())
    }
}

/// The beginning of the window of `span` that an instant lies in.
fn window(now: Millis, span: Duration) -> Millis {
    let span = span.as_millis() as i64;
    Millis(now.0.div_euclid(span) * span)
}
