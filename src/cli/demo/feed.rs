//! What a feed reader sees: the feed is fetched over HTTP.

use http::Method;

use super::newsroom::Newsroom;
use crate::cli::Failure;
use crate::model::Slug;
use crate::outbound::Limits;
use crate::urls::FeedFile;

/// A feed as it was answered.
pub(super) struct Fetched {
    /// Its path, as people would name it.
    pub(super) path: String,
    /// The status.
    pub(super) status: u16,
    /// The whole of it.
    pub(super) text: String,
    /// How long it took, in milliseconds.
    pub(super) ms: i64,
}

impl Fetched {
    /// Whether it has the article of this address and headline.
    pub(super) fn carries(&self, url: &str, headline: &str) -> bool {
        self.status == 200 && self.text.contains(&format!("<link>{url}</link>")) && self.text.contains(headline)
    }
}

/// Fetches the RSS feed of a section, or of all.
pub(super) async fn fetch(newsroom: &Newsroom, section: Option<&Slug>) -> Result<Fetched, Failure> {
    let url = newsroom.house().urls.feed(section, FeedFile::Rss, false);
    let answer = newsroom.ask(Method::GET, &url, &Limits::FEED).await?;
    let path = url.strip_prefix(&newsroom.house().urls.home()).map_or_else(|| url.clone(), |path| format!("/{path}"));
    Ok(Fetched { path, status: answer.status, text: String::from_utf8_lossy(&answer.body).into_owned(), ms: answer.ms })
}
