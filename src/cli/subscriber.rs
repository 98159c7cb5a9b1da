//! `postrider subscriber`: readers, by hand.

use clap::Subcommand;

use super::{Desk, Done, Failure, mind_the_daemon, say};
use crate::audience::{Asked, AudienceError, Wish};
use crate::model::{Actor, Cadence, EmailAddress, Slug, Subscription, Target};

#[derive(Debug, Subcommand)]
pub(super) enum Subscriber {
    /// Asks somebody to confirm; with proof of consent the reader is subscribed at once.
    Add {
        /// Whom.
        email: String,
        /// Which section to follow; may be given again.
        #[arg(long = "section")]
        sections: Vec<String>,
        /// Which digest to follow; may be given again.
        #[arg(long = "digest")]
        digests: Vec<String>,
        /// How often a section's news comes.
        #[arg(long, default_value = "instant")]
        cadence: String,
        /// Where the reader's consent is on record.
        #[arg(long)]
        consent: Option<String>,
    },
    /// Why we have this address, and what it gets.
    Why {
        /// Whose.
        email: String,
    },
    /// Forgets a reader.
    Remove {
        /// Whom.
        email: String,
    },
}

impl Subscriber {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        match self {
            Self::Add { email, sections, digests, cadence, consent } => {
                let cadence = Cadence::try_from(cadence).map_err(Failure::Usage)?;
                let mut subscriptions = Vec::new();
                for section in &sections {
                    let slug = Slug::parse(section).map_err(|error| Failure::Usage(error.to_string()))?;
                    subscriptions.push(Subscription { target: Target::Section(slug), cadence });
                }
                subscriptions
                    .extend(digests.into_iter().map(|name| Subscription { target: Target::Digest(name), cadence: Cadence::Digest }));
                let site = &house.config.site;
                let wish = Wish { email, subscriptions, language: site.language, zone: site.timezone.to_string() };
                let asked = match consent {
                    Some(proof) => house.audience.subscribe_with_consent(&wish, &proof, &Actor::Command).await,
                    None => house.audience.ask(&wish, &Actor::Command).await,
                };
                say(match asked.map_err(usage)? {
                    Asked::Subscribed => "subscribed",
                    Asked::ConfirmationSent => "a confirmation is on its way",
                    Asked::AskedBefore => "a confirmation was sent within the last day; no second one",
                    Asked::Suppressed => "mail to this address is suppressed",
                });
                mind_the_daemon(&house);
            }
            Self::Why { email } => {
                let address = EmailAddress::parse(&email).map_err(|error| Failure::Usage(error.to_string()))?;
                let row = house.store.subscriber_of(&house.keys.hash_address(&address)).await?;
                let row = row.ok_or_else(|| Failure::Failed(anyhow::anyhow!("nobody of that address is here")))?;
                let zone = house.config.site.timezone;
                let reader = &row.subscriber;
                say(&format!("reader {}\t{}\tasked {}", reader.id, reader.state.as_str(), row.created_at.rfc3339(zone)));
                for (what, wording, actor, at) in house.store.consents(&row.email_key).await? {
                    say(&format!("  {}\t{what}\t{wording}\t{actor}", at.rfc3339(zone)));
                }
                for subscription in house.store.subscriptions(reader.id).await? {
                    say(&format!("  follows {}\t{}", subscription.target.stored(), subscription.cadence.as_str()));
                }
            }
            Self::Remove { email } => {
                if !house.audience.forget(&email, &Actor::Command).await.map_err(usage)? {
                    return Err(Failure::Failed(anyhow::anyhow!("nobody of that address is here")));
                }
            }
        }
        Ok(())
    }
}

fn usage(error: AudienceError) -> Failure {
    match error {
        AudienceError::Store(_) | AudienceError::Letter(_) | AudienceError::TooMany => Failure::Failed(error.into()),
        error => Failure::Usage(error.to_string()),
    }
}
