//! One integration binary: the promises of the whole, a file each, on both stores. What they stand on is in `harness`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[macro_use]
mod harness;

mod architecture;
mod demo;
mod drift;
mod engine;
mod feed_source;
mod idempotency;
mod identity;
mod init;
mod kill;
mod killed_ingest;
mod mailing;
mod media;
mod postfix;
mod processes;
mod pushing;
mod readme;
mod rechecks;
mod refusals;
mod revisions;
mod silence;
mod soak;
mod sources;
mod store;
mod trespass;
mod webhooks;
