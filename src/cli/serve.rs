//! `postrider serve`: the daemon, until a signal. The first one stops softly, a second one at once.

use tokio::signal::unix::{SignalKind, signal};

use super::{Desk, Done, Failure, say, startup};
use crate::app::App;
use crate::clock::{Clock, Ids};

pub(super) async fn run(desk: &Desk) -> Done {
    let config = desk.config()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let running = App::start(config, Clock::System, Ids::default(), None).await.map_err(startup)?;
    say(&format!("listening on http://{}", running.address));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = running.stopping() => {}
    }
    tracing::info!("stopping");
    let stop = running.stop();
    let crash = tokio::select! {
        crash = stop => crash,
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
    };
    match crash {
        Some(what) => Err(Failure::Failed(anyhow::anyhow!("a task ended that must run: {what}"))),
        None => Ok(()),
    }
}
