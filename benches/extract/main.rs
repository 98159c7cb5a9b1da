//! The claim: pages are read better than by the best known extractor, and several times as fast on one core.
//!
//! `SETS` names a folder of labelled sets, one folder each with a `truth.json`; the project's own pages are always scored. The peer is
//! trafilatura for Python on the same pages: five rounds each in turn, one page after another on one thread, medians of the rounds.
//! Only ratios mean something elsewhere.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on panics")]

mod labelled;
mod scoring;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use labelled::{Labelled, Set};
use mimalloc::MiMalloc;
use postrider::model::Millis;
use postrider::source::extract::{BatchLine, OwnedInput, extract_bounded};
use scoring::Score;
use url::Url;

/// The daemon's own.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How often each side reads every page.
const ROUNDS: usize = 5;

/// The peer's release that the bars speak of.
const PEER: &str = "2.3.1";

/// What a page may take before something is stuck.
const STUCK: Duration = Duration::from_mins(1);

/// The day on which fixtures are read, for 3 小时前.
const SEEN_AT: Millis = Millis(1_772_000_000_000);

/// No page may take longer (milliseconds).
const WORST: f64 = 500.0;

/// What a set must reach: `(what, at least)`; a set is known by its name.
const BARS: &[(&str, &[(&str, f64)])] = &[
    ("zh_gne", CHINESE),
    ("own pages, East", CHINESE),
    ("zh_legacy", &[("body", 0.99), ("title", 0.995), ("date", 0.995), ("minute", 0.995), ("authors", 0.97), ("editors", 0.97)]),
    ("fundus", WESTERN),
    ("own pages, West", WESTERN),
];

/// What Chinese news pages must reach.
const CHINESE: &[(&str, f64)] = &[
    ("body", 0.985),
    ("title", 0.95),
    ("date", 0.98),
    ("minute", 0.95),
    ("authors", 0.85),
    ("editors", 0.85),
    ("origin", 0.75),
    ("section", 0.75),
    ("speed", 6.0),
];

/// What the others must reach.
const WESTERN: &[(&str, f64)] = &[("body", 0.95), ("title", 0.81), ("date", 0.97), ("authors", 0.84), ("speed", 3.0)];

/// At most so many pages without authors may be given one.
const INVENTED: f64 = 0.05;

fn main() {
    let mut sets = Vec::from(labelled::own());
    #[expect(clippy::disallowed_methods, reason = "a bench takes its folder from whoever runs it")]
    let folder = std::env::var_os("SETS");
    match &folder {
        Some(folder) => sets.extend(labelled::sets(Path::new(folder))),
        None => println!("not run: labelled sets (wants SETS, a folder of them)"),
    }
    for set in &sets {
        measure(set);
    }
}

fn measure(set: &Set) {
    let mut score = Score::default();
    for page in &set.pages {
        score.add(&page.truth, &read(page));
    }
    let spent = race(set);
    println!("\n{}: {} pages", set.name, set.pages.len());
    let bars = BARS.iter().find(|(name, _)| *name == set.name).map_or([].as_slice(), |(_, bars)| *bars);
    let bar = |what: &str| bars.iter().find(|(name, _)| *name == what).map(|(_, least)| *least);
    let values = [
        ("body", score.body_f1()),
        ("title", score.title.value()),
        ("date", score.date.value()),
        ("minute", score.minute.value()),
        ("authors", score.author_f1()),
        ("editors", score.editor.value()),
        ("origin", score.origin.value()),
        ("section", score.section.value()),
    ];
    for (what, value) in values {
        if let Some(value) = value {
            say(what, value, bar(what));
        }
    }
    if let Some(invented) = score.invented.value() {
        println!("  {:<10} {invented:>8.3}  at most {INVENTED} {}", "invented", verdict(invented <= INVENTED));
    }
    let own = median(&spent.own);
    println!(
        "  {:<10} {:>8.1}  pages a second; the median page {own:.2} ms",
        "pace",
        1000.0 * spent.own.len() as f64 / spent.own.iter().sum::<f64>()
    );
    let worst = spent.own.iter().copied().fold(0.0, f64::max);
    println!("  {:<10} {worst:>8.1}  ms, at most {WORST} {}", "worst", verdict(worst <= WORST));
    match spent.peer {
        Some(peer) => {
            println!(
                "  {:<10} {:>8.1}  pages a second; the median page {:.2} ms",
                "peer",
                1000.0 * peer.len() as f64 / peer.iter().sum::<f64>(),
                median(&peer)
            );
            say("speed", median(&peer) / own, bar("speed"));
        }
        None => println!("not run: speed against trafilatura (wants trafilatura=={PEER} and lxml_html_clean for python3)"),
    }
}

fn say(what: &str, value: f64, least: Option<f64>) {
    match least {
        // Figures of three digits, as they are printed.
        Some(least) => println!("  {what:<10} {value:>8.3}  at least {least} {}", verdict((value * 1000.0).round() >= least * 1000.0)),
        None => println!("  {what:<10} {value:>8.3}"),
    }
}

const fn verdict(held: bool) -> &'static str {
    if held { "held" } else { "MISSED" }
}

fn read(page: &Labelled) -> BatchLine {
    let input = OwnedInput {
        bytes: page.bytes.clone(),
        url: page.truth.url.as_deref().and_then(|url| Url::parse(url).ok()),
        content_type: None,
        zone: chrono_tz::Asia::Shanghai,
        source: "bench".to_owned(),
        seen_at: SEEN_AT,
        line_frequency: None,
    };
    let began = Instant::now();
    let extraction = extract_bounded(input, STUCK).unwrap();
    BatchLine::of(&extraction, began.elapsed().as_secs_f64() * 1000.0)
}

/// What each page took, in milliseconds: the median of the rounds.
struct Spent {
    own: Vec<f64>,
    peer: Option<Vec<f64>>,
}

fn race(set: &Set) -> Spent {
    let folder = tempfile::tempdir().unwrap();
    let mut peer = Peer::start(set, folder.path());
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        own.push(set.pages.iter().map(|page| read(page).ms).collect::<Vec<f64>>());
        other.extend(peer.as_mut().map(Peer::round));
    }
    Spent { own: medians(&own), peer: peer.map(|_| medians(&other)) }
}

fn medians(rounds: &[Vec<f64>]) -> Vec<f64> {
    (0..rounds[0].len()).map(|page| median(&rounds.iter().map(|round| round[page]).collect::<Vec<f64>>())).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The peer, waiting for its next round.
struct Peer {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts it with the set's pages; nothing where it is not installed.
    fn start(set: &Set, folder: &Path) -> Option<Self> {
        let mut listing = String::new();
        for (at, page) in set.pages.iter().enumerate() {
            let path = folder.join(format!("{at}.html"));
            std::fs::write(&path, &page.bytes).unwrap();
            let url = page.truth.url.as_deref().unwrap_or_default();
            writeln!(listing, "{at}\t{}\t{url}", path.display()).unwrap();
        }
        let list = folder.join("pages.tsv");
        std::fs::write(&list, listing).unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/extract/peer.py");
        let mut child = Command::new("python3")
            .arg(program)
            .arg(list)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut peer = Self { ask: child.stdin.take()?, answers: BufReader::new(child.stdout.take()?), child };
        let version: String = serde_json::from_str(&peer.answer()?).ok()?;
        if version != PEER {
            println!("the peer is trafilatura {version}; the bars speak of {PEER}");
        }
        Some(peer)
    }

    fn answer(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.answers.read_line(&mut line).ok()? > 0).then_some(line)
    }

    /// What each page took it, in milliseconds.
    fn round(&mut self) -> Vec<f64> {
        self.ask.write_all(b"\n").unwrap();
        self.ask.flush().unwrap();
        serde_json::from_str(&self.answer().unwrap()).unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
