//! The archive of a new newsroom: a first look of every source, which tells nobody, and a token.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use super::visit::Progress;
use crate::app::House;
use crate::cli::{Desk, Failure, say, startup};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::lifecycle::Lifecycle;
use crate::model::{Actor, Language, Millis};
use crate::phrases::Phrases;
use crate::store::{ArticleFilter, Scope, SourceRow, StoreError};

/// How often the sources are looked at.
const LOOK: Duration = Duration::from_millis(200);
/// What the token is called.
const TOKEN: &str = "init";
/// Articles that are counted at once.
const PAGE: i64 = 200;

/// Opens the store of a configuration that was just written.
pub(super) async fn open(desk: &Desk, file: &Path) -> Result<House, Failure> {
    let config = Config::load(Some(file), desk.environment.iter().cloned(), &desk.sets).map_err(Failure::Config)?;
    House::open(config, Clock::System, Ids::default()).await.map_err(startup)
}

/// Makes a token and prints it, this once. One of an earlier `init` on the same store is void from then on.
pub(super) async fn token(house: &House, language: Language) -> Result<(), Failure> {
    let actor = Actor::Command;
    // Whoever begins again has lost the secret, or wants it to be worth nothing.
    house.access.revoke_token(TOKEN, &actor).await?;
    let mut name = TOKEN.to_owned();
    let taken: Vec<String> = house.store.tokens().await?.into_iter().map(|token| token.name).collect();
    for n in 2.. {
        if !taken.contains(&name) {
            break;
        }
        name = format!("{TOKEN}-{n}");
    }
    let secret = house.access.create_token(&name, Scope::Write, None, &actor).await?;
    eprintln!("{}", Phrases::of(language).init.talk.token);
    say(secret.expose());
    Ok(())
}

/// Looks at every source once. What they give is old, so nobody is told.
pub(super) async fn fill(house: &House, language: Language) -> Result<(), Failure> {
    let words = &Phrases::of(language).init.talk;
    let Ok(lock) = house.store.lock_for_serving() else {
        eprintln!("{}", words.is_served);
        return Ok(());
    };
    let lifecycle = Lifecycle::default();
    house.declare(&lifecycle).await.map_err(startup)?;
    let rounds = house.rounds().map_err(startup)?;
    let declared = house.planned().map_err(startup)?.into_iter().map(|plan| plan.spec.name).collect();
    lifecycle.spawn("rounds", rounds.run(lifecycle.clone()));
    let progress = Progress::new(language);
    let rows = tokio::select! {
        rows = looked(house, &declared, &progress, words.filling) => rows?,
        () = lifecycle.stopping() => return Err(Failure::Failed(anyhow::anyhow!("{}", lifecycle.crash().unwrap_or_default()))),
    };
    lifecycle.stop_softly();
    lifecycle.ended().await;
    drop(lock);
    for row in &rows {
        if let Some(error) = row.health.get("error").and_then(|error| error.as_str()) {
            eprintln!("{}", (words.not_filled)(&row.name, error));
        }
    }
    eprintln!("{}", (words.filled)(articles(house).await?));
    Ok(())
}

/// Waits until every declared source was looked at, to the end of its first look.
async fn looked(
    house: &House,
    declared: &HashSet<String>,
    progress: &Progress,
    words: fn(usize, usize, usize) -> String,
) -> Result<Vec<SourceRow>, StoreError> {
    let mut told = String::new();
    let mut found: HashMap<(String, i64), i64> = HashMap::new();
    loop {
        let rows: Vec<SourceRow> = house.store.sources().await?.into_iter().filter(|row| is_awaited(row, declared)).collect();
        let done = rows.iter().filter(|row| is_done(row, house.clock.now())).count();
        for row in &rows {
            let number = |key: &str| row.health.get(key).and_then(serde_json::Value::as_i64);
            if let (Some(at), Some(count)) = (number("at"), number("found")) {
                found.insert((row.name.clone(), at), count);
            }
        }
        let line = words(done, rows.len(), found.values().sum::<i64>() as usize);
        if line != told {
            progress.line(&line);
            told = line;
        }
        if done == rows.len() {
            progress.end();
            return Ok(rows);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Whether somebody goes to a source: the store still has those of earlier files, and those that a person paused.
fn is_awaited(row: &SourceRow, declared: &HashSet<String>) -> bool {
    declared.contains(&row.name) && !row.paused
}

/// Whether a first look ended, well or badly: the next one lies ahead.
fn is_done(row: &SourceRow, now: Millis) -> bool {
    row.memory.visited || row.health.get("at").is_some() && row.next_at.is_some_and(|at| at > now)
}

async fn articles(house: &House) -> Result<usize, StoreError> {
    let (mut count, mut filter) = (0, ArticleFilter::default());
    loop {
        let page = house.store.articles(&filter, PAGE).await?;
        count += page.len();
        match page.last() {
            Some(last) if page.len() as i64 == PAGE => filter.after = Some((last.article.published, last.id)),
            _ => return Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Seq, SourceKind, SourceMemory};

    #[test]
    fn nobody_waits_for_a_source_that_nobody_goes_to() {
        let row = |name: &str, paused: bool| SourceRow {
            id: Seq(1),
            name: name.to_owned(),
            kind: SourceKind::Site,
            spec: serde_json::Value::Null,
            paused,
            next_at: None,
            memory: SourceMemory::default(),
            health: serde_json::Value::Null,
        };
        let declared = HashSet::from(["yicheng".to_owned(), "resting".to_owned()]);
        assert!(is_awaited(&row("yicheng", false), &declared));
        assert!(!is_awaited(&row("site", false), &declared), "a source of an earlier file");
        assert!(!is_awaited(&row("resting", true), &declared));
    }
}
