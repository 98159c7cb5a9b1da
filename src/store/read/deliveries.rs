//! The ledger: where did it go, what did each receiver say, what comes next?

use crate::model::{ArticleId, Attempt, Exchange, Millis, Phase, ReceiverId, Seq, State, Subject};
use crate::store::db::{row, rows};
use crate::store::{Doing as _, Store, StoreError};
use uuid::Uuid;

/// Which lines of the ledger a list holds.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// About this article: its events, and the editions that carry it.
    pub article: Option<ArticleId>,
    /// To this receiver.
    pub receiver: Option<ReceiverId>,
    /// In this state.
    pub state: Option<State>,
    /// Refused, uncertain and expired ones.
    pub failed: bool,
    /// Behind this place: subject and receiver of the last one seen.
    pub after: Option<(Seq, ReceiverId)>,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryLine {
    /// What.
    pub subject: Subject,
    /// The event's type, the edition's kind, the letter's kind.
    pub about: String,
    /// To whom.
    pub receiver: ReceiverId,
    /// How: `webhook`, `mail` …
    pub channel: String,
    /// The receiver for a person: the endpoint's name or id, `reader 17`.
    pub name: String,
    /// The endpoint's public id, where it is one.
    pub endpoint: Option<Uuid>,
    /// Where it stands.
    pub state: State,
    /// When a parked one is due.
    pub due: Option<Millis>,
    /// Attempts so far.
    pub tries: i64,
    /// What went.
    pub carried: Option<i64>,
    /// The last answer in words.
    pub why: Option<String>,
    /// When it came to rest.
    pub settled_at: Option<Millis>,
}

/// How many deliveries are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerCount {
    /// Which.
    pub state: State,
    /// How many.
    pub n: i64,
}

/// The law of the ledger for one subject.
pub type Ledger = Vec<LedgerCount>;

#[derive(sqlx::FromRow)]
pub(in crate::store) struct RawLine {
    kind: String,
    subject: i64,
    about: String,
    receiver: i64,
    channel: String,
    endpoint_name: Option<String>,
    endpoint: Option<Uuid>,
    state: String,
    due: Option<i64>,
    tries: i64,
    carried: Option<i64>,
    why: Option<String>,
    settled_at: Option<i64>,
}

impl TryFrom<RawLine> for DeliveryLine {
    type Error = StoreError;
    fn try_from(raw: RawLine) -> Result<Self, StoreError> {
        let unreadable = |why| StoreError::Unreadable { what: "a delivery", why };
        let name = match (&raw.endpoint_name, &raw.endpoint) {
            (Some(name), _) => name.clone(),
            (None, Some(public)) => public.to_string(),
            (None, None) => format!("reader {}", raw.receiver),
        };
        Ok(Self {
            subject: Subject::stored(&raw.kind, Seq(raw.subject)).map_err(unreadable)?,
            about: raw.about,
            receiver: ReceiverId(raw.receiver),
            channel: raw.channel,
            name,
            endpoint: raw.endpoint,
            state: State::try_from(raw.state).map_err(unreadable)?,
            due: raw.due.map(Millis),
            tries: raw.tries,
            carried: raw.carried,
            why: raw.why,
            settled_at: raw.settled_at.map(Millis),
        })
    }
}

/// What every question about the ledger selects.
macro_rules! line_columns {
    () => {
        "select d.kind, d.subject, coalesce(v.type, n.kind, t.kind, '') as about, d.receiver, l.channel, p.name as endpoint_name, p.public as endpoint, \
         d.state, d.due, d.tries, d.carried, d.why, d.settled_at from delivery d join lane l on l.id = d.lane \
         left join event v on v.seq = d.subject left join edition n on n.id = d.subject left join letter t on t.id = d.subject \
         left join endpoint p on p.id = d.receiver "
    };
}
pub(in crate::store) use line_columns;

#[derive(sqlx::FromRow)]
struct RawAttempt {
    n: i64,
    at: i64,
    ms: i64,
    phase: String,
    code: Option<i64>,
    why: Option<String>,
    response: Option<String>,
}

impl Store {
    /// A page of the ledger, the newest subject first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(&self, filter: &DeliveryFilter, limit: i64) -> Result<Vec<DeliveryLine>, StoreError> {
        const ALL: &str = concat!(
            line_columns!(),
            "where ($1 is null or d.receiver = $1) and ($2 is null or d.state = $2)",
            " and (not $3 or d.state in ('refused', 'uncertain', 'expired')) and ($4 is null or (d.subject, d.receiver) < ($4, $5))",
            " order by d.subject desc, d.receiver desc limit $6"
        );
        const OF_ARTICLE: &str = concat!(
            line_columns!(),
            "where d.subject in (select seq from event where article = $7 union select a.edition from edition_article a where a.article = $7)",
            " and ($1 is null or d.receiver = $1) and ($2 is null or d.state = $2)",
            " and (not $3 or d.state in ('refused', 'uncertain', 'expired')) and ($4 is null or (d.subject, d.receiver) < ($4, $5))",
            " order by d.subject desc, d.receiver desc limit $6"
        );
        let receiver = filter.receiver.map(|id| id.0);
        let state = filter.state.map(State::as_str);
        let (subject, last) = filter.after.map_or((None, None), |(subject, receiver)| (Some(subject.0), Some(receiver.0)));
        let raw = match filter.article {
            None => rows!(self, RawLine, ALL, receiver, state, filter.failed, subject, last, limit),
            Some(article) => rows!(self, RawLine, OF_ARTICLE, receiver, state, filter.failed, subject, last, limit, article.0),
        };
        raw.doing("read the ledger")?.into_iter().map(DeliveryLine::try_from).collect()
    }

    /// One delivery.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery(&self, subject: Seq, receiver: ReceiverId) -> Result<Option<DeliveryLine>, StoreError> {
        const SQL: &str = concat!(line_columns!(), "where d.subject = $1 and d.receiver = $2");
        row!(self, RawLine, SQL, subject.0, receiver.0).doing("read a delivery")?.map(DeliveryLine::try_from).transpose()
    }

    /// Every attempt at a delivery, the first first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts(&self, subject: Seq, receiver: ReceiverId) -> Result<Vec<Attempt>, StoreError> {
        const SQL: &str = "select n, at, ms, phase, code, why, response from attempt where subject = $1 and receiver = $2 order by n";
        let raw = rows!(self, RawAttempt, SQL, subject.0, receiver.0).doing("read attempts")?;
        let read = |raw: RawAttempt| {
            let phase = Phase::try_from(raw.phase).map_err(|why| StoreError::Unreadable { what: "an attempt", why })?;
            let exchange = Exchange { at: Millis(raw.at), ms: raw.ms, phase, code: raw.code, response: raw.response };
            Ok(Attempt { n: raw.n, exchange, why: raw.why })
        };
        raw.into_iter().map(read).collect()
    }

    /// How many deliveries of a subject are in each state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger(&self, subject: Seq) -> Result<Ledger, StoreError> {
        const SQL: &str = "select state, count(*) from delivery where subject = $1 group by state order by state";
        counts(rows!(self, (String, i64), SQL, subject.0).doing("count deliveries")?)
    }

    /// How many deliveries are in each state, over everything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger_of_all(&self) -> Result<Ledger, StoreError> {
        const SQL: &str = "select state, count(*) from delivery group by state order by state";
        counts(rows!(self, (String, i64), SQL).doing("count deliveries")?)
    }

    /// Whether nothing is left to do: every event fanned out, every edition addressed, no subject open, nothing parked or in flight.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_quiet(&self) -> Result<bool, StoreError> {
        self.is_quiet_until(Millis(i64::MAX)).await
    }

    /// Whether nothing is left to do before this moment: what is parked for a later one is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_quiet_until(&self, moment: Millis) -> Result<bool, StoreError> {
        const SQL: &str = "select (select count(*) from event where fanned < 9223372036854775807) \
                           + (select count(*) from edition where state = 'addressing') \
                           + (select count(*) from delivery d join open_subject o on o.subject = d.subject where d.state = 'waiting') \
                           + (select count(*) from delivery where state = 'sending' or (state = 'parked' and due <= $1))";
        Ok(row!(self, (i64,), SQL, moment.0).doing("look for work left")?.is_none_or(|(left,)| left == 0))
    }
}

fn counts(raw: Vec<(String, i64)>) -> Result<Ledger, StoreError> {
    let read = |(state, n): (String, i64)| {
        State::try_from(state).map(|state| LedgerCount { state, n }).map_err(|why| StoreError::Unreadable { what: "a delivery", why })
    };
    raw.into_iter().map(read).collect()
}
