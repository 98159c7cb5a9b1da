//! The networks, as a table, and how a row of it becomes a link.

use url::Url;

use super::text::{Measure, cut, flat};
use crate::phrases::SharePhrases;
use crate::urls::encode;

/// What is shared. Absent and empty mean the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shared<'a> {
    /// The article's address. One in ASCII is taken letter by letter; any other is first spelled as a URL.
    pub url: &'a str,
    /// The headline.
    pub title: &'a str,
    /// The abstract.
    pub summary: Option<&'a str>,
    /// The lead picture's address.
    pub image: Option<&'a str>,
    /// The newsroom's name.
    pub site: Option<&'a str>,
    /// The reader's own Mastodon server (`mastodon.social`); without it the picker of joinmastodon.org asks.
    pub mastodon_host: Option<&'a str>,
}

/// A link to a network's own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLink {
    /// Which network.
    pub network: Network,
    /// Where to. For `WeChat` the address that its QR symbol holds.
    pub href: String,
}

/// A text that a network bounds.
#[derive(Debug, Clone, Copy)]
struct Bound {
    most: usize,
    measure: Measure,
    address: AddressCounts,
}

/// What the address takes away from a text's bound.
#[derive(Debug, Clone, Copy)]
enum AddressCounts {
    /// Nothing: it is a field of its own.
    Nothing,
    /// This much, with the separator, however long it is: X wraps every address.
    Always(usize),
    /// Its length and one separator, but at least this much.
    AtLeast(usize),
}

macro_rules! networks {
    ($($(#[$doc:meta])* $member:ident $name:literal $template:literal $($bound:expr)?;)*) => {
        /// A network that links can be shared on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Network { $($(#[$doc])* $member,)* }

        impl Network {
            /// All of them, in the order in which they are listed.
            pub const ALL: &[Self] = &[$(Self::$member),*];

            /// Its name on the command line and in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$member => $name,)* }
            }

            /// The address of its form: `{u}` address, `{t}` title, `{d}` summary, `{s}` newsroom, `{i}` picture. What stands
            /// between two of them in one parameter separates them, and goes when one of them is empty.
            const fn template(self) -> &'static str {
                match self { $(Self::$member => $template,)* }
            }

            const fn bound(self) -> Option<Bound> {
                match self { $(Self::$member => networks!(@bound $($bound)?),)* }
            }
        }
    };
    (@bound) => { None };
    (@bound $bound:expr) => { Some($bound) };
}

const fn bound(most: usize, measure: Measure, address: AddressCounts) -> Bound {
    Bound { most, measure, address }
}

networks! {
    /// X; an address always counts 23, and one more for the space before it.
    X "x" "https://x.com/intent/tweet?text={t}&url={u}" bound(280, Measure::Weighted, AddressCounts::Always(24));
    /// Facebook takes everything else from the page's Open Graph.
    Facebook "facebook" "https://www.facebook.com/sharer/sharer.php?u={u}";
    /// `LinkedIn`, likewise.
    LinkedIn "linkedin" "https://www.linkedin.com/sharing/share-offsite/?url={u}";
    /// Threads.
    Threads "threads" "https://www.threads.com/intent/post?text={t}&url={u}" bound(500, Measure::Points, AddressCounts::Nothing);
    /// Bluesky; a line break keeps title and address apart where a space would not.
    Bluesky "bluesky" "https://bsky.app/intent/compose?text={t}%0A{u}" bound(300, Measure::Graphemes, AddressCounts::AtLeast(0));
    /// Mastodon's picker; behind the `#` the text never reaches the picker's server.
    Mastodon "mastodon" "https://share.joinmastodon.org/#text={t}%0A{u}" bound(500, Measure::Points, AddressCounts::AtLeast(23));
    /// Telegram.
    Telegram "telegram" "https://t.me/share/url?url={u}&text={t}";
    /// `WhatsApp`.
    WhatsApp "whatsapp" "https://wa.me/?text={t}%20{u}";
    /// LINE.
    Line "line" "https://social-plugins.line.me/lineit/share?url={u}&text={t}";
    /// Reddit.
    Reddit "reddit" "https://www.reddit.com/submit?url={u}&title={t}";
    /// Hacker News.
    HackerNews "hackernews" "https://news.ycombinator.com/submitlink?u={u}&t={t}" bound(80, Measure::Points, AddressCounts::Nothing);
    /// 微博.
    Weibo "weibo" "https://service.weibo.com/share/share.php?url={u}&title={t}&pic={i}";
    /// QQ 好友.
    Qq "qq" "https://connect.qq.com/widget/shareqq/index.html?url={u}&title={t}&source={s}&desc={d}&pics={i}&summary={d}";
    /// QQ 空间.
    Qzone "qzone" "https://sns.qzone.qq.com/cgi-bin/qzshare/cgi_qzshare_onekey?url={u}&title={t}&desc={d}&summary={d}&site={s}&pics={i}";
    /// 豆瓣.
    Douban "douban" "https://www.douban.com/share/service?href={u}&name={t}&text={d}&image={i}";
    /// 微信: it has no form, only a camera.
    WeChat "wechat" "{u}";
    /// A mail (RFC 6068); its line break is CRLF.
    Email "email" "mailto:?subject={t}&body={d}%0D%0A{u}";
    /// Instapaper.
    Instapaper "instapaper" "https://www.instapaper.com/hello2?url={u}&title={t}";
    /// Raindrop.
    Raindrop "raindrop" "https://app.raindrop.io/add?link={u}&title={t}";
    /// Pinboard.
    Pinboard "pinboard" "https://pinboard.in/add?url={u}&title={t}";
    /// Flipboard.
    Flipboard "flipboard" "https://share.flipboard.com/bookmarklet/popout?v=2&url={u}&title={t}";
    /// Microsoft Teams.
    Teams "teams" "https://teams.microsoft.com/share?href={u}&msgText={t}";
}

/// A reader's own Mastodon server.
const MASTODON_SERVER: &str = "/share?text={t}%0A{u}";

impl Network {
    /// The network of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|network| network.name() == name)
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self, phrases: &SharePhrases) -> &'static str {
        match self {
            Self::X => "X",
            Self::Facebook => "Facebook",
            Self::LinkedIn => "LinkedIn",
            Self::Threads => "Threads",
            Self::Bluesky => "Bluesky",
            Self::Mastodon => "Mastodon",
            Self::Telegram => "Telegram",
            Self::WhatsApp => "WhatsApp",
            Self::Line => "LINE",
            Self::Reddit => "Reddit",
            Self::HackerNews => "Hacker News",
            Self::Weibo => phrases.weibo,
            Self::Qq => phrases.qq,
            Self::Qzone => phrases.qzone,
            Self::Douban => phrases.douban,
            Self::WeChat => phrases.wechat,
            Self::Email => phrases.email,
            Self::Instapaper => "Instapaper",
            Self::Raindrop => "Raindrop",
            Self::Pinboard => "Pinboard",
            Self::Flipboard => "Flipboard",
            Self::Teams => "Teams",
        }
    }
}

/// The links to every network, in the order of [`Network::ALL`].
#[must_use]
pub fn links(shared: &Shared) -> Vec<ShareLink> {
    let values = Values::of(shared);
    Network::ALL.iter().map(|&network| ShareLink { network, href: values.link(network) }).collect()
}

/// What the placeholders stand for, before encoding.
struct Values {
    url: String,
    title: String,
    summary: String,
    site: String,
    image: String,
    mastodon: Option<String>,
}

impl Values {
    fn of(shared: &Shared) -> Self {
        Self {
            url: ascii(shared.url),
            title: flat(shared.title),
            summary: flat(shared.summary.unwrap_or_default()),
            site: flat(shared.site.unwrap_or_default()),
            image: ascii(shared.image.unwrap_or_default()),
            mastodon: shared.mastodon_host.and_then(host),
        }
    }

    fn link(&self, network: Network) -> String {
        let title = match network.bound() {
            Some(bound) => cut(&self.title, bound.room(&self.url), bound.measure),
            None => self.title.clone(),
        };
        match (network, &self.mastodon) {
            (Network::WeChat, _) => self.url.clone(),
            (Network::Mastodon, Some(host)) => self.fill(&format!("https://{host}{MASTODON_SERVER}"), &title),
            _ => self.fill(network.template(), &title),
        }
    }

    /// Fills a template: everything up to the first `?` or `#`, then the parameters that are not empty.
    fn fill(&self, template: &str, title: &str) -> String {
        let Some(at) = template.find(['?', '#']) else { return template.to_owned() };
        let (head, mark) = (&template[..at], &template[at..=at]);
        let parameters: Vec<String> = template[at + 1..].split('&').filter_map(|parameter| self.parameter(parameter, title)).collect();
        if parameters.is_empty() { head.to_owned() } else { format!("{head}{mark}{}", parameters.join("&")) }
    }

    fn parameter(&self, parameter: &str, title: &str) -> Option<String> {
        let (name, pattern) = parameter.split_once('=').unwrap_or((parameter, ""));
        let mut value = String::new();
        let mut separator = "";
        let mut rest = pattern;
        while let Some((before, letter)) = rest.split_once('{') {
            separator = if before.is_empty() { separator } else { before };
            let text = encode(self.placeholder(letter, title));
            if !text.is_empty() {
                if !value.is_empty() {
                    value.push_str(separator);
                }
                value.push_str(&text);
            }
            rest = letter.split_once('}').map_or("", |(_, rest)| rest);
        }
        if pattern.contains('{') { (!value.is_empty()).then(|| format!("{name}={value}")) } else { Some(parameter.to_owned()) }
    }

    fn placeholder<'a>(&'a self, letter: &str, title: &'a str) -> &'a str {
        match letter.as_bytes().first() {
            Some(b'u') => &self.url,
            Some(b't') => title,
            Some(b'd') => &self.summary,
            Some(b's') => &self.site,
            Some(b'i') => &self.image,
            _ => "",
        }
    }
}

impl Bound {
    /// How much of the bound is left to the title.
    fn room(self, url: &str) -> usize {
        let taken = match self.address {
            AddressCounts::Nothing => 0,
            AddressCounts::Always(length) => length,
            AddressCounts::AtLeast(length) => self.measure.of(url).max(length) + 1,
        };
        self.most.saturating_sub(taken)
    }
}

/// An address in ASCII: as it is, or as a URL spells it (an IRI, RFC 3987).
fn ascii(address: &str) -> String {
    let address = address.trim();
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    if plain { address.to_owned() } else { Url::parse(address).map_or_else(|_| flat(address), String::from) }
}

/// A host, with a port at most: nothing else may come between `https://` and the path.
fn host(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("https://").trim_end_matches('/');
    if text.is_empty() || text.contains(['/', '?', '#', '@', '\\']) || text.contains(char::is_whitespace) {
        return None;
    }
    let url = Url::parse(&format!("https://{text}/")).ok()?;
    let name = url.host_str()?.to_owned();
    Some(url.port().map_or_else(|| name.clone(), |port| format!("{name}:{port}")))
}

#[cfg(test)]
mod tests;
