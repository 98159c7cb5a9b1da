//! What the public pages say.

/// What the public pages say.
#[derive(Debug, Clone, Copy)]
pub struct PagesPhrases {}

/// 中文.
pub(super) const CHINESE: PagesPhrases = PagesPhrases {};

/// English.
pub(super) const ENGLISH: PagesPhrases = PagesPhrases {};
