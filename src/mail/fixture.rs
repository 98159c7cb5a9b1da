//! What the tests of this room share.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Composer, Mailbox, Newsroom, Templates};
use crate::clock::Ids;
use crate::keys::KeyRing;
use crate::model::{Article, ArticleKey, CanonicalUrl, EmailAddress, Kind, Language, Millis, Revision, SafeHtml, Slug, Standing};
use crate::urls::Urls;

pub(super) fn composer() -> Composer {
    composer_named("荆山新闻网")
}

/// A composer whose keys are always the same.
pub(super) fn composer_named(name: &str) -> Composer {
    let folder = tempfile::tempdir().unwrap();
    let ring = folder.path().join("keys");
    std::fs::write(&ring, format!("1 {}\n", STANDARD.encode([7; 32]))).unwrap();
    let keys = KeyRing::load_or_make(&ring, Ids::default()).unwrap();
    let newsroom = Newsroom {
        title: "荆山新闻网".to_owned(),
        language: Language::Chinese,
        zone: chrono_tz::Asia::Shanghai,
        organisation: "荆山县融媒体中心".to_owned(),
        address: String::new(),
        phone: "0710-4220000".to_owned(),
        contact: String::new(),
        icp: "鄂ICP备00000000号".to_owned(),
        police: String::new(),
        from: Mailbox { name: name.to_owned(), address: EmailAddress::parse("news@example.cn").unwrap() },
        host: "news.example.cn".to_owned(),
    };
    let urls = Urls::new("https://www.example.cn/", "news.example.cn,2026", keys).unwrap();
    Composer::new(urls, newsroom, Templates::default()).unwrap()
}

pub(super) fn article(number: i64, title: &str) -> Article {
    Article {
        key: ArticleKey::of_external("cms", &number.to_string()),
        revision: Revision(1),
        url: CanonicalUrl::parse(&format!("https://www.example.cn/{number}.html")).ok(),
        source: "cms".to_owned(),
        external_id: None,
        kind: Kind::Text,
        standing: Standing::Published,
        title: title.to_owned(),
        sections: vec![Slug::parse("news/yicheng").unwrap()],
        authors: Vec::new(),
        editors: Vec::new(),
        origin: None,
        summary: None,
        body: SafeHtml::of_text("第一段。\n第二段。"),
        image: None,
        images: Vec::new(),
        tags: Vec::new(),
        language: "zh-CN".to_owned(),
        published: Millis(1_600_000_000_000),
        revised: Millis(1_600_000_000_000),
        breaking: false,
        correction: None,
        kept: None,
    }
}

/// Headers, text part and HTML part of a message, decoded.
pub(super) fn opened(bytes: &[u8]) -> (String, String, String) {
    let whole = std::str::from_utf8(bytes).unwrap();
    let (headers, body) = whole.split_once("\r\n\r\n").unwrap();
    let parts: Vec<String> = body.split("--=_postrider_alternative").filter_map(|part| part.split_once("\r\n\r\n")).map(decoded).collect();
    let [text, html] = parts.try_into().unwrap();
    (format!("{headers}\r\n"), text, html)
}

fn decoded((headers, body): (&str, &str)) -> String {
    let bytes = if headers.contains("base64") {
        STANDARD.decode(body.replace("\r\n", "")).unwrap()
    } else {
        let mut bytes = Vec::new();
        let joined = body.replace("=\r\n", "");
        let mut rest = joined.as_str();
        while let Some(at) = rest.find('=') {
            bytes.extend_from_slice(&rest.as_bytes()[..at]);
            bytes.push(u8::from_str_radix(&rest[at + 1..at + 3], 16).unwrap());
            rest = &rest[at + 3..];
        }
        bytes.extend_from_slice(rest.as_bytes());
        bytes
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}
