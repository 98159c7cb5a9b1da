//! `[media]`: which lead pictures are copied. Pictures inside a body are never copied: they stay where the newsroom put them.

use super::measure::Bytes;
use super::reader::Reader;
use super::setting::{Setting, one_of, quoted};
use super::tree::Raw;

/// `[media]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// Which lead pictures are copied.
    pub copy: Copying,
    /// Larger files are not copied (bytes): each stands in the store, and is held in memory while it is fetched.
    pub copy_bytes: u64,
}

/// Which lead pictures are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copying {
    /// Those that the newsroom's site gives to its own pages alone, or over plain http.
    Auto,
    /// All.
    Always,
    /// None; what was copied before is still shown.
    Never,
}

/// No picture of an article is larger: it is not even measured (bytes).
const MOST: u64 = 20 << 20;
/// Less would refuse every picture (bytes).
const LEAST: u64 = 1 << 10;

impl Media {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let copy = r.value("copy", Copying::Auto);
        let Bytes(copy_bytes) = r.value("copy_bytes", Bytes(8 << 20));
        if !(LEAST..=MOST).contains(&copy_bytes) {
            r.complain("copy_bytes", format!("is outside {LEAST} to {MOST} bytes"));
        }
        Self { copy, copy_bytes: copy_bytes.clamp(LEAST, MOST) }
    }
}

impl Copying {
    /// All of them, by name.
    const ALL: [(&str, Self); 3] = [("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)];
}

impl Setting for Copying {
    fn read(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &Self::ALL)
    }
    fn show(&self) -> String {
        Self::ALL.iter().find(|(_, copying)| copying == self).map(|(name, _)| quoted(name)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn with(sets: &[&str]) -> Result<Media, String> {
        let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
        Config::load(None, [], &sets).map(|config| config.media).map_err(|errors| format!("{:?}", errors.problems))
    }

    #[test]
    fn pictures_are_copied_where_it_is_needed_unless_told_otherwise() {
        assert_eq!(with(&[]).unwrap(), Media { copy: Copying::Auto, copy_bytes: 8 << 20 });
        assert_eq!(with(&["media.copy=never"]).unwrap().copy, Copying::Never);
        assert_eq!(with(&["media.copy=always", "media.copy_bytes=1MiB"]).unwrap(), Media { copy: Copying::Always, copy_bytes: 1 << 20 });
        assert!(with(&["media.copy=sometimes"]).unwrap_err().contains("sometimes"));
        assert!(with(&["media.copy_bytes=1GiB"]).unwrap_err().contains("copy_bytes"));
    }
}
