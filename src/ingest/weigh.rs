//! How much a change weighs: nothing, a cosmetic one, or news.

use ring::digest::{SHA256, digest};

use crate::model::Article;

/// How much a new version differs from what stood before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Feeds are rendered again; it is no event.
    Cosmetic,
    /// An event.
    Material,
}

impl Weight {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Cosmetic => "cosmetic",
            Self::Material => "material",
        }
    }
}

/// Hash of everything a reader could see. Equal hashes: the same copy.
pub(super) fn fingerprint(article: &Article) -> String {
    let mut seen = serde_json::json!([
        article.title,
        article.sections,
        article.authors,
        article.editors,
        article.origin,
        article.summary,
        article.body,
        article.image,
        article.images,
        article.tags,
        article.kind,
        article.language,
        article.published,
        article.url,
        article.breaking,
    ]);
    if let (Some(kept), Some(list)) = (&article.kept, seen.as_array_mut()) {
        list.push(serde_json::json!(kept));
    }
    data_encoding::HEXLOWER.encode(digest(&SHA256, seen.to_string().as_bytes()).as_ref())
}

/// A change of words is material; one of spaces, punctuation, markup, pictures, tags, placement or date is cosmetic.
pub(super) fn weigh(before: &Article, after: &Article) -> Weight {
    let words = |article: &Article| -> String {
        let text = format!("{}\n{}", article.title, article.body.text());
        text.chars().filter(|c| c.is_alphanumeric()).collect()
    };
    if words(before) == words(after) { Weight::Cosmetic } else { Weight::Material }
}
