//! The carrier of Standard Webhooks 1.0: one signed POST a parcel.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use ring::hmac;
use serde_json::json;

use crate::model::{Class, Effect, EndpointState, Exchange, Millis, Outcome, Phase, Subject, Why};
use crate::outbound::{Answer, Failure, Reach, Request};
use crate::store::{ParcelRow, StoreError};

use super::Parts;
use super::board::Strain;
use super::hand::{Hand, Verdict};
use super::pace::next_try;
use super::subjects::Subjects;
use super::targets::{Target, Targets};

/// How much of an answer is kept for the operator (bytes): a provider's verdict and a stack trace's first lines fit.
const KEPT_OF_ANSWER: usize = 4096;

/// What carries webhooks.
#[derive(Clone)]
pub(super) struct Webhook {
    pub(super) parts: Parts,
    pub(super) targets: Targets,
    pub(super) subjects: Subjects,
}

struct Message {
    id: String,
    body: Bytes,
    carried: i64,
}

impl Webhook {
    /// Carries one parcel and settles it.
    pub(super) async fn work(self, hand: Hand, parcel: ParcelRow) {
        let verdict = match self.attempt(&parcel).await {
            Ok(verdict) => verdict,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a delivery waits for the store");
                hand.let_go(&parcel, Strain::Wait(self.parts.clock.now().plus(STORE_AWAY)));
                return;
            }
        };
        // The ledger closes only in a hard stop; the store still has the parcel.
        let _ = hand.settle(&parcel, verdict).await;
    }

    async fn attempt(&self, parcel: &ParcelRow) -> Result<Verdict, StoreError> {
        let now = self.parts.clock.now();
        let Some(target) = self.targets.get(parcel.receiver) else {
            return Ok(Verdict::undialled(Outcome::Refused(Why::Left), now));
        };
        let is_test = matches!(parcel.subject, Subject::Letter(_));
        match target.state {
            EndpointState::Live => {}
            EndpointState::Unproven if is_test => {}
            _ => return Ok(Verdict::undialled(Outcome::Refused(Why::Left), now)),
        }
        // What failed once may come after what followed it. An old version must not undo a newer one; what is replayed is meant to.
        if parcel.tries > 0 && parcel.class != Class::Replay && self.parts.store.is_overtaken(parcel).await? {
            return Ok(Verdict::undialled(Outcome::Superseded, now));
        }
        let Some(message) = self.message(parcel, now).await? else {
            return Ok(Verdict::undialled(Outcome::Refused(Why::Subject("it is gone".to_owned())), now));
        };
        let request =
            Request { method: Method::POST, url: target.url.clone(), headers: sign(&message, &target, now), body: message.body.clone() };
        let answer = self.parts.outbound.exchange(request, &Reach::default(), &self.parts.limits).await;
        Ok(match answer {
            Ok(answer) => self.judge(parcel, &target, &message, now, &answer),
            Err(failure) => self.failed(parcel, now, failure),
        })
    }

    async fn message(&self, parcel: &ParcelRow, now: Millis) -> Result<Option<Message>, StoreError> {
        if let Subject::Letter(seq) = parcel.subject {
            let timestamp = now.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            let body = json!({ "type": "endpoint.test", "timestamp": timestamp, "data": { "text": "Postrider" } });
            return Ok(Some(Message { id: format!("test_{seq}"), body: Bytes::from(body.to_string()), carried: 0 }));
        }
        let payload = self.subjects.payload(&self.parts.store, &self.parts.urls, parcel.subject.seq()).await?;
        Ok(payload.map(|payload| Message { id: payload.id.clone(), body: payload.body.clone(), carried: payload.revision }))
    }

    fn judge(&self, parcel: &ParcelRow, target: &Target, message: &Message, at: Millis, answer: &Answer) -> Verdict {
        let status = i64::from(answer.status);
        let response = kept(&answer.body);
        let exchange = Exchange { at, ms: answer.ms, phase: Phase::Done, code: Some(status), response };
        let done = |outcome, effects, strain| Verdict { exchange: exchange.clone(), outcome, effects, strain };
        let hint = retry_after(&answer.headers, self.parts.clock.now());
        match answer.status {
            200..=299 => {
                let proves = target.state == EndpointState::Unproven;
                let effects = if proves { vec![Effect::ProveEndpoint { receiver: parcel.receiver }] } else { Vec::new() };
                done(Outcome::Accepted { carried: message.carried }, effects, Strain::None)
            }
            410 => {
                let effect = Effect::DisableEndpoint { receiver: parcel.receiver, why: "it answered 410 Gone".to_owned() };
                done(Outcome::Refused(Why::Gone(status)), vec![effect], Strain::Unknown)
            }
            300..=399 => done(self.again(parcel, Why::Redirect(status), None), Vec::new(), Strain::Failed),
            429 | 503 => {
                let outcome = self.again(parcel, Why::Throttled(status), hint);
                let strain = match (&outcome, hint) {
                    (Outcome::Retry { at, .. }, Some(_)) => Strain::Wait(*at),
                    _ => Strain::Failed,
                };
                done(outcome, Vec::new(), strain)
            }
            _ => done(self.again(parcel, Why::Answered(status), None), Vec::new(), Strain::Failed),
        }
    }

    fn failed(&self, parcel: &ParcelRow, at: Millis, failure: Failure) -> Verdict {
        let exchange = Exchange { at, ms: failure.ms, phase: failure.phase, code: None, response: None };
        Verdict { exchange, outcome: self.again(parcel, failure.why, None), effects: Vec::new(), strain: Strain::Failed }
    }

    fn again(&self, parcel: &ParcelRow, why: Why, hint: Option<Duration>) -> Outcome {
        let tries = parcel.tries + 1;
        match next_try(tries, self.parts.clock.now(), hint, &self.parts.ids) {
            Some(at) => Outcome::Retry { at, why },
            None => Outcome::Refused(Why::Exhausted(tries)),
        }
    }
}

/// How long a lane rests when the store could not be read.
const STORE_AWAY: Duration = Duration::from_secs(1);

/// Standard Webhooks 1.0: HMAC-SHA-256 of `id.timestamp.body`, one signature for each secret that is still good.
fn sign(message: &Message, target: &Target, now: Millis) -> HeaderMap {
    let seconds = now.0.div_euclid(1000);
    let before = format!("{}.{seconds}.", message.id);
    let signature = |key| {
        let mut signing = hmac::Context::with_key(key);
        signing.update(before.as_bytes());
        signing.update(&message.body);
        format!("v1,{}", STANDARD.encode(signing.sign()))
    };
    let signatures = target.secrets.iter().map(signature).collect::<Vec<_>>().join(" ");
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let ascii = |text: &str| HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    headers.insert("webhook-id", ascii(&message.id));
    headers.insert("webhook-timestamp", ascii(&seconds.to_string()));
    headers.insert("webhook-signature", ascii(&signatures));
    headers
}

/// RFC 9110, 10.2.3: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: Millis) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Millis(at.as_millis() as i64).since(now))
}

/// The beginning of an answer as text that any database takes.
fn kept(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(KEPT_OF_ANSWER)]);
    let text = crate::model::without_controls(&text);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        // The example of the Standard Webhooks specification.
        let key = STANDARD.decode("C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let target = Target {
            url: url::Url::parse("https://example.com/").unwrap(),
            secrets: vec![hmac::Key::new(hmac::HMAC_SHA256, &key)],
            state: EndpointState::Live,
        };
        let message = Message {
            id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk".into(),
            body: Bytes::from_static(br#"{"email":"test@example.com","username":"test_user"}"#),
            carried: 1,
        };
        let headers = sign(&message, &target, Millis(1_649_367_553_000));
        assert_eq!(headers["webhook-timestamp"], "1649367553");
        assert_eq!(headers["webhook-signature"], "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_date() {
        let with = |text: &str| HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_str(text).unwrap())]);
        assert_eq!(retry_after(&with("120"), Millis(0)), Some(Duration::from_mins(2)));
        assert_eq!(retry_after(&with("Thu, 01 Jan 1970 00:01:00 GMT"), Millis(0)), Some(Duration::from_mins(1)));
        assert_eq!(retry_after(&with("soon"), Millis(0)), None);
    }

    #[test]
    fn what_is_kept_of_an_answer_fits_any_database() {
        assert_eq!(kept(b"a\0b\xff").unwrap(), "ab\u{fffd}");
        assert_eq!(kept(b" \n"), None);
        assert_eq!(kept(&vec![b'x'; 10_000]).unwrap().len(), KEPT_OF_ANSWER);
    }
}
