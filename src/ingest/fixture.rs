//! An article for the tests of this room.

use crate::model::{Article, ArticleKey, CanonicalUrl, Kind, Millis, Revision, SafeHtml, Standing};

/// A published article of that title.
pub(super) fn article(title: &str) -> Article {
    let url = CanonicalUrl::parse("https://news.example.cn/1.html").expect("an address");
    Article {
        key: ArticleKey::of_url(&url),
        revision: Revision(1),
        url: Some(url),
        source: "site".to_owned(),
        external_id: None,
        kind: Kind::Text,
        standing: Standing::Published,
        title: title.to_owned(),
        sections: Vec::new(),
        authors: Vec::new(),
        editors: Vec::new(),
        origin: None,
        summary: None,
        body: SafeHtml::of_text("徐徐展开。"),
        image: None,
        images: Vec::new(),
        tags: Vec::new(),
        language: "zh-CN".to_owned(),
        published: Millis(1_635_467_400_000),
        revised: Millis(1_635_467_400_000),
        breaking: false,
        correction: None,
    }
}
