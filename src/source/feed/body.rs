//! The body of an entry: what it is relative to, pictures that a script would have loaded, files that belong to it.

use std::sync::LazyLock;

use dom_query::Document;
use regex::{Captures, Regex};
use url::Url;

use super::media::Recording;
use super::words::{Form, Words, looks_like_html};
use crate::model::{Body, Image, SafeHtml};

/// Pictures of one body that are kept apart.
const MOST_PICTURES: usize = 100;

static IMG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?is)<img\b[^>]*>").expect("a pattern written here compiles"));
/// Where scripts keep the address until the reader scrolls there.
static LAZY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?is)\sdata-(?:src|original|lazy-src|lazyload|echo|actualsrc|url)\s*=\s*["']([^"']+)["']"#)
        .expect("a pattern written here compiles")
});
static SRC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?is)\ssrc\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)"#).expect("a pattern written here compiles"));
static ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\s(src|alt|width|height)="([^"]*)""#).expect("a pattern written here compiles"));

/// The text as a body. Relative addresses are left where the article's own is what they are relative to, and resolved otherwise.
pub(super) fn of(words: &Words, base: Option<&Url>, link: Option<&Url>, own: &Url) -> Body {
    let html = match words.form {
        Form::Html => true,
        // Some wrap their HTML into a type that says text.
        Form::Plain => words.text.contains("</p>") || words.text.contains("<br"),
        Form::Unsaid => looks_like_html(&words.text),
    };
    if !html {
        return Body::Text(words.text.clone());
    }
    let html = awake(words.text.trim());
    let base = words.base.as_ref().or(base);
    match (base, link) {
        (Some(base), link) if Some(base) != link => Body::Html(SafeHtml::clean(&html, Some(base)).as_str().to_owned()),
        (None, None) => Body::Html(SafeHtml::clean(&html, Some(own)).as_str().to_owned()),
        _ => Body::Html(html),
    }
}

/// HTML whose pictures need no script.
fn awake(html: &str) -> String {
    let wake = |found: &Captures| {
        let tag = &found[0];
        let Some(address) = LAZY.captures(tag).map(|lazy| lazy[1].to_owned()) else { return tag.to_owned() };
        let bare = SRC.replace_all(tag, "");
        format!("{} src=\"{address}\"{}", &bare[..4], &bare[4..])
    };
    IMG.replace_all(html, wake).into_owned()
}

/// HTML as a person reads it.
pub(super) fn plain(html: &str) -> String {
    Document::fragment(SafeHtml::clean(html, None).as_str()).text().to_string()
}

/// The pictures of a cleaned body; counters and spacers are none.
pub(super) fn pictures(body: &SafeHtml) -> Vec<Image> {
    let read = |tag: &str| {
        let mut image = Image::at(String::new());
        for found in ATTRIBUTE.captures_iter(tag) {
            let value = plain_attribute(&found[2]);
            let pixels = || value.trim_end_matches("px").parse().ok();
            match &found[1] {
                "src" => image.url = value,
                "alt" => image.alt = Some(value).filter(|alt| !alt.trim().is_empty()),
                "width" => image.width = pixels(),
                _ => image.height = pixels(),
            }
        }
        let spacer = |side: Option<u32>| side.is_some_and(|pixels| pixels <= 1);
        let shown = image.url.starts_with("http") && !spacer(image.width) && !spacer(image.height);
        // What a page scales a picture to says nothing of the file.
        shown.then_some(Image { width: None, height: None, ..image })
    };
    IMG.find_iter(body.as_str()).filter_map(|tag| read(tag.as_str())).take(MOST_PICTURES).collect()
}

fn plain_attribute(value: &str) -> String {
    value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&")
}

/// Puts sound, film and documents that the feed hands out beside the text below it, where the text has them not.
pub(super) fn attach(body: &mut Body, files: &[Recording]) {
    let text = match body {
        Body::None => String::new(),
        Body::Html(html) => html.clone(),
        Body::Text(text) => SafeHtml::of_text(text).as_str().to_owned(),
    };
    let mut added = String::new();
    for file in files {
        let address = escaped(file.url.as_str());
        if text.contains(file.url.as_str()) || text.contains(&address) {
            continue;
        }
        let name = file.title.as_deref().filter(|title| !title.trim().is_empty());
        let name = escaped(name.unwrap_or_else(|| file.url.path().rsplit('/').find(|part| !part.is_empty()).unwrap_or("…")));
        let link = format!("<a href=\"{address}\">{name}</a>");
        let shown = match file.media_type.split('/').next().unwrap_or_default() {
            kind @ ("audio" | "video") => {
                format!("\n<figure><{kind} src=\"{address}\" controls></{kind}><figcaption>{link}</figcaption></figure>")
            }
            _ => format!("\n<p>{link}</p>"),
        };
        added.push_str(&shown);
    }
    if !added.is_empty() {
        *body = Body::Html(format!("{text}{added}").trim().to_owned());
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn pictures_wake_up_and_spacers_are_none() {
        let words = Words::new(
            "<p><img src='/loading.gif' data-original=\"a.jpg?x=1&amp;y=2\" alt='桥'><img src=/t.gif width=1 height=1></p>",
            Form::Html,
        );
        let Body::Html(html) = of(&words, None, Some(&url("http://e.example/1/")), &url("http://e.example/rss")) else { panic!("no html") };
        let found = pictures(&SafeHtml::clean(&html, Some(&url("http://e.example/1/"))));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].url.as_str(), found[0].alt.as_deref()), ("http://e.example/1/a.jpg?x=1&y=2", Some("桥")));
    }

    #[test]
    fn a_base_of_its_own_counts_and_files_come_below_once() {
        let words = Words { base: Some(url("http://b.example/x/")), ..Words::new("<img src=a.png>", Form::Html) };
        let Body::Html(html) = of(&words, None, Some(&url("http://e.example/1/")), &url("http://e.example/rss")) else { panic!("no html") };
        assert!(html.contains("http://b.example/x/a.png"));
        let mut body = Body::Text("正文".to_owned());
        let file = Recording { url: url("http://e.example/a.mp3?a=1&b=2"), media_type: "audio/mpeg".to_owned(), title: None };
        attach(&mut body, std::slice::from_ref(&file));
        let Body::Html(html) = &body else { panic!("no html") };
        assert!(SafeHtml::clean(html, None).as_str().contains("<audio src=\"http://e.example/a.mp3?a=1&amp;b=2\""));
        let before = body.clone();
        attach(&mut body, &[file]);
        assert_eq!(body, before);
    }
}
