//! The newsroom's first page, its sections, its editions.

use askama::Template;

use crate::model::{Article, Language, Millis, Section, Seq, Slug};

use super::frame::{FeedLink, Frame};
use super::{Pages, print};

/// A section for people.
#[derive(Debug, Clone, Copy)]
pub struct SectionPage<'a> {
    /// Which.
    pub section: &'a Section,
    /// All sections: breadcrumbs and the sections below are found among them.
    pub sections: &'a [Section],
    /// Its newest articles, the newest first.
    pub articles: &'a [Article],
}

/// A digest as a page.
#[derive(Debug, Clone, Copy)]
pub struct EditionPage<'a> {
    /// Which.
    pub id: Seq,
    /// The digest's title, or the headline of an alert.
    pub title: &'a str,
    /// When it was sent.
    pub at: Millis,
    /// What it carried and the public may still see, in its order.
    pub articles: &'a [Article],
    /// All sections.
    pub sections: &'a [Section],
}

/// One article in a list.
pub(super) struct Headline<'a> {
    href: String,
    title: &'a str,
    language: &'a str,
    summary: String,
    published: &'a Millis,
    corrected: bool,
    section: Option<&'a Section>,
}

#[derive(Template)]
#[template(path = "home.html", config = "src/pages/askama.toml")]
struct HomeTemplate<'a> {
    frame: Frame<'a>,
    headlines: Vec<Headline<'a>>,
    feeds: Vec<FeedLink>,
    subscribe: String,
    sections: Vec<&'a Section>,
    indent: bool,
}

#[derive(Template)]
#[template(path = "section.html", config = "src/pages/askama.toml")]
struct SectionTemplate<'a> {
    frame: Frame<'a>,
    section: &'a Section,
    crumbs: Vec<&'a Section>,
    headlines: Vec<Headline<'a>>,
    feeds: Vec<FeedLink>,
    subscribe: String,
    sections: Vec<&'a Section>,
    indent: bool,
}

#[derive(Template)]
#[template(path = "edition.html", config = "src/pages/askama.toml")]
struct EditionTemplate<'a> {
    frame: Frame<'a>,
    title: &'a str,
    at: &'a Millis,
    canonical: String,
    headlines: Vec<Headline<'a>>,
}

impl Pages {
    /// `GET /`: the newest articles (newest first), every section with its feeds, how to follow.
    #[must_use]
    pub fn home(&self, language: Language, sections: &[Section], newest: &[Article]) -> String {
        let frame = self.frame(language);
        print(&HomeTemplate {
            frame,
            headlines: headlines(&frame, newest, sections),
            feeds: frame.all_feeds(),
            subscribe: frame.path("subscribe"),
            sections: in_order(sections, |_| true),
            indent: true,
        })
    }

    /// `GET /sections/{slug}/`.
    #[must_use]
    pub fn section(&self, language: Language, page: &SectionPage) -> String {
        let frame = self.frame(language);
        let SectionPage { section, sections, articles } = *page;
        print(&SectionTemplate {
            frame,
            section,
            crumbs: path_to(&section.slug, sections),
            headlines: headlines(&frame, articles, sections),
            feeds: frame.section_feeds(section),
            subscribe: frame.path(&format!("subscribe?follow=section:{}", section.slug)),
            sections: in_order(sections, |other| other.slug != section.slug && other.slug.is_within(&section.slug)),
            indent: false,
        })
    }

    /// `GET /editions/{id}`.
    #[must_use]
    pub fn edition(&self, language: Language, page: &EditionPage) -> String {
        let frame = self.frame(language);
        print(&EditionTemplate {
            frame,
            title: page.title,
            at: &page.at,
            canonical: self.urls.edition(page.id),
            headlines: headlines(&frame, page.articles, page.sections),
        })
    }
}

fn headlines<'a>(frame: &Frame, articles: &'a [Article], sections: &'a [Section]) -> Vec<Headline<'a>> {
    let headline = |article: &'a Article| Headline {
        href: frame.article_path(&article.key),
        title: &article.title,
        language: &article.language,
        summary: article.summary_or_lead(),
        published: &article.published,
        corrected: article.correction.is_some(),
        section: article.sections.first().and_then(|slug| sections.iter().find(|section| section.slug == *slug)),
    };
    articles.iter().filter(|article| article.is_public()).map(headline).collect()
}

/// The sections that lead to one, the outermost first, itself last. Those that are not known are left out.
pub(super) fn path_to<'a>(slug: &Slug, sections: &'a [Section]) -> Vec<&'a Section> {
    let mut path: Vec<_> = slug.and_ancestors().filter_map(|slug| sections.iter().find(|section| section.slug == slug)).collect();
    path.reverse();
    path
}

/// Some sections as they were given, each before what lies below it.
pub(super) fn in_order(sections: &[Section], wanted: impl Fn(&Section) -> bool) -> Vec<&Section> {
    let place = |slug: &Slug| sections.iter().position(|section| section.slug == *slug);
    let mut ordered: Vec<_> = sections.iter().filter(|section| wanted(section)).collect();
    ordered.sort_by_cached_key(|section| {
        let mut places: Vec<_> = section.slug.and_ancestors().filter_map(|slug| place(&slug)).collect();
        places.reverse();
        places
    });
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rev;

    #[test]
    fn sections_keep_the_newsrooms_order_with_their_own_below_them() {
        let section = |slug: &str| Section {
            id: Seq(1),
            slug: Slug::parse(slug).unwrap(),
            title: slug.into(),
            aliases: vec![],
            declared: true,
            rev: Rev(1),
        };
        let given = ["news/z", "news", "art", "news/z/y", "art/a", "lost/child"].map(section);
        let ordered: Vec<_> = in_order(&given, |_| true).into_iter().map(|section| section.slug.as_str()).collect();
        assert_eq!(ordered, ["news", "news/z", "news/z/y", "art", "art/a", "lost/child"]);
    }
}
