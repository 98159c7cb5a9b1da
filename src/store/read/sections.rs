//! Sections.

use sqlx::types::Json;

use crate::model::{Rev, Section, Seq, Slug};
use crate::store::db::rows;
use crate::store::{Doing as _, Store, StoreError};

#[derive(sqlx::FromRow)]
pub(in crate::store) struct RawSection {
    id: i64,
    slug: String,
    title: String,
    aliases: Json<Vec<String>>,
    origin: String,
    rev: i64,
}

pub(in crate::store) const ALL_SECTIONS: &str = "select id, slug, title, aliases, origin, rev from section order by slug";

impl TryFrom<RawSection> for Section {
    type Error = StoreError;
    fn try_from(raw: RawSection) -> Result<Self, StoreError> {
        Ok(Self {
            id: Seq(raw.id),
            slug: Slug::parse(&raw.slug).map_err(|error| StoreError::Unreadable { what: "a section", why: error.to_string() })?,
            title: raw.title,
            aliases: raw.aliases.0,
            declared: raw.origin == "config",
            rev: Rev(raw.rev),
        })
    }
}

impl Store {
    /// Every section, by slug.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sections(&self) -> Result<Vec<Section>, StoreError> {
        rows!(self, RawSection, ALL_SECTIONS).doing("list sections")?.into_iter().map(Section::try_from).collect()
    }
}
