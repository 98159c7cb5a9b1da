//! kill -9 while a site is being read loses no article, doubles none, and tells nobody twice: the real binary, a site that publishes,
//! a durable store.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use postrider::clock::Clock;
use postrider::demo::{Keep, Receiver};
use postrider::lifecycle::Lifecycle;
use postrider::model::{Millis, Standing};
use postrider::store::ArticleFilter;

use crate::harness::Backend;
use crate::harness::cms::Cms;
use crate::harness::daemon::{Daemon, Estate, SECRET};
use crate::kill::{Chance, say};

/// What stands on the site before the first look.
const ARCHIVE: usize = 30;
/// What it publishes between two looks: a look of some hundred milliseconds.
const BATCH: usize = 12;
/// A look by an unoptimised binary on a busy machine, a restart, and what a host that fell silent has to wait for.
const WITHIN: Duration = Duration::from_mins(2);
/// How often whoever waits looks.
const LOOK: Duration = Duration::from_millis(20);
/// Two articles of a newsroom lie so far apart (milliseconds).
const APART: i64 = 4 * 60_000;
/// More than any run here publishes.
const ALL: i64 = 1_000;

struct Scene {
    estate: Estate,
    cms: Cms,
    receiver: Receiver,
    lifecycle: Lifecycle,
    /// Paths that were published after the first look: each is told, once.
    fresh: BTreeSet<String>,
}

impl Scene {
    async fn of(backend: Backend) -> Self {
        let now = Clock::System.now();
        let cms = Cms::start(ARCHIVE, now).await;
        let estate = Estate::with(
            backend.durable_store_url().await,
            &format!("[[section]]\nslug = \"news\"\ntitle = \"新闻\"\n{}", cms.source("every = \"1s\"\n")),
        )
        .await;
        let lifecycle = Lifecycle::default();
        let receiver = Receiver::start(Keep::Whole, Clock::System, &lifecycle).await.unwrap();
        receiver.trust_everywhere(SECRET).unwrap();
        estate.add_endpoints([receiver.url("/hook")]).await;
        Self { estate, cms, receiver, lifecycle, fresh: BTreeSet::new() }
    }

    /// Puts a batch of new articles on the site.
    fn publish(&mut self, batch: usize) {
        let now = Clock::System.now();
        for n in 0..BATCH {
            let path = format!("/xw/{}.html", 2_000 + batch * BATCH + n);
            self.cms.publish(&path, Millis(now.0 - (BATCH - n) as i64 * APART));
            self.fresh.insert(path);
        }
    }

    /// Waits until the daemon asks for the first page of a batch: how long the rest takes hangs no more on when its next look was due.
    async fn begun(&self, batch: usize) {
        let first = 2_000 + batch * BATCH;
        let began = Instant::now();
        while !(first..first + BATCH).any(|number| self.cms.shown().asked.contains_key(&format!("/xw/{number}.html"))) {
            assert!(began.elapsed() < WITHIN, "batch {batch} is not looked at");
            tokio::time::sleep(LOOK / 10).await;
        }
    }

    /// Waits until every article of the site is here, its source knows that it looked, and all is said.
    async fn arrive(&self) {
        let began = Instant::now();
        loop {
            let here = self.estate.house.store.articles(&ArticleFilter::default(), ALL).await.unwrap().len();
            let looked = self.estate.house.store.sources().await.unwrap().first().is_some_and(|source| source.memory.visited);
            if here >= ARCHIVE + self.fresh.len() && looked && self.estate.house.store.is_quiet().await.unwrap() {
                return;
            }
            assert!(began.elapsed() < WITHIN, "{here} of {} articles, looked: {looked}", ARCHIVE + self.fresh.len());
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Holds what is in the store, and what came to the receiver, against what the site published: how many hooks came twice.
    async fn judge(&self) -> usize {
        let rows = self.estate.house.store.articles(&ArticleFilter::default(), ALL).await.unwrap();
        let stories = self.cms.shown().stories.clone();
        let mut by_path: BTreeMap<String, usize> = BTreeMap::new();
        for row in &rows {
            let article = &row.article;
            let path = article.url.as_ref().unwrap().url().path().to_owned();
            let story = &stories[&path];
            let text: String = article.body.text().split_whitespace().collect();
            assert_eq!((&article.title, article.revision.0, &article.standing), (&story.title, 1, &Standing::Published), "{path}");
            let whole: String = story.body.concat().split_whitespace().collect();
            assert_eq!(text, whole, "{path}");
            *by_path.entry(path).or_default() += 1;
        }
        assert!(by_path.values().all(|times| *times == 1), "doubled: {by_path:?}");
        assert_eq!(by_path.len(), stories.len(), "lost");
        let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut heard: BTreeMap<String, usize> = BTreeMap::new();
        let hooks = self.receiver.received();
        for hook in &hooks {
            assert!(hook.verified(), "{:?}", hook.verdict);
            assert_eq!(hook.event_type, "article.published", "{}", hook.title);
            told.entry(hook.title.clone()).or_default().insert(hook.id.clone());
            *heard.entry(hook.id.clone()).or_default() += 1;
        }
        let wanted: BTreeSet<&String> = self.fresh.iter().map(|path| &stories[path].title).collect();
        assert_eq!(told.keys().collect::<BTreeSet<_>>(), wanted, "what is new is told, and nothing else");
        assert!(told.values().all(|events| events.len() == 1), "announced twice: {told:?}");
        // A kill repeats what was in flight, under its own id; every batch here lives through one kill.
        assert!(heard.values().all(|times| *times <= 2), "{heard:?}");
        hooks.len() - told.len()
    }
}

/// Kills the daemon so many times, in its first look and in those after it.
async fn kill_again_and_again(backend: Backend, kills: usize) {
    let mut scene = Scene::of(backend).await;
    let mut chance = Chance::new();
    say(&format!("{backend:?}: the moments of {kills} kills are drawn from seed {}", chance.seed()));
    let mut daemon = first_look_with_a_kill(&scene, &mut chance).await;
    assert_eq!(scene.judge().await, 0, "an archive is told to nobody");
    scene.publish(0);
    scene.begun(0).await;
    let began = Instant::now();
    scene.arrive().await;
    let whole = began.elapsed();
    assert_eq!(scene.judge().await, 0, "nobody was killed, nothing is repeated");
    let mut before = scene.fresh.len();
    for n in 1..=kills {
        scene.publish(n);
        scene.begun(n).await;
        let moment = whole.mul_f64(chance.share());
        tokio::time::sleep(moment).await;
        daemon.kill().await;
        let here = scene.estate.house.store.articles(&ArticleFilter::default(), ALL).await.unwrap().len() - ARCHIVE;
        daemon = scene.estate.serve().await;
        scene.arrive().await;
        let repeats = scene.judge().await;
        say(&format!("{backend:?}: kill {n} after {moment:?} of {whole:?}, {} of {BATCH} here, {repeats} hooks twice", here - before));
        before = scene.fresh.len();
    }
    daemon.kill().await;
    scene.lifecycle.stop_hard();
}

/// The daemon after a first look that was cut off once.
async fn first_look_with_a_kill(scene: &Scene, chance: &mut Chance) -> Daemon {
    let daemon = scene.estate.serve().await;
    tokio::time::sleep(Duration::from_millis(600).mul_f64(chance.share())).await;
    daemon.kill().await;
    let daemon = scene.estate.serve().await;
    scene.arrive().await;
    daemon
}

backends! {
    async fn three_kills_while_a_site_is_read_lose_and_double_nothing(backend: Backend) {
        kill_again_and_again(backend, 3).await;
    }

    #[ignore = "make soak"]
    async fn twenty_kills_while_a_site_is_read_lose_and_double_nothing(backend: Backend) {
        kill_again_and_again(backend, 20).await;
    }
}
