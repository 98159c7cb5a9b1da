//! What a signature is worth, by Standard Webhooks 1.0, written here on its own so that the sender is checked against a second reading.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use ring::hmac;

use super::super::DemoError;
use crate::model::Millis;

/// The judgement of one hook's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One of its signatures is right, and it is of this hour.
    Good,
    /// The path has no secret to check it by.
    NoSecret,
    /// It has no `webhook-id`, `webhook-timestamp` or `webhook-signature`, or one that cannot be read.
    Unsigned,
    /// None of its signatures is right.
    Wrong,
    /// Right, but signed too long ago or in the future.
    Stale,
}

/// How far the timestamp may lie from now, either way: what the reference libraries take.
const TOLERANCE: Duration = Duration::from_mins(5);

/// A shared secret.
#[derive(Debug)]
pub(super) struct Secret(hmac::Key);

impl Secret {
    /// Reads `whsec_` and base64.
    pub fn parse(text: &str) -> Result<Self, DemoError> {
        let key = text.strip_prefix("whsec_").and_then(|rest| STANDARD.decode(rest).ok()).ok_or(DemoError::Secret)?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }
}

/// Judges a hook by the secrets of its path.
pub(super) fn judge(head: &HeaderMap, body: &[u8], now: Millis, secrets: &[Secret]) -> Verdict {
    if secrets.is_empty() {
        return Verdict::NoSecret;
    }
    let header = |name| head.get(name).and_then(|value| value.to_str().ok());
    let (Some(id), Some(timestamp), Some(signatures)) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"))
    else {
        return Verdict::Unsigned;
    };
    let Ok(seconds) = timestamp.parse::<i64>() else { return Verdict::Unsigned };
    let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    // Several signatures stand in a row while a secret is being rotated; one of ours is enough.
    let right = signatures
        .split(' ')
        .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
        .any(|mac| secrets.iter().any(|secret| hmac::verify(&secret.0, &signed, &mac).is_ok()));
    let at = Millis(seconds.saturating_mul(1000));
    match (right, at.since(now).max(now.since(at)) <= TOLERANCE) {
        (false, _) => Verdict::Wrong,
        (true, false) => Verdict::Stale,
        (true, true) => Verdict::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NOW: Millis = Millis(1_614_265_330_000);

    fn head(signature: &str) -> HeaderMap {
        let mut head = HeaderMap::new();
        head.insert("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek".parse().unwrap());
        head.insert("webhook-timestamp", "1614265330".parse().unwrap());
        head.insert("webhook-signature", signature.parse().unwrap());
        head
    }

    /// The specification's own example of a secret, an id, a time, a body and their signature.
    #[test]
    fn the_published_example_is_good() {
        let secrets = [Secret::parse(SECRET).unwrap()];
        let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let body = br#"{"test": 2432232314}"#;
        assert_eq!(judge(&head(right), body, NOW, &secrets), Verdict::Good);
        assert_eq!(judge(&head(&format!("v1,AAAA v2,x {right}")), body, NOW, &secrets), Verdict::Good);
        assert_eq!(judge(&head(right), b"{}", NOW, &secrets), Verdict::Wrong);
        assert_eq!(judge(&head("v1,AAAA"), body, NOW, &secrets), Verdict::Wrong);
        assert_eq!(judge(&head(right), body, NOW.plus(Duration::from_secs(301)), &secrets), Verdict::Stale);
        assert_eq!(judge(&head(right), body, Millis(NOW.0 - 301_000), &secrets), Verdict::Stale);
        assert_eq!(judge(&HeaderMap::new(), body, NOW, &secrets), Verdict::Unsigned);
        assert_eq!(judge(&head(right), body, NOW, &[]), Verdict::NoSecret);
        assert!(Secret::parse("secret").is_err() && Secret::parse("whsec_?").is_err());
    }
}
