//! What a page says of itself to machines: title, meta elements, links, JSON-LD.

use dom_query::Document;
use serde_json::Value;
use url::Url;

use crate::model::one_line;

/// The head of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// `<title>`.
    pub title: Option<String>,
    /// Where the page says it lives: `rel=canonical`, else `og:url`; absolute.
    pub canonical: Option<Url>,
    /// `lang` of `<html>`, or what the meta elements say.
    pub language: Option<String>,
    /// Names in lower case, with what they say; in the page's order.
    metas: Vec<(String, String)>,
    /// JSON-LD nodes, the graphs unfolded.
    nodes: Vec<Value>,
}

/// JSON-LD nodes that are read; a page has a handful.
const NODES: usize = 200;

impl Head {
    /// Reads the head of a page that lives at `url`.
    pub(super) fn read(document: &Document, url: Option<&Url>) -> Self {
        let mut metas = Vec::new();
        for meta in document.select("meta").nodes() {
            let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|key| meta.attr(key));
            if let (Some(name), Some(content)) = (name, meta.attr("content")) {
                let content = one_line(&unescape(&content));
                if !content.is_empty() {
                    // Some CMSs write a colon for every underscore.
                    let name =
                        name.trim().to_ascii_lowercase().replace("published:time", "published_time").replace("site:name", "site_name");
                    metas.push((name, content));
                }
            }
        }
        let mut nodes = Vec::new();
        for script in document.select("script").nodes() {
            if let Ok(value) = serde_json::from_str::<Value>(without_wrapping(&script.text())) {
                unfold(value, &mut nodes);
            }
        }
        let mut head = Self { metas, nodes, ..Self::default() };
        head.title = document.select("title").nodes().first().map(|title| one_line(&title.text())).filter(|title| !title.is_empty());
        let canonical = document.select("link[rel=canonical]").nodes().first().and_then(|link| link.attr("href"));
        let canonical = canonical.map(|href| href.to_string()).or_else(|| head.meta(&["og:url"]).map(str::to_owned));
        head.canonical = canonical.and_then(|href| match url {
            Some(url) => url.join(&href).ok(),
            None => Url::parse(&href).ok(),
        });
        let language = document.select("html").nodes().first().and_then(|html| html.attr("lang").or_else(|| html.attr("xml:lang")));
        let language = language.map(|language| language.to_string()).filter(|language| !language.trim().is_empty());
        // Big5 was made in Taiwan for what is written there.
        let charset = document.select("meta[charset]").nodes().first().and_then(|meta| meta.attr("charset")).map(|name| name.to_string());
        let charset = charset.or_else(|| head.meta(&["content-type"]).map(str::to_owned)).unwrap_or_default().to_ascii_lowercase();
        let big5 = || Some("zh-TW".to_owned()).filter(|_| charset.ends_with("big5"));
        head.language = language.or_else(|| head.meta(&["content-language", "og:locale"]).map(str::to_owned)).or_else(big5);
        head
    }

    /// What the first of these meta elements says that is there.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.metas.iter().find(|(known, _)| known == name).map(|(_, content)| content.as_str()))
    }

    /// What all meta elements of these names say.
    pub(super) fn all(&self, names: &[&str]) -> Vec<&str> {
        self.metas.iter().filter(|(known, _)| names.contains(&known.as_str())).map(|(_, content)| content.as_str()).collect()
    }

    /// What a pair of `twitter:labelN` and `twitter:dataN` says under a label that one of these words begins.
    pub(super) fn labelled(&self, words: &[&str]) -> Option<&str> {
        let at = self.metas.iter().position(|(name, content)| {
            name.starts_with("twitter:label") && words.iter().any(|word| content.to_lowercase().starts_with(word))
        })?;
        let name = self.metas[at].0.replace("label", "data");
        self.meta(&[name.as_str()])
    }

    /// The JSON-LD node that is the article; on the page of a gallery or a film, the one that is that.
    pub(super) fn article(&self) -> Option<&Value> {
        let is_article =
            |kind: &str| kind.ends_with("Article") || matches!(kind, "BlogPosting" | "Report" | "LiveBlogPosting" | "Reportage");
        let of = |fits: &dyn Fn(&str) -> bool| self.nodes.iter().find(|node| kinds(node).iter().any(|kind| fits(kind)));
        let film = self.meta(&["og:type"]).is_some_and(|kind| kind.starts_with("video"));
        of(&is_article)
            .or_else(|| of(&|kind| matches!(kind, "ImageGallery" | "MediaGallery")))
            .or_else(|| of(&|kind| kind == "VideoObject").filter(|_| film))
    }

    /// A text of the article's JSON-LD.
    pub(super) fn told(&self, key: &str) -> Option<String> {
        let text = one_line(&unescape(self.article()?.get(key)?.as_str()?));
        (!text.is_empty()).then_some(text)
    }

    /// A text of the JSON-LD that Chinese search engines ask for (their `cambrian` context), which names no type.
    pub(super) fn told_to_search(&self, key: &str) -> Option<&str> {
        let context = |node: &&Value| node.get("@context").and_then(Value::as_str).is_some_and(|context| context.contains("cambrian"));
        self.nodes.iter().find(context)?.get(key)?.as_str()
    }

    /// The article's body as JSON-LD tells it, tags and entities taken off.
    pub(super) fn body(&self) -> Option<String> {
        let told = self.article()?.get("articleBody")?.as_str()?;
        if !told.contains(['<', '&']) {
            return Some(told.to_owned());
        }
        let shallow = super::clamp::clamp(&told.replace("&lt;", "<").replace("&gt;", ">"));
        Some(Document::fragment(shallow.html).text().to_string())
    }

    /// JSON-LD nodes of a kind.
    pub(super) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.nodes.iter().filter(move |node| kinds(node).contains(&kind))
    }

    /// A node that another one names by `@id`.
    pub(super) fn by_id(&self, id: &str) -> Option<&Value> {
        self.nodes.iter().find(|node| node.get("@id").and_then(Value::as_str) == Some(id) && node.get("name").is_some())
    }
}

fn kinds(node: &Value) -> Vec<&str> {
    match node.get("@type") {
        Some(Value::String(kind)) => vec![kind.as_str()],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Takes lists and graphs apart. `serde_json` bounds the depth (128), so the work list stays short.
fn unfold(value: Value, nodes: &mut Vec<Value>) {
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        if nodes.len() >= NODES {
            return;
        }
        match value {
            Value::Array(values) => waiting.extend(values.into_iter().rev()),
            Value::Object(mut object) => {
                if let Some(graph) = object.remove("@graph") {
                    waiting.push(graph);
                }
                if let Some(Value::Object(inner)) = object.get("mainEntity") {
                    waiting.push(Value::Object(inner.clone()));
                }
                nodes.push(Value::Object(object));
            }
            _ => {}
        }
    }
}

/// JSON without the comment marks that XHTML templates wrap it in.
fn without_wrapping(text: &str) -> &str {
    let mut text = text.trim().trim_end_matches(';');
    for mark in ["//", "/*", "<![CDATA[", "*/", "<!--"] {
        text = text.strip_prefix(mark).unwrap_or(text).trim_start();
    }
    for mark in ["-->", "*/", "]]>", "/*", "//"] {
        text = text.strip_suffix(mark).unwrap_or(text).trim_end();
    }
    text
}

/// Entities that were escaped twice, as CMSs do in attributes and JSON-LD.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    Document::fragment(text.replace('<', "&lt;")).text().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read() {
        let page = r#"<html lang=en><title> A  landing </title><meta property="og:title" content="A &amp;amp; B"><link rel=canonical href="/a">
            <script type="application/ld+json">{"@graph":[{"@type":"WebSite"},{"@type":["NewsArticle"],"headline":"H"}]}</script>"#;
        let head = Head::read(&Document::from(page), Url::parse("https://news.example.org/x").ok().as_ref());
        assert_eq!(
            (head.title.as_deref(), head.meta(&["og:title"]), head.language.as_deref()),
            (Some("A landing"), Some("A & B"), Some("en"))
        );
        assert_eq!(head.told("headline").as_deref(), Some("H"));
        assert_eq!(head.canonical.unwrap().as_str(), "https://news.example.org/a");
    }
}
