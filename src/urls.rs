//! The only maker and reader of public URLs and signed links.
//!
//! `[site] base_url` may hold a path; every address made here lies below it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::keys::{KeyRing, Purpose};
use crate::model::{Article, ArticleJson, ArticleKey, Image, ImageJson, ReceiverId, Seq, Slug};

/// RFC 3986, 2.3: what stays as it is in a path segment or a query value.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What makes a base address unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// Not http or https, or unreadable.
    #[error("not an absolute http or https address")]
    NotHttp,
    /// Holds a query or a fragment.
    #[error("an address without query and fragment")]
    Tail,
}

/// A format of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeedFile {
    /// `rss.xml`
    Rss,
    /// `atom.xml`
    Atom,
    /// `feed.json`
    Json,
}

impl FeedFile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// Its file name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rss => "rss.xml",
            Self::Atom => "atom.xml",
            Self::Json => "feed.json",
        }
    }

    /// Its media type, as HTTP says it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }
}

/// What a signed link lets its holder do. None is changed by a GET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAct {
    /// Confirm a subscription.
    Confirm,
    /// See and change subscriptions.
    Preferences,
    /// Leave.
    Unsubscribe,
}

impl LinkAct {
    const fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Preferences => "preferences",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// Who a signed link speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Which reader.
    pub reader: ReceiverId,
    /// The reader's epoch when the link was made; raising it voids the link.
    pub epoch: i64,
    /// Which subject brought the link, for the ledger.
    pub subject: Seq,
}

/// Makes and reads addresses.
#[derive(Debug, Clone)]
pub struct Urls {
    base: Url,
    authority: String,
    keys: KeyRing,
}

impl Urls {
    /// Addresses below `base_url`, ids under `tag_authority` (`news.example.cn,2026`).
    ///
    /// # Errors
    /// When the base cannot be one.
    pub fn new(base_url: &str, tag_authority: &str, keys: KeyRing) -> Result<Self, BaseError> {
        Ok(Self { base: parse_base(base_url)?, authority: tag_authority.to_owned(), keys })
    }

    /// `base_url`, with its closing slash.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The path of `base_url`, with slashes at both ends: `/` or `/news-feeds/`.
    #[must_use]
    pub fn base_path(&self) -> &str {
        self.base.path()
    }

    /// An address below the base. `path` has no slash in front and is already encoded.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The newsroom's first page.
    #[must_use]
    pub fn home(&self) -> String {
        self.base.to_string()
    }

    /// A section for people.
    #[must_use]
    pub fn section(&self, slug: &Slug) -> String {
        self.at(&format!("sections/{slug}/"))
    }

    /// A feed: of a section, or of everything.
    #[must_use]
    pub fn feed(&self, section: Option<&Slug>, file: FeedFile, brief: bool) -> String {
        let query = if brief { "?brief" } else { "" };
        match section {
            Some(slug) => self.at(&format!("sections/{slug}/{}{query}", file.name())),
            None => self.at(&format!("{}{query}", file.name())),
        }
    }

    /// Our own page of an article.
    #[must_use]
    pub fn article_page(&self, key: &ArticleKey) -> String {
        self.at(&format!("articles/{key}"))
    }

    /// The article's address: the CMS's own, else our page. Feed link, canonical, share target.
    #[must_use]
    pub fn article(&self, article: &Article) -> String {
        article.url.as_ref().map_or_else(|| self.article_page(&article.key), ToString::to_string)
    }

    /// The article's id for the world: `tag:{authority}:{key}` (RFC 4151).
    #[must_use]
    pub fn tag(&self, key: &ArticleKey) -> String {
        format!("tag:{}:{key}", self.authority)
    }

    /// A feed's own id, under the same authority.
    #[must_use]
    pub fn feed_tag(&self, section: Option<&Slug>) -> String {
        match section {
            Some(slug) => format!("tag:{}:section:{slug}", self.authority),
            None => format!("tag:{}:all", self.authority),
        }
    }

    /// The article's JSON with our own addresses filled in.
    #[must_use]
    pub fn complete(&self, mut json: ArticleJson) -> ArticleJson {
        if let Some(key) = json.id.as_deref().and_then(ArticleKey::parse) {
            json.tag.get_or_insert_with(|| self.tag(&key));
            json.url.get_or_insert_with(|| self.article_page(&key));
        }
        for picture in json.image.iter_mut().chain(&mut json.images) {
            if let ImageJson::Full(Image { copy: Some(copy), .. }) = picture {
                *copy = self.media(copy);
            }
        }
        json
    }

    /// The copy of a picture under a hash.
    #[must_use]
    pub fn media(&self, hash: &str) -> String {
        self.at(&format!("media/{hash}"))
    }

    /// A picture as readers load it: our copy where there is one, else the newsroom's own.
    #[must_use]
    pub fn shown(&self, image: &Image) -> Image {
        let url = image.copy.as_ref().map_or_else(|| image.url.clone(), |hash| self.media(hash));
        Image { url, ..image.clone() }
    }

    /// A short link, and its QR picture.
    #[must_use]
    pub fn short(&self, code: &str) -> String {
        self.at(&format!("s/{code}"))
    }

    /// The QR picture of a short link.
    #[must_use]
    pub fn short_qr(&self, code: &str) -> String {
        self.at(&format!("s/{code}.svg"))
    }

    /// An edition as a page.
    #[must_use]
    pub fn edition(&self, id: Seq) -> String {
        self.at(&format!("editions/{id}"))
    }

    /// The form.
    #[must_use]
    pub fn subscribe(&self) -> String {
        self.at("subscribe")
    }

    /// A signed link for one reader: `/{act}/{reader}.{epoch}.{subject}.{signature}`.
    #[must_use]
    pub fn link(&self, act: LinkAct, holder: Holder) -> String {
        self.at(&format!("{}/{}", act.word(), self.token(act, holder)))
    }

    /// The last part of [`Urls::link`].
    #[must_use]
    pub fn token(&self, act: LinkAct, holder: Holder) -> String {
        let Holder { reader, epoch, subject } = holder;
        let signature = self.keys.sign(Purpose::Link, &format!("{}:{reader}:{epoch}:{subject}", act.word()));
        format!("{reader}.{epoch}.{subject}.{signature}")
    }

    /// Reads a token; `None` unless this installation signed it for this act.
    #[must_use]
    pub fn read_token(&self, act: LinkAct, token: &str) -> Option<Holder> {
        let mut parts = token.splitn(4, '.');
        let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok());
        let holder = Holder { reader: ReceiverId(number()?), epoch: number()?, subject: Seq(number()?) };
        let Holder { reader, epoch, subject } = holder;
        let signature = parts.next()?;
        self.keys.verify(Purpose::Link, &format!("{}:{reader}:{epoch}:{subject}", act.word()), signature).then_some(holder)
    }
}

/// Reads `[site] base_url`; the result ends with a slash.
///
/// # Errors
/// When it cannot be one.
pub fn parse_base(text: &str) -> Result<Url, BaseError> {
    let mut base = Url::parse(text).map_err(|_| BaseError::NotHttp)?;
    if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
        return Err(BaseError::NotHttp);
    }
    if base.query().is_some() || base.fragment().is_some() || !base.username().is_empty() {
        return Err(BaseError::Tail);
    }
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    Ok(base)
}

/// A value as it may stand in a path segment or a query: strict RFC 3986.
#[must_use]
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Ids;

    fn urls(base: &str) -> Urls {
        let folder = tempfile::tempdir().unwrap();
        Urls::new(base, "news.example.cn,2026", KeyRing::load_or_make(&folder.path().join("keys"), Ids::default()).unwrap()).unwrap()
    }

    #[test]
    fn everything_lies_below_a_base_with_a_path() {
        let urls = urls("https://www.example.cn/news-feeds");
        assert_eq!(urls.base_path(), "/news-feeds/");
        assert_eq!(
            urls.feed(Some(&Slug::parse("news/yicheng").unwrap()), FeedFile::Rss, true),
            "https://www.example.cn/news-feeds/sections/news/yicheng/rss.xml?brief"
        );
    }

    #[test]
    fn a_link_is_good_for_its_act_and_reader_only() {
        let urls = urls("http://127.0.0.1:8080/");
        let holder = Holder { reader: ReceiverId(7), epoch: 1, subject: Seq(9) };
        let token = urls.token(LinkAct::Unsubscribe, holder);
        assert_eq!(urls.read_token(LinkAct::Unsubscribe, &token), Some(holder));
        assert_eq!(urls.read_token(LinkAct::Preferences, &token), None);
        assert_eq!(urls.read_token(LinkAct::Unsubscribe, &token.replacen('7', "8", 1)), None);
    }
}
