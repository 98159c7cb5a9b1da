//! From a survey to sections with slugs, and to sources. Pure.

use url::Url;

use crate::ingest::in_pinyin;
use crate::model::Slug;
use crate::source::probe::{FoundSection, Sample, Survey};

/// Articles that stand as tests of a source that reads many listings: `check` fetches each of them.
const TESTS: usize = 3;

/// Longer names of sources are refused by the loader (characters).
const LONGEST_NAME: usize = 64;

/// What will be written.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli) struct Plan<'a> {
    /// In the order of the survey's sections.
    pub(in crate::cli) slugs: Vec<Slug>,
    /// The sources, the one of many listings first.
    pub(in crate::cli) sources: Vec<PlannedSource<'a>>,
}

/// A source that will be written.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli) struct PlannedSource<'a> {
    /// Its name.
    pub(in crate::cli) name: String,
    /// Why it is one.
    pub(in crate::cli) why: Why,
    /// Its listings.
    pub(in crate::cli) listings: Vec<Url>,
    /// Where its copy stands that says nothing.
    pub(in crate::cli) fallback: Option<Slug>,
    /// Articles that become tests.
    pub(in crate::cli) tests: Vec<&'a Sample>,
}

/// Why a source is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Why {
    /// Its articles say where they stand.
    Told,
    /// They do not: it is one section's.
    Section,
    /// It is the front page itself.
    Front,
}

impl<'a> Plan<'a> {
    /// Plans what a survey found. `general` is the section of copy that names none, where the front page is the only list.
    pub(in crate::cli) fn of(survey: &'a Survey, general: Option<usize>) -> Self {
        let slugs = slugs(&survey.sections);
        let name = name(&survey.url);
        let sections = || survey.sections.iter().zip(&slugs).filter(|(section, _)| !section.listings.is_empty());
        let told: Vec<_> = sections().filter(|(section, _)| says_where(section)).collect();
        let mut sources: Vec<PlannedSource<'_>> = Vec::new();
        if let Some((_, first)) = told.first() {
            let top = first.and_ancestors().last();
            sources.push(PlannedSource {
                name: name.clone(),
                why: Why::Told,
                listings: told.iter().flat_map(|(section, _)| section.listings.clone()).collect(),
                fallback: top,
                tests: told.iter().filter_map(|(section, _)| good(&section.samples)).take(TESTS).collect(),
            });
        }
        for (section, slug) in sections().filter(|(section, _)| !says_where(section)) {
            sources.push(PlannedSource {
                name: free_name(&format!("{name}-{}", slug.as_str().replace('/', "-")), &names(&sources)),
                why: Why::Section,
                listings: section.listings.clone(),
                fallback: Some(slug.clone()),
                tests: good(&section.samples).into_iter().collect(),
            });
        }
        if let Some(front) = &survey.front {
            let fallback = general.and_then(|at| slugs.get(at).cloned());
            let tests = good(&front.samples).into_iter().collect();
            let name = free_name(&name, &names(&sources));
            sources.push(PlannedSource { name, why: Why::Front, listings: vec![survey.url.clone()], fallback, tests });
        }
        Self { slugs, sources }
    }
}

/// Whether the articles of a section say where they stand, here or elsewhere.
fn says_where(section: &FoundSection) -> bool {
    !section.samples.is_empty() && (section.named * 2 >= section.samples.len() && section.named > 0 || section.gathers_from.is_some())
}

/// The sample that is worth most as a test: the one with most of the fields.
fn good(samples: &[Sample]) -> Option<&Sample> {
    let whole = |sample: &&Sample| {
        let candidate = &sample.candidate;
        usize::from(candidate.published.is_some()) * 4
            + usize::from(!sample.text.is_empty()) * 4
            + usize::from(!candidate.authors.is_empty())
            + usize::from(!candidate.editors.is_empty())
    };
    samples.iter().rev().max_by_key(whole)
}

/// A slug for each section, below its parent's, alone among all.
fn slugs(sections: &[FoundSection]) -> Vec<Slug> {
    let mut slugs: Vec<Slug> = Vec::new();
    for section in sections {
        let part = in_pinyin(&section.title);
        let above = section.parent.and_then(|parent| slugs.get(parent));
        let path = above.map_or_else(|| part.clone(), |above| format!("{above}/{part}"));
        let numbered = |base: &str| {
            let all = std::iter::once(base.to_owned()).chain((2..).map(|n| format!("{base}-{n}")));
            all.take(sections.len() + 1).find_map(|text| Slug::parse(&text).ok().filter(|slug| !slugs.contains(slug)))
        };
        // A path that is too long or too deep gives way to the name alone.
        let slug = numbered(&path).or_else(|| numbered(&part)).or_else(|| numbered("section"));
        slugs.push(slug.expect("a number more than there are sections is free"));
    }
    slugs
}

/// A source's name from a host: `www.yicheng.example` is `yicheng`.
fn name(url: &Url) -> String {
    let host = url.domain().unwrap_or_default();
    let label = host.strip_prefix("www.").unwrap_or(host).split('.').next().unwrap_or_default();
    // A host may hold signs that a name may not.
    let label: String = label.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect();
    let label = label.trim_matches('-');
    free_name(if label.is_empty() { "site" } else { label }, &[])
}

fn names<'s>(sources: &'s [PlannedSource<'_>]) -> Vec<&'s str> {
    sources.iter().map(|source| source.name.as_str()).collect()
}

/// A source's name that the loader takes: not too long, and borne by none of `taken`, with a number where it must be.
pub(super) fn free_name(wish: &str, taken: &[&str]) -> String {
    let cut = |room: usize| wish.chars().take(room).collect::<String>().trim_end_matches('-').to_owned();
    let numbered = (2..).map(|n| {
        let number = format!("-{n}");
        cut(LONGEST_NAME - number.len()) + &number
    });
    let mut all = std::iter::once(cut(LONGEST_NAME)).chain(numbered);
    all.find(|name| !taken.contains(&name.as_str())).expect("numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(title: &str, parent: Option<usize>) -> FoundSection {
        FoundSection { parent, ..FoundSection::named(title) }
    }

    #[test]
    fn slugs_nest_and_stand_alone_and_are_never_routes() {
        let long = "城".repeat(60);
        let sections = [
            section("新闻", None),
            section("宜城新闻", Some(0)),
            section("新闻", None),
            section("RSS", None),
            section("★", None),
            section("☆", None),
            section(&long, Some(1)),
        ];
        let slugs: Vec<String> = slugs(&sections).iter().map(ToString::to_string).collect();
        assert_eq!(slugs[..6], ["xinwen", "xinwen/yichengxinwen", "xinwen-2", "rss-section", "section", "section-2"]);
        assert!(slugs[6].starts_with("xinwen/yichengxinwen/cheng"), "{}", slugs[6]);
    }

    #[test]
    fn a_source_is_called_like_its_site() {
        let named = |url: &str| name(&Url::parse(url).unwrap());
        assert_eq!(named("http://www.yicheng.example/"), "yicheng");
        assert_eq!(named("http://127.0.0.1:1/"), "site");
        assert_eq!(named("http://cms_news.example.cn./"), "cms_news");
        assert_eq!(named("http://news(1).example/"), "news-1");
    }

    #[test]
    fn names_of_sources_are_no_longer_than_the_loader_takes_and_stand_alone() {
        let long = "hubeiyicheng-zhuantizhuanlan-shenruxuexiguanchedangdeershidajingshen";
        let first = free_name(long, &[]);
        assert_eq!(first, &long[..LONGEST_NAME]);
        let second = free_name(long, &[&first]);
        assert_eq!(second, format!("{}-2", &long[..LONGEST_NAME - 2]));
        assert_eq!(free_name(long, &[&first, &second]), format!("{}-3", &long[..LONGEST_NAME - 2]));
        // What a child of a section and a section of its own are called may be the same.
        assert_eq!(free_name("harbour-local-news", &["harbour", "harbour-local-news"]), "harbour-local-news-2");
    }
}
