//! `postrider probe`: what an address is, and the `[[source]]` block that reads it.

use serde_json::{Value, json};
use url::Url;

use super::init::block::{self, Block, printed};
use super::init::visit::{self, Visit};
use super::{Desk, Done, Failure, say};
use crate::config::Draft;
use crate::model::{ArticleJson, Evidence, Field, Language, Millis, SourceKind, When};
use crate::phrases::Phrases;
use crate::source::Link;
use crate::source::probe::{Listed, Probe as Probed, Sample, What, probe};

/// Rows of a listing that are shown.
const ROWS: usize = 12;
/// A field's line is cut to so many characters.
const LINE: usize = 60;

#[derive(Debug, clap::Args)]
pub(super) struct Probe {
    /// The page.
    #[arg(value_parser = visit::address)]
    url: Url,
    /// Everything as JSON, in place of the block.
    #[arg(long)]
    json: bool,
    /// Pages that are asked for at most.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=2000))]
    max_requests: u16,
    #[command(flatten)]
    visit: Visit,
}

impl Probe {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let (net, spec) = self.visit.prepare(desk, &self.url)?;
        let probed = probe(&spec, &net, usize::from(self.max_requests)).await;
        let failed = matches!(probed.what, What::Nothing(_));
        let language = if failed { self.visit.before(desk, &self.url) } else { self.visit.about(&probed.language) };
        if self.json {
            say(&serde_json::to_string_pretty(&json_of(&probed, spec.zone))?);
        }
        for line in talk(&probed, spec.zone, language) {
            eprintln!("{line}");
        }
        if let What::Nothing(reason) = &probed.what {
            return Err(Failure::Failed(anyhow::anyhow!("{}: {}", self.url, visit::reason(&Phrases::of(language).init.reason, reason))));
        }
        if !self.json
            && let Some(text) = self.source(&probed, spec.zone, language)
        {
            eprintln!();
            text.lines().for_each(say);
        }
        Ok(())
    }

    /// The block for a listing or a feed.
    fn source(&self, probed: &Probed, zone: chrono_tz::Tz, language: Language) -> Option<String> {
        let words = &Phrases::of(language).init.file;
        let (kind, samples): (SourceKind, Vec<&Sample>) = match &probed.what {
            What::Listing(listed) => (SourceKind::Site, listed.samples.iter().take(1).collect()),
            What::Feed(_) => (SourceKind::Feed, Vec::new()),
            _ => return None,
        };
        let addresses = [probed.url.clone()];
        let name = source_name(&probed.url);
        let block = Block {
            kind,
            name: &name,
            addresses: &addresses,
            fallback: None,
            language: Some(probed.language.as_str()),
            timezone: None,
            own: self.visit.own,
            private: self.visit.allow_private,
            explained: true,
        };
        let mut draft = Draft::default();
        draft.comment(&(words.probed)(probed.url.as_str()));
        block.write(&mut draft, words);
        block::tests(&mut draft, &samples, zone, Some(words.tests));
        Some(draft.into_text())
    }
}

/// Host and path as a name: `hekou.example/xinwen/` is `hekou-xinwen`.
fn source_name(url: &Url) -> String {
    let host = url.domain().map(|host| host.trim_start_matches("www.")).and_then(|host| host.split('.').next()).unwrap_or("site");
    let words = url
        .path()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "index" | "html" | "htm" | "shtml" | "php" | "list" | "xml"));
    let name = std::iter::once(host).chain(words).collect::<Vec<_>>().join("-").to_ascii_lowercase();
    name.chars().take(40).collect()
}

fn talk(probed: &Probed, zone: chrono_tz::Tz, language: Language) -> Vec<String> {
    let words = &Phrases::of(language).init.talk;
    let mut lines = Vec::new();
    lines.extend(probed.title.clone());
    lines.extend(probed.encoding.map(|encoding| (words.encoding)(encoding.name, encoding.rule)));
    lines.extend(probed.cms.map(|cms| (words.cms)(cms.name())));
    lines.extend(probed.feeds.iter().map(|feed| (words.feed)(feed.url.as_str(), feed.articles)));
    lines.extend(probed.sitemaps.iter().map(|url| (words.sitemap)(url.as_str())));
    match &probed.what {
        What::Listing(listed) => lines.extend(talk_of_listing(listed, zone, language)),
        What::Front(doors) => {
            lines.push((words.is_front)(doors.len()));
            lines.extend(doors.iter().map(|door| format!("  {}  {}", door.title, door.url)));
            lines.push((words.try_init)(probed.url.as_str()));
        }
        What::Article(sample) => {
            lines.push(words.is_article.to_owned());
            lines.extend(fields(sample));
        }
        What::Feed(articles) => lines.push((words.is_feed)(*articles)),
        What::Nothing(_) => lines.push(words.is_nothing.to_owned()),
    }
    lines
}

fn talk_of_listing(listed: &Listed, zone: chrono_tz::Tz, language: Language) -> Vec<String> {
    let phrases = &Phrases::of(language).init;
    let (words, group) = (&phrases.talk, &listed.group);
    let mut lines = vec![(words.is_listing)(listed.links.len())];
    let row = |link: &Link| {
        let date = link.date.map_or_else(|| words.undated.to_owned(), |when| printed(when, zone));
        format!("  {date}  {}  {}", link.title.as_deref().unwrap_or_default(), link.url.as_str())
    };
    lines.extend(listed.links.iter().take(ROWS).map(row));
    if listed.links.len() > ROWS {
        lines.push(format!("  {}", (words.and_more)(listed.links.len() - ROWS)));
    }
    lines.push((words.why)(&group.place, listed.links.len(), group.dated, group.title, group.others));
    lines.push(listed.next.as_ref().map_or_else(|| words.no_next_page.to_owned(), |next| format!("{}{next}", words.next_page)));
    for sample in &listed.samples {
        lines.push(format!("{}{}", words.sample, sample.url));
        lines.extend(fields(sample));
    }
    lines.extend(listed.failed.iter().map(|(url, why)| format!("{}{url}  {}", words.failed, visit::reason(&phrases.reason, why))));
    lines
}

/// Each field of an article with the rule that gave it and the line it was read from.
fn fields(sample: &Sample) -> Vec<String> {
    let told = sample.candidate.evidence.iter().filter(|evidence| evidence.field != Field::Dropped);
    let line = |evidence: &Evidence| {
        let cut: String = evidence.line.chars().take(LINE).collect();
        format!("  {:<10} {cut}  [{}]", format!("{:?}", evidence.field).to_lowercase(), evidence.rule)
    };
    told.map(line).collect()
}

fn json_of(probed: &Probed, zone: chrono_tz::Tz) -> Value {
    let when = |when: When| match when {
        When::At(at) => Millis::rfc3339(at, zone),
        When::Day(day) => day.to_string(),
    };
    let article = |sample: &Sample| {
        let evidence: Vec<&Evidence> = sample.candidate.evidence.iter().filter(|evidence| evidence.field != Field::Dropped).collect();
        json!({ "url": sample.url, "article": ArticleJson::of_candidate(&sample.candidate, zone), "evidence": evidence })
    };
    let mut value = json!({
        "url": probed.url,
        "title": probed.title,
        "language": probed.language,
        "encoding": probed.encoding.map(|encoding| json!({ "name": encoding.name, "rule": encoding.rule })),
        "cms": probed.cms.map(crate::source::probe::Cms::name),
        "feeds": probed.feeds.iter().map(|feed| json!({ "url": feed.url, "articles": feed.articles })).collect::<Vec<_>>(),
        "sitemaps": probed.sitemaps,
    });
    let (is, more) = match &probed.what {
        What::Listing(listed) => {
            let link = |link: &Link| json!({ "url": link.url, "title": link.title, "date": link.date.map(when) });
            let failed = |(url, why): &(Url, crate::source::probe::Reason)| json!({ "url": url, "why": why.to_string() });
            let group = &listed.group;
            let more = json!({
                "links": listed.links.iter().map(link).collect::<Vec<_>>(),
                "next": listed.next,
                "why": { "place": group.place, "dated": group.dated, "timed": group.timed, "title": group.title, "others": group.others },
                "samples": listed.samples.iter().map(article).collect::<Vec<_>>(),
                "failed": listed.failed.iter().map(failed).collect::<Vec<_>>(),
            });
            ("listing", more)
        }
        What::Front(doors) => {
            ("front", json!({ "sections": doors.iter().map(|door| json!({ "title": door.title, "url": door.url })).collect::<Vec<_>>() }))
        }
        What::Article(sample) => ("article", article(sample)),
        What::Feed(articles) => ("feed", json!({ "articles": articles })),
        What::Nothing(reason) => ("nothing", json!({ "why": reason.to_string() })),
    };
    value["is"] = Value::from(is);
    value[is] = more;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_called_by_host_and_path() {
        let named = |url: &str| source_name(&Url::parse(url).unwrap());
        assert_eq!(named("http://www.hekou.example/xinwen/index.html"), "hekou-xinwen");
        assert_eq!(named("http://127.0.0.1:9/list/12.html"), "site-12");
    }
}
