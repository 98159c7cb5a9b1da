//! What the demo says.

/// What the demo says.
#[derive(Debug, Clone, Copy)]
pub struct DemoPhrases {}

/// 中文.
pub(super) const CHINESE: DemoPhrases = DemoPhrases {};

/// English.
pub(super) const ENGLISH: DemoPhrases = DemoPhrases {};
