//! What only the whole configuration can tell: names that are alone, sections that exist, advice.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::fault::nearest;
use super::mail::Mail;
use super::reader::{Notes, Placed};
use super::receiver::{Digest, Endpoint};
use super::section::Section;
use super::setting::quoted;
use super::site::Site;
use super::source::Source;
use crate::model::Slug;

/// The arrays of tables, each with its place.
pub(super) struct Declared {
    pub(super) sections: Vec<Placed<Section>>,
    pub(super) sources: Vec<Placed<Source>>,
    pub(super) digests: Vec<Placed<Digest>>,
    pub(super) endpoints: Vec<Placed<Endpoint>>,
}

/// Notes what is wrong with the whole.
pub(super) fn check(notes: &mut Notes, site: &Site, mail: &Mail, declared: &Declared) {
    let Declared { sections, sources, digests, endpoints } = declared;
    alone(notes, "name", sources.iter().map(|source| (&source.place, &source.it.name)));
    alone(notes, "name", digests.iter().map(|digest| (&digest.place, &digest.it.name)));
    alone(notes, "name", endpoints.iter().map(|endpoint| (&endpoint.place, &endpoint.it.name)));
    addresses(notes, sections);

    let followed = sources.iter().map(|source| (&source.place, &source.it.sections));
    let followed = followed.chain(digests.iter().map(|digest| (&digest.place, &digest.it.sections)));
    let followed = followed.chain(endpoints.iter().map(|endpoint| (&endpoint.place, &endpoint.it.filters.sections)));
    for (place, wanted) in followed {
        for slug in wanted.iter().filter(|slug| !sections.iter().any(|section| section.it.slug == **slug)) {
            let guess = nearest(slug.as_str(), sections.iter().map(|section| section.it.slug.as_str()));
            let mend =
                guess.map_or_else(|| format!("add [[section]] slug = {}", quoted(slug)), |near| format!("did you mean {}?", quoted(near)));
            notes.complain(&format!("{place}.sections"), format!("there is no section {}; {mend}", quoted(slug)));
        }
    }
    if mail.leaves() {
        advise_footer(notes, site);
    }
}

/// Notes every name that another one bears already.
fn alone<'a, T: Ord + Display + 'a>(notes: &mut Notes, key: &str, names: impl Iterator<Item = (&'a String, &'a T)>) {
    let mut first: BTreeMap<&T, &String> = BTreeMap::new();
    for (place, name) in names {
        match first.get(name) {
            Some(earlier) => {
                let origin = notes.origins.get(&format!("{earlier}.{key}")).map(ToString::to_string).unwrap_or_default();
                notes.complain(&format!("{place}.{key}"), format!("{} stands already at {origin}", quoted(name)));
            }
            None => {
                first.insert(name, place);
            }
        }
    }
}

/// Notes sections that share an address, be it an old one.
fn addresses(notes: &mut Notes, sections: &[Placed<Section>]) {
    alone(notes, "slug", sections.iter().map(|section| (&section.place, &section.it.slug)));
    let mut before: BTreeMap<&Slug, &Slug> = BTreeMap::new();
    for Placed { place, it: section } in sections {
        for was in &section.was {
            let path = format!("{place}.was");
            if sections.iter().any(|other| other.it.slug == *was) {
                notes.complain(&path, format!("{} is a section now", quoted(was)));
            } else if let Some(other) = before.insert(was, &section.slug) {
                notes.complain(&path, format!("{} leads to {} already", quoted(was), quoted(other)));
            }
        }
    }
}

/// Mails to the public say who sends them, by law in most places.
fn advise_footer(notes: &mut Notes, site: &Site) {
    for (key, field) in [("organisation", &site.organisation), ("address", &site.address), ("contact", &site.contact)] {
        if field.as_ref().is_none_or(String::is_empty) {
            notes.advise("site", format!("site.{key} is empty: the footer of mails does not say who sends them"));
        }
    }
}
