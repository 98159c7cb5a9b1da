//! `postrider check`: everything that can be known wrong before a socket opens, then whether pages still give what they must.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::Args;

use super::{Desk, Done, Failure, say};
use crate::app::{policy, spec};
use crate::clock::Clock;
use crate::config::{Config, SourceTest, TestDate};
use crate::model::{Byline, Candidate, CanonicalUrl, PageMemory, SourceMemory, When};
use crate::outbound::Outbound;
use crate::source::pages::{Sheet, read_whole};
use crate::source::{self, Folders, Link, Net, Spec, Turns, Wanted};

/// Slots of a digest that are shown.
const SLOTS: usize = 3;

/// Options of `postrider check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Reads only those pages of source tests that are files.
    #[arg(long)]
    no_fetch: bool,
}

impl Check {
    pub(super) async fn run(self, desk: &Desk) -> Done {
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
        self.sources(&config, clock).await
    }

    /// Runs all tests of all sources, and tells everything that is wrong.
    async fn sources(&self, config: &Config, clock: Clock) -> Done {
        let outbound = Outbound::new(policy(config).map_err(super::startup)?)?;
        let net = Net { outbound, clock, folders: Folders::default(), turns: Turns::default() };
        let (mut passed, mut skipped, mut wrong) = (0, 0, Vec::new());
        for source in config.sources.iter().filter(|source| !source.tests.is_empty()) {
            let spec = spec(source, config).map_err(super::startup)?;
            for (at, test) in source.tests.iter().enumerate() {
                if self.no_fetch && test.file.is_none() {
                    skipped += 1;
                    continue;
                }
                let faults = match page(&spec, test, &net).await {
                    Ok(candidate) => faults(test, &candidate, &spec),
                    Err(why) => vec![why],
                };
                passed += usize::from(faults.is_empty());
                wrong.extend(faults.into_iter().map(|fault| format!("source {}, test {} ({}): {fault}", source.name, at + 1, named(test))));
            }
        }
        if passed > 0 || skipped > 0 {
            let left = if skipped > 0 { format!(", {skipped} not fetched") } else { String::new() };
            say(&format!("source tests: {passed} passed{left}"));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Failure::Failed(anyhow::anyhow!("pages no longer give what they must:\n{}", wrong.join("\n"))))
    }
}

fn named(test: &SourceTest) -> String {
    let file = test.file.as_ref().map(|file| file.display().to_string());
    file.or_else(|| test.url.as_ref().map(ToString::to_string)).unwrap_or_default()
}

/// The page as the daemon would read it.
async fn page(spec: &Spec, test: &SourceTest, net: &Net) -> Result<Candidate, String> {
    if let Some(file) = &test.file {
        let bytes = std::fs::read(file).map_err(|error| format!("the file cannot be read: {error}"))?;
        let sheet = Sheet { url: test.url.clone(), bytes, content_type: None };
        let (spec, now) = (spec.clone(), net.clock.now());
        let read = tokio::task::spawn_blocking(move || read_whole(&sheet, &[], &spec, &Arc::default(), now)).await;
        return match read {
            Ok(Ok(read)) => Ok(read.candidate),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        };
    }
    let url = test.url.clone().and_then(|url| CanonicalUrl::of(url).ok()).ok_or("its address is no article's address")?;
    let wanted = Wanted { link: Link { url, title: None, date: None }, memory: PageMemory::default() };
    let mut reading = source::read(spec, &SourceMemory::default(), vec![wanted], net).await;
    if let Some((_, error)) = reading.failed.pop() {
        return Err(format!("{:#}", anyhow::Error::new(error)));
    }
    reading.finds.pop().map(|find| find.candidate).ok_or_else(|| "the page gave nothing".to_owned())
}

/// What the page gave otherwise than it must.
fn faults(test: &SourceTest, candidate: &Candidate, spec: &Spec) -> Vec<String> {
    let mut faults = Vec::new();
    let mut compare = |field: &str, wanted: Option<String>, found: Option<String>| {
        if wanted.is_some() && wanted != found {
            faults.push(format!("{field} is {}, wanted {}", quoted(found), quoted(wanted)));
        }
    };
    compare("title", test.title.clone(), candidate.title.clone());
    compare("date", test.date.map(printed), candidate.published.zip(test.date).map(|(when, date)| like(when, date, spec)));
    compare("authors", test.authors.as_deref().map(set), test.authors.as_ref().map(|_| set(&names(&candidate.authors))));
    compare("editors", test.editors.as_deref().map(set), test.editors.as_ref().map(|_| set(&names(&candidate.editors))));
    compare("origin", test.origin.clone(), candidate.origin.as_ref().map(|origin| origin.name.clone()));
    let path = candidate.sections.first().cloned();
    let last = path.as_deref().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
    compare("section", test.section.clone(), if last == test.section { last } else { path });
    let body = text(candidate);
    faults.extend(test.body_contains.iter().filter(|part| !body.contains(*part)).map(|part| format!("the body lacks {part:?}")));
    faults.extend(test.body_lacks.iter().filter(|part| body.contains(*part)).map(|part| format!("the body contains {part:?}")));
    let length = body.chars().filter(|c| !c.is_whitespace()).count();
    if let Some(least) = test.min_length.filter(|least| length < *least as usize) {
        faults.push(format!("the body has {length} characters, wanted at least {least}"));
    }
    faults
}

fn quoted(value: Option<String>) -> String {
    value.map_or_else(|| "missing".to_owned(), |value| format!("{value:?}"))
}

fn names(people: &[Byline]) -> Vec<String> {
    people.iter().map(|one| one.name.clone()).collect()
}

/// Names in one order: a page's order is its own.
fn set(names: &[String]) -> String {
    names.iter().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}

fn printed(date: TestDate) -> String {
    match date {
        TestDate::Day(day) => day.to_string(),
        TestDate::Minute(minute) => minute.format("%Y-%m-%d %H:%M").to_string(),
    }
}

/// A page's time as exact as the test wants it.
fn like(when: When, wanted: TestDate, spec: &Spec) -> String {
    match (when, wanted) {
        (When::At(at), TestDate::Minute(_)) => at.in_zone(spec.zone).format("%Y-%m-%d %H:%M").to_string(),
        (When::At(at), TestDate::Day(_)) => at.in_zone(spec.zone).date_naive().to_string(),
        (When::Day(day), _) => day.to_string(),
    }
}

fn text(candidate: &Candidate) -> String {
    candidate.body.cleaned(candidate.url.as_ref().map(CanonicalUrl::url).as_ref()).text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(test: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let page = "<meta charset=utf-8><title>老渡口修好了_河口新闻网</title><h1>老渡口修好了</h1><p>2025-12-30 09:05 来源：河口报</p>\
            <p>昨天，河口镇的老渡口修好了，两岸的人又能坐船过河了。</p><p>工程花了三个月，栈桥换了新木板，候船的棚子也是新的。</p><p>责任编辑：李勤</p>";
        std::fs::write(folder.path().join("1.html"), page).unwrap();
        let source =
            "[[source]]\nkind = \"site\"\nname = \"cms\"\nlisting = [\"http://www.hekou.example/\"]\n[[source.test]]\nfile = \"1.html\"\n";
        std::fs::write(folder.path().join("a.toml"), format!("{source}{test}")).unwrap();
        let config = Config::load(Some(&folder.path().join("a.toml")), [], &[]).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let done = runtime.block_on(Check { no_fetch: true }.sources(&config, Clock::System));
        match done {
            Ok(()) => Vec::new(),
            Err(Failure::Failed(error)) => {
                error.to_string().lines().skip(1).map(|line| line.split("): ").nth(1).unwrap().to_owned()).collect()
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_page_that_gives_what_it_must_passes() {
        let test = "title = \"老渡口修好了\"\ndate = \"2025-12-30 09:05\"\nauthors = []\neditors = [\"李勤\"]\norigin = \"河口报\"\n\
            body_contains = [\"栈桥\"]\nbody_lacks = [\"责任编辑\"]\nmin_length = 30\n";
        assert_eq!(told(test), [""; 0]);
    }

    #[test]
    fn all_that_is_wrong_is_told_with_what_was_found() {
        let test =
            "title = \"新渡口\"\ndate = \"2025-12-31\"\neditors = []\nsection = \"新闻\"\nbody_contains = [\"大桥\"]\nmin_length = 3000\n";
        let told = told(test);
        assert_eq!(
            told[..5],
            [
                "title is \"老渡口修好了\", wanted \"新渡口\"",
                "date is \"2025-12-30\", wanted \"2025-12-31\"",
                "editors is \"李勤\", wanted \"\"",
                "section is missing, wanted \"新闻\"",
                "the body lacks \"大桥\"",
            ]
        );
        assert!(told[5].starts_with("the body has "), "{told:?}");
    }
}
