//! `postrider check`: everything that can be known wrong before a socket opens.

use super::{Desk, Done, say};
use crate::clock::Clock;

/// Slots of a digest that are shown.
const SLOTS: usize = 3;

pub(super) fn run(desk: &Desk) -> Done {
    let config = desk.config()?;
    let clock = Clock::System;
    for digest in &config.digests {
        let mut at = clock.now();
        say(&format!("digest {}: {}", digest.name, digest.title));
        for _ in 0..SLOTS {
            let Some(next) = digest.cron.next_after(at, digest.timezone) else { break };
            say(&format!("  {} {}", next.in_zone(digest.timezone).format("%a %Y-%m-%d %H:%M"), digest.timezone));
            at = next;
        }
    }
    say("the configuration is good");
    Ok(())
}
