//! How one value is read from what was written, and written again.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use chrono_tz::{TZ_VARIANTS, Tz};
use ipnet::IpNet;
use url::Url;

use super::fault::nearest;
use super::tree::{Raw, list_of_word};
use crate::model::{EmailAddress, EventType, Language, Preset, Slug, SourceKind};

/// A type that a key may have.
pub(super) trait Setting: Sized {
    /// Reads it; the error says what is wrong and what would be right.
    fn read(raw: &Raw) -> Result<Self, String>;
    /// As TOML.
    fn show(&self) -> String;
}

/// A TOML basic string, on one line whatever it holds (TOML 1.0, String).
pub(super) fn quoted(text: impl Display) -> String {
    // JSON escapes what TOML wants escaped, but for DEL.
    serde_json::Value::String(text.to_string()).to_string().replace('\u{7f}', "\\u007f")
}

fn found(raw: &Raw) -> &'static str {
    match raw {
        Raw::Text(_) | Raw::Word(_) => "a text",
        Raw::Integer(_) => "a whole number",
        Raw::Float(_) => "a number",
        Raw::Boolean(_) => "true or false",
        Raw::List(_) => "a list",
        Raw::Odd(what) => what,
    }
}

/// The text of a value, else what is wrong.
pub(super) fn text<'r>(raw: &'r Raw, wanted: &str) -> Result<&'r str, String> {
    match raw {
        Raw::Text(text) | Raw::Word(text) => Ok(text.trim()),
        other => Err(format!("is {}, wanted {wanted} in quotes", found(other))),
    }
}

/// A value of a closed set, by name.
pub(super) fn one_of<T: Copy>(raw: &Raw, all: &[(&'static str, T)]) -> Result<T, String> {
    let names = || all.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(", ");
    let word = text(raw, &format!("one of {}", names()))?;
    all.iter().find(|(name, _)| *name == word).map(|(_, value)| *value).ok_or_else(|| {
        let guess = nearest(word, all.iter().map(|(name, _)| *name));
        let mend = guess.map_or_else(|| format!("write one of {}", names()), |name| format!("did you mean {}?", quoted(name)));
        format!("{} is none of them; {mend}", quoted(word))
    })
}

impl Setting for String {
    fn read(raw: &Raw) -> Result<Self, String> {
        // Not trimmed: a password may begin or end with a space.
        let (Raw::Text(line) | Raw::Word(line)) = raw else { return Err(format!("is {}, wanted a text in quotes", found(raw))) };
        if line.chars().any(char::is_control) { Err("holds a control character or a line break".to_owned()) } else { Ok(line.clone()) }
    }
    fn show(&self) -> String {
        quoted(self)
    }
}

impl Setting for bool {
    fn read(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Boolean(truth) => Ok(*truth),
            Raw::Word(word) => word.trim().parse().map_err(|_| format!("{} is neither true nor false", quoted(word))),
            other => Err(format!("is {}, wanted true or false", found(other))),
        }
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for u64 {
    fn read(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Integer(number) => Self::try_from(*number).map_err(|_| format!("{number} is below 0")),
            Raw::Word(word) => word.trim().parse().map_err(|_| format!("{} is no whole number from 0 up", quoted(word))),
            other => Err(format!("is {}, wanted a whole number", found(other))),
        }
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

macro_rules! narrower {
    ($($number:ty),*) => {$(
        impl Setting for $number {
            fn read(raw: &Raw) -> Result<Self, String> {
                let wide = u64::read(raw)?;
                Self::try_from(wide).map_err(|_| format!("{wide} is above {}", Self::MAX))
            }
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
narrower!(u16, u32);

impl Setting for f64 {
    fn read(raw: &Raw) -> Result<Self, String> {
        let number = match raw {
            Raw::Integer(number) => *number as Self,
            Raw::Float(number) => *number,
            Raw::Word(word) => word.trim().parse().map_err(|_| format!("{} is no number", quoted(word)))?,
            other => return Err(format!("is {}, wanted a number", found(other))),
        };
        if number.is_finite() { Ok(number) } else { Err("is no finite number".to_owned()) }
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Tz {
    fn read(raw: &Raw) -> Result<Self, String> {
        let zone = text(raw, "an IANA time zone such as \"Asia/Shanghai\"")?;
        zone.parse().map_err(|_| {
            let guess = nearest(zone, TZ_VARIANTS.iter().map(|known| known.name()));
            let mend = guess.map(|name| format!("; did you mean {}?", quoted(name))).unwrap_or_default();
            format!("{} is no IANA time zone{mend}", quoted(zone))
        })
    }
    fn show(&self) -> String {
        quoted(self.name())
    }
}

impl Setting for Language {
    fn read(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &Self::ALL.map(|language| (language.tag(), language)))
    }
    fn show(&self) -> String {
        quoted(self.tag())
    }
}

macro_rules! named {
    ($($set:ty),*) => {$(
        impl Setting for $set {
            fn read(raw: &Raw) -> Result<Self, String> {
                one_of(raw, &Self::ALL.map(|one| (one.as_str(), one)))
            }
            fn show(&self) -> String {
                quoted(self.as_str())
            }
        }
    )*};
}
named!(Preset, EventType, SourceKind);

impl Setting for Slug {
    fn read(raw: &Raw) -> Result<Self, String> {
        Self::parse(text(raw, "a slug such as \"news/yicheng\"")?).map_err(|error| error.to_string())
    }
    fn show(&self) -> String {
        quoted(self)
    }
}

impl Setting for EmailAddress {
    fn read(raw: &Raw) -> Result<Self, String> {
        Self::parse(text(raw, "a mail address")?).map_err(|error| error.to_string())
    }
    fn show(&self) -> String {
        quoted(self.expose())
    }
}

impl Setting for SocketAddr {
    fn read(raw: &Raw) -> Result<Self, String> {
        let address = text(raw, "an address such as \"127.0.0.1:8080\"")?;
        let wrong = || format!("{} is no IP address with a port, such as \"127.0.0.1:8080\" or \"[::]:8080\"", quoted(address));
        address.parse().map_err(|_| wrong())
    }
    fn show(&self) -> String {
        quoted(self)
    }
}

impl Setting for IpNet {
    fn read(raw: &Raw) -> Result<Self, String> {
        let network = text(raw, "a network such as \"10.0.0.0/8\"")?;
        if let Ok(address) = network.parse::<IpAddr>() {
            return Ok(Self::from(address));
        }
        let read: Self = network.parse().map_err(|_| format!("{} is no network such as \"10.0.0.0/8\"", quoted(network)))?;
        if read.trunc() == read {
            Ok(read)
        } else {
            Err(format!("{} is an address within {}; write that", quoted(network), quoted(read.trunc())))
        }
    }
    fn show(&self) -> String {
        quoted(self)
    }
}

impl Setting for Url {
    fn read(raw: &Raw) -> Result<Self, String> {
        let address = text(raw, "an address such as \"https://www.example.cn/\"")?;
        // The address itself is not repeated: it may hold a password or a key.
        let url = Self::parse(address).map_err(|error| format!("is no absolute http or https address: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("is no absolute http or https address".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() { Err("holds a user or password".to_owned()) } else { Ok(url) }
    }
    fn show(&self) -> String {
        quoted(self)
    }
}

impl Setting for PathBuf {
    fn read(raw: &Raw) -> Result<Self, String> {
        let path = String::read(raw)?;
        if path.is_empty() { Err("is empty, wanted a path".to_owned()) } else { Ok(path.into()) }
    }
    fn show(&self) -> String {
        quoted(self.display())
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn read(raw: &Raw) -> Result<Self, String> {
        let read_all = |list: &[Raw]| list.iter().map(T::read).collect::<Result<Self, String>>();
        match raw {
            Raw::List(list) => read_all(list),
            Raw::Word(word) => read_all(&list_of_word(word)?),
            other => Err(format!("is {}, wanted a list in [ ]", found(other))),
        }
    }
    fn show(&self) -> String {
        format!("[{}]", self.iter().map(Setting::show).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word<T: Setting>(text: &str) -> Result<T, String> {
        T::read(&Raw::Text(text.to_owned()))
    }

    #[test]
    fn a_network_with_host_bits_is_refused_with_the_mend() {
        assert_eq!(word::<IpNet>("10.0.0.1/8").unwrap_err(), "\"10.0.0.1/8\" is an address within \"10.0.0.0/8\"; write that");
        assert_eq!(word::<IpNet>("::1").unwrap().show(), "\"::1/128\"");
        assert!(word::<IpNet>("10.0.0.0/33").is_err());
    }

    #[test]
    fn a_near_name_is_offered() {
        assert_eq!(word::<Tz>("Asia/Shangai").unwrap_err(), "\"Asia/Shangai\" is no IANA time zone; did you mean \"Asia/Shanghai\"?");
        assert_eq!(word::<Language>("zh-Cn").unwrap_err(), "\"zh-Cn\" is none of them; did you mean \"zh-CN\"?");
        assert_eq!(word::<Language>("fr").unwrap_err(), "\"fr\" is none of them; write one of \"zh-CN\", \"en\"");
        assert!(word::<EventType>("article.publish").unwrap_err().contains("article.published"));
    }

    #[test]
    fn addresses_are_not_repeated_where_they_may_hold_a_secret_or_a_person() {
        assert!(!word::<EmailAddress>("li hua@example.cn").unwrap_err().contains("hua"));
        assert!(!word::<Url>("https://me:secret@example.cn/").unwrap_err().contains("secret"));
        assert!(word::<Url>("ftp://example.cn/").is_err());
        assert!(word::<SocketAddr>("localhost:8080").unwrap_err().contains("127.0.0.1:8080"));
    }

    #[test]
    fn numbers_keep_their_bounds() {
        assert!(u16::read(&Raw::Integer(65_536)).is_err());
        assert!(u32::read(&Raw::Integer(-1)).is_err());
        assert_eq!(u32::read(&Raw::Word("7".into())), Ok(7));
        assert!(u32::read(&Raw::Text("7".into())).is_err());
        assert!(f64::read(&Raw::Float(f64::NAN)).is_err());
        assert_eq!(bool::read(&Raw::Word("true".into())), Ok(true));
    }

    #[test]
    fn texts_keep_their_spaces_and_print_on_one_line() {
        assert_eq!(word::<String>(" a "), Ok(" a ".to_owned()));
        for hostile in ["a\nb", "a\u{7f}b", "\u{1b}[2J", "\"\\"] {
            let shown = quoted(hostile);
            assert!(!shown.chars().any(char::is_control), "{shown}");
            let table: toml::Table = format!("a = {shown}").parse().unwrap();
            assert_eq!(table["a"].as_str(), Some(hostile));
        }
    }

    #[test]
    fn lists_come_from_toml_or_from_words() {
        assert_eq!(Vec::<u16>::read(&Raw::Word("8080, 9090".into())), Ok(vec![8080, 9090]));
        assert!(Vec::<u16>::read(&Raw::Text("8080".into())).unwrap_err().contains("list"));
        assert_eq!(Vec::<u16>::read(&Raw::Word(String::new())), Ok(vec![]));
    }
}
