//! `--once`: one article on each site, until feed, mailbox and webhook have it; then the ledger.

use anyhow::anyhow;
use tokio::time::{Instant, sleep};

use super::feed;
use super::ledger::{Channel, Ledger, Line};
use super::newsroom::{HOOK, LOOK, Newsroom, READERS};
use super::screen::Screen;
use crate::cli::{Done, Failure};
use crate::demo::Fresh;
use crate::model::State;

pub(super) async fn play(newsroom: &Newsroom, screen: &Screen, deadline: Instant) -> Done {
    let zone = newsroom.house().config.site.timezone;
    newsroom.first_looks(deadline).await?;
    let mut ledger = Ledger::new(newsroom);
    let archived = silence(newsroom, deadline).await?;
    Screen::say(&(screen.words.archived)(archived))?;
    let mut expected = Vec::new();
    let both = [newsroom.stage.legacy.publish_next(), newsroom.stage.english.publish_next()];
    for (place, fresh) in both.into_iter().enumerate() {
        let fresh = fresh.ok_or_else(|| anyhow!("a site of the stage has nothing to publish"))?;
        screen.published(newsroom.house().clock.now(), zone, screen.words.sites[place], &fresh.headline)?;
        ledger.expect(fresh.clone());
        expected.push((fresh, READERS[place].0));
    }
    let mut lines = Vec::new();
    loop {
        lines.extend(ledger.news().await?);
        let Some(missing) = expected.iter().find_map(|(fresh, reader)| missing(newsroom, screen, &lines, fresh, reader)) else { break };
        if Instant::now() >= deadline {
            screen.table(&lines, zone)?;
            return Err(anyhow!((screen.words.too_late)(&missing)).into());
        }
        sleep(LOOK).await;
    }
    if let Some(line) = told_of_old(&lines, &expected) {
        return Err(anyhow!((screen.words.not_silent)(line)).into());
    }
    Screen::say("")?;
    screen.table(&lines, zone)?;
    Screen::say(&format!("\n{}", (screen.words.all_there)(expected.len())))?;
    Ok(())
}

/// Waits until the feed of everything has every archived article. How many they are.
async fn silence(newsroom: &Newsroom, deadline: Instant) -> Result<usize, Failure> {
    let archive: Vec<Fresh> = newsroom.stage.legacy.articles().into_iter().chain(newsroom.stage.english.articles()).collect();
    loop {
        let all = feed::fetch(newsroom, None).await?;
        match archive.iter().find(|old| !all.carries(&old.url, &old.headline)) {
            None => return Ok(archive.len()),
            Some(old) if Instant::now() >= deadline => return Err(anyhow!("{} is not in the feed: {}", old.headline, old.url).into()),
            Some(_) => sleep(LOOK).await,
        }
    }
}

/// What one article has not come to yet, in words; `None` where all have it.
fn missing(newsroom: &Newsroom, screen: &Screen, lines: &[Line], fresh: &Fresh, reader: &str) -> Option<String> {
    let settled = |channel| {
        let mut about = lines.iter().filter(|line| line.headline.as_deref() == Some(&fresh.headline));
        about.any(|line| line.channel == channel && line.state == State::Accepted)
    };
    let stage = &newsroom.stage;
    let mailed = || {
        let mut theirs = stage.mailbox.received().into_iter().filter(|mail| mail.to.iter().any(|to| to == reader));
        theirs.any(|mail| mail.subject().contains(&fresh.headline) && mail.html().contains(&fresh.headline))
    };
    let hooked = || stage.receiver.received().iter().any(|hook| hook.path == HOOK && hook.title == fresh.headline && hook.verified());
    let words = screen.words;
    let missing = if !settled(Channel::Feed) {
        words.feed
    } else if !(settled(Channel::Mail) && mailed()) {
        words.mail
    } else if !(settled(Channel::Webhook) && hooked()) {
        words.webhook
    } else {
        return None;
    };
    Some(format!("{missing}: {}", fresh.headline))
}

/// A delivery about something that was old when it was found.
fn told_of_old<'a>(lines: &'a [Line], expected: &[(Fresh, &str)]) -> Option<&'a str> {
    let mut headlines = lines.iter().filter_map(|line| line.headline.as_deref());
    headlines.find(|headline| !expected.iter().any(|(fresh, _)| fresh.headline == *headline))
}
