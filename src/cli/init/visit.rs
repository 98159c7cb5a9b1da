//! How `probe` and `init` go out: what may be said about it on the command line, and what becomes of it.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use url::Url;

use crate::app::policy;
use crate::cli::{Desk, Failure, startup};
use crate::clock::Clock;
use crate::config::{Config, Entries};
use crate::model::{Language, SourceKind};
use crate::outbound::{Outbound, Reach};
use crate::phrases::{Phrases, ReasonPhrases, TalkPhrases};
use crate::source::probe::{Passing, Reason};
use crate::source::{Folders, Net, Spec, Turns};

/// How a site is visited.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Visit {
    /// The site lies on a private network or on this machine.
    #[arg(long)]
    pub(in crate::cli) allow_private: bool,
    /// The site is the newsroom's own: its robots.txt does not bind.
    #[arg(long)]
    pub(in crate::cli) own: bool,
    /// zh-CN or en: what is said, and the comments of what is written. Without it the site's language.
    #[arg(long, value_parser = language)]
    pub(in crate::cli) language: Option<Language>,
}

fn language(tag: &str) -> Result<Language, String> {
    Language::of_tag(tag).ok_or_else(|| "zh-CN or en".to_owned())
}

impl Visit {
    /// The way out, and the site as a source of which nothing is known yet.
    pub(in crate::cli) fn prepare(&self, desk: &Desk, url: &Url) -> Result<(Net, Spec), Failure> {
        // The file is yet to be written: what is on the command line and in the environment decides how to go out.
        let config = Config::load(None, desk.environment.iter().cloned(), &desk.sets).map_err(Failure::Config)?;
        let outbound = Outbound::new(policy(&config).map_err(startup)?)?;
        let net = Net { outbound, clock: Clock::System, folders: Folders::default(), turns: Turns::default() };
        let chinese = self.before(desk, url) == Language::Chinese;
        let spec = Spec {
            name: "probe".to_owned(),
            kind: SourceKind::Site,
            addresses: vec![url.clone()],
            path: None,
            zone: if chinese { chrono_tz::Asia::Shanghai } else { config.site.timezone },
            own: self.own,
            entries: Entries::default(),
            overrides: std::sync::Arc::default(),
            user_agent: concat!("Postrider/", env!("CARGO_PKG_VERSION")).to_owned(),
            reach: Reach { private: self.allow_private, ..Reach::default() },
            language: if chinese { "zh-CN" } else { "en" }.to_owned(),
        };
        Ok((net, spec))
    }

    /// The language to speak before anything was read: the one asked for, else the terminal's, else the site's country's.
    pub(in crate::cli) fn before(&self, desk: &Desk, url: &Url) -> Language {
        let terminal = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| desk.env(name).filter(|value| !value.is_empty()));
        let speaks_chinese = terminal.is_some_and(|locale| locale.starts_with("zh"))
            || url.host_str().is_some_and(|host| host.rsplit('.').next() == Some("cn"));
        self.language.unwrap_or(if speaks_chinese { Language::Chinese } else { Language::English })
    }

    /// The language to speak about a site that is in `tag`.
    pub(in crate::cli) fn about(&self, tag: &str) -> Language {
        self.language.unwrap_or(if tag.starts_with("zh") { Language::Chinese } else { Language::English })
    }
}

/// Reads an address as people type it: without a scheme it is https.
pub(in crate::cli) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(Url::has_host);
    let url = url.or_else(|| Url::parse(&format!("https://{text}")).ok()).ok_or_else(|| format!("{text:?} is no address"))?;
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err("only http and https are spoken".to_owned()) }
}

/// Why a page could not be read, and what to do, for a person.
pub(in crate::cli) fn reason(words: &ReasonPhrases, reason: &Reason) -> String {
    match reason {
        Reason::Robots => words.robots.to_owned(),
        Reason::RobotsAway => words.robots_away.to_owned(),
        Reason::Guard(why) => (words.guard)(why),
        Reason::Status(status) => (words.status)(*status),
        Reason::NoAnswer(why) => (words.no_answer)(why),
        Reason::Elsewhere => words.elsewhere.to_owned(),
        Reason::Kind(kind) => (words.kind)(kind),
        Reason::Empty => words.empty.to_owned(),
        Reason::Script => words.script.to_owned(),
        Reason::NoNews => words.no_news.to_owned(),
        Reason::Unreadable => words.unreadable.to_owned(),
        Reason::Enough => words.enough.to_owned(),
    }
}

/// Tells of progress on stderr: one line that is written over where somebody watches, a line each where it goes to a file.
pub(in crate::cli) struct Progress {
    words: TalkPhrases,
    count: AtomicUsize,
    watched: bool,
}

impl Progress {
    pub(in crate::cli) fn new(language: Language) -> Self {
        Self { words: Phrases::of(language).init.talk, count: AtomicUsize::new(0), watched: std::io::stderr().is_terminal() }
    }

    /// A page that is being read.
    pub(in crate::cli) fn page(&self, url: &Url) {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        self.line(&(self.words.reading)(count, url.as_str()));
    }

    /// Any sentence.
    pub(in crate::cli) fn line(&self, line: &str) {
        // Nobody who does not read it misses it.
        let _ = if self.watched { write!(std::io::stderr(), "\r\x1b[K{line}") } else { writeln!(std::io::stderr(), "{line}") };
    }

    /// Nothing more comes.
    pub(in crate::cli) fn end(&self) {
        if self.watched {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// Why a link is no section.
pub(super) fn passing(why: &Passing, language: Language) -> String {
    let words = &Phrases::of(language).init;
    match why {
        Passing::Unread(unread) => reason(&words.reason, unread),
        Passing::NoList => words.talk.passed_no_list.to_owned(),
        Passing::Article => words.talk.passed_article.to_owned(),
        Passing::Twin(other) => (words.talk.passed_twin)(other),
        Passing::NotVisited => words.talk.passed_unvisited.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let read = |text: &str| address(text).map(|url| url.to_string());
        assert_eq!(read("www.hekou.example").unwrap(), "https://www.hekou.example/");
        assert_eq!(read("http://127.0.0.1:8000").unwrap(), "http://127.0.0.1:8000/");
        assert_eq!(read("news.example:8080/a").unwrap(), "https://news.example:8080/a");
        assert!(read("ftp://hekou.example/").is_err() && read("").is_err());
    }
}
