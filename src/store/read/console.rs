//! The ledger as the console shows it: by event, endpoints one by one, readers of an edition together.

use serde_json::Value;

use super::deliveries::{RawLine, line_columns};
use super::events::{RawEvent, event_columns};
use crate::model::{ArticleId, EditionKind, Event, Millis, Seq, State};
use crate::store::db::rows;
use crate::store::{DeliveryLine, Doing as _, Store, StoreError};

/// The readers of an edition that stand alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionLine {
    /// Which article it carries.
    pub article: ArticleId,
    /// Which edition.
    pub edition: Seq,
    /// Its occasion.
    pub kind: EditionKind,
    /// Its headline.
    pub title: String,
    /// The first and last event that it covers.
    pub window: (Seq, Seq),
    /// Where these readers stand.
    pub state: State,
    /// How many they are.
    pub readers: i64,
    /// Most attempts among them.
    pub tries: i64,
    /// When the first of them is due, where they are parked.
    pub due: Option<Millis>,
    /// One of the last answers.
    pub why: Option<String>,
}

type RawEditionLine = (i64, i64, String, String, i64, i64, String, i64, i64, Option<i64>, Option<String>);

fn numbers(all: impl Iterator<Item = i64>) -> String {
    Value::from(all.map(|n| serde_json::json!({ "n": n })).collect::<Vec<_>>()).to_string()
}

impl Store {
    /// The event log backwards: of an article or of all, behind a place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_before(&self, article: Option<ArticleId>, before: Option<Seq>, limit: i64) -> Result<Vec<Event>, StoreError> {
        const ALL: &str = concat!("select ", event_columns!(), " from event e where e.seq < $1 order by e.seq desc limit $2");
        const OF_ARTICLE: &str =
            concat!("select ", event_columns!(), " from event e where e.article = $3 and e.seq < $1 order by e.seq desc limit $2");
        let before = before.map_or(i64::MAX, |seq| seq.0);
        let raw = match article {
            None => rows!(self, RawEvent, ALL, before, limit),
            Some(article) => rows!(self, RawEvent, OF_ARTICLE, before, limit, article.0),
        };
        raw.doing("read the event log")?.into_iter().map(Event::try_from).collect()
    }

    /// The deliveries of these events, at most `most` of each; those that are not accepted first, for they are what is looked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lines_of_events(&self, events: &[Seq], most: i64) -> Result<Vec<DeliveryLine>, StoreError> {
        const SQL: &str = concat!(
            line_columns!(),
            "join (select subject, receiver, row_number() over (partition by subject order by case state when 'accepted' then 1 else 0 end, ",
            "receiver) as place from delivery where subject in (select cast(j.value ->> 'n' as bigint) from json_each($1) j)) w ",
            "on w.subject = d.subject and w.receiver = d.receiver where w.place <= $2 order by d.subject desc, w.place"
        );
        let list = numbers(events.iter().map(|seq| seq.0));
        rows!(self, RawLine, SQL, &list, most).doing("read the ledger")?.into_iter().map(DeliveryLine::try_from).collect()
    }

    /// The editions that carry these articles, their readers counted by state; the newest edition first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edition_lines(&self, articles: &[ArticleId]) -> Result<Vec<EditionLine>, StoreError> {
        const SQL: &str = "select x.article, e.id, e.kind, e.title, e.cut_from, e.cut_to, d.state, count(*), max(d.tries), min(d.due), max(d.why) \
                           from edition_article x join edition e on e.id = x.edition and e.version = x.version join delivery d on d.subject = e.id \
                           where x.article in (select cast(j.value ->> 'n' as bigint) from json_each($1) j) \
                           group by x.article, e.id, e.kind, e.title, e.cut_from, e.cut_to, d.state order by e.id desc, d.state";
        let list = numbers(articles.iter().map(|id| id.0));
        let unreadable = |why| StoreError::Unreadable { what: "an edition's ledger", why };
        let raw = rows!(self, RawEditionLine, SQL, &list).doing("read the ledger of editions")?;
        let read = |(article, edition, kind, title, from, to, state, readers, tries, due, why): RawEditionLine| {
            Ok(EditionLine {
                article: ArticleId(article),
                edition: Seq(edition),
                kind: EditionKind::try_from(kind).map_err(unreadable)?,
                title,
                window: (Seq(from), Seq(to)),
                state: State::try_from(state).map_err(unreadable)?,
                readers,
                tries,
                due: due.map(Millis),
                why,
            })
        };
        raw.into_iter().map(read).collect()
    }
}
