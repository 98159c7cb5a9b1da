//! What pages load beside themselves: one stylesheet and one icon, built in. Their names hold a hash of their bytes, so that
//! they may be cached for ever and a new version is seen at once.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};

/// One built-in file.
#[derive(Debug)]
pub struct Asset {
    /// Below the base path: `assets/style.0123456789abcdef.css`.
    pub path: String,
    /// For `Content-Type`.
    pub media_type: &'static str,
    /// What is sent, with `Cache-Control: public, max-age=31536000, immutable`.
    pub bytes: &'static [u8],
}

/// The stylesheet of every page.
pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::named("style", "css", "text/css; charset=utf-8", include_bytes!("assets/style.css")));

/// The icon in a browser's tab.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| Asset::named("icon", "svg", "image/svg+xml", include_bytes!("assets/icon.svg")));

/// Hash letters in a name: 64 bits, for versions of one file.
const HASH_LETTERS: usize = 16;

impl Asset {
    fn named(stem: &str, ending: &str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        let hash = HEXLOWER.encode(digest(&SHA256, bytes).as_ref());
        Self { path: format!("assets/{stem}.{}.{ending}", &hash[..HASH_LETTERS]), media_type, bytes }
    }
}

/// The file of a path below the base (`assets/…`); a path of an older version has none.
#[must_use]
pub fn asset(path: &str) -> Option<&'static Asset> {
    [&*STYLE, &*ICON].into_iter().find(|asset| asset.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_the_name_that_pages_use() {
        let style = asset(&STYLE.path).unwrap();
        assert_eq!(style.media_type, "text/css; charset=utf-8");
        assert!(std::str::from_utf8(style.bytes).unwrap().contains("color-scheme: light dark"));
        assert!(asset("assets/style.css").is_none());
        assert!(asset("assets/../style.css").is_none());
    }

    #[test]
    fn the_style_fetches_nothing() {
        let style = std::str::from_utf8(STYLE.bytes).unwrap();
        assert!(!style.contains("url(") && !style.contains("@import"));
    }
}
