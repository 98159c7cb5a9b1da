//! The whole file that `init` writes, for a person to finish.

use chrono::Datelike as _;
use chrono::NaiveDate;
use url::{Host, Url};

use super::block::{self, Block};
use super::plan::{Plan, PlannedSource, Why, free_name};
use super::visit::passing;
use crate::config::Draft;
use crate::model::{Language, SourceKind};
use crate::phrases::{FilePhrases, Phrases};
use crate::source::probe::{Footer, FoundSection, Survey};

/// Links that were left out and are named in the file; the rest was shown on the terminal.
const PASSED: usize = 20;
/// A list of fewer articles is looked at by a person.
pub(super) const FEW: usize = 3;

/// What is written of a site besides what it says of itself.
pub(super) struct Setting {
    /// In which language comments are written.
    pub(super) language: Language,
    /// Whether it is the newsroom's own.
    pub(super) own: bool,
    /// Whether it lies on a private network.
    pub(super) private: bool,
    /// The day of writing.
    pub(super) today: NaiveDate,
}

/// The file for a site that was surveyed.
pub(super) fn text(survey: &Survey, plan: &Plan<'_>, setting: &Setting) -> String {
    let words = &Phrases::of(setting.language).init.file;
    let mut draft = Draft::default();
    draft.comment(&(words.head)(survey.url.as_str(), &setting.today.to_string(), survey.asked)).comment(words.all_keys).gap();
    site(&mut draft, survey, setting, words);
    sections(&mut draft, survey, plan, words);
    for (at, source) in plan.sources.iter().enumerate() {
        let said_before = plan.sources[..at].iter().any(|earlier| earlier.why == source.why);
        write_source(&mut draft, source, survey, setting, (at == 0, !said_before));
    }
    let mut names: Vec<String> = plan.sources.iter().map(|source| source.name.clone()).collect();
    for feed in &survey.feeds {
        let fallback = plan.slugs.first().map(ToString::to_string);
        let taken: Vec<&str> = names.iter().map(String::as_str).collect();
        let name = free_name(&format!("{}-feed", plan.sources.first().map_or("site", |source| source.name.as_str())), &taken);
        names.push(name.clone());
        let addresses = [feed.url.clone()];
        draft.gap().comment(&(words.feed)(feed.articles));
        draft.aside(|draft| {
            draft.table("[[source]]").text("kind", SourceKind::Feed.as_str()).text("name", &name).text_if("url", addresses.first());
            if let Some(fallback) = &fallback {
                draft.texts("sections", &[fallback]);
            }
        });
    }
    if !survey.passed.is_empty() {
        draft.gap().comment(words.passed);
        for passed in survey.passed.iter().take(PASSED) {
            draft.comment(&format!("  {}  {}  {}", passed.title, passed.url, passing(&passed.why, setting.language)));
        }
    }
    draft.gap().comment(words.receivers);
    draft.into_text()
}

/// The file for a site that could not be read: what to fill in, and why.
pub(super) fn by_hand(url: &Url, why: &str, setting: &Setting) -> String {
    let words = &Phrases::of(setting.language).init.file;
    let mut draft = Draft::default();
    draft.comment(&(words.by_hand)(why)).comment(words.all_keys).gap().table("[site]").comment(words.title);
    draft.aside(|draft| {
        draft.text("title", host(url));
    });
    addresses(&mut draft, url, setting, words);
    draft.text("language", setting.language.tag()).gap().comment(words.sections);
    draft.aside(|draft| {
        draft.table("[[section]]").text("slug", "news").text("title", words.example_section);
    });
    draft.gap();
    let listing = [url.join("/news/").unwrap_or_else(|_| url.clone())];
    draft.aside(|draft| {
        draft.table("[[source]]").text("kind", SourceKind::Site.as_str()).text("name", "site").texts("listing", &listing);
        draft.texts("sections", &["news"]);
        if setting.private {
            draft.word("allow_private", true);
        }
    });
    draft.into_text()
}

fn site(draft: &mut Draft, survey: &Survey, setting: &Setting, words: &FilePhrases) {
    draft.table("[site]");
    match &survey.title {
        Some(title) => draft.comment(words.title).text("title", title),
        None => draft.comment(words.no_title).text("title", host(&survey.url)),
    };
    addresses(draft, &survey.url, setting, words);
    draft.gap().comment(words.zone);
    if !survey.zone_is_sure {
        draft.comment(words.zone_guessed);
    }
    draft.text("language", setting.language.tag()).text("timezone", survey.zone.name());
    if survey.front.is_some() {
        draft.gap().comment(words.auto_sections).word("auto_sections", true);
    }
    let fields = footer(&survey.footer, &survey.language);
    draft.gap();
    if fields.iter().any(|(_, value)| value.is_some()) {
        draft.comment(words.footer);
    }
    for (key, value) in &fields {
        draft.text_if(key, value.as_ref());
    }
    if fields.iter().any(|(_, value)| value.is_none()) {
        draft.comment(words.footer_missing);
        draft.aside(|draft| {
            for (key, _) in fields.iter().filter(|(_, value)| value.is_none()) {
                draft.text(key, "");
            }
        });
    }
}

/// `base_url`, which only the newsroom can choose, and the authority of ids, which never changes.
fn addresses(draft: &mut Draft, url: &Url, setting: &Setting, words: &FilePhrases) {
    let host = host(url);
    let is_name = url.domain().is_some() && host.contains('.');
    draft.gap().comment(words.base_url);
    draft.aside(|draft| {
        if is_name {
            draft.text("base_url", format!("https://rss.{host}/")).text("base_url", format!("https://www.{host}/news-feeds/"));
        } else {
            draft.text("base_url", "https://rss.example.cn/");
        }
    });
    draft.gap().comment(words.authority);
    if !is_name {
        draft.comment(words.authority_is_number);
    }
    draft.text("tag_authority", format!("{},{}", authority(&host), setting.today.year()));
}

/// A host as an authority (RFC 4151, 2.1): labels of letters, digits and hyphens. Names of hosts hold more than that.
fn authority(host: &str) -> String {
    let spelled = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let labels = host.split('.').filter(|label| !label.is_empty()).map(|label| label.chars().map(spelled).collect::<String>());
    labels.collect::<Vec<_>>().join(".")
}

/// The site's host without its `www.` and the dot of the root; numbers of IPv6 have no place in an authority.
pub(super) fn host(url: &Url) -> String {
    let host = match url.host() {
        Some(Host::Domain(name)) => name.strip_prefix("www.").unwrap_or(name).trim_matches('.').to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        _ => String::new(),
    };
    if host.is_empty() { "localhost".to_owned() } else { host }
}

/// The footer's fields by their keys: those that newsrooms of this language have.
pub(super) fn footer<'a>(footer: &'a Footer, language: &str) -> Vec<(&'static str, Option<&'a String>)> {
    let everywhere = [
        ("organisation", footer.organisation.as_ref()),
        ("address", footer.address.as_ref()),
        ("phone", footer.phone.as_ref()),
        ("contact", footer.contact.as_ref()),
        ("licence", footer.licence.as_ref()),
    ];
    let in_china = [("icp", footer.icp.as_ref()), ("police", footer.police.as_ref())];
    let is_chinese = language == Language::Chinese.tag();
    everywhere.into_iter().chain(in_china.into_iter().filter(|(_, value)| is_chinese || value.is_some())).collect()
}

fn sections(draft: &mut Draft, survey: &Survey, plan: &Plan<'_>, words: &FilePhrases) {
    if survey.sections.is_empty() {
        return;
    }
    draft.gap().comment(words.sections);
    for (section, slug) in survey.sections.iter().zip(&plan.slugs) {
        draft.gap().table("[[section]]");
        for note in notes(section, survey, words) {
            draft.comment(&note);
        }
        draft.text("slug", slug).text("title", &section.title);
        if !section.aliases.is_empty() {
            draft.texts("aliases", &section.aliases);
        }
    }
}

/// What a person should know of a section.
fn notes(section: &FoundSection, survey: &Survey, words: &FilePhrases) -> Vec<String> {
    let mut notes = Vec::new();
    if survey.front.is_some() && section.title == words.example_section {
        return vec![words.fallback.to_owned()];
    }
    if section.listings.is_empty() {
        let holds = survey.sections.iter().filter(|other| other.parent.is_some_and(|at| survey.sections[at] == *section));
        let named = survey.front.is_some() || holds.into_iter().any(|other| other.named > 0);
        notes.push(if named { words.only_named } else { words.only_menu }.to_owned());
        return notes;
    }
    if let Some(other) = section.gathers_from.and_then(|at| survey.sections.get(at)) {
        notes.push((words.gathers)(&other.title));
    }
    if section.links < FEW {
        notes.push((words.few)(section.links));
    }
    if section.samples.is_empty() {
        notes.push(words.no_sample.to_owned());
    }
    notes
}

/// `explained`: whether the keys are, and why it is a source.
fn write_source(draft: &mut Draft, source: &PlannedSource<'_>, survey: &Survey, setting: &Setting, explained: (bool, bool)) {
    let words = &Phrases::of(setting.language).init.file;
    let why = match source.why {
        Why::Told => words.one_source,
        Why::Section => words.section_source,
        Why::Front => words.front_source,
    };
    draft.gap();
    if explained.1 {
        draft.comment(why);
    }
    let block = Block {
        kind: SourceKind::Site,
        name: &source.name,
        addresses: &source.listings,
        fallback: source.fallback.as_ref().map(crate::model::Slug::as_str),
        language: Some(survey.language.as_str()).filter(|language| *language != setting.language.tag()),
        timezone: None,
        own: setting.own,
        private: setting.private,
        explained: explained.0,
    };
    block.write(draft, words);
    block::tests(draft, &source.tests, survey.zone, Some(words.tests).filter(|_| explained.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_takes_what_is_written_for_any_host() {
        for (written, wanted) in [
            ("http://cms_news.example.cn/", "cms-news.example.cn,2026"),
            ("http://www.hekou.example./", "hekou.example,2026"),
            ("http://a..b.example/", "a.b.example,2026"),
            ("http://news(1).example/", "news-1-.example,2026"),
            ("http://./", "localhost,2026"),
            ("http://[::1]/", "localhost,2026"),
        ] {
            let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
            let setting = Setting { language: Language::English, own: false, private: false, today };
            let text = by_hand(&Url::parse(written).unwrap(), "no reason", &setting);
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("postrider.toml");
            std::fs::write(&file, &text).unwrap();
            let config = crate::config::Config::load(Some(&file), std::iter::empty::<(String, String)>(), &[]);
            let config = config.unwrap_or_else(|problems| panic!("{written}: {problems}"));
            assert_eq!(config.site.tag_authority.as_deref(), Some(wanted), "{written}");
        }
    }
}
