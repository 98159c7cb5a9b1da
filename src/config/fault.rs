//! What can be wrong with a configuration, and where it was written.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of a file.
    File {
        /// Which, as it was named.
        path: Arc<PathBuf>,
        /// From 1; 0 speaks of the whole file.
        line: usize,
    },
    /// A file of `$CREDENTIALS_DIRECTORY`, by its name.
    Credential(String),
    /// A variable of the environment, by its name.
    Environment(String),
    /// A `--set`, by its key.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line: 0 } => write!(f, "{}", path.display()),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Credential(name) => write!(f, "credential {name}"),
            Self::Environment(name) => write!(f, "${name}"),
            Self::Flag(key) => write!(f, "--set {key}"),
        }
    }
}

/// One thing that is wrong, or that an operator should know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A file of the configuration cannot be read.
    #[error("cannot read the configuration: {0}")]
    Unreadable(String),
    /// It is no TOML.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// No such key.
    #[error("unknown key {key:?} in {table}{}", mend(nearest.as_deref()))]
    UnknownKey {
        /// As it was written.
        key: String,
        /// Such as `[site]`; `the file` for a table that does not exist.
        table: String,
        /// The known key that it is most like.
        nearest: Option<String>,
    },
    /// A key that must be there is not.
    #[error("{table} has no \"{key}\"; write {example}")]
    Missing {
        /// Which table.
        table: String,
        /// Which key.
        key: &'static str,
        /// A line that would do.
        example: String,
    },
    /// A value that cannot be one.
    #[error("{key}: {why}")]
    Value {
        /// The key's whole path.
        key: String,
        /// What is wrong, and what would be right. Never repeats a secret or a person's address.
        why: String,
    },
    /// A `--set` or a variable that leads nowhere.
    #[error("{0}")]
    Override(String),
    /// Nothing is broken, but an operator should know.
    #[error("{0}")]
    Advice(String),
}

fn mend(nearest: Option<&str>) -> String {
    nearest.map(|key| format!("; did you mean \"{key}\"?")).unwrap_or_default()
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it was written.
    pub origin: Origin,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Default => self.fault.fmt(f),
            origin => write!(f, "{origin}: {}", self.fault),
        }
    }
}

/// Everything that is wrong with a configuration, in the order in which it was written. Prints one problem a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors {
    /// What stops the start; never empty.
    pub problems: Vec<Problem>,
    /// What an operator should know besides.
    pub warnings: Vec<Problem>,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// The candidate that a misspelt word was most likely meant to be; `None` when nothing is near.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    /// Jaro-Winkler similarity from 0 to 1: below this a guess misleads more than it helps.
    const NEAR: f64 = 0.8;
    let folded = word.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&folded, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_made_only_where_it_is_near() {
        assert_eq!(nearest("titel", ["title", "timezone"]).as_deref(), Some("title"));
        assert_eq!(nearest("Base_URL", ["base_url"]).as_deref(), Some("base_url"));
        assert_eq!(nearest("xyz", ["title", "timezone"]), None);
    }
}
