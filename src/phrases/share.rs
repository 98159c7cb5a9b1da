//! What share rows say.

/// What share rows say.
#[derive(Debug, Clone, Copy)]
pub struct SharePhrases {}

/// 中文.
pub(super) const CHINESE: SharePhrases = SharePhrases {};

/// English.
pub(super) const ENGLISH: SharePhrases = SharePhrases {};
