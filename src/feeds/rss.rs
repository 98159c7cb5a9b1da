//! RSS 2.0 with content, Dublin Core, Media RSS, syndication and Atom's self link, in the order of the RSS Best Practices Profile.

use std::collections::BTreeMap;

use ::rss::extension::dublincore::DublinCoreExtension;
use ::rss::extension::{Extension, ExtensionMap};
use ::rss::{Category, Channel, Enclosure, Guid, Image, Item, Source};

use super::entry::{Entry, credit};
use super::head::Head;
use super::{MINUTES_BETWEEN_POLLS, dates, xml};
use crate::model;
use crate::urls::FeedFile;

const NAMESPACES: [(&str, &str); 5] = [
    ("atom", "http://www.w3.org/2005/Atom"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("sy", "http://purl.org/rss/1.0/modules/syndication/"),
];

/// The `docs` of every RSS 2.0 channel.
const DOCS: &str = "https://www.rssboard.org/rss-specification";

const GENERATOR: &str = concat!("Postrider/", env!("CARGO_PKG_VERSION"));

pub(super) fn write(head: &Head) -> Vec<u8> {
    let bytes = channel(head).pretty_write_to(Vec::new(), b' ', 1).expect("memory takes every byte");
    let written = String::from_utf8(bytes).expect("made of text");
    let mut xml = xml::in_profile_spelling(&written);
    xml.push('\n');
    xml.into_bytes()
}

fn channel(head: &Head) -> Channel {
    let zone = head.newsroom.zone;
    let newest = head.entries.iter().map(|entry| entry.published).max();
    Channel {
        title: head.title.clone(),
        link: head.home.clone(),
        description: head.about.clone(),
        language: Some(head.newsroom.language.to_ascii_lowercase()),
        copyright: head.rights(),
        pub_date: newest.map(|at| dates::rfc822(at, zone)),
        last_build_date: head.changed.map(|at| dates::rfc822(at, zone)),
        generator: Some(GENERATOR.to_owned()),
        docs: Some(DOCS.to_owned()),
        ttl: Some(MINUTES_BETWEEN_POLLS.to_string()),
        image: head.newsroom.logo.clone().map(|url| Image {
            url,
            // The profile wants the channel's own (validators: ImageTitleDoesntMatch, ImageLinkDoesntMatch).
            title: head.title.clone(),
            link: head.home.clone(),
            ..Image::default()
        }),
        items: head.entries.iter().map(|entry| item(head, entry)).collect(),
        extensions: channel_extensions(head),
        namespaces: NAMESPACES.iter().map(|(prefix, uri)| ((*prefix).to_owned(), (*uri).to_owned())).collect(),
        ..Channel::default()
    }
}

fn channel_extensions(head: &Head) -> ExtensionMap {
    let own = [("href", head.own.clone()), ("rel", "self".to_owned()), ("type", FeedFile::Rss.media_type().to_owned())];
    let link = element("atom:link", own, None);
    let period = element("sy:updatePeriod", [], Some("hourly".to_owned()));
    let frequency = element("sy:updateFrequency", [], Some((60 / MINUTES_BETWEEN_POLLS).to_string()));
    let by_name = |elements: Vec<Extension>| {
        let mut named: BTreeMap<String, Vec<Extension>> = BTreeMap::new();
        for element in elements {
            named.entry(element.name.clone()).or_default().push(element);
        }
        named
    };
    ExtensionMap::from([("atom".to_owned(), by_name(vec![link])), ("sy".to_owned(), by_name(vec![period, frequency]))])
}

fn item(head: &Head, entry: &Entry) -> Item {
    let sections = entry.places.iter().map(|place| Category { name: place.path.clone(), domain: Some(place.url.clone()) });
    let tags = entry.tags.iter().map(|tag| Category { name: tag.clone(), domain: None });
    let origin = entry.origin.as_ref();
    let source = origin.and_then(|origin| Some(Source { url: origin.url.clone()?, title: Some(origin.name.clone()) }));
    Item {
        title: Some(entry.title.clone()),
        link: Some(entry.link.clone()),
        // Validators miss a description wherever there is a full text, and take it for the summary only if it comes first.
        description: entry.summary.as_deref().or(entry.body.as_deref().map(|_| entry.title.as_str())).map(xml::as_html),
        categories: sections.chain(tags).collect(),
        enclosure: entry.enclosure().map(|file| Enclosure {
            url: file.url.to_owned(),
            length: file.bytes.to_string(),
            mime_type: file.media_type.to_owned(),
        }),
        guid: Some(Guid { value: entry.id().to_owned(), permalink: entry.is_permalink() }),
        pub_date: Some(dates::rfc822(entry.published, head.newsroom.zone)),
        content: entry.body.as_deref().map(str::to_owned),
        extensions: pictures(entry),
        dublin_core_ext: Some(DublinCoreExtension {
            creators: entry.authors.iter().map(credit).collect(),
            contributors: entry.editors.iter().map(credit).collect(),
            languages: entry.language.iter().cloned().collect(),
            // An RSS source must have an address; Dublin Core's may be a name alone.
            sources: origin.filter(|_| source.is_none()).map(|origin| origin.name.clone()).into_iter().collect(),
            ..DublinCoreExtension::default()
        }),
        source,
        ..Item::default()
    }
}

fn pictures(entry: &Entry) -> ExtensionMap {
    let content: Vec<Extension> = entry.pictures.iter().map(picture).collect();
    if content.is_empty() {
        return ExtensionMap::new();
    }
    ExtensionMap::from([("media".to_owned(), BTreeMap::from([("content".to_owned(), content)]))])
}

fn picture(image: &model::Image) -> Extension {
    let known = [
        ("url", Some(image.url.clone())),
        ("medium", Some("image".to_owned())),
        ("type", image.media_type.clone()),
        ("width", image.width.map(|pixels| pixels.to_string())),
        ("height", image.height.map(|pixels| pixels.to_string())),
        ("fileSize", image.bytes.map(|bytes| bytes.to_string())),
    ];
    let mut content = element("media:content", known.into_iter().filter_map(|(name, value)| Some((name, value?))), None);
    if let Some(alt) = &image.alt {
        content.value = None;
        let description = element("media:description", [("type", "plain".to_owned())], Some(alt.clone()));
        content.children.insert("description".to_owned(), vec![description]);
    }
    content
}

fn element(name: &str, attributes: impl IntoIterator<Item = (&'static str, String)>, value: Option<String>) -> Extension {
    Extension {
        name: name.to_owned(),
        // Without any text the writer would put a line break inside the element.
        value: Some(value.unwrap_or_default()),
        attrs: attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        children: BTreeMap::new(),
    }
}
