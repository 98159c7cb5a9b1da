//! The house keeps its shape: who uses whom, where SQL and the network are, how big a file and a function may grow.

mod tokens;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tokens::{Source, sources};

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
fn the_table_is_the_one_that_people_read() {
    let text = include_str!("../../ARCHITECTURE.md");
    let (_, after) = text.split_once("## Who may use whom").expect("the chapter is there");
    let block = after.split("```").nth(1).and_then(|block| block.strip_prefix("text")).expect("the table is fenced as text");
    // Each entry is `rooms : rooms`; several share a line, and columns are padded.
    let mut read: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in block.lines() {
        let mut entries: Vec<(&str, &str)> = Vec::new();
        for cell in line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()) {
            match (cell.split_once(':'), entries.last_mut()) {
                (Some(("", used)), Some(last)) => last.1 = used,
                (Some((rooms, used)), _) => entries.push((rooms, used)),
                (None, _) => entries.push((cell, "")),
            }
        }
        for (rooms, used) in entries.into_iter().filter(|(rooms, _)| !rooms.starts_with("app")) {
            read.extend(rooms.split_whitespace().map(|room| (room, used.split_whitespace().filter(|used| *used != "–").collect())));
        }
    }
    let held = MAY_USE.iter().map(|(room, used)| (*room, used.split_whitespace().collect::<Vec<_>>())).collect();
    assert_eq!(read, held);
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
