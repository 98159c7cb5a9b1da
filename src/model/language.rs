//! The two languages that the product itself speaks.

/// A language of the product's own sentences. Articles may be in any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// Simplified Chinese, `zh-CN`.
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English, `en`.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language that a BCP 47 tag asks for: anything Chinese is Chinese, anything English is English.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Chinese)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// The first acceptable language of an `Accept-Language` header (RFC 9110, 12.5.4), by order, else `fallback`.
    #[must_use]
    pub fn of_header(header: Option<&str>, fallback: Self) -> Self {
        header
            .unwrap_or_default()
            .split(',')
            .find_map(|range| Self::of_tag(range.split(';').next().unwrap_or_default().trim()))
            .unwrap_or(fallback)
    }
}
