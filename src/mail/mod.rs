//! Editions and letters composed as mail. Pure.
