//! `postrider extract`, `links`, `parse-feed`: what a page, a listing, a feed says, without any newsroom around it.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};
use url::Url;

use super::{Desk, Done, Failure, say};
use crate::clock::Clock;
use crate::model::{ArticleJson, Field};
use crate::outbound::{Limits, Outbound, Reach, Request};
use crate::source::dates::Reading;
use crate::source::extract::{BatchLine, Extraction, LARGEST, OwnedInput, extract_bounded};
use crate::source::site::listing::{LinksJson, of_bytes};

/// A page that takes longer is given up; real ones take milliseconds.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Debug, clap::Args)]
pub(super) struct Extract {
    /// Files, an address, or - for standard input.
    #[arg(required_unless_present = "batch")]
    pages: Vec<String>,
    /// Where the page was, for relative addresses.
    #[arg(long)]
    url: Option<Url>,
    /// The article as the API takes it.
    #[arg(long)]
    json: bool,
    /// Which line and which rule gave each field, and what was left out.
    #[arg(long)]
    explain: bool,
    /// A list of pages instead: lines `id<TAB>path<TAB>url`.
    #[arg(long, value_name = "LIST", conflicts_with_all = ["pages", "url", "explain"])]
    batch: Option<PathBuf>,
}

/// A page as it was got.
struct Page {
    bytes: Vec<u8>,
    url: Option<Url>,
    content_type: Option<String>,
}

impl Extract {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let zone = desk.config()?.site.timezone;
        if let Some(list) = &self.batch {
            return batch(list, |bytes, url| {
                let began = Instant::now();
                let page = Page { bytes, url, content_type: None };
                let extraction = extract(page, zone)?;
                Ok(serde_json::to_value(BatchLine::of(&extraction, began.elapsed().as_secs_f64() * 1000.0))?)
            });
        }
        for name in &self.pages {
            let page = self.get(desk, name).await?;
            let extraction = extract(page, zone)?;
            if self.json {
                say(&serde_json::to_string_pretty(&ArticleJson::of_candidate(&extraction.candidate, zone))?);
            } else {
                show(&extraction, zone);
            }
            if self.explain {
                explain(&extraction);
            }
        }
        Ok(())
    }

    async fn get(&self, desk: &Desk, name: &str) -> Result<Page, Failure> {
        if name == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().lock().take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
            return Ok(Page { bytes, url: self.url.clone(), content_type: None });
        }
        match Url::parse(name) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => fetch(desk, url).await,
            _ => Ok(Page { bytes: read(Path::new(name))?, url: self.url.clone(), content_type: None }),
        }
    }
}

async fn fetch(desk: &Desk, url: Url) -> Result<Page, Failure> {
    let outbound = Outbound::new(crate::app::policy(&desk.config()?).map_err(super::startup)?)?;
    let request = Request { method: Method::GET, url: url.clone(), headers: HeaderMap::new(), body: Bytes::new() };
    let answer = outbound.exchange(request, &Reach::default(), &Limits::PAGE).await;
    let answer = answer.map_err(|failure| Failure::Failed(anyhow::anyhow!("get {url}: {}", failure.why)))?;
    if answer.status != 200 {
        return Err(Failure::Failed(anyhow::anyhow!("get {url}: answered {}", answer.status)));
    }
    let content_type = answer.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Page { bytes: answer.body, url: Some(url), content_type })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    // One byte more than may be, so that a longer file is refused by its reader and a device without end is not read to it.
    let whole = || {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    whole().map_err(|error: std::io::Error| Failure::Failed(anyhow::Error::new(error).context(format!("read {}", path.display()))))
}

fn extract(page: Page, zone: chrono_tz::Tz) -> Result<Extraction, Failure> {
    let input = OwnedInput {
        bytes: page.bytes,
        url: page.url,
        content_type: page.content_type,
        zone,
        source: "extract".to_owned(),
        seen_at: Clock::System.now(),
        line_frequency: None,
    };
    Ok(extract_bounded(input, DEADLINE)?)
}

/// The article for a person.
fn show(extraction: &Extraction, zone: chrono_tz::Tz) {
    let candidate = &extraction.candidate;
    let json = ArticleJson::of_candidate(candidate, zone);
    let people = |list: &[crate::model::Byline]| {
        let one =
            |byline: &crate::model::Byline| format!("{} {}", byline.role.as_deref().unwrap_or_default(), byline.name).trim().to_owned();
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let line = |name: &str, value: &str| {
        if !value.is_empty() {
            say(&format!("{name}: {value}"));
        }
    };
    line("title", candidate.title.as_deref().unwrap_or_default());
    line("sections", &candidate.sections.join(", "));
    line("published", json.published.as_deref().unwrap_or_default());
    line("authors", &people(&candidate.authors));
    line("editors", &people(&candidate.editors));
    line("origin", candidate.origin.as_ref().map_or("", |origin| &origin.name));
    say("");
    say(&extraction.text);
}

fn explain(extraction: &Extraction) {
    for evidence in &extraction.candidate.evidence {
        let field = if evidence.field == Field::Dropped { "left out".to_owned() } else { format!("{:?}", evidence.field).to_lowercase() };
        eprintln!("{field}\t{}\t{}", evidence.rule, evidence.line);
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Links {
    /// A listing page.
    #[arg(required_unless_present = "batch")]
    file: Option<PathBuf>,
    /// Where it was.
    #[arg(long, required_unless_present = "batch")]
    url: Option<Url>,
    /// As JSON: `{items: [{url, title, date}], next}`.
    #[arg(long)]
    json: bool,
    /// A list of pages instead: lines `id<TAB>path<TAB>url`.
    #[arg(long, value_name = "LIST", conflicts_with_all = ["file", "url"])]
    batch: Option<PathBuf>,
}

impl Links {
    pub(super) fn run(self, desk: &Desk) -> Done {
        let zone = desk.config()?.site.timezone;
        let reading = Reading { zone, now: Clock::System.now() };
        let links = |bytes: &[u8], url: &Url| LinksJson::of(&of_bytes(bytes, None, url, reading), zone);
        if let Some(list) = &self.batch {
            return batch(list, |bytes, url| {
                let url = url.ok_or_else(|| Failure::Usage("each line of the list needs an address".to_owned()))?;
                Ok(serde_json::to_value(links(&bytes, &url))?)
            });
        }
        let (Some(file), Some(url)) = (&self.file, &self.url) else { return Err(Failure::Usage("a file and --url".to_owned())) };
        let found = links(&read(file)?, url);
        if self.json {
            say(&serde_json::to_string_pretty(&found)?);
        } else {
            for link in &found.items {
                say(&format!("{}\t{}\t{}", link.date.as_deref().unwrap_or("-"), link.url, link.title.as_deref().unwrap_or_default()));
            }
        }
        Ok(())
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct ParseFeed {
    /// A feed.
    file: PathBuf,
    /// Where it was.
    #[arg(long)]
    url: Url,
    /// As JSON (the only form).
    #[arg(long)]
    json: bool,
}

impl ParseFeed {
    pub(super) fn run(self, desk: &Desk) -> Done {
        let zone = desk.config()?.site.timezone;
        let reading = Reading { zone, now: Clock::System.now() };
        let copy = crate::source::feed::parse(&read(&self.file)?, None, &self.url, "feed", reading)?;
        let articles: Vec<ArticleJson> = copy.candidates.iter().map(|candidate| ArticleJson::of_candidate(candidate, zone)).collect();
        say(&serde_json::to_string_pretty(&articles)?);
        Ok(())
    }
}

/// Reads a list of pages and prints one object, by id.
fn batch(list: &Path, read_one: impl Fn(Vec<u8>, Option<Url>) -> Result<Value, Failure>) -> Done {
    let text = String::from_utf8(read(list)?)?;
    let mut all = Map::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut columns = line.split('\t');
        let (Some(id), Some(path)) = (columns.next(), columns.next()) else {
            return Err(Failure::Usage(format!("not id<TAB>path<TAB>url: {line}")));
        };
        let url = columns.next().and_then(|url| Url::parse(url.trim()).ok());
        all.insert(id.to_owned(), read_one(read(Path::new(path))?, url)?);
    }
    say(&Value::Object(all).to_string());
    Ok(())
}
