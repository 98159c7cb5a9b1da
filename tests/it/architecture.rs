//! The house keeps its shape: who uses whom, where SQL and the network are, how big a file and a function may grow.
//!
//! What is read is Rust's own tokens, so comments and strings deceive nobody and the inside of a macro counts. Tests inside `src`
//! may use what they like.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Who may use whom, as ARCHITECTURE.md has it.
const MAY_USE: &[(&str, &str)] = &[
    ("model", ""),
    ("lifecycle", ""),
    ("telemetry", ""),
    ("clock", "model"),
    ("phrases", "model"),
    ("keys", "model clock"),
    ("config", "model"),
    ("urls", "model keys"),
    ("outbound", "model config"),
    ("store", "model lifecycle"),
    ("source", "model clock config outbound"),
    ("ingest", "model clock config lifecycle outbound store source"),
    ("audience", "model clock config keys store"),
    ("feeds", "model phrases urls"),
    ("share", "model phrases urls"),
    ("pages", "model phrases urls share"),
    ("mail", "model phrases urls share"),
    ("shelf", "model config lifecycle store feeds"),
    ("publish", "model clock config lifecycle store mail"),
    ("deliver", "model clock config lifecycle keys urls phrases outbound store shelf share mail"),
    ("access", "model clock keys store"),
    ("doctor", "model clock config keys phrases urls outbound store source mail deliver"),
    (
        "web",
        "model clock config lifecycle telemetry keys urls phrases store source ingest audience publish shelf feeds share pages mail access doctor",
    ),
    ("demo", "model clock lifecycle phrases"),
];
/// Rooms that use what they need, from the outermost in: each may use every room that stands in the table and those behind it here.
const EDGE: &[&str] = &["main", "cli", "app"];

/// A file has one promise; past this it has two.
const LONGEST_FILE: usize = 500;
/// A function is read at one sight.
const LONGEST_FUNCTION: usize = 70;
/// Places where the store says something else to one database than to the other: opening, committing, rolling back, watching, and the
/// table function that only SQLite has built in. A new one needs a reason as good as theirs.
const DIALECT_HOLES: usize = 8;

/// One token, as the checks need it.
struct Token {
    text: String,
    line: usize,
    /// A string's content may hold SQL; a name's may not.
    is_literal: bool,
}

/// A file of the crate, outside its tests.
struct Source {
    /// Below `src`.
    path: PathBuf,
    room: String,
    /// How many `super` lead to the crate's root.
    depth: usize,
    lines: usize,
    tokens: Vec<Token>,
    /// Name, first line, how many lines.
    functions: Vec<(String, usize, usize)>,
    /// Modules of its own that are tests: without an ending, below `src`.
    tests: Vec<PathBuf>,
}

impl Source {
    fn read(src: &Path, file: &Path) -> Self {
        Self::of(file.strip_prefix(src).unwrap(), &std::fs::read_to_string(file).unwrap())
    }

    fn of(path: &Path, text: &str) -> Self {
        let tree: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let path = path.to_owned();
        let parts: Vec<&str> = path.iter().filter_map(std::ffi::OsStr::to_str).collect();
        let room = parts[0].trim_end_matches(".rs").to_owned();
        let depth = parts.len() - usize::from(parts.len() > 1 && parts.last() == Some(&"mod.rs"));
        let mut source =
            Self { path, room, depth, lines: text.lines().count(), tokens: Vec::new(), functions: Vec::new(), tests: Vec::new() };
        // `#![cfg(test)]` at its top says it of the whole file.
        if tree.clone().into_iter().take_while(|tree| !matches!(tree, TokenTree::Ident(_))).any(|tree| is_cfg_test(&tree)) {
            source.tests.push(source.path.with_extension(""));
        }
        source.walk(tree);
        source
    }

    fn walk(&mut self, tree: TokenStream) {
        let mut trees = tree.into_iter().peekable();
        // A function's name until its body comes.
        let mut function: Option<(String, usize)> = None;
        while let Some(tree) = trees.next() {
            let line = tree.span().start().line;
            match tree {
                TokenTree::Punct(mark) if mark.as_char() == '#' && trees.next_if(is_cfg_test).is_some() => {
                    self.skip_item(&mut trees);
                }
                TokenTree::Group(group) => {
                    if group.delimiter() == Delimiter::Brace
                        && let Some((name, first)) = function.take()
                    {
                        self.functions.push((name, first, group.span_close().end().line + 1 - first));
                    }
                    self.walk_group(&group);
                }
                TokenTree::Ident(word) => {
                    let text = word.to_string();
                    if text == "fn"
                        && let Some(TokenTree::Ident(name)) = trees.peek()
                    {
                        function = Some((name.to_string(), line));
                    }
                    self.push(text, line, false);
                }
                TokenTree::Punct(mark) => {
                    if mark.as_char() == ';' {
                        function = None;
                    }
                    let joined = mark.as_char() == ':' && mark.spacing() == Spacing::Joint;
                    if joined && matches!(trees.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':') {
                        trees.next();
                        self.push("::".to_owned(), line, false);
                    } else {
                        self.push(mark.to_string(), line, false);
                    }
                }
                TokenTree::Literal(literal) => self.push(literal.to_string(), line, true),
            }
        }
    }

    /// Passes over a test's item: up to its body, or to its semicolon where it has none. A module without a body is a file.
    fn skip_item(&mut self, trees: &mut impl Iterator<Item = TokenTree>) {
        let mut words = Vec::new();
        for tree in trees {
            match tree {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
                TokenTree::Punct(mark) if mark.as_char() == ';' => break,
                TokenTree::Ident(word) => words.push(word.to_string()),
                _ => {}
            }
        }
        if let Some(at) = words.iter().position(|word| word == "mod") {
            let is_root = ["mod.rs", "lib.rs", "main.rs"].iter().any(|root| self.path.ends_with(root));
            let folder = if is_root { self.path.parent().unwrap().to_owned() } else { self.path.with_extension("") };
            self.tests.push(folder.join(&words[at + 1]));
        }
    }

    fn walk_group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Brace => ("{", "}"),
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        self.push(open.to_owned(), group.span_open().start().line, false);
        self.walk(group.stream());
        self.push(close.to_owned(), group.span_close().start().line, false);
    }

    fn push(&mut self, text: String, line: usize, is_literal: bool) {
        self.tokens.push(Token { text, line, is_literal });
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    /// Every room that the file names, and where.
    fn uses(&self) -> Vec<(&str, usize)> {
        let mut found = Vec::new();
        let mut supers = 0;
        for at in 0..self.tokens.len() {
            let is_root = match self.text(at) {
                "crate" | "postrider" => true,
                "super" => {
                    supers = if at >= 2 && self.text(at - 1) == "::" && self.text(at - 2) == "super" { supers + 1 } else { 1 };
                    supers == self.depth
                }
                _ => false,
            };
            if is_root && self.text(at + 1) == "::" {
                self.rooms_at(at + 2, &mut found);
            }
        }
        found
    }

    /// The room at a place in a path, or the rooms of the braces there.
    fn rooms_at<'a>(&'a self, at: usize, found: &mut Vec<(&'a str, usize)>) {
        if self.text(at) != "{" {
            return found.extend(self.tokens.get(at).map(|token| (token.text.as_str(), token.line)));
        }
        let mut open = 0;
        for at in at..self.tokens.len() {
            match self.text(at) {
                "{" => open += 1,
                "}" => open -= 1,
                _ if open == 1 && matches!(self.text(at - 1), "{" | ",") => found.push((self.text(at), self.tokens[at].line)),
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }

    /// The first lines on which a path such as `TcpStream::connect` stands.
    fn lines_with(&self, path: &[&str]) -> Vec<usize> {
        let matches = |at: usize| path.iter().enumerate().all(|(n, part)| self.text(at + n) == *part && !self.tokens[at + n].is_literal);
        (0..self.tokens.len()).filter(|at| matches(*at)).map(|at| self.tokens[at].line).collect()
    }

    fn at(&self, line: usize) -> String {
        format!("src/{}:{line}", self.path.display())
    }
}

fn is_cfg_test(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// Every file of the crate that is no test, in order.
fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![src.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    let mut sources: Vec<Source> = found.iter().map(|file| Source::read(&src, file)).collect();
    let tests: Vec<PathBuf> = sources.iter().flat_map(|source| source.tests.clone()).collect();
    sources.retain(|source| !tests.iter().any(|test| source.path.starts_with(test) || source.path.with_extension("") == *test));
    sources
}

/// Fails with every finding at once.
fn none(promise: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{promise}:\n  {}", findings.join("\n  "));
}

fn may_use(room: &str, other: &str) -> bool {
    let inner = |other| MAY_USE.iter().any(|(room, _)| *room == other);
    match EDGE.iter().position(|edge| *edge == room) {
        Some(place) => inner(other) || EDGE[place + 1..].contains(&other),
        None => MAY_USE.iter().any(|(user, used)| *user == room && used.split(' ').any(|used| used == other)),
    }
}

#[test]
fn the_scan_sees_every_way_to_name_a_room_and_nothing_else() {
    let text = r#"
        //! [`crate::comment`]
        use crate::one::Thing;
        use crate::{two, three::{four, Five}, super_six as six};
        macro_rules! m { () => { $crate::seven::f() } }
        fn f(x: &crate::eight::X) { g!(a, crate::nine::b); let s = "crate::string"; super::super::ten::h(); super::sibling::i(); }
        #[cfg(test)]
        mod tests { use crate::tested; }
        #[cfg(test)]
        mod fixture;
    "#;
    let source = Source::of(Path::new("room/file.rs"), text);
    let rooms: Vec<&str> = source.uses().into_iter().map(|(room, _)| room).collect();
    assert_eq!(rooms, ["one", "two", "three", "super_six", "seven", "eight", "nine", "ten"]);
    assert_eq!((source.room.as_str(), source.tests), ("room", vec![PathBuf::from("room/file/fixture")]));
    assert_eq!(source.functions, [("f".to_owned(), 6, 1)]);
    assert!(Source::of(Path::new("room/mod.rs"), "use super::one::f;").uses() == [("one", 1)], "super of a room's own file is the root");
    assert!(is_sql("\"select a from b\"") && !is_sql("\"select a section\""));
    assert!(may_use("app", "web") && may_use("cli", "app") && !may_use("app", "cli") && !may_use("web", "deliver"));
}

#[test]
fn rooms_use_only_the_rooms_that_the_table_allows() {
    let mut findings = Vec::new();
    for source in sources().iter().filter(|source| source.room != "lib") {
        for (other, line) in source.uses() {
            if other != source.room && !may_use(&source.room, other) {
                findings.push(format!("{}: `{}` uses `{other}`", source.at(line), source.room));
            }
        }
    }
    none("ARCHITECTURE.md, Who may use whom", &findings);
}

#[test]
fn every_room_stands_in_the_table_and_no_circle_does() {
    let known: Vec<&str> = MAY_USE.iter().map(|(room, _)| *room).chain(EDGE.iter().copied()).chain(["lib"]).collect();
    let unknown: Vec<String> =
        sources().iter().filter(|source| !known.contains(&source.room.as_str())).map(|source| source.at(1)).collect();
    none("rooms that the table does not have", &unknown);
    // What is left when those that use nobody else are taken away, again and again, goes round in a circle.
    let mut left: BTreeMap<&str, Vec<&str>> =
        MAY_USE.iter().map(|(room, used)| (*room, used.split(' ').filter(|used| !used.is_empty()).collect())).collect();
    while let Some(free) = left.iter().find(|(_, used)| !used.iter().any(|used| left.contains_key(used))).map(|(room, _)| *room) {
        left.remove(free);
    }
    assert!(left.is_empty(), "the table goes round in a circle: {:?}", left.keys());
}

#[test]
fn sql_is_spoken_in_the_store_alone() {
    let mut findings = Vec::new();
    for source in sources().iter().filter(|source| source.room != "store") {
        findings.extend(source.lines_with(&["sqlx"]).into_iter().map(|line| format!("{}: sqlx", source.at(line))));
        for token in source.tokens.iter().filter(|token| token.is_literal && is_sql(&token.text)) {
            findings.push(format!("{}: {}", source.at(token.line), token.text));
        }
    }
    none("SQL outside the store", &findings);
}

fn is_sql(literal: &str) -> bool {
    let text = literal.trim_start_matches(['r', '#', '"', ' ', '\\', '\n']).to_lowercase();
    let shapes =
        [("select ", " from "), ("insert into ", "("), ("update ", " set "), ("delete from ", ""), ("create table ", "("), ("pragma ", "")];
    shapes.iter().any(|(begin, within)| text.starts_with(begin) && text.contains(within))
}

#[test]
fn the_network_is_dialled_in_outbound_and_mail_in_deliver_alone() {
    let homes: &[(&[&str], &str)] = &[
        (&["reqwest"], "outbound"),
        (&["TcpStream", "::", "connect"], "outbound"),
        (&["TcpSocket"], "outbound"),
        (&["lettre", "::", "transport"], "deliver"),
        (&["AsyncSmtpTransport"], "deliver"),
        (&["SmtpTransport"], "deliver"),
    ];
    let mut findings = Vec::new();
    for source in &sources() {
        for (path, home) in homes.iter().filter(|(_, home)| source.room != *home) {
            let lines = source.lines_with(path).into_iter();
            findings.extend(lines.map(|line| format!("{}: `{}` belongs to {home}", source.at(line), path.concat())));
        }
    }
    none("who dials", &findings);
}

#[test]
fn the_databases_differ_in_few_places() {
    // These three files are what a dialect is; everything else has one text for both.
    let homes = ["store/db.rs", "store/dialect.rs", "store/migrate.rs"].map(Path::new);
    let mut holes = Vec::new();
    for source in sources().iter().filter(|source| source.room == "store" && !homes.contains(&source.path.as_path())) {
        // Wherever the two part, one of the two ways is PostgreSQL's.
        for part in ["Db", "DbTx", "Dialect"] {
            holes.extend(source.lines_with(&[part, "::", "Postgres"]).into_iter().map(|line| source.at(line)));
        }
    }
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    for entry in std::fs::read_dir(migrations).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.contains(".sqlite.") || name.contains(".postgres.") {
            holes.push(format!("src/store/migrations/{name}"));
        }
    }
    assert!(!holes.is_empty(), "the count itself is broken: the two databases are opened differently");
    assert!(holes.len() <= DIALECT_HOLES, "more than {DIALECT_HOLES} places where the databases differ:\n  {}", holes.join("\n  "));
}

#[test]
fn files_and_functions_stay_small() {
    let mut findings = String::new();
    for source in &sources() {
        if source.lines > LONGEST_FILE {
            write!(findings, "\n  src/{}: {} lines", source.path.display(), source.lines).unwrap();
        }
        for (name, first, lines) in source.functions.iter().filter(|(_, _, lines)| *lines > LONGEST_FUNCTION) {
            write!(findings, "\n  {}: `{name}` has {lines} lines", source.at(*first)).unwrap();
        }
    }
    assert!(findings.is_empty(), "files of at most {LONGEST_FILE} lines, functions of at most {LONGEST_FUNCTION}:{findings}");
}
