//! Mail on its way out: the SMTP session, which knows exactly how far a message came, and the folder that stands in for a server.
//!
//! Nothing is accepted before the final dot (RFC 5321, 4.1.1.4): lost before it, a message may be tried again freely; lost after it,
//! it is [`Verdict::Uncertain`] and never guessed. lettre speaks TLS and AUTH; MAIL, RCPT, DATA and the body are driven here, because its
//! pool gives the same error on both sides of the dot, waits for delayed acknowledgements and drops the connection at every refusal.

mod deadlines;
mod opening;
mod outbox;
#[cfg(test)]
mod peer;
mod reply;
mod server;
mod session;
mod step;
mod tls;
mod verdict;

pub use deadlines::Deadlines;
pub use outbox::{Outbox, OutboxError};
pub use reply::{Meaning, Reply};
pub use server::{Login, Relay, Server, ServerError, ServerKind, StartTls};
pub use session::Session;
pub use step::Step;
pub use verdict::{Failure, Verdict};
