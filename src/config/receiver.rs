//! `[[digest]]` and `[[endpoint]]`: what the file itself sends, and to which programs.

use chrono_tz::Tz;
use url::Url;

use super::reader::Reader;
use super::schedule::Schedule;
use super::site::Site;
use super::source::name;
use crate::model::{EmailAddress, Filters, Preset, Secret, Slug};

/// Articles that a digest may be told to hold: mail programs cut a mail off long before.
const MOST_ARTICLES: u32 = 200;

/// A mail that gathers what came since the last one.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// Its name, alone among digests.
    pub name: String,
    /// What readers call it.
    pub title: String,
    /// What it gathers, with what lies below; empty: everything.
    pub sections: Vec<Slug>,
    /// When it is cut.
    pub cron: Schedule,
    /// In whose clock.
    pub timezone: Tz,
    /// How many articles at most, up to 200; the newest stay, and of the others it tells how many they are.
    pub max_articles: u32,
}

/// A program that is told of news.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Its name, alone among endpoints.
    pub name: String,
    /// Its address: for many channels the address is the secret.
    pub url: Secret,
    /// How it is spoken to.
    pub preset: Preset,
    /// Who is told when it fails.
    pub owner: Option<EmailAddress>,
    /// What it wants.
    pub filters: Filters,
    /// What signs its messages; `None`: one is made and sealed in the store.
    pub secret: Option<Secret>,
}

impl Digest {
    pub(super) fn read(r: &mut Reader<'_>, site: &Site) -> Option<Self> {
        let name = name(r);
        let title: Option<String> = r.required("title", "title = \"每日新闻\"");
        if let Some(title) = &title {
            r.refuse_blank("title", title);
        }
        let sections = r.value("sections", Vec::new());
        let cron = r.required("cron", "cron = \"0 8 * * *\"");
        let timezone = r.value("timezone", site.timezone);
        // What fits under the 100 KB at which mail programs cut a mail off, however long its summaries are.
        let max_articles = r.count("max_articles", 25);
        if max_articles > MOST_ARTICLES {
            r.complain("max_articles", format!("is {max_articles}, wanted at most {MOST_ARTICLES}"));
        }
        Some(Self { name: name?, title: title?, sections, cron: cron?, timezone, max_articles })
    }
}

impl Endpoint {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let name = name(r);
        let written = (r.has("url"), r.has("url_file"));
        let url = r.secret("url", "url_file", name.as_deref());
        if url.is_none() && written == (false, false) {
            r.missing("url", "url = \"https://partner.example.cn/hook\", or url_file");
        }
        let preset = r.value("preset", Preset::Standard);
        if preset != Preset::Standard {
            r.complain("preset", format!("is {}; this version speaks standard only", preset.as_str()));
        }
        let owner = r.optional("owner");
        let filters = Filters {
            sections: r.value("sections", Vec::new()),
            tags: r.value("tags", Vec::new()),
            authors: r.value("authors", Vec::new()),
            languages: r.value("languages", Vec::new()),
            events: r.value("events", Vec::new()),
        };
        let secret = r.secret("secret", "secret_file", name.as_deref());
        let url = url?;
        if !Url::parse(url.expose()).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            r.complain(if written.1 { "url_file" } else { "url" }, "is no absolute http or https address");
            return None;
        }
        Some(Self { name: name?, url, preset, owner, filters, secret })
    }
}
