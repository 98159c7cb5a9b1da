//! Programs of others that tests run against. A missing one is said aloud, and fails the run that was asked to be strict.

use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// A program that some tests need.
pub(crate) struct Peer {
    /// The package that brings it.
    package: &'static str,
    /// A file that is there when it is installed.
    file: &'static str,
    /// Whether root alone can start it.
    as_root: bool,
}

/// The database server.
pub(crate) const POSTGRES: Peer = Peer { package: "postgresql-15", file: "/usr/lib/postgresql/15/bin/postgres", as_root: false };

/// A mail server.
pub(crate) const POSTFIX: Peer = Peer { package: "postfix", file: "/usr/lib/postfix/sbin/master", as_root: true };

impl Peer {
    /// Whether the peer is installed and can be started. If not, says that `test` did not run.
    ///
    /// # Panics
    /// When it cannot and `STRICT=1`.
    pub(crate) fn is_here_for(&self, test: &str) -> bool {
        let wants = if !Path::new(self.file).exists() {
            self.package.to_owned()
        } else if self.as_root && !we_are_root() {
            format!("root for {}", self.package)
        } else {
            return true;
        };
        let test = test.trim_start_matches("it::");
        let line = format!("not run: {test} (wants {wants})");
        assert!(!strict(), "{line}");
        // Past the test runner, which keeps what a passing test prints to itself.
        writeln!(std::io::stderr(), "{line}").ok();
        false
    }
}

/// Whether this process may do everything.
pub(super) fn we_are_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Whether a missing peer is a failure.
#[expect(clippy::disallowed_methods, reason = "the tests' one look at the environment")]
fn strict() -> bool {
    std::env::var("STRICT").is_ok_and(|strict| strict == "1")
}
