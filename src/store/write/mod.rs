//! Writers: one file for each room that writes, each names only its own tables. `shared` is what every writer may call inside its own
//! transaction. Every function takes a [`super::Tx`] and commits nothing.

pub mod access;
pub mod audience;
pub mod count;
pub mod deliver;
pub mod ingest;
pub mod publish;
pub mod shared;
