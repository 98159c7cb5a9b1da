//! A whole newsroom: the real daemon in this process, on a port of its own, between a mailbox and a webhook receiver on loopback.
//!
//! It is spoken to over HTTP, SMTP and files alone. Its clock stands still until a test moves it; the network keeps real time.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Method;
use postrider::app::{App, AppError, House, Running};
use postrider::clock::{Clock, Ids};
use postrider::config::Config;
use postrider::demo::{EnglishSite, Hook, Keep, LegacySite, Mail, Mailbox, Receiver};
use postrider::lifecycle::Lifecycle;
use postrider::model::Actor;
use postrider::store::{Scope, Store};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::Instant;

use super::http::{Answer, Ask};
use super::rows::MORNING;
use super::store_url::StoreUrl;
use super::{Backend, log, scratch};

/// Longer than anything here takes on a busy machine, unless it waits for what never comes.
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// How often what is waited for is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// A page of a list, as long as the API gives.
const PAGE: usize = 200;

/// What is asked of a newsroom before it starts.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    path: String,
    mail: Option<String>,
    more: String,
    clock: Option<Clock>,
}

impl Plan {
    /// The path of `base_url`, with slashes at both ends.
    pub(crate) fn below(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Another mail server than the mailbox.
    pub(crate) fn mail_server(mut self, url: &str) -> Self {
        self.mail = Some(url.to_owned());
        self
    }

    /// Tables behind all others. `$RECEIVER`, `$FEED` and `$LISTING` stand for the peers' addresses.
    pub(crate) fn more(mut self, toml: &str) -> Self {
        self.more.push_str(toml);
        self.more.push('\n');
        self
    }

    /// Follows this clock, as a peer does that was there before.
    pub(crate) fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Starts it.
    pub(crate) async fn start(self, backend: Backend) -> Newsroom {
        Newsroom::start_as(self, backend.store_url().await).await
    }
}

/// The daemon and its peers.
pub(crate) struct Newsroom {
    /// Takes webhooks.
    pub(crate) receiver: Receiver,
    /// Takes mail.
    pub(crate) mailbox: Mailbox,
    /// Prints articles and a feed of its own.
    pub(crate) english: EnglishSite,
    /// Prints articles in GB18030, and knows no feed.
    pub(crate) legacy: LegacySite,
    /// Everybody's clock.
    pub(crate) clock: Clock,
    /// A bearer token that may do everything.
    pub(crate) token: String,
    address: SocketAddr,
    /// Keeps the port while no daemon runs: another test would be given it.
    door: std::net::TcpListener,
    path: String,
    running: Option<Running>,
    stage: Lifecycle,
    eye: Store,
    folder: TempDir,
    home: StoreUrl,
}

impl Newsroom {
    /// Something else than usual.
    pub(crate) fn plan() -> Plan {
        Plan { path: "/".to_owned(), ..Plan::default() }
    }

    /// A newsroom with the sections `news` (新闻), `news/yicheng` (宜城新闻) and `sports` (体育), and nobody who listens.
    pub(crate) async fn start(backend: Backend) -> Self {
        Self::plan().start(backend).await
    }

    async fn start_as(plan: Plan, home: StoreUrl) -> Self {
        log::listen();
        let clock = plan.clock.clone().unwrap_or_else(|| Clock::manual(MORNING));
        let (stage, folder) = (Lifecycle::default(), scratch::folder());
        let receiver = Receiver::start(Keep::Whole, clock.clone(), &stage).await.unwrap();
        let mailbox = Mailbox::start(clock.clone(), &stage).await.unwrap();
        let door = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().into_std().unwrap();
        let listener = TcpListener::from_std(door.try_clone().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let english = EnglishSite::start(clock.clone(), &stage).await.unwrap();
        let legacy = LegacySite::start(clock.clone(), &stage).await.unwrap();
        let config = written(&plan, address, home.as_str(), &mailbox);
        let [(listing, _), _] = legacy.listings();
        let config = config.replace("$RECEIVER", &receiver.url("")).replace("$FEED", &english.feed_url()).replace("$LISTING", &listing);
        let file = folder.path().join("postrider.toml");
        std::fs::write(&file, config).unwrap();
        let running = App::start(read(&file), clock.clone(), Ids::default(), Some(listener)).await.unwrap();
        let token = running.house.access.create_token("test", Scope::Admin, None, &Actor::Command).await.unwrap().expose().to_owned();
        let eye = home.open().await;
        Self {
            receiver,
            mailbox,
            english,
            legacy,
            clock,
            token,
            address,
            door,
            path: plan.path,
            running: Some(running),
            stage,
            eye,
            folder,
            home,
        }
    }

    /// The configuration file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("postrider.toml")
    }

    /// The rooms over the same store, as another process would open them: a command beside the daemon.
    pub(crate) async fn another_process(&self) -> House {
        House::open(read(&self.file()), self.clock.clone(), Ids::default()).await.unwrap()
    }

    /// What becomes of a second daemon on the same store.
    pub(crate) async fn second_daemon(&self) -> Result<Running, AppError> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        App::start(read(&self.file()), self.clock.clone(), Ids::default(), Some(listener)).await
    }

    /// Another newsroom of the same configuration, over an empty store.
    pub(crate) async fn with_an_empty_store(self, backend: Backend) -> Self {
        self.finish().await;
        Self::start(backend).await
    }

    /// An absolute address below the base.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{}{path}", self.address, self.path)
    }

    /// The part of an absolute address of ours that goes into a request.
    #[track_caller]
    pub(crate) fn path_of(&self, url: &str) -> String {
        url.strip_prefix(&format!("http://{}", self.address)).unwrap_or_else(|| panic!("not ours: {url}")).to_owned()
    }

    /// Opens at this place what leads to the mailbox: a server that comes back.
    pub(crate) fn open_mailbox_at(&self, place: TcpSocket) {
        /// Connections that may wait to be accepted.
        const BACKLOG: u32 = 16;
        let listener = place.listen(BACKLOG).unwrap();
        let (mailbox, stage) = (self.mailbox.address(), self.stage.clone());
        self.stage.spawn("the way to the mailbox", async move {
            loop {
                tokio::select! {
                    () = stage.stopping() => return Ok::<(), std::io::Error>(()),
                    came = listener.accept() => {
                        let (mut near, _) = came?;
                        stage.spawn_work(async move {
                            #[expect(clippy::disallowed_methods, reason = "the tests' own side of the wire")]
                            let mut far = tokio::net::TcpStream::connect(mailbox).await.unwrap();
                            // Either side may leave as it likes.
                            let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                        });
                    }
                }
            }
        });
    }

    /// Sends a request whose path is whole.
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        ask.send_to(self.address).await
    }

    /// Reads what lies below the base, as anybody may.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Ask::get(format!("{}{path}", self.path))).await
    }

    /// A request to the API with the operator's token. `path` lies below `/api/v1/`.
    pub(crate) fn api(&self, method: Method, path: &str) -> Ask {
        Ask::new(method, format!("{}api/v1/{path}", self.path)).bearer(&self.token)
    }

    /// Reads from the API.
    pub(crate) async fn see(&self, path: &str) -> Value {
        self.ask(self.api(Method::GET, path)).await.must_be(200).json()
    }

    /// Posts to the API.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(self.api(Method::POST, path).json(body)).await
    }

    /// Pushes an article.
    pub(crate) async fn push(&self, article: &Value) -> Answer {
        self.post("articles", article).await
    }

    /// Pushes an article that must be new; its id.
    pub(crate) async fn publish(&self, article: &Value) -> String {
        self.push(article).await.must_be(201).json()["id"].as_str().unwrap().to_owned()
    }

    /// Adds an endpoint at a path of the receiver, which then trusts its secret; its id.
    pub(crate) async fn endpoint(&self, path: &str, mut wants: Value) -> String {
        wants["url"] = Value::from(self.receiver.url(path));
        let added = self.post("endpoints", &wants).await.must_be(201).json();
        self.receiver.trust(path, added["secret"].as_str().unwrap()).unwrap();
        added["id"].as_str().unwrap().to_owned()
    }

    /// A reader whose consent is on record.
    pub(crate) async fn reader(&self, email: &str, subscriptions: &Value, language: &str) {
        let wanted = json!({ "email": email, "subscriptions": subscriptions, "language": language, "consent": "on paper" });
        self.post("subscribers", &wanted).await.must_be(201);
    }

    /// Moves everybody's clock.
    pub(crate) fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Waits until the daemon has nothing left to do now: whatever the clock has not brought yet stays where it is.
    pub(crate) async fn settle(&self) {
        self.until("nothing is left to do", async || self.is_settled().await).await;
    }

    /// The same where one endpoint does not answer: what it is owed stays where it is.
    pub(crate) async fn settle_without(&self, endpoint: &str) {
        self.until("nothing is left to do for the others", async || {
            if self.is_due().await || self.eye.is_fanning().await.unwrap() {
                return false;
            }
            let waiting = self.deliveries("&state=waiting").await;
            waiting.iter().all(|line| line["endpoint"] == endpoint)
        })
        .await;
    }

    async fn is_settled(&self) -> bool {
        !self.is_due().await && self.eye.is_quiet_until(self.clock.now()).await.unwrap()
    }

    /// Whether the clock has brought something that nobody has begun.
    async fn is_due(&self) -> bool {
        let now = self.clock.now();
        let embargo = self.eye.next_release().await.unwrap().is_some_and(|at| at <= now);
        let slot = self.eye.digests().await.unwrap().iter().filter_map(|digest| digest.next_at).any(|at| at <= now);
        let look = self.eye.sources().await.unwrap().iter().any(|source| !source.paused && source.next_at.is_none_or(|at| at <= now));
        embargo || slot || look
    }

    /// Waits until `holds`.
    pub(crate) async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let began = Instant::now();
        while !holds().await {
            assert!(began.elapsed() < SOON, "waited in vain until {what}: {}", self.ledger_in_words().await);
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn ledger_in_words(&self) -> String {
        let lines = self.deliveries("").await;
        let newest: Vec<String> = lines.iter().take(8).map(ToString::to_string).collect();
        format!("{} deliveries, the newest: {}", lines.len(), newest.join("\n"))
    }

    /// Moves the clock on by steps until `holds`: for what comes back after rests of unknown length.
    pub(crate) async fn advance_until(&self, step: Duration, what: &str, mut holds: impl FnMut() -> bool) {
        self.until(what, async || {
            self.advance(step);
            holds()
        })
        .await;
    }

    /// Hooks of one path, once there are so many.
    pub(crate) async fn hooks(&self, path: &str, count: usize) -> Vec<Hook> {
        let here = |hooks: &[Hook]| hooks.iter().filter(|hook| hook.path == path).cloned().collect::<Vec<_>>();
        let came = self.receiver.wait_for(SOON, |hooks| here(hooks).len() >= count).await;
        let came = here(&came.unwrap_or_else(|| self.receiver.received()));
        assert_eq!(came.len(), count, "hooks at {path}: {came:?}");
        came
    }

    /// Mails to one reader, once there are so many.
    pub(crate) async fn mails(&self, to: &str, count: usize) -> Vec<Mail> {
        let here = |mails: &[Mail]| mails.iter().filter(|mail| mail.to == [to]).cloned().collect::<Vec<_>>();
        let came = self.mailbox.wait_for(SOON, |mails| here(mails).len() >= count).await;
        let came = here(&came.unwrap_or_else(|| self.mailbox.received()));
        let subjects: Vec<String> = came.iter().map(Mail::subject).collect();
        assert_eq!(came.len(), count, "mails: {subjects:?}, and {}", self.ledger_in_words().await);
        came
    }

    /// The whole ledger, the newest first. `query`: such as `&state=parked`.
    pub(crate) async fn deliveries(&self, query: &str) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.see(&format!("deliveries?limit={PAGE}&after={after}{query}")).await;
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => return all,
            }
        }
    }

    /// The types of all events so far, the first first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let page = self.see("events?limit=200").await;
        page["data"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Stops the daemon softly; its peers stay.
    pub(crate) async fn stop(&mut self) {
        assert_eq!(self.running.take().unwrap().stop().await, None, "a task ended before the stop");
    }

    /// Starts the daemon again on the same store and port.
    pub(crate) async fn go_on(&mut self) {
        let listener = TcpListener::from_std(self.door.try_clone().unwrap()).unwrap();
        self.running = Some(App::start(read(&self.file()), self.clock.clone(), Ids::default(), Some(listener)).await.unwrap());
    }

    /// Kills the daemon as far as one process can, and starts it again.
    pub(crate) async fn restart_hard(&mut self) {
        self.running.as_ref().unwrap().stop_hard();
        self.stop().await;
        self.go_on().await;
    }

    /// Stops softly, and proves that nothing crashed, panicked, was logged at error, or stands in two states.
    pub(crate) async fn finish(mut self) {
        let lines = self.deliveries("").await;
        let names: HashSet<&str> = lines.iter().map(|line| line["id"].as_str().unwrap()).collect();
        assert_eq!(names.len(), lines.len(), "a delivery stands twice in the ledger");
        let running = self.running.take().unwrap();
        assert_eq!(running.stop().await, None, "a task ended before the stop");
        self.eye.close().await;
        self.stage.stop_softly();
        self.stage.ended().await;
        let said = log::take();
        assert!(said.is_empty(), "{said:#?}");
        drop(self.home);
    }
}

fn read(file: &Path) -> Config {
    Config::load(Some(file), [], &[]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn written(plan: &Plan, address: SocketAddr, store: &str, mailbox: &Mailbox) -> String {
    let (path, more) = (&plan.path, &plan.more);
    let mail = plan.mail.clone().unwrap_or_else(|| mailbox.url());
    format!(
        r#"[site]
title = "云溪晚报"
base_url = "http://{address}{path}"
tag_authority = "news.example.cn,2026"
[store]
url = "{store}"
[keys]
file = "keys"
[outbound]
allow = ["127.0.0.0/8"]
[mail]
from = "news@example.cn"
[[mail.server]]
url = "{mail}"
[[section]]
slug = "news"
title = "新闻"
[[section]]
slug = "news/yicheng"
title = "宜城新闻"
[[section]]
slug = "sports"
title = "体育"
{more}
"#
    )
}
