//! The steps of a session.

/// Where in a session something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The greeting and EHLO.
    Greeting,
    /// The TLS handshake.
    Tls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, up to its 354.
    Data,
    /// The body, the final dot and its answer.
    Body,
}
