//! Which vocabulary a name of a feed belongs to: by its declaration, else by the prefix that everybody writes.

use std::rc::Rc;

/// The vocabularies that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ns {
    /// RSS of any version.
    #[default]
    Feed,
    /// Atom 1.0 and 0.3.
    Atom,
    /// `content:encoded`.
    Content,
    /// Dublin Core, elements and terms.
    Dublin,
    /// Media RSS.
    Media,
    /// Podcasts, by Apple's words.
    Itunes,
    /// Whatever else.
    Other,
}

/// Declarations that one element may add; further ones are left out.
const MOST_DECLARED: usize = 64;

impl Ns {
    /// By its name. Some of them differ from publisher to publisher in their last characters.
    fn named(uri: &str) -> Self {
        let uri = uri.trim().trim_end_matches(['/', '#']).to_ascii_lowercase();
        let uri = uri.strip_prefix("https:").or_else(|| uri.strip_prefix("http:")).unwrap_or(&uri);
        match uri {
            "//purl.org/atom/ns" => Self::Atom,
            "" | "//purl.org/rss/1.0" | "//my.netscape.com/rdf/simple/0.9" | "//channel.netscape.com/rdf/simple/0.9" => Self::Feed,
            "//purl.org/rss/1.0/modules/content" => Self::Content,
            _ if uri.starts_with("//www.w3.org/2005/atom") => Self::Atom,
            _ if uri.starts_with("//purl.org/rss/2.0") || uri.contains("userland.com/rss") || uri.contains("harvard.edu/rss") => Self::Feed,
            _ if uri.starts_with("//purl.org/dc/") => Self::Dublin,
            _ if uri.contains("search.yahoo.com/mrss") || uri.contains("rssboard.org/media-rss") => Self::Media,
            _ if uri.contains("itunes.com/dtds/podcast") => Self::Itunes,
            _ => Self::Other,
        }
    }

    /// By the prefix that everybody writes, where nobody declared it.
    fn usual(prefix: &str) -> Self {
        match prefix.to_ascii_lowercase().as_str() {
            "" | "rss" => Self::Feed,
            "atom" | "a10" => Self::Atom,
            "content" => Self::Content,
            "dc" | "dcterms" => Self::Dublin,
            "media" => Self::Media,
            "itunes" => Self::Itunes,
            _ => Self::Other,
        }
    }
}

/// The declarations in force at one element.
#[derive(Debug, Default)]
pub(super) struct Scope {
    declared: Vec<(String, Ns)>,
    outer: Option<Rc<Self>>,
}

impl Scope {
    /// The scope of an element with these attributes. `name` is its local name: an Atom root that declares nothing is Atom.
    pub(super) fn within(outer: Option<&Rc<Self>>, attributes: &[(String, String)], name: &str) -> Rc<Self> {
        let mut declared: Vec<(String, Ns)> = Vec::new();
        for (attribute, uri) in attributes {
            let prefix = match attribute.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) => rest.strip_prefix(':').unwrap_or_default(),
                None => continue,
            };
            if declared.len() < MOST_DECLARED && (attribute == "xmlns" || !prefix.is_empty()) {
                declared.push((prefix.to_owned(), Ns::named(uri)));
            }
        }
        let atom_root = outer.is_none() && matches!(name, "feed" | "entry");
        if atom_root && !declared.iter().any(|(prefix, ns)| prefix.is_empty() && *ns == Ns::Atom) {
            declared.retain(|(prefix, _)| !prefix.is_empty());
            declared.push((String::new(), Ns::Atom));
        }
        match outer {
            Some(outer) if declared.is_empty() => Rc::clone(outer),
            outer => Rc::new(Self { declared, outer: outer.cloned() }),
        }
    }

    /// The vocabulary of a prefix.
    pub(super) fn of(&self, prefix: &str) -> Ns {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some((_, ns)) = here.declared.iter().find(|(known, _)| known == prefix) {
                // RSS readers know their elements whatever the default namespace of an `rss` root is called.
                return if prefix.is_empty() && *ns == Ns::Other && here.outer.is_none() { Ns::Feed } else { *ns };
            }
            scope = here.outer.as_deref();
        }
        Ns::usual(prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, uri)| ((*name).to_owned(), (*uri).to_owned())).collect()
    }

    #[test]
    fn declarations_count_before_habits() {
        let root = Scope::within(None, &declared(&[("xmlns:m", "http://search.yahoo.com/mrss"), ("xmlns:dc", "urn:other")]), "rss");
        assert_eq!((root.of("m"), root.of("dc"), root.of("content"), root.of("")), (Ns::Media, Ns::Other, Ns::Content, Ns::Feed));
        let inner = Scope::within(Some(&root), &declared(&[("xmlns", "http://www.w3.org/2005/Atom")]), "x");
        assert_eq!((inner.of(""), inner.of("m")), (Ns::Atom, Ns::Media));
        assert_eq!(Scope::within(None, &[], "feed").of(""), Ns::Atom);
        assert_eq!(Scope::within(None, &declared(&[("xmlns", "http://purl.org/atom/ns#")]), "feed").of(""), Ns::Atom);
    }
}
