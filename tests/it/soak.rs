//! Two weeks of a county newsroom: whatever its site goes through, the newsroom ends with what the site published, and told each
//! receiver of each event exactly once.

mod judge;

use std::time::Duration;

use postrider::clock::Clock;
use postrider::demo::{Behaviour, LivingSite, Play};
use postrider::lifecycle::Lifecycle;
use serde_json::{Value, json};

use crate::harness::Newsroom;
use crate::harness::rows::MORNING;
use judge::Differences;

/// The draw of everything that happens, unless `SOAK_SEED` names another; what does is [`Play::ALL`], and a shorter list finds a culprit.
const SEED: u64 = 20_211_029;
/// How far the clock moves at once: sources whose times lie close together are looked at together.
const STEP: Duration = Duration::from_mins(15);
/// After the last day: what was refused comes again, and the morning's digest is cut.
const AFTERMATH: Duration = Duration::from_hours(3);
/// An editor comes so often: at half past two and half past eight, by day and by night.
const EDITS: Duration = Duration::from_hours(6);
/// Who reads.
const AT_ONCE: [&str; 2] = ["lihua@example.com", "chen@example.com"];
/// And who reads the digest.
const DAILY: &str = "digest@example.com";

/// The newsroom's configuration: a source for each section, as `init` would write them.
fn settings(site: &LivingSite) -> String {
    let source = |(column, listing): (postrider::demo::Column, String)| {
        let (folder, name) = (column.folder, column.name);
        format!(
            "[[section]]\nslug = \"news/{folder}\"\ntitle = \"{name}\"\n[[source]]\nkind = \"site\"\nname = \"{folder}\"\nlisting = [\"{listing}\"]\n\
             sections = [\"news/{folder}\"]\nown = true\n"
        )
    };
    // A digest's letter has room for twenty-five articles; two of them hold a day.
    let digest = "[[digest]]\nname = \"daily\"\ntitle = \"每日\"\nsections = [\"news\"]\ncron = \"0 10,16 * * *\"\n";
    site.listings().into_iter().map(source).chain([digest.to_owned()]).collect()
}

/// An editor looks in and lets go what waits: a redesign looks like a fault until somebody says that it is none.
async fn edit(newsroom: &Newsroom) {
    for waiting in every(newsroom, "articles?status=held&").await {
        let id = waiting["id"].as_str().unwrap();
        newsroom.post(&format!("articles/{id}/publish"), &json!({})).await.must_be(200);
    }
}

#[expect(clippy::disallowed_methods, reason = "a run of another draw is asked for by its seed")]
fn seed() -> u64 {
    std::env::var("SOAK_SEED").map_or(SEED, |seed| seed.parse().expect("SOAK_SEED is a number"))
}

/// Lives through so many days, and compares.
async fn soak(backend: crate::harness::Backend, days: u32) {
    let (clock, lifecycle) = (Clock::manual(MORNING), Lifecycle::default());
    let site = LivingSite::start(days, seed(), &Play::ALL, clock.clone(), &lifecycle).await.unwrap();
    let newsroom = Newsroom::plan().clock(clock).more(&settings(&site)).start(backend).await;
    newsroom.endpoint("/all", json!({})).await;
    let shaky = newsroom.endpoint("/shaky", json!({})).await;
    newsroom.endpoint("/yunxi", json!({ "sections": ["news/yunxi"] })).await;
    for reader in AT_ONCE {
        newsroom.reader(reader, &json!([{ "section": "news", "cadence": "instant" }]), "zh-CN").await;
    }
    newsroom.reader(DAILY, &json!([{ "digest": "daily" }]), "zh-CN").await;
    newsroom.settle().await;
    assert!(newsroom.receiver.received().is_empty() && newsroom.mailbox.received().is_empty(), "a first look disturbs nobody");

    let end = MORNING.plus(Duration::from_hours(24) * days);
    while newsroom.clock.now() < end {
        // Half an hour of every third hour nobody answers there.
        let down = newsroom.clock.now().since(MORNING).as_secs() / 1800 % 6 == 1;
        newsroom.receiver.always("/shaky", Behaviour::status_only(if down { 503 } else { 200 }));
        newsroom.advance(STEP);
        newsroom.settle_without(&shaky).await;
        if newsroom.clock.now().since(MORNING).as_secs() % EDITS.as_secs() == 0 {
            edit(&newsroom).await;
        }
    }
    newsroom.receiver.always("/shaky", Behaviour::default());
    while newsroom.clock.now() < end.plus(AFTERMATH) {
        newsroom.advance(STEP);
        newsroom.settle_without(&shaky).await;
    }
    newsroom.settle().await;
    compare(&newsroom, &site).await;
    newsroom.finish().await;
    lifecycle.stop_softly();
    lifecycle.ended().await;
}

async fn compare(newsroom: &Newsroom, site: &LivingSite) {
    let (ledger, mut differences) = (site.ledger(), Differences::default());
    let (hooks, mails) = (newsroom.receiver.received(), newsroom.mailbox.received());
    judge::articles(&mut differences, site, &ledger, &every(newsroom, "articles?").await);
    for (path, folder) in [("/all", None), ("/shaky", None), ("/yunxi", Some("yunxi"))] {
        judge::hooks(&mut differences, site, &ledger, path, folder, &hooks);
    }
    for reader in AT_ONCE {
        judge::mails(&mut differences, site, &ledger, reader, &mails, None);
    }
    let all: Vec<_> = hooks.iter().filter(|hook| hook.path == "/all").cloned().collect();
    judge::mails(&mut differences, site, &ledger, DAILY, &mails, Some(&all));
    differences.none();
}

/// A whole list of the API. `list` ends where a query goes on.
async fn every(newsroom: &Newsroom, list: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = newsroom.see(&format!("{list}limit=200&after={after}")).await;
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return all,
        }
    }
}

backends! {
    async fn two_days_end_with_what_the_site_published(b: Backend) {
        soak(b, 2).await;
    }

    #[ignore = "make soak"]
    async fn two_weeks_end_with_what_the_site_published(b: Backend) {
        soak(b, 14).await;
    }
}
