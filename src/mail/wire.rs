//! The bytes of a message: RFC 5322 headers and a multipart/alternative of two encoded parts.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, MultiPart, MultiPartKind, SinglePart};

use super::composed::Gap;
use super::{Composed, Composer, MailError};
use crate::model::{EmailAddress, Millis};
use crate::urls::{Holder, LinkAct};

/// Stands in no part: `=` is encoded in quoted-printable and ends base64 (RFC 2045, 6.7 note 2).
const BOUNDARY: &str = "=_postrider_alternative";
/// Above this share of bytes outside ASCII base64 is shorter than quoted-printable.
const MOSTLY_ASCII: usize = 6;

/// One reader of an edition.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Where it goes.
    pub address: &'a EmailAddress,
    /// Whom the links speak of; its subject is the edition.
    pub holder: Holder,
    /// The reader's keyed hash (purpose `MessageId`): the same for every try, so that receivers and bounces can tell a repeat.
    pub key: &'a str,
}

/// A message ready for the wire, lines ended by CRLF, ASCII only.
#[derive(Debug, Clone)]
pub struct Message {
    /// MAIL FROM.
    pub envelope_from: EmailAddress,
    /// RCPT TO.
    pub envelope_to: EmailAddress,
    /// Headers and body.
    pub bytes: Vec<u8>,
    /// With its angle brackets.
    pub message_id: String,
}

/// What goes around the two parts.
pub(super) struct Wrapping<'a> {
    pub to: &'a EmailAddress,
    pub subject: &'a str,
    pub message_id: String,
    pub at: Millis,
    pub extra: Vec<(&'static str, String)>,
}

impl Composer {
    /// The edition for one reader, dated `at`.
    ///
    /// # Errors
    /// When an address does not fit into a header.
    pub fn stamp(&self, edition: &Composed, reader: &Reader<'_>, at: Millis) -> Result<Message, MailError> {
        let unsubscribe = self.urls.link(LinkAct::Unsubscribe, reader.holder);
        let link = |gap: Gap| match gap {
            Gap::Unsubscribe => unsubscribe.clone(),
            Gap::Preferences => self.urls.link(LinkAct::Preferences, reader.holder),
            Gap::Browser => self.urls.edition(reader.holder.subject),
        };
        let (html, text) = (edition.html.filled(link), edition.text.filled(link));
        let extra = vec![
            ("List-ID", format!("<{}.{}>", edition.list.as_str(), self.newsroom.host)),
            ("List-Unsubscribe", format!("<{unsubscribe}>")),
            // RFC 8058, 3.1.
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
            ("Precedence", "bulk".to_owned()),
        ];
        let message_id = self.message_id(reader.holder.subject, reader.key);
        self.wrap(Wrapping { to: reader.address, subject: &edition.subject, message_id, at, extra }, &text, &html)
    }

    pub(super) fn message_id(&self, subject: crate::model::Seq, key: &str) -> String {
        let key: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("<{subject}.{key}@{}>", self.newsroom.host)
    }

    pub(super) fn wrap(&self, wrapping: Wrapping<'_>, text: &str, html: &str) -> Result<Message, MailError> {
        let from = &self.newsroom.from;
        let name = (!from.name.is_empty()).then(|| from.name.clone());
        let Wrapping { to, subject, message_id, at, extra } = wrapping;
        let mut builder = lettre::Message::builder()
            .from(lettre::message::Mailbox::new(name, address(&from.address, "newsroom's")?))
            .to(lettre::message::Mailbox::new(None, address(to, "reader's")?))
            .subject(subject)
            .date(system_time(at))
            .message_id(Some(message_id.clone()))
            // RFC 3834, 5: nobody's holiday answers this.
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
        for (name, value) in extra {
            builder = builder.raw_header(header(name, value));
        }
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(BOUNDARY)
            .singlepart(part(ContentType::TEXT_PLAIN, text)?)
            .singlepart(part(ContentType::TEXT_HTML, html)?);
        let message = builder.multipart(parts).map_err(|error| MailError::Assemble(error.to_string()))?;
        let (envelope_from, envelope_to) = (from.address.clone(), to.clone());
        Ok(Message { envelope_from, envelope_to, bytes: message.formatted(), message_id })
    }
}

fn address(address: &EmailAddress, whose: &'static str) -> Result<lettre::Address, MailError> {
    address.expose().parse().map_err(|_| MailError::Address { whose })
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn part(kind: ContentType, text: &str) -> Result<SinglePart, MailError> {
    let foreign = text.bytes().filter(|byte| !byte.is_ascii()).count();
    let encoding =
        if foreign * MOSTLY_ASCII > text.len() { ContentTransferEncoding::Base64 } else { ContentTransferEncoding::QuotedPrintable };
    // RFC 2049, 4: text is put into its canonical form, CRLF, before it is encoded.
    let canonical = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    let body = Body::new_with_encoding(canonical, encoding).map_err(|_| MailError::Assemble("encoding a part".to_owned()))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

fn system_time(at: Millis) -> SystemTime {
    // The header's form begins in 1970 and ends with the four-digit years.
    let millis = at.0.clamp(0, Millis::LATEST.0);
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{article, composer_named, opened};
    use super::super::{ListName, Story};
    use super::*;
    use crate::model::{Language, ReceiverId, Seq};

    fn stamped(name: &str, reader: i64) -> Message {
        let composer = composer_named(name);
        let article = article(1, "春茶");
        let edition =
            composer.compose_alert(Story { article: &article, section: "新闻" }, &ListName::of_digest("x"), Language::Chinese).unwrap();
        let address = EmailAddress::parse("li.hua@example.cn").unwrap();
        let holder = Holder { reader: ReceiverId(reader), epoch: 1, subject: Seq(9) };
        let key = format!("k{reader}\r\n>");
        composer.stamp(&edition, &Reader { address: &address, holder, key: &key }, Millis(1_600_000_000_000)).unwrap()
    }

    #[test]
    fn the_same_reader_gets_the_same_bytes_and_another_other_links() {
        assert_eq!(stamped("x", 7).bytes, stamped("x", 7).bytes);
        assert_ne!(stamped("x", 7).bytes, stamped("x", 8).bytes);
        assert_eq!(stamped("x", 7).message_id, "<9.k7@news.example.cn>");
    }

    #[test]
    fn one_click_and_its_friends_stand_in_the_headers() {
        let (headers, text, _) = opened(&stamped("编辑部", 7).bytes);
        let link = text.lines().find_map(|line| line.strip_prefix("退订：")).unwrap();
        for line in [
            &format!("List-Unsubscribe: <{link}>"),
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
            "Precedence: bulk",
            "Date: Sun, 13 Sep 2020 12:26:40 +0000",
            "To: li.hua@example.cn",
        ] {
            assert!(headers.lines().any(|found| found == line), "{line} in {headers}");
        }
    }

    #[test]
    fn no_name_panics_or_adds_a_header() {
        for name in
            ["", "\0", "a\r\nBcc: x@example.cn", "\"", "\\", "<x@example.cn>", "\u{feff}\u{202e}", "=?utf-8?b?", "🧨\u{7f}", "a,b;c:d@e"]
        {
            let bytes = stamped(name, 7).bytes;
            assert!(bytes.is_ascii(), "{name:?}");
            let (headers, ..) = opened(&bytes);
            assert_eq!(headers.matches("\nFrom: ").count() + usize::from(headers.starts_with("From: ")), 1, "{name:?}: {headers}");
            assert!(!headers.contains("\nBcc"), "{name:?}: {headers}");
            assert!(headers.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n', '\0'])), "{name:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(48))]
        #[test]
        fn any_name_and_headline_make_a_plain_message(name in ".{0,120}", title in "(?s).{0,300}") {
            let composer = composer_named(&name);
            let article = article(1, &title);
            let story = Story { article: &article, section: &title };
            let edition = composer.compose_alert(story, &ListName::of_digest(&title), Language::English).unwrap();
            let address = EmailAddress::parse("li.hua@example.cn").unwrap();
            let holder = Holder { reader: ReceiverId(7), epoch: 1, subject: Seq(9) };
            let bytes = composer.stamp(&edition, &Reader { address: &address, holder, key: "k" }, Millis(0)).unwrap().bytes;
            proptest::prop_assert!(bytes.is_ascii());
            let (headers, text, html) = opened(&bytes);
            let names: Vec<&str> = headers.split("\r\n").filter(|line| !line.starts_with(' ')).filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
            proptest::prop_assert_eq!(names, [
                "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
                "Precedence", "MIME-Version", "Content-Type"
            ]);
            proptest::prop_assert!(headers.split("\r\n").all(|line| line.len() <= 998));
            proptest::prop_assert_eq!((text.matches("/unsubscribe/").count(), html.matches("/unsubscribe/").count()), (1, 1));
        }
    }
}
