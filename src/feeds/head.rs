//! What all formats say of a feed itself.

use super::Newsroom;
use super::entry::Entry;
use crate::model::Millis;
use crate::phrases::Phrases;
use crate::urls::Urls;

/// What all formats say of a feed.
pub(super) struct Head<'a> {
    pub newsroom: &'a Newsroom,
    pub urls: &'a Urls,
    pub phrases: &'static Phrases,
    /// The feed's own id.
    pub tag: String,
    pub title: String,
    pub about: String,
    /// The page for people.
    pub home: String,
    /// The address it is served at, `?brief` included.
    pub own: String,
    /// When its content last changed; `None` while it was always empty.
    pub changed: Option<Millis>,
    pub entries: Vec<Entry<'a>>,
}

impl Head<'_> {
    /// Who answers for the feed.
    pub(super) fn publisher(&self) -> &str {
        self.newsroom.organisation.as_deref().unwrap_or(&self.newsroom.title)
    }

    /// Whose the copy is, and under which licence; `None` where the newsroom says neither.
    pub(super) fn rights(&self) -> Option<String> {
        let owner = self.newsroom.organisation.as_ref().map(|owner| format!("© {owner}"));
        let said: Vec<String> = owner.into_iter().chain(self.newsroom.licence.clone()).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }
}
