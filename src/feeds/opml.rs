//! All sections as an OPML 2.0 document, so that a reader takes the whole newsroom in one step.

use quick_xml::escape::escape;

use super::xml::DECLARATION;
use crate::model::{Language, Section, Slug, without_controls};
use crate::phrases::Phrases;
use crate::urls::{FeedFile, Urls};

/// For `Content-Type`; the charset is UTF-8.
pub const OPML_TYPE: &str = "text/x-opml";

/// The feed of everything, then every section's, each inside the section that it lies below.
///
/// The head holds the title alone: validators refuse the legal `docs`, and a date would differ from node to node.
#[must_use]
pub fn opml(urls: &Urls, newsroom: &str, language: Language, sections: &[Section]) -> String {
    let title = plain(newsroom);
    let about = (Phrases::of(language).feeds.about_all)(newsroom);
    let mut body = outline(urls, None, newsroom, &about, language);
    body.push_str("/>\n");
    for section in sections.iter().filter(|section| above(section, sections).is_none()) {
        branch(urls, section, sections, language, &mut body);
    }
    format!("{DECLARATION}<opml version=\"2.0\">\n<head><title>{title}</title></head>\n<body>\n{body}</body>\n</opml>\n")
}

/// The nearest section above that exists.
fn above<'a>(section: &Section, sections: &'a [Section]) -> Option<&'a Section> {
    section.slug.and_ancestors().skip(1).find_map(|slug| sections.iter().find(|other| other.slug == slug))
}

/// A section with what lies below it. Slugs nest six deep at most, and so does this.
fn branch(urls: &Urls, section: &Section, sections: &[Section], language: Language, out: &mut String) {
    out.push_str(&outline(urls, Some(&section.slug), &section.title, &section.title, language));
    let mut below = sections.iter().filter(|other| above(other, sections).is_some_and(|above| above.slug == section.slug)).peekable();
    if below.peek().is_none() {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    for section in below {
        branch(urls, section, sections, language, out);
    }
    out.push_str("</outline>\n");
}

fn outline(urls: &Urls, slug: Option<&Slug>, title: &str, about: &str, language: Language) -> String {
    let feed = urls.feed(slug, FeedFile::Rss, false);
    let page = slug.map_or_else(|| urls.home(), |slug| urls.section(slug));
    let (title, about) = (plain(title), plain(about));
    let (feed, page) = (escape(feed.as_str()), escape(page.as_str()));
    let language = language.tag();
    format!(
        "<outline text=\"{title}\" type=\"rss\" xmlUrl=\"{feed}\" htmlUrl=\"{page}\" title=\"{title}\" description=\"{about}\" \
         language=\"{language}\" version=\"RSS2\""
    )
}

fn plain(text: &str) -> String {
    escape(without_controls(text).as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Ids;
    use crate::keys::KeyRing;
    use crate::model::{Rev, Seq};

    #[test]
    fn sections_nest_and_hostile_titles_stay_text() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyRing::load_or_make(&folder.path().join("keys"), Ids::default()).unwrap();
        let urls = Urls::new("https://www.example.cn/news-feeds/", "example.cn,2026", keys).unwrap();
        let section = |slug: &str, title: &str| Section {
            id: Seq(1),
            slug: Slug::parse(slug).unwrap(),
            title: title.into(),
            aliases: vec![],
            declared: true,
            rev: Rev(1),
        };
        let sections = [section("news", "新闻"), section("news/a/b", "\"<&>\u{1f}'"), section("art", "艺术")];
        let xml = opml(&urls, "宜城 & 新闻", Language::Chinese, &sections);
        let mut reader = quick_xml::Reader::from_str(&xml);
        let (mut depth, mut deepest, mut feeds) = (0_usize, 0, Vec::new());
        loop {
            use quick_xml::events::Event;
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == b"outline" => {
                    feeds.push(String::from_utf8(tag.try_get_attribute("xmlUrl").unwrap().unwrap().value.into_owned()).unwrap());
                }
                _ => {}
            }
        }
        for line in xml.lines() {
            depth += usize::from(line.starts_with("<outline") && line.ends_with("\">"));
            deepest = deepest.max(depth);
            depth -= usize::from(line == "</outline>");
        }
        assert_eq!((depth, deepest), (0, 1), "{xml}");
        assert_eq!(feeds.len(), 4);
        assert_eq!(feeds[2], "https://www.example.cn/news-feeds/sections/news/a/b/rss.xml");
        assert!(xml.contains("text=\"&quot;&lt;&amp;&gt;&apos;\""), "{xml}");
    }
}
