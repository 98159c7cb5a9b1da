//! The demo as it stands open: an article every half minute, and a line as each delivery settles.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::ledger::Ledger;
use super::newsroom::{LOOK, Newsroom};
use super::screen::Screen;
use crate::cli::Done;
use crate::model::Language;

/// Between two articles: time enough to look at what the last one did.
const PACE: Duration = Duration::from_secs(30);
/// The first one comes when the page has been opened.
const FIRST: Duration = Duration::from_secs(5);

pub(super) async fn play(newsroom: &Newsroom, screen: &Screen, deadline: Instant) -> Done {
    let zone = newsroom.house().config.site.timezone;
    screen.open_first(&newsroom.stage.url())?;
    Screen::say(&(screen.words.beside)(&newsroom.file().display().to_string()))?;
    Screen::say(screen.words.ends)?;
    newsroom.first_looks(deadline).await?;
    let stage = &newsroom.stage;
    let archived = stage.legacy.articles().len() + stage.english.articles().len();
    Screen::say(&format!("\n{}", (screen.words.archived)(archived)))?;
    let mut ledger = Ledger::new(newsroom);
    let mut publishing = interval_at(Instant::now() + FIRST, PACE);
    let mut looking = interval_at(Instant::now(), LOOK);
    looking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The site that speaks the newsroom's language goes first.
    let first = usize::from(screen.language == Language::English);
    let (mut turn, mut supplied) = (first, true);
    loop {
        tokio::select! {
            _ = publishing.tick() => {
                newsroom.show_doors(screen.language).await?;
                let next = [turn % 2, (turn + 1) % 2].into_iter().find_map(|place| Some((place, publish(newsroom, place)?)));
                match next {
                    Some((place, fresh)) => {
                        Screen::say("")?;
                        screen.published(newsroom.house().clock.now(), zone, screen.words.sites[place], &fresh.headline)?;
                        ledger.expect(fresh);
                        turn = place + 1;
                    }
                    None if supplied => {
                        supplied = false;
                        Screen::say(&format!("\n{}", screen.words.supply_ends))?;
                    }
                    None => {}
                }
            }
            _ = looking.tick() => {
                for line in ledger.news().await? {
                    screen.delivered(&line, zone)?;
                }
            }
        }
    }
}

/// Publishes on a site of the stage: 0 is the legacy one.
fn publish(newsroom: &Newsroom, place: usize) -> Option<crate::demo::Fresh> {
    if place == 0 { newsroom.stage.legacy.publish_next() } else { newsroom.stage.english.publish_next() }
}
