//! Questions. Each is one text for both databases.

pub(super) mod articles;
pub(super) mod console;
pub(super) mod deliveries;
pub(super) mod editions;
pub(super) mod engine;
pub(super) mod events;
pub(super) mod receivers;
pub(super) mod revisions;
pub(super) mod sections;
pub(super) mod sources;
pub(super) mod tokens;
