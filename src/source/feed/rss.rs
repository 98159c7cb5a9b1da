//! RSS 0.9x, 1.0 (RDF) and 2.0, with the modules that newsrooms use.

use url::Url;

use super::entry::{Entry, Feed, MOST_ENTRIES};
use super::media::absolute;
use super::namespace::Ns;
use super::people;
use super::words::{Form, Words};
use super::xml::Element;
use crate::model::one_line;

/// Reads the root of an RSS feed that came from `own`.
pub(super) fn read(root: &Element, own: &Url) -> Feed {
    let channel = root.child(Ns::Feed, "channel").unwrap_or(root);
    let text = |ns, name| channel.child(ns, name).and_then(Element::text);
    let home = text(Ns::Feed, "link").and_then(|link| Url::parse(&link).ok());
    // Behind a feed service's address stands another site, and relative links mean that one.
    let base = home.filter(|home| home.host() != own.host() && home.has_host()).unwrap_or_else(|| own.clone());
    let mut feed = Feed {
        title: channel.child(Ns::Feed, "title").and_then(words),
        language: text(Ns::Feed, "language")
            .or_else(|| text(Ns::Dublin, "language"))
            .or_else(|| channel.language.as_deref().map(str::to_owned)),
        ..Feed::default()
    };
    // RSS 0.90 and 1.0 put the items beside the channel, and some 2.0 feeds do as well.
    let items = channel.elements().chain(root.elements().filter(|_| !std::ptr::eq(root, channel)));
    let whole = items.filter(|element| element.is(Ns::Feed, "item") && !element.cut);
    feed.entries = whole.take(MOST_ENTRIES).map(|item| entry(item, &base)).collect();
    feed
}

fn entry(item: &Element, base: &Url) -> Entry {
    let base = item.base.as_deref().unwrap_or(base);
    let mut entry = Entry {
        id: item.attribute("rdf:about").map(str::to_owned),
        base: item.base.as_deref().cloned(),
        language: item.language.as_deref().map(str::to_owned),
        ..Entry::default()
    };
    for child in item.elements() {
        if !field(&mut entry, child, base) {
            people_and_words(&mut entry, child);
        }
    }
    entry.written_link = item.child(Ns::Feed, "link").and_then(Element::text).filter(|text| says(text, entry.link.as_ref()));
    if entry.link.is_none() && entry.permalink {
        entry.link = entry.id.as_deref().and_then(|id| absolute(id, None));
    }
    let base = entry.link.clone().unwrap_or_else(|| base.clone());
    for child in item.elements() {
        entry.media.read(child, Some(item.base.as_deref().unwrap_or(&base)));
    }
    entry
}

/// Whether a text is an address by itself, and that one.
fn says(text: &str, link: Option<&Url>) -> bool {
    link.is_some_and(|link| absolute(text, None).as_ref() == Some(link))
}

/// What names, dates and places an item. `false`: the element is something else.
fn field(entry: &mut Entry, child: &Element, base: &Url) -> bool {
    let text = || child.text();
    match (child.ns, child.name.as_str()) {
        (Ns::Feed, "title") => entry.title = words(child).or(entry.title.take()),
        (Ns::Dublin, "title") => entry.title = entry.title.take().or_else(|| words(child)),
        (Ns::Feed, "link") => {
            entry.link = text().and_then(|link| absolute(&link, Some(child.base.as_deref().unwrap_or(base)))).or(entry.link.take());
        }
        // Feed services put a counter's address into the link, and keep the article's own here.
        (Ns::Other, "origlink") => entry.link = text().and_then(|link| absolute(&link, None)).or(entry.link.take()),
        (Ns::Atom, "link") if matches!(child.attribute("rel"), None | Some("alternate")) && entry.link.is_none() => {
            entry.link = child.attribute("href").and_then(|link| absolute(link, Some(child.base.as_deref().unwrap_or(base))));
        }
        (Ns::Feed, "guid") => {
            entry.id = text().or(entry.id.take());
            // RSS 2.0: it is a permalink unless it says otherwise.
            entry.permalink = child.attribute("ispermalink").is_none_or(|said| !said.eq_ignore_ascii_case("false"));
        }
        (Ns::Atom, "id") | (Ns::Dublin, "identifier") => entry.id = entry.id.take().or_else(text),
        (Ns::Feed, "pubdate") => entry.published = text().or(entry.published.take()),
        (Ns::Dublin, "date" | "issued" | "created") | (Ns::Atom, "published" | "issued") | (Ns::Feed, "published" | "date") => {
            entry.published = entry.published.take().or_else(text);
        }
        (Ns::Atom, "updated" | "modified") | (Ns::Dublin, "modified") | (Ns::Feed, "updated" | "lastbuilddate") => {
            entry.updated = entry.updated.take().or_else(text);
        }
        (Ns::Dublin, "language") => entry.language = text().or(entry.language.take()),
        (Ns::Feed, "category") | (Ns::Dublin, "subject") => entry.tags.extend(text().map(|tag| one_line(&tag))),
        (Ns::Itunes, "keywords") => entry.tags.extend(text().unwrap_or_default().split([',', '，']).map(one_line)),
        (Ns::Feed, "source") => entry.origin = Some((text(), child.attribute("url").and_then(|url| absolute(url, Some(base))))),
        (Ns::Dublin, "source") if entry.origin.is_none() => {
            let text = text();
            let url = text.as_deref().and_then(|text| absolute(text, None));
            entry.origin = Some((text.filter(|_| url.is_none()), url));
        }
        _ => return false,
    }
    true
}

fn people_and_words(entry: &mut Entry, child: &Element) {
    match (child.ns, child.name.as_str()) {
        (Ns::Feed, "author") | (Ns::Dublin, "creator") => people::add(&mut entry.authors, &child.text().unwrap_or_default(), None),
        (Ns::Atom, "author") => {
            people::add(&mut entry.authors, &child.child(Ns::Atom, "name").and_then(Element::text).unwrap_or_default(), None);
        }
        (Ns::Dublin, "contributor") => people::add(&mut entry.contributors, &child.text().unwrap_or_default(), None),
        // A podcast repeats its author in its own words; it counts where nothing else does.
        (Ns::Itunes, "author") if entry.authors.is_empty() => people::add(&mut entry.authors, &child.text().unwrap_or_default(), None),
        (Ns::Content, "encoded") => entry.content = words(child).map(|words| Words { form: Form::Html, ..words }).or(entry.content.take()),
        // `xhtml:body`, as the first feeds with full text had it.
        (Ns::Other, "body") if entry.content.is_none() => {
            entry.content = Some(Words::new(child.inner_html(), Form::Html)).filter(|words| !words.text.trim().is_empty());
        }
        (Ns::Feed, "description") => entry.summary = words(child).or(entry.summary.take()),
        (Ns::Dublin, "description" | "abstract") | (Ns::Itunes, "summary" | "subtitle") | (Ns::Atom, "summary") => {
            entry.summary = entry.summary.take().or_else(|| words(child));
        }
        _ => {}
    }
}

fn words(element: &Element) -> Option<Words> {
    let (text, html) = element.content()?;
    let base = element.base.as_deref().cloned();
    Some(Words { base, ..Words::new(text, if html { Form::Html } else { Form::Unsaid }) })
}
