//! Configuration as text: the commented default, and what is in force with the origin of each value.

use std::fmt::Write as _;

use super::Config;
use super::fault::Origin;
use super::reader::Shown;

/// `config default`: every key with its default and a comment. Keys without a default stand behind `#`.
pub const DEFAULT: &str = include_str!("../../config/postrider.toml");

/// `config show`: what is in force, with the origin of each value; secrets are masked. The text is TOML again.
#[must_use]
pub fn show(config: &Config) -> String {
    let mut text = String::new();
    for line in &config.shown {
        // Writing to a String cannot fail.
        let _ = match line {
            Shown::Table { heading, origin: Origin::Default } => writeln!(text, "\n{heading}"),
            Shown::Table { heading, origin } => writeln!(text, "\n{heading}  # {origin}"),
            Shown::Key { key, value: Some(value), origin } => writeln!(text, "{key} = {value}  # {origin}"),
            Shown::Key { key, value: None, .. } => writeln!(text, "# {key} is not set"),
        };
    }
    text.trim_start().to_owned()
}
