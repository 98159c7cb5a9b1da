//! What the store promises, on both databases.

use std::time::Duration;

use postrider::model::{
    Class, Edition, EditionKind, EditionState, Effect, Event, Millis, Outcome, ReceiverId, Rev, Seq, Slug, Standing, State, Subject,
    SubscriberState, Why,
};
use postrider::store::write::{audience, deliver, publish};
use postrider::store::{Dialect, ParcelRow, Store, StoreError};
use tokio::time::{Instant, sleep, timeout};

use crate::harness::Backend;
use crate::harness::rows::{self, HOUR, MORNING};

/// Longer than anything here takes, unless it waits for what never comes.
const SOON: Duration = Duration::from_secs(10);
/// Long enough for a write to end that nothing holds up, short enough to wait for in a test.
const A_MOMENT: Duration = Duration::from_millis(300);

/// Gives an event its deliveries, and opens it for the engine.
async fn fan_out(store: &Store, event: &Event) {
    let mut tx = store.begin().await.unwrap();
    let mut after = ReceiverId(0);
    while let Some(chunk) = publish::fan_out(&mut tx, event, after, &[], 100).await.unwrap() {
        after = chunk.last;
    }
    publish::fanned(&mut tx, event).await.unwrap();
    tx.commit().await.unwrap();
}

async fn take_slots(store: &Store, owner: &str) {
    let mut tx = store.begin().await.unwrap();
    deliver::take_all_slots(&mut tx, owner, MORNING.plus(HOUR)).await.unwrap();
    tx.commit().await.unwrap();
}

/// Settles parcels as accepted; how many settlements were written.
async fn accept(store: &Store, parcels: &[ParcelRow]) -> usize {
    let settlements: Vec<_> = parcels.iter().map(|parcel| rows::settlement(parcel, Outcome::Accepted { carried: 1 })).collect();
    let mut tx = store.begin().await.unwrap();
    let written = deliver::settle(&mut tx, &settlements.iter().collect::<Vec<_>>(), MORNING).await.unwrap();
    tx.commit().await.unwrap();
    written.len()
}

async fn fresh(store: &Store, owner: &str, event: &Event) -> Vec<ParcelRow> {
    let subject = Subject::Event(event.seq);
    store.fresh_of_subject(owner, subject, <_>::default(), 100).await.unwrap()
}

/// Writes an event every now and then, holding each transaction open for a while, and leaves some undone.
async fn write_events(store: Store, writer: usize, count: usize) -> Vec<Seq> {
    let mut written = Vec::new();
    for n in 0..count {
        let article = rows::article(writer * 100_000 + n, MORNING);
        let mut tx = store.begin().await.unwrap();
        let id = rows::write_article(&mut tx, &article).await;
        let seq = rows::write_event(&mut tx, id, &article).await;
        sleep(Duration::from_millis((n * (writer + 3) % 5) as u64)).await;
        if n % 7 == 3 {
            tx.roll_back().await.unwrap();
        } else {
            tx.commit().await.unwrap();
            written.push(seq);
        }
    }
    written
}

/// Reads behind a cursor while several writers commit in whatever order they come, and compares what was read with what was written.
async fn follow_writers(b: Backend, writers: usize, events_each: usize) {
    let home = b.store_url().await;
    let mut writing = Vec::new();
    for writer in 0..writers {
        writing.push(tokio::spawn(write_events(home.open().await, writer, events_each)));
    }
    let store = home.open().await;
    let (mut cursor, mut seen) = (Seq(0), Vec::new());
    loop {
        let over = writing.iter().all(tokio::task::JoinHandle::is_finished);
        let news = store.events_after(cursor, 100).await.unwrap();
        seen.extend(news.iter().map(|event| event.seq));
        cursor = news.last().map_or(cursor, |event| event.seq);
        if over && news.is_empty() {
            break;
        }
    }
    let mut written = Vec::new();
    for writer in writing {
        written.extend(writer.await.unwrap());
    }
    written.sort();
    assert_eq!(seen, written);
}

backends! {
    async fn opening_a_store_again_changes_nothing(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        let event = rows::publish(&store, &rows::article(1, MORNING)).await;
        let before = (store.head().await.unwrap(), store.events_after(Seq(0), 10).await.unwrap());
        let again = home.open().await;
        assert_eq!((again.head().await.unwrap(), again.events_after(Seq(0), 10).await.unwrap()), before);
        assert_eq!(before.1, [event]);
    }

    async fn a_number_is_drawn_only_when_all_lower_ones_are_committed(b: Backend) {
        let home = b.store_url().await;
        let (store, other) = (home.open().await, home.open().await);
        let mut first = store.begin().await.unwrap();
        let low = first.next().await.unwrap();
        let mut second = tokio::spawn(async move {
            let mut tx = other.begin().await.unwrap();
            let high = tx.next().await.unwrap();
            tx.commit().await.unwrap();
            high
        });
        assert!(timeout(A_MOMENT, &mut second).await.is_err(), "a second writer drew a number while {low} was not committed");
        first.commit().await.unwrap();
        assert!(timeout(SOON, second).await.unwrap().unwrap() > low);
    }

    async fn a_reader_behind_a_cursor_never_misses_a_late_commit(b: Backend) {
        follow_writers(b, 3, 20).await;
    }

    #[ignore = "make soak"]
    async fn a_reader_behind_a_cursor_misses_nothing_in_a_long_run(b: Backend) {
        follow_writers(b, 8, 1000).await;
    }

    async fn a_stale_fence_and_a_second_settlement_write_nothing(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        let receiver = rows::endpoint(&store).await;
        let event = rows::publish(&store, &rows::article(1, MORNING)).await;
        fan_out(&store, &event).await;
        take_slots(&store, "one").await;
        let stale = fresh(&store, "one", &event).await;
        take_slots(&store, "two").await;
        assert_eq!(stale.len(), 1);
        assert_eq!(fresh(&store, "one", &event).await, [], "the old owner reads nothing");
        assert_eq!(accept(&store, &stale).await, 0);
        assert_eq!(store.attempts(event.seq, receiver).await.unwrap(), []);
        assert_eq!(store.delivery(event.seq, receiver).await.unwrap().unwrap().state, State::Waiting);

        let ours = fresh(&store, "two", &event).await;
        assert_eq!(accept(&store, &ours).await, 1);
        assert_eq!(accept(&store, &ours).await, 0);
        let line = store.delivery(event.seq, receiver).await.unwrap().unwrap();
        assert_eq!((line.state, line.tries, line.carried), (State::Accepted, 1, Some(1)));
        assert_eq!(store.attempts(event.seq, receiver).await.unwrap().len(), 1);
        assert!(store.is_quiet().await.unwrap());
    }

    async fn a_batch_with_one_stale_settlement_writes_the_others(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        for _ in 0..3 {
            rows::endpoint(&store).await;
        }
        let event = rows::publish(&store, &rows::article(1, MORNING)).await;
        fan_out(&store, &event).await;
        take_slots(&store, "one").await;
        let parcels = fresh(&store, "one", &event).await;
        assert_eq!(accept(&store, &parcels[..1]).await, 1);
        assert_eq!(accept(&store, &parcels).await, 2, "the first one was settled before");
        for parcel in &parcels {
            assert_eq!(store.attempts(event.seq, parcel.receiver).await.unwrap().len(), 1);
        }
    }

    async fn a_retry_is_parked_until_it_is_due(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        rows::endpoint(&store).await;
        let event = rows::publish(&store, &rows::article(1, MORNING)).await;
        fan_out(&store, &event).await;
        take_slots(&store, "one").await;
        let parcel = fresh(&store, "one", &event).await[0];
        let later = MORNING.plus(HOUR);
        let retry = rows::settlement(&parcel, Outcome::Retry { at: later, why: Why::Throttled(429) });
        let mut tx = store.begin().await.unwrap();
        deliver::settle(&mut tx, &[&retry], MORNING).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(fresh(&store, "one", &event).await, []);
        assert_eq!(store.next_due().await.unwrap(), [(parcel.lane, later)]);
        assert_eq!(store.due_of_lane("one", parcel.lane, Millis(later.0 - 1), 10).await.unwrap(), []);
        let due = store.due_of_lane("one", parcel.lane, later, 10).await.unwrap();
        assert_eq!(due, [ParcelRow { tries: 1, ..parcel }]);
        assert_eq!(accept(&store, &due).await, 1);
    }

    async fn closing_a_subject_leaves_one_that_was_opened_again(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        let receiver = rows::endpoint(&store).await;
        let event = rows::publish(&store, &rows::article(1, MORNING)).await;
        fan_out(&store, &event).await;
        take_slots(&store, "one").await;
        let close = async |open| {
            let mut tx = store.begin().await.unwrap();
            deliver::close_subject(&mut tx, open).await.unwrap();
            tx.commit().await.unwrap();
            store.open_subjects(Rev(0), 10).await.unwrap()
        };
        let opened = store.open_subjects(Rev(0), 10).await.unwrap();
        assert_eq!(opened.len(), 1);
        assert_eq!(close(opened[0]).await, opened, "a delivery of it waits");
        assert_eq!(accept(&store, &fresh(&store, "one", &event).await).await, 1);

        let mut tx = store.begin().await.unwrap();
        assert_eq!(publish::replay(&mut tx, &[(event.seq, receiver)]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let both = store.open_subjects(Rev(0), 10).await.unwrap();
        assert_eq!(both.len(), 2);
        assert_eq!(close(opened[0]).await, both, "a delivery of it waits again");
        assert_eq!(accept(&store, &fresh(&store, "one", &event).await).await, 1);
        assert_eq!(close(opened[0]).await, both[1..], "whoever opened it again has not been heard");
        assert_eq!(close(both[1]).await, []);
    }

    async fn a_commit_of_this_process_wakes_its_waiters_at_once(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        let mut watch = store.watch();
        timeout(SOON, watch.news()).await.expect("a new watch has news at once");
        assert!(timeout(A_MOMENT, watch.news()).await.is_err(), "and then none");
        // Nobody looks for the commits of others here, so only the commit itself can wake.
        let event = rows::publish(&store, &rows::article(1, MORNING)).await;
        timeout(SOON, watch.news()).await.expect("a commit wakes");
        assert!(store.seen().0 >= event.seq.0);
        let mut tx = store.begin().await.unwrap();
        tx.next().await.unwrap();
        tx.roll_back().await.unwrap();
        assert!(timeout(A_MOMENT, watch.news()).await.is_err(), "what was rolled back is no news");
    }

    async fn a_commit_of_another_process_is_heard_within_a_second(b: Backend) {
        let home = b.store_url().await;
        let (store, other) = (home.open().await, home.open().await);
        let following = tokio::spawn(store.clone().follow_others());
        let mut watch = store.watch();
        timeout(SOON, watch.news()).await.unwrap();
        for n in 0..3 {
            let event = rows::publish(&other, &rows::article(n, MORNING)).await;
            let committed = Instant::now();
            while store.seen().0 < event.seq.0 {
                timeout(SOON, watch.news()).await.expect("another process's commit wakes");
            }
            assert!(committed.elapsed() < Duration::from_secs(1), "heard after {:?}", committed.elapsed());
        }
        following.abort();
    }

    async fn sqlite_has_one_serving_process_and_postgresql_any_number(b: Backend) {
        let home = b.store_url().await;
        let (store, other) = (home.open().await, home.open().await);
        let lock = store.lock_for_serving().unwrap();
        if store.dialect() == Dialect::Postgres {
            other.lock_for_serving().unwrap();
            return;
        }
        assert!(matches!(other.lock_for_serving(), Err(StoreError::Served { .. })));
        assert_eq!(other.is_served(), Some(true));
        drop(lock);
        assert_eq!(other.is_served(), Some(false));
        other.lock_for_serving().unwrap();
    }

    async fn a_window_hangs_on_the_newest_article(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        for n in 0..6 {
            rows::publish(&store, &rows::article(n, Millis(MORNING.0 - n as i64 * 3_600_000))).await;
        }
        let titles = async |count, hours: i64, most| {
            let window = store.window(None, count, hours * 3_600_000, most).await.unwrap();
            (window.articles.len(), window.articles[0].title.clone(), window.changed)
        };
        let newest = |n: usize| (n, "第 0 篇".to_owned(), MORNING);
        assert_eq!(titles(2, 0, 100).await, newest(2), "the newest two");
        assert_eq!(titles(2, 3, 100).await, newest(4), "and those within three hours of the newest");
        assert_eq!(titles(2, 48, 5).await, newest(5), "at most five");

        let mut held = rows::article(6, MORNING.plus(HOUR));
        held.standing = Standing::Held { because: "漂移".to_owned(), release_at: None, by_editor: false };
        rows::publish(&store, &held).await;
        assert_eq!(titles(2, 3, 100).await, newest(4), "a held article moves no window");
    }

    async fn fan_out_twice_makes_one_delivery(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        for _ in 0..5 {
            rows::endpoint(&store).await;
        }
        let event = rows::publish(&store, &rows::article(1, MORNING)).await;
        let mut tx = store.begin().await.unwrap();
        let chunk = publish::fan_out(&mut tx, &event, ReceiverId(0), &[], 3).await.unwrap().unwrap();
        assert!(chunk.is_full);
        tx.commit().await.unwrap();
        assert_eq!(store.ledger(event.seq).await.unwrap()[0].n, 3, "a chunk");
        assert!(!store.is_quiet().await.unwrap(), "the rest is left to do");
        let mut tx = store.begin().await.unwrap();
        assert_eq!(publish::fanning(&mut tx, 10).await.unwrap(), [(event.clone(), chunk.last)], "from where it stopped");
        tx.roll_back().await.unwrap();
        fan_out(&store, &event).await;
        fan_out(&store, &event).await;
        let ledger = store.ledger(event.seq).await.unwrap();
        assert_eq!(ledger.iter().map(|count| (count.state, count.n)).collect::<Vec<_>>(), [(State::Waiting, 5)]);
    }

    async fn an_edition_leaves_out_paused_and_suppressed_readers_and_counts_them(b: Backend) {
        let home = b.store_url().await;
        let store = home.open().await;
        let (news, sport) = (Slug::parse("news").unwrap(), Slug::parse("sport").unwrap());
        for name in ["ann", "bob"] {
            rows::reader(&store, name, &news).await;
        }
        rows::reader(&store, "elsewhere", &sport).await;
        let paused = rows::reader(&store, "paused", &news).await;
        home.run_sql(&format!("update subscriber set paused_until = {} where id = {paused}", MORNING.0 + 1)).await;
        let suppressed = rows::reader(&store, "suppressed", &news).await;
        let mut tx = store.begin().await.unwrap();
        let bounced = Effect::SuppressReader { receiver: suppressed, why: "550 no such user".to_owned() };
        deliver::apply(&mut tx, &bounced, MORNING).await.unwrap();
        audience::set_subscriber_state(&mut tx, suppressed, SubscriberState::Confirmed, MORNING).await.unwrap();
        let pending = rows::write_reader(&mut tx, "pending", &news, SubscriberState::Pending).await;
        let edition = Edition {
            id: Seq(0),
            kind: EditionKind::Alert,
            idem: "alert:1".to_owned(),
            window: (Seq(0), Seq(tx.next().await.unwrap())),
            state: EditionState::Addressing,
            version: 1,
            send_after: MORNING,
            candidates: 0,
            excluded: Vec::new(),
        };
        let targets = ["section:news".to_owned()];
        let new = publish::NewEdition { edition: &edition, targets: &targets, title: "快讯", articles: &[], parts: &[] };
        let id = publish::cut(&mut tx, &new, MORNING).await.unwrap().unwrap();
        assert_eq!(publish::cut(&mut tx, &new, MORNING).await.unwrap(), None, "an occasion has one edition");
        let mut written = 0;
        loop {
            let row = publish::edition(&mut tx, id).await.unwrap().unwrap();
            let chunk = publish::address(&mut tx, &row, "instant", Class::Alert, 2, MORNING).await.unwrap();
            written += chunk.written;
            if chunk.last.is_none() {
                break;
            }
        }
        publish::addressed(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();

        let edition = store.edition(id).await.unwrap().unwrap().edition;
        assert_eq!((written, edition.candidates), (2, 4));
        assert_eq!(edition.excluded, [("paused or suppressed".to_owned(), 2)]);
        assert_eq!(edition.state, EditionState::Sending);
        for left_out in [paused, suppressed, pending] {
            assert_eq!(store.delivery(id, left_out).await.unwrap(), None);
        }
        assert_eq!(store.ledger(id).await.unwrap()[0].n, 2);
    }
}
