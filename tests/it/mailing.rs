//! What a reader may rely on: nothing without consent, the news once, and one click to leave.

use std::time::Duration;

use http::Method;
use postrider::demo::{Mail, Mishap};
use serde_json::{Value, json};

use crate::harness::{Ask, Newsroom};
use crate::pushing::article;

const READER: &str = "reader@example.com";

/// The first address of ours in a text that leads to this act.
pub(crate) fn link(newsroom: &Newsroom, text: &str, act: &str) -> String {
    let start = newsroom.url(&format!("{act}/"));
    let at = text.find(&start).unwrap_or_else(|| panic!("no {start} in {text}"));
    text[at..].chars().take_while(|c| !c.is_whitespace() && !"\"<>)&".contains(*c)).collect()
}

/// A value of a hidden field of a page.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let field =
        page.split("<input").find(|field| field.contains(&format!("name=\"{name}\""))).unwrap_or_else(|| panic!("no {name} in {page}"));
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The state of the only reader.
pub(crate) async fn state(newsroom: &Newsroom) -> String {
    newsroom.see("subscribers").await["data"][0]["state"].as_str().unwrap().to_owned()
}

/// How the newest delivery by mail stands.
async fn newest(newsroom: &Newsroom) -> Value {
    newsroom.deliveries("").await.into_iter().find(|line| line["channel"] == "mail").unwrap()
}

pub(crate) async fn one_click(newsroom: &Newsroom, mail: &Mail) {
    let unsubscribe = mail.header("List-Unsubscribe");
    let url = unsubscribe.trim_matches(['<', '>']);
    let ask = Ask::form(newsroom.path_of(url), "List-Unsubscribe=One-Click");
    newsroom.ask(ask).await.must_be(200);
}

fn with_a_digest() -> crate::harness::newsroom::Plan {
    Newsroom::plan().more("[[digest]]\nname = \"morning\"\ntitle = \"早报\"\nsections = [\"news\"]\ncron = \"0 9 * * *\"")
}

backends! {
    async fn who_confirms_gets_the_next_article_and_leaves_by_one_click(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let form = newsroom.get("subscribe").await.must_be(200).text();
        let stamp = hidden(&form, "stamp");
        newsroom.advance(Duration::from_secs(5));
        let fields = format!("email=reader%40example.com&follow=section%3Anews&cadence=instant&stamp={stamp}");
        let ask = Ask::form("/subscribe", fields).header("accept-language", "zh-CN").header("sec-fetch-site", "same-origin");
        newsroom.ask(ask).await.must_be(200);
        let letter = newsroom.mails(READER, 1).await.remove(0);
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        assert_eq!(newsroom.mails(READER, 1).await.len(), 1, "nothing before consent");
        let confirm = newsroom.path_of(&link(&newsroom, &letter.text(), "confirm"));
        for _ in 0..2 {
            newsroom.ask(Ask::get(&confirm)).await.must_be(200);
        }
        assert_eq!(state(&newsroom).await, "pending", "a scanner that follows the link changes nothing");
        newsroom.ask(Ask::form(&confirm, "")).await.must_be(200);
        assert_eq!(state(&newsroom).await, "confirmed");
        newsroom.publish(&article(2)).await;
        let mail = newsroom.mails(READER, 2).await.remove(1);
        assert!(mail.subject().contains("第 2 篇"), "{}", mail.subject());
        assert!(mail.html().contains("徐徐展开，第 2 次。") && mail.text().contains("徐徐展开，第 2 次。"));
        assert!(mail.html().contains("https://www.example.cn/2.html") && mail.html().contains("退订"), "{}", mail.html());
        assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert!(!mail.header("List-ID").is_empty() && mail.header("Content-Type").starts_with("multipart/"));
        let unsubscribe = mail.header("List-Unsubscribe");
        newsroom.ask(Ask::get(newsroom.path_of(unsubscribe.trim_matches(['<', '>'])))).await.must_be(200);
        assert_eq!(state(&newsroom).await, "confirmed", "a scanner that follows the link changes nothing");
        one_click(&newsroom, &mail).await;
        assert_eq!(state(&newsroom).await, "unsubscribed");
        one_click(&newsroom, &mail).await;
        newsroom.publish(&article(3)).await;
        newsroom.settle().await;
        newsroom.mails(READER, 2).await;
        newsroom.finish().await;
    }

    async fn each_reader_is_written_to_in_the_readers_own_language(b: Backend) {
        let newsroom = Newsroom::plan().below("/news-feeds/").start(b).await;
        let (asks, english) = (json!([{ "section": "news/yicheng" }]), "english@example.com");
        let wanted = json!({ "email": english, "subscriptions": asks, "language": "en" });
        newsroom.post("subscribers", &wanted).await.must_be(202);
        let letter = newsroom.mails(english, 1).await.remove(0);
        assert!(letter.text().to_lowercase().contains("confirm"), "{}", letter.text());
        newsroom.ask(Ask::form(newsroom.path_of(&link(&newsroom, &letter.text(), "confirm")), "")).await.must_be(200);
        newsroom.reader(READER, &asks, "zh-CN").await;
        newsroom.publish(&article(1)).await;
        let (mail, other) = (newsroom.mails(english, 2).await.remove(1), newsroom.mails(READER, 1).await.remove(0));
        assert!(mail.html().contains("Unsubscribe") && !mail.html().contains("退订"), "{}", mail.html());
        assert!(other.html().contains("退订") && !other.html().contains("Unsubscribe"), "{}", other.html());
        assert_ne!(mail.header("List-Unsubscribe"), other.header("List-Unsubscribe"));
        let mut sports = article(2);
        sports["sections"] = json!(["sports"]);
        newsroom.publish(&sports).await;
        newsroom.settle().await;
        newsroom.mails(english, 2).await;
        newsroom.finish().await;
    }

    async fn a_digest_is_cut_once_at_its_minute_with_what_came_since_the_last(b: Backend) {
        let newsroom = with_a_digest().start(b).await;
        newsroom.reader(READER, &json!([{ "digest": "morning" }]), "zh-CN").await;
        newsroom.publish(&article(1)).await;
        // Older by its date, newer by its coming: it belongs to this morning all the same.
        let mut old = article(2);
        old["published"] = Value::from("2021-10-01");
        newsroom.publish(&old).await;
        let mut sports = article(3);
        sports["sections"] = json!(["sports"]);
        newsroom.publish(&sports).await;
        newsroom.advance(Duration::from_secs(29 * 60 + 59));
        newsroom.settle().await;
        newsroom.mails(READER, 0).await;
        newsroom.advance(Duration::from_secs(1));
        let digest = newsroom.mails(READER, 1).await.remove(0);
        assert!(digest.subject().contains("早报"), "{}", digest.subject());
        for text in [digest.text(), digest.html()] {
            assert!(text.contains("第 1 篇") && text.contains("第 2 篇") && !text.contains("第 3 篇"), "{text}");
        }
        newsroom.settle().await;
        // A day without news has no digest; the next one begins where the last one ended.
        newsroom.advance(Duration::from_hours(24));
        newsroom.settle().await;
        newsroom.mails(READER, 1).await;
        newsroom.publish(&article(4)).await;
        newsroom.advance(Duration::from_hours(24));
        let next = newsroom.mails(READER, 2).await.remove(1);
        assert!(next.text().contains("第 4 篇") && !next.text().contains("第 1 篇"), "{}", next.text());
        assert_ne!(next.header("Message-ID"), digest.header("Message-ID"));
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_digest_tells_how_many_found_no_room_and_where_they_stand(b: Backend) {
        let digest = "[[digest]]\nname = \"morning\"\ntitle = \"早报\"\nsections = [\"news\"]\ncron = \"0 9 * * *\"\nmax_articles = ";
        for shown in [30, 26] {
            let newsroom = Newsroom::plan().more(&format!("{digest}{shown}")).start(b).await;
            newsroom.reader(READER, &json!([{ "digest": "morning" }]), "zh-CN").await;
            for n in 1..=30 {
                newsroom.publish(&article(n)).await;
            }
            newsroom.advance(Duration::from_mins(30));
            let digest = newsroom.mails(READER, 1).await.remove(0);
            let text = digest.text().replace("\r\n", "\n");
            assert!(text.contains("本期共 30 篇") && text.contains(&format!("\n{shown}. ")), "{text}");
            let told = format!("另有 {} 篇，请到网站阅读\n{}", 30 - shown, newsroom.url("sections/news/"));
            assert_eq!(text.contains(&told), shown < 30, "{told} in {text}");
            newsroom.settle().await;
            newsroom.finish().await;
        }
    }

    async fn an_address_that_is_refused_for_good_is_written_to_no_more(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.reader(READER, &json!([{ "section": "news" }]), "zh-CN").await;
        newsroom.mailbox.refuse(READER, 550);
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        let line = newest(&newsroom).await;
        assert_eq!((line["state"].as_str(), state(&newsroom).await.as_str()), (Some("refused"), "suppressed"), "{line}");
        newsroom.mailbox.accept(READER);
        newsroom.publish(&article(2)).await;
        newsroom.settle().await;
        newsroom.mails(READER, 0).await;
        let again = json!({ "email": READER, "subscriptions": [{ "section": "news" }] });
        newsroom.post("subscribers", &again).await.must_be(409);
        newsroom.finish().await;
    }

    async fn a_mail_that_may_have_arrived_is_not_sent_again(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.reader(READER, &json!([{ "section": "news" }]), "zh-CN").await;
        newsroom.mailbox.play([Mishap::DropAfterDot { kept: true }]);
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        assert_eq!(newest(&newsroom).await["state"], "uncertain");
        newsroom.advance(Duration::from_hours(24));
        newsroom.settle().await;
        newsroom.mails(READER, 1).await;
        newsroom.publish(&article(2)).await;
        newsroom.mails(READER, 2).await;
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn a_mail_that_cannot_have_arrived_is_sent_again(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.reader(READER, &json!([{ "section": "news" }]), "zh-CN").await;
        newsroom.mailbox.play([Mishap::Refuse(451), Mishap::Refuse(452)]);
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        assert_eq!(newest(&newsroom).await["state"], "parked");
        newsroom.advance(Duration::from_secs(7));
        newsroom.settle().await;
        assert_eq!(newest(&newsroom).await["state"], "parked");
        newsroom.advance(Duration::from_secs(80));
        newsroom.mails(READER, 1).await;
        newsroom.settle().await;
        assert_eq!(newest(&newsroom).await["state"], "accepted");
        newsroom.finish().await;
    }

    async fn a_daemon_killed_between_the_dot_and_its_answer_sends_letters_again_and_editions_not(b: Backend) {
        let mut newsroom = Newsroom::start(b).await;
        let minute = Duration::from_mins(1);
        let sending = async |newsroom: &Newsroom| newsroom.deliveries("&state=sending").await.len() == 1;
        newsroom.mailbox.play([Mishap::Refuse(451), Mishap::Late(minute)]);
        let wanted = json!({ "email": "new@example.com", "subscriptions": [{ "section": "news" }] });
        newsroom.post("subscribers", &wanted).await.must_be(202);
        newsroom.settle().await;
        newsroom.advance(Duration::from_secs(7));
        newsroom.until("the letter is being sent", async || sending(&newsroom).await).await;
        newsroom.restart_hard().await;
        newsroom.settle().await;
        assert_eq!(newest(&newsroom).await["state"], "accepted");
        newsroom.reader(READER, &json!([{ "section": "news" }]), "zh-CN").await;
        newsroom.mailbox.play([Mishap::Late(minute)]);
        newsroom.publish(&article(1)).await;
        newsroom.until("the edition is being sent", async || sending(&newsroom).await).await;
        newsroom.restart_hard().await;
        newsroom.settle().await;
        assert_eq!(newest(&newsroom).await["state"], "uncertain");
        assert!(newsroom.mailbox.received().iter().filter(|mail| mail.to == [READER]).count() <= 1);
        newsroom.finish().await;
    }

    async fn a_reader_of_several_sections_gets_one_mail_and_none_about_an_update(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        let both = json!([{ "section": "news" }, { "section": "news/yicheng" }, { "section": "sports" }]);
        newsroom.reader(READER, &both, "zh-CN").await;
        let mut everywhere = article(1);
        everywhere["sections"] = json!(["news/yicheng", "sports"]);
        newsroom.publish(&everywhere).await;
        newsroom.settle().await;
        newsroom.mails(READER, 1).await;
        everywhere["content_html"] = Value::from("<p>更加有效。</p>");
        newsroom.push(&everywhere).await.must_be(200);
        newsroom.settle().await;
        newsroom.mails(READER, 1).await;
        newsroom.finish().await;
    }

    async fn a_slot_that_nobody_served_comes_late_or_with_the_next_one(b: Backend) {
        let mut newsroom = with_a_digest().start(b).await;
        newsroom.reader(READER, &json!([{ "digest": "morning" }]), "zh-CN").await;
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        // Half an hour late is a late mail; three days late is one mail with the next slot.
        newsroom.stop().await;
        newsroom.advance(Duration::from_hours(1));
        newsroom.go_on().await;
        newsroom.mails(READER, 1).await;
        newsroom.publish(&article(2)).await;
        newsroom.settle().await;
        newsroom.stop().await;
        newsroom.advance(Duration::from_hours(3 * 24 + 6));
        newsroom.go_on().await;
        newsroom.settle().await;
        newsroom.mails(READER, 1).await;
        newsroom.advance(Duration::from_hours(18));
        let late = newsroom.mails(READER, 2).await.remove(1);
        assert!(late.text().contains("第 2 篇") && !late.text().contains("第 1 篇"), "{}", late.text());
        newsroom.publish(&article(3)).await;
        newsroom.settle().await;
        // Several slots passed, the last of them just now: this is its mail.
        newsroom.stop().await;
        newsroom.advance(Duration::from_hours(3 * 24));
        newsroom.go_on().await;
        assert!(newsroom.mails(READER, 3).await[2].text().contains("第 3 篇"));
        newsroom.settle().await;
        newsroom.finish().await;
    }

    async fn mail_waits_for_a_server_that_is_away(b: Backend) {
        // A place that is taken, where nobody listens: it refuses, and no other test can settle there meanwhile.
        let away = tokio::net::TcpSocket::new_v4().unwrap();
        away.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let newsroom = Newsroom::plan().mail_server(&format!("smtp://{}", away.local_addr().unwrap())).start(b).await;
        newsroom.reader(READER, &json!([{ "section": "news" }]), "zh-CN").await;
        newsroom.publish(&article(1)).await;
        let waits = async || newsroom.deliveries("").await.first().is_some_and(|line| line["state"] == "waiting" && line["tries"] == 0);
        newsroom.until("the mail waits", waits).await;
        newsroom.advance(Duration::from_hours(1));
        newsroom.until("the mail still waits, with every try left", waits).await;
        newsroom.open_mailbox_at(away);
        let came = || !newsroom.mailbox.received().is_empty();
        newsroom.advance_until(Duration::from_mins(5), "the mail comes", came).await;
        newsroom.settle().await;
        assert_eq!(newest(&newsroom).await["state"], "accepted");
        newsroom.finish().await;
    }

    async fn a_folder_takes_mail_as_files(b: Backend) {
        let newsroom = Newsroom::plan().mail_server("folder:outbox").start(b).await;
        newsroom.reader(READER, &json!([{ "section": "news" }]), "en").await;
        newsroom.publish(&article(1)).await;
        newsroom.settle().await;
        let folder = newsroom.file().parent().unwrap().join("outbox");
        let mut files = Vec::new();
        let mut look = vec![folder];
        while let Some(folder) = look.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() { look.push(entry.path()) } else { files.push(entry.path()) }
            }
        }
        assert_eq!(files.len(), 1, "{files:?}");
        let written = std::fs::read_to_string(&files[0]).unwrap();
        assert!(files[0].extension().is_some_and(|ending| ending == "eml") && written.contains("List-Unsubscribe-Post"), "{written}");
        newsroom.finish().await;
    }

    async fn an_operator_may_take_a_reader_off_and_see_the_ledger(b: Backend) {
        let newsroom = Newsroom::start(b).await;
        newsroom.reader(READER, &json!([{ "section": "news" }]), "zh-CN").await;
        let key = newsroom.publish(&article(1)).await;
        newsroom.mails(READER, 1).await;
        newsroom.settle().await;
        let lines = newsroom.deliveries(&format!("&article={key}")).await;
        assert_eq!((lines.len(), lines[0]["state"].as_str(), lines[0]["about"].as_str()), (1, Some("accepted"), Some("alert")));
        assert!(!lines[0].to_string().contains("example.com"), "the ledger names no address: {}", lines[0]);
        let house = newsroom.another_process().await;
        assert!(house.audience.forget(READER, &postrider::model::Actor::Command).await.unwrap());
        newsroom.publish(&article(2)).await;
        newsroom.settle().await;
        newsroom.mails(READER, 1).await;
        assert_eq!(newsroom.ask(newsroom.api(Method::GET, "subscribers")).await.must_be(200).text().matches(READER).count(), 0);
        house.store.close().await;
        newsroom.finish().await;
    }
}
