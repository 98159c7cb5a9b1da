//! What the console says.

/// What the console says.
#[derive(Debug, Clone, Copy)]
pub struct ConsolePhrases {}

/// 中文.
pub(super) const CHINESE: ConsolePhrases = ConsolePhrases {};

/// English.
pub(super) const ENGLISH: ConsolePhrases = ConsolePhrases {};
