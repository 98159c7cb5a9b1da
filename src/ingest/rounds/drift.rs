//! Whether a source is itself: a redesign or a broken template must not tell thousands of readers that the archive is today's news.
//!
//! What is new and would be announced then waits for an editor, who hears of the source once, not of each article; the episode ends
//! when a look shows that all is well. A first look is silent anyway, and teaches what is usual.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::usual::{self, Dated};
use crate::model::{Candidate, Drift, Millis, Sign, Usual, When};
use crate::source::Link;

/// Fewer links or new articles than this in one look prove nothing; while an episode lasts, one is enough.
const SEVERAL: usize = 3;
/// Without so much copy nothing is usual.
const ENOUGH: usize = 8;
/// More than this share of a source's copy must have been dated in one way for it to be the usual one.
const MOSTLY: f64 = 0.8;
/// A body is out of range when the median is so many times as long, or as short …
const FAR_FROM_MEDIAN: u32 = 10;
/// … and the shortest, or the longest, of all that are remembered is still so many times as long, or as short.
const FAR_FROM_ALL: u32 = 3;
/// New copy of one look that is this many times as much as the most so far …
const FLOOD: usize = 2;
/// … and not less than this is an archive that was dated anew.
const FLOOD_FROM: usize = 10;

/// A piece of copy that no article here is known by.
#[derive(Debug)]
pub(super) struct Fresh<'a> {
    /// The copy.
    pub candidate: &'a Candidate,
    /// What the listing tells of its time.
    pub listed: Option<When>,
}

/// What a look saw.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    /// Links of listings that were read anew.
    pub links: &'a [Link],
    /// A listing that had links has none now.
    pub empty: bool,
    /// What is new.
    pub fresh: &'a [Fresh<'a>],
    /// The look before succeeded: what is new did not gather for days.
    pub steady: bool,
    /// The source's zone.
    pub zone: Tz,
    /// When it was.
    pub now: Millis,
}

/// What to make of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Verdict {
    /// What is wrong.
    pub signs: BTreeSet<Sign>,
    /// What was shown to be right.
    pub well: BTreeSet<Sign>,
    /// For each piece of new copy why it waits, if it does.
    pub waits: Vec<Option<Sign>>,
}

impl Verdict {
    fn note(&mut self, sign: Sign, wrong: Option<bool>) -> bool {
        match wrong {
            Some(true) => self.signs.insert(sign),
            Some(false) => !self.well.insert(sign),
            None => false,
        }
    }

    /// The episode after this look, and whether it began with it.
    pub(super) fn episode(&self, before: Option<&Drift>, now: Millis) -> (Option<Drift>, bool) {
        let mut signs: BTreeSet<Sign> = before.map(|drift| drift.signs.clone()).unwrap_or_default();
        signs.retain(|sign| !self.well.contains(sign));
        signs.extend(&self.signs);
        let since = before.map_or(now, |drift| drift.since);
        let begins = before.is_none() && !signs.is_empty();
        ((!signs.is_empty()).then_some(Drift { since, signs }), begins)
    }
}

/// Judges a look that is not the source's first.
pub(super) fn judge(usual: &Usual, episode: Option<&Drift>, seen: &Seen<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    let ill = |sign| episode.is_some_and(|drift| drift.signs.contains(&sign));
    verdict.note(Sign::Empty, if seen.empty { Some(true) } else { (!seen.links.is_empty()).then_some(false) });
    let elsewhere = verdict.note(Sign::Paths, leads_elsewhere(usual, seen.links));
    let misdated = verdict.note(Sign::Dates, is_misdated(usual, ill(Sign::Dates), seen));
    let odd: Vec<Option<bool>> = seen.fresh.iter().map(|fresh| is_odd(usual, fresh.candidate)).collect();
    let any = odd.iter().flatten().copied().reduce(|a, b| a || b);
    verdict.note(Sign::Length, any);
    let whole = if misdated { Some(Sign::Dates) } else { elsewhere.then_some(Sign::Paths) };
    verdict.waits = odd.into_iter().map(|odd| whole.or_else(|| (odd == Some(true)).then_some(Sign::Length))).collect();
    verdict
}

/// Whether none of several links has the shape of any article's address; `None` where that cannot be told.
fn leads_elsewhere(usual: &Usual, links: &[Link]) -> Option<bool> {
    let learned: u32 = usual.paths.values().sum();
    if links.len() < SEVERAL || (learned as usize) < SEVERAL {
        return None;
    }
    Some(!links.iter().any(|link| usual.paths.contains_key(&usual::shape(&link.url))))
}

/// Whether all new copy is dated today, or not at all, by what looks like a page's clock or an archive that was dated anew.
fn is_misdated(usual: &Usual, ill: bool, seen: &Seen<'_>) -> Option<bool> {
    let dated: Vec<Dated> = seen.fresh.iter().map(|fresh| Dated::of(fresh.candidate.published, seen.zone, seen.now)).collect();
    let known = usual.to_the_minute + usual.to_the_day + usual.undated;
    if dated.is_empty() || (known as usize) < ENOUGH {
        return None;
    }
    if !dated.iter().all(|dated| dated.is_of_today()) {
        return Some(false);
    }
    if dated.len() < SEVERAL && !ill {
        return None;
    }
    let mostly = |count: u32| f64::from(count) > MOSTLY * f64::from(known);
    let undated = dated.iter().all(|dated| *dated == Dated::Not) && mostly(usual.to_the_minute + usual.to_the_day);
    let clock = dated.iter().all(|dated| *dated == Dated::Today) && mostly(usual.to_the_minute);
    let today = seen.now.in_zone(seen.zone).date_naive();
    let is_older =
        |fresh: &&Fresh<'_>| fresh.listed.is_some_and(|when| when.instant(seen.zone, seen.now).in_zone(seen.zone).date_naive() < today);
    let denied = seen.fresh.iter().filter(is_older).count() * 2 > dated.len();
    let most = (usual.most as usize * FLOOD).max(FLOOD_FROM);
    let flood = seen.steady && usual.most > 0 && dated.len() > most && at_once(&dated);
    Some(undated || clock || denied || flood)
}

/// Whether all tell one and the same minute, or none.
fn at_once(dated: &[Dated]) -> bool {
    let mut minutes = dated.iter().filter_map(|dated| if let Dated::MinuteToday(at) = dated { Some(at.0 / 60_000) } else { None });
    let first = minutes.next();
    first.is_none_or(|first| minutes.all(|minute| minute == first))
}

/// Whether a body is far shorter or longer than all before; `None` where that cannot be told.
fn is_odd(usual: &Usual, candidate: &Candidate) -> Option<bool> {
    let length = usual::length(candidate)?;
    let mut lengths = usual.lengths.clone();
    if lengths.len() < ENOUGH {
        return None;
    }
    lengths.sort_unstable();
    let (shortest, median, longest) = (lengths[0], lengths[lengths.len() / 2], lengths[lengths.len() - 1]);
    let short = length.saturating_mul(FAR_FROM_MEDIAN) < median && length.saturating_mul(FAR_FROM_ALL) < shortest;
    let long = length > median.saturating_mul(FAR_FROM_MEDIAN) && length > longest.saturating_mul(FAR_FROM_ALL);
    Some(short || long)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Body, CanonicalUrl};

    const ZONE: Tz = chrono_tz::Asia::Shanghai;
    /// 29 October 2021, 08:30 in Shanghai.
    const NOW: Millis = Millis(1_635_467_400_000);

    fn copy(published: Option<When>, length: usize) -> Candidate {
        let body = Body::Text("稿".repeat(length));
        Candidate { published, body, ..Candidate::from_source("cms") }
    }

    fn usual() -> Usual {
        let mut usual = Usual { most: 2, ..Usual::default() };
        for n in 0..10 {
            usual::learn(&mut usual, Dated::Minute, Some(800 + 20 * n));
            usual::learn_shape(&mut usual, &CanonicalUrl::parse(&format!("http://a.cn/xw/{n}.html")).unwrap());
        }
        usual
    }

    fn links(form: &str, count: usize) -> Vec<Link> {
        let link = |n: usize| Link { url: CanonicalUrl::parse(&form.replace('N', &n.to_string())).unwrap(), title: None, date: None };
        (0..count).map(link).collect()
    }

    fn judged(usual: &Usual, episode: Option<&Drift>, copy: &[Candidate], links: &[Link], empty: bool) -> Verdict {
        let fresh: Vec<Fresh<'_>> = copy.iter().map(|candidate| Fresh { candidate, listed: None }).collect();
        judge(usual, episode, &Seen { links, empty, fresh: &fresh, steady: true, zone: ZONE, now: NOW })
    }

    fn dated(published: &[Option<When>]) -> Vec<Candidate> {
        published.iter().map(|published| copy(*published, 900)).collect()
    }

    fn minute(ago: i64) -> When {
        When::At(Millis(NOW.0 - ago * 60_000))
    }

    fn minutes(ago: &[i64]) -> Vec<Candidate> {
        ago.iter().map(|ago| copy(Some(minute(*ago)), 900)).collect()
    }

    fn today() -> When {
        When::Day(NOW.in_zone(ZONE).date_naive())
    }

    #[test]
    fn an_empty_listing_and_a_foreign_one_are_signs() {
        let known = links("http://a.cn/xw/N.html", 5);
        assert!(judged(&usual(), None, &[], &known, false).signs.is_empty());
        assert_eq!(judged(&usual(), None, &[], &[], true).signs, [Sign::Empty].into());
        assert_eq!(judged(&usual(), None, &[], &[], false), Verdict::default(), "nothing changed, nothing proven");
        let moved = judged(&usual(), None, &minutes(&[5]), &links("http://a.cn/new/N", 5), false);
        assert_eq!((moved.signs.contains(&Sign::Paths), moved.waits.as_slice()), (true, [Some(Sign::Paths)].as_slice()));
        let mixed = [links("http://a.cn/new/N", 5), known].concat();
        assert!(judged(&usual(), None, &[], &mixed, false).signs.is_empty());
        assert!(judged(&Usual::default(), None, &[], &links("http://a.cn/new/N", 5), false).signs.is_empty());
    }

    #[test]
    fn a_busy_morning_is_no_drift() {
        let morning = minutes(&[5, 9, 20, 20]);
        let verdict = judged(&usual(), None, &morning, &[], false);
        assert!(verdict.signs.is_empty() && verdict.waits.iter().all(Option::is_none), "{verdict:?}");
        let days = Usual { to_the_day: 20, to_the_minute: 0, ..usual() };
        assert!(judged(&days, None, &dated(&[Some(today()); 5]), &[], false).signs.is_empty(), "it never told more than the day");
    }

    #[test]
    fn a_clock_on_every_page_and_a_lost_date_are_drift() {
        for lost in [Some(today()), None] {
            let verdict = judged(&usual(), None, &dated(&[lost; 3]), &[], false);
            assert_eq!((verdict.signs, verdict.waits), ([Sign::Dates].into(), vec![Some(Sign::Dates); 3]));
            assert!(judged(&usual(), None, &dated(&[lost; 2]), &[], false).signs.is_empty(), "two prove nothing");
            assert!(judged(&Usual::default(), None, &dated(&[lost; 9]), &[], false).signs.is_empty(), "nothing is usual yet");
        }
    }

    #[test]
    fn an_archive_that_is_dated_anew_is_drift() {
        let flood = [1; 11];
        assert_eq!(judged(&usual(), None, &minutes(&flood), &[], false).signs, [Sign::Dates].into());
        let day: Vec<i64> = (0..11).collect();
        assert!(judged(&usual(), None, &minutes(&day), &[], false).signs.is_empty(), "a busy day has many minutes");
        let copy = minutes(&[1, 2, 3]);
        let listed = Some(When::Day("2021-10-20".parse().unwrap()));
        let fresh: Vec<Fresh<'_>> = copy.iter().map(|candidate| Fresh { candidate, listed }).collect();
        let denied = judge(&usual(), None, &Seen { links: &[], empty: false, fresh: &fresh, steady: true, zone: ZONE, now: NOW });
        assert_eq!(denied.signs, [Sign::Dates].into(), "the listing knows better");
    }

    #[test]
    fn a_body_that_is_unlike_all_others_waits_alone() {
        let verdict =
            judged(&usual(), None, &[copy(Some(minute(1)), 900), copy(Some(minute(2)), 20), copy(Some(minute(3)), 90_000)], &[], false);
        assert_eq!(verdict.waits, [None, Some(Sign::Length), Some(Sign::Length)]);
        let mixed = Usual { lengths: vec![40, 900, 900, 900, 900, 900, 900, 12_000, 900], ..usual() };
        let verdict = judged(&mixed, None, &[copy(Some(minute(1)), 20), copy(Some(minute(2)), 20_000)], &[], false);
        assert_eq!(verdict.waits, [None, None], "such bodies were seen before");
        let few = Usual { lengths: vec![900; 7], ..usual() };
        assert_eq!(judged(&few, None, &[copy(Some(minute(1)), 20)], &[], false).waits, [None]);
    }

    #[test]
    fn an_episode_begins_once_and_ends_when_all_is_shown_to_be_well() {
        let usual = usual();
        let broken = judged(&usual, None, &dated(&[None; 3]), &[], true);
        let (drift, begins) = broken.episode(None, NOW);
        let drift = drift.unwrap();
        assert!(begins && drift.signs.len() == 2);
        let later = NOW.plus(std::time::Duration::from_hours(1));
        let still = judged(&usual, Some(&drift), &dated(&[None]), &links("http://a.cn/xw/N.html", 5), false);
        assert_eq!(still.waits, [Some(Sign::Dates)], "while it lasts, one is enough");
        let (drift, begins) = still.episode(Some(&drift), later);
        let drift = drift.unwrap();
        assert_eq!((begins, drift.since, drift.signs.len()), (false, NOW, 1));
        assert_eq!(judged(&usual, Some(&drift), &[], &[], false).episode(Some(&drift), later), (Some(drift.clone()), false));
        let well = judged(&usual, Some(&drift), &minutes(&[2]), &[], false);
        assert_eq!(well.episode(Some(&drift), later), (None, false));
    }
}
