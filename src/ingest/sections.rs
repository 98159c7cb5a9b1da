//! Where copy stands: slugs, or paths of titles and aliases, against the newsroom's sections.

use pinyin::ToPinyin as _;

use crate::model::{Section, SectionId, Slug};
use crate::store::write::ingest::put_section;
use crate::store::{Store, StoreError, Tx};

use super::{Door, Refusal, Rules};

/// Writes the sections that the configuration declares; one that stands as declared is left alone.
///
/// # Errors
/// When the store fails.
pub async fn declare(store: &Store, declared: &[(Slug, String, Vec<String>)]) -> Result<(), StoreError> {
    let known = store.sections().await?;
    let stands = |(slug, title, aliases): &(Slug, String, Vec<String>)| {
        known.iter().any(|section| section.slug == *slug && section.title == *title && section.aliases == *aliases && section.declared)
    };
    let mut changed: Vec<_> = declared.iter().filter(|section| !stands(section)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    // Parents before children.
    changed.sort_by(|a, b| a.0.cmp(&b.0));
    let mut tx = store.begin().await?;
    for (slug, title, aliases) in changed {
        put_section(&mut tx, slug.as_str(), title, aliases, "config").await?;
    }
    tx.commit().await
}

/// The sections of an article: its own, and the rows of these and of all their ancestors.
#[derive(Debug, Default)]
pub(super) struct Placement {
    pub(super) own: Vec<Slug>,
    pub(super) rows: Vec<(SectionId, bool)>,
    /// A wish that nothing here matches, where the source has no section of its own either.
    pub(super) unknown: Option<String>,
}

/// Finds the sections that copy asks for. An unknown one becomes a section where the newsroom wants that, else the source's own are taken.
pub(super) async fn place(
    tx: &mut Tx,
    known: &mut Vec<Section>,
    wishes: &[String],
    door: &Door,
    rules: &Rules,
) -> Result<Placement, StoreError> {
    let mut own: Vec<Slug> = Vec::new();
    let mut unknown = None;
    for wish in wishes {
        let slug = match matching(known, wish) {
            Some(section) => Some(section.slug.clone()),
            None if rules.auto_sections => found(tx, known, wish).await?,
            None => None,
        };
        if slug.is_none() {
            unknown.get_or_insert_with(|| wish.clone());
        }
        own.extend(slug.filter(|slug| !own.contains(slug)));
    }
    if own.is_empty() {
        own.extend(door.sections.iter().cloned());
    }
    let unknown = unknown.filter(|_| own.is_empty());
    let rows = with_ancestors(known, &own);
    Ok(Placement { own, rows, unknown })
}

impl Placement {
    /// What is wrong with it, where the sender is to be told.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.unknown.clone().map(Refusal::UnknownSection)
    }
}

pub(super) fn with_ancestors(known: &[Section], own: &[Slug]) -> Vec<(SectionId, bool)> {
    let mut rows: Vec<(SectionId, bool)> = Vec::new();
    let id = |slug: &Slug| known.iter().find(|section| section.slug == *slug).map(|section| section.id);
    for slug in own {
        rows.extend(id(slug).filter(|id| !rows.iter().any(|(there, _)| there == id)).map(|id| (id, true)));
    }
    for ancestor in own.iter().flat_map(Slug::and_ancestors) {
        rows.extend(id(&ancestor).filter(|id| !rows.iter().any(|(there, _)| there == id)).map(|id| (id, false)));
    }
    rows
}

/// The section that a wish means: by slug, else by the longest tail of its path whose titles or aliases match a section and its parents.
pub(super) fn matching<'a>(known: &'a [Section], wish: &str) -> Option<&'a Section> {
    let wish = wish.trim().trim_matches('/');
    if let Some(section) = known.iter().find(|section| section.slug.as_str() == wish) {
        return Some(section);
    }
    let path: Vec<&str> = wish.split('/').map(str::trim).filter(|part| !part.is_empty()).collect();
    // The deepest match wins: of `新闻/宜城新闻`, a section 宜城新闻 below 新闻 rather than one below something else.
    known
        .iter()
        .filter_map(|section| Some((agreement(known, section, &path)?, section)))
        .max_by_key(|(agree, section)| (*agree, std::cmp::Reverse(section.slug.clone())))
        .map(|(_, section)| section)
}

/// How many parts of a path a section and its ancestors answer to, from the last one; `None` where the last one does not fit.
fn agreement(known: &[Section], section: &Section, path: &[&str]) -> Option<usize> {
    let answers = |section: &Section, name: &str| section.title == name || section.aliases.iter().any(|alias| alias == name);
    let (last, before) = path.split_last()?;
    if !answers(section, last) {
        return None;
    }
    let parent = section.slug.parent().and_then(|slug| known.iter().find(|section| section.slug == slug));
    let above = match (parent, before.last()) {
        (Some(parent), Some(_)) => agreement(known, parent, before).unwrap_or(0),
        _ => 0,
    };
    Some(above + 1)
}

/// Makes the sections of an unknown path, each with a slug in pinyin. `None` where that cannot be: the path names nothing, or is deeper or
/// longer than a slug may be.
async fn found(tx: &mut Tx, known: &mut Vec<Section>, wish: &str) -> Result<Option<Slug>, StoreError> {
    let Some(path) = slugs_of(known, wish) else { return Ok(None) };
    for (slug, name) in &path {
        if !known.iter().any(|section| section.slug == *slug) {
            let id = put_section(tx, slug.as_str(), name, &[], "found").await?;
            let rev = crate::model::Rev(id.0);
            known.push(Section { id, slug: slug.clone(), title: name.clone(), aliases: Vec::new(), declared: false, rev });
        }
    }
    Ok(path.into_iter().next_back().map(|(slug, _)| slug))
}

/// The slugs of a path of names, the highest first, of sections that are there or can be made. Nothing is made of half a path.
fn slugs_of(known: &[Section], wish: &str) -> Option<Vec<(Slug, String)>> {
    let mut path: Vec<(Slug, String)> = Vec::new();
    for name in wish.split('/').map(str::trim).filter(|part| !part.is_empty()) {
        let above = path.last().map(|(slug, _)| slug);
        let answers = |section: &&Section| section.title == name || section.aliases.iter().any(|alias| alias == name);
        let there = known.iter().filter(|section| section.slug.parent().as_ref() == above).find(answers);
        let slug = match there {
            Some(section) => section.slug.clone(),
            None => free_slug(known, above, name)?,
        };
        path.push((slug, name.to_owned()));
    }
    (!path.is_empty()).then_some(path)
}

/// A slug for a name below a section. Names of one sound are two sections (视频 and 食品), and the later one has a number behind; a name that
/// is written as the slug is means the section that has it, whatever that is called.
fn free_slug(known: &[Section], above: Option<&Slug>, name: &str) -> Option<Slug> {
    let part = in_pinyin(name);
    let written_so = |section: &Section| name.eq_ignore_ascii_case(&part) || section.title.eq_ignore_ascii_case(name);
    (1..=MOST_OF_ONE_SOUND).find_map(|n| {
        let part = if n == 1 { part.clone() } else { format!("{part}-{n}") };
        let slug = Slug::parse(&above.map_or_else(|| part.clone(), |above| format!("{above}/{part}"))).ok()?;
        known.iter().find(|section| section.slug == slug).is_none_or(written_so).then_some(slug)
    })
}

/// So many names of one sound may stand below one section; more are no names.
const MOST_OF_ONE_SOUND: usize = 20;
/// The longest slug part that a name gives (bytes): titles of sections are short, breadcrumbs gone wrong are not.
const LONGEST_PART: usize = 40;

/// A name as a slug part: Chinese in pinyin, Latin letters and digits as they are, anything else a hyphen.
#[must_use]
pub fn in_pinyin(name: &str) -> String {
    let mut part = String::new();
    for c in name.chars() {
        match c.to_pinyin() {
            Some(syllable) => part.push_str(syllable.plain()),
            None if c.is_ascii_alphanumeric() => part.push(c.to_ascii_lowercase()),
            None if !part.ends_with('-') => part.push('-'),
            None => {}
        }
    }
    let part: String = part.replace('ü', "v").chars().filter(char::is_ascii).take(LONGEST_PART).collect();
    let part = part.trim_matches('-').to_owned();
    match part.as_str() {
        "" => "section".to_owned(),
        // Reserved words are routes below a section.
        "rss" | "atom" | "feed" | "archive" => format!("{part}-section"),
        _ => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Rev, Seq};

    fn section(slug: &str, title: &str) -> Section {
        Section { id: Seq(1), slug: Slug::parse(slug).unwrap(), title: title.into(), aliases: vec![], declared: true, rev: Rev(1) }
    }

    #[test]
    fn a_path_finds_the_section_below_the_right_parent() {
        let known =
            [section("news", "新闻"), section("news/town", "宜城新闻"), section("sport", "体育"), section("sport/town", "宜城新闻")];
        assert_eq!(matching(&known, "新闻/宜城新闻").unwrap().slug.as_str(), "news/town");
        assert_eq!(matching(&known, "体育 / 宜城新闻").unwrap().slug.as_str(), "sport/town");
        assert_eq!(matching(&known, "news/town").unwrap().slug.as_str(), "news/town");
        assert!(matching(&known, "财经").is_none());
    }

    #[test]
    fn names_become_slugs() {
        assert_eq!(in_pinyin("宜城新闻"), "yichengxinwen");
        assert_eq!(in_pinyin("Town & Country"), "town-country");
        assert_eq!(in_pinyin("★"), "section");
        assert_eq!(in_pinyin("RSS"), "rss-section");
    }
}
