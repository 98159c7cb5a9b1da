//! Configuration: loaded, merged, checked and written; one struct a concern.
//!
//! Layers, the weakest first: defaults, the file, `conf.d/*.toml` beside it by name, `POSTRIDER_SECTION__KEY` of the environment, `--set`.
//! Credentials of the service manager stand between files and environment. A later value wins; arrays of tables are appended by
//! `conf.d` and reached by number from the environment and flags (`mail.server.0.url`). Everything is checked before a socket opens, and
//! all problems are told at once, each with its place.
//! Relative paths, defaults too, lie below the file's folder; without a file, below the working directory.

mod check;
mod draft;
mod fault;
mod ground;
mod limits;
mod load;
mod mail;
mod measure;
mod media;
mod overrides;
mod reader;
mod receiver;
mod schedule;
mod secret;
mod section;
mod setting;
mod site;
mod source;
mod tree;
mod write;

#[cfg(test)]
mod tests;

pub use draft::Draft;
pub use fault::{ConfigErrors, Fault, Origin, Problem};
pub use ground::{Hold, Http, Keys, Outbound, Store};
pub use limits::Limits;
pub use load::{environment, find};
pub use mail::{Mail, MailServer, MailTo};
pub use media::{Copying, Media};
pub use overrides::{Overrides, Selector, SourceTest, TestDate};
pub use receiver::{Digest, Endpoint};
pub use schedule::{Schedule, ScheduleError};
pub use section::Section;
pub use site::{ArticlePage, Site};
pub use source::{Connect, Entries, FullText, Place, Source};
pub use write::{DEFAULT, show};

use std::path::Path;

use check::Declared;
use load::Layers;
use reader::{Notes, Placed, Reader, Shown};
use tree::Branch;

/// Everything that an operator may set, checked. `app` hands each room its part; no room takes the whole.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[site]`
    pub site: Site,
    /// `[store]`
    pub store: Store,
    /// `[http]`
    pub http: Http,
    /// `[[section]]`
    pub sections: Vec<Section>,
    /// `[[source]]`
    pub sources: Vec<Source>,
    /// `[mail]`
    pub mail: Mail,
    /// `[[digest]]`
    pub digests: Vec<Digest>,
    /// `[[endpoint]]`
    pub endpoints: Vec<Endpoint>,
    /// `[media]`
    pub media: Media,
    /// `[hold]`
    pub hold: Hold,
    /// `[outbound]`
    pub outbound: Outbound,
    /// `[keys]`
    pub keys: Keys,
    /// `[limits]`
    pub limits: Limits,
    /// What an operator should know although nothing is broken.
    pub warnings: Vec<Problem>,
    shown: Vec<Shown>,
}

impl Config {
    /// Loads every layer and checks the whole. Without a path there is no file layer.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        sets: &[String],
    ) -> Result<Self, ConfigErrors> {
        let Layers { tree, base, credentials, problems, strays } = Layers::gather(path, environment, sets);
        let notes = Notes { problems, base, credentials, ..Notes::default() };
        let (mut config, mut problems) = Self::read(tree, notes);
        config.warnings.extend(Layers::advise(&strays, &config.shown));
        if problems.is_empty() {
            return Ok(config);
        }
        problems.sort_by(|a, b| a.origin.cmp(&b.origin));
        problems.dedup();
        Err(ConfigErrors { problems, warnings: config.warnings })
    }

    fn read(tree: Branch, mut notes: Notes) -> (Self, Vec<Problem>) {
        let mut config = Reader::whole(tree, &mut notes, |r| {
            let site = r.table("site", Site::read);
            let store = r.table("store", Store::read);
            let http = r.table("http", Http::read);
            let sections = r.tables("section", Section::read);
            let sources = r.tables("source", |r| Source::read(r, &site));
            let mail = r.table("mail", Mail::read);
            let digests = r.tables("digest", |r| Digest::read(r, &site));
            let endpoints = r.tables("endpoint", Endpoint::read);
            let media = r.table("media", Media::read);
            let hold = r.table("hold", Hold::read);
            let outbound = r.table("outbound", Outbound::read);
            let keys = r.table("keys", Keys::read);
            let limits = r.table("limits", Limits::read);
            let declared = Declared { sections, sources, digests, endpoints };
            check::check(r.notes, &site, &mail, &declared);
            let Declared { sections, sources, digests, endpoints } = declared;
            let (sections, sources) = (bare(sections), bare(sources));
            let (digests, endpoints) = (bare(digests), bare(endpoints));
            let (warnings, shown) = (Vec::new(), Vec::new());
            Self { site, store, http, sections, sources, mail, digests, endpoints, media, hold, outbound, keys, limits, warnings, shown }
        });
        config.warnings = notes.warnings;
        config.shown = notes.shown;
        (config, notes.problems)
    }
}

impl PartialEq for Config {
    /// Whether the same is in force, wherever it was written.
    fn eq(&self, other: &Self) -> bool {
        // Taken apart, so that a new concern cannot be forgotten.
        let Self {
            site,
            store,
            http,
            sections,
            sources,
            mail,
            digests,
            endpoints,
            media,
            hold,
            outbound,
            keys,
            limits,
            warnings: _,
            shown: _,
        } = self;
        (site, store, http, sections, sources, mail)
            == (&other.site, &other.store, &other.http, &other.sections, &other.sources, &other.mail)
            && (digests, endpoints, media, hold) == (&other.digests, &other.endpoints, &other.media, &other.hold)
            && (outbound, keys, limits) == (&other.outbound, &other.keys, &other.limits)
    }
}

impl Default for Config {
    /// What is in force where nothing was written.
    fn default() -> Self {
        Self::read(Branch::empty(Origin::Default), Notes::default()).0
    }
}

fn bare<T>(placed: Vec<Placed<T>>) -> Vec<T> {
    placed.into_iter().map(|placed| placed.it).collect()
}
