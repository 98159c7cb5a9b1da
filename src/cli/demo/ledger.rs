//! What came of everything that was published: a line as each delivery settles, and one as the feed has the article.

use std::collections::HashSet;

use super::feed;
use super::newsroom::{HOOK, Newsroom};
use crate::cli::Failure;
use crate::demo::Fresh;
use crate::model::{ArticleId, CanonicalUrl, Millis, ReceiverId, Seq, State, Subject};
use crate::store::{DeliveryFilter, DeliveryLine};

/// How an article came to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    /// A feed reader fetched it.
    Feed,
    /// Into a mailbox.
    Mail,
    /// Posted to an endpoint.
    Webhook,
}

/// One line of the demo's ledger.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// When it settled.
    pub(super) at: Millis,
    /// How.
    pub(super) channel: Channel,
    /// To whom.
    pub(super) receiver: String,
    /// What came of it.
    pub(super) state: State,
    /// What the receiver answered; `None` where it did not.
    pub(super) code: Option<i64>,
    /// How long the last attempt took, in milliseconds.
    pub(super) ms: Option<i64>,
    /// Of the article; `None`: a letter to one reader.
    pub(super) headline: Option<String>,
}

/// Deliveries that one look brings; the demo makes far fewer.
const PAGE: i64 = 500;

/// Follows what was published.
pub(super) struct Ledger<'a> {
    newsroom: &'a Newsroom,
    told: HashSet<(Seq, ReceiverId)>,
    on_its_way: Vec<Fresh>,
}

impl<'a> Ledger<'a> {
    /// A ledger that has told nothing yet.
    pub(super) fn new(newsroom: &'a Newsroom) -> Self {
        Self { newsroom, told: HashSet::new(), on_its_way: Vec::new() }
    }

    /// Looks for this one in the feeds from now on.
    pub(super) fn expect(&mut self, fresh: Fresh) {
        self.on_its_way.push(fresh);
    }

    /// What settled since the last look, the first first.
    pub(super) async fn news(&mut self) -> Result<Vec<Line>, Failure> {
        let mut news = Vec::new();
        for fresh in std::mem::take(&mut self.on_its_way) {
            match self.in_the_feed(&fresh).await? {
                Some(line) => news.push(line),
                None => self.on_its_way.push(fresh),
            }
        }
        let lines = self.newsroom.house().store.deliveries(&DeliveryFilter::default(), PAGE).await?;
        for line in lines.iter().filter(|line| line.state.is_settled()) {
            if self.told.insert((line.subject.seq(), line.receiver)) {
                news.push(self.line(line).await?);
            }
        }
        news.sort_by_key(|line| line.at);
        Ok(news)
    }

    /// The line of an article that its section's feed carries.
    async fn in_the_feed(&self, fresh: &Fresh) -> Result<Option<Line>, Failure> {
        let house = self.newsroom.house();
        let Some(row) = house.store.article_by_url(&CanonicalUrl::parse(&fresh.url)?).await? else { return Ok(None) };
        let fetched = feed::fetch(self.newsroom, row.article.sections.first()).await?;
        Ok(fetched.carries(&fresh.url, &fresh.headline).then(|| Line {
            at: house.clock.now(),
            channel: Channel::Feed,
            receiver: fetched.path,
            state: State::Accepted,
            code: Some(i64::from(fetched.status)),
            ms: Some(fetched.ms),
            headline: Some(fresh.headline.clone()),
        }))
    }

    async fn line(&self, line: &DeliveryLine) -> Result<Line, Failure> {
        let house = self.newsroom.house();
        let last = house.store.attempts(line.subject.seq(), line.receiver).await?.pop().map(|attempt| attempt.exchange);
        let is_hook = line.endpoint.is_some();
        let receiver = if line.endpoint == Some(self.newsroom.endpoint) {
            format!("{}{HOOK}", self.newsroom.stage.receiver.address())
        } else {
            self.address(line.receiver).await?.unwrap_or_else(|| line.name.clone())
        };
        let headline = match line.subject {
            Subject::Event(seq) => self.headline_of(seq).await?,
            Subject::Edition(seq) => house.store.edition(seq).await?.map(|row| row.title),
            Subject::Letter(_) => None,
        };
        Ok(Line {
            at: line.settled_at.unwrap_or_default(),
            channel: if is_hook { Channel::Webhook } else { Channel::Mail },
            receiver,
            state: line.state,
            code: last.as_ref().and_then(|last| last.code),
            ms: last.map(|last| last.ms),
            headline,
        })
    }

    /// Nobody's real address: the demo made all of them up.
    async fn address(&self, reader: ReceiverId) -> Result<Option<String>, Failure> {
        let row = self.newsroom.house().store.subscriber(reader).await?;
        Ok(row.and_then(|row| row.subscriber.email).map(|email| email.expose().to_owned()))
    }

    async fn headline_of(&self, event: Seq) -> Result<Option<String>, Failure> {
        let store = &self.newsroom.house().store;
        let Some(event) = store.event(event).await? else { return Ok(None) };
        let id: ArticleId = event.article;
        Ok(store.article_by_id(id).await?.map(|row| row.article.title))
    }
}
