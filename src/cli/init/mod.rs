//! `postrider init`: a site's front page becomes the configuration of a newsroom, its token, and its archive.
//!
//! Nothing stands that was there before is overwritten without `--force`, and the file comes whole or not at all: it is written
//! beside its place, checked as `check` would, and put there in one step.

pub(super) mod block;
mod file;
mod fill;
mod plan;
mod report;
pub(super) mod visit;

use std::io::{IsTerminal as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use url::Url;

use super::{Desk, Done, Failure};
use crate::config::Config;
use crate::model::Language;
use crate::phrases::Phrases;
use crate::source::probe::{FoundSection, Reason, Survey, survey};
use file::Setting;
use plan::Plan;
use visit::{Progress, Visit};

#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// The site's front page.
    #[arg(value_parser = visit::address)]
    url: Url,
    /// The file to write; without it the one of --config, else ./postrider.toml.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrites a file that stands there.
    #[arg(long)]
    force: bool,
    /// Asks nothing.
    #[arg(long)]
    yes: bool,
    /// Writes the file and makes the token, and leaves the first look at the sources to the daemon.
    #[arg(long)]
    no_backfill: bool,
    /// Pages that are asked for at most.
    #[arg(long, value_name = "COUNT", default_value_t = 120, value_parser = clap::value_parser!(u16).range(1..=2000))]
    max_requests: u16,
    #[command(flatten)]
    visit: Visit,
}

impl Init {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let out = self.out.clone().or_else(|| desk.config.clone()).unwrap_or_else(|| PathBuf::from("postrider.toml"));
        let before = self.visit.before(desk, &self.url);
        if out.exists() && !self.force {
            return Err(Failure::Failed(anyhow!("{}", (Phrases::of(before).init.talk.exists)(&out.display().to_string()))));
        }
        let (net, spec) = self.visit.prepare(desk, &self.url)?;
        let progress = Progress::new(before);
        let surveyed = survey(&spec, &net, usize::from(self.max_requests), &|url| progress.page(url)).await;
        progress.end();
        match surveyed {
            Ok(survey) => self.write(desk, &out, survey).await,
            Err(reason) => self.leave_to_hand(desk, &out, &reason, before),
        }
    }

    fn setting(&self, language: Language, zone: chrono_tz::Tz) -> Setting {
        let today = crate::clock::Clock::System.now().in_zone(zone).date_naive();
        Setting { language, own: self.visit.own, private: self.visit.allow_private, today }
    }

    async fn write(&self, desk: &Desk, out: &Path, mut survey: Survey) -> Done {
        let language = self.visit.about(&survey.language);
        let words = &Phrases::of(language).init.talk;
        let general = survey.front.is_some().then(|| general(&mut survey, Phrases::of(language).init.file.example_section));
        let (plan, survey) = (Plan::of(&survey, general), &survey);
        for line in report::lines(survey, &plan, language) {
            eprintln!("{line}");
        }
        let shown = out.display().to_string();
        eprintln!();
        if !self.yes && !agreed(&(words.ask)(&shown))? {
            eprintln!("{}", words.left);
            return Ok(());
        }
        let text = file::text(survey, &plan, &self.setting(language, survey.zone));
        self.put(desk, out, &text)?;
        eprintln!("{}", (words.written)(&shown));
        let house = fill::open(desk, out).await?;
        fill::token(&house, language).await?;
        if !self.no_backfill {
            fill::fill(&house, language).await?;
        }
        house.store.close().await;
        eprintln!("{}", (words.then)(&shown));
        Ok(())
    }

    /// Leaves a file to be finished by a person, and fails with the reason.
    fn leave_to_hand(&self, desk: &Desk, out: &Path, reason: &Reason, language: Language) -> Done {
        let phrases = &Phrases::of(language).init;
        let why = visit::reason(&phrases.reason, reason);
        let zone = if language == Language::Chinese { chrono_tz::Asia::Shanghai } else { chrono_tz::UTC };
        self.put(desk, out, &file::by_hand(&self.url, &why, &self.setting(language, zone)))?;
        eprintln!("{}", (phrases.talk.written_by_hand)(&out.display().to_string()));
        Err(Failure::Failed(anyhow!("{}: {why}", self.url)))
    }

    /// Puts the file in its place, whole.
    fn put(&self, desk: &Desk, out: &Path, text: &str) -> Result<(), Failure> {
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
        let mut file = tempfile::Builder::new().prefix(".postrider-").suffix(".toml").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        // No secret is in it, and the daemon often runs as somebody else.
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        file.as_file().sync_all()?;
        Config::load(Some(file.path()), desk.environment.iter().cloned(), &desk.sets).map_err(Failure::Config)?;
        let put = if self.force { file.persist(out) } else { file.persist_noclobber(out) };
        put.map_err(|error| error.error).with_context(|| format!("write {}", out.display()))?;
        Ok(())
    }
}

/// The section of copy that names none, as an index; it is made where the site has none of that name.
fn general(survey: &mut Survey, title: &str) -> usize {
    let sections = &mut survey.sections;
    sections.iter().position(|section| section.title == title).unwrap_or_else(|| {
        sections.push(FoundSection::named(title));
        sections.len() - 1
    })
}

/// Asks whoever sits there; nobody else is asked.
fn agreed(question: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    eprint!("{question}");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(!answer.trim().to_lowercase().starts_with(['n', '否', '不']))
}
