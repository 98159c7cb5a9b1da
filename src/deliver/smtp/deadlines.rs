//! How long each step may take.

use std::time::Duration;

/// A deadline for each step of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// The server's first line, and the answer to EHLO.
    pub greeting: Duration,
    /// The whole TLS handshake with the EHLO behind it.
    pub tls: Duration,
    /// All of AUTH.
    pub login: Duration,
    /// The answer to MAIL.
    pub mail: Duration,
    /// The answer to RCPT.
    pub rcpt: Duration,
    /// The answer to DATA.
    pub data: Duration,
    /// Each block of the body.
    pub block: Duration,
    /// The answer to the final dot.
    pub dot: Duration,
    /// The answer to RSET, and to QUIT.
    pub close: Duration,
}

impl Deadlines {
    /// RFC 5321, 4.5.3.2, which names the least that a client grants: shorter ones double mail, for a server that was about to say yes delivers it.
    /// The handshake and the login have no figure there; a minute is a hundred round trips to the far side of the world.
    pub const RFC_5321: Self = Self {
        greeting: Duration::from_mins(5),
        tls: Duration::from_mins(1),
        login: Duration::from_mins(2),
        mail: Duration::from_mins(5),
        rcpt: Duration::from_mins(5),
        data: Duration::from_mins(2),
        block: Duration::from_mins(3),
        dot: Duration::from_mins(10),
        // Nothing depends on these two: a server that is slow here loses its connection and no mail.
        close: Duration::from_secs(5),
    };
}
