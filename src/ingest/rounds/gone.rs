//! Whether a page that is gone was taken back, or its site is ill.
//!
//! One look proves nothing: a page is missing for a moment while its site is written anew. What two looks say, some time apart and
//! with no listing in between that still links the page, is a withdrawal, unless many pages went with it.

use std::time::Duration;

use crate::model::Millis;

/// Between the first sign and the one that confirms it. Sites of this kind are generated: a run over the whole archive takes minutes,
/// and while it lasts pages are missing.
pub(super) const CONFIRMS_AFTER: Duration = Duration::from_mins(20);
/// So many pages gone in one look …
const MANY: usize = 3;
/// … and more than one in so many of those that were asked for: an outage or a redesign, nobody's decision about an article.
const SHARE: usize = 3;
/// Pages that are asked for beside one whose withdrawal may be confirmed, to see whether it went alone.
pub(super) const WITNESSES: i64 = 3;

/// What to make of a page that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// It is noted since then, and looked at again at that time.
    Noted(Millis, Millis),
    /// Its article was taken back.
    Confirmed,
}

/// Judges a page that is gone now, and was noted as gone since `noted`.
pub(super) fn judge(noted: Option<Millis>, now: Millis) -> Gone {
    match noted {
        Some(since) if now.since(since) >= CONFIRMS_AFTER => Gone::Confirmed,
        noted => {
            let since = noted.unwrap_or(now);
            Gone::Noted(since, since.plus(CONFIRMS_AFTER))
        }
    }
}

/// Whether so many pages are gone, of so many that were asked for, that the site itself is at fault.
pub(super) const fn is_outage(gone: usize, asked: usize) -> bool {
    gone >= MANY && gone * SHARE > asked
}

/// Whether so many of a page's witnesses went with it that nobody decided about it alone.
pub(super) const fn is_not_alone(fallen: usize, witnesses: usize) -> bool {
    fallen * 2 > witnesses
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_635_467_400_000);

    #[test]
    fn a_page_is_gone_when_two_looks_say_so_some_time_apart() {
        let again = NOW.plus(CONFIRMS_AFTER);
        assert_eq!(judge(None, NOW), Gone::Noted(NOW, again));
        assert_eq!(judge(Some(NOW), NOW.plus(Duration::from_mins(5))), Gone::Noted(NOW, again));
        assert_eq!(judge(Some(NOW), again), Gone::Confirmed);
    }

    #[test]
    fn many_pages_at_once_are_an_outage() {
        assert!(!is_outage(2, 2));
        assert!(is_outage(3, 8) && !is_outage(3, 9));
        assert!(is_outage(30, 60));
        assert!(is_not_alone(2, 3) && is_not_alone(1, 1) && !is_not_alone(1, 3) && !is_not_alone(0, 0));
    }
}
