//! When a page is read again: soon and often while its article is young, then seldom, then no more.
//!
//! Corrections and withdrawals come in the first hours; after a week a page is left alone, as is whatever was old when it was found.

use std::time::Duration;

use crate::model::{Millis, When};
use chrono_tz::Tz;

/// After its first reading a page is read again after each of these.
pub(super) const STEPS: [Duration; 5] =
    [Duration::from_mins(10), Duration::from_hours(1), Duration::from_hours(6), Duration::from_hours(24), Duration::from_hours(7 * 24)];
/// An article older than this at its first reading is not read again: an archive of hundreds of pages would be asked for five times over,
/// and nobody corrects what is a week old.
const YOUNG: Duration = Duration::from_hours(7 * 24);
/// Pages that one look reads again. The others come at the next looks, the longest overdue first: new copy waits for none of them.
pub(super) const AT_ONCE: usize = 20;
/// Between two looks at the same site, whatever is due.
pub(super) const BREATH: Duration = Duration::from_mins(2);
/// The first wait after a failed recheck that was the last of its steps; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_mins(20);
/// A page that fails so often in a row after its last step is left alone.
const TRIES: i64 = 6;

/// When a page is read again that was read for the first time at `first`. Steps that were missed are not made up for.
pub(super) fn next(first: Millis, now: Millis) -> Option<Millis> {
    STEPS.iter().map(|step| first.plus(*step)).find(|at| *at > now)
}

/// The same for a page that was just read for the first time. On a source's first look copy without a date is taken for old.
pub(super) fn first(published: Option<When>, zone: Tz, first_look: bool, now: Millis) -> Option<Millis> {
    let young = published.map_or(!first_look, |when| now.since(when.instant(zone, now)) < YOUNG);
    young.then(|| next(now, now)).flatten()
}

/// The same after a failure, the `tries`th in a row: a page that cannot be had at its last step is not given up for that.
pub(super) fn after_failure(first: Millis, tries: i64, now: Millis) -> Option<Millis> {
    let doubled = || now.plus(FIRST_WAIT.saturating_mul(1 << (tries - 1).clamp(0, 10)));
    next(first, now).or_else(|| (tries < TRIES).then(doubled))
}

/// The same where the site itself was ill: soon, then later and later, and at its next step at the latest. Waiting for the step alone
/// would leave a withdrawal unnoticed for days.
pub(super) fn after_illness(first: Millis, tries: i64, now: Millis) -> Option<Millis> {
    let soon = now.plus(FIRST_WAIT.saturating_mul(1 << (tries - 1).clamp(0, 10)));
    let step = next(first, now);
    if tries < TRIES { Some(step.map_or(soon, |at| at.min(soon).max(now.plus(FIRST_WAIT)))) } else { step }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_635_467_400_000);
    const ZONE: Tz = chrono_tz::Asia::Shanghai;

    #[test]
    fn the_steps_are_taken_one_after_another_and_end() {
        let mut at = NOW;
        let mut taken = Vec::new();
        while let Some(step) = next(NOW, at) {
            taken.push(step.since(NOW));
            at = step;
        }
        assert_eq!(taken, STEPS);
        assert_eq!(next(NOW, NOW.plus(Duration::from_hours(2))), Some(NOW.plus(STEPS[2])), "a missed step is not made up for");
    }

    #[test]
    fn what_was_old_when_it_was_found_is_left_alone() {
        let old = |span: Duration| Some(When::At(Millis(NOW.0 - span.as_millis() as i64)));
        assert_eq!(first(old(Duration::from_hours(100)), ZONE, true, NOW), Some(NOW.plus(STEPS[0])));
        assert_eq!(first(old(YOUNG), ZONE, false, NOW), None);
        assert_eq!(first(None, ZONE, true, NOW), None);
        assert_eq!(first(None, ZONE, false, NOW), Some(NOW.plus(STEPS[0])));
    }

    #[test]
    fn an_ill_site_is_asked_again_before_the_next_step() {
        let day = NOW.plus(STEPS[3]);
        assert_eq!(after_illness(NOW, 1, day), Some(day.plus(FIRST_WAIT)));
        assert_eq!(after_illness(NOW, 3, day), Some(day.plus(FIRST_WAIT * 4)));
        assert_eq!(after_illness(NOW, TRIES, day), Some(NOW.plus(STEPS[4])), "in the end its step comes");
        assert_eq!(after_illness(NOW, 2, NOW), Some(NOW.plus(FIRST_WAIT)), "never sooner than a withdrawal is confirmed");
    }

    #[test]
    fn a_failure_at_the_last_step_is_tried_again_for_a_while() {
        let late = NOW.plus(STEPS[4]);
        assert_eq!(after_failure(NOW, 1, NOW), Some(NOW.plus(STEPS[0])));
        assert_eq!(after_failure(NOW, 1, late), Some(late.plus(FIRST_WAIT)));
        assert_eq!(after_failure(NOW, 3, late), Some(late.plus(FIRST_WAIT * 4)));
        assert_eq!(after_failure(NOW, TRIES, late), None);
    }
}
