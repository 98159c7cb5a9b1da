//! The addresses of feeds, read: contract.md's file names and the spellings that readers try by themselves.

use super::FeedOf;
use crate::model::Slug;
use crate::urls::FeedFile;

/// Every spelling that answers, without a slash in front. Readers guess these, and some follow no redirect while they guess.
const SPELLINGS: &[(&str, FeedFile)] = &[
    ("rss.xml", FeedFile::Rss),
    ("atom.xml", FeedFile::Atom),
    ("feed.json", FeedFile::Json),
    ("feed", FeedFile::Rss),
    ("feed/", FeedFile::Rss),
    ("rss", FeedFile::Rss),
    ("rss/", FeedFile::Rss),
    ("index.xml", FeedFile::Rss),
    ("feed.xml", FeedFile::Rss),
    ("index.rss", FeedFile::Rss),
    ("rss/feed.xml", FeedFile::Rss),
    ("atom", FeedFile::Atom),
    ("feed.atom", FeedFile::Atom),
];

/// The format that a file name stands for: `rss.xml`, `feed/`, `rss/feed.xml`.
#[must_use]
pub fn file_named(name: &str) -> Option<FeedFile> {
    SPELLINGS.iter().find(|(spelling, _)| *spelling == name).map(|(_, file)| *file)
}

/// The feed at a path below the base address, without a slash in front: `atom.xml`, `sections/news/yicheng/feed/`.
/// Whether the section exists is for others to say.
#[must_use]
pub fn feed_at(path: &str) -> Option<(FeedOf, FeedFile)> {
    let Some(below) = path.strip_prefix("sections/") else {
        return file_named(path).map(|file| (FeedOf::All, file));
    };
    // A part of a slug is never `rss`, `atom` or `feed` and holds no dot, so at most one spelling leaves a slug before it.
    SPELLINGS.iter().find_map(|(spelling, file)| {
        let slug = below.strip_suffix(spelling)?.strip_suffix('/')?;
        Some((FeedOf::Section(Slug::parse(slug).ok()?), *file))
    })
}

/// Whether a query asks for summaries alone: `?brief`. `?full` is the default; the last of the two counts.
#[must_use]
pub fn wants_brief(query: Option<&str>) -> bool {
    let mut names = query.unwrap_or_default().split('&').map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.rfind(|name| matches!(*name, "brief" | "full")) == Some("brief")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yicheng() -> FeedOf {
        FeedOf::Section(Slug::parse("news/yicheng").unwrap())
    }

    #[test]
    fn every_spelling_answers_at_the_root_and_in_a_section() {
        for (spelling, file) in SPELLINGS {
            assert_eq!(feed_at(spelling), Some((FeedOf::All, *file)), "{spelling}");
            assert_eq!(feed_at(&format!("sections/news/yicheng/{spelling}")), Some((yicheng(), *file)), "{spelling}");
        }
    }

    #[test]
    fn every_format_is_found_under_its_own_name() {
        for file in FeedFile::ALL {
            assert_eq!(file_named(file.name()), Some(file));
        }
        assert_eq!(file_named("feed"), Some(FeedFile::Rss));
        assert_eq!(file_named("index.xml"), Some(FeedFile::Rss));
    }

    #[test]
    fn what_is_no_feed_is_none() {
        for path in
            ["", "rss.xml/", "sections/rss.xml", "sections//rss.xml", "sections/News/rss.xml", "sections/news/", "tags/a/rss.xml", "Feed"]
        {
            assert_eq!(feed_at(path), None, "{path}");
        }
    }

    #[test]
    fn brief_and_full_are_read_and_the_rest_is_not() {
        assert!(wants_brief(Some("utm_source=x&brief")));
        assert!(wants_brief(Some("brief=1")));
        assert!(!wants_brief(Some("brief&full")));
        assert!(!wants_brief(Some("briefly")));
        assert!(!wants_brief(None));
    }
}
