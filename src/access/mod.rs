//! Tokens, sessions, one-time links.
