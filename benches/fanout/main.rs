//! The claim: a durable fan-out that keeps a fair share of what a bare load generator reaches, on the same machine in the same minute.
//!
//! Five rounds, each in turn: wrk's POST rate into a loopback sink (the ceiling); 10 articles over HTTP to 1,000 endpoints until the last
//! attempt is committed; 1,000 articles over HTTP to one endpoint; and how soon after an article's POST the first hook goes out when the
//! daemon is idle. The daemon is the real binary with its defaults: every guard on, SQLite with synchronous=FULL, PostgreSQL with fsync.
//!
//! Every figure is the median of the rounds. Only ratios mean something elsewhere.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on panics")]

mod ceiling;
#[expect(dead_code, reason = "tests use more of it")]
#[path = "../../tests/it/harness/daemon.rs"]
mod daemon;
#[expect(dead_code, reason = "tests use more of it")]
#[path = "../../tests/it/harness/peers.rs"]
mod peers;
#[path = "../../tests/it/harness/postgres.rs"]
mod postgres;
#[path = "../../tests/it/harness/scratch.rs"]
mod scratch;
mod sink;
#[expect(dead_code, reason = "tests use more of it")]
#[path = "../../tests/it/harness/store_url.rs"]
mod store_url;

use std::path::Path;
use std::time::{Duration, Instant};

use daemon::{Daemon, Estate, story};
use postrider::clock::Clock;
use postrider::demo::{Keep, Receiver};
use postrider::lifecycle::Lifecycle;
use sink::Sink;
use store_url::Backend;

/// How often everything is measured.
const ROUNDS: usize = 5;
/// The wide fan-out.
const ARTICLES: usize = 10;
/// Its receivers.
const ENDPOINTS: usize = 1_000;
/// The deep one: so many articles to one receiver,
const DEEP: usize = 1_000;
/// over so many connections of the CMS.
const DESKS: usize = 16;
/// Articles of one round of the idle daemon.
const IDLE: usize = 50;
/// The daemon's rest between two of those.
const REST: Duration = Duration::from_millis(20);
/// Past this something is stuck.
const STUCK: Duration = Duration::from_mins(2);

/// One daemon over one store, with receivers of its own.
struct Side {
    estate: Estate,
    daemon: Daemon,
    told: usize,
}

impl Side {
    async fn new(backend: Backend, urls: impl IntoIterator<Item = String>) -> Self {
        let estate = Estate::on(backend.durable_store_url().await).await;
        estate.add_endpoints(urls).await;
        let daemon = estate.serve().await;
        Self { estate, daemon, told: 0 }
    }

    fn next(&mut self) -> serde_json::Value {
        self.told += 1;
        story(self.told)
    }

    /// Deliveries a second, from before the first article's POST until after the last attempt's commit.
    async fn wide(&mut self, sink: &mut Sink) -> f64 {
        sink.clear().await;
        let mut desk = self.daemon.desk().await;
        let began = Instant::now();
        for _ in 0..ARTICLES {
            let story = self.next();
            desk.push(&story).await;
        }
        self.settled(sink, ARTICLES * ENDPOINTS, began).await
    }

    /// Articles a second, all to one endpoint.
    async fn deep(&mut self, sink: &mut Sink) -> f64 {
        sink.clear().await;
        let stories: Vec<_> = (0..DEEP).map(|_| self.next()).collect();
        let mut desks = Vec::with_capacity(DESKS);
        for _ in 0..DESKS {
            desks.push(self.daemon.desk().await);
        }
        let began = Instant::now();
        let pushing = desks.iter_mut().zip(stories.chunks(DEEP.div_ceil(DESKS))).map(async |(desk, stories)| {
            for story in stories {
                desk.push(story).await;
            }
        });
        futures_util::future::join_all(pushing).await;
        self.settled(sink, DEEP, began).await
    }

    /// The rate of so many deliveries. The store is asked only once the last hook has come, so that asking costs the daemon nothing.
    async fn settled(&self, sink: &mut Sink, deliveries: usize, began: Instant) -> f64 {
        sink.has(deliveries).await;
        assert!(self.estate.quiet_within(STUCK).await);
        deliveries as f64 / began.elapsed().as_secs_f64()
    }

    /// How long the first hook took after its article's POST began, each time.
    async fn idle(&mut self, receiver: &Receiver) -> Vec<Duration> {
        let mut desk = self.daemon.desk().await;
        let mut took = Vec::with_capacity(IDLE);
        for _ in 0..IDLE {
            let (story, before) = (self.next(), receiver.count());
            let began = Instant::now();
            let (elapsed, ()) = tokio::join!(
                async {
                    assert!(receiver.wait_for_count(STUCK, before + 1).await);
                    began.elapsed()
                },
                desk.push(&story)
            );
            took.push(elapsed);
            tokio::time::sleep(REST).await;
        }
        took.sort_unstable();
        took
    }

    /// The most memory that the daemon's process ever held, in megabytes.
    fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.daemon.pid())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

/// The middle of what the rounds gave.
fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_unstable_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

/// What one store's rounds gave.
#[derive(Default)]
struct Rounds {
    wide: Vec<f64>,
    deep: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
}

async fn measure() {
    if !ceiling::is_here() {
        println!("not run: wrk");
    }
    let mut backends = vec![Backend::Sqlite];
    if Path::new("/usr/lib/postgresql/15/bin/postgres").exists() {
        backends.push(Backend::Postgres);
    } else {
        println!("not run: postgresql-15");
    }
    let (lifecycle, folder) = (Lifecycle::default(), scratch::folder());
    let mut sink = Sink::start().await;
    let receiver = Receiver::start(Keep::Count, Clock::System, &lifecycle).await.unwrap();
    let mut sides = Vec::new();
    for backend in backends {
        let wide = Side::new(backend, (0..ENDPOINTS).map(|n| sink.url(n))).await;
        let deep = Side::new(backend, [sink.url(0)]).await;
        let idle = Side::new(backend, [receiver.url("/hook")]).await;
        sides.push((backend, wide, deep, idle, Rounds::default()));
    }
    let mut ceilings = Vec::new();
    for round in 1..=ROUNDS {
        if ceiling::is_here() {
            ceilings.push(ceiling::posts_a_second(&sink.url(0), &story(0).to_string(), folder.path()));
        }
        for (backend, wide, deep, idle, rounds) in &mut sides {
            rounds.wide.push(wide.wide(&mut sink).await);
            rounds.deep.push(deep.deep(&mut sink).await);
            let took = idle.idle(&receiver).await;
            rounds.p50.push(took[IDLE / 2].as_secs_f64() * 1_000.0);
            rounds.p99.push(took[(IDLE * 99).div_ceil(100) - 1].as_secs_f64() * 1_000.0);
            let last = |of: &[f64]| *of.last().unwrap();
            println!(
                "round {round} {backend:?}: ceiling {:.0}/s, wide {:.0}/s, deep {:.0}/s, first hook p50 {:.1} ms, p99 {:.1} ms",
                ceilings.last().copied().unwrap_or(f64::NAN),
                last(&rounds.wide),
                last(&rounds.deep),
                last(&rounds.p50),
                last(&rounds.p99)
            );
        }
    }
    println!("fdatasync of 4 KiB: {:.2} ms", ceiling::fdatasync(folder.path()).as_secs_f64() * 1_000.0);
    let ceiling = if ceilings.is_empty() { f64::NAN } else { median(ceilings) };
    println!("ceiling: {ceiling:.0} POSTs/s");
    for (backend, wide, _, _, rounds) in sides {
        let (broad, deep) = (median(rounds.wide), median(rounds.deep));
        println!("{backend:?}: {ARTICLES} articles to {ENDPOINTS} endpoints: {broad:.0}/s, {:.3} of the ceiling", broad / ceiling);
        println!("{backend:?}: {DEEP} articles to one endpoint: {deep:.0}/s, {:.3} of the ceiling", deep / ceiling);
        println!("{backend:?}: article's POST to first hook, idle: p50 {:.1} ms, p99 {:.1} ms", median(rounds.p50), median(rounds.p99));
        println!("{backend:?}: the daemon's memory at most: {:.0} MB", wide.memory());
    }
    lifecycle.stop_hard();
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if std::env::args().any(|argument| argument == sink::ARGUMENT) {
        runtime.block_on(sink::be());
    } else {
        runtime.block_on(measure());
    }
}
