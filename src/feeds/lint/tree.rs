//! An XML document as a tree, read strictly: what a rule needs to know of it and no more.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// An element with all that it holds.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// With its prefix, as written.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// Its own text, CDATA included.
    pub text: String,
    /// Whether `&amp;` or `&lt;` stands in its text by that name.
    pub named_markup: bool,
    pub children: Vec<Self>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn first(&self, name: &'static str) -> Option<&Self> {
        self.all(name).next()
    }

    /// The text of a child; empty where there is none.
    pub(super) fn text_of(&self, name: &'static str) -> &str {
        self.first(name).map_or("", |child| child.text.trim())
    }
}

/// The document's element; `None` when it is not well-formed (XML 1.0, 2.1).
pub(super) fn read(xml: &str) -> Option<Element> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    // The bottom of the stack stands for the document itself.
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => open.push(element(&reader, &start)?),
            Event::Empty(start) => {
                let element = element(&reader, &start)?;
                open.last_mut()?.children.push(element);
            }
            Event::End(_) => {
                let closed = open.pop()?;
                open.last_mut()?.children.push(closed);
            }
            Event::Text(text) => {
                let text = text.decode().ok()?;
                if text.contains("]]>") {
                    return None;
                }
                open.last_mut()?.text.push_str(&text);
            }
            Event::CData(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
            Event::GeneralRef(entity) => {
                let name = entity.decode().ok()?;
                let parent = open.last_mut()?;
                parent.named_markup |= matches!(&*name, "amp" | "lt");
                match quick_xml::escape::resolve_predefined_entity(&name) {
                    Some(text) => parent.text.push_str(text),
                    None => parent.text.push(entity.resolve_char_ref().ok()??),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let document = open.pop().filter(|_| open.is_empty())?;
    // Nothing but one element stands in a document.
    let mut children = document.children.into_iter();
    children.next().filter(|_| children.next().is_none() && document.text.trim().is_empty())
}

fn element(reader: &Reader<&[u8]>, start: &BytesStart) -> Option<Element> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.decoded_and_normalized_value(XmlVersion::Implicit1_0, reader.decoder()).ok()?;
        attributes.push((String::from_utf8(attribute.key.as_ref().to_vec()).ok()?, value.into_owned()));
    }
    Some(Element { name: String::from_utf8(start.name().as_ref().to_vec()).ok()?, attributes, ..Element::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_cdata_are_one() {
        let element = read("<a b=\"1&#x26;2\">x &amp; <![CDATA[y]]]]><![CDATA[>]]><c/></a>").unwrap();
        assert_eq!((element.name.as_str(), element.text.as_str(), element.named_markup), ("a", "x & y]]>", true));
        assert_eq!(element.attribute("b"), Some("1&2"));
        assert!(element.first("c").is_some());
    }

    #[test]
    fn what_is_not_well_formed_is_none() {
        for xml in
            ["", "<a>", "<a></b>", "<a>&nbsp;</a>", "<a>&</a>", "<a b=1/>", "<a>]]></a>", "<a/><b/>", "<a b=\"1\" b=\"2\"/>", "x<a/>"]
        {
            assert!(read(xml).is_none(), "{xml}");
        }
    }
}
