//! Rendered feeds in memory, following the store.
