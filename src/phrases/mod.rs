//! Every sentence that a person reads, in both languages.
//!
//! One struct a place, two constants each: the compiler checks that none is missing. A sentence with a gap is a function.

mod console;
mod demo;
mod feeds;
mod ingest;
mod mail;
mod pages;
mod share;

pub use console::ConsolePhrases;
pub use demo::{DemoPhrases, TerminalPhrases};
pub use feeds::FeedsPhrases;
pub use ingest::IngestPhrases;
pub use mail::MailPhrases;
pub use pages::PagesPhrases;
pub use share::SharePhrases;

use crate::model::Language;

/// All sentences of one language.
#[derive(Debug, Clone, Copy)]
pub struct Phrases {
    /// Which language.
    pub language: Language,
    /// What the console says.
    pub console: ConsolePhrases,
    /// What the demo says.
    pub demo: DemoPhrases,
    /// What feeds say.
    pub feeds: FeedsPhrases,
    /// What is said of copy that comes in.
    pub ingest: IngestPhrases,
    /// What mails say.
    pub mail: MailPhrases,
    /// What the public pages say.
    pub pages: PagesPhrases,
    /// What share rows say.
    pub share: SharePhrases,
}

/// 中文.
pub static CHINESE: Phrases = Phrases {
    language: Language::Chinese,
    console: console::CHINESE,
    demo: demo::CHINESE,
    feeds: feeds::CHINESE,
    ingest: ingest::CHINESE,
    mail: mail::CHINESE,
    pages: pages::CHINESE,
    share: share::CHINESE,
};

/// English.
pub static ENGLISH: Phrases = Phrases {
    language: Language::English,
    console: console::ENGLISH,
    demo: demo::ENGLISH,
    feeds: feeds::ENGLISH,
    ingest: ingest::ENGLISH,
    mail: mail::ENGLISH,
    pages: pages::ENGLISH,
    share: share::ENGLISH,
};

impl Phrases {
    /// The sentences of a language.
    #[must_use]
    pub const fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &CHINESE,
            Language::English => &ENGLISH,
        }
    }
}
