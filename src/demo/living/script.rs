//! What happens at the living site, day by day: publishing hours, edits, withdrawals, and everything that goes wrong.
//!
//! All of it is drawn before the first minute, so that the site at any moment is a function of the script and the clock.

use std::time::Duration;

use super::prose::{self, Dice};
use super::story::{COLUMNS, Change, Manner, Story, Version};
use super::{Play, ZONE};
use crate::model::{Byline, Kind, Millis};

/// The archive's first number; a content system of that age has counted far.
const FIRST_NUMBER: u32 = 31_207;
/// Days of the archive, and articles of each: more than one page of the busiest listing.
const ARCHIVE: (i64, usize) = (5, 12);
/// Articles of a day: so many, and up to so many more.
const DAY: (usize, usize) = (20, 11);
/// After its first reading an article is looked at again this much later at most. A change is scheduled only where one of these
/// looks, and the second one that confirms a withdrawal, come before the end.
const LOOKS: [Duration; 4] = [HOUR, Duration::from_hours(6), Duration::from_hours(24), Duration::from_hours(7 * 24)];
/// What an outage, a night's interval and a confirmation may add to it.
const SLACK: Duration = Duration::from_mins(150);
const HOUR: Duration = Duration::from_hours(1);
const MINUTE: i64 = 60_000;
const DAY_MILLIS: i64 = 24 * 60 * MINUTE;

/// Something that goes on for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Incident {
    /// Every connection breaks.
    Down,
    /// 503 with a Retry-After.
    Busy,
    /// Listings without a row.
    EmptyListings,
    /// Listings answer an error page with 200.
    BrokenListings,
    /// A bad deploy: every article answers 404.
    PagesMissing,
    /// Everything that is older than a few hours carries today's date.
    Redated,
    /// The pages are UTF-8 and say gb2312.
    Mislabelled,
    /// The pages are UTF-8 and say so.
    Unicode,
    /// Other templates, other addresses.
    Redesigned,
}

/// The whole script.
#[derive(Debug)]
pub(super) struct Script {
    /// All articles, the earliest first.
    pub stories: Vec<Story>,
    incidents: Vec<(Incident, Millis, Millis)>,
}

impl Script {
    /// Draws what happens in so many days from `start` on.
    pub fn draw(start: Millis, days: u32, seed: u64, plays: &[Play]) -> Self {
        let end = start.plus(Duration::from_hours(24) * days);
        let incidents = incidents(start, days, end, plays);
        let mut writer = Writer { dice: Dice(seed), plays, start, end, turn: start.plus(Duration::from_hours(12) * days) };
        let mut stories = Vec::new();
        for day in -ARCHIVE.0..=i64::from(days) {
            stories.extend(writer.day(midnight(start) + day * DAY_MILLIS));
        }
        stories.retain(|story| story.first.at < end);
        stories.sort_by_key(|story| story.first.at);
        for (story, number) in stories.iter_mut().zip(FIRST_NUMBER..) {
            story.first.number = number;
        }
        Self { stories, incidents }
    }

    /// Whether this goes on now.
    pub fn is(&self, incident: Incident, now: Millis) -> bool {
        self.incidents.iter().any(|(what, from, to)| *what == incident && (*from..*to).contains(&now))
    }
}

/// The beginning of the day, in milliseconds.
fn midnight(at: Millis) -> i64 {
    let local = at.in_zone(ZONE);
    at.0 - i64::from(chrono::Timelike::num_seconds_from_midnight(&local)) * 1000 - at.0.rem_euclid(1000)
}

/// What goes wrong when: the hour and minute it begins, and how many minutes it lasts, day by day in turn.
fn incidents(start: Millis, days: u32, end: Millis, plays: &[Play]) -> Vec<(Incident, Millis, Millis)> {
    use Incident::{BrokenListings, Busy, Down, EmptyListings, PagesMissing, Redated};
    const ROTA: [&[(Incident, i64, i64, i64)]; 4] = [
        &[(Down, 10, 10, 60), (Busy, 11, 10, 30), (PagesMissing, 14, 0, 10), (BrokenListings, 19, 0, 40)],
        &[(Redated, 2, 0, 180), (EmptyListings, 13, 5, 30), (Down, 16, 0, 20)],
        &[(Down, 3, 0, 240), (Busy, 9, 30, 20), (BrokenListings, 12, 0, 15), (PagesMissing, 17, 0, 10)],
        &[(Redated, 1, 30, 240), (EmptyListings, 16, 10, 45)],
    ];
    let outages = |what: Incident| if what == Redated { plays.contains(&Play::Redating) } else { plays.contains(&Play::Outages) };
    let mut all = Vec::new();
    for day in 0..i64::from(days) {
        for (what, hour, minute, lasts) in ROTA[day as usize % ROTA.len()].iter().filter(|(what, ..)| outages(*what)) {
            let from = midnight(start) + day * DAY_MILLIS + (hour * 60 + minute) * MINUTE;
            all.push((*what, Millis(from), Millis(from + lasts * MINUTE)));
        }
    }
    // The length of the whole decides when the site's lasting changes come: a quarter, the half, three quarters of the way.
    let part = |quarters: u32| start.plus(Duration::from_hours(6) * days * quarters);
    if plays.contains(&Play::Encodings) {
        all.push((Incident::Mislabelled, part(1), part(3)));
        all.push((Incident::Unicode, part(3), Millis(i64::MAX)));
    }
    if plays.contains(&Play::Redesign) {
        all.push((Incident::Redesigned, part(2), Millis(i64::MAX)));
    }
    debug_assert!(part(4) == end);
    all
}

struct Writer<'a> {
    dice: Dice,
    plays: &'a [Play],
    start: Millis,
    end: Millis,
    /// The redesign.
    turn: Millis,
}

impl Writer<'_> {
    fn plays(&self, play: Play) -> bool {
        self.plays.contains(&play)
    }

    /// One day's articles.
    fn day(&mut self, midnight: i64) -> Vec<Story> {
        let archived = midnight + DAY_MILLIS <= self.start.0;
        let count = if archived { ARCHIVE.1 } else { DAY.0 + self.dice.below(DAY.1) };
        let mut all: Vec<Story> = (0..count).map(|_| self.story(midnight)).collect();
        if self.plays(Play::Twins) && self.dice.below(2) == 0 {
            // Two notices of one day have one headline, as notices do.
            for hour in [9, 15] {
                let at = Millis(midnight + (hour * 60 + self.dice.below(50) as i64) * MINUTE);
                let mut twin = self.plain(at, 3, 2);
                "停电检修公告".clone_into(&mut twin.title);
                all.push(Story { first: twin, changes: Vec::new() });
            }
        }
        all
    }

    /// A minute of the day: bursts in the morning and in the afternoon, little in the evening, nothing at night.
    fn minute(&mut self, midnight: i64) -> Millis {
        let (from, to) = match self.dice.below(20) {
            0..=10 => (8 * 60, 12 * 60),
            11..=17 => (15 * 60, 18 * 60),
            18 => (12 * 60, 15 * 60),
            _ => (18 * 60, 22 * 60),
        };
        Millis(midnight + (from + self.dice.below(to - from)) as i64 * MINUTE)
    }

    fn story(&mut self, midnight: i64) -> Story {
        let at = self.minute(midnight);
        let column = match self.dice.below(20) {
            0..=7 => 0,
            8..=12 => 1,
            13..=17 => 2,
            _ => 3,
        };
        let (draw, length) = (self.dice.below(100), 3 + self.dice.below(3));
        let mut first = self.plain(at, column, length);
        match draw {
            0..5 if self.plays(Play::Kinds) => (first.kind, first.paragraphs) = (Kind::Link, Vec::new()),
            5..9 if self.plays(Play::Kinds) => first.kind = Kind::Gallery,
            9..12 if self.plays(Play::Kinds) => first.kind = Kind::Video,
            12..18 if self.plays(Play::Cut) => first.cut = true,
            18..26 => first.day_only = true,
            _ => {}
        }
        if first.kind != Kind::Text {
            first.paragraphs.truncate(1);
            (first.authors, first.editors, first.origin) = (Vec::new(), Vec::new(), None);
        }
        let changes = if first.kind == Kind::Text && at >= self.start { self.changes(&first) } else { Vec::new() };
        Story { first, changes }
    }

    fn plain(&mut self, at: Millis, column: usize, length: usize) -> Version {
        let prose::Prose { headline, paragraphs } = prose::write(&mut self.dice, length);
        let notice = COLUMNS[column].folder == "gonggao";
        Version {
            number: 0,
            column: COLUMNS[column],
            kind: Kind::Text,
            title: headline,
            at,
            day_only: false,
            authors: if notice { Vec::new() } else { self.authors() },
            editors: self.editors(),
            origin: [None, Some("云溪县融媒体中心"), Some("云溪日报")][self.dice.below(3)],
            paragraphs,
            cut: false,
            correction: None,
            withdrawn: None,
        }
    }

    fn people(&mut self, roles: &[&str]) -> Vec<Byline> {
        roles.iter().map(|role| Byline { name: self.dice.person(), role: Some((*role).to_owned()) }).collect()
    }

    fn authors(&mut self) -> Vec<Byline> {
        let roles: [&[&str]; 5] = [&["通讯员", "记者"], &["记者"], &["通讯员", "通讯员", "记者"], &["通讯员"], &["记者", "记者", "通讯员"]];
        let shape = self.dice.below(roles.len());
        self.people(roles[shape])
    }

    fn editors(&mut self) -> Vec<Byline> {
        let roles: [&[&str]; 2] = [&["编辑", "编审"], &["责编", "编审"]];
        let shape = self.dice.below(roles.len());
        self.people(roles[shape])
    }

    /// What will happen to an article: mostly nothing.
    fn changes(&mut self, first: &Version) -> Vec<(Millis, Change)> {
        let draw = self.dice.below(100);
        let wait = match self.dice.below(10) {
            0..3 => Duration::from_mins(42 + self.dice.below(9) as u64),
            3..8 => Duration::from_mins(120 + self.dice.below(150) as u64),
            _ => Duration::from_mins(8 * 60 + self.dice.below(8 * 60) as u64),
        };
        let when = first.at.plus(wait);
        if !self.will_be_seen(first.at, wait) {
            return Vec::new();
        }
        let change = match draw {
            0..8 if self.plays(Play::Edits) => slip(first),
            8..18 if self.plays(Play::Edits) => Some(Change::Paragraph(prose::more(&mut self.dice))),
            18..24 if self.plays(Play::Edits) => Some(Change::Title(prose::write(&mut self.dice, 0).headline)),
            24..30 if self.plays(Play::Corrections) => {
                Some(Change::Correction(format!("文中“{}元”应为“{}元”，特此说明。", self.dice.below(90) + 10, self.dice.below(900) + 100)))
            }
            30..39 if self.plays(Play::Withdrawals) => {
                Some(Change::Withdrawal([Manner::Missing, Manner::Gone, Manner::Notice][self.dice.below(3)]))
            }
            _ => None,
        };
        change.map(|change| (when, change)).into_iter().collect()
    }

    /// Whether polling can see, before the end and on one side of the redesign, what happens so long after publication.
    fn will_be_seen(&self, at: Millis, wait: Duration) -> bool {
        let Some(look) = LOOKS.into_iter().find(|look| *look > wait) else { return false };
        let by = at.plus(look + SLACK);
        let turns = self.plays(Play::Redesign) && at < self.turn && by > self.turn;
        by < self.end && !turns
    }
}

/// The first paragraph's first comma is a better one.
fn slip(first: &Version) -> Option<Change> {
    let paragraph = first.paragraphs.first()?;
    paragraph.contains('，').then_some(Change::Slip { from: "，", to: "、" })
}
