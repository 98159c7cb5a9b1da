//! The console: the ledger, one article's way, the door.

use askama::Template;

use crate::model::{ArticleKey, Attempt, EventType, Language, Millis, State};
use crate::phrases::ConsolePhrases;

use super::frame::Frame;
use super::{Pages, print};

/// Through what a receiver is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// A mailbox, or all readers of an edition.
    Mail,
    /// An HTTP endpoint.
    Webhook,
    /// A group chat.
    Chat,
    /// A hub subscriber.
    Hub,
    /// A search engine.
    Search,
}

/// `GET /console/`: the newest articles, and where each went.
#[derive(Debug, Clone, Copy)]
pub struct Ledger<'a> {
    /// The newest first.
    pub articles: &'a [LedgerArticle],
    /// When this was read.
    pub as_of: Millis,
    /// For `?after=` of the next page, where there is one.
    pub older: Option<&'a str>,
    /// After how many seconds the browser asks again, for a page that is watched.
    pub again_in: Option<u32>,
    /// Names the session in the post that ends it.
    pub csrf: &'a str,
}

/// One event of an article.
#[derive(Debug, Clone)]
pub struct LedgerArticle {
    /// Which article.
    pub key: ArticleKey,
    /// Its headline then.
    pub title: String,
    /// What happened.
    pub what: EventType,
    /// When.
    pub at: Millis,
    /// Whether receivers are told.
    pub announce: bool,
    /// Where it goes.
    pub receivers: Vec<LedgerReceiver>,
}

/// A receiver of an event, or all readers of its edition that stand alike.
#[derive(Debug, Clone)]
pub struct LedgerReceiver {
    /// An endpoint's name or host, an edition's title; never a person's address.
    pub name: String,
    /// How it is reached.
    pub channel: Channel,
    /// How many readers this line speaks of, for mail.
    pub readers: Option<u64>,
    /// Where it stands.
    pub state: State,
    /// How many attempts were settled.
    pub tries: i64,
    /// What was answered last.
    pub answer: Option<String>,
    /// When it is tried next.
    pub next: Option<Millis>,
}

/// One article's deliveries with every attempt.
#[derive(Debug, Clone, Copy)]
pub struct Journey<'a> {
    /// Which article.
    pub key: &'a ArticleKey,
    /// Its headline.
    pub title: &'a str,
    /// Its deliveries, in the order of the log.
    pub deliveries: &'a [JourneyDelivery],
    /// When this was read.
    pub as_of: Millis,
    /// Names the session in the post that ends it.
    pub csrf: &'a str,
}

/// One delivery with what was tried.
#[derive(Debug, Clone)]
pub struct JourneyDelivery {
    /// Which event.
    pub what: EventType,
    /// To whom.
    pub receiver: LedgerReceiver,
    /// The tries, the first one first. Empty for the readers of an edition.
    pub attempts: Vec<Attempt>,
}

/// `GET /console/sign-in`.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// As far as known: from the address of a printed link.
    pub code: &'a str,
    /// Whether the code that was posted is not or no longer good.
    pub refused: bool,
    /// The signed time of the form.
    pub stamp: &'a str,
}

#[derive(Template)]
#[template(path = "console_ledger.html", config = "src/pages/askama.toml")]
struct LedgerTemplate<'a> {
    frame: Frame<'a>,
    ledger: &'a Ledger<'a>,
    csrf: &'a str,
}

#[derive(Template)]
#[template(path = "console_journey.html", config = "src/pages/askama.toml")]
struct JourneyTemplate<'a> {
    frame: Frame<'a>,
    journey: &'a Journey<'a>,
    csrf: &'a str,
}

#[derive(Template)]
#[template(path = "console_sign_in.html", config = "src/pages/askama.toml")]
struct SignInTemplate<'a> {
    frame: Frame<'a>,
    form: &'a SignIn<'a>,
}

impl Pages {
    /// The ledger.
    #[must_use]
    pub fn console_ledger(&self, language: Language, ledger: &Ledger) -> String {
        print(&LedgerTemplate { frame: self.frame(language), csrf: ledger.csrf, ledger })
    }

    /// One article's deliveries.
    #[must_use]
    pub fn console_journey(&self, language: Language, journey: &Journey) -> String {
        print(&JourneyTemplate { frame: self.frame(language), csrf: journey.csrf, journey })
    }

    /// The door: asks for a one-time code.
    #[must_use]
    pub fn console_sign_in(&self, language: Language, form: &SignIn) -> String {
        print(&SignInTemplate { frame: self.frame(language), form })
    }
}

impl Frame<'_> {
    const fn c(&self) -> &'static ConsolePhrases {
        &self.phrases.console
    }

    fn took(&self, attempt: &Attempt) -> String {
        (self.c().milliseconds)(attempt.exchange.ms)
    }

    fn came_to(&self, attempt: &Attempt) -> &'static str {
        (self.c().phase)(attempt.exchange.phase)
    }
}

impl LedgerArticle {
    fn event(&self, words: &ConsolePhrases) -> &'static str {
        (words.event)(self.what)
    }
}

impl JourneyDelivery {
    fn event(&self, words: &ConsolePhrases) -> &'static str {
        (words.event)(self.what)
    }
}

impl LedgerReceiver {
    fn readers_in_words(&self, words: &ConsolePhrases) -> Option<String> {
        self.readers.map(words.readers)
    }

    fn tries_in_words(&self, words: &ConsolePhrases) -> String {
        (words.tries)(self.tries)
    }

    fn channel(&self, words: &ConsolePhrases) -> &'static str {
        match self.channel {
            Channel::Mail => words.channels.mail,
            Channel::Webhook => words.channels.webhook,
            Channel::Chat => words.channels.chat,
            Channel::Hub => words.channels.hub,
            Channel::Search => words.channels.search,
        }
    }

    fn state_in_words(&self, words: &ConsolePhrases) -> &'static str {
        (words.delivery)(self.state)
    }

    /// A sign beside the word: a state is never told by colour alone.
    const fn sign(&self) -> &'static str {
        match self.state {
            State::Waiting => "○",
            State::Parked => "↻",
            State::Sending => "→",
            State::Accepted => "✓",
            State::Refused => "✕",
            State::Uncertain => "?",
            State::Superseded | State::Expired => "–",
        }
    }

    const fn tone(&self) -> &'static str {
        match self.state {
            State::Accepted => "good",
            State::Refused => "bad",
            State::Parked | State::Uncertain => "warn",
            State::Waiting | State::Sending | State::Superseded | State::Expired => "soft",
        }
    }

    fn is_next_in_turn(&self) -> bool {
        matches!(self.state, State::Waiting | State::Sending)
    }
}
