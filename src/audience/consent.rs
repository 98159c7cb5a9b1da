//! What readers agree to, in which wording, so that it can be shown years later.

/// Names the wording of the subscribe form and its confirmation; raised whenever either changes.
pub(super) const WORDING: &str = "subscribe-2026-11";
