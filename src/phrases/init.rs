//! What `postrider probe` and `postrider init` say, and the comments of the file that `init` writes.

mod file;
mod reason;
mod talk;

pub use file::FilePhrases;
pub use reason::ReasonPhrases;
pub use talk::TalkPhrases;

/// What `postrider probe` and `postrider init` say.
#[derive(Debug, Clone, Copy)]
pub struct InitPhrases {
    /// Comments of the file.
    pub file: FilePhrases,
    /// Why a page could not be read, and what to do then.
    pub reason: ReasonPhrases,
    /// On the terminal.
    pub talk: TalkPhrases,
}

/// 中文.
pub(super) const CHINESE: InitPhrases = InitPhrases { file: file::CHINESE, reason: reason::CHINESE, talk: talk::CHINESE };

/// English.
pub(super) const ENGLISH: InitPhrases = InitPhrases { file: file::ENGLISH, reason: reason::ENGLISH, talk: talk::ENGLISH };
