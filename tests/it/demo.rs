//! `postrider demo`: one command shows an article in a feed, a mailbox and a webhook; and what it reads off the legacy site is what
//! its authors wrote.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use postrider::app::App;
use postrider::clock::{Clock, Ids};
use postrider::config::Config;
use postrider::demo::LegacySite;
use postrider::lifecycle::Lifecycle;
use postrider::model::{Byline, CanonicalUrl, Millis};
use postrider::store::ArticleRow;

use crate::harness::scratch;

/// Runs `demo --once` in a home of its own, and gives what it said.
fn once(language: &str) -> String {
    let home = scratch::folder();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_postrider"));
    demo.args(["demo", "--once", "--language", language]).current_dir(home.path()).env("TMPDIR", home.path());
    let ended = demo.output().unwrap();
    let (said, complained) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
    assert!(ended.status.success(), "{}:\n{said}\n{complained}", ended.status);
    assert!(!said.contains('\x1b'), "colours are for terminals:\n{said}");
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert!(left.is_empty(), "the demo left {left:?} behind");
    said
}

/// The table of the ledger holds one line of this channel for each article, and each arrived.
fn arrived(said: &str, channel: &str, outcome: &str) {
    let (_, table) = said.split_once("\n\n").expect("a table stands behind an empty line");
    for site in ["云溪", "Lifeboat"] {
        let mut lines = table.lines().filter(|line| line.contains(channel) && line.contains(outcome) && line.contains(site));
        assert!(lines.next().is_some() && lines.next().is_none(), "{channel} of {site}:\n{said}");
    }
}

#[test]
fn one_command_shows_a_feed_a_mailbox_and_a_webhook() {
    let said = once("zh-CN");
    for channel in ["订阅源  ", "邮件  ", "Webhook  "] {
        arrived(&said, channel, "已送达 2");
    }
    assert!(said.contains("14 篇旧文已进订阅源，没有惊动任何人"), "{said}");
}

#[test]
fn it_talks_english_too() {
    let said = once("en");
    for channel in ["feed  ", "mail  ", "webhook  "] {
        arrived(&said, channel, "accepted 2");
    }
    assert!(said.contains("14 old articles of the two sites are in the feeds, and nobody was disturbed"), "{said}");
}

#[test]
fn it_brings_its_own_configuration() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_postrider"));
    let ended = demo.args(["--config", "postrider.toml", "demo", "--once"]).output().unwrap();
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
}

/// An article as its authors wrote it, read from the texts beside the site.
#[derive(Default)]
struct Written<'a> {
    headline: &'a str,
    section: &'a str,
    authors: Vec<Byline>,
    editors: Vec<Byline>,
    body: Vec<String>,
}

fn written(text: &str) -> Vec<Written<'_>> {
    let mut all: Vec<Written<'_>> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(headline) = line.strip_prefix("# ") {
            all.push(Written { headline, ..Written::default() });
            continue;
        }
        let story = all.last_mut().unwrap();
        match line.split_once(": ") {
            Some(("section", section)) => story.section = section,
            Some(("byline", names)) => story.authors = authors(names),
            Some(("editors", names)) => story.editors = editors(names),
            _ => story.body.push(match line.strip_prefix("## ") {
                Some(heading) => format!("<h2>{heading}</h2>"),
                None => format!("<p>{line}</p>"),
            }),
        }
    }
    all
}

fn byline(role: &str, name: &str) -> Byline {
    Byline { name: name.to_owned(), role: Some(role.to_owned()) }
}

/// `通讯员赵禾 孙渡 记者周砚`: a role holds until the next.
fn authors(names: &str) -> Vec<Byline> {
    let mut all: Vec<Byline> = Vec::new();
    for name in names.split_whitespace() {
        let next = match (name.strip_prefix("通讯员"), name.strip_prefix("记者")) {
            (Some(name), _) => byline("通讯员", name),
            (_, Some(name)) => byline("记者", name),
            _ => byline(all.last().unwrap().role.as_deref().unwrap(), name),
        };
        all.push(next);
    }
    all
}

/// `编辑:何青  编审:罗汀`.
fn editors(names: &str) -> Vec<Byline> {
    names.split_whitespace().map(|one| one.split_once(':').unwrap()).map(|(role, name)| byline(role, name)).collect()
}

/// Compares everything that a page of the legacy site tells.
fn same(row: &ArticleRow, story: &Written<'_>, at: Millis) {
    let article = &row.article;
    assert_eq!(article.title, story.headline);
    assert_eq!(article.sections.iter().map(ToString::to_string).collect::<Vec<_>>(), [format!("news/{}", story.section)]);
    assert_eq!(article.authors, story.authors, "{}", story.headline);
    assert_eq!(article.editors, story.editors, "{}", story.headline);
    assert_eq!(article.origin, None, "{}: its pages leave 来源 blank", story.headline);
    // Pages tell minutes.
    assert_eq!(article.published, Millis(at.0 - at.0.rem_euclid(60_000)), "{}", story.headline);
    assert_eq!(article.body.as_str().lines().collect::<Vec<_>>(), story.body, "{}", story.headline);
    assert!(article.images.is_empty() && article.language == "zh-CN", "{}", story.headline);
}

const SETTINGS: &str = "
[site]
title = '云溪'
[[section]]
slug = 'news'
title = '新闻'
[[section]]
slug = 'news/yunxi'
title = '云溪新闻'
[[section]]
slug = 'news/xiangzhen'
title = '乡镇动态'
[[source]]
kind = 'site'
name = 'yunxi'
listing = ['FIRST', 'SECOND']
every = '1s'
[outbound]
allow = ['127.0.0.0/8']
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_article_of_the_legacy_site_comes_out_as_it_was_written() {
    const PATIENCE: Duration = Duration::from_secs(90);
    let (home, lifecycle) = (scratch::folder(), Lifecycle::default());
    let now = Clock::System.now();
    // The site's own clock stands, so that the test knows when each article was printed.
    let site = LegacySite::start(Clock::manual(now), &lifecycle).await.unwrap();
    let [(first, _), (second, _)] = site.listings();
    let file = home.path().join("postrider.toml");
    std::fs::write(&file, SETTINGS.replace("FIRST", &first).replace("SECOND", &second)).unwrap();
    let config = Config::load(Some(&file), [], &[]).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = App::start(config, Clock::System, Ids::default(), Some(listener)).await.unwrap();
    let store = running.house.store.clone();

    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/legacy");
    let [archive, supply] = ["archive.txt", "supply.txt"].map(|name| std::fs::read_to_string(texts.join(name)).unwrap());
    let (archive, supply) = (written(&archive), written(&supply));
    let old: Vec<_> = site.articles();
    assert!(old.len() == archive.len() && site.left() == supply.len() && supply.len() >= 10);
    let find = async |url: &str| {
        let url = CanonicalUrl::parse(url).unwrap();
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(row) = store.article_by_url(&url).await.unwrap() {
                    return row;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        found.await.unwrap_or_else(|_| panic!("{} was not found", url.as_str()))
    };
    let step = Duration::from_hours(31).as_millis() as i64;
    for ((story, fresh), place) in archive.iter().zip(&old).zip(0..) {
        same(&find(&fresh.url).await, story, Millis(now.0 - Duration::from_hours(72).as_millis() as i64 - place * step));
    }
    // What a listing cuts off is found all the same: ten rows fit on its page.
    for part in supply.chunks(8) {
        let fresh: Vec<_> = part.iter().map(|_| site.publish_next().unwrap()).collect();
        for (story, fresh) in part.iter().zip(fresh) {
            same(&find(&fresh.url).await, story, now);
        }
    }
    assert_eq!(running.stop().await, None);
    lifecycle.stop_softly();
    lifecycle.ended().await;
}
