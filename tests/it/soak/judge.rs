//! What the newsroom holds and told, beside what the site published.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::DateTime;
use postrider::demo::{Entry, Hook, LivingSite, Mail, Verdict};
use postrider::model::{Byline, Kind, Millis, SafeHtml};
use serde_json::Value;

/// Differences that are printed; the rest is counted.
const SHOWN: usize = 40;
/// The site's zone.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

/// Differences between what is and what should be, in words.
#[derive(Debug, Default)]
pub(super) struct Differences(Vec<String>);

impl Differences {
    fn add(&mut self, difference: String) {
        self.0.push(difference);
    }

    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, of: &str, what: &str, has: &T, should: &T) {
        if has != should {
            self.add(format!("{of}: {what}\n      has    {has:?}\n      should {should:?}"));
        }
    }

    /// Fails with the first of them.
    pub(super) fn none(self) {
        if self.0.is_empty() {
            return;
        }
        let mut text = String::new();
        for difference in self.0.iter().take(SHOWN) {
            write!(text, "\n  - {difference}").unwrap();
        }
        panic!("{} differences between the newsroom and the site:{text}", self.0.len());
    }
}

/// Every article as the API gives it, beside the site's ledger.
pub(super) fn articles(differences: &mut Differences, site: &LivingSite, ledger: &[Entry], articles: &[Value]) {
    let mut held: BTreeMap<u32, &Value> = BTreeMap::new();
    for article in articles {
        let url = article["url"].as_str().unwrap_or_default();
        match site.number_of(url) {
            None => differences.add(format!("an article that the site does not have: {} {url}", article["title"])),
            Some(number) => {
                if let Some(twin) = held.insert(number, article) {
                    differences.add(format!("{number} stands twice: {} and {}", twin["id"], article["id"]));
                }
            }
        }
    }
    for entry in ledger {
        let copy = &entry.copy;
        let name = format!("{} {}", copy.number, copy.title);
        match held.get(&copy.number) {
            Some(article) => fields(differences, &name, entry, article),
            None => differences.add(format!("{name}: missing ({:?}, {:?})", copy.kind, local(copy.at))),
        }
    }
    differences.compare("the newsroom", "number of articles", &articles.len(), &ledger.len());
}

fn fields(differences: &mut Differences, name: &str, entry: &Entry, article: &Value) {
    let copy = &entry.copy;
    let mut compare = |what: &str, has: String, should: String| differences.compare(name, what, &has, &should);
    let text = |field: &str| article[field].as_str().unwrap_or_default().to_owned();
    let standing = if copy.withdrawn.is_some() { "withdrawn" } else { "published" };
    let why = article["held_because"].as_str().map(|why| format!(" ({why})")).unwrap_or_default();
    let stands = text("status") + &why;
    let stands_so = stands == standing;
    compare("standing", stands, standing.to_owned());
    if !stands_so {
        return;
    }
    compare("title", text("title"), copy.title.clone());
    compare("section", article["sections"].to_string(), format!("[\"news/{}\"]", copy.column.folder));
    if article["status"] == "withdrawn" {
        return;
    }
    compare("kind", text("kind"), copy.kind.as_str().to_owned());
    let published = DateTime::parse_from_rfc3339(&text("published")).map(Millis::from).map(local).unwrap_or_default();
    let length = if copy.day_only || copy.kind == Kind::Link { "2021-10-29".len() } else { "2021-10-29 08:30".len() };
    compare("time", published.chars().take(length).collect(), local(copy.at).chars().take(length).collect());
    compare("authors", people(&article["authors"]), named(&copy.authors));
    compare("editors", people(&article["editors"]), named(&copy.editors));
    compare("origin", article["origin"]["name"].as_str().unwrap_or_default().to_owned(), copy.origin.unwrap_or_default().to_owned());
    if copy.kind == Kind::Text {
        // The admitted error stands in the text, where readers look for it.
        let printed = copy.paragraphs.concat() + &copy.correction.as_ref().map(|note| format!("更正：{note}")).unwrap_or_default();
        compare("body", bare(&SafeHtml::clean(&text("content_html"), None).text()), bare(&printed));
    }
}

fn local(at: Millis) -> String {
    at.in_zone(ZONE).format("%Y-%m-%d %H:%M").to_string()
}

fn people(of: &Value) -> String {
    let all: Vec<Byline> = serde_json::from_value(of.clone()).unwrap_or_default();
    named(&all)
}

fn named(all: &[Byline]) -> String {
    all.iter().map(|one| format!("{} {}", one.role.as_deref().unwrap_or("-"), one.name)).collect::<Vec<_>>().join(", ")
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Who was told what, how often.
type Telling = BTreeMap<(u32, String), usize>;

/// What an endpoint that wants `folder` (or everything) accepted, beside what happened.
pub(super) fn hooks(differences: &mut Differences, site: &LivingSite, ledger: &[Entry], path: &str, folder: Option<&str>, hooks: &[Hook]) {
    let mut told = Telling::new();
    for hook in hooks.iter().filter(|hook| hook.path == path && hook.answered == 200) {
        // The clock may move by a step while a hook is under way to a receiver that nobody waits for.
        if !matches!(hook.verdict, Verdict::Good | Verdict::Stale) {
            differences.add(format!("{path}: a hook without a good signature: {} {}", hook.event_type, hook.title));
        }
        let url = serde_json::from_slice::<Value>(&hook.body).unwrap()["data"]["url"].as_str().unwrap_or_default().to_owned();
        *told.entry((site.number_of(&url).unwrap_or_default(), hook.event_type.clone())).or_default() += 1;
    }
    let mut happened = Telling::new();
    for entry in ledger.iter().filter(|entry| folder.is_none_or(|folder| folder == entry.copy.column.folder)) {
        for told in &entry.told {
            *happened.entry((entry.copy.number, told.event_type().to_owned())).or_default() += 1;
        }
    }
    compare_tellings(differences, path, &told, &happened);
}

fn compare_tellings(differences: &mut Differences, receiver: &str, told: &Telling, happened: &Telling) {
    let both: BTreeSet<_> = told.keys().chain(happened.keys()).collect();
    for key in both {
        let count = |of: &Telling| of.get(key).copied().unwrap_or_default();
        let (has, should) = (count(told), count(happened));
        if has != should {
            differences.add(format!("{receiver}: told {has} times of {} {}, should be {should}", key.1, key.0));
        }
    }
}

/// What a reader's mails speak of, each announced article once. `by`: a digest tells only of what came before it was cut.
pub(super) fn mails(differences: &mut Differences, site: &LivingSite, ledger: &[Entry], reader: &str, mails: &[Mail], by: Option<&[Hook]>) {
    let mut told = Telling::new();
    let mut last = Millis(0);
    for mail in mails.iter().filter(|mail| mail.to == [reader]) {
        last = last.max(mail.at);
        for number in numbers(site, &mail.text()) {
            *told.entry((number, "mail".to_owned())).or_default() += 1;
        }
    }
    let mut happened = Telling::new();
    for entry in ledger.iter().filter(|entry| !entry.archived) {
        let number = entry.copy.number;
        // A digest does not speak of what was taken back before it was cut, or came after the last one.
        let late = by.is_some_and(|hooks| !came_before(site, hooks, number, last));
        if late || by.is_some() && entry.copy.withdrawn.is_some() {
            told.remove(&(number, "mail".to_owned()));
            continue;
        }
        happened.insert((number, "mail".to_owned()), 1);
    }
    compare_tellings(differences, reader, &told, &happened);
}

fn came_before(site: &LivingSite, hooks: &[Hook], number: u32, moment: Millis) -> bool {
    let of = |hook: &Hook| serde_json::from_slice::<Value>(&hook.body).unwrap()["data"]["url"].as_str().and_then(|url| site.number_of(url));
    hooks.iter().any(|hook| hook.event_type == "article.published" && hook.at < moment && of(hook) == Some(number))
}

/// The articles of the site that a text links to.
fn numbers(site: &LivingSite, text: &str) -> BTreeSet<u32> {
    let starts = text.match_indices("http://").map(|(at, _)| at);
    let urls = starts.map(|at| text[at..].split(|c: char| c.is_whitespace() || "<>\"'）)".contains(c)).next().unwrap_or_default());
    urls.filter_map(|url| site.number_of(url)).collect()
}
