//! Mail through a server that the world runs: a Postfix of our own. What its readers have is what it delivered.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use postrider::demo::Mail;
use serde_json::json;

use crate::harness::peers::POSTFIX;
use crate::harness::postfix::Postfix;
use crate::harness::{Ask, Backend, Newsroom};
use crate::mailing::{hidden, link, one_click, state};
use crate::pushing::article;

const READER: &str = "reader@example.com";
/// Enough to keep every connection busy for many mails.
const READERS: usize = 200;

/// What Postfix delivered to one reader, once there is so much.
async fn mails(newsroom: &Newsroom, postfix: &Postfix, to: &str, count: usize) -> Vec<Mail> {
    let here = || postfix.delivered().into_iter().filter(|mail| mail.to == [to]).collect::<Vec<_>>();
    newsroom.until("the mail is delivered", async || here().len() >= count).await;
    let here = here();
    assert_eq!(here.len(), count, "mails: {:?}", here.iter().map(Mail::subject).collect::<Vec<_>>());
    here
}

/// Waits until nothing is on its way, neither with us nor with Postfix.
async fn settle(newsroom: &Newsroom, postfix: &Postfix) {
    newsroom.settle().await;
    newsroom.until("Postfix has delivered what it took", async || postfix.queued() == 0).await;
}

async fn readers(newsroom: &Newsroom, names: impl IntoIterator<Item = String>) {
    for name in names {
        newsroom.reader(&name, &json!([{ "section": "news" }]), "zh-CN").await;
    }
}

/// How many mails each reader has.
fn counts(postfix: &Postfix) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in postfix.delivered() {
        *counts.entry(mail.to[0].clone()).or_default() += 1;
    }
    counts
}

/// How many deliveries of the ledger are in each state.
async fn states(newsroom: &Newsroom) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    for line in newsroom.deliveries("").await {
        *states.entry(line["state"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    states
}

/// Subscribes by the form and confirms by the link.
async fn subscribe(newsroom: &Newsroom, postfix: &Postfix) {
    let form = newsroom.get("subscribe").await.must_be(200).text();
    newsroom.advance(Duration::from_secs(5));
    let fields = format!("email=reader%40example.com&follow=section%3Anews&cadence=instant&stamp={}", hidden(&form, "stamp"));
    let ask = Ask::form("/subscribe", fields).header("accept-language", "zh-CN").header("sec-fetch-site", "same-origin");
    newsroom.ask(ask).await.must_be(200);
    let letter = mails(newsroom, postfix, READER, 1).await.remove(0);
    newsroom.ask(Ask::form(newsroom.path_of(&link(newsroom, &letter.text(), "confirm")), "")).await.must_be(200);
    assert_eq!(state(newsroom).await, "confirmed");
}

/// What a mail server may have changed is as it was sent; what it adds to mail that lacks it was not lacking.
fn is_whole(newsroom: &Newsroom, mail: &Mail) {
    assert_eq!(mail.from, "news@example.cn", "the envelope's sender");
    assert_eq!(mail.subject(), "第 2 篇");
    let text = String::from_utf8(mail.bytes.clone()).unwrap();
    let (header, _) = text.split_once("\n\n").unwrap();
    for name in ["From", "To", "Date", "Subject", "Message-ID", "MIME-Version", "List-ID", "List-Unsubscribe", "List-Unsubscribe-Post"] {
        let begin = format!("{}:", name.to_lowercase());
        let count = header.lines().filter(|line| line.to_lowercase().starts_with(&begin)).count();
        assert_eq!(count, 1, "{name} in {header}");
    }
    let id = mail.header("Message-ID");
    assert!(id.starts_with('<') && id.ends_with("@127.0.0.1>"), "it names our host, and not Postfix's: {id}");
    assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let unsubscribe = mail.header("List-Unsubscribe");
    assert!(unsubscribe.starts_with(&format!("<{}", newsroom.url("unsubscribe/"))), "{unsubscribe}");
    assert!(mail.header("List-ID").ends_with('>'), "{}", mail.header("List-ID"));
    assert!(mail.html().contains("<p") && mail.html().contains("徐徐展开，第 2 次。"), "{}", mail.html());
    assert!(!mail.text().contains("<p") && mail.text().contains("徐徐展开，第 2 次。"), "{}", mail.text());
}

async fn consent_news_and_one_click(backend: Backend) {
    let postfix = Postfix::start();
    let newsroom = Newsroom::plan().mail_server(&postfix.url()).start(backend).await;
    newsroom.publish(&article(1)).await;
    subscribe(&newsroom, &postfix).await;
    newsroom.publish(&article(2)).await;
    let mail = mails(&newsroom, &postfix, READER, 2).await.remove(1);
    is_whole(&newsroom, &mail);
    one_click(&newsroom, &mail).await;
    assert_eq!(state(&newsroom).await, "unsubscribed");
    newsroom.publish(&article(3)).await;
    settle(&newsroom, &postfix).await;
    mails(&newsroom, &postfix, READER, 2).await;
    newsroom.finish().await;
}

mod who_confirms_gets_the_next_article_and_leaves_by_one_click {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        if POSTFIX.is_here_for(concat!(module_path!(), "::sqlite")) {
            consent_news_and_one_click(Backend::Sqlite).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        let test = concat!(module_path!(), "::postgres");
        if POSTFIX.is_here_for(test) && crate::harness::peers::POSTGRES.is_here_for(test) {
            consent_news_and_one_click(Backend::Postgres).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_postfix_does_not_know_is_written_to_no_more() {
    if !POSTFIX.is_here_for(concat!(module_path!(), "::an_address_that_postfix_does_not_know_is_written_to_no_more")) {
        return;
    }
    let postfix = Postfix::start();
    let newsroom = Newsroom::plan().mail_server(&postfix.url()).start(Backend::Sqlite).await;
    readers(&newsroom, ["unknown@example.com", READER].map(ToOwned::to_owned)).await;
    newsroom.publish(&article(1)).await;
    settle(&newsroom, &postfix).await;
    assert_eq!(states(&newsroom).await, BTreeMap::from([("accepted".to_owned(), 1), ("refused".to_owned(), 1)]));
    let refused = newsroom.deliveries("&state=refused").await.remove(0);
    assert!(refused.to_string().contains("550"), "{refused}");
    let people = newsroom.see("subscribers").await;
    let standing = |email: &str| people["data"].as_array().unwrap().iter().find(|one| one["email"] == email).unwrap()["state"].clone();
    assert_eq!((standing("unknown@example.com"), standing(READER)), (json!("suppressed"), json!("confirmed")));
    newsroom.publish(&article(2)).await;
    settle(&newsroom, &postfix).await;
    assert_eq!(counts(&postfix), BTreeMap::from([(READER.to_owned(), 2)]));
    assert_eq!(newsroom.deliveries("").await.len(), 3, "nothing is even tried for who was refused");
    newsroom.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postfix_that_stops_in_the_middle_delivers_to_everybody_once_when_it_is_back() {
    if !POSTFIX.is_here_for(concat!(module_path!(), "::a_postfix_that_stops_in_the_middle_delivers_to_everybody_once_when_it_is_back")) {
        return;
    }
    let mut postfix = Postfix::start();
    postfix.stop();
    postfix.hold_up(Some("slow"));
    postfix.start_again();
    let newsroom = Newsroom::plan().mail_server(&postfix.url()).start(Backend::Sqlite).await;
    let names = |kind: &str, count: usize| (0..count).map(|n| format!("{kind}-{n}@example.com")).collect::<BTreeSet<_>>();
    // The slow come first, so that their sessions stand open when the quick have been served.
    let (slow, quick) = (names("slow", 2), names("quick", 8));
    readers(&newsroom, slow.iter().chain(&quick).cloned()).await;
    newsroom.publish(&article(1)).await;
    newsroom.until("the quick have their mail", async || counts(&postfix).len() == quick.len()).await;
    newsroom.until("the quick are settled", async || states(&newsroom).await.get("accepted") == Some(&quick.len())).await;
    postfix.stop();
    newsroom.until("the slow are known to have nothing", async || states(&newsroom).await.get("parked") == Some(&slow.len())).await;
    newsroom.publish(&article(2)).await;
    newsroom.advance(Duration::from_mins(1));
    postfix.hold_up(None);
    postfix.start_again();
    let everybody: BTreeMap<String, usize> = slow.into_iter().chain(quick).map(|name| (name, 2)).collect();
    newsroom.advance_until(Duration::from_secs(30), "everybody has everything", || counts(&postfix) == everybody).await;
    settle(&newsroom, &postfix).await;
    assert_eq!(counts(&postfix), everybody);
    assert_eq!(states(&newsroom).await, BTreeMap::from([("accepted".to_owned(), 2 * everybody.len())]));
    newsroom.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_readers_get_it_once_each_over_several_connections() {
    if !POSTFIX.is_here_for(concat!(module_path!(), "::many_readers_get_it_once_each_over_several_connections")) {
        return;
    }
    let postfix = Postfix::start();
    let newsroom = Newsroom::plan().mail_server(&postfix.url()).start(Backend::Sqlite).await;
    let names: BTreeSet<String> = (0..READERS).map(|n| format!("reader-{n}@example.com")).collect();
    readers(&newsroom, names.iter().cloned()).await;
    let before = postfix.connections();
    newsroom.publish(&article(1)).await;
    newsroom.until("everybody has it", async || counts(&postfix).len() == READERS).await;
    settle(&newsroom, &postfix).await;
    assert_eq!(counts(&postfix), names.into_iter().map(|name| (name, 1)).collect());
    let ids: BTreeSet<String> = postfix.delivered().iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids.len(), READERS, "each mail has an identity of its own");
    let connections = postfix.connections() - before;
    assert!(connections > 1 && connections < READERS, "{connections} connections");
    assert_eq!(states(&newsroom).await, BTreeMap::from([("accepted".to_owned(), READERS)]));
    newsroom.finish().await;
}
