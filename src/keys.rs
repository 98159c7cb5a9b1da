//! The key ring: seal, open, sign, verify, hash an address. A key's id stands in everything it makes, so that keys can follow each other.
//!
//! The ring is a file (`[keys] file`), made on first start with mode 0600: one line a key, `id base64(32 bytes)`, the newest first.
//! Each use derives its own key from the ring's (HKDF, RFC 5869), so that a signature made for one purpose means nothing for another.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{hkdf, hmac};

use crate::clock::Ids;
use crate::model::{EmailAddress, Sealed, Secret};

/// What a key is used for; each use has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Secrets of endpoints, letters' payloads.
    Seal,
    /// Links in mails.
    Link,
    /// Suppression and consent of erased addresses.
    Address,
    /// Bearer tokens at rest.
    Token,
    /// Message-IDs.
    MessageId,
    /// Stamps of forms that were handed out, and what ties a form to a session.
    Form,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Seal => b"postrider seal v1",
            Self::Link => b"postrider link v1",
            Self::Address => b"postrider address v1",
            Self::Token => b"postrider token v1",
            Self::MessageId => b"postrider message-id v1",
            Self::Form => b"postrider form v1",
        }
    }
}

/// What went wrong with keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("key ring {path}: {what}")]
    File {
        /// Which.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The file is no key ring.
    #[error("key ring {path}, line {line}: not a key id and 32 bytes of base64")]
    Line {
        /// Which.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// What was sealed was sealed with a key that is not here, or was changed.
    #[error("cannot open what was sealed: made by another key ring, or damaged")]
    Open,
}

/// The keys of one installation, the newest first.
#[derive(Clone)]
pub struct KeyRing {
    keys: Vec<(u8, [u8; 32])>,
    ids: Ids,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing({} keys)", self.keys.len())
    }
}

impl KeyRing {
    /// Reads the ring, or makes it where there is none.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn load_or_make(path: &Path, ids: Ids) -> Result<Self, KeyError> {
        let failed = |what| move |source| KeyError::File { path: path.to_owned(), what, source };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text, ids),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder).map_err(failed("make its folder"))?;
                }
                let line = format!("1 {}\n", STANDARD.encode(ids.bytes::<32>()));
                match write_private(path, &line) {
                    Ok(()) => Self::parse(path, &line, ids),
                    // Another process was quicker: its ring counts.
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                        let text = std::fs::read_to_string(path).map_err(failed("read"))?;
                        Self::parse(path, &text, ids)
                    }
                    Err(error) => Err(failed("write")(error)),
                }
            }
            Err(error) => Err(failed("read")(error)),
        }
    }

    fn parse(path: &Path, text: &str, ids: Ids) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let key = line.split_once(' ').and_then(|(id, key)| {
                let bytes: [u8; 32] = STANDARD.decode(key.trim()).ok()?.try_into().ok()?;
                Some((id.parse::<u8>().ok()?, bytes))
            });
            keys.push(key.ok_or_else(|| KeyError::Line { path: path.to_owned(), line: at + 1 })?);
        }
        if keys.is_empty() { Err(KeyError::Line { path: path.to_owned(), line: 1 }) } else { Ok(Self { keys, ids }) }
    }

    fn derived(&self, id: u8, purpose: Purpose) -> Option<[u8; 32]> {
        let (_, key) = self.keys.iter().find(|(known, _)| *known == id)?;
        let mut bytes = [0; 32];
        let pseudo_random = hkdf::Salt::new(hkdf::HKDF_SHA256, b"").extract(key);
        let info = [purpose.label()];
        pseudo_random.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut bytes)).ok()?;
        Some(bytes)
    }

    fn newest(&self, purpose: Purpose) -> (u8, [u8; 32]) {
        let id = self.keys[0].0;
        (id, self.derived(id, purpose).expect("the newest key is in the ring"))
    }

    /// Seals bytes: key id, nonce, ChaCha20-Poly1305 (RFC 8439).
    ///
    /// # Panics
    /// Never: the key has the algorithm's length.
    #[must_use]
    pub fn seal(&self, secret: &[u8]) -> Sealed {
        let (id, key) = self.newest(Purpose::Seal);
        let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).expect("32 bytes"));
        let nonce: [u8; NONCE_LEN] = self.ids.bytes();
        let mut sealed = secret.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from([id]), &mut sealed).expect("short enough");
        Sealed([&[id], &nonce[..], &sealed].concat())
    }

    /// Opens what [`KeyRing::seal`] made.
    ///
    /// # Errors
    /// When the key is not in the ring or a byte was changed.
    pub fn open(&self, sealed: &Sealed) -> Result<Vec<u8>, KeyError> {
        let [id, rest @ ..] = sealed.0.as_slice() else { return Err(KeyError::Open) };
        let key = self.derived(*id, Purpose::Seal).ok_or(KeyError::Open)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(KeyError::Open)?;
        let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| KeyError::Open)?);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::Open)?;
        let mut body = body.to_vec();
        let open = key.open_in_place(nonce, Aad::from([*id]), &mut body).map_err(|_| KeyError::Open)?;
        Ok(open.to_vec())
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// As [`KeyRing::open`]; also when it is no text.
    pub fn open_text(&self, sealed: &Sealed) -> Result<Secret, KeyError> {
        String::from_utf8(self.open(sealed)?).map(Secret::new).map_err(|_| KeyError::Open)
    }

    /// Signs a message: URL-safe base64 of the key's id and an HMAC-SHA-256 cut to 16 bytes (RFC 2104, section 5).
    #[must_use]
    pub fn sign(&self, purpose: Purpose, message: &str) -> String {
        let (id, key) = self.newest(purpose);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), message.as_bytes());
        BASE64URL_NOPAD.encode(&[&[id], &tag.as_ref()[..16]].concat())
    }

    /// Whether a signature was made by this ring for this message and purpose. Takes the same time whatever differs.
    #[must_use]
    pub fn verify(&self, purpose: Purpose, message: &str, signature: &str) -> bool {
        let Ok(given) = BASE64URL_NOPAD.decode(signature.as_bytes()) else { return false };
        let [id, given @ ..] = given.as_slice() else { return false };
        let Some(key) = self.derived(*id, purpose) else { return false };
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), message.as_bytes());
        given.len() == 16 && given.iter().zip(tag.as_ref()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }

    /// A keyed hash that outlives the newest key: always by the oldest, so that suppression survives a rotation.
    ///
    /// # Panics
    /// Never: the oldest key is in the ring.
    #[must_use]
    pub fn hash(&self, purpose: Purpose, message: &str) -> String {
        let oldest = self.keys.last().expect("a ring has a key").0;
        let key = self.derived(oldest, purpose).expect("the oldest key is in the ring");
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), message.as_bytes());
        BASE32_NOPAD.encode(&tag.as_ref()[..20]).to_ascii_lowercase()
    }

    /// The keyed hash of an address: what stays of a reader who was erased.
    #[must_use]
    pub fn hash_address(&self, address: &EmailAddress) -> String {
        self.hash(Purpose::Address, &address.folded())
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> KeyRing {
        let folder = tempfile::tempdir().unwrap();
        KeyRing::load_or_make(&folder.path().join("keys"), Ids::default()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_and_a_flipped_bit_does_not() {
        let ring = ring();
        let mut sealed = ring.seal("whsec_秘密".as_bytes());
        assert_eq!(ring.open_text(&sealed).unwrap().expose(), "whsec_秘密");
        *sealed.0.last_mut().unwrap() ^= 1;
        assert!(ring.open(&sealed).is_err());
        assert!(ring.open(&Sealed(vec![1, 2])).is_err());
    }

    #[test]
    fn a_signature_is_good_for_one_purpose_only() {
        let ring = ring();
        let signature = ring.sign(Purpose::Link, "unsubscribe:7");
        assert!(ring.verify(Purpose::Link, "unsubscribe:7", &signature));
        assert!(!ring.verify(Purpose::MessageId, "unsubscribe:7", &signature));
        assert!(!ring.verify(Purpose::Link, "unsubscribe:8", &signature));
        assert!(!ring.verify(Purpose::Link, "unsubscribe:7", ""));
    }

    #[test]
    fn the_ring_is_read_back_as_it_was_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/keys");
        let first = KeyRing::load_or_make(&path, Ids::default()).unwrap();
        let second = KeyRing::load_or_make(&path, Ids::default()).unwrap();
        assert_eq!(second.open(&first.seal(b"x")).unwrap(), b"x");
        std::fs::write(&path, "1 short\n").unwrap();
        assert!(matches!(KeyRing::load_or_make(&path, Ids::default()), Err(KeyError::Line { line: 1, .. })));
    }
}
