//! Renders any feed: finds what all formats say of the feed itself, and hands over to the format.

use std::sync::Arc;

use super::entry::{Entry, address};
use super::head::Head;
use super::{Feed, Newsroom, Rendered, Window, atom, json, rss};
use crate::model::{Language, Millis, one_line};
use crate::phrases::Phrases;
use crate::urls::{FeedFile, Urls};

/// Makes the bytes of feeds. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Renderer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    urls: Urls,
    newsroom: Newsroom,
    phrases: &'static Phrases,
}

impl Renderer {
    /// A renderer for one newsroom.
    #[must_use]
    pub fn new(urls: Urls, newsroom: Newsroom) -> Self {
        let clean = |text: Option<String>| text.map(|text| one_line(&text)).filter(|text| !text.is_empty());
        let newsroom = Newsroom {
            title: one_line(&newsroom.title),
            language: one_line(&newsroom.language),
            zone: newsroom.zone,
            logo: newsroom.logo.as_deref().and_then(address),
            organisation: clean(newsroom.organisation),
            licence: clean(newsroom.licence),
        };
        // Feeds of a newsroom that writes in a third language speak English themselves.
        let language = Language::of_tag(&newsroom.language).unwrap_or(Language::English);
        Self { inner: Arc::new(Inner { urls, newsroom, phrases: Phrases::of(language) }) }
    }

    /// The bytes of a feed. The same feed and window give the same bytes.
    #[must_use]
    pub fn render(&self, feed: &Feed, window: &Window) -> Rendered {
        let head = self.inner.head(feed, window);
        let bytes = match feed.file {
            FeedFile::Rss => rss::write(&head),
            FeedFile::Atom => atom::write(&head),
            FeedFile::Json => json::write(&head),
        };
        Rendered { bytes, media_type: feed.file.media_type(), last_modified: head.changed.unwrap_or_default() }
    }
}

impl Inner {
    fn head<'a>(&'a self, feed: &Feed, window: &'a Window) -> Head<'a> {
        let Self { urls, newsroom, phrases } = self;
        let slug = feed.of.section();
        let public = window.articles.iter().filter(|article| article.is_public());
        let entries: Vec<Entry> = public.map(|article| Entry::of(article, window, newsroom, urls, feed.brief)).collect();
        let (title, about) = match (slug, &window.section) {
            (None, _) => (newsroom.title.clone(), (phrases.feeds.about_all)(&newsroom.title)),
            (Some(slug), section) => {
                let section_title = section.as_ref().map_or_else(|| slug.to_string(), |section| one_line(&section.title));
                let ancestors = section.iter().flat_map(|section| &section.ancestors).map(|title| one_line(title));
                let path = ancestors.chain([section_title.clone()]).collect::<Vec<_>>().join("/");
                ((phrases.feeds.section_title)(&newsroom.title, &section_title), (phrases.feeds.about_section)(&path))
            }
        };
        let changed = entries.iter().map(|entry| entry.updated).chain([window.changed]).max();
        Head {
            newsroom,
            urls,
            phrases,
            tag: urls.feed_tag(slug),
            title,
            about,
            home: slug.map_or_else(|| urls.home(), |slug| urls.section(slug)),
            own: urls.feed(slug, feed.file, feed.brief),
            changed: changed.filter(|changed| *changed != Millis::default()),
            entries,
        }
    }
}
