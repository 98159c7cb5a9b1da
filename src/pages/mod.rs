//! The public pages and the console's, as HTML. Pure: no clock, no store, no network.
//!
//! Every template escapes what it prints. Two types alone print as they are: [`SafeHtml`], which the cleaner made, and
//! [`crate::share::JsonLd`], which cannot leave its `script`. No page holds an inline style, a handler or a script that
//! runs, so that [`CONTENT_SECURITY_POLICY`] can forbid them all; no page contacts anyone but the newsroom.

mod article;
mod assets;
mod console;
mod frame;
mod newsroom;
mod notices;
mod offer;
mod subscriptions;

pub use article::ArticlePage;
pub use assets::{Asset, ICON, STYLE, asset};
pub use console::{Channel, Journey, JourneyDelivery, Ledger, LedgerArticle, LedgerReceiver, SignIn};
pub use frame::Site;
pub use newsroom::{EditionPage, SectionPage};
pub use offer::{Digest, Offer, field};
pub use subscriptions::{AskForm, Preferences, SubscribeForm, SubscribeProblem};

use askama::Template;

use crate::model::{Language, SafeHtml};
use crate::phrases::Phrases;
use crate::share::JsonLd;
use crate::urls::Urls;
use frame::Frame;

/// For `Content-Security-Policy` of every page made here. Articles may show pictures and films from the newsroom's CMS, which
/// may still speak http.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; \
     media-src https: http:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

impl askama::filters::HtmlSafe for SafeHtml {}
impl askama::filters::HtmlSafe for JsonLd {}

/// Makes the pages of one newsroom.
#[derive(Debug, Clone)]
pub struct Pages {
    urls: Urls,
    site: Site,
}

impl Pages {
    /// Pages whose links lie below the base of `urls`.
    #[must_use]
    pub fn new(urls: Urls, site: Site) -> Self {
        Self { urls, site: site.without_blanks() }
    }

    fn frame(&self, language: Language) -> Frame<'_> {
        Frame { phrases: Phrases::of(language), urls: &self.urls, site: &self.site }
    }
}

fn print(page: &impl Template) -> String {
    page.render().expect("a page is written into a string, which takes everything")
}

#[cfg(test)]
mod tests;
