//! `[source.override]` and `[[source.test]]`: what a person knows better than the rules, and what pages must still give.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveDateTime};
use dom_query::Matcher;
use url::Url;

use super::reader::Reader;
use super::setting::{Setting, quoted, text};
use super::tree::Raw;

/// A CSS selector that compiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector(String);

impl Selector {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Selector {
    fn read(raw: &Raw) -> Result<Self, String> {
        let written = text(raw, "a CSS selector such as \"div.content\"")?;
        match Matcher::new(written) {
            Ok(_) if !written.is_empty() => Ok(Self(written.to_owned())),
            _ => Err(format!("{} is no CSS selector", quoted(written))),
        }
    }
    fn show(&self) -> String {
        quoted(&self.0)
    }
}

/// `[source.override]`: where a field stands, where the rules do not find it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overrides {
    /// Links to articles, on a listing.
    pub links: Option<Selector>,
    /// The link to a listing's next page.
    pub next: Option<Selector>,
    /// The headline.
    pub title: Option<Selector>,
    /// The time of publication.
    pub date: Option<Selector>,
    /// Who wrote it.
    pub authors: Option<Selector>,
    /// Who edited it.
    pub editors: Option<Selector>,
    /// 来源.
    pub origin: Option<Selector>,
    /// The breadcrumb, or the section's name.
    pub section: Option<Selector>,
    /// The body; several elements are joined.
    pub body: Option<Selector>,
    /// The lead picture.
    pub image: Option<Selector>,
    /// The summary.
    pub summary: Option<Selector>,
    /// The tags.
    pub tags: Option<Selector>,
    /// What is taken out of every page before anything is read.
    pub remove: Vec<Selector>,
}

impl Overrides {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        Self {
            links: r.optional("links"),
            next: r.optional("next"),
            title: r.optional("title"),
            date: r.optional("date"),
            authors: r.optional("authors"),
            editors: r.optional("editors"),
            origin: r.optional("origin"),
            section: r.optional("section"),
            body: r.optional("body"),
            image: r.optional("image"),
            summary: r.optional("summary"),
            tags: r.optional("tags"),
            remove: r.value("remove", Vec::new()),
        }
    }

    /// Whether nothing is overridden.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `[[source.test]]`: a page and what it must give. What is not set is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTest {
    /// The page's address.
    pub url: Option<Url>,
    /// A file that holds the page; then nothing is fetched, and `url` tells where it came from.
    pub file: Option<PathBuf>,
    /// Its headline.
    pub title: Option<String>,
    /// Its time.
    pub date: Option<TestDate>,
    /// Names of its authors, all of them; an empty list: it names none.
    pub authors: Option<Vec<String>>,
    /// Names of its editors, all of them.
    pub editors: Option<Vec<String>>,
    /// 来源.
    pub origin: Option<String>,
    /// Its section as a path of titles, or the last part of it.
    pub section: Option<String>,
    /// Passages of its body.
    pub body_contains: Vec<String>,
    /// What stands on the page and is no copy.
    pub body_lacks: Vec<String>,
    /// Characters of its body, white space left out, at least.
    pub min_length: Option<u32>,
}

/// A day, or a minute, in the source's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestDate {
    /// `2021-10-29`
    Day(NaiveDate),
    /// `2021-10-29 08:30`
    Minute(NaiveDateTime),
}

/// How a [`TestDate`] writes its day.
const DAY: &str = "%Y-%m-%d";
/// How it writes its minute.
const MINUTE: &str = "%Y-%m-%d %H:%M";

impl Setting for TestDate {
    fn read(raw: &Raw) -> Result<Self, String> {
        let written = text(raw, "\"2021-10-29\" or \"2021-10-29 08:30\"")?;
        let day = NaiveDate::parse_from_str(written, DAY).map(Self::Day);
        let read = day.or_else(|_| NaiveDateTime::parse_from_str(written, MINUTE).map(Self::Minute));
        read.map_err(|_| format!("{} is no day such as \"2021-10-29\" and no minute such as \"2021-10-29 08:30\"", quoted(written)))
    }
    fn show(&self) -> String {
        match self {
            Self::Day(day) => quoted(day.format(DAY)),
            Self::Minute(minute) => quoted(minute.format(MINUTE)),
        }
    }
}

impl SourceTest {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        if !r.has("url") && !r.has("file") {
            r.missing("url", "url = \"https://www.example.cn/news/2021-10-29/1.html\"");
        }
        let test = Self {
            url: r.optional("url"),
            file: r.path_to("file", None),
            title: r.optional("title"),
            date: r.optional("date"),
            authors: r.optional("authors"),
            editors: r.optional("editors"),
            origin: r.optional("origin"),
            section: r.optional("section"),
            body_contains: r.value("body_contains", Vec::new()),
            body_lacks: r.value("body_lacks", Vec::new()),
            min_length: r.optional("min_length"),
        };
        if let Some(path) = &test.file
            && let Err(error) = std::fs::File::open(path)
        {
            r.complain("file", format!("{} cannot be read: {error}", path.display()));
        }
        (test.url.is_some() || test.file.is_some()).then_some(test)
    }
}
