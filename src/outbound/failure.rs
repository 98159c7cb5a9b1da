//! Why an exchange gave no answer, in our own words: what a blocked or broken peer said is never passed on.

use std::error::Error as StdError;
use std::io::ErrorKind;

use super::GuardRefusal;
use crate::model::{Phase, Why};

/// An exchange that gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Failure {
    /// How far it came.
    pub phase: Phase,
    /// Why no further.
    pub why: Why,
    /// How long it took, in milliseconds.
    pub ms: i64,
}

impl From<GuardRefusal> for Why {
    fn from(refusal: GuardRefusal) -> Self {
        match refusal {
            GuardRefusal::Unresolved => Self::Resolve,
            other => Self::Guard(other.to_string()),
        }
    }
}

/// How far a refused exchange came: a name that does not resolve is the network's word, everything else is ours.
pub(super) fn refused(refusal: GuardRefusal) -> (Phase, Why) {
    let phase = if refusal == GuardRefusal::Unresolved { Phase::Connect } else { Phase::Before };
    (phase, refusal.into())
}

/// Reads the HTTP client's error: the guard's refusal, TLS, sockets, and the protocol, whichever lies in its chain of sources.
/// `headed` says that the head of an answer has come.
pub(super) fn explain(error: &reqwest::Error, port: u16, headed: bool) -> (Phase, Why) {
    let found = find(error, &mut |cause| {
        cause.downcast_ref::<GuardRefusal>().map(|refusal| Cause::Guard(refusal.clone())).or_else(|| {
            let tls = cause.downcast_ref::<rustls::Error>()?;
            Some(Cause::Tls(tls_words(tls)))
        })
    });
    match found {
        Some(Cause::Guard(refusal)) => return refused(refusal.with_port(port)),
        Some(Cause::Tls(words)) if !headed => return (Phase::Connect, Why::Tls(words.to_owned())),
        _ => {}
    }
    if error.is_connect() || (error.is_timeout() && !headed) {
        let words = if error.is_timeout() { "no answer in time" } else { socket_words(error).unwrap_or("failed") };
        return (Phase::Connect, Why::Connect(words.to_owned()));
    }
    let half_sent = find(error, &mut |cause| cause.downcast_ref::<hyper::Error>().map(hyper::Error::is_body_write_aborted));
    let phase = if half_sent == Some(true) { Phase::Request } else { Phase::Answer };
    let words = protocol_words(error).or_else(|| socket_words(error)).unwrap_or("failed");
    (phase, Why::Broken(words.to_owned()))
}

enum Cause {
    Guard(GuardRefusal),
    Tls(&'static str),
}

/// Walks the chain of sources. `io::Error` hides what it wraps from `source`, so it is opened by hand.
fn find<T>(error: &(dyn StdError + 'static), look: &mut dyn FnMut(&(dyn StdError + 'static)) -> Option<T>) -> Option<T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = look(cause) {
            return Some(found);
        }
        if let Some(inner) = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref)
            && let Some(found) = find(inner, look)
        {
            return Some(found);
        }
        next = cause.source();
    }
    None
}

fn tls_words(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as Cert;
    match error {
        rustls::Error::InvalidCertificate(Cert::Expired | Cert::ExpiredContext { .. }) => "the certificate has expired",
        rustls::Error::InvalidCertificate(Cert::NotValidYet | Cert::NotValidYetContext { .. }) => "the certificate is not valid yet",
        rustls::Error::InvalidCertificate(Cert::NotValidForName | Cert::NotValidForNameContext { .. }) => {
            "the certificate is for another name"
        }
        rustls::Error::InvalidCertificate(Cert::UnknownIssuer) => "the certificate's issuer is unknown",
        rustls::Error::InvalidCertificate(Cert::Revoked) => "the certificate was revoked",
        rustls::Error::InvalidCertificate(_) => "the certificate is not valid",
        rustls::Error::AlertReceived(_) => "the peer ended the handshake",
        rustls::Error::InvalidMessage(_) => "the peer does not speak TLS",
        _ => "the handshake failed",
    }
}

fn socket_words(error: &reqwest::Error) -> Option<&'static str> {
    find(error, &mut |cause| cause.downcast_ref::<std::io::Error>().map(|error| io_words(error.kind())))
}

/// The system's reason in words that depend on nothing the peer says.
pub(super) fn io_words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ConnectionRefused => "refused",
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => "reset",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "unreachable",
        ErrorKind::TimedOut => "no answer in time",
        ErrorKind::UnexpectedEof => "closed early",
        _ => "failed",
    }
}

fn protocol_words(error: &reqwest::Error) -> Option<&'static str> {
    find(error, &mut |cause| {
        let error = cause.downcast_ref::<hyper::Error>()?;
        if error.is_parse_too_large() {
            Some("the head of the answer is too large")
        } else if error.is_parse() {
            Some("not an HTTP answer")
        } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
            Some("closed early")
        } else {
            None
        }
    })
}
