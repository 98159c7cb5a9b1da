//! `[site]`: whose newsroom this is.

use chrono_tz::Tz;
use url::Url;

use super::reader::Reader;
use super::setting::one_of;
use super::setting::{Setting, quoted};
use super::tree::Raw;
use crate::model::Language;

/// Whose newsroom this is.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name.
    pub title: String,
    /// Where the public finds it; ends with a slash and may hold a path.
    pub base_url: Url,
    /// The authority of the permanent `tag:` ids (RFC 4151): `news.example.cn,2026`. `None`: the app derives it from the host of
    /// `base_url` and the year of the first start, and writes it to the store once.
    pub tag_authority: Option<String>,
    /// The language of its own sentences, and of copy that does not say.
    pub language: Language,
    /// The zone of dates that do not say, and of schedules.
    pub timezone: Tz,
    /// A picture for articles that have none.
    pub logo: Option<Url>,
    /// What our own page of an article shows.
    pub article_page: ArticlePage,
    /// Whether an unknown breadcrumb becomes a section.
    pub auto_sections: bool,
    /// Other origins whose pages may post to `/subscribe`: `https://www.example.cn`.
    pub origins: Vec<String>,
    /// Footer: who publishes.
    pub organisation: Option<String>,
    /// Footer: where it sits.
    pub address: Option<String>,
    /// Footer: by telephone.
    pub phone: Option<String>,
    /// Footer: a mail address or a page.
    pub contact: Option<String>,
    /// Footer: ICP registration.
    pub icp: Option<String>,
    /// Footer: public security registration.
    pub police: Option<String>,
    /// Footer: news service licence, or the licence of the copy.
    pub licence: Option<String>,
}

/// What our own page of an article shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArticlePage {
    /// The whole copy.
    Full,
    /// The summary, and a link to the CMS.
    Summary,
    /// Nothing: it leads on to the CMS.
    Redirect,
}

impl ArticlePage {
    /// All of them, by name.
    const ALL: [(&str, Self); 3] = [("full", Self::Full), ("summary", Self::Summary), ("redirect", Self::Redirect)];
}

impl Setting for ArticlePage {
    fn read(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &Self::ALL)
    }
    fn show(&self) -> String {
        Self::ALL.iter().find(|(_, page)| page == self).map(|(name, _)| quoted(name)).unwrap_or_default()
    }
}

/// `[site] base_url`, with its closing slash.
#[derive(Debug, Clone)]
struct Base(Url);

impl Setting for Base {
    fn read(raw: &Raw) -> Result<Self, String> {
        let mut base = Url::read(raw)?;
        if base.query().is_some() || base.fragment().is_some() {
            return Err("has a query or a fragment, wanted an address that others can lie below".to_owned());
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Ok(Self(base))
    }
    fn show(&self) -> String {
        self.0.show()
    }
}

/// A tag authority: a host name and a date, `news.example.cn,2026` (RFC 4151, 2.1).
#[derive(Debug, Clone)]
struct TagAuthority(String);

impl Setting for TagAuthority {
    fn read(raw: &Raw) -> Result<Self, String> {
        let text = String::read(raw)?;
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        let fits = text.split_once(',').is_some_and(|(host, date)| {
            let labels_fit = host
                .split('.')
                .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            let mut parts = date.split('-');
            let year_fits = parts.next().is_some_and(|year| digits(year, 4));
            labels_fit && year_fits && parts.clone().count() <= 2 && parts.all(|part| digits(part, 2))
        });
        if fits { Ok(Self(text)) } else { Err(format!("{} is no host and year such as \"news.example.cn,2026\"", quoted(text))) }
    }
    fn show(&self) -> String {
        quoted(&self.0)
    }
}

/// An origin as browsers send it (RFC 6454): scheme, host and port, nothing behind them.
#[derive(Debug, Clone)]
struct WebOrigin(String);

impl Setting for WebOrigin {
    fn read(raw: &Raw) -> Result<Self, String> {
        let url = Url::read(raw)?;
        let origin = url.origin().ascii_serialization();
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if bare { Ok(Self(origin)) } else { Err(format!("is a whole address, wanted its origin alone: {}", quoted(origin))) }
    }
    fn show(&self) -> String {
        quoted(&self.0)
    }
}

impl Site {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let base = Url::parse("http://127.0.0.1:8080/").expect("the default is an address");
        let site = Self {
            title: r.value("title", "驿使".to_owned()),
            base_url: r.value("base_url", Base(base)).0,
            tag_authority: r.optional::<TagAuthority>("tag_authority").map(|authority| authority.0),
            language: r.value("language", Language::Chinese),
            timezone: r.value("timezone", chrono_tz::Asia::Shanghai),
            logo: r.optional("logo"),
            article_page: r.value("article_page", ArticlePage::Full),
            auto_sections: r.value("auto_sections", false),
            origins: r.value("origins", Vec::<WebOrigin>::new()).into_iter().map(|origin| origin.0).collect(),
            organisation: r.optional("organisation"),
            address: r.optional("address"),
            phone: r.optional("phone"),
            contact: r.optional("contact"),
            icp: r.optional("icp"),
            police: r.optional("police"),
            licence: r.optional("licence"),
        };
        r.refuse_blank("title", &site.title);
        site
    }
}
