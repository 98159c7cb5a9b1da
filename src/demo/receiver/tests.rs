use base64::Engine as _;
use ring::hmac;

use super::*;
use crate::demo::wire::{Wire, exchange, get};

const SOON: Duration = Duration::from_secs(5);
const NOW: Millis = Millis(1_800_000_000_000);
const SECRET: &str = "whsec_c2VjcmV0IG9mIHRoZSBzdGFnZQ==";
const BODY: &[u8] = r#"{"type":"article.published","timestamp":"2027-01-15T08:00:00Z","data":{"title":"云溪开镰"}}"#.as_bytes();

async fn receiver(keep: Keep) -> (Receiver, Lifecycle) {
    let lifecycle = Lifecycle::default();
    (Receiver::start(keep, Clock::manual(NOW), &lifecycle).await.unwrap(), lifecycle)
}

async fn post(receiver: &Receiver, path: &str) -> u16 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret of the stage");
    let mac = hmac::sign(&key, &[b"msg_1.1800000000.".as_slice(), BODY].concat());
    let signature = format!("v1,{}", base64::engine::general_purpose::STANDARD.encode(mac));
    let headers = [("webhook-id", "msg_1"), ("webhook-timestamp", "1800000000"), ("webhook-signature", signature.as_str())];
    exchange(receiver.address(), "POST", path, &headers, BODY).await.status
}

/// Posts by hand and gives the open connection.
async fn open(receiver: &Receiver, path: &str) -> Wire {
    let mut wire = Wire::dial(receiver.address()).await;
    wire.send(format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{{}}").as_bytes()).await;
    wire
}

#[tokio::test]
async fn hooks_are_kept_with_their_verdict() {
    let (receiver, _lifecycle) = receiver(Keep::Whole).await;
    receiver.trust("/hook/1", SECRET).unwrap();
    for path in ["/hook/1", "/hook/2"] {
        assert_eq!(post(&receiver, path).await, 200);
    }
    let hooks = receiver.wait_for(SOON, |hooks| hooks.len() == 2).await.unwrap();
    assert!(hooks[0].verified());
    assert_eq!(hooks[1].verdict, Verdict::NoSecret);
    let first = &hooks[0];
    assert_eq!((first.path.as_str(), first.id.as_str(), first.event_type.as_str()), ("/hook/1", "msg_1", "article.published"));
    assert_eq!((first.title.as_str(), first.body.as_ref(), first.at, first.answered), ("云溪开镰", BODY, NOW, 200));
    receiver.trust_everywhere(SECRET).unwrap();
    receiver.distrust("/hook/1");
    post(&receiver, "/hook/1").await;
    assert!(receiver.received()[2].verified());
    assert_eq!(get(receiver.address(), "/hook/1").await.status, 405);
    receiver.clear();
    assert_eq!((receiver.count(), receiver.received()), (0, Vec::new()));
}

#[tokio::test]
async fn a_path_answers_as_it_was_told() {
    let (receiver, _lifecycle) = receiver(Keep::Whole).await;
    let busy = Behaviour::Answer { status: 503, retry_after: Some("120".into()) };
    receiver.play("/hook/1", [busy, Behaviour::Redirect("http://10.0.0.1/".into()), Behaviour::Late(Duration::from_millis(1))]);
    receiver.always("/hook/1", Behaviour::status_only(410));
    let answer = exchange(receiver.address(), "POST", "/hook/1", &[], b"{}").await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("120")));
    let answer = exchange(receiver.address(), "POST", "/hook/1", &[], b"{}").await;
    assert_eq!((answer.status, answer.header("location")), (302, Some("http://10.0.0.1/")));
    for status in [200, 410, 410] {
        assert_eq!(post(&receiver, "/hook/1").await, status);
    }
    assert_eq!(post(&receiver, "/hook/2").await, 200);
    assert_eq!(receiver.received().iter().map(|hook| hook.answered).collect::<Vec<_>>(), [503, 302, 200, 410, 410, 200]);
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let (receiver, _lifecycle) = receiver(Keep::Whole).await;
    receiver.always("/hook/1", Behaviour::Reset);
    let mut wire = open(&receiver, "/hook/1").await;
    assert_eq!(wire.some(1).await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(receiver.received()[0].answered, 0);
}

#[tokio::test]
async fn what_never_ends_ends_with_the_stop() {
    let (receiver, lifecycle) = receiver(Keep::Whole).await;
    for (path, behaviour) in [("/hang", Behaviour::Hang), ("/drip", Behaviour::Drip), ("/endless", Behaviour::Endless)] {
        receiver.always(path, behaviour);
    }
    let _hanging = open(&receiver, "/hang").await;
    let mut dripping = open(&receiver, "/drip").await;
    let begun = tokio::time::Instant::now();
    assert_eq!(dripping.head().await.0, 200);
    // The first byte, in its chunk of one.
    assert_eq!((dripping.line().await.as_deref(), dripping.line().await.as_deref()), (Some("1"), Some(".")));
    assert!(begun.elapsed() >= Duration::from_millis(900));
    let mut endless = open(&receiver, "/endless").await;
    assert_eq!(endless.head().await.0, 200);
    let mut read = 0;
    while read < 4_000_000 {
        read += endless.some(100_000).await.unwrap().len();
    }
    assert!(receiver.wait_for_count(SOON, 3).await);
    // A peer that no longer reads does not hold up the stop either.
    lifecycle.stop_softly();
    tokio::time::timeout(SOON, lifecycle.ended()).await.unwrap();
}

#[tokio::test]
async fn counting_keeps_nothing() {
    let (receiver, _lifecycle) = receiver(Keep::Count).await;
    let posts = (0..200).map(|place| {
        let receiver = receiver.clone();
        tokio::spawn(async move { post(&receiver, &format!("/hook/{place}")).await })
    });
    let posts: Vec<_> = posts.collect();
    assert!(receiver.wait_for_count(SOON, 200).await);
    for one in posts {
        assert_eq!(one.await.unwrap(), 200);
    }
    assert!(receiver.received().is_empty());
    assert!(!receiver.wait_for_count(Duration::from_millis(20), 201).await);
}
