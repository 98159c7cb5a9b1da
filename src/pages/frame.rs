//! What every page stands in: the newsroom, the language, the addresses.

use chrono_tz::Tz;

use crate::model::{ArticleKey, EmailAddress, Language, Millis, Section, Slug};
use crate::phrases::{PagesPhrases, Phrases};
use crate::urls::{FeedFile, Urls};

use super::assets::{ICON, STYLE};

/// The newsroom as `[site]` tells of it. What is not told is left out of the footer.
#[derive(Debug, Clone)]
pub struct Site {
    /// What the newsroom is called.
    pub title: String,
    /// In which times are printed.
    pub zone: Tz,
    /// Its picture, absolute.
    pub logo: Option<String>,
    /// Who is behind it.
    pub organisation: Option<String>,
    /// Its postal address.
    pub address: Option<String>,
    /// Its telephone.
    pub phone: Option<String>,
    /// A mail address or a page.
    pub contact: Option<String>,
    /// 工信部备案号.
    pub icp: Option<String>,
    /// 公安备案号.
    pub police: Option<String>,
    /// 互联网新闻信息服务许可证, or the like.
    pub licence: Option<String>,
}

impl Site {
    /// The same newsroom; what is told as nothing counts as not told.
    pub(super) fn without_blanks(mut self) -> Self {
        let told = [&mut self.organisation, &mut self.address, &mut self.phone, &mut self.contact];
        for field in told.into_iter().chain([&mut self.logo, &mut self.icp, &mut self.police, &mut self.licence]) {
            *field = field.take().filter(|text| !text.trim().is_empty());
        }
        self
    }
}

/// Handed to every template.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) phrases: &'static Phrases,
    pub(super) urls: &'a Urls,
    pub(super) site: &'a Site,
}

/// One feed of autodiscovery and of link lists.
pub(super) struct FeedLink {
    pub(super) href: String,
    pub(super) media_type: &'static str,
    pub(super) name: &'static str,
    pub(super) title: String,
}

impl Frame<'_> {
    /// The sentences of pages.
    pub(super) const fn p(&self) -> &'static PagesPhrases {
        &self.phrases.pages
    }

    /// For `<html lang>`.
    pub(super) const fn language(&self) -> &'static str {
        self.phrases.language.tag()
    }

    /// A path below the base, for links and forms.
    pub(super) fn path(&self, below: &str) -> String {
        format!("{}{below}", self.urls.base_path())
    }

    pub(super) fn section_path(&self, slug: &Slug) -> String {
        self.path(&format!("sections/{slug}/"))
    }

    pub(super) fn article_path(&self, key: &ArticleKey) -> String {
        self.path(&format!("articles/{key}"))
    }

    pub(super) fn style(&self) -> String {
        self.path(&STYLE.path)
    }

    pub(super) fn icon(&self) -> String {
        self.path(&ICON.path)
    }

    /// `2021年10月29日 08:30`, or `29 Oct 2021, 08:30`, in the newsroom's zone.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand in fields by reference")]
    pub(super) fn date(&self, at: &Millis) -> String {
        let pattern = match self.phrases.language {
            Language::Chinese => "%Y年%-m月%-d日 %H:%M",
            Language::English => "%-d %b %Y, %H:%M",
        };
        at.in_zone(self.site.zone).format(pattern).to_string()
    }

    /// For `<time datetime>` and Open Graph.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand in fields by reference")]
    pub(super) fn iso(&self, at: &Millis) -> String {
        at.rfc3339(self.site.zone)
    }

    /// In all formats.
    fn feeds(&self, section: Option<(&Slug, &str)>) -> Vec<FeedLink> {
        let subject = section.map_or(self.p().all_news, |(_, title)| title);
        FeedFile::ALL
            .into_iter()
            .map(|file| {
                let name = format_name(file);
                FeedLink {
                    href: self.urls.feed(section.map(|(slug, _)| slug), file, false),
                    media_type: file.media_type(),
                    name,
                    title: format!("{} · {subject} ({name})", self.site.title),
                }
            })
            .collect()
    }

    /// The feeds of a section.
    pub(super) fn section_feeds(&self, section: &Section) -> Vec<FeedLink> {
        self.feeds(Some((&section.slug, &section.title)))
    }

    /// The feeds of everything: first in autodiscovery, whatever the page.
    pub(super) fn all_feeds(&self) -> Vec<FeedLink> {
        self.feeds(None)
    }

    /// Where `contact` leads, where it is an address of some kind.
    pub(super) fn contact_href(&self) -> Option<String> {
        let contact = self.site.contact.as_deref()?.trim();
        if contact.starts_with("https://") || contact.starts_with("http://") {
            Some(contact.to_owned())
        } else {
            EmailAddress::parse(contact).ok().map(|address| format!("mailto:{}", address.expose()))
        }
    }
}

const fn format_name(file: FeedFile) -> &'static str {
    match file {
        FeedFile::Rss => "RSS",
        FeedFile::Atom => "Atom",
        FeedFile::Json => "JSON Feed",
    }
}
