//! The engine under the whole daemon: nothing is lost, nothing stands twice, whatever stops in between.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use postrider::demo::Behaviour;
use serde_json::json;

use crate::harness::Newsroom;
use crate::pushing::article;

/// How often each delivery stands in the ledger in which state.
async fn counted(newsroom: &Newsroom) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for line in newsroom.deliveries("").await {
        *counted.entry(line["state"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counted
}

backends! {
    async fn two_hundred_events_for_an_endpoint_that_was_down_all_arrive_once_it_is_up(b: Backend) {
        const EVENTS: usize = 200;
        let newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/down", json!({})).await;
        newsroom.endpoint("/up", json!({})).await;
        newsroom.receiver.always("/down", Behaviour::status_only(503));
        for n in 1..=EVENTS {
            newsroom.publish(&article(n as u32)).await;
        }
        let titles = newsroom.hooks("/up", EVENTS).await.into_iter().map(|hook| hook.title).collect::<HashSet<_>>();
        assert_eq!(titles.len(), EVENTS);
        let tried = newsroom.receiver.received().iter().filter(|hook| hook.path == "/down").count();
        assert!((5..=16).contains(&tried), "its breaker left it alone after {tried} tries");
        newsroom.receiver.always("/down", Behaviour::default());
        let arrived = || newsroom.receiver.received().iter().filter(|hook| hook.path == "/down" && hook.answered == 200).count();
        newsroom.advance_until(Duration::from_secs(30), "all arrived", || arrived() >= EVENTS).await;
        newsroom.settle().await;
        assert_eq!(counted(&newsroom).await, BTreeMap::from([("accepted".to_owned(), 2 * EVENTS)]));
        let arrived: Vec<_> = newsroom.receiver.received().into_iter().filter(|hook| hook.path == "/down" && hook.answered == 200).collect();
        assert!(arrived.iter().all(postrider::demo::Hook::verified));
        assert_eq!(arrived.iter().map(|hook| &hook.id).collect::<HashSet<_>>().len(), EVENTS, "none came twice");
        newsroom.finish().await;
    }

    async fn a_daemon_that_is_killed_goes_on_where_it_was(b: Backend) {
        const EVENTS: usize = 60;
        let mut newsroom = Newsroom::start(b).await;
        newsroom.endpoint("/slow", json!({})).await;
        newsroom.endpoint("/fast", json!({})).await;
        newsroom.receiver.always("/slow", Behaviour::Late(Duration::from_millis(100)));
        for n in 1..=EVENTS {
            newsroom.publish(&article(n as u32)).await;
        }
        for _ in 0..2 {
            newsroom.restart_hard().await;
        }
        newsroom.receiver.always("/slow", Behaviour::default());
        newsroom.settle().await;
        assert_eq!(counted(&newsroom).await, BTreeMap::from([("accepted".to_owned(), 2 * EVENTS)]));
        for path in ["/slow", "/fast"] {
            let hooks: Vec<_> = newsroom.receiver.received().into_iter().filter(|hook| hook.path == path).collect();
            let ids: HashSet<_> = hooks.iter().map(|hook| &hook.id).collect();
            assert_eq!(ids.len(), EVENTS, "{path}: each came at least once");
            assert!(hooks.len() <= EVENTS + 2 * 8, "{path}: no more was repeated than was in flight, but {}", hooks.len());
        }
        newsroom.finish().await;
    }
}
