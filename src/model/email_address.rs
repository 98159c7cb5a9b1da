//! Mail addresses that a public form may hand in.

use std::fmt;

/// An address that was checked, its domain lower-case ASCII. Prints masked; only [`EmailAddress::expose`] gives it whole.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// Why a text is no address that we write to. Never repeats the text: logs hold no person's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not of the form `local@domain`.
    #[error("not a mail address")]
    Shape,
    /// A local part outside RFC 5322's dot-atom (quoted ones are refused: nobody has one, attackers do).
    #[error("the part before the @ has characters that we do not write to")]
    Local,
    /// A domain without a dot, or no host name.
    #[error("the part after the @ is no public host name")]
    Domain,
    /// Over 254 bytes (RFC 5321, 4.5.3.1).
    #[error("longer than 254 bytes")]
    TooLong,
}

/// RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets.
const LONGEST: usize = 254;
/// RFC 5321, 4.5.3.1.1.
const LONGEST_LOCAL: usize = 64;

impl EmailAddress {
    /// Reads an address; an internationalised domain becomes its ASCII form.
    ///
    /// # Errors
    /// Whatever [`AddressError`] names.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Shape)?;
        let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let dots_fit = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        if local.is_empty() || local.len() > LONGEST_LOCAL || !local.chars().all(atom) || !dots_fit {
            return Err(AddressError::Local);
        }
        let domain = match url::Host::parse(domain) {
            Ok(url::Host::Domain(domain)) if is_host_name(&domain) => domain,
            _ => return Err(AddressError::Domain),
        };
        let whole = format!("{local}@{domain}");
        if whole.len() > LONGEST { Err(AddressError::TooLong) } else { Ok(Self(whole)) }
    }

    /// The address itself: for the envelope, the letter and the store, never for a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The receiving domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What two spellings of one mailbox share: the whole in lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// `l***@example.cn`.
    #[must_use]
    pub fn masked(&self) -> String {
        let first: String = self.0.chars().take(1).collect();
        format!("{first}***@{}", self.domain())
    }
}

fn is_host_name(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let label_fits = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    labels.len() > 1 && labels.iter().all(label_fits) && !labels[labels.len() - 1].bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_addresses_are_refused() {
        for absurd in [
            "",
            "a",
            "a@b",
            "a@[127.0.0.1]",
            "\"a b\"@example.cn",
            "a\r\nBcc: x@example.cn",
            "a@127.0.0.1",
            ".a@example.cn",
            "a@-b.cn",
            "用户@example.cn",
        ] {
            assert!(EmailAddress::parse(absurd).is_err(), "{absurd:?}");
        }
    }

    #[test]
    fn good_ones_are_kept_and_masked() {
        let address = EmailAddress::parse(" Li.Hua+news@例子.CN ").unwrap();
        assert_eq!(address.expose(), "Li.Hua+news@xn--fsqu00a.cn");
        assert_eq!(format!("{address:?} {address}"), "L***@xn--fsqu00a.cn L***@xn--fsqu00a.cn");
    }
}
