//! What the READMEs tell people to type works: the blocks marked `sh run` are typed here, in order, into one shell for each.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::scratch;

/// Everything in one README together: a demonstration with `--once` takes some seconds.
const READ_WITHIN: Duration = Duration::from_mins(3);

/// The blocks marked `sh run` and the lines on which they begin, counted from 1.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(mark) = line.trim().strip_prefix("```") else { continue };
        // Other blocks are passed over too, or their end would look like a beginning.
        let block: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```").collect();
        if mark.split_whitespace().eq(["sh", "run"]) {
            found.push((at + 2, block.join("\n")));
        }
    }
    found
}

#[test]
fn blocks_are_found_by_their_mark() {
    let text = "a\n```sh run\nb\nc\n```\n```sh\nd\n```\n```sh run\ne\n```\n";
    assert_eq!(blocks(text), [(3, "b\nc".to_owned()), (10, "e".to_owned())]);
}

#[test]
fn what_the_readme_says_works() {
    // One after the other: both speak of the same port.
    for name in ["README.md", "README.zh-CN.md"] {
        type_in(name);
    }
}

fn type_in(name: &str) {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let blocks = blocks(&fs::read_to_string(readme).unwrap_or_else(|_| panic!("there is a {name}")));
    assert!(!blocks.is_empty(), "{name} has no block marked `sh run`");

    let home = scratch::folder();
    let (desk, bin, log) = (home.path().join("desk"), home.path().join("bin"), home.path().join("log"));
    fs::create_dir(&desk).unwrap();
    fs::create_dir(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_postrider"), bin.join("postrider")).unwrap();
    let mut script = format!("PATH='{}':\"$PATH\"; HOME=\"$PWD\"; export PATH HOME\n", bin.display());
    for (line, block) in &blocks {
        writeln!(script, "echo '== {name}:{line}'\n{block}").unwrap();
    }
    let words = File::create(&log).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", &script]).current_dir(&desk).process_group(0);
    shell.stdin(Stdio::null()).stdout(words.try_clone().unwrap()).stderr(words);
    let mut shell = shell.spawn().unwrap();
    let began = Instant::now();
    let status = loop {
        match shell.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if began.elapsed() > READ_WITHIN => break None,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    // What a block left in the background shares the shell's group.
    let end = format!("kill -s KILL -- -{}", shell.id());
    Command::new("sh").args(["-c", &end]).stderr(Stdio::null()).status().unwrap();
    let said = fs::read_to_string(&log).unwrap();
    match status {
        None => panic!("{name} did not end within {READ_WITHIN:?}:\n{said}"),
        Some(status) => assert!(status.success(), "{name}, {status}:\n{said}"),
    }
}
