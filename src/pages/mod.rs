//! The public pages. Pure.
