//! Finds the layers of a configuration and lays them over each other: file, `conf.d`, environment, flags.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fault::{Fault, Origin, Problem};
use super::reader::Shown;
use super::tree::Branch;

/// What every variable of ours begins with.
const PREFIX: &str = "POSTRIDER_";
/// Names the file.
const FILE_VARIABLE: &str = "POSTRIDER_CONFIG";
/// Where the service manager keeps a unit's credentials (systemd.exec(5)).
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// Parts a table from its key in a variable's name.
const SEPARATOR: &str = "__";

/// The environment of this process; variables that are no Unicode are left out. The only place that reads it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
pub fn environment() -> Vec<(String, String)> {
    // `vars` would panic at a variable of somebody else's that is no Unicode.
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

/// The file that is read when none was named: `$POSTRIDER_CONFIG`, else `./postrider.toml`, else `/etc/postrider/postrider.toml`.
#[must_use]
pub fn find(environment: &[(String, String)]) -> Option<PathBuf> {
    let named = environment.iter().find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
    named
        .map(|(_, value)| PathBuf::from(value))
        .or_else(|| ["postrider.toml", "/etc/postrider/postrider.toml"].into_iter().map(PathBuf::from).find(|path| path.exists()))
}

/// Everything that was written, and what it is relative to.
pub(super) struct Layers {
    pub(super) tree: Branch,
    pub(super) base: PathBuf,
    pub(super) credentials: Option<PathBuf>,
    pub(super) problems: Vec<Problem>,
    /// Variables that begin like ours and set nothing.
    pub(super) strays: Vec<String>,
}

impl Layers {
    /// Reads all layers, the weakest first.
    pub(super) fn gather(path: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>, sets: &[String]) -> Self {
        let base = path.and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
        let mut layers = Self { tree: Branch::empty(Origin::Default), base, credentials: None, problems: Vec::new(), strays: Vec::new() };
        if let Some(path) = path {
            layers.file(path);
            layers.folder(&layers.base.join("conf.d"));
        }
        layers.environment(environment);
        for set in sets {
            layers.flag(set);
        }
        layers
    }

    fn file(&mut self, path: &Path) {
        let named = Arc::new(path.to_owned());
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
                let branch = Branch::parse(&named, text, &mut self.problems);
                self.tree.lay(branch);
            }
            Err(error) => self.unreadable(named, &error),
        }
    }

    /// The `*.toml` of a folder, by name; there need not be one.
    fn folder(&mut self, folder: &Path) {
        let listed = std::fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>());
        match listed {
            Ok(mut paths) => {
                paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
                paths.sort();
                for path in &paths {
                    self.file(path);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.unreadable(Arc::new(folder.to_owned()), &error),
        }
    }

    fn unreadable(&mut self, path: Arc<PathBuf>, error: &std::io::Error) {
        self.problems.push(Problem { origin: Origin::File { path, line: 0 }, fault: Fault::Unreadable(error.to_string()) });
    }

    /// `POSTRIDER_SITE__TITLE` is `title` in `[site]`; names without `__` are other people's.
    fn environment(&mut self, environment: impl IntoIterator<Item = (String, String)>) {
        // By name, so that `…SERVER__1…` follows `…SERVER__0…` whatever order the system gives.
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        self.credentials = environment.get(CREDENTIALS_VARIABLE).map(PathBuf::from);
        for (name, word) in environment {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|_| name != FILE_VARIABLE) else { continue };
            if !rest.contains(SEPARATOR) {
                self.strays.push(name);
                continue;
            }
            let path: Vec<String> = rest.split(SEPARATOR).map(str::to_ascii_lowercase).collect();
            self.put(&path, &word, Origin::Environment(name));
        }
    }

    /// `key=value`, the key as in `mail.server.0.url`.
    fn flag(&mut self, set: &str) {
        let Some((key, word)) = set.split_once('=') else {
            let origin = Origin::Flag(set.to_owned());
            self.problems
                .push(Problem { origin, fault: Fault::Override("wanted key=value, such as site.title=\"宜城新闻\"".to_owned()) });
            return;
        };
        let path: Vec<String> = key.trim().split('.').map(str::to_owned).collect();
        self.put(&path, word, Origin::Flag(key.trim().to_owned()));
    }

    /// Tells of variables that name a key but for a second `_`; container platforms set others that begin like ours.
    pub(super) fn advise(strays: &[String], shown: &[Shown]) -> Vec<Problem> {
        let mut table = "";
        let mut advice = Vec::new();
        for line in shown {
            match line {
                Shown::Table { heading, .. } => table = heading.trim_matches(['[', ']']),
                Shown::Key { key, .. } => {
                    let stray = format!("{PREFIX}{table}_{key}").to_ascii_uppercase();
                    if strays.contains(&stray) {
                        let meant = format!("{PREFIX}{table}{SEPARATOR}{key}").to_ascii_uppercase();
                        let fault = Fault::Advice(format!("sets nothing; did you mean {meant}?"));
                        advice.push(Problem { origin: Origin::Environment(stray), fault });
                    }
                }
            }
        }
        advice
    }

    fn put(&mut self, path: &[String], word: &str, origin: Origin) {
        if let Err(why) = self.tree.put(path, word, &origin) {
            self.problems.push(Problem { origin, fault: Fault::Override(why) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read() {
        assert!(environment().iter().any(|(name, value)| name == "PATH" && !value.is_empty()));
    }

    #[test]
    fn the_file_that_the_environment_names_comes_first() {
        let environment = [(FILE_VARIABLE.to_owned(), "/a/b.toml".to_owned())];
        assert_eq!(find(&environment).as_deref(), Some(Path::new("/a/b.toml")));
    }
}
