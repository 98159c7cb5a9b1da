//! Programs of others that tests run against. A missing one is said aloud, and fails the run that was asked to be strict.

use std::io::Write as _;
use std::path::Path;

/// A program that some tests need.
pub(crate) struct Peer {
    /// The package that brings it.
    package: &'static str,
    /// A file that is there when it is installed.
    file: &'static str,
}

/// The database server.
pub(crate) const POSTGRES: Peer = Peer { package: "postgresql-15", file: "/usr/lib/postgresql/15/bin/postgres" };

impl Peer {
    /// Whether the peer is installed. If it is not, says that `test` did not run.
    ///
    /// # Panics
    /// When it is not and `STRICT=1`.
    pub(crate) fn is_here_for(&self, test: &str) -> bool {
        if Path::new(self.file).exists() {
            return true;
        }
        let test = test.trim_start_matches("it::");
        let line = format!("not run: {test} (wants {})", self.package);
        assert!(!strict(), "{line}");
        // Past the test runner, which keeps what a passing test prints to itself.
        writeln!(std::io::stderr(), "{line}").ok();
        false
    }
}

/// Whether a missing peer is a failure.
#[expect(clippy::disallowed_methods, reason = "the tests' one look at the environment")]
fn strict() -> bool {
    std::env::var("STRICT").is_ok_and(|strict| strict == "1")
}
