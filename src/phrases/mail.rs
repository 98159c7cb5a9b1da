//! What mails say.

/// What mails say.
#[derive(Debug, Clone, Copy)]
pub struct MailPhrases {}

/// 中文.
pub(super) const CHINESE: MailPhrases = MailPhrases {};

/// English.
pub(super) const ENGLISH: MailPhrases = MailPhrases {};
