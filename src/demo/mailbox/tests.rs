use super::*;
use crate::demo::wire::Wire;

async fn mailbox() -> (Mailbox, Lifecycle) {
    let lifecycle = Lifecycle::default();
    let mailbox = Mailbox::start(Clock::manual(Millis(1_800_000_000_000)), &lifecycle).await.unwrap();
    (mailbox, lifecycle)
}

const SOON: Duration = Duration::from_secs(5);

/// Speaks the lines and gives the codes that came back, one a reply.
async fn codes(wire: &mut Wire, lines: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for line in lines {
        wire.send(format!("{line}\r\n").as_bytes()).await;
        all.push(reply(wire).await);
    }
    all
}

/// The code of the next reply, whose last line has a space after its code.
async fn reply(wire: &mut Wire) -> String {
    loop {
        let line = wire.line().await.unwrap_or_default();
        if line.as_bytes().get(3) != Some(&b'-') {
            return line.chars().take(3).collect();
        }
    }
}

const OPEN: [&str; 4] = ["EHLO a.test", "MAIL FROM:<news@a.test> SIZE=200 BODY=8BITMIME", "RCPT TO:<reader@b.test>", "DATA"];

#[tokio::test]
async fn a_mail_is_kept_as_it_was_sent() {
    let (mailbox, lifecycle) = mailbox().await;
    let mut wire = Wire::dial(mailbox.address()).await;
    assert_eq!(reply(&mut wire).await, "220");
    assert_eq!(codes(&mut wire, &OPEN).await, ["250", "250", "250", "354"]);
    let message = "Subject: =?utf-8?B?5LqR5rqq5pma5oql?=\r\nList-Id: <a.b.test>\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
                   --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n..dots\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>h</p>\r\n--x--\r\n.\r\n";
    wire.send(message.as_bytes()).await;
    assert_eq!(reply(&mut wire).await, "250");
    assert_eq!(codes(&mut wire, &["NOOP", "RSET", "NONSENSE", "QUIT"]).await, ["250", "250", "502", "221"]);
    let mails = mailbox.wait_for(SOON, |mails| mails.len() == 1).await.unwrap();
    let mail = &mails[0];
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("news@a.test", ["reader@b.test".to_owned()].as_slice()));
    assert_eq!(mail.subject(), "云溪晚报");
    assert_eq!(mail.text().trim(), ".dots");
    assert_eq!(mail.html().trim(), "<p>h</p>");
    assert_eq!(mail.header("List-Id"), "<a.b.test>");
    assert_eq!(mail.at, Millis(1_800_000_000_000));
    lifecycle.stop_softly();
    tokio::time::timeout(SOON, lifecycle.ended()).await.unwrap();
}

#[tokio::test]
async fn a_pipelined_session_is_answered_in_order() {
    let (mailbox, _lifecycle) = mailbox().await;
    let mut wire = Wire::dial(mailbox.address()).await;
    wire.send(b"EHLO a.test\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nRCPT TO:<c@b.test>\r\nDATA\r\n").await;
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(reply(&mut wire).await);
    }
    assert_eq!(all, ["220", "250", "250", "250", "250", "354"]);
    wire.send(b"Subject: one\r\n\r\nText\r\n.\r\nMAIL FROM:<>\r\nQUIT\r\n").await;
    assert_eq!([reply(&mut wire).await, reply(&mut wire).await, reply(&mut wire).await], ["250", "250", "221"]);
    assert_eq!(mailbox.received()[0].to, ["a@b.test", "c@b.test"]);
    assert_eq!(mailbox.received()[0].from, "");
}

#[tokio::test]
async fn commands_out_of_order_and_too_much_are_refused() {
    let (mailbox, _lifecycle) = mailbox().await;
    let mut wire = Wire::dial(mailbox.address()).await;
    reply(&mut wire).await;
    let lines = ["MAIL FROM:<a@b.test>", "EHLO x", "DATA", "RCPT TO:<a@b.test>", "MAIL FROM:<a@b.test> SIZE=99999999", "MAIL a@b.test"];
    assert_eq!(codes(&mut wire, &lines).await, ["503", "250", "503", "503", "552", "501"]);
    let long = "X".repeat(5000);
    assert_eq!(codes(&mut wire, &[&long, "NOOP"]).await, ["500", "250"]);
}

#[tokio::test]
async fn the_script_is_played() {
    let (mailbox, _lifecycle) = mailbox().await;
    mailbox.refuse("Gone@b.test", 550);
    let mut wire = Wire::dial(mailbox.address()).await;
    reply(&mut wire).await;
    let lines = ["EHLO a", "MAIL FROM:<a@a.test>", "RCPT TO:<gone@b.test>", "RCPT TO:<here@b.test>"];
    assert_eq!(codes(&mut wire, &lines).await, ["250", "250", "550", "250"]);

    mailbox.accept("gone@b.test");
    assert_eq!(codes(&mut wire, &["RCPT TO:<gone@b.test>"]).await, ["250"]);
    mailbox.play([Mishap::DropAfterData, Mishap::DropAfterDot { kept: true }, Mishap::DropAfterDot { kept: false }, Mishap::Refuse(451)]);
    assert_eq!(codes(&mut wire, &["DATA"]).await, ["354"]);
    assert_eq!(wire.line().await, None);
    for (answer, kept) in [("", 1), ("", 1), ("451", 1), ("250", 2)] {
        let mut wire = Wire::dial(mailbox.address()).await;
        reply(&mut wire).await;
        assert_eq!(codes(&mut wire, &OPEN).await, ["250", "250", "250", "354"]);
        wire.send(b"Subject: x\r\n\r\nText\r\n.\r\n").await;
        assert_eq!(reply(&mut wire).await, answer);
        assert_eq!(mailbox.received().len(), kept);
    }
}

#[tokio::test]
async fn slow_answers_are_slow_and_a_deadline_passes() {
    let (mailbox, _lifecycle) = mailbox().await;
    mailbox.answer_after(Duration::from_millis(80));
    let begun = tokio::time::Instant::now();
    let mut wire = Wire::dial(mailbox.address()).await;
    reply(&mut wire).await;
    codes(&mut wire, &["EHLO a"]).await;
    assert!(begun.elapsed() >= Duration::from_millis(160));
    mailbox.answer_after(Duration::ZERO);
    mailbox.play([Mishap::Late(Duration::from_millis(120))]);
    codes(&mut wire, &OPEN).await;
    let begun = tokio::time::Instant::now();
    wire.send(b"Subject: x\r\n\r\na bare\n.\nends nothing\r\n.\r\n").await;
    assert_eq!(reply(&mut wire).await, "250");
    assert!(begun.elapsed() >= Duration::from_millis(120));
    assert!(mailbox.received()[0].text().contains("ends nothing"));
    mailbox.clear();
    assert!(mailbox.wait_for(Duration::from_millis(30), |mails| !mails.is_empty()).await.is_none());
}
