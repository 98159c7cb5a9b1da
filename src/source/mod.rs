//! Where copy comes from: sites, feeds, folders; each look gives Finds, and nothing here knows the store.

pub mod dates;
pub mod decode;
pub mod feed;
pub mod robots;
pub mod site;

use crate::model::{CanonicalUrl, When};

/// A link on a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Where it leads.
    pub url: CanonicalUrl,
    /// As the listing words it.
    pub title: Option<String>,
    /// As the listing prints it.
    pub date: Option<When>,
}
