//! Starting tasks and stopping them: soft, then hard. No statics.

use std::future::Future;
use std::sync::{Arc, Mutex};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How the daemon's tasks learn that it is time to go.
///
/// *Soft*: take no new work, finish what is in hand. *Hard*: let go at once; the store makes every point a safe one.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
    crash: Arc<Mutex<Option<String>>>,
}

impl Lifecycle {
    /// Starts a task that runs until the stop. One that ends by itself before that is a crash, which stops the daemon.
    pub fn spawn<F, E>(&self, name: &'static str, task: F) -> JoinHandle<()>
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let lifecycle = self.clone();
        self.tasks.spawn(async move {
            let inner = tokio::spawn(task);
            let abort = inner.abort_handle();
            let ended = tokio::select! {
                ended = inner => ended,
                () = lifecycle.hard.cancelled() => { abort.abort(); return }
            };
            let because = match ended {
                Ok(Ok(())) if lifecycle.soft.is_cancelled() => return,
                Ok(Ok(())) => "ended by itself".to_owned(),
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            lifecycle.crashed(format!("{name}: {because}"));
        })
    }

    /// Starts a short piece of work that the stop waits for; it may end whenever it likes.
    pub fn spawn_work<F: Future<Output = ()> + Send + 'static>(&self, work: F) -> JoinHandle<()> {
        let hard = self.hard.clone();
        self.tasks.spawn(async move {
            tokio::select! { () = work => {}, () = hard.cancelled() => {} }
        })
    }

    fn crashed(&self, what: String) {
        tracing::error!(task = %what, "a task ended that must run until the stop");
        self.crash.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(what);
        self.soft.cancel();
    }

    /// What crashed first, if anything did.
    #[must_use]
    pub fn crash(&self) -> Option<String> {
        self.crash.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Asks everyone to finish.
    pub fn stop_softly(&self) {
        self.soft.cancel();
        self.tasks.close();
    }

    /// Tells everyone to let go.
    pub fn stop_hard(&self) {
        self.soft.cancel();
        self.hard.cancel();
        self.tasks.close();
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Waits until a stop is asked for.
    pub async fn stopping(&self) {
        self.soft.cancelled().await;
    }

    /// Waits until everyone must let go.
    pub async fn letting_go(&self) {
        self.hard.cancelled().await;
    }

    /// Waits until every task has ended; a stop must have been asked for.
    pub async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
