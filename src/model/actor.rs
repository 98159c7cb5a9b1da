//! Who did something.

/// Who did something. Every writing function takes one and writes the audit row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The daemon itself: a poll, a schedule, a release.
    Daemon,
    /// The configuration file.
    Config,
    /// The command line.
    Command,
    /// An API token, by its name.
    Token(String),
    /// A signed-in person of the console, by name.
    Person(String),
    /// A reader, through a signed link.
    Reader,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Daemon => f.write_str("daemon"),
            Self::Config => f.write_str("config"),
            Self::Command => f.write_str("command"),
            Self::Token(name) => write!(f, "token:{name}"),
            Self::Person(name) => write!(f, "person:{name}"),
            Self::Reader => f.write_str("reader"),
        }
    }
}
