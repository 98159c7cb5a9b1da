//! `postrider deliveries` and `postrider replay`: the ledger.

use serde_json::json;

use super::{Desk, Done, Failure, mind_the_daemon, say};
use crate::app::House;
use crate::model::{Actor, ArticleKey, ReceiverId, Seq, State};
use crate::store::{DeliveryFilter, DeliveryLine};

/// Lines that one reading brings.
const PAGE: i64 = 500;

#[derive(Debug, clap::Args)]
pub(super) struct Deliveries {
    /// Only about this article, with every attempt.
    #[arg(long, value_name = "ID")]
    article: Option<String>,
    /// Only refused, uncertain and expired ones.
    #[arg(long)]
    failed: bool,
    /// As JSON lines.
    #[arg(long)]
    json: bool,
}

impl Deliveries {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        let article = match &self.article {
            None => None,
            Some(id) => {
                let key = ArticleKey::parse(id).ok_or_else(|| Failure::Usage(format!("no article id: {id}")))?;
                let row = house.store.article(&key).await?;
                Some(row.ok_or_else(|| Failure::Failed(anyhow::anyhow!("no article is called {id}")))?.id)
            }
        };
        let mut filter = DeliveryFilter { article, failed: self.failed, ..DeliveryFilter::default() };
        loop {
            let lines = house.store.deliveries(&filter, PAGE).await?;
            for line in &lines {
                show(&house, line, self.json, article.is_some()).await?;
            }
            match lines.last() {
                Some(last) if lines.len() as i64 == PAGE => filter.after = Some((last.subject.seq(), last.receiver)),
                _ => return Ok(()),
            }
        }
    }
}

/// One line of the ledger: `id  about  channel  receiver  state  tries  answer  next`, tab-separated.
pub(super) fn ledger_line(house: &House, line: &DeliveryLine) -> String {
    let zone = house.config.site.timezone;
    let next = line.due.filter(|_| line.state == State::Parked).map_or_else(String::new, |at| format!("next {}", at.rfc3339(zone)));
    let why = line.why.as_deref().unwrap_or_default();
    let (seq, receiver, state) = (line.subject.seq(), line.receiver, line.state.as_str());
    format!("{seq}-{receiver}\t{}\t{}\t{}\t{state}\t{}\t{why}\t{next}", line.about, line.channel, line.name, line.tries)
        .trim_end()
        .to_owned()
}

async fn show(house: &House, line: &DeliveryLine, as_json: bool, with_attempts: bool) -> Done {
    let zone = house.config.site.timezone;
    let attempts = if with_attempts { house.store.attempts(line.subject.seq(), line.receiver).await? } else { Vec::new() };
    if as_json {
        let attempts: Vec<_> = attempts
            .iter()
            .map(|attempt| json!({ "n": attempt.n, "at": attempt.exchange.at.rfc3339(zone), "ms": attempt.exchange.ms, "code": attempt.exchange.code, "why": attempt.why }))
            .collect();
        let shown = json!({
            "id": format!("{}-{}", line.subject.seq(), line.receiver), "about": line.about, "channel": line.channel, "receiver": line.name,
            "endpoint": line.endpoint, "state": line.state, "tries": line.tries, "why": line.why,
            "next": line.due.filter(|_| line.state == State::Parked).map(|at| at.rfc3339(zone)),
            "settled": line.settled_at.map(|at| at.rfc3339(zone)), "attempts": attempts,
        });
        say(&shown.to_string());
        return Ok(());
    }
    say(&ledger_line(house, line));
    for attempt in attempts {
        let exchange = &attempt.exchange;
        let code = exchange.code.map_or_else(|| exchange.phase.as_str().to_owned(), |code| code.to_string());
        say(&format!(
            "  try {}\t{}\t{} ms\t{code}\t{}",
            attempt.n,
            exchange.at.rfc3339(zone),
            exchange.ms,
            attempt.why.as_deref().unwrap_or("ok")
        ));
    }
    Ok(())
}

#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// Deliveries, as the ledger names them.
    #[arg(required_unless_present = "since")]
    deliveries: Vec<String>,
    /// Instead: every refused, uncertain and expired one that settled since (RFC 3339).
    #[arg(long, value_name = "TIME", conflicts_with = "deliveries")]
    since: Option<String>,
}

impl Replay {
    pub(super) async fn run(self, desk: &Desk) -> Done {
        let house = desk.house().await?;
        let deliveries = match &self.since {
            Some(since) => failed_since(&house, since).await?,
            None => self.deliveries.iter().map(|id| read(id)).collect::<Result<_, _>>()?,
        };
        let n = crate::publish::replay(&house.store, &deliveries, &Actor::Command, house.clock.now()).await?;
        say(&format!("{n} deliveries go out again"));
        mind_the_daemon(&house);
        Ok(())
    }
}

fn read(id: &str) -> Result<(Seq, ReceiverId), Failure> {
    let read = id.split_once('-').and_then(|(subject, receiver)| Some((Seq(subject.parse().ok()?), ReceiverId(receiver.parse().ok()?))));
    read.ok_or_else(|| Failure::Usage(format!("no delivery is called {id}; `postrider deliveries` gives their names")))
}

async fn failed_since(house: &House, since: &str) -> Result<Vec<(Seq, ReceiverId)>, Failure> {
    let since =
        chrono::DateTime::parse_from_rfc3339(since).map_err(|_| Failure::Usage("a time such as 2021-10-29T08:30:00+08:00".to_owned()))?;
    let since = crate::model::Millis::from(since);
    let mut filter = DeliveryFilter { failed: true, ..DeliveryFilter::default() };
    let mut found = Vec::new();
    loop {
        let lines = house.store.deliveries(&filter, PAGE).await?;
        found.extend(
            lines.iter().filter(|line| line.settled_at.is_some_and(|at| at >= since)).map(|line| (line.subject.seq(), line.receiver)),
        );
        match lines.last() {
            Some(last) if lines.len() as i64 == PAGE => filter.after = Some((last.subject.seq(), last.receiver)),
            _ => return Ok(found),
        }
    }
}
