//! What was written, with the place of every value, before anything is understood; and how layers of it lie over each other.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Origin, Problem};

/// A table.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    /// Where it begins.
    pub(super) origin: Origin,
    /// Its keys.
    pub(super) entries: BTreeMap<String, Entry>,
}

/// A key of a table, and what it holds.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Where the key stands.
    pub(super) origin: Origin,
    /// What it holds.
    pub(super) node: Node,
}

/// What a key holds.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// A value.
    Value(Raw),
    /// A table.
    Branch(Branch),
    /// An array of tables.
    Branches(Vec<Branch>),
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw {
    /// A TOML string.
    Text(String),
    /// From the environment or a flag, where everything is text: it is read as whatever is wanted.
    Word(String),
    /// A TOML integer.
    Integer(i64),
    /// A TOML float.
    Float(f64),
    /// A TOML boolean.
    Boolean(bool),
    /// A TOML array.
    List(Vec<Raw>),
    /// Something that no setting takes: a date, a table within an array of values, a number out of range.
    Odd(&'static str),
}

impl Branch {
    /// An empty table.
    pub(super) const fn empty(origin: Origin) -> Self {
        Self { origin, entries: BTreeMap::new() }
    }

    /// Reads TOML; what is no TOML is reported with its line, and the rest is kept.
    pub(super) fn parse(path: &Arc<PathBuf>, text: &str, problems: &mut Vec<Problem>) -> Self {
        let lines = Lines::of(path, text);
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let origin = lines.at(error.span().map_or(0, |span| span.start));
            problems.push(Problem { origin, fault: Fault::Syntax(error.message().trim().replace('\n', ", ")) });
        }
        lines.branch(root.span().start, root.into_inner())
    }

    /// Lays `over` on this: its values win, tables are joined, arrays of tables are appended.
    pub(super) fn lay(&mut self, over: Self) {
        for (key, entry) in over.entries {
            match (self.entries.get_mut(&key).map(|here| &mut here.node), entry.node) {
                (Some(Node::Branch(below)), Node::Branch(above)) => below.lay(above),
                (Some(Node::Branches(below)), Node::Branches(above)) => below.extend(above),
                (_, node) => {
                    self.entries.insert(key, Entry { origin: entry.origin, node });
                }
            }
        }
    }

    /// Puts one value at a path such as `site.title` or `mail.server.0.url`; a number names a table of an array, from 0, and the
    /// number after the last makes a new one.
    pub(super) fn put(&mut self, path: &[String], word: &str, origin: &Origin) -> Result<(), String> {
        let [key, rest @ ..] = path else { return Err("names no key".to_owned()) };
        if key.is_empty() {
            return Err("has an empty part in its key".to_owned());
        }
        if rest.is_empty() {
            let node = Node::Value(Raw::Word(word.to_owned()));
            self.entries.insert(key.clone(), Entry { origin: origin.clone(), node });
            return Ok(());
        }
        let number = rest[0].parse::<usize>().ok();
        let fresh = || match number {
            Some(_) => Node::Branches(Vec::new()),
            None => Node::Branch(Self::empty(origin.clone())),
        };
        let entry = self.entries.entry(key.clone()).or_insert_with(|| Entry { origin: origin.clone(), node: fresh() });
        match (&mut entry.node, number) {
            (Node::Branch(branch), None) => branch.put(rest, word, origin),
            (Node::Branches(branches), Some(at)) if at <= branches.len() => {
                if at == branches.len() {
                    branches.push(Self::empty(origin.clone()));
                }
                branches[at].put(&rest[1..], word, origin)
            }
            (Node::Branches(branches), Some(_)) => Err(format!("there are {} of [[{key}]], counted from 0", branches.len())),
            (Node::Branches(_), None) => Err(format!("say which of [[{key}]] by its number, from 0")),
            (Node::Branch(_), Some(_)) => Err(format!("\"{key}\" is one table, so no number follows it")),
            (Node::Value(_), _) => Err(format!("\"{key}\" holds a value, so nothing lies below it")),
        }
    }
}

/// Finds the line of a place in a text.
struct Lines<'p> {
    path: &'p Arc<PathBuf>,
    /// Where each line begins (bytes).
    starts: Vec<usize>,
}

impl<'p> Lines<'p> {
    fn of(path: &'p Arc<PathBuf>, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path, starts }
    }

    fn at(&self, byte: usize) -> Origin {
        Origin::File { path: Arc::clone(self.path), line: self.starts.partition_point(|start| *start <= byte) }
    }

    fn branch(&self, start: usize, table: DeTable<'_>) -> Branch {
        let mut entries = BTreeMap::new();
        for (key, value) in table {
            let origin = self.at(key.span().start);
            let start = value.span().start;
            let node = self.node(start, value.into_inner());
            entries.insert(key.into_inner().into_owned(), Entry { origin, node });
        }
        Branch { origin: self.at(start), entries }
    }

    fn node(&self, start: usize, value: DeValue<'_>) -> Node {
        match value {
            DeValue::Table(table) => Node::Branch(self.branch(start, table)),
            DeValue::Array(array) if !array.is_empty() && array.iter().all(|one| one.get_ref().is_table()) => {
                let tables = array.into_iter().filter_map(|one| match (one.span().start, one.into_inner()) {
                    (start, DeValue::Table(table)) => Some(self.branch(start, table)),
                    _ => None,
                });
                Node::Branches(tables.collect())
            }
            value => Node::Value(raw(value)),
        }
    }
}

fn raw(value: DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.into_owned()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Raw::Odd("a number out of range"), Raw::Integer)
        }
        DeValue::Float(number) => number.as_str().parse().map_or(Raw::Odd("a number out of range"), Raw::Float),
        DeValue::Boolean(truth) => Raw::Boolean(truth),
        DeValue::Datetime(_) => Raw::Odd("a date"),
        DeValue::Array(array) => Raw::List(array.into_iter().map(|one| raw(one.into_inner())).collect()),
        DeValue::Table(_) => Raw::Odd("a table"),
    }
}

/// Reads what an environment variable or a flag says where a list is wanted: a TOML array, or words between commas.
pub(super) fn list_of_word(word: &str) -> Result<Vec<Raw>, String> {
    if !word.trim_start().starts_with('[') {
        let words = word.split(',').map(str::trim).filter(|part| !part.is_empty());
        return Ok(words.map(|part| Raw::Word(part.to_owned())).collect());
    }
    match DeValue::parse(word.trim()).map(|value| raw(value.into_inner())) {
        Ok(Raw::List(list)) => Ok(list),
        Ok(_) => Err("is no list".to_owned()),
        Err(error) => Err(format!("is no list: {}", error.message().trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Branch, Vec<Problem>) {
        let mut problems = Vec::new();
        let branch = Branch::parse(&Arc::new("a.toml".into()), text, &mut problems);
        (branch, problems)
    }

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn every_value_knows_its_line() {
        let (branch, problems) = parse("[site]\n\ntitle = \"a\"\n\n[[section]]\nslug = \"x\"\n");
        assert_eq!(problems, []);
        let Node::Branch(site) = &branch.entries["site"].node else { panic!("a table") };
        assert_eq!(site.entries["title"].origin.to_string(), "a.toml:3");
        let Node::Branches(sections) = &branch.entries["section"].node else { panic!("tables") };
        assert_eq!(sections[0].origin.to_string(), "a.toml:5");
    }

    #[test]
    fn what_is_no_toml_is_reported_with_its_line_and_the_rest_is_kept() {
        let (branch, problems) = parse("[site]\ntitle = \n[http]\nlisten = \"x\"\n");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().starts_with("a.toml:2: not TOML: "), "{}", problems[0]);
        assert!(branch.entries.contains_key("http"));
    }

    #[test]
    fn overrides_reach_into_arrays_and_say_where_they_cannot() {
        let (mut branch, _) = parse("[mail]\nfrom = \"a\"\n[[mail.server]]\nurl = \"x\"\n");
        let flag = Origin::Flag("k".into());
        assert_eq!(branch.put(&path("mail.server.0.url"), "y", &flag), Ok(()));
        assert_eq!(branch.put(&path("mail.server.1.url"), "z", &flag), Ok(()));
        for absurd in ["mail.server.5.url", "mail.server.url", "mail.from.x", "mail..x", "mail.server.0"] {
            assert!(branch.put(&path(absurd), "y", &flag).is_err(), "{absurd}");
        }
        let Node::Branch(mail) = &branch.entries["mail"].node else { panic!("a table") };
        let Node::Branches(servers) = &mail.entries["server"].node else { panic!("tables") };
        assert_eq!(servers.len(), 2);
        assert!(matches!(&servers[0].entries["url"].node, Node::Value(Raw::Word(word)) if word == "y"));
    }

    #[test]
    fn a_word_is_a_list_by_commas_or_as_toml() {
        assert_eq!(list_of_word("a, b,"), Ok(vec![Raw::Word("a".into()), Raw::Word("b".into())]));
        assert_eq!(list_of_word("[\"a, b\", 2]"), Ok(vec![Raw::Text("a, b".into()), Raw::Integer(2)]));
        assert!(list_of_word("[1").is_err());
    }
}
