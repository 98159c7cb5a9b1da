//! What a page says of itself to machines: title, meta elements, links, JSON-LD.

use dom_query::{Document, NodeRef};
use serde_json::Value;
use url::Url;

use super::words::bare;
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
    /// Which of them is the article.
    article: Option<usize>,
}

/// JSON-LD nodes that are read; a page has a handful.
const NODES: usize = 200;

impl Head {
    /// Reads the head of a page that lives at `url`.
    pub(super) fn read(document: &Document, url: Option<&Url>) -> Self {
        let (mut metas, mut nodes) = (Vec::new(), Vec::new());
        let (mut title, mut canonical, mut language, mut charset) = (None, None, None, None);
        // One look at the tree: most of it is neither.
        for node in document.root().descendants_it() {
            match node.node_name().as_deref() {
                Some("meta") => {
                    charset = charset.or_else(|| node.attr("charset").map(|name| name.to_string()));
                    metas.extend(meta(&node));
                }
                Some("script") => statement(&node, &mut nodes),
                Some("title") if title.is_none() => title = Some(one_line(&node.text())),
                Some("link") if canonical.is_none() && node.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                    canonical = node.attr("href").map(|href| href.to_string());
                }
                Some("html") if language.is_none() => {
                    language = node.attr("lang").or_else(|| node.attr("xml:lang")).map(|language| language.to_string());
                }
                _ => {}
            }
        }
        let mut head = Self { metas, nodes, ..Self::default() };
        head.title = title.filter(|title| !title.is_empty());
        head.article = head.choose_article();
        let canonical = canonical.or_else(|| head.meta(&["og:url"]).map(str::to_owned));
        head.canonical = canonical.and_then(|href| match url {
            Some(url) => url.join(&href).ok(),
            None => Url::parse(&href).ok(),
        });
        let language = language.filter(|language| !language.trim().is_empty());
        // Big5 was made in Taiwan for what is written there.
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

    /// The JSON-LD node that is the article.
    pub(super) fn article(&self) -> Option<&Value> {
        self.nodes.get(self.article?)
    }

    /// Which JSON-LD node is the article: of several the one that the page's title names; on the page of a gallery or a film, the one
    /// that is that; else the page itself, where it tells when it was published.
    fn choose_article(&self) -> Option<usize> {
        let is_article = |kind: &str| {
            kind.ends_with("Article")
                || matches!(
                    kind,
                    "BlogPosting" | "Report" | "LiveBlogPosting" | "Reportage" | "SocialMediaPosting" | "Review" | "CriticReview"
                )
        };
        let of = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..self.nodes.len()).filter(|&at| kinds(&self.nodes[at]).iter().any(|kind| fits(kind))).collect()
        };
        let articles = of(&is_article);
        let told = [self.meta(&["og:title"]), self.title.as_deref()];
        let titles: Vec<String> = if articles.len() > 1 { told.into_iter().flatten().map(bare).collect() } else { Vec::new() };
        let named = articles.iter().copied().find(|&at| {
            let headline = self.nodes[at].get("headline").and_then(Value::as_str).map(bare).unwrap_or_default();
            !headline.is_empty() && titles.iter().any(|title| title.contains(&headline))
        });
        let film = self.meta(&["og:type"]).is_some_and(|kind| kind.starts_with("video"));
        let first = |fits: &dyn Fn(&str) -> bool| of(fits).into_iter().next();
        named
            .or(articles.first().copied())
            .or_else(|| first(&|kind| matches!(kind, "ImageGallery" | "MediaGallery")))
            .or_else(|| first(&|kind| kind == "VideoObject").filter(|_| film))
            .or_else(|| first(&|kind| kind == "WebPage").filter(|&at| self.nodes[at].get("datePublished").is_some()))
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

/// What a meta element says, under its name in lower case.
fn meta(meta: &NodeRef<'_>) -> Option<(String, String)> {
    let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|key| meta.attr(key))?;
    let content = one_line(&unescape(&meta.attr("content")?));
    // Some CMSs write a colon for every underscore.
    let name = || name.trim().to_ascii_lowercase().replace("published:time", "published_time").replace("site:name", "site_name");
    (!content.is_empty()).then(|| (name(), content))
}

/// Adds the JSON-LD nodes of a script.
fn statement(script: &NodeRef<'_>, nodes: &mut Vec<Value>) {
    // What scripts compute is no statement; some pages name no type.
    let computed = script.attr("type").is_some_and(|kind| !kind.to_ascii_lowercase().contains("json"));
    if let Some(value) = Some(script).filter(|_| !computed).and_then(|script| parsed(&script.text())) {
        unfold(value, nodes);
    }
}

/// A script as JSON. Templates put line breaks into its texts, which RFC 8259 forbids (7); such a script is read with spaces for them.
fn parsed(text: &str) -> Option<Value> {
    let text = without_wrapping(text);
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok().or_else(|| {
        let mended = || text.replace(|c: char| c.is_control(), " ");
        text.contains("\"@type\"").then(mended).and_then(|text| serde_json::from_str(&text).ok())
    })
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

    #[test]
    fn the_article_of_several_is_the_one_the_title_names() {
        let page = "<title>A landing mended | River News</title><script type='application/ld+json'>[{\"@type\":\"NewsArticle\",\"headline\":\"A bridge\"},\
                    {\"@type\":\"NewsArticle\",\"headline\":\"A landing mended\",\"author\":\"Ann\nLee\"}]</script><script>var a = 1;</script>";
        let head = Head::read(&Document::from(page), None);
        assert_eq!((head.told("headline").as_deref(), head.told("author").as_deref()), (Some("A landing mended"), Some("Ann Lee")));
    }

    #[test]
    fn a_page_that_tells_its_day_stands_for_its_article() {
        let page = r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite"},{"@type":"WebPage","datePublished":"2025-04-15"}]}</script>"#;
        assert_eq!(Head::read(&Document::from(page), None).told("datePublished").as_deref(), Some("2025-04-15"));
    }
}
