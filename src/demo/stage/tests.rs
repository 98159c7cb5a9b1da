use std::time::Duration;

use super::*;
use crate::demo::wire::{Wire, exchange, get};
use crate::model::Millis;

const SOON: Duration = Duration::from_secs(5);

async fn stage(language: Language) -> (Stage, Lifecycle) {
    let lifecycle = Lifecycle::default();
    (Stage::start(language, Clock::manual(Millis(1_800_000_000_000)), &lifecycle).await.unwrap(), lifecycle)
}

async fn mail(stage: &Stage, message: &str) {
    let mut wire = Wire::dial(stage.mailbox.address()).await;
    wire.send(b"EHLO a\r\nMAIL FROM:<news@a.test>\r\nRCPT TO:<reader@b.test>\r\nDATA\r\n").await;
    wire.send(format!("{message}\r\n.\r\nQUIT\r\n").as_bytes()).await;
    let before = stage.mailbox.received().len();
    stage.mailbox.wait_for(SOON, |mails| mails.len() > before).await.unwrap();
}

#[tokio::test]
async fn the_page_speaks_its_language_and_links_to_everything() {
    for (language, words) in [(Language::Chinese, "新闻从这里来"), (Language::English, "Where the news comes from")] {
        let (stage, lifecycle) = stage(language).await;
        stage.show("Console <1>", "http://127.0.0.1:9/console/");
        let page = get(stage.address(), "/").await;
        assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
        let page = page.text();
        for part in [words, language.tag(), &stage.legacy.url(), &stage.english.url(), &stage.english.feed_url(), "http-equiv=\"refresh\""]
        {
            assert!(page.contains(part), "{part}");
        }
        assert!(page.contains("Console &#60;1&#62;") && !page.contains("<script"));
        lifecycle.stop_softly();
        tokio::time::timeout(SOON, lifecycle.ended()).await.unwrap();
        assert_eq!(lifecycle.crash(), None);
    }
}

#[tokio::test]
async fn a_mail_is_shown_and_its_html_is_shut_in() {
    let (stage, _lifecycle) = stage(Language::English).await;
    mail(&stage, "Subject: Old <b>\r\nContent-Type: text/plain\r\n\r\nplain & simple").await;
    let html = "<!doctype html><html><head lang=en><title>t</title></head><body><script>1</script><a href=x>y</a></body></html>";
    mail(&stage, &format!("Subject: New\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}")).await;
    let page = get(stage.address(), "/").await.text();
    assert!(page.find("/mail/2").unwrap() < page.find("/mail/1").unwrap() && page.contains("Old &#60;b&#62;"));
    let first = get(stage.address(), "/mail/1").await.text();
    assert!(first.contains("plain &#38; simple") && first.contains("reader@b.test") && !first.contains("<iframe"));
    assert!(get(stage.address(), "/mail/2").await.text().contains("src=\"/mail/2/html\""));
    let frame = get(stage.address(), "/mail/2/html").await;
    let policy = frame.header("content-security-policy").unwrap();
    assert!(policy.starts_with("sandbox ") && !policy.contains("allow-scripts"));
    assert!(frame.text().contains("<head lang=en><base target=\"_blank\"><title>"));
    for path in ["/mail/0", "/mail/3", "/mail/x", "/mail/1/other", "/none"] {
        assert_eq!(get(stage.address(), path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_hook_is_shown_with_its_verdict() {
    let (stage, _lifecycle) = stage(Language::English).await;
    stage.receiver.trust("/hook/2", "whsec_c2VjcmV0").unwrap();
    let body = br#"{"type":"article.published","data":{"title":"A <new> bridge"}}"#;
    for path in ["/hook/1", "/hook/2"] {
        exchange(stage.receiver.address(), "POST", path, &[], body).await;
    }
    let page = get(stage.address(), "/").await.text();
    assert!(page.contains("Webhooks received (2)") && page.contains("A &#60;new&#62; bridge"));
    assert!(page.contains("no secret to check by") && page.contains("not signed") && !page.contains("signature good"));
}
