//! What a server answered, and what it means for the reader.

use std::error::Error as _;

use super::step::Step;

/// Longer answers are cut (bytes): RFC 5321, 4.5.3.1.5 grants a line 512, and nobody reads more than eight.
const LONGEST: usize = 4096;

/// An answer: its code and its words, on one line, addresses masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// In the server's words.
    pub text: String,
}

/// What a refusal means. Only [`Meaning::NoSuchUser`] is the reader's last word; our own fault never costs a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// The mailbox does not exist: nothing more is sent there.
    NoSuchUser,
    /// The mailbox is full: later.
    MailboxFull,
    /// Too many, too fast: later, and slower.
    Throttled,
    /// The server refuses us, not the reader: sender, login, reputation, policy, content.
    Ours,
    /// Any other 4xx: later.
    Temporary,
    /// Any other 5xx: not this message; says nothing about the next.
    Permanent,
}

impl Meaning {
    /// Whether the same message may be tried again.
    #[must_use]
    pub const fn may_retry(self) -> bool {
        matches!(self, Self::MailboxFull | Self::Throttled | Self::Temporary)
    }

    /// Whether the address takes no mail, for good.
    #[must_use]
    pub const fn suppresses(self) -> bool {
        matches!(self, Self::NoSuchUser)
    }
}

/// Words of rate limits. QQ says them with 550, as if the mailbox were gone.
const THROTTLE: &[&str] =
    &["frequency limited", "rate limit", "too many", "too fast", "throttl", "try again later", "quota exceeded for sending"];
/// Words of a server that waited for us in vain.
const IDLE: &[&str] = &["timeout", "timed out", "idle"];
/// Words of refusals that are about us.
const OURS: &[&str] =
    &["spam", "block", "blacklist", "blocklist", "denylist", "reputation", "policy", "dmarc", "spf", "dkim", "authenti", "relay", "sender"];
/// Words of mailboxes that do not exist, where the server gives no enhanced code.
const NO_SUCH_USER: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such user",
    "no such mailbox",
    "no such recipient",
    "user not found",
    "user does not exist",
    "recipient not found",
    "recipient does not exist",
    "mailbox not found",
    "mailbox does not exist",
    "address does not exist",
    "unknown recipient",
    "recipient unknown",
    "invalid recipient",
    "user doesn't exist",
];
/// Words of full mailboxes.
const FULL: &[&str] = &["mailbox full", "mailbox is full", "over quota", "quota exceeded", "exceeded storage", "insufficient storage"];

impl Reply {
    /// An answer as it came.
    #[must_use]
    pub fn new(code: u16, text: &str) -> Self {
        Self { code, text: masked(text) }
    }

    /// What it means that this answered `step`.
    #[must_use]
    pub fn meaning(&self, step: Step) -> Meaning {
        let text = self.text.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let enhanced = enhanced(&text);
        let temporary = self.code < 500;
        // RFC 4954, 6: a server that wants a login, or another one.
        if matches!(self.code, 530 | 534 | 535 | 538) || (!temporary && step == Step::Mail) {
            return if says(THROTTLE) { Meaning::Throttled } else { Meaning::Ours };
        }
        let full = says(FULL) || matches!(enhanced, Some([_, 2, 2])) || (self.code == 552 && step == Step::Rcpt);
        // A connection that was idle for too long ends with 421 as well (RFC 5321, 3.8); that is no reproach.
        let idle = matches!(enhanced, Some([4, 4, 2])) || says(IDLE);
        if says(THROTTLE) || (self.code == 421 && !idle) {
            return Meaning::Throttled;
        }
        if full {
            return Meaning::MailboxFull;
        }
        if temporary {
            return Meaning::Temporary;
        }
        match enhanced {
            // RFC 3463: no mailbox, no such domain, bad syntax, moved, disabled; 5.1.10 is a null MX (RFC 7505).
            Some([5, 1, 1 | 2 | 3 | 6 | 10] | [5, 2, 1] | [5, 4, 4]) if step == Step::Rcpt => Meaning::NoSuchUser,
            Some([5, 7, _]) => Meaning::Ours,
            _ if says(OURS) => Meaning::Ours,
            None if step == Step::Rcpt && says(NO_SUCH_USER) => Meaning::NoSuchUser,
            _ => Meaning::Permanent,
        }
    }
}

/// What lies under lettre's own words for it: the server's answer, or the system's error.
pub(super) fn innermost(error: &lettre::transport::smtp::Error) -> String {
    let mut under = error.source();
    while let Some(deeper) = under.and_then(std::error::Error::source) {
        under = Some(deeper);
    }
    under.map_or_else(|| error.to_string(), ToString::to_string)
}

/// The enhanced status code (RFC 3463) at the beginning of a text.
fn enhanced(text: &str) -> Option<[u16; 3]> {
    let first = text.split_whitespace().next()?;
    let mut parts = first.splitn(3, '.').map(|part| part.parse::<u16>().ok());
    let code = [parts.next()??, parts.next()??, parts.next()??];
    matches!(code[0], 2 | 4 | 5).then_some(code)
}

/// One line, no control characters, the local part of every address replaced, cut at [`LONGEST`].
fn masked(text: &str) -> String {
    let line = crate::model::one_line(text);
    let words = line.split(' ').map(|word| match word.rfind('@') {
        Some(at) => format!("***{}", &word[at..]),
        None => word.to_owned(),
    });
    let mut whole = words.collect::<Vec<_>>().join(" ");
    let cut = (0..=LONGEST.min(whole.len())).rev().find(|&at| whole.is_char_boundary(at)).unwrap_or_default();
    whole.truncate(cut);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_missing_mailbox_costs_the_reader() {
        for (code, text, step, meaning) in [
            (550, "5.1.1 The email account that you tried to reach does not exist", Step::Rcpt, Meaning::NoSuchUser),
            (550, "no such user here", Step::Rcpt, Meaning::NoSuchUser),
            (550, "Ip frequency limited", Step::Rcpt, Meaning::Throttled),
            (550, "Mailbox unavailable or access denied", Step::Rcpt, Meaning::Permanent),
            (550, "5.7.26 Your email has been blocked because the sender is unauthenticated", Step::Body, Meaning::Ours),
            (550, "5.7.1 user unknown in our policy list", Step::Rcpt, Meaning::Ours),
            (554, "DT:SPM spam detected", Step::Body, Meaning::Ours),
            (553, "5.1.8 sender address rejected", Step::Mail, Meaning::Ours),
            (553, "no such user", Step::Mail, Meaning::Ours),
            (552, "mailbox full", Step::Rcpt, Meaning::MailboxFull),
            (452, "4.2.2 over quota", Step::Rcpt, Meaning::MailboxFull),
            (421, "HL:ICC", Step::Mail, Meaning::Throttled),
            (421, "4.4.2 mail.example.cn Error: timeout exceeded", Step::Mail, Meaning::Temporary),
            (450, "MI:DMC too many mails in this connection", Step::Mail, Meaning::Throttled),
            (451, "greylisted", Step::Rcpt, Meaning::Temporary),
            (535, "5.7.8 wrong password", Step::Mail, Meaning::Ours),
            (554, "transaction failed", Step::Body, Meaning::Permanent),
            (550, "5.1.1 odd place for it", Step::Body, Meaning::Permanent),
        ] {
            assert_eq!(Reply::new(code, text).meaning(step), meaning, "{code} {text}");
        }
    }

    #[test]
    fn nobody_s_address_stays_in_an_answer() {
        let reply = Reply::new(550, "5.1.1 <li.hua@example.cn>:\r\n Recipient\0 rejected");
        assert_eq!(reply.text, "5.1.1 ***@example.cn>: Recipient rejected");
        assert!(Reply::new(250, &"一".repeat(5000)).text.len() <= LONGEST);
    }
}
