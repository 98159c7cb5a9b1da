//! `postrider demo`: everything live on one screen, with nothing configured and nothing left behind.
//!
//! The stage ([`crate::demo`]) stands around a real daemon, whose settings, store and keys lie in a temporary folder.

mod feed;
mod ledger;
mod live;
mod newsroom;
mod once;
mod screen;
mod settings;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use super::{Desk, Done, Failure};
use crate::model::Language;
use newsroom::Newsroom;
use screen::Screen;
pub(super) use screen::width;

/// Everything that the demo waits for comes within seconds; on a loaded machine it may take so long.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Where the newsroom listens; port 0 is any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// zh-CN or en.
    #[arg(long, default_value = "zh-CN", value_parser = language)]
    language: Language,
    /// Publishes one article on each site, waits until all is delivered, prints the ledger and ends.
    #[arg(long)]
    once: bool,
}

fn language(tag: &str) -> Result<Language, String> {
    Language::of_tag(tag).ok_or_else(|| "zh-CN or en".to_owned())
}

impl Demo {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        if desk.config.is_some() {
            return Err(Failure::Usage("the demo brings its own configuration; --set changes one of its keys".to_owned()));
        }
        let screen = Screen::new(self.language, desk.env("NO_COLOR"));
        match self.play(&screen, &desk.sets).await {
            Err(Failure::Failed(error)) if is_broken_pipe(&error) => Ok(()),
            played => played,
        }
    }

    async fn play(&self, screen: &Screen, sets: &[String]) -> Done {
        let mut signals = Signals::listen()?;
        let deadline = Instant::now() + PATIENCE;
        Screen::say(screen.words.starting)?;
        let newsroom = tokio::select! {
            opened = Newsroom::open(self.listen, self.language, sets, deadline) => opened?,
            () = signals.any() => return Ok(()),
        };
        let played = tokio::select! {
            played = async {
                if self.once { once::play(&newsroom, screen, deadline).await } else { live::play(&newsroom, screen, deadline).await }
            } => played,
            () = newsroom.running.stopping() => Ok(()),
            () = signals.any() => Screen::say(&format!("\n{}", screen.words.stopping)).map_err(Failure::from),
        };
        let crash = tokio::select! {
            crash = newsroom.stop() => crash,
            () = signals.any() => None,
        };
        match crash {
            Some(what) => Err(Failure::Failed(anyhow::anyhow!("a task ended that must run: {what}"))),
            None => played,
        }
    }
}

/// What asks the demo to end: Ctrl-C, or the terminal's master.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Whoever read the screen went away (`| head`): that ends the demo quietly, and the folder still goes.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
