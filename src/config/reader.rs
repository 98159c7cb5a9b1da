//! Takes one table apart: every key is asked for once, by name, with its default; what nobody asked for is unknown.
//!
//! So the known keys are those that the structs read, and there is no second list of them. A key that is wrong is noted and its default
//! stands in, so that one pass finds everything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::fault::{Fault, Origin, Problem, nearest};
use super::setting::{Setting, quoted};
use super::tree::{Branch, Entry, Node, Raw};

/// What is learnt while reading.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// What stops the start.
    pub(super) problems: Vec<Problem>,
    /// What an operator should know.
    pub(super) warnings: Vec<Problem>,
    /// Every key in force, in the order of the structs.
    pub(super) shown: Vec<Shown>,
    /// Where each key and table was written, by its path (`source.0.url`).
    pub(super) origins: BTreeMap<String, Origin>,
    /// What relative paths are relative to.
    pub(super) base: PathBuf,
    /// `$CREDENTIALS_DIRECTORY`, where the service manager gives one.
    pub(super) credentials: Option<PathBuf>,
}

/// A line of the configuration in force.
#[derive(Clone)]
pub(super) enum Shown {
    /// A table begins.
    Table {
        /// With its brackets.
        heading: String,
        /// Where.
        origin: Origin,
    },
    /// A key.
    Key {
        /// Its name within its table.
        key: &'static str,
        /// As TOML, secrets masked; `None` where it is not set.
        value: Option<String>,
        /// Who said so.
        origin: Origin,
    },
}

impl std::fmt::Debug for Shown {
    /// Without the value: it may be a person's address, and whoever prints a configuration sees the values elsewhere.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table { heading, origin } => write!(f, "{heading} from {origin}"),
            Self::Key { key, origin, .. } => write!(f, "{key} from {origin}"),
        }
    }
}

/// Something read from one table of an array, with the table's path.
#[derive(Debug)]
pub(super) struct Placed<T> {
    /// Such as `source.0`.
    pub(super) place: String,
    /// What was read.
    pub(super) it: T,
}

impl Notes {
    /// Notes that what was written at `path` is wrong.
    pub(super) fn complain(&mut self, path: &str, why: impl Into<String>) {
        let problem = Problem { origin: self.origin(path), fault: Fault::Value { key: path.to_owned(), why: why.into() } };
        self.problems.push(problem);
    }

    /// Notes something that an operator should know.
    pub(super) fn advise(&mut self, path: &str, what: impl Into<String>) {
        let origin = self.origin(path);
        self.warnings.push(Problem { origin, fault: Fault::Advice(what.into()) });
    }

    /// Where a key was written; for one that was not, its table.
    fn origin(&self, path: &str) -> Origin {
        let table = path.rsplit_once('.').map_or("", |(table, _)| table);
        let written = |path: &str| self.origins.get(path).filter(|origin| **origin != Origin::Default);
        written(path).or_else(|| written(table)).cloned().unwrap_or(Origin::Default)
    }

    /// A path as it is meant: relative ones lie below the folder of the configuration.
    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }
}

/// A heading names the kind: the number of a table within it belongs to the path alone.
fn without_numbers(path: &str) -> String {
    path.split('.').filter(|part| part.parse::<usize>().is_err()).collect::<Vec<_>>().join(".")
}

/// One table being read.
#[derive(Debug)]
pub(super) struct Reader<'n> {
    /// As a person names it: `[site]`.
    heading: String,
    /// Its path: `site`, `source.0`.
    place: String,
    branch: Branch,
    known: Vec<&'static str>,
    pub(super) notes: &'n mut Notes,
}

impl<'n> Reader<'n> {
    /// Reads the whole configuration.
    pub(super) fn whole<T>(branch: Branch, notes: &'n mut Notes, read: impl FnOnce(&mut Reader<'_>) -> T) -> T {
        let mut reader = Reader { heading: "the file".to_owned(), place: String::new(), branch, known: Vec::new(), notes };
        let it = read(&mut reader);
        reader.finish();
        it
    }

    /// This table's path, such as `source.0`.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// A key's whole path.
    pub(super) fn path(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }

    /// Reads a table of this one; one that was not written is empty.
    pub(super) fn table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Reader<'_>) -> T) -> T {
        let branch = match self.take(key) {
            Some(Entry { node: Node::Branch(branch), .. }) => branch,
            None => Branch::empty(Origin::Default),
            Some(Entry { origin, .. }) => {
                let path = self.path(key);
                self.notes.origins.insert(path.clone(), origin);
                self.notes.complain(&path, format!("is one table, written [{path}]"));
                Branch::empty(Origin::Default)
            }
        };
        let place = self.path(key);
        self.descend(format!("[{}]", without_numbers(&place)), place, branch, read)
    }

    /// Reads an array of tables; those that cannot be read are noted and left out.
    pub(super) fn tables<T>(&mut self, key: &'static str, mut read: impl FnMut(&mut Reader<'_>) -> Option<T>) -> Vec<Placed<T>> {
        let path = self.path(key);
        let branches = match self.take(key) {
            Some(Entry { node: Node::Branches(branches), .. }) => branches,
            Some(Entry { node: Node::Value(Raw::List(list)), origin }) if list.is_empty() => {
                self.notes.origins.insert(path.clone(), origin);
                Vec::new()
            }
            None => Vec::new(),
            Some(Entry { origin, .. }) => {
                self.notes.origins.insert(path.clone(), origin);
                self.notes.complain(&path, format!("is written [[{path}]], once for each"));
                Vec::new()
            }
        };
        let kind = without_numbers(&path);
        let mut all = Vec::new();
        for (at, branch) in branches.into_iter().enumerate() {
            let place = format!("{path}.{at}");
            if let Some(it) = self.descend(format!("[[{kind}]]"), place.clone(), branch, &mut read) {
                all.push(Placed { place, it });
            }
        }
        all
    }

    fn descend<T>(&mut self, heading: String, place: String, branch: Branch, read: impl FnOnce(&mut Reader<'_>) -> T) -> T {
        self.notes.origins.insert(place.clone(), branch.origin.clone());
        self.notes.shown.push(Shown::Table { heading: heading.clone(), origin: branch.origin.clone() });
        let mut reader = Reader { heading, place, branch, known: Vec::new(), notes: &mut *self.notes };
        let it = read(&mut reader);
        reader.finish();
        it
    }

    /// Whether a key was written here and has not been read.
    pub(super) fn has(&self, key: &str) -> bool {
        self.branch.entries.contains_key(key)
    }

    /// A key that has a default.
    pub(super) fn value<T: Setting>(&mut self, key: &'static str, default: T) -> T {
        let (value, origin) = self.written(key);
        let value = value.unwrap_or(default);
        self.show(key, Some(value.show()), origin);
        value
    }

    /// A whole number from 1 up that has a default.
    pub(super) fn count(&mut self, key: &'static str, default: u32) -> u32 {
        let count = self.value(key, default);
        if count == 0 {
            self.complain(key, "is 0, wanted at least 1");
        }
        count.max(1)
    }

    /// A key that may be missing.
    pub(super) fn optional<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        let (value, origin) = self.written(key);
        self.show(key, value.as_ref().map(T::show), origin);
        value
    }

    /// A key that must be there; `example` is a line that would do.
    pub(super) fn required<T: Setting>(&mut self, key: &'static str, example: &str) -> Option<T> {
        if !self.has(key) {
            self.missing(key, example);
        }
        self.optional(key)
    }

    /// Notes that a key must be there.
    pub(super) fn missing(&mut self, key: &'static str, example: &str) {
        let fault = Fault::Missing { table: self.heading.clone(), key, example: example.to_owned() };
        self.notes.problems.push(Problem { origin: self.branch.origin.clone(), fault });
    }

    /// A path, relative to the configuration's folder; shown as it is meant.
    pub(super) fn path_to(&mut self, key: &'static str, default: Option<PathBuf>) -> Option<PathBuf> {
        let (path, origin) = self.written::<PathBuf>(key);
        let path = path.map(|path| self.notes.resolve(&path)).or(default);
        self.show(key, path.as_ref().map(PathBuf::show), origin);
        path
    }

    /// Notes that a key of this table is wrong.
    pub(super) fn complain(&mut self, key: &str, why: impl Into<String>) {
        let path = self.path(key);
        self.notes.complain(&path, why);
    }

    /// Notes that a text which people read is blank.
    pub(super) fn refuse_blank(&mut self, key: &str, text: &str) {
        if text.trim().is_empty() {
            self.complain(key, "is empty");
        }
    }

    /// Takes a key's value and its origin; one that cannot be read is noted and counts as missing.
    pub(super) fn written<T: Setting>(&mut self, key: &'static str) -> (Option<T>, Origin) {
        let Some(entry) = self.take(key) else { return (None, Origin::Default) };
        self.notes.origins.insert(self.path(key), entry.origin.clone());
        let read = match &entry.node {
            Node::Value(raw) => T::read(raw),
            Node::Branch(_) | Node::Branches(_) => T::read(&Raw::Odd("a table")),
        };
        match read {
            Ok(value) => (Some(value), entry.origin),
            Err(why) => {
                self.complain(key, why);
                (None, Origin::Default)
            }
        }
    }

    /// Notes a key that is in force.
    pub(super) fn show(&mut self, key: &'static str, value: Option<String>, origin: Origin) {
        self.notes.shown.push(Shown::Key { key, value, origin });
    }

    /// Lets a person see more of a secret that was just shown than its mask.
    pub(super) fn reveal(&mut self, key: &str, text: &str) {
        let line = self.notes.shown.iter_mut().rev().find(|line| matches!(line, Shown::Key { key: shown, .. } if *shown == key));
        if let Some(Shown::Key { value, .. }) = line {
            *value = Some(quoted(text));
        }
    }

    /// One table of an array that stands in where none was written.
    pub(super) fn suppose(&mut self, array: &str, key: &str, word: &str) {
        let mut branch = Branch::empty(Origin::Default);
        let node = Node::Value(Raw::Word(word.to_owned()));
        branch.entries.insert(key.to_owned(), Entry { origin: Origin::Default, node });
        let node = Node::Branches(vec![branch]);
        self.branch.entries.entry(array.to_owned()).or_insert(Entry { origin: Origin::Default, node });
    }

    fn take(&mut self, key: &'static str) -> Option<Entry> {
        self.known.push(key);
        self.branch.entries.remove(key)
    }

    fn finish(self) {
        for (key, entry) in self.branch.entries {
            let nearest = nearest(&key, self.known.iter().copied());
            let fault = Fault::UnknownKey { key, table: self.heading.clone(), nearest };
            self.notes.problems.push(Problem { origin: entry.origin, fault });
        }
    }
}
