//! What feeds say.

/// What feeds say.
#[derive(Debug, Clone, Copy)]
pub struct FeedsPhrases {}

/// 中文.
pub(super) const CHINESE: FeedsPhrases = FeedsPhrases {};

/// English.
pub(super) const ENGLISH: FeedsPhrases = FeedsPhrases {};
