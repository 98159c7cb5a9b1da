//! What was logged at error, and what panicked, test by test: each test has a runtime of its own, and so a place of its own here.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex, Once};

use tokio::runtime::{Handle, Id};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

static SAID: LazyLock<Mutex<HashMap<Id, Vec<String>>>> = LazyLock::new(Mutex::default);

/// Listens from now on.
pub(super) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Ear)).unwrap();
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            keep(format!("panic: {panic}"));
            usual(panic);
        }));
    });
}

/// What this test's runtime said so far; it is forgotten.
pub(super) fn take() -> Vec<String> {
    SAID.lock().unwrap().remove(&Handle::current().id()).unwrap_or_default()
}

fn keep(line: String) {
    // Outside every runtime nobody waits for the line.
    let Ok(runtime) = Handle::try_current() else { return };
    if let Ok(mut said) = SAID.lock() {
        said.entry(runtime.id()).or_default().push(line);
    }
}

struct Ear;

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::ERROR && event.metadata().target().starts_with("postrider") {
            let mut line = Line(String::new());
            event.record(&mut line);
            keep(line.0);
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut error = Some(value);
        while let Some(cause) = error {
            write!(self.0, "{field}={cause} ").unwrap();
            error = cause.source();
        }
    }
}
