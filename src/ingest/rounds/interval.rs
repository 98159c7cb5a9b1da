//! How often a source is looked at that has no fixed interval: as often as it publishes, at the hours at which it does.
//!
//! Half the usual gap between two finds is long enough; where finds are rare at this hour of the week, it takes longer until half a
//! find is to be expected. The sum runs over the hours to come, so that a long night ends when the newsroom wakes.
//!
//! A history is no promise: one busy day says nothing of the next, and an hour that was quiet today is not quiet for ever. So no interval
//! reaches further than [`CAUTIOUS`] into the waking hours of a source that is hardly known, and never further than [`HOPEFUL`] into
//! hours in which it publishes on any day.

use std::time::Duration;

use chrono::{Datelike as _, Timelike as _};
use chrono_tz::Tz;

use crate::model::{Millis, SourceMemory};

/// More often than this a site without a fixed interval is never asked.
pub(super) const SHORTEST: Duration = Duration::from_mins(2);
/// Nor more seldom: breaking news at three in the morning is on its way before the day begins.
pub(super) const LONGEST: Duration = Duration::from_hours(6);
/// The interval of a source of which nothing is known yet.
pub(super) const UNLEARNED: Duration = Duration::from_mins(15);
/// Times of finding without which nothing is learned.
const ENOUGH: usize = 8;
/// Times of finding that are remembered.
const FOUND_AT: usize = 64;
/// A source whose finds were noted for a shorter time is hardly known: each day of the week must have been seen twice.
const KNOWN: Duration = Duration::from_hours(2 * 7 * 24);
/// The longest interval in the waking hours of a source that is hardly known.
const CAUTIOUS: Duration = Duration::from_mins(30);
/// The longest interval in hours of the day at which a source was ever found to publish.
const HOPEFUL: Duration = Duration::from_hours(1);
/// When people are at work anywhere in the trade: the hours of the day in which nothing is taken for quiet before it is known.
const WAKING: std::ops::Range<usize> = 6..23;
/// Hours of a week.
const WEEK: usize = 168;
/// A histogram of more finds than this is halved: what a newsroom did months ago fades.
const FADES: u32 = 1024;
/// A source that gave nothing for so long sleeps: it is asked once in this share of its sleep.
const ASLEEP: Duration = Duration::from_hours(7 * 24);
/// See [`ASLEEP`]: a week's sleep makes an hour, and six weeks make the longest interval.
const SLEEPS: u32 = 168;
/// Finds that every hour is given at least, as a share of the busiest ones: no hour is without hope.
const HOPE: f64 = 0.02;

/// Notes that a look found new copy.
pub(super) fn found(memory: &mut SourceMemory, zone: Tz, now: Millis) {
    memory.learning_since.get_or_insert(memory.found_at.first().copied().unwrap_or(now));
    memory.found_at.push(now);
    let surplus = memory.found_at.len().saturating_sub(FOUND_AT);
    memory.found_at.drain(..surplus);
    memory.week.resize(WEEK, 0);
    memory.week[hour_of_week(zone, now)] += 1;
    if memory.week.iter().sum::<u32>() > FADES {
        memory.week.iter_mut().for_each(|count| *count /= 2);
    }
}

/// How long to wait for the next look.
pub(super) fn learned(memory: &SourceMemory, zone: Tz, now: Millis) -> Duration {
    let last = memory.found_at.last().copied();
    let asleep = last.map(|last| now.since(last)).filter(|rest| *rest > ASLEEP).map_or(Duration::ZERO, |rest| rest / SLEEPS);
    let usual = half_a_find(memory, zone, now).map_or(UNLEARNED, |usual| usual.min(trust(memory, zone, now)));
    usual.max(asleep).clamp(SHORTEST, LONGEST)
}

/// How long a history is trusted to have nothing to come: until so far into the next hour in which copy may come after all.
fn trust(memory: &SourceMemory, zone: Tz, now: Millis) -> Duration {
    let hardly_known = memory.learning_since.is_none_or(|since| now.since(since) < KNOWN);
    let publishes = |hour: usize| memory.week.iter().skip(hour % 24).step_by(24).any(|count| *count > 0);
    let (awake, longest): (&dyn Fn(usize) -> bool, _) =
        if hardly_known { (&|hour| WAKING.contains(&(hour % 24)) || publishes(hour), CAUTIOUS) } else { (&publishes, HOPEFUL) };
    let mut at = now;
    while at.since(now) < LONGEST && !awake(hour_of_week(zone, at)) {
        at = at.plus(rest_of_the_hour(zone, at));
    }
    at.since(now) + longest
}

fn rest_of_the_hour(zone: Tz, at: Millis) -> Duration {
    Duration::from_secs(3600 - u64::from(at.in_zone(zone).num_seconds_from_midnight() % 3600))
}

/// Until half a find is to be expected; `None` where too little is known.
fn half_a_find(memory: &SourceMemory, zone: Tz, now: Millis) -> Option<Duration> {
    if memory.found_at.len() < ENOUGH || memory.week.len() != WEEK {
        return None;
    }
    let mut gaps: Vec<Duration> = memory.found_at.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    gaps.sort_unstable();
    let gap = gaps[gaps.len() / 2].max(SHORTEST);
    let hours = smooth(&memory.week);
    // The usual gap belongs to the hours in which finds usually come: the mean over finds, not over hours.
    let (sum, squares) = hours.iter().fold((0.0, 0.0), |(sum, squares), hour| (sum + hour, hour.mul_add(*hour, squares)));
    let usual = squares / sum;
    let (mut wanted, mut at) = (0.5, now);
    while at.since(now) < LONGEST {
        let here = hours[hour_of_week(zone, at)].max(usual * HOPE) / usual;
        let rest = rest_of_the_hour(zone, at);
        let finds = here * rest.as_secs_f64() / gap.as_secs_f64();
        if finds >= wanted {
            return Some(at.since(now) + rest.mul_f64(wanted / finds));
        }
        wanted -= finds;
        at = at.plus(rest);
    }
    Some(LONGEST)
}

/// A histogram of few finds is thin: each hour leans on its neighbours and, the less is known, on the same hour of the other days.
fn smooth(week: &[u32]) -> Vec<f64> {
    let count = |hour: usize| f64::from(week[hour % WEEK]);
    let thin = 1.0 / (1.0 + f64::from(week.iter().sum::<u32>()) / WEEK as f64);
    let lean = |hour: usize| {
        let days: f64 = (0..7).map(|day| count(hour + 24 * day)).sum();
        3.0f64.mul_add(count(hour), thin.mul_add(days, count(hour + 1) + count(hour + WEEK - 1)))
    };
    (0..WEEK).map(lean).collect()
}

fn hour_of_week(zone: Tz, at: Millis) -> usize {
    let there = at.in_zone(zone);
    (there.weekday().num_days_from_monday() * 24 + there.hour()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;
    /// Monday, 25 October 2021, midnight in Shanghai.
    const MONDAY: Millis = Millis(1_635_091_200_000);

    fn at(day: u64, hour: u64, minute: u64) -> Millis {
        MONDAY.plus(Duration::from_mins((day * 24 + hour) * 60 + minute))
    }

    /// So many weeks of a newsroom that publishes every so many minutes from eight to six, Monday to Friday.
    fn newsroom(weeks: u64, every: u64) -> SourceMemory {
        let mut memory = SourceMemory::default();
        for day in (0..7 * weeks).filter(|day| day % 7 < 5) {
            for n in 0..600 / every {
                found(&mut memory, ZONE, at(day, 8, n * every));
            }
        }
        memory
    }

    #[test]
    fn what_is_not_known_yet_is_looked_at_every_quarter_of_an_hour() {
        let mut memory = SourceMemory::default();
        assert_eq!(learned(&memory, ZONE, MONDAY), UNLEARNED);
        found(&mut memory, ZONE, MONDAY);
        assert_eq!(learned(&memory, ZONE, at(2, 0, 0)), UNLEARNED);
        assert_eq!(learned(&memory, ZONE, at(14, 0, 0)), Duration::from_hours(2), "a source that sleeps is asked seldom");
        assert_eq!(learned(&memory, ZONE, at(90, 0, 0)), LONGEST);
    }

    #[test]
    fn busy_hours_are_watched_and_nights_are_not() {
        let memory = newsroom(3, 20);
        let busy = learned(&memory, ZONE, at(21, 10, 0));
        assert!(busy >= Duration::from_mins(8) && busy <= Duration::from_mins(12), "{busy:?}");
        let night = learned(&memory, ZONE, at(21, 0, 30));
        assert!(night > Duration::from_hours(4), "{night:?}");
        let dawn = learned(&memory, ZONE, at(21, 6, 0));
        assert!(dawn > Duration::from_mins(30) && dawn < Duration::from_mins(150), "the night ends when the newsroom wakes: {dawn:?}");
        assert!(learned(&memory, ZONE, at(19, 12, 0)) > busy * 3, "nobody works on Saturdays");
    }

    #[test]
    fn one_day_is_no_week() {
        let mut memory = SourceMemory::default();
        (0..40).for_each(|n| found(&mut memory, ZONE, at(4, 8, n * 15)));
        let noon_of_saturday = learned(&memory, ZONE, at(5, 12, 0));
        assert!(noon_of_saturday <= CAUTIOUS, "nobody knows yet whether they work on Saturdays: {noon_of_saturday:?}");
        let night = learned(&memory, ZONE, at(5, 0, 30));
        assert!(night > Duration::from_hours(4), "{night:?}");
        let before_dawn = learned(&memory, ZONE, at(5, 4, 0));
        assert!(before_dawn <= Duration::from_mins(150), "the trade is up at six: {before_dawn:?}");
    }

    #[test]
    fn an_hour_that_brings_copy_on_other_days_is_watched_every_day() {
        let memory = newsroom(12, 30);
        let sunday = half_a_find(&memory, ZONE, at(83, 12, 0)).unwrap();
        assert!(sunday > HOPEFUL, "twelve Sundays without any copy: {sunday:?}");
        assert_eq!(learned(&memory, ZONE, at(83, 12, 0)), HOPEFUL);
        assert!(learned(&memory, ZONE, at(82, 20, 0)) > HOPEFUL, "evenings are quiet on all days");
    }

    #[test]
    fn no_history_leads_out_of_the_bounds() {
        let mut flood = SourceMemory::default();
        (0..500).for_each(|n| found(&mut flood, ZONE, MONDAY.plus(Duration::from_secs(n))));
        assert_eq!(flood.found_at.len(), FOUND_AT);
        assert_eq!(learned(&flood, ZONE, at(0, 0, 9)), SHORTEST);
        let mut monthly = SourceMemory::default();
        (0..12).for_each(|n| found(&mut monthly, ZONE, at(n * 30, 9, 0)));
        assert_eq!(learned(&monthly, ZONE, at(331, 10, 0)), LONGEST);
        assert_eq!(learned(&monthly, ZONE, at(331, 9, 0)), HOPEFUL);
    }
}
