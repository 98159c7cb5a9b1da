//! What became of a candidate.

use crate::model::{Article, ArticleId, ArticleKey, CanonicalUrl, Revision, Standing};

/// What became of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its row.
    pub id: ArticleId,
    /// Its public name.
    pub key: ArticleKey,
    /// The CMS's own address, where it has one.
    pub url: Option<CanonicalUrl>,
    /// As it stands now.
    pub revision: Revision,
    /// What happened.
    pub became: Became,
    /// Why it waits, where it does.
    pub held: Option<String>,
}

/// What happened to a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It was not known.
    New,
    /// It was known, with other copy.
    Revised,
    /// It was known as it is.
    Unchanged,
    /// A site's page at a known address told something entirely other, a fault page or another article, or lost its headline or body. Nothing
    /// was written, and the copy that was known stands. Offered once more with [`Door::doubted`](super::Door::doubted) set to the suspicion's `copy`, another
    /// article is believed; what tells nothing is [`Became::Unchanged`].
    Suspect(Suspicion),
}

/// Copy that is not believed at its first sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// Hash of its words, by which it is known again at a later look.
    pub copy: String,
    /// Its headline, for the log.
    pub title: String,
}

impl Became {
    /// As the API writes it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Revised => "revised",
            Self::Unchanged => "unchanged",
            Self::Suspect(_) => "suspect",
        }
    }
}

impl Accepted {
    /// What is told of an article.
    pub(super) fn of(id: ArticleId, article: &Article, became: Became) -> Self {
        let held = match &article.standing {
            Standing::Held { because, .. } => Some(because.clone()),
            _ => None,
        };
        Self { id, key: article.key.clone(), url: article.url.clone(), revision: article.revision, became, held }
    }
}
