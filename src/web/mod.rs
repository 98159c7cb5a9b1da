//! Everything that answers HTTP.
