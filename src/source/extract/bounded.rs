//! Extraction of pages from strangers: a deep stack, a deadline, and panics caught.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{self, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono_tz::Tz;
use url::Url;

use super::{Extraction, Input, extract, extract_with};
use crate::config::Overrides;
use crate::model::{Millis, SourceMemory};

/// The stack of a worker (bytes): what recursion needs at the deepest tree that is let through, many times over.
const STACK: usize = 64 * 1024 * 1024;

/// The largest page that is read (bytes). Real pages stay below 4 MiB.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// Workers that are kept for the next page. What one has warmed up, the tables of the patterns above all, is worth more than its memory.
const KEPT: usize = 4;

/// Why a page was not read.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// Larger than [`LARGEST`].
    #[error("reading a page of {0} bytes: larger than {LARGEST}")]
    TooLarge(usize),
    /// It took too long.
    #[error("reading a page: not done within {} ms", .0.as_millis())]
    Deadline(Duration),
    /// A rule or a library gave up on it.
    #[error("reading a page: the extractor stopped on it")]
    Stopped,
    /// The system gave no thread.
    #[error("reading a page: no thread for it")]
    Thread(#[source] std::io::Error),
}

/// An [`Input`] that owns what it holds, so that a page that hangs can be left behind.
#[derive(Debug, Clone)]
pub struct OwnedInput {
    /// As received.
    pub bytes: Vec<u8>,
    /// Where it was received from.
    pub url: Option<Url>,
    /// The `Content-Type` it came with.
    pub content_type: Option<String>,
    /// The source's zone.
    pub zone: Tz,
    /// The source's name.
    pub source: String,
    /// When it was received.
    pub seen_at: Millis,
    /// What is remembered of the source's other pages.
    pub line_frequency: Option<std::sync::Arc<SourceMemory>>,
}

impl OwnedInput {
    /// The same, borrowed.
    #[must_use]
    pub fn as_input(&self) -> Input<'_> {
        Input {
            bytes: &self.bytes,
            url: self.url.as_ref(),
            content_type: self.content_type.as_deref(),
            zone: self.zone,
            source: &self.source,
            seen_at: self.seen_at,
            line_frequency: self.line_frequency.as_deref(),
        }
    }
}

/// Reads a page on a worker's thread, and waits for it at most `deadline`. It blocks: async callers use `spawn_blocking`.
///
/// # Errors
/// When the page is too large, takes too long or stops the extractor. The process always goes on. A worker that is left behind is free
/// again behind its page: depth, elements and attributes are bounded before anything slow sees them.
pub fn extract_bounded(input: OwnedInput, deadline: Duration) -> Result<Extraction, ExtractError> {
    bounded(input, deadline, extract)
}

/// Reads a page likewise, with `overrides` laid over the rules.
///
/// # Errors
/// As [`extract_bounded`].
pub fn extract_overridden(input: OwnedInput, overrides: Arc<Overrides>, deadline: Duration) -> Result<Extraction, ExtractError> {
    bounded(input, deadline, move |input| extract_with(input, &overrides))
}

fn bounded(
    input: OwnedInput,
    deadline: Duration,
    read: impl FnOnce(&Input<'_>) -> Extraction + Send + 'static,
) -> Result<Extraction, ExtractError> {
    if input.bytes.len() > LARGEST {
        return Err(ExtractError::TooLarge(input.bytes.len()));
    }
    let (done, wait) = mpsc::sync_channel(1);
    hand_over(Page { input, read: Box::new(read), done }).map_err(ExtractError::Thread)?;
    match wait.recv_timeout(deadline) {
        Ok(read) => read,
        Err(RecvTimeoutError::Timeout) => Err(ExtractError::Deadline(deadline)),
        Err(RecvTimeoutError::Disconnected) => Err(ExtractError::Stopped),
    }
}

/// A page on its way to a worker.
struct Page {
    input: OwnedInput,
    read: Box<dyn FnOnce(&Input<'_>) -> Extraction + Send>,
    done: SyncSender<Result<Extraction, ExtractError>>,
}

/// Workers without a page, the last to finish at the end. One that a page holds up is not among them.
static IDLE: Mutex<Vec<Sender<Page>>> = Mutex::new(Vec::new());

fn idle() -> MutexGuard<'static, Vec<Sender<Page>>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives a page to a worker that waits for one, else to a new one.
fn hand_over(mut page: Page) -> std::io::Result<()> {
    loop {
        // The lock is held for the look alone.
        let waiting = idle().pop();
        let Some(worker) = waiting else { break };
        match worker.send(page) {
            Ok(()) => return Ok(()),
            Err(returned) => page = returned.0,
        }
    }
    let (own, pages) = mpsc::channel();
    let work = move || {
        let mut next = Some(page);
        while let Some(Page { input, read, done }) = next {
            let read = std::panic::catch_unwind(AssertUnwindSafe(|| read(&input.as_input())));
            // Before the answer goes out: whoever gets it may come with the next page at once.
            let stays = stand_by(&own);
            // Nobody waits any more once the deadline has passed.
            let _ = done.send(read.map_err(|_| ExtractError::Stopped));
            next = if stays { pages.recv().ok() } else { None };
        }
    };
    std::thread::Builder::new().name("extract".to_owned()).stack_size(STACK).spawn(work).map(|_| ())
}

/// Puts a worker among those without a page, unless there are enough of them.
fn stand_by(worker: &Sender<Page>) -> bool {
    let mut idle = idle();
    let stays = idle.len() < KEPT;
    if stays {
        idle.push(worker.clone());
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a debug build on a busy machine may take.
    const PATIENCE: Duration = Duration::from_mins(2);

    fn input(page: String) -> OwnedInput {
        OwnedInput {
            bytes: page.into_bytes(),
            url: None,
            content_type: None,
            zone: chrono_tz::Asia::Shanghai,
            source: "hostile".to_owned(),
            seen_at: Millis(0),
            line_frequency: None,
        }
    }

    #[test]
    fn hostile_pages_are_read_and_the_process_goes_on() {
        let text = "昨天，河边的老渡口修好了，两岸的人又能坐船过河了。";
        for unit in [
            "<div>",
            "<b>",
            "<font color=red>",
            "<table><tr><td>",
            "<blockquote><p>",
            "<ul><li>",
            "<a href=x><div>",
            "<span><div></span>",
            "<svg><g>",
            "<noscript><div>",
            "<!--",
            "<",
        ] {
            let page = format!("<html><body><h1>老渡口修好了</h1><p>{text}</p>{}<p>{text}</p>", unit.repeat(30_000));
            let read = extract_bounded(input(page), PATIENCE).unwrap_or_else(|error| panic!("{unit}: {error}"));
            assert_eq!(read.candidate.title.as_deref(), Some("老渡口修好了"), "{unit}");
        }
    }

    #[test]
    fn fonts_that_are_never_closed_do_not_multiply() {
        let fonts: String = (0..5_000).map(|n| ["<font color=c", n.to_string().as_str(), ">"].concat()).collect();
        let page = format!("<html><body>{fonts}{}", "<p>一</p>".repeat(20_000));
        assert!(extract_bounded(input(page), PATIENCE).is_ok());
    }

    #[test]
    fn nobody_waits_beyond_the_deadline() {
        let page = format!("<html><body>{}", "<p>昨天，河边的老渡口修好了。</p>".repeat(20_000));
        assert!(matches!(extract_bounded(input(page), Duration::from_millis(1)), Err(ExtractError::Deadline(_))));
        assert!(matches!(extract_bounded(input(" ".repeat(LARGEST + 1)), PATIENCE), Err(ExtractError::TooLarge(_))));
    }

    #[test]
    fn a_worker_outlives_panics_and_late_pages_and_takes_the_next() {
        let stops = bounded(input(String::new()), PATIENCE, |_| panic!("a page that a rule gives up on"));
        assert!(matches!(stops, Err(ExtractError::Stopped)));
        let (go, wait) = mpsc::channel::<()>();
        let hangs = bounded(input(String::new()), Duration::from_millis(20), move |page| {
            let _ = wait.recv();
            extract(page)
        });
        assert!(matches!(hangs, Err(ExtractError::Deadline(_))));
        // While one worker hangs, pages are read; and so they are when it is back.
        for _ in 0..3 * KEPT {
            assert!(extract_bounded(input("<h1>老渡口修好了</h1>".to_owned()), PATIENCE).is_ok());
        }
        drop(go);
        for _ in 0..3 * KEPT {
            assert!(extract_bounded(input("<h1>老渡口修好了</h1>".to_owned()), PATIENCE).is_ok());
        }
        assert!(idle().len() <= KEPT);
    }

    #[test]
    fn noise_is_read_too() {
        for page in [
            "",
            "\0\0\0",
            "<",
            "<p",
            "&#x110000;&&&",
            "<title>",
            "\u{feff}",
            "<base href='http://[::'><img src='http://[::'><a href=':::'>x</a>",
        ] {
            assert!(extract_bounded(input(page.to_owned()), PATIENCE).is_ok(), "{page:?}");
        }
    }
}
