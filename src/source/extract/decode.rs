//! Bytes to text: which encoding a page is in, and what told so.
//!
//! The order is: byte order mark, then valid UTF-8 over any label, then the HTTP header, then `<meta>`, then a guess from the
//! bytes and the host's top-level domain. Labels lie more often than bytes do; `gb2312` and `gbk` both mean GB18030 (WHATWG Encoding, 4.2).

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};
use url::Url;

use super::words::pattern;

/// How far into a page a `<meta>` label is looked for (bytes). WHATWG HTML, 13.2.3.2 asks for 1,024; legacy pages put scripts before it.
const LABEL_WITHIN: usize = 8 * 1024;

/// A text and what told its encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::source) struct Decoded {
    /// The text; what could not be read is U+FFFD.
    pub text: String,
    /// WHATWG name of the encoding.
    pub encoding: &'static str,
    /// `bom`, `valid utf-8`, `header`, `meta` or `guess`.
    pub rule: &'static str,
}

/// Reads bytes as text.
pub(in crate::source) fn decode(bytes: &[u8], content_type: Option<&str>, url: Option<&Url>) -> Decoded {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return read(&bytes[skip..], encoding, "bom");
    }
    if let Some(text) = utf8_but_for_its_end(bytes) {
        return Decoded { text: text.to_owned(), encoding: UTF_8.name(), rule: "valid utf-8" };
    }
    let fits = |encoding: &&'static Encoding| *encoding != UTF_8 || mostly_utf8(bytes);
    if let Some(encoding) = content_type.and_then(charset_of).and_then(usable).filter(fits) {
        return read(bytes, encoding, "header");
    }
    if let Some(encoding) = label_in(bytes).and_then(|label| usable(&label)).filter(fits) {
        return read(bytes, encoding, "meta");
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let domain = url.and_then(Url::domain).and_then(|host| host.rsplit('.').next()).filter(|last| last.is_ascii());
    read(bytes, detector.guess(domain.map(str::as_bytes), Utf8Detection::Allow), "guess")
}

/// UTF-8, where at most the last character was cut in the middle.
fn utf8_but_for_its_end(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok(),
        Err(_) => None,
    }
}

/// Whether a page that says UTF-8 is it but for a broken byte here and there; in a page of another encoding nearly all are broken.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut beyond_ascii, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        beyond_ascii += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken * 4 <= beyond_ascii
}

fn read(bytes: &[u8], encoding: &'static Encoding, rule: &'static str) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), encoding: encoding.name(), rule }
}

/// A label that may be believed: known, and not UTF-8 or UTF-16, for the bytes were just seen not to be UTF-8.
/// A page that is UTF-8 but for a broken byte is still better read as its label says.
fn usable(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    let encoding = encoding.output_encoding();
    // GBK is a part of GB18030, and pages labelled with it use characters of the whole.
    Some(if encoding == encoding_rs::GBK { encoding_rs::GB18030 } else { encoding })
}

fn charset_of(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset=")?;
    let value = &content_type[at + "charset=".len()..];
    Some(value.trim_matches(['"', '\'', ' ']).split([';', '"', '\'', ' ']).next().unwrap_or_default())
}

fn label_in(bytes: &[u8]) -> Option<String> {
    static LABEL: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        pattern(r#"(?i)(?:<meta[^>]{0,300}?charset\s*=|<\?xml[^>]{0,100}encoding\s*=)\s*["']?\s*([a-z0-9_:.-]{2,40})"#)
    });
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(LABEL_WITHIN)]);
    LABEL.captures(&head).map(|found| found[1].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gb18030(text: &str) -> Vec<u8> {
        encoding_rs::GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn valid_utf8_beats_a_lying_label() {
        let page = "<meta charset=gb2312><p>渡口修好了</p>";
        let decoded = decode(page.as_bytes(), Some("text/html; charset=gbk"), None);
        assert_eq!((decoded.text.as_str(), decoded.rule), (page, "valid utf-8"));
    }

    #[test]
    fn gb2312_means_gb18030() {
        let page = gb18030("<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\"><p>镕、喆、㐂都不在 GB2312 里</p>");
        let decoded = decode(&page, None, None);
        assert!(decoded.text.contains("镕、喆、㐂"), "{}", decoded.text);
        assert_eq!((decoded.encoding, decoded.rule), ("gb18030", "meta"));
    }

    #[test]
    fn a_label_that_says_utf8_is_believed_of_a_page_that_nearly_is() {
        let mut page = "<meta charset=utf-8><p>渡口修好了，今天通航".as_bytes().to_vec();
        page.extend([0xff, b'!']);
        assert!(decode(&page, None, None).text.ends_with("今天通航\u{fffd}!"));
        let other = gb18030("<meta charset=utf-8><p>渡口修好了，今天通航，两岸的人又能坐船过河了");
        assert!(decode(&other, Some("text/html; charset=utf-8"), None).text.contains("今天通航"));
        let cut = "渡口修好了".as_bytes();
        assert_eq!(decode(&cut[..cut.len() - 1], None, None).text, "渡口修好");
    }

    #[test]
    fn the_header_goes_before_the_meta() {
        let page = encoding_rs::BIG5.encode("<meta charset=gb2312><p>渡口修好了，今天通航</p>").0.into_owned();
        assert!(decode(&page, Some("text/html;charset=Big5"), None).text.contains("渡口修好了"));
    }

    #[test]
    fn bytes_without_a_label_are_guessed() {
        let url = Url::parse("http://news.example.cn/1.html").unwrap();
        let decoded = decode(&gb18030("河边的老渡口昨天修好了，两岸的人又能坐船过河了。"), None, Some(&url));
        assert!(decoded.text.starts_with("河边的老渡口"), "{decoded:?}");
        assert_eq!(decoded.rule, "guess");
    }

    #[test]
    fn a_byte_order_mark_goes_first() {
        let mut page = vec![0xff, 0xfe];
        page.extend("渡口".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&page, Some("text/plain; charset=gbk"), None).text, "渡口");
    }
}
