//! One page of `extract --batch LIST --json`: flat, for scoring and for scripts.

use serde::{Deserialize, Serialize};

use super::Extraction;
use crate::model::When;

/// What `extract --batch` prints of a page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BatchLine {
    /// Headline.
    pub title: Option<String>,
    /// The body as text, a paragraph a line.
    pub body: String,
    /// ISO 8601: with offset where the page tells the time, else the date alone.
    pub date: Option<String>,
    /// Names of the authors.
    pub author: Vec<String>,
    /// Names of the editors.
    pub editor: Vec<String>,
    /// 来源.
    pub source: Option<String>,
    /// The innermost section's title.
    pub section: Option<String>,
    /// Addresses of the pictures.
    pub images: Vec<String>,
    /// How long it took, in milliseconds.
    pub ms: f64,
}

impl BatchLine {
    /// Makes it of an extraction that took `ms` milliseconds.
    #[must_use]
    pub fn of(extraction: &Extraction, ms: f64) -> Self {
        let candidate = &extraction.candidate;
        let names = |people: &[crate::model::Byline]| people.iter().map(|one| one.name.clone()).collect();
        Self {
            title: candidate.title.clone(),
            body: extraction.text.clone(),
            date: candidate.published.map(|when| match when {
                When::At(at) => at.rfc3339(extraction.zone),
                When::Day(day) => day.to_string(),
            }),
            author: names(&candidate.authors),
            editor: names(&candidate.editors),
            source: candidate.origin.as_ref().map(|origin| origin.name.clone()),
            section: candidate.sections.first().and_then(|path| path.rsplit('/').next()).map(str::to_owned),
            images: candidate.images.iter().map(|image| image.url.clone()).collect(),
            ms,
        }
    }
}
