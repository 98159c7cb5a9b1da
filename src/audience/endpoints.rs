//! Endpoints: added by hand, by a partner's token, or declared in the file.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::Url;
use uuid::Uuid;

use crate::config;
use crate::model::{Actor, EndpointState, Filters, LaneId, Preset, Sealed, Secret};
use crate::store::write::audience::{
    NewEndpoint as Row, add_endpoint, declare_endpoint, find_endpoint, set_endpoint_secrets, set_endpoint_state,
};
use crate::store::write::ingest::sections;
use crate::store::write::shared::{NewLetter, audit, letter};
use crate::store::{StoreError, Tx};

use super::{Audience, AudienceError};

/// Bytes of a secret that is made here (Standard Webhooks 1.0: between 24 and 64).
const SECRET_BYTES: usize = 32;
/// What a given secret may hold.
const SECRET_SIZES: std::ops::RangeInclusive<usize> = 24..=64;

/// An endpoint that somebody asks for.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// Where to.
    pub url: String,
    /// How it is spoken to.
    pub preset: Preset,
    /// What it wants.
    pub filters: Filters,
    /// Who is told when it fails.
    pub owner: Option<String>,
    /// Its secret, where the receiver chose one.
    pub secret: Option<Secret>,
    /// A partner's gets nothing but tests until it answers 2xx.
    pub proven: bool,
}

/// An endpoint that was added. The secret is shown this once.
#[derive(Debug, Clone)]
pub struct Added {
    /// Its public name.
    pub id: Uuid,
    /// What receivers check signatures with.
    pub secret: Secret,
}

impl Audience {
    /// Adds an endpoint; `serve` sends to it from the next event on.
    ///
    /// # Errors
    /// When its address, secret, preset or filters cannot be used.
    pub async fn add_endpoint(&self, new: NewEndpoint, actor: &Actor, origin: &str) -> Result<Added, AudienceError> {
        let url = endpoint_url(&new.url)?;
        spoken(new.preset)?;
        let secret = match new.secret {
            Some(secret) => checked(&secret)?,
            None => self.fresh_secret(),
        };
        let now = self.clock.now();
        let public = self.ids.uuid(now);
        let (url, secrets) = (self.keys.seal(url.as_str().as_bytes()), [self.keys.seal(secret.expose().as_bytes())]);
        let mut tx = self.store.begin().await?;
        known_sections(&mut tx, &new.filters).await?;
        let state = if new.proven { EndpointState::Live } else { EndpointState::Unproven };
        let (owner, filters) = (new.owner.as_deref(), &new.filters);
        let row = Row { public, name: None, url: &url, secrets: &secrets, preset: new.preset, filters, state, owner, origin };
        let id = add_endpoint(&mut tx, &row, now).await?;
        if !new.proven {
            self.test_letter(&mut tx, LaneId(id.0)).await?;
        }
        audit(&mut tx, actor, "endpoint.add", &public.to_string(), "", now).await?;
        tx.commit().await?;
        Ok(Added { id: public, secret })
    }

    /// Writes what the configuration declares. One that it declares no longer is disabled, its history stays.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn declare_endpoints(&self, declared: &[config::Endpoint]) -> Result<(), AudienceError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        for endpoint in declared {
            spoken(endpoint.preset)?;
            let known = find_endpoint(&mut tx, None, Some(&endpoint.name)).await?;
            let secrets = match (&endpoint.secret, &known) {
                (Some(secret), _) => vec![self.keys.seal(checked(secret)?.expose().as_bytes())],
                (None, Some((known, _))) => known.secrets.clone(),
                (None, None) => vec![self.keys.seal(self.fresh_secret().expose().as_bytes())],
            };
            let url = self.keys.seal(endpoint_url(endpoint.url.expose())?.as_str().as_bytes());
            let owner = endpoint.owner.as_ref().map(|owner| owner.expose().to_owned());
            let row = Row {
                public: self.ids.uuid(now),
                name: Some(&endpoint.name),
                url: &url,
                secrets: &secrets,
                preset: endpoint.preset,
                filters: &endpoint.filters,
                state: EndpointState::Live,
                owner: owner.as_deref(),
                origin: "config",
            };
            match known {
                Some((known, _)) if self.is_as_declared(&known, endpoint) => {}
                Some((known, _)) => declare_endpoint(&mut tx, known.id, &row).await?,
                None => drop(add_endpoint(&mut tx, &row, now).await?),
            }
        }
        let names: Vec<&str> = declared.iter().map(|endpoint| endpoint.name.as_str()).collect();
        retire(&mut tx, &self.store, &names).await?;
        tx.commit().await?;
        Ok(())
    }

    fn is_as_declared(&self, known: &crate::model::Endpoint, declared: &config::Endpoint) -> bool {
        let opens_to = |sealed: &Sealed, text: &str| self.keys.open_text(sealed).is_ok_and(|open| open.expose() == text);
        let same_url = endpoint_url(declared.url.expose()).is_ok_and(|url| opens_to(&known.url, url.as_str()));
        let same_secret =
            declared.secret.as_ref().is_none_or(|secret| known.secrets.first().is_some_and(|sealed| opens_to(sealed, secret.expose())));
        same_url && same_secret && known.preset == declared.preset && known.filters == declared.filters
    }

    /// Switches an endpoint on or off: a state, so that the file's may be switched too.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn switch_endpoint(&self, id: Uuid, on: bool, actor: &Actor) -> Result<(), AudienceError> {
        let mut tx = self.store.begin().await?;
        let (endpoint, _) = find_endpoint(&mut tx, Some(id), None).await?.ok_or(AudienceError::NoEndpoint)?;
        let (state, why) = if on { (EndpointState::Live, None) } else { (EndpointState::Disabled, Some("switched off by hand")) };
        set_endpoint_state(&mut tx, endpoint.id, state, why).await?;
        audit(&mut tx, actor, if on { "endpoint.enable" } else { "endpoint.disable" }, &id.to_string(), "", self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives an endpoint a new secret; the one before stays good beside it.
    ///
    /// # Errors
    /// When there is none of that name, or the file gives its secret.
    pub async fn rotate_endpoint(&self, id: Uuid, declared_secret: impl Fn(&str) -> bool, actor: &Actor) -> Result<Secret, AudienceError> {
        let mut tx = self.store.begin().await?;
        let (endpoint, _) = find_endpoint(&mut tx, Some(id), None).await?.ok_or(AudienceError::NoEndpoint)?;
        if let Some(name) = endpoint.name.as_deref().filter(|name| declared_secret(name)) {
            return Err(AudienceError::Declared(format!("the secret of {name}")));
        }
        let secret = self.fresh_secret();
        let newest = self.keys.seal(secret.expose().as_bytes());
        let secrets: Vec<Sealed> = std::iter::once(newest).chain(endpoint.secrets.into_iter().take(1)).collect();
        set_endpoint_secrets(&mut tx, endpoint.id, &secrets).await?;
        audit(&mut tx, actor, "endpoint.rotate", &id.to_string(), "", self.clock.now()).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// Sends `endpoint.test`.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn test_endpoint(&self, id: Uuid, actor: &Actor) -> Result<crate::model::Seq, AudienceError> {
        let mut tx = self.store.begin().await?;
        let (endpoint, _) = find_endpoint(&mut tx, Some(id), None).await?.ok_or(AudienceError::NoEndpoint)?;
        let seq = self.test_letter(&mut tx, LaneId(endpoint.id.0)).await?;
        audit(&mut tx, actor, "endpoint.test", &id.to_string(), "", self.clock.now()).await?;
        tx.commit().await?;
        Ok(seq)
    }

    async fn test_letter(&self, tx: &mut Tx, lane: LaneId) -> Result<crate::model::Seq, AudienceError> {
        let payload = self.keys.seal(&serde_json::to_vec(&crate::model::LetterKind::EndpointTest)?);
        let receiver = Some(crate::model::ReceiverId(lane.0));
        let new = NewLetter { kind: "endpoint.test", payload: &payload, receiver, lane, expires_at: None };
        Ok(letter(tx, &new, self.clock.now()).await?)
    }

    fn fresh_secret(&self) -> Secret {
        Secret::new(format!("whsec_{}", STANDARD.encode(self.ids.bytes::<SECRET_BYTES>())))
    }
}

/// Endpoints that the file declared once and no longer does.
async fn retire(tx: &mut Tx, store: &crate::store::Store, names: &[&str]) -> Result<(), StoreError> {
    let known = store.endpoints(crate::store::EndpointFilter::default()).await?;
    for endpoint in known {
        let gone = endpoint.name.as_deref().is_some_and(|name| !names.contains(&name));
        if gone && endpoint.state != EndpointState::Disabled {
            set_endpoint_state(tx, endpoint.id, EndpointState::Disabled, Some("no longer in the configuration file")).await?;
        }
    }
    Ok(())
}

async fn known_sections(tx: &mut Tx, filters: &Filters) -> Result<(), AudienceError> {
    let known = sections(tx).await?;
    filters.unknown_section(&known).map_or(Ok(()), |slug| Err(AudienceError::UnknownSection(slug.to_string())))
}

fn spoken(preset: Preset) -> Result<(), AudienceError> {
    if preset == Preset::Standard { Ok(()) } else { Err(AudienceError::Preset(preset)) }
}

/// An address that may be posted to; whether the guard lets it out is asked at each delivery, for that may change.
fn endpoint_url(text: &str) -> Result<Url, AudienceError> {
    let url = Url::parse(text.trim()).map_err(|error| AudienceError::Url(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(AudienceError::Url("only http and https".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AudienceError::Url("an address with a user name in it is refused".to_owned()));
    }
    Ok(url)
}

fn checked(secret: &Secret) -> Result<Secret, AudienceError> {
    let text = secret.expose().trim();
    let bytes = text.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
    let fits = bytes.is_some_and(|bytes| SECRET_SIZES.contains(&bytes.len()));
    if fits { Ok(Secret::new(text.to_owned())) } else { Err(AudienceError::Secret) }
}
