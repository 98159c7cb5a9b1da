//! `[[source]]`: where copy comes from.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use url::Url;

use super::overrides::{Overrides, SourceTest};
use super::reader::Reader;
use super::setting::{Setting, one_of, quoted, text};
use super::site::Site;
use super::tree::Raw;
use crate::model::{Slug, SourceKind};

/// Where copy comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name, alone among sources; part of the ids of copy that has no address, so it never changes.
    pub name: String,
    /// Where it is looked for.
    pub place: Place,
    /// How often it is looked at; `None`: as often as it publishes, learned. Nothing for push.
    pub every: Option<Duration>,
    /// The zone of dates that do not say.
    pub timezone: Tz,
    /// The language of copy that does not say (BCP 47).
    pub language: String,
    /// Where copy stands that names no section of its own.
    pub sections: Vec<Slug>,
    /// Whether all its copy waits for an editor.
    pub hold: bool,
    /// Words in a title that make it breaking news.
    pub breaking: Vec<String>,
    /// Whether new copy is announced.
    pub announce: bool,
    /// Whether the site is the newsroom's own, so that robots.txt does not bind us.
    pub own: bool,
    /// An inside address for the public name.
    pub connect: Option<Connect>,
    /// A certificate authority of its own, as PEM.
    pub ca_file: Option<PathBuf>,
    /// Whether it may lie on a private network.
    pub allow_private: bool,
    /// What we call ourselves there; `None`: Postrider and its version.
    pub user_agent: Option<String>,
    /// `[source.override]`
    pub overrides: Overrides,
    /// `[[source.test]]`
    pub tests: Vec<SourceTest>,
    /// How a feed's entries are taken.
    pub entries: Entries,
}

/// How the entries of a feed are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entries {
    /// Whether the page of a new entry is read for what the feed leaves out.
    pub full_text: FullText,
    /// Whether readers go on knowing an article by the feed's own id: the newsroom's feed is replaced by ours.
    pub keep_ids: bool,
}

/// Whether the page of a feed's new entry is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FullText {
    /// The feed has it all.
    #[default]
    No,
    /// Where the feed gives no text, or one that breaks off.
    Auto,
    /// Always.
    Yes,
}

impl Setting for FullText {
    fn read(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Text(word) | Raw::Word(word) if word.trim() == "auto" => Ok(Self::Auto),
            raw => bool::read(raw)
                .map(|yes| if yes { Self::Yes } else { Self::No })
                .map_err(|_| "is none of true, false and \"auto\"".to_owned()),
        }
    }
    fn show(&self) -> String {
        match self {
            Self::No => "false".to_owned(),
            Self::Auto => quoted("auto"),
            Self::Yes => "true".to_owned(),
        }
    }
}

/// Whose ids a feed's articles bear in ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    Ours,
    Keep,
}

impl Setting for Ids {
    fn read(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &[("ours", Self::Ours), ("keep", Self::Keep)])
    }
    fn show(&self) -> String {
        quoted(if *self == Self::Keep { "keep" } else { "ours" })
    }
}

/// Where a source is looked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// Listing pages of a site.
    Site {
        /// At least one.
        listing: Vec<Url>,
    },
    /// A feed.
    Feed {
        /// Its address.
        url: Url,
    },
    /// A folder of files.
    Folder {
        /// Its path.
        path: PathBuf,
    },
    /// The API.
    Push,
}

impl Place {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> SourceKind {
        match self {
            Self::Site { .. } => SourceKind::Site,
            Self::Feed { .. } => SourceKind::Feed,
            Self::Folder { .. } => SourceKind::Folder,
            Self::Push => SourceKind::Push,
        }
    }
}

/// An address that is dialled in place of what a name resolves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connect {
    /// Where.
    pub address: IpAddr,
    /// `None`: the port of the URL.
    pub port: Option<u16>,
}

impl Setting for Connect {
    fn read(raw: &Raw) -> Result<Self, String> {
        let address = text(raw, "an address such as \"10.0.0.5\"")?;
        let bare = address.parse().map(|address| Self { address, port: None });
        let with_port = |_| address.parse::<SocketAddr>().map(|at| Self { address: at.ip(), port: Some(at.port()) });
        bare.or_else(with_port).map_err(|_| format!("{} is no IP address such as \"10.0.0.5\" or \"10.0.0.5:8080\"", quoted(address)))
    }
    fn show(&self) -> String {
        quoted(self.port.map_or_else(|| self.address.to_string(), |port| SocketAddr::new(self.address, port).to_string()))
    }
}

/// How often a source is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    /// As often as it publishes.
    Auto,
    /// After this, always.
    Fixed(Duration),
}

impl Setting for Every {
    fn read(raw: &Raw) -> Result<Self, String> {
        if text(raw, "\"auto\" or a duration such as \"15m\"")? == "auto" { Ok(Self::Auto) } else { Duration::read(raw).map(Self::Fixed) }
    }
    fn show(&self) -> String {
        match self {
            Self::Auto => quoted("auto"),
            Self::Fixed(span) => span.show(),
        }
    }
}

/// More often than this is no politeness (even towards oneself).
const MOST_OFTEN: Duration = Duration::from_secs(1);

impl Source {
    pub(super) fn read(r: &mut Reader<'_>, site: &Site) -> Option<Self> {
        let kind = r.required("kind", "kind = \"site\", \"feed\", \"folder\" or \"push\"");
        let name = name(r);
        let place = whence(r, kind);
        let every = match r.value("every", Every::Auto) {
            Every::Auto => None,
            Every::Fixed(span) => Some(span),
        };
        if every.is_some_and(|span| span < MOST_OFTEN) {
            r.complain("every", "is shorter than \"1s\"");
        }
        let source = Self {
            name: String::new(),
            place: Place::Push,
            every,
            timezone: r.value("timezone", site.timezone),
            language: r.value("language", site.language.tag().to_owned()),
            sections: r.value("sections", Vec::new()),
            hold: r.value("hold", false),
            breaking: r.value("breaking", Vec::new()),
            announce: r.value("announce", true),
            own: r.value("own", false),
            connect: r.optional("connect"),
            ca_file: r.path_to("ca_file", None),
            allow_private: r.value("allow_private", false),
            user_agent: r.optional("user_agent"),
            entries: entries(r, kind),
            overrides: r.table("override", Overrides::read),
            tests: r.tables("test", SourceTest::read).into_iter().map(|test| test.it).collect(),
        };
        let reads_pages = !matches!(kind, Some(SourceKind::Folder | SourceKind::Push));
        if !source.overrides.is_empty() && !reads_pages {
            r.complain("override", "says where fields stand on pages, and this source has none");
        }
        if let Some(path) = &source.ca_file
            && let Err(error) = std::fs::File::open(path)
        {
            r.complain("ca_file", format!("{} cannot be read: {error}", path.display()));
        }
        if source.breaking.iter().any(String::is_empty) {
            r.complain("breaking", "holds an empty word, which every title contains");
        }
        if source.user_agent.as_ref().is_some_and(|agent| agent.is_empty() || !agent.is_ascii()) {
            r.complain("user_agent", "is no header value: one or more ASCII characters");
        }
        Some(Self { name: name?, place: place?, ..source })
    }
}

/// Reads the keys that only feeds have.
fn entries(r: &mut Reader<'_>, kind: Option<SourceKind>) -> Entries {
    let written = ["full_text", "ids"].map(|key| (key, r.has(key)));
    let entries = Entries { full_text: r.value("full_text", FullText::No), keep_ids: r.value("ids", Ids::Ours) == Ids::Keep };
    for (key, written) in written {
        if let Some(kind) = kind.filter(|kind| *kind != SourceKind::Feed && written) {
            r.complain(key, format!("belongs to kind = \"feed\", and this is {}", kind.show()));
        }
    }
    entries
}

/// Reads the key of this kind, and refuses those of the others.
fn whence(r: &mut Reader<'_>, kind: Option<SourceKind>) -> Option<Place> {
    const KEYS: [(&str, SourceKind, &str); 3] = [
        ("listing", SourceKind::Site, "listing = [\"https://www.example.cn/news/\"]"),
        ("url", SourceKind::Feed, "url = \"https://www.example.cn/rss.xml\""),
        ("path", SourceKind::Folder, "path = \"data/in\""),
    ];
    let written = KEYS.map(|(key, _, _)| r.has(key));
    let listing = r.optional::<Vec<Url>>("listing");
    let url = r.optional("url");
    let path = r.path_to("path", None);
    let kind = kind?;
    for ((key, owner, example), written) in KEYS.into_iter().zip(written) {
        match (kind == owner, written) {
            (true, false) => r.missing(key, example),
            (false, true) => r.complain(key, format!("belongs to kind = {}, and this is {}", owner.show(), kind.show())),
            _ => {}
        }
    }
    match kind {
        SourceKind::Site => {
            let listing = listing?;
            if listing.is_empty() {
                r.complain("listing", "is empty, wanted at least one listing page");
            }
            Some(Place::Site { listing })
        }
        SourceKind::Feed => Some(Place::Feed { url: url? }),
        SourceKind::Folder => Some(Place::Folder { path: path? }),
        SourceKind::Push => Some(Place::Push),
    }
}

/// A name that stands in commands, addresses and the store.
pub(super) fn name(r: &mut Reader<'_>) -> Option<String> {
    /// Longer names break tables and addresses (characters).
    const LONGEST: usize = 64;
    let name: String = r.required("name", "name = \"cms\"")?;
    let fits = (1..=LONGEST).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if fits {
        return Some(name);
    }
    r.complain("name", format!("{} is no name: 1 to {LONGEST} letters, digits, -, _ and .", quoted(name)));
    None
}
