//! The crate's files as the checks of its shape see them.
//!
//! What is read is Rust's own tokens, so comments and strings deceive nobody and the inside of a macro counts. Tests inside `src`
//! may use what they like, and are left out.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// One token, as the checks need it.
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
    /// A string's content may hold SQL; a name's may not.
    pub(super) is_literal: bool,
}

/// A file of the crate, outside its tests.
pub(super) struct Source {
    /// Below `src`.
    pub(super) path: PathBuf,
    pub(super) room: String,
    /// How many `super` lead to the crate's root.
    depth: usize,
    pub(super) lines: usize,
    pub(super) tokens: Vec<Token>,
    /// Name, first line, how many lines.
    pub(super) functions: Vec<(String, usize, usize)>,
    /// Modules of its own that are tests: without an ending, below `src`.
    pub(super) tests: Vec<PathBuf>,
}

impl Source {
    fn read(src: &Path, file: &Path) -> Self {
        Self::of(file.strip_prefix(src).unwrap(), &std::fs::read_to_string(file).unwrap())
    }

    pub(super) fn of(path: &Path, text: &str) -> Self {
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
    pub(super) fn uses(&self) -> Vec<(&str, usize)> {
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
    pub(super) fn lines_with(&self, path: &[&str]) -> Vec<usize> {
        let matches = |at: usize| path.iter().enumerate().all(|(n, part)| self.text(at + n) == *part && !self.tokens[at + n].is_literal);
        (0..self.tokens.len()).filter(|at| matches(*at)).map(|at| self.tokens[at].line).collect()
    }

    pub(super) fn at(&self, line: usize) -> String {
        format!("src/{}:{line}", self.path.display())
    }
}

fn is_cfg_test(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// Every file of the crate that is no test, in order.
pub(super) fn sources() -> Vec<Source> {
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
