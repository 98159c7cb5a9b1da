//! The newsroom of the demo: the stage, a real daemon between its peers, two readers and a webhook endpoint.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use bytes::Bytes;
use http::{HeaderMap, Method};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout_at};
use url::Url;
use uuid::Uuid;

use super::settings;
use crate::app::{App, House, Running};
use crate::audience::{NewEndpoint, Wish};
use crate::cli::{Failure, startup};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::demo::Stage;
use crate::lifecycle::Lifecycle;
use crate::model::{Actor, Cadence, Filters, Language, Preset, Slug, Subscription, Target};
use crate::outbound::{Limits, Reach, Request};
use crate::phrases::Phrases;
use crate::urls::{FeedFile, encode};

/// Where the webhook receiver takes the demo's hooks.
pub(super) const HOOK: &str = "/hook";
/// Who follows what: address, section, language, zone.
pub(super) const READERS: [(&str, &str, Language, &str); 2] = [
    ("lin@readers.example", settings::NEWS, Language::Chinese, "Asia/Shanghai"),
    ("amy@readers.example", settings::COURIER, Language::English, "Europe/London"),
];
/// How often something that comes by itself is looked for.
pub(super) const LOOK: Duration = Duration::from_millis(150);

/// Stage, daemon and audience.
pub(super) struct Newsroom {
    /// The peers.
    pub(super) stage: Stage,
    /// The daemon.
    pub(super) running: Running,
    /// The endpoint that the receiver stands behind.
    pub(super) endpoint: Uuid,
    lifecycle: Lifecycle,
    folder: TempDir,
}

impl Newsroom {
    /// Sets the stage, starts the daemon, adds the endpoint, and confirms the readers.
    pub(super) async fn open(listen: SocketAddr, language: Language, sets: &[String], deadline: Instant) -> Result<Self, Failure> {
        let (folder, lifecycle) = (tempfile::Builder::new().prefix("postrider-demo-").tempdir()?, Lifecycle::default());
        let stage = Stage::start(language, Clock::System, &lifecycle).await?;
        let listener = TcpListener::bind(listen).await.with_context(|| format!("listen on {listen}"))?;
        let address = listener.local_addr()?;
        // A listener on every address is opened by the one that is surely here.
        let host = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() };
        let base = format!("http://{}/", SocketAddr::new(host, address.port()));
        let file = folder.path().join(settings::FILE);
        std::fs::write(&file, settings::text(&stage, address, &base, language))?;
        let config = Config::load(Some(&file), [], sets).map_err(Failure::Config)?;
        let running = App::start(config, Clock::System, Ids::default(), Some(listener)).await.map_err(startup)?;
        let mut newsroom = Self { stage, running, endpoint: Uuid::nil(), lifecycle, folder };
        newsroom.add_endpoint().await?;
        for reader in READERS {
            newsroom.subscribe(reader, deadline).await?;
        }
        newsroom.show_doors(language).await?;
        Ok(newsroom)
    }

    /// The daemon's rooms.
    pub(super) const fn house(&self) -> &House {
        &self.running.house
    }

    /// The configuration file, for other commands beside the demo.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join(settings::FILE)
    }

    async fn add_endpoint(&mut self) -> Result<(), Failure> {
        let new = NewEndpoint {
            url: self.stage.receiver.url(HOOK),
            preset: Preset::Standard,
            filters: Filters::default(),
            owner: None,
            secret: None,
            proven: true,
        };
        let added = self.house().audience.add_endpoint(new, &Actor::Command, "demo").await?;
        self.stage.receiver.trust(HOOK, added.secret.expose())?;
        self.endpoint = added.id;
        Ok(())
    }

    /// Asks, waits for the mail, and presses the button behind its link.
    async fn subscribe(&self, reader: (&str, &str, Language, &str), deadline: Instant) -> Result<(), Failure> {
        let (email, section, language, zone) = reader;
        let follow = Subscription { target: Target::Section(Slug::parse(section)?), cadence: Cadence::Instant };
        let wish = Wish { email: email.to_owned(), subscriptions: vec![follow], language, zone: zone.to_owned() };
        let house = self.house();
        house.audience.ask(&wish, &Actor::Command).await?;
        let left = deadline.saturating_duration_since(Instant::now());
        let is_theirs = |mail: &crate::demo::Mail| mail.to.iter().any(|to| to == email);
        let mails = self.stage.mailbox.wait_for(left, |mails| mails.iter().any(is_theirs)).await;
        let mail = mails.and_then(|mails| mails.into_iter().find(is_theirs)).ok_or_else(|| anyhow!("no confirmation came for {email}"))?;
        let (text, door) = (mail.text(), house.urls.at("confirm/"));
        let link =
            text.split_whitespace().find(|word| word.starts_with(&door)).ok_or_else(|| anyhow!("no link in {email}'s confirmation"))?;
        let answer = self.ask(Method::POST, link, &Limits::DELIVERY).await?;
        if answer.status != 200 {
            return Err(anyhow!("the confirmation of {email} was answered with {}", answer.status).into());
        }
        Ok(())
    }

    /// One request to the daemon, as a browser or a feed reader would make it.
    pub(super) async fn ask(&self, method: Method, url: &str, limits: &Limits) -> Result<crate::outbound::Answer, Failure> {
        let request = Request { method, url: Url::parse(url)?, headers: HeaderMap::new(), body: Bytes::new() };
        Ok(self.house().outbound.exchange(request, &Reach::default(), limits).await?)
    }

    /// Writes the daemon's addresses on the stage's page; again and again, for the way into the console is good for one use.
    pub(super) async fn show_doors(&self, language: Language) -> Result<(), Failure> {
        let (house, words) = (self.house(), &Phrases::of(language).demo.terminal);
        let code = house.access.console_link(&Actor::Command).await?;
        self.stage.show(words.newsroom, &house.urls.home());
        self.stage.show(words.subscribe, &house.urls.subscribe());
        self.stage.show(words.feed_door, &house.urls.feed(None, FeedFile::Rss, false));
        self.stage.show(words.console, &house.urls.at(&format!("console/sign-in?code={}", encode(code.expose()))));
        Ok(())
    }

    /// Waits until every source was looked at once, which tells nobody anything.
    pub(super) async fn first_looks(&self, deadline: Instant) -> Result<(), Failure> {
        let looked = async {
            while !self.house().store.sources().await?.iter().all(|source| source.memory.visited) {
                sleep(LOOK).await;
            }
            Ok::<_, Failure>(())
        };
        timeout_at(deadline, looked).await.map_err(|_| anyhow!("the sites could not be read within a minute"))?
    }

    /// Finishes what is in hand, then lets the peers go. Returns what crashed, if anything did.
    pub(super) async fn stop(self) -> Option<String> {
        let crash = self.running.stop().await;
        self.lifecycle.stop_softly();
        self.lifecycle.ended().await;
        crash
    }
}
