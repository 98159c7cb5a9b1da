//! The real binary on a store of a test: `postrider serve` as a process of its own, spoken to over HTTP, and killed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use postrider::app::House;
use postrider::clock::{Clock, Ids};
use postrider::config::Config;
use postrider::model::{Actor, EndpointState, Filters, Preset};
use postrider::store::Scope;
use postrider::store::write::audience::{NewEndpoint, add_endpoint};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::scratch;
use super::store_url::StoreUrl;

/// What every endpoint here signs with.
pub(crate) const SECRET: &str = "whsec_c2VjcmV0IG9mIGEgdGhvdXNhbmQgcmVjZWl2ZXJz";
/// A start on a busy machine, migrations and recovery included.
const START_WITHIN: Duration = Duration::from_secs(30);
/// How often whoever waits for quiet looks.
const LOOK: Duration = Duration::from_millis(20);

/// A newsroom's folder and store, which outlive every daemon that is killed on them.
pub(crate) struct Estate {
    /// Every room over the same store, as a command beside the daemon has them.
    pub(crate) house: House,
    /// A token that may push.
    pub(crate) token: String,
    folder: tempfile::TempDir,
    store: StoreUrl,
}

impl Estate {
    /// Writes the configuration file, the keys and a token.
    pub(crate) async fn on(store: StoreUrl) -> Self {
        Self::with(store, "").await
    }

    /// The same, with more tables in its configuration.
    pub(crate) async fn with(store: StoreUrl, more: &str) -> Self {
        let folder = scratch::folder();
        let settings = format!(
            "[site]\nauto_sections = true\n[store]\nurl = {:?}\n[http]\nlisten = \"127.0.0.1:0\"\n[outbound]\nallow = [\"127.0.0.0/8\"]\n{more}",
            store.as_str()
        );
        let file = config_file(folder.path());
        std::fs::write(&file, settings).unwrap();
        let config = Config::load(Some(&file), std::iter::empty(), &[]).unwrap();
        let house = House::open(config, Clock::System, Ids::default()).await.unwrap();
        let token = house.access.create_token("cms", Scope::Write, None, &Actor::Command).await.unwrap().expose().to_owned();
        Self { house, token, folder, store }
    }

    /// Adds live endpoints that want everything, in one commit.
    pub(crate) async fn add_endpoints(&self, urls: impl IntoIterator<Item = String>) {
        let (house, now) = (&self.house, self.house.clock.now());
        let mut tx = house.store.begin().await.unwrap();
        for url in urls {
            let new = NewEndpoint {
                public: house.ids.uuid(now),
                name: None,
                url: &house.keys.seal(url.as_bytes()),
                secrets: &[house.keys.seal(SECRET.as_bytes())],
                preset: Preset::Standard,
                filters: &Filters::default(),
                state: EndpointState::Live,
                owner: None,
                origin: "command",
            };
            add_endpoint(&mut tx, &new, now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Starts the daemon; returns once it listens.
    pub(crate) async fn serve(&self) -> Daemon {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_postrider"));
        serve.arg("serve").arg("--config").arg(config_file(self.folder.path())).current_dir(self.folder.path());
        let mut child = serve.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(START_WITHIN, said.next_line()).await.expect("the daemon starts in time").unwrap();
        let line = line.expect("the daemon says where it listens");
        let address = line.strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        Daemon { child, address: address.unwrap_or_else(|| panic!("no address in {line:?}")), token: self.token.clone() }
    }

    /// Waits until nothing is left to do; `false` when `deadline` passes first.
    pub(crate) async fn quiet_within(&self, deadline: Duration) -> bool {
        let quiet = async {
            while !self.house.store.is_quiet().await.unwrap() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(deadline, quiet).await.is_ok()
    }

    /// Where its store is.
    pub(crate) const fn store(&self) -> &StoreUrl {
        &self.store
    }
}

fn config_file(folder: &Path) -> PathBuf {
    folder.join("postrider.toml")
}

/// A running `postrider serve`. Dropped, it is killed.
pub(crate) struct Daemon {
    child: Child,
    address: SocketAddr,
    token: String,
}

impl Daemon {
    /// kill -9; returns once the process is gone.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// The number of its process.
    #[allow(dead_code, reason = "the benches, which share this file, ask for it")]
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it has not been waited for")
    }

    /// A connection that pushes.
    pub(crate) async fn desk(&self) -> Desk {
        #[expect(clippy::disallowed_methods, reason = "a test's own client")]
        let stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Desk { sender, host: self.address.to_string(), bearer: format!("Bearer {}", self.token) }
    }
}

/// A CMS's connection to the API.
pub(crate) struct Desk {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    bearer: String,
}

impl Desk {
    /// Pushes an article that must be new: when this returns, it is on disk.
    pub(crate) async fn push(&mut self, article: &Value) {
        self.sender.ready().await.unwrap();
        let request = http::Request::post("/api/v1/articles").header("host", &self.host).header("authorization", &self.bearer);
        let request = request.header("content-type", "application/json").body(Full::from(article.to_string())).unwrap();
        let answer = self.sender.send_request(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
    }
}

/// The `n`th article, whose body takes about three kilobytes.
pub(crate) fn story(n: usize) -> Value {
    let text = "徐徐展开的乡村画卷，让更多人看见家乡的变化。\n\n".repeat(45);
    serde_json::json!({ "external_id": format!("story-{n}"), "title": format!("第 {n} 篇"), "content_text": text })
}
