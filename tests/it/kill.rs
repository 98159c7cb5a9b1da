//! kill -9 at any moment loses nothing and repeats at most what was in flight: the real binary, a thousand receivers, a durable store.

use std::collections::HashMap;
use std::io::Write as _;
use std::time::{Duration, Instant};

use postrider::clock::Clock;
use postrider::demo::{Behaviour, Keep, Receiver};
use postrider::ingest::Door;
use postrider::lifecycle::Lifecycle;
use postrider::model::{Actor, ArticleJson, ReceiverId, State};
use postrider::store::LedgerCount;
use postrider::store::write::publish::{fan_out, fanning};

use crate::harness::Backend;
use crate::harness::daemon::{Estate, SECRET, story};

/// Receivers of every article here.
const RECEIVERS: usize = 1_000;
/// What one kill may repeat: the default of `[limits] in_flight`.
const IN_FLIGHT: usize = 128;
/// A whole fan-out by an unoptimised binary on a busy machine, and a restart.
const WITHIN: Duration = Duration::from_mins(2);

/// A newsroom with its receivers.
struct Scene {
    estate: Estate,
    receiver: Receiver,
    lifecycle: Lifecycle,
    /// Articles that went out so far.
    told: usize,
}

impl Scene {
    async fn of(backend: Backend, receivers: usize) -> Self {
        let estate = Estate::on(backend.durable_store_url().await).await;
        let lifecycle = Lifecycle::default();
        let receiver = Receiver::start(Keep::Whole, Clock::System, &lifecycle).await.unwrap();
        receiver.trust_everywhere(SECRET).unwrap();
        estate.add_endpoints((0..receivers).map(|n| receiver.url(&format!("/hook/{n}")))).await;
        Self { estate, receiver, lifecycle, told: 0 }
    }

    /// Waits until all is said, and holds every promise against what came: how many hooks came twice.
    async fn judge(&mut self, receivers: usize) -> usize {
        self.told += 1;
        assert!(self.estate.quiet_within(WITHIN).await, "not quiet: {:?}", self.estate.house.store.ledger_of_all().await);
        let hooks = self.receiver.received();
        let mut heard: HashMap<&str, usize> = HashMap::new();
        for hook in &hooks {
            assert!(hook.verified(), "{}: {:?}", hook.path, hook.verdict);
            assert_eq!(hook.id, hooks[0].id, "an event keeps its id over a restart");
            *heard.entry(&hook.path).or_default() += 1;
        }
        let deaf: Vec<_> = (0..receivers).map(|n| format!("/hook/{n}")).filter(|path| !heard.contains_key(path.as_str())).collect();
        assert!(deaf.is_empty(), "{} receivers heard nothing: {deaf:?}", deaf.len());
        let accepted = LedgerCount { state: State::Accepted, n: (self.told * receivers) as i64 };
        assert_eq!(self.estate.house.store.ledger_of_all().await.unwrap(), [accepted]);
        let repeats = hooks.len() - receivers;
        self.receiver.clear();
        repeats
    }

    /// Takes an article in while no daemon runs.
    async fn push_past_the_daemon(&self, article: &serde_json::Value) {
        let house = &self.estate.house;
        let door = Door::push(house.config.site.timezone);
        let article: ArticleJson = serde_json::from_value(article.clone()).unwrap();
        let candidate = article.into_candidate(&door.source, door.zone).unwrap();
        house.ingest.push(candidate, &door, None, &Actor::Command).await.unwrap();
    }

    fn end(self) {
        self.lifecycle.stop_hard();
    }
}

/// Kills the daemon so many times, each time in another fan-out.
async fn kill_again_and_again(backend: Backend, kills: usize) {
    let mut scene = Scene::of(backend, RECEIVERS).await;
    let mut chance = Chance::new();
    say(&format!("{backend:?}: the moments of {kills} kills are drawn from seed {}", chance.seed()));
    let mut daemon = scene.estate.serve().await;
    let began = Instant::now();
    daemon.desk().await.push(&story(0)).await;
    assert_eq!(scene.judge(RECEIVERS).await, 0, "nobody was killed, nothing is repeated");
    let whole = began.elapsed();
    let mut in_the_midst = 0;
    for n in 1..=kills {
        daemon.desk().await.push(&story(n)).await;
        let (moment, pid) = (whole.mul_f64(chance.share()), daemon.pid());
        tokio::time::sleep(moment).await;
        daemon.kill().await;
        let before = scene.receiver.count();
        in_the_midst += usize::from((1..RECEIVERS as u64).contains(&before));
        daemon = scene.estate.serve().await;
        let repeats = scene.judge(RECEIVERS).await;
        say(&format!("{backend:?}: kill {n}, of process {pid}, after {moment:?} of {whole:?}, {before} heard before it, {repeats} twice"));
        assert!(repeats <= IN_FLIGHT, "{repeats} repeats");
    }
    say(&format!("{backend:?}: {in_the_midst} of {kills} kills fell into the midst of a fan-out"));
    daemon.kill().await;
    scene.end();
}

backends! {
    async fn three_kills_during_a_fan_out_lose_nothing(backend: Backend) {
        kill_again_and_again(backend, 3).await;
    }

    #[ignore = "make soak"]
    async fn twenty_kills_during_a_fan_out_lose_nothing(backend: Backend) {
        kill_again_and_again(backend, 20).await;
    }

    async fn a_kill_right_after_the_answer_loses_nothing(backend: Backend) {
        const FEW: usize = 50;
        let mut scene = Scene::of(backend, FEW).await;
        for n in 0..3 {
            let daemon = scene.estate.serve().await;
            let mut desk = daemon.desk().await;
            desk.push(&story(n)).await;
            daemon.kill().await;
            let daemon = scene.estate.serve().await;
            let repeats = scene.judge(FEW).await;
            assert!(repeats <= IN_FLIGHT.min(FEW), "{repeats} repeats");
            daemon.kill().await;
        }
        scene.end();
    }

    async fn a_kill_between_two_chunks_of_a_fan_out_loses_nothing(backend: Backend) {
        const FEW: usize = 300;
        let mut scene = Scene::of(backend, FEW).await;
        // Copy that arrived while no daemon ran, and a fan-out whose first chunk was committed and whose second never came.
        scene.push_past_the_daemon(&story(0)).await;
        let mut tx = scene.estate.house.store.begin().await.unwrap();
        let (event, after) = fanning(&mut tx, 1).await.unwrap().remove(0);
        assert_eq!(after, ReceiverId(0));
        let chunk = fan_out(&mut tx, &event, after, &[], 100).await.unwrap().unwrap();
        assert!(chunk.is_full);
        tx.commit().await.unwrap();
        let daemon = scene.estate.serve().await;
        assert_eq!(scene.judge(FEW).await, 0, "nothing had been sent");
        daemon.kill().await;
        scene.end();
    }

    async fn what_was_to_be_tried_again_while_no_daemon_ran_is_tried_at_the_next_start(backend: Backend) {
        const FEW: usize = 20;
        let mut scene = Scene::of(backend, FEW).await;
        (0..FEW).for_each(|n| scene.receiver.play(&format!("/hook/{n}"), [Behaviour::status_only(500)]));
        let daemon = scene.estate.serve().await;
        daemon.desk().await.push(&story(0)).await;
        let parked = LedgerCount { state: State::Parked, n: FEW as i64 };
        let began = Instant::now();
        while scene.estate.house.store.ledger_of_all().await.unwrap() != [parked.clone()] {
            assert!(began.elapsed() < WITHIN, "{:?}", scene.estate.house.store.ledger_of_all().await);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        daemon.kill().await;
        scene.receiver.clear();
        // As if it had been down until long after they were due.
        scene.estate.store().run_sql("update delivery set due = 1 where state = 'parked'").await;
        let daemon = scene.estate.serve().await;
        assert_eq!(scene.judge(FEW).await, 0);
        daemon.kill().await;
        scene.end();
    }
}

/// Draws moments; what it was seeded with is printed, and `KILL_SEED` gives it again.
pub(crate) struct Chance(u64);

impl Chance {
    #[expect(clippy::disallowed_methods, reason = "a failed run is drawn again by its seed")]
    pub(crate) fn new() -> Self {
        let given = std::env::var("KILL_SEED").ok().and_then(|seed| seed.parse().ok());
        Self(given.unwrap_or_else(|| u64::from_be_bytes(postrider::clock::Ids::default().bytes())))
    }

    /// What it was seeded with, before the first draw.
    pub(crate) const fn seed(&self) -> u64 {
        self.0
    }

    /// From 0 to 1 (`SplitMix64`: every seed is as good as another).
    pub(crate) fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Past the test runner, which keeps what a passing test prints to itself.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").ok();
}
