//! Where copy comes from: sites, feeds, folders; each look gives Finds, and nothing here knows the store.

pub mod extract;
