//! Feeds of others: RSS, Atom, JSON Feed, RDF.

mod adapt;
mod parse;

pub use parse::{FeedCopy, NoFeed, parse};
