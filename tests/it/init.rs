//! `postrider probe` and `init`: a site becomes a newsroom that `check` accepts and `serve` runs, and nobody is told of its past.

mod portal;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use postrider::clock::Clock;
use postrider::demo::{EnglishSite, LegacySite};
use postrider::lifecycle::Lifecycle;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::harness::{Ask, scratch};
use portal::{ARTICLES, Portal};

/// Everything that one command does here, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a command said.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A folder in which commands are typed, on one store.
struct Desk {
    home: tempfile::TempDir,
    store: String,
}

impl Desk {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
        command
            .args(arguments)
            .current_dir(self.home.path())
            .env("POSTRIDER_STORE__URL", &self.store)
            .env_remove("LANG")
            .env_remove("LC_ALL");
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn type_in(&self, arguments: &[&str]) -> Said {
        let ended = timeout(PATIENCE, self.command(arguments).output()).await.expect("the command ends").unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: ended.status.code(), out: text(ended.stdout), err: text(ended.stderr) }
    }

    async fn must(&self, arguments: &[&str]) -> Said {
        let said = self.type_in(arguments).await;
        assert_eq!(said.code, Some(0), "{arguments:?}\n{}\n{}", said.out, said.err);
        said
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.home.path().join("postrider.toml")).unwrap()
    }

    fn is_bare(&self) -> bool {
        std::fs::read_dir(self.home.path()).unwrap().next().is_none()
    }
}

/// A daemon on the configuration that `init` wrote.
struct Served {
    address: SocketAddr,
    token: String,
    _daemon: tokio::process::Child,
}

impl Served {
    async fn on(desk: &Desk, token: &str) -> Self {
        let mut serve = desk.command(&["serve", "--set", "http.listen=127.0.0.1:0"]);
        let mut daemon = serve.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.expect("the daemon starts").unwrap().unwrap();
        let address = line.strip_prefix("listening on http://").unwrap().parse().unwrap();
        Self { address, token: token.trim().to_owned(), _daemon: daemon }
    }

    async fn see(&self, path: &str) -> Vec<Value> {
        let answer = Ask::get(format!("/api/v1/{path}")).bearer(&self.token).send_to(self.address).await;
        answer.must_be(200).json()["data"].as_array().unwrap().clone()
    }

    async fn text(&self, path: &str) -> String {
        Ask::get(path).send_to(self.address).await.must_be(200).text()
    }
}

fn sections(file: &str) -> Vec<(String, String)> {
    let table: toml::Table = file.parse().unwrap();
    let section = |section: &toml::Value| (section["slug"].as_str().unwrap().to_owned(), section["title"].as_str().unwrap().to_owned());
    table["section"].as_array().unwrap().iter().map(section).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

backends! {
    async fn a_legacy_site_becomes_a_newsroom(b: Backend) {
        let (lifecycle, home) = (Lifecycle::default(), b.store_url().await);
        let site = LegacySite::start(Clock::System, &lifecycle).await.unwrap();
        let desk = Desk { home: scratch::folder(), store: home.as_str().to_owned() };
        let said = desk.must(&["init", &site.url(), "--allow-private", "--yes"]).await;
        assert!(said.out.starts_with("pr_") && said.out.trim().lines().count() == 1, "stdout is the token: {}", said.out);
        let file = desk.file();
        show("legacy", &file, &said.err);
        let found = sections(&file);
        assert!(found.contains(&("xinwen".to_owned(), "新闻".to_owned())), "{found:?}");
        assert!(found.contains(&("xinwen/yunxixinwen".to_owned(), "云溪新闻".to_owned())), "{found:?}");
        assert!(found.contains(&("xinwen/xiangzhendongtai".to_owned(), "乡镇动态".to_owned())), "{found:?}");
        for part in ["title = \"云溪网\"", "timezone = \"Asia/Shanghai\"", "icp = \"示ICP备00000000号-1\"", "phone = \"0700-5550100\"", "allow_private = true"] {
            assert!(file.contains(part), "{part}\n{file}");
        }
        desk.must(&["check"]).await;
        let served = Served::on(&desk, &said.out).await;
        let articles = served.see("articles?limit=200").await;
        assert_eq!(articles.len(), site.articles().len());
        assert!(articles.iter().all(|article| article["sections"][0].as_str().unwrap().starts_with("xinwen/")), "{articles:?}");
        assert_eq!(desk.must(&["deliveries", "--json"]).await.out, "", "nobody is told");
        let feed = served.text("/sections/xinwen/xiangzhendongtai/rss.xml").await;
        assert!(feed.contains("乡镇动态") && feed.contains("<item>"), "{feed}");
        lifecycle.stop_softly();
        lifecycle.ended().await;
    }

    async fn a_portal_of_nested_menus_becomes_a_newsroom(b: Backend) {
        let (portal, home) = (Portal::start(false), b.store_url().await);
        let desk = Desk { home: scratch::folder(), store: home.as_str().to_owned() };
        let said = desk.must(&["init", &portal.url(), "--allow-private", "--yes", "--max-requests", "60"]).await;
        let file = desk.file();
        show("portal", &file, &said.err);
        let expected = [
            ("xinwenzhongxin", "新闻中心"),
            ("xinwenzhongxin/bendixinwen", "本地新闻"),
            ("xinwenzhongxin/xiangzhendongtai", "乡镇动态"),
            ("zhengwugongkai", "政务公开"),
            ("zhengwugongkai/gongshigonggao", "公示公告"),
            ("zhengwugongkai/zhengcejiedu", "政策解读"),
        ];
        assert_eq!(sections(&file), pairs(&expected));
        assert!(file.contains("organisation = \"河口县人民政府办公室\"") && file.contains("title = \"河口县人民政府门户网站\""), "{file}");
        assert!(!portal.asked().iter().any(|path| path.starts_with("/admin") || path.starts_with("/gywm")), "{:?}", portal.asked());
        desk.must(&["check"]).await;
        let served = Served::on(&desk, &said.out).await;
        let articles = served.see("articles?limit=200").await;
        assert_eq!(articles.len(), ARTICLES);
        for (slug, _) in expected.iter().filter(|(slug, _)| slug.contains('/')) {
            assert_eq!(articles.iter().filter(|article| article["sections"][0] == *slug).count(), 5, "{slug}");
        }
        assert_eq!(desk.must(&["deliveries", "--json"]).await.out, "");
    }

    async fn a_front_page_that_is_the_only_list_becomes_a_newsroom(b: Backend) {
        let (lifecycle, home) = (Lifecycle::default(), b.store_url().await);
        let site = EnglishSite::start(Clock::System, &lifecycle).await.unwrap();
        let desk = Desk { home: scratch::folder(), store: home.as_str().to_owned() };
        let said = desk.must(&["init", &format!("http://{}/", site.address()), "--allow-private", "--yes"]).await;
        let file = desk.file();
        show("english", &file, &said.err);
        assert!(file.contains("title = \"The Alderwick Courier\"") && file.contains("language = \"en\""), "{file}");
        assert!(file.contains("#kind = \"feed\"") && sections(&file).len() > 1, "{file}");
        desk.must(&["check"]).await;
        let served = Served::on(&desk, &said.out).await;
        assert_eq!(served.see("articles?limit=200").await.len(), site.articles().len());
        assert_eq!(desk.must(&["deliveries", "--json"]).await.out, "");
        lifecycle.stop_softly();
        lifecycle.ended().await;
    }
}

/// Puts what was written where a person can look at it, if one asked.
fn show(name: &str, file: &str, told: &str) {
    if let Some(folder) = option_env!("POSTRIDER_SHOW_INIT") {
        std::fs::write(Path::new(folder).join(format!("{name}.toml")), file).unwrap();
        std::fs::write(Path::new(folder).join(format!("{name}.txt")), told).unwrap();
    }
}

#[tokio::test]
async fn what_stands_is_never_overwritten_unasked() {
    let portal = Portal::start(false);
    let desk = Desk { home: scratch::folder(), store: "sqlite:news.db".to_owned() };
    let place = desk.home.path().join("postrider.toml");
    std::fs::write(&place, "# mine\n").unwrap();
    let said = desk.type_in(&["init", &portal.url(), "--allow-private", "--yes"]).await;
    assert_eq!((said.code, desk.file().as_str()), (Some(1), "# mine\n"), "{}", said.err);
    assert!(said.err.contains("--force") && portal.asked().is_empty(), "{}", said.err);
    desk.must(&["init", &portal.url(), "--allow-private", "--yes", "--force", "--no-backfill"]).await;
    assert!(desk.file().contains("本地新闻"));
    let left: Vec<_> = std::fs::read_dir(desk.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_str().unwrap().starts_with(".postrider-")), "{left:?}");
}

#[tokio::test]
async fn a_site_that_cannot_be_read_gets_a_reason_and_a_file_to_finish() {
    let portal = Portal::start(true);
    let desk = Desk { home: scratch::folder(), store: "sqlite:news.db".to_owned() };
    let said = desk.type_in(&["init", &portal.url(), "--yes"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("--allow-private") && portal.asked().is_empty(), "{}", said.err);
    let said = desk.type_in(&["init", &portal.url(), "--yes", "--allow-private", "--force"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("robots.txt") && said.err.contains("--own"), "{}", said.err);
    assert_eq!(portal.asked(), ["/robots.txt"]);
    assert!(desk.file().contains("robots.txt"));
    desk.must(&["check"]).await;
    let own =
        desk.must(&["init", &portal.url(), "--yes", "--allow-private", "--force", "--own", "--no-backfill", "--language", "en"]).await;
    assert!(own.err.contains("Next:") && desk.file().contains("\nown = true\n"), "{}\n{}", own.err, desk.file());
}

#[tokio::test]
async fn a_probe_writes_a_source_that_check_accepts() {
    let portal = Portal::start(false);
    let desk = Desk { home: scratch::folder(), store: "sqlite:news.db".to_owned() };
    let listing = format!("{}xwzx/bdxw/", portal.url());
    let said = desk.must(&["probe", &listing, "--allow-private"]).await;
    assert!(
        said.err.contains("TRS") && said.err.contains("滨江步道贯通工程通过验收") && said.err.contains("ul.gl_list>li>a"),
        "{}",
        said.err
    );
    assert!(said.out.contains("[[source]]") && said.out.contains(&listing), "{}", said.out);
    let config = desk.home.path().join("postrider.toml");
    std::fs::write(&config, format!("[[section]]\nslug = \"news\"\ntitle = \"新闻\"\n{}", said.out)).unwrap();
    desk.must(&["check"]).await;
    std::fs::remove_file(&config).unwrap();
    let front: Value = serde_json::from_str(&desk.must(&["probe", &portal.url(), "--allow-private", "--json"]).await.out).unwrap();
    assert_eq!(front["is"], "front", "{front}");
    let article = format!("{listing}202509/t20250920_1100.shtml");
    let article: Value = serde_json::from_str(&desk.must(&["probe", &article, "--allow-private", "--json"]).await.out).unwrap();
    assert_eq!(
        (article["is"].as_str(), article["article"]["article"]["title"].as_str()),
        (Some("article"), Some("滨江步道贯通工程通过验收"))
    );
    let refused = desk.type_in(&["probe", &listing]).await;
    assert!(refused.code == Some(1) && refused.out.is_empty() && refused.err.contains("--allow-private"), "{}", refused.err);
    assert!(desk.is_bare(), "a probe keeps nothing");
}
