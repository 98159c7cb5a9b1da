//! Two processes over one store: commands beside the daemon, and a second daemon.

use std::time::Duration;

use postrider::app::AppError;
use postrider::audience::NewEndpoint;
use postrider::ingest::Desk;
use postrider::model::{Actor, ArticleKey, Filters, Preset};
use postrider::store::{Scope, StoreError};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::harness::{Ask, Backend, Newsroom};
use crate::pushing::article;

/// Within this the daemon acts on what another process wrote, on a machine that has other work too.
const A_SECOND: Duration = Duration::from_secs(1);

backends! {
    async fn the_daemon_acts_within_a_second_on_what_a_command_wrote(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let command = newsroom.another_process().await;
        let id = newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        let (url, preset, filters) = (newsroom.receiver.url("/hook"), Preset::Standard, Filters::default());
        let new = NewEndpoint { url, preset, filters, owner: None, secret: None, proven: true };
        let added = command.audience.add_endpoint(new, &Actor::Command, "command").await.unwrap();
        newsroom.receiver.trust("/hook", added.secret.expose()).unwrap();
        command.audience.test_endpoint(added.id, &Actor::Command).await.unwrap();
        let tested = newsroom.receiver.wait_for(A_SECOND, |hooks| hooks.iter().any(|hook| hook.event_type == "endpoint.test")).await;
        assert!(tested.is_some(), "the daemon did not act on another process's letter");
        let token = command.access.create_token("second", Scope::Admin, None, &Actor::Command).await.unwrap();
        newsroom.ask(Ask::get("/api/v1/articles").bearer(token.expose())).await.must_be(200);
        let began = Instant::now();
        Desk::new(command.ingest.clone()).withdraw(&ArticleKey::parse(&id).unwrap(), "误发", &Actor::Command).await.unwrap();
        let heard = newsroom.receiver.wait_for(A_SECOND, |hooks| hooks.iter().any(|hook| hook.event_type == "article.withdrawn")).await;
        assert!(heard.is_some_and(|hooks| hooks.iter().all(postrider::demo::Hook::verified)), "{:?}", began.elapsed());
        let gone = async {
            while newsroom.get("rss.xml").await.text().contains("徐徐展开") {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(A_SECOND, gone).await.expect("the feed follows");
        command.store.close().await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_file_has_one_daemon_and_a_server_any_number(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        match (b, newsroom.second_daemon().await) {
            (Backend::Sqlite, Err(AppError::Store(StoreError::Served { .. }))) => {}
            (Backend::Postgres, Ok(second)) => assert_eq!(second.stop().await, None),
            (_, other) => panic!("{other:?}"),
        }
        newsroom.endpoint("/hook", json!({})).await;
        newsroom.publish(&article(1)).await;
        if b == Backend::Sqlite {
            newsroom.hooks("/hook", 1).await;
            newsroom.settle().await;
        }
        newsroom.finish().await;
    }
}
