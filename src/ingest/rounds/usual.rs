//! What a source's copy usually looks like, learned from what came in and was no drift.

use chrono_tz::Tz;

use crate::model::{Candidate, CanonicalUrl, Kind, Millis, Usual, When};

/// Lengths that are remembered.
const LENGTHS: usize = 64;
/// Shapes of addresses that are remembered; the rarest gives way to a new one.
const SHAPES: usize = 64;
/// Counts of more copy than this are halved: a source that changed its ways is understood after some months.
const FADES: u32 = 512;

/// How a piece of copy is dated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dated {
    /// Not at all.
    Not,
    /// By its day alone, which is today.
    Today,
    /// By another day.
    Day,
    /// By its minute, today.
    MinuteToday(Millis),
    /// By its minute, on another day.
    Minute,
}

impl Dated {
    /// How `published` dates copy that was read at `now`.
    pub(super) fn of(published: Option<When>, zone: Tz, now: Millis) -> Self {
        let today = now.in_zone(zone).date_naive();
        match published {
            None => Self::Not,
            Some(When::Day(day)) if day == today => Self::Today,
            Some(When::Day(_)) => Self::Day,
            Some(When::At(at)) if at.in_zone(zone).date_naive() == today => Self::MinuteToday(at),
            Some(When::At(_)) => Self::Minute,
        }
    }

    /// Whether nothing in it is older than today.
    pub(super) const fn is_of_today(self) -> bool {
        matches!(self, Self::Not | Self::Today | Self::MinuteToday(_))
    }
}

/// The length of a text's body in characters; `None` for galleries, films and links, whose bodies are as they happen to be, and for
/// a text without any, which waits for an editor on its own account.
pub(super) fn length(candidate: &Candidate) -> Option<u32> {
    let text = candidate.body.cleaned(None).text();
    let count = text.chars().filter(|c| !c.is_whitespace()).count() as u32;
    (candidate.kind == Kind::Text && count > 0).then_some(count)
}

/// The shape of an address: its folders with their numbers taken out, and what its last part consists of. Articles of one template
/// have one shape, or a few.
pub(super) fn shape(url: &CanonicalUrl) -> String {
    let url = url.url();
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let Some((last, folders)) = parts.split_last() else { return "/".to_owned() };
    let mut shape = String::new();
    for folder in folders {
        shape.push('/');
        let mut number = false;
        for c in folder.chars() {
            if !c.is_ascii_digit() {
                shape.push(c);
            } else if !number {
                shape.push('#');
            }
            number = c.is_ascii_digit();
        }
    }
    let (stem, ending) = last.rsplit_once('.').map_or((*last, ""), |(stem, ending)| (stem, ending));
    let number = stem.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '_'));
    shape.push_str(if number { "/#." } else { "/*." });
    shape.push_str(ending);
    shape
}

/// Learns the shape of an address at which an article stood.
pub(super) fn learn_shape(usual: &mut Usual, url: &CanonicalUrl) {
    let shape = shape(url);
    if !usual.paths.contains_key(&shape) && usual.paths.len() >= SHAPES {
        let rarest = usual.paths.iter().min_by_key(|(_, count)| **count).map(|(shape, _)| shape.clone());
        rarest.and_then(|shape| usual.paths.remove(&shape));
    }
    let count = usual.paths.entry(shape).or_default();
    *count = count.saturating_add(1);
}

/// Learns from a piece of new copy.
pub(super) fn learn(usual: &mut Usual, dated: Dated, length: Option<u32>) {
    usual.lengths.extend(length);
    let surplus = usual.lengths.len().saturating_sub(LENGTHS);
    usual.lengths.drain(..surplus);
    let count = match dated {
        Dated::Not => &mut usual.undated,
        Dated::Today | Dated::Day => &mut usual.to_the_day,
        Dated::MinuteToday(_) | Dated::Minute => &mut usual.to_the_minute,
    };
    *count += 1;
    if usual.undated + usual.to_the_day + usual.to_the_minute > FADES {
        usual.undated /= 2;
        usual.to_the_day /= 2;
        usual.to_the_minute /= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(url: &str) -> String {
        shape(&CanonicalUrl::parse(url).unwrap())
    }

    #[test]
    fn addresses_of_one_template_have_one_shape() {
        for (one, other) in [
            ("http://a.cn/xw/2021-10/29/content_123.htm", "http://a.cn/xw/2021-11/3/content_9.htm"),
            ("http://a.cn/p/116892.html", "http://a.cn/p/7.html"),
            ("http://a.cn/art/2021/10/29/art_23_1.html", "http://a.cn/art/2020/1/2/art_4_99.html"),
            ("http://a.cn/news/harbour/a-bridge-opens/", "http://a.cn/news/harbour/no-ferry-on-sunday"),
        ] {
            assert_eq!(shape_of(one), shape_of(other));
        }
        for (one, other) in [("http://a.cn/p/1.html", "http://a.cn/q/1.html"), ("http://a.cn/p/1.html", "http://a.cn/p/1.shtml")] {
            assert_ne!(shape_of(one), shape_of(other));
        }
    }

    #[test]
    fn what_is_remembered_has_bounds() {
        let mut usual = Usual::default();
        for n in 0..200u32 {
            learn(&mut usual, Dated::Not, Some(n));
            let folder: String = (0..=n).map(|_| 'x').collect();
            learn_shape(&mut usual, &CanonicalUrl::parse(&format!("http://a.cn/{folder}/1.html")).unwrap());
        }
        assert_eq!((usual.lengths.len(), usual.paths.len(), usual.lengths[0]), (LENGTHS, SHAPES, 136));
        (0..1000).for_each(|_| learn(&mut usual, Dated::Minute, None));
        assert!(usual.undated + usual.to_the_minute <= FADES);
    }

    #[test]
    fn copy_is_dated_in_its_own_zone() {
        let zone = chrono_tz::Asia::Shanghai;
        let now = Millis(1_635_467_400_000);
        let day = |text: &str| Some(When::Day(text.parse().unwrap()));
        assert_eq!(Dated::of(day("2021-10-29"), zone, now), Dated::Today);
        assert_eq!(Dated::of(day("2021-10-28"), zone, now), Dated::Day);
        assert!(Dated::of(Some(When::At(now)), zone, now).is_of_today() && Dated::of(None, zone, now).is_of_today());
        assert_eq!(Dated::of(Some(When::At(Millis(now.0 - 86_400_000))), zone, now), Dated::Minute);
    }
}
