//! What a small news site has printed and what it will print next.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::Millis;

/// One article as its authors wrote it. The texts stand beside the sites, in files of this form:
///
/// ```text
/// # The headline
/// section: yunxi
/// byline: who wrote it, as the page prints it
/// editors: who edited it, as the page prints it
///
/// A paragraph.
///
/// ## A sub-heading
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Story {
    pub headline: &'static str,
    pub section: &'static str,
    pub byline: &'static str,
    pub editors: &'static str,
    pub body: Vec<Block>,
}

/// A piece of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Heading(&'static str),
    Paragraph(&'static str),
}

/// An article on the site.
#[derive(Debug, Clone)]
pub(super) struct Printed {
    /// Its number, which never changes; later ones are larger.
    pub number: u32,
    /// When it went on the site.
    pub at: Millis,
    pub story: Story,
}

/// An article that has just gone on a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// Its address.
    pub url: String,
    /// Its headline.
    pub headline: String,
}

/// A site's articles: the printed ones, newest first, and the ones to come.
#[derive(Debug)]
pub(super) struct Press {
    first_number: u32,
    shelves: Mutex<Shelves>,
}

#[derive(Debug)]
struct Shelves {
    printed: Vec<Printed>,
    supply: VecDeque<Story>,
}

/// The youngest archived article is this old: beyond the two days in which a polled article is news.
const ARCHIVE_BEGINS: Duration = Duration::from_hours(3 * 24);
/// And the others lie this far apart.
const ARCHIVE_STEP: Duration = Duration::from_hours(31);

impl Press {
    /// A site whose archive ends three days before `now`.
    pub fn new(archive: &'static str, supply: &'static str, first_number: u32, now: Millis) -> Self {
        let archive = parse(archive);
        let count = archive.len() as u32;
        let printed = (0..count)
            .zip(archive)
            .map(|(place, story)| Printed {
                number: first_number + count - 1 - place,
                at: Millis(now.0 - (ARCHIVE_BEGINS + ARCHIVE_STEP * place).as_millis() as i64),
                story,
            })
            .collect();
        Self { first_number, shelves: Mutex::new(Shelves { printed, supply: parse(supply).into() }) }
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints the next article. `None` when the supply is used up.
    pub fn print(&self, now: Millis) -> Option<Printed> {
        let mut shelves = self.shelves();
        let story = shelves.supply.pop_front()?;
        let printed = Printed { number: self.first_number + shelves.printed.len() as u32, at: now, story };
        shelves.printed.insert(0, printed.clone());
        Some(printed)
    }

    /// How many are still to come.
    pub fn left(&self) -> usize {
        self.shelves().supply.len()
    }

    /// Everything printed, newest first.
    pub fn printed(&self) -> Vec<Printed> {
        self.shelves().printed.clone()
    }
}

/// Reads a file of texts. The files are part of the program, so a fault in them is a fault in the program.
fn parse(file: &'static str) -> Vec<Story> {
    let mut all: Vec<Story> = Vec::new();
    for line in file.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(headline) = line.strip_prefix("# ") {
            all.push(Story { headline, section: "", byline: "", editors: "", body: Vec::new() });
            continue;
        }
        let story = all.last_mut().expect("a file of texts begins with a headline");
        match line.split_once(": ") {
            Some(("section", rest)) => story.section = rest,
            Some(("byline", rest)) => story.byline = rest,
            Some(("editors", rest)) => story.editors = rest,
            _ => story.body.push(line.strip_prefix("## ").map_or(Block::Paragraph(line), Block::Heading)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &str = "# One\nsection: a\nbyline: b\neditors: c\n\nFirst.\n\n## Sub\n\nSecond: more.\n\n# Two\nsection: b\n\nThird.\n";

    #[test]
    fn texts_are_read_as_they_are_written() {
        let all = parse(TEXTS);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].headline, all[0].section, all[0].byline, all[0].editors), ("One", "a", "b", "c"));
        assert_eq!(all[0].body, [Block::Paragraph("First."), Block::Heading("Sub"), Block::Paragraph("Second: more.")]);
        assert_eq!((all[1].section, all[1].byline), ("b", ""));
    }

    #[test]
    fn the_archive_is_old_and_the_supply_comes_one_by_one() {
        let now = Millis(1_800_000_000_000);
        let press = Press::new(TEXTS, TEXTS, 100, now);
        let printed = press.printed();
        assert_eq!(printed.iter().map(|one| one.number).collect::<Vec<_>>(), [101, 100]);
        assert!(printed.iter().all(|one| now.since(one.at) > Duration::from_hours(48)));
        assert!(printed[0].at > printed[1].at);
        assert_eq!(press.left(), 2);
        let fresh = press.print(now).unwrap();
        assert_eq!((fresh.number, fresh.at), (102, now));
        assert_eq!(press.printed()[0].number, 102);
        assert!(press.print(now).is_some());
        assert!(press.print(now).is_none());
        assert_eq!(press.left(), 0);
    }
}
