//! The page of an article, and what stands in its place once it was withdrawn.

use askama::Template;

use crate::model::{Article, Byline, Image, Kind, Language, Section, Withdrawal};
use crate::share::{JsonLd, Network, Newsroom, ShareLink, Shared, links, news_article};

use super::frame::{FeedLink, Frame};
use super::newsroom::path_to;
use super::{Pages, print};

/// An article's page. A page whose canonical address is elsewhere is `noindex`.
#[derive(Debug, Clone, Copy)]
pub struct ArticlePage<'a> {
    /// Published; what is held or withdrawn has no page.
    pub article: &'a Article,
    /// All sections, for the breadcrumbs.
    pub sections: &'a [Section],
    /// Its short link's code, where it has one: without it there is no QR picture.
    pub short_code: Option<&'a str>,
    /// `[site] article_page`: the whole body, or the summary and a link to the CMS. Without a CMS's address it is always whole.
    pub full: bool,
}

/// What people here share on most; the others stand behind "more".
const NEAR_CHINESE: &[Network] = &[Network::Weibo, Network::Qq, Network::Qzone, Network::Douban, Network::Email];
const NEAR_ENGLISH: &[Network] = &[
    Network::X,
    Network::Facebook,
    Network::LinkedIn,
    Network::Bluesky,
    Network::Mastodon,
    Network::WhatsApp,
    Network::Telegram,
    Network::Email,
];

struct ShortLink {
    href: String,
    picture: String,
}

#[derive(Template)]
#[template(path = "article.html", config = "src/pages/askama.toml")]
struct ArticleTemplate<'a> {
    frame: Frame<'a>,
    article: &'a Article,
    canonical: String,
    host: String,
    crumbs: Vec<&'a Section>,
    section_feeds: Vec<FeedLink>,
    description: String,
    locale: String,
    image: Option<Image>,
    pictures: Vec<Image>,
    json_ld: JsonLd,
    origin_href: Option<&'a str>,
    authors: Vec<String>,
    editors: String,
    full: bool,
    near: Vec<ShareLink>,
    far: Vec<ShareLink>,
    copyable: String,
    short: Option<ShortLink>,
}

#[derive(Template)]
#[template(path = "withdrawn.html", config = "src/pages/askama.toml")]
struct WithdrawnTemplate<'a> {
    frame: Frame<'a>,
    title: &'a str,
    withdrawal: &'a Withdrawal,
}

impl Pages {
    /// `GET /articles/{id}`.
    #[must_use]
    pub fn article(&self, language: Language, page: &ArticlePage) -> String {
        let frame = self.frame(language);
        let ArticlePage { article, sections, short_code, full } = *page;
        let canonical = self.urls.article(article);
        let crumbs = article.sections.first().map_or_else(Vec::new, |slug| path_to(slug, sections));
        let principal = crumbs.last().copied();
        let description = article.summary_or_lead();
        let image = self.face(article);
        let (near, far) = self.share_row(&frame, article, &canonical, &description);
        let short =
            short_code.map(|code| ShortLink { href: frame.path(&format!("s/{code}")), picture: frame.path(&format!("s/{code}.svg")) });
        let home = self.urls.home();
        let newsroom =
            Newsroom { name: &self.site.title, home: &home, logo: self.site.logo.as_deref(), zone: self.site.zone, urls: &self.urls };
        print(&ArticleTemplate {
            frame,
            article,
            host: article.url.as_ref().map(crate::model::CanonicalUrl::host).unwrap_or_default(),
            section_feeds: principal.map_or_else(Vec::new, |section| frame.section_feeds(section)),
            locale: locale(&article.language),
            image,
            pictures: pictures_beside(article).into_iter().map(|image| self.urls.shown(image)).collect(),
            json_ld: news_article(article, &canonical, principal.map(|section| section.title.as_str()), &newsroom),
            origin_href: article.origin.as_ref().and_then(|origin| origin.url.as_deref()).filter(|url| is_web(url)),
            authors: article.authors.iter().map(|byline| credit(&frame, byline)).collect(),
            editors: article.editors.iter().map(|byline| credit(&frame, byline)).collect::<Vec<_>>().join(frame.p().article.between),
            full: full || article.url.is_none(),
            near,
            far,
            copyable: short_code.map_or_else(|| canonical.clone(), |code| self.urls.short(code)),
            short,
            crumbs,
            description,
            canonical,
        })
    }

    /// Stands in the article's place, with status 410: its headline and the reason, never its body.
    #[must_use]
    pub fn withdrawn(&self, language: Language, title: &str, withdrawal: &Withdrawal) -> String {
        print(&WithdrawnTemplate { frame: self.frame(language), title, withdrawal })
    }

    /// The picture of its card.
    fn face(&self, article: &Article) -> Option<Image> {
        article.image.as_ref().or_else(|| article.images.first()).map(|image| self.urls.shown(image))
    }

    fn share_row(&self, frame: &Frame, article: &Article, canonical: &str, description: &str) -> (Vec<ShareLink>, Vec<ShareLink>) {
        let image = self.face(article);
        let shared = Shared {
            url: canonical,
            title: &article.title,
            summary: Some(description),
            image: image.as_ref().map(|image| image.url.as_str()),
            site: Some(&self.site.title),
            mastodon_host: None,
        };
        let near = match frame.phrases.language {
            Language::Chinese => NEAR_CHINESE,
            Language::English => NEAR_ENGLISH,
        };
        // WeChat has no form: its place is the QR picture.
        links(&shared).into_iter().filter(|link| link.network != Network::WeChat).partition(|link| near.contains(&link.network))
    }
}

/// The pictures that the body does not show itself: all of a gallery, else the lead one.
fn pictures_beside(article: &Article) -> Vec<&Image> {
    let most = if article.kind == Kind::Gallery { usize::MAX } else { 1 };
    let mut pictures: Vec<&Image> = Vec::new();
    for image in article.image.iter().chain(&article.images) {
        let in_body = article.body.as_str().contains(&image.url.replace('&', "&amp;"));
        let seen = pictures.iter().any(|picture| picture.url == image.url);
        if !seen && !in_body && pictures.len() < most {
            pictures.push(image);
        }
        if most == 1 {
            break;
        }
    }
    pictures
}

fn credit(frame: &Frame, byline: &Byline) -> String {
    match byline.role.as_deref() {
        Some(role) if !role.is_empty() => (frame.p().article.byline)(role, &byline.name),
        _ => byline.name.clone(),
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// `zh-CN` as Open Graph writes it: `zh_CN`. A language without a country stays as it is.
fn locale(language: &str) -> String {
    language.replace('-', "_")
}
