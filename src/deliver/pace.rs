//! When a failed delivery is tried again, and when a failing receiver is left alone.

use std::time::Duration;

use crate::clock::Ids;
use crate::model::Millis;

/// The waits after each failed try: about three days in all, as Standard Webhooks 1.0 asks ("multi-day").
const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(6),
    Duration::from_hours(12),
    Duration::from_hours(24),
    Duration::from_hours(24),
];

/// A wait is drawn from this share around its length, so that receivers that failed together do not come back together.
const JITTER: f64 = 0.2;

/// A peer's `Retry-After` is obeyed up to this: longer ones are mistakes, and news is old by then.
pub(super) const LONGEST_HINT: Duration = Duration::from_hours(24);

/// Not before when a delivery that failed for the `tries`-th time (from 1) is tried again; `None`: every try was used.
pub(super) fn next_try(tries: i64, now: Millis, hint: Option<Duration>, ids: &Ids) -> Option<Millis> {
    let wait = *WAITS.get(usize::try_from(tries - 1).ok()?)?;
    let spread = wait.mul_f64(2.0 * JITTER);
    let jittered = wait.mul_f64(1.0 - JITTER) + ids.within(spread);
    Some(now.plus(jittered.max(hint.unwrap_or_default().min(LONGEST_HINT))))
}

/// So many failures in a row open a lane's breaker.
const STREAK: u32 = 5;
/// The first rest of a failing lane; each failed probe doubles it.
const FIRST_REST: Duration = Duration::from_secs(30);
/// The longest rest: a receiver that comes back is heard within the hour.
const LONGEST_REST: Duration = Duration::from_hours(1);

/// Leaves a receiver alone that fails again and again. Time spent open burns no try.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Breaker {
    streak: u32,
    rests: u32,
    rest_until: Option<Millis>,
}

impl Breaker {
    /// Until when nothing goes out; `None` when the lane may work.
    pub(super) fn resting(&self, now: Millis) -> Option<Millis> {
        self.rest_until.filter(|until| *until > now)
    }

    /// Whether one probe must succeed before more go out.
    pub(super) const fn is_probing(&self) -> bool {
        self.rest_until.is_some()
    }

    pub(super) const fn succeeded(&mut self) {
        *self = Self { streak: 0, rests: 0, rest_until: None };
    }

    pub(super) fn failed(&mut self, now: Millis) {
        self.streak += 1;
        if self.streak >= STREAK {
            let rest = FIRST_REST.saturating_mul(1 << self.rests.min(10)).min(LONGEST_REST);
            self.rests += 1;
            self.rest_until = Some(now.plus(rest));
        }
    }

    /// The receiver asked for patience: nothing goes out before then.
    pub(super) fn asked_to_wait(&mut self, until: Millis) {
        self.rest_until = self.rest_until.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_and_jitter_stays_within_a_fifth() {
        let ids = Ids::default();
        for (at, wait) in WAITS.iter().enumerate() {
            let next = next_try(at as i64 + 1, Millis(0), None, &ids).unwrap();
            let share = next.0 as f64 / wait.as_millis() as f64;
            assert!((0.79..=1.21).contains(&share), "{share}");
        }
        assert_eq!(next_try(10, Millis(0), None, &ids), None);
        assert!(next_try(1, Millis(0), Some(Duration::from_mins(3)), &ids).unwrap() >= Millis(180_000));
    }

    #[test]
    fn a_breaker_opens_after_five_and_rests_twice_as_long_each_time() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(Millis(0));
        }
        assert_eq!(breaker.resting(Millis(0)), None);
        breaker.failed(Millis(0));
        assert_eq!(breaker.resting(Millis(0)), Some(Millis(30_000)));
        assert!(breaker.resting(Millis(30_000)).is_none() && breaker.is_probing());
        breaker.failed(Millis(30_000));
        assert_eq!(breaker.resting(Millis(30_000)), Some(Millis(90_000)));
        breaker.succeeded();
        assert!(!breaker.is_probing());
    }
}
