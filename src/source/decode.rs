//! Bytes to text, in the order that proved right on pages whose labels lie.
//!
//! A byte-order mark, then valid UTF-8 over any label, then the header, then what the document says of itself, then a guess
//! with the domain's hint. `gb2312` and `gbk` mean the larger GB18030 table (WHATWG Encoding, 10.1).

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK};

/// How far into a document its own label may stand (HTML, 13.2.3.2: 1024 bytes; old templates put comments first).
const LABEL_WITHIN: usize = 4096;

/// The text of `bytes`. `content_type` is the header's value; `host` hints at the language where nothing else does.
#[must_use]
pub fn decode(bytes: &[u8], content_type: Option<&str>, host: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    if let Some(text) = utf8_but_for_its_end(bytes) {
        return text.to_owned();
    }
    let said = content_type.and_then(|value| label_in(value.as_bytes())).or_else(|| label_in(&bytes[..bytes.len().min(LABEL_WITHIN)]));
    // UTF-8 was ruled out above, so a label that says it is a lie.
    let encoding = said.filter(|encoding| *encoding != encoding_rs::UTF_8).unwrap_or_else(|| guess(bytes, host));
    let encoding = if encoding == GBK { GB18030 } else { encoding };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-8, where at most the last character was cut in the middle.
fn utf8_but_for_its_end(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok(),
        Err(_) => None,
    }
}

/// The first `charset=` or `encoding=` of a text, as a known encoding.
fn label_in(text: &[u8]) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    for word in [&b"charset"[..], b"encoding"] {
        let Some(at) = lower.windows(word.len()).position(|window| window == word) else { continue };
        let rest = lower[at + word.len()..].trim_ascii_start();
        let Some(rest) = rest.strip_prefix(b"=") else { continue };
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        let end = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || b"-_.:+".contains(b))).unwrap_or(rest.len());
        if let Some(encoding) = Encoding::for_label(&rest[..end]) {
            return Some(encoding);
        }
    }
    None
}

fn guess(bytes: &[u8], host: Option<&str>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let tld = host.and_then(|host| host.rsplit('.').next()).map(str::to_ascii_lowercase);
    // The detector takes lower-case ASCII labels only.
    let tld = tld.filter(|tld| !tld.is_empty() && tld.bytes().all(|b| b.is_ascii_lowercase()));
    detector.guess(tld.as_deref().map(str::as_bytes), Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gb(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn gb2312_means_the_whole_table() {
        let page = "<meta charset=gb2312><p>陶喆出席朱镕基书展</p>";
        assert_eq!(decode(&gb(page), None, None), page);
        assert_eq!(decode(&gb("镕"), Some("text/html; charset=GBK"), None), "镕");
    }

    #[test]
    fn valid_utf8_wins_over_any_label() {
        let page = "<meta charset=gb2312><p>宜城新闻</p>";
        assert_eq!(decode(page.as_bytes(), Some("text/html; charset=gbk"), None), page);
        assert_eq!(decode(&page.as_bytes()[..page.len() - 5], None, None), "<meta charset=gb2312><p>宜城新");
    }

    #[test]
    fn without_any_label_the_domain_helps() {
        assert_eq!(decode(&gb("宜城市融媒体中心"), None, Some("www.example.cn")), "宜城市融媒体中心");
        assert_eq!(
            decode(&gb("宜城市融媒体中心举行座谈会"), Some("text/html; charset=utf-8"), Some("127.0.0.1")),
            "宜城市融媒体中心举行座谈会"
        );
    }

    #[test]
    fn an_xml_declaration_is_a_label() {
        let feed = "<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\u{e9}</a>";
        let bytes: Vec<u8> = feed.chars().map(|c| c as u8).collect();
        assert_eq!(decode(&bytes, None, None), feed);
    }
}
