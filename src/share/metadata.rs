//! What an article's page tells programs that read it: schema.org's `NewsArticle` as JSON-LD.

use std::fmt;

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use crate::model::{Article, Byline};
use crate::urls::Urls;

/// JSON that may stand inside a `script` element: no letter in it can end the element or begin a comment (HTML, 4.12.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonLd(String);

impl JsonLd {
    fn of(value: &Value) -> Self {
        let json = value.to_string();
        Self(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }

    /// The JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JsonLd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who stands by an article.
#[derive(Debug, Clone, Copy)]
pub struct Newsroom<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its first page.
    pub home: &'a str,
    /// Its picture, absolute.
    pub logo: Option<&'a str>,
    /// In which its times are told.
    pub zone: Tz,
    /// Know where a picture's copy is.
    pub urls: &'a Urls,
}

/// An article for search engines. Names only what is known; `canonical` is the article's address, `section` its principal one.
#[must_use]
pub fn news_article(article: &Article, canonical: &str, section: Option<&str>, newsroom: &Newsroom) -> JsonLd {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("@context", json!("https://schema.org"));
    put("@type", json!("NewsArticle"));
    put("mainEntityOfPage", json!(canonical));
    put("url", json!(canonical));
    put("headline", json!(article.title));
    put("description", json!(article.summary_or_lead()));
    put("datePublished", json!(article.published.rfc3339(newsroom.zone)));
    put("dateModified", json!(article.revised.rfc3339(newsroom.zone)));
    put("inLanguage", json!(article.language));
    let pictures: Vec<String> = article.image.iter().chain(&article.images).map(|image| newsroom.urls.shown(image).url).collect();
    if let Some(first) = pictures.first() {
        let mut different = vec![first];
        different.extend(pictures.iter().filter(|url| *url != first));
        put("image", json!(different));
    }
    if !article.authors.is_empty() {
        put("author", people(&article.authors));
    }
    if !article.editors.is_empty() {
        put("editor", people(&article.editors));
    }
    if let Some(section) = section {
        put("articleSection", json!(section));
    }
    if !article.tags.is_empty() {
        put("keywords", json!(article.tags));
    }
    if let Some(note) = &article.correction {
        put("correction", json!({"@type": "CorrectionComment", "text": note, "datePublished": article.revised.rfc3339(newsroom.zone)}));
    }
    if let Some(origin) = &article.origin {
        put("sourceOrganization", json!({"@type": "Organization", "name": origin.name}));
    }
    let mut publisher = json!({"@type": "NewsMediaOrganization", "name": newsroom.name, "url": newsroom.home});
    if let Some(logo) = newsroom.logo {
        publisher["logo"] = json!({"@type": "ImageObject", "url": logo});
    }
    put("publisher", publisher);
    JsonLd::of(&Value::Object(fields))
}

fn people(bylines: &[Byline]) -> Value {
    bylines
        .iter()
        .map(|byline| match &byline.role {
            Some(role) => json!({"@type": "Person", "name": byline.name, "jobTitle": role}),
            None => json!({"@type": "Person", "name": byline.name}),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_can_leave_its_script() {
        let json = JsonLd::of(&json!({"headline": "</script><!--<script>&amp;\u{2028}"}));
        assert!(!json.as_str().contains(['<', '>', '&']), "{json}");
        let read: Value = serde_json::from_str(json.as_str()).unwrap();
        assert_eq!(read["headline"], "</script><!--<script>&amp;\u{2028}");
    }
}
