//! `[[section]]`: where articles stand.

use super::reader::Reader;
use crate::model::Slug;

/// Where articles stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its path.
    pub slug: Slug,
    /// What people call it.
    pub title: String,
    /// What else breadcrumbs call it.
    pub aliases: Vec<String>,
    /// Where it was before; the old addresses lead here.
    pub was: Vec<Slug>,
    /// Whether nothing more appears in it.
    pub ended: bool,
}

impl Section {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let slug = r.required("slug", "slug = \"news\"");
        let title: Option<String> = r.required("title", "title = \"新闻\"");
        if let Some(title) = &title {
            r.refuse_blank("title", title);
        }
        let aliases = r.value("aliases", Vec::new());
        let was = r.value("was", Vec::new());
        let ended = r.value("ended", false);
        Some(Self { slug: slug?, title: title?, aliases, was, ended })
    }
}
