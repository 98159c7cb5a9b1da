//! Copy as it was received, before anyone judged it.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Byline, CanonicalUrl, Image, KeptId, Kind, Millis, Origin, SafeHtml};

/// What a source, a folder or the API brought in. `ingest::accept` is the only door it goes through.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Where it came from.
    pub provenance: Provenance,
    /// The CMS's own address of it.
    pub url: Option<CanonicalUrl>,
    /// What it consists of.
    pub kind: Kind,
    /// `None`: none was found.
    pub title: Option<String>,
    /// Slugs, or titles and aliases as a path (`新闻/宜城新闻`), in order; empty: none was told.
    pub sections: Vec<String>,
    /// As printed.
    pub published: Option<When>,
    /// As printed.
    pub updated: Option<When>,
    /// Who wrote it.
    pub authors: Vec<Byline>,
    /// Who edited it.
    pub editors: Vec<Byline>,
    /// 来源.
    pub origin: Option<Origin>,
    /// As given.
    pub summary: Option<String>,
    /// The body.
    pub body: Body,
    /// The lead picture.
    pub image: Option<Image>,
    /// All pictures.
    pub images: Vec<Image>,
    /// Keywords.
    pub tags: Vec<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// What the sender wants done with it.
    pub wish: Wish,
    /// The line in which the copy itself admits an error (更正：…), without its label.
    pub correction: Option<String>,
    /// The newsroom marked it as breaking.
    pub breaking: bool,
    /// Whether receivers are told; `None`: as the source's kind says (contract.md, Silence).
    pub announce: Option<bool>,
    /// The id that readers know it by already, where its source says that it stays (`ids = "keep"`).
    pub kept: Option<KeptId>,
    /// Which line and which rule gave each field.
    pub evidence: Vec<Evidence>,
}

/// Where copy came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The source's name, `push` for the API.
    pub source: String,
    /// Its id there.
    pub external_id: Option<String>,
}

/// A printed time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// To the minute or better.
    At(Millis),
    /// The day alone, in the source's zone.
    Day(NaiveDate),
}

impl When {
    /// The instant it stands for: a day alone is the moment it was first seen, where that is the same day, else the day's beginning.
    #[must_use]
    pub fn instant(self, zone: Tz, first_seen: Millis) -> Millis {
        match self {
            Self::At(at) => at,
            Self::Day(day) if first_seen.in_zone(zone).date_naive() == day => first_seen,
            Self::Day(day) => {
                let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
                // A zone may skip midnight when summer begins; the first hour that exists stands for it.
                let begins = (0..4).find_map(|hour| (midnight + chrono::Duration::hours(hour)).and_local_timezone(zone).earliest());
                begins.map_or_else(|| midnight.and_utc().into(), Millis::from)
            }
        }
    }
}

/// A body as received.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// None was found.
    #[default]
    None,
    /// HTML, not yet cleaned; relative addresses are relative to the candidate's URL.
    Html(String),
    /// A paragraph a line.
    Text(String),
}

impl Body {
    /// The body as it may be shown; `base` is where its relative addresses begin.
    #[must_use]
    pub fn cleaned(&self, base: Option<&Url>) -> SafeHtml {
        match self {
            Self::None => SafeHtml::default(),
            Self::Html(html) => SafeHtml::clean(html, base),
            Self::Text(text) => SafeHtml::of_text(text),
        }
    }
}

/// What the sender wants done with copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Wish {
    /// Publish it: now, or at its time where that lies ahead and the source may set an embargo.
    #[default]
    Publish,
    /// Let an editor look first, for this reason.
    Hold(String),
    /// It is gone, for this reason.
    Withdraw(String),
}

/// Which line and which rule gave a field; kept, and shown by `extract --explain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The field.
    pub field: Field,
    /// The rule's name: `label 发布时间`, `og:title`, `breadcrumb`.
    pub rule: String,
    /// What it was read from, cut to a line.
    pub line: String,
}

/// A field that evidence speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// Headline.
    Title,
    /// Time of publication.
    Published,
    /// Time of change.
    Updated,
    /// Who wrote it.
    Authors,
    /// Who edited it.
    Editors,
    /// 来源.
    Origin,
    /// Where it stands.
    Sections,
    /// Abstract.
    Summary,
    /// Body.
    Body,
    /// Pictures.
    Images,
    /// Keywords.
    Tags,
    /// Language.
    Language,
    /// Kind.
    Kind,
    /// Where the copy admits an error.
    Correction,
    /// Where it says that it was taken back.
    Withdrawn,
    /// What was left out, and why.
    Dropped,
}

impl Candidate {
    /// Copy from `source` of which nothing else is known yet.
    #[must_use]
    pub fn from_source(source: &str) -> Self {
        Self {
            provenance: Provenance { source: source.to_owned(), external_id: None },
            url: None,
            kind: Kind::Text,
            title: None,
            sections: Vec::new(),
            published: None,
            updated: None,
            authors: Vec::new(),
            editors: Vec::new(),
            origin: None,
            summary: None,
            body: Body::None,
            image: None,
            images: Vec::new(),
            tags: Vec::new(),
            language: None,
            wish: Wish::Publish,
            correction: None,
            breaking: false,
            announce: None,
            kept: None,
            evidence: Vec::new(),
        }
    }
}
