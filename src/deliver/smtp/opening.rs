//! How a session begins: greeting, TLS, login.

use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::{ClientId, Extension};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::deadlines::Deadlines;
use super::reply::{Reply, innermost};
use super::server::{Relay, StartTls};
use super::session::Session;
use super::step::Step;
use super::tls::{self, Wrapped};
use super::verdict::Failure;

impl Session {
    /// Greets a relay over a connection that was just dialled to it: EHLO, TLS and login as the relay wants them.
    ///
    /// # Errors
    /// Whatever [`Failure`] names; the connection is gone then.
    pub async fn open(relay: &Relay, stream: TcpStream, deadlines: Deadlines) -> Result<Self, Failure> {
        // The final dot is a small write behind a large one: Nagle's algorithm would hold it for a delayed acknowledgement, 40 ms a message.
        stream.set_nodelay(true).map_err(|error| Failure::Broken { step: Step::Greeting, what: error.to_string() })?;
        let stream: Box<dyn AsyncTokioStream> = if relay.implicit_tls {
            let handshake = timeout(deadlines.tls, Wrapped::handshake(relay, stream)).await;
            Box::new(handshake.map_err(|_| late(Step::Tls, deadlines.tls))?.map_err(Failure::Tls)?)
        } else {
            Box::new(stream)
        };
        let hello = ClientId::Domain(relay.hello.clone());
        let greeting = timeout(deadlines.greeting, AsyncSmtpConnection::connect_with_transport(stream, &hello)).await;
        let mut connection =
            greeting.map_err(|_| late(Step::Greeting, deadlines.greeting))?.map_err(|error| failure(Step::Greeting, &error))?;
        let covered = relay.implicit_tls || upgrade(relay, &mut connection, &hello, deadlines).await?;
        log_in(relay, &mut connection, covered, deadlines).await?;
        Ok(Self::over(connection, deadlines))
    }
}

/// STARTTLS where it is wanted; whether the connection is encrypted now.
async fn upgrade(relay: &Relay, connection: &mut AsyncSmtpConnection, hello: &ClientId, deadlines: Deadlines) -> Result<bool, Failure> {
    let offered = connection.server_info().supports_feature(Extension::StartTls);
    match (relay.starttls, offered) {
        (StartTls::None, _) | (StartTls::Opportunistic, false) => return Ok(false),
        (StartTls::Required, false) => return Err(Failure::NoStartTls),
        (StartTls::Opportunistic | StartTls::Required, true) => {}
    }
    let parameters = tls::starttls(relay).map_err(Failure::Tls)?;
    match timeout(deadlines.tls, connection.starttls(parameters, hello)).await {
        Ok(Ok(())) => Ok(true),
        Ok(Err(error)) if error.status().is_some() => Err(failure(Step::Tls, &error)),
        Ok(Err(error)) => Err(Failure::Tls(innermost(&error))),
        Err(_) => Err(late(Step::Tls, deadlines.tls)),
    }
}

/// AUTH where the relay has a login. A password goes bare only to this machine, or where the configuration says so.
async fn log_in(relay: &Relay, connection: &mut AsyncSmtpConnection, covered: bool, deadlines: Deadlines) -> Result<(), Failure> {
    let Some(login) = &relay.login else { return Ok(()) };
    if !covered && relay.starttls != StartTls::None && !relay.is_loopback() {
        return Err(Failure::BareLogin);
    }
    if connection.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
        return Err(Failure::NoMechanism);
    }
    let credentials = Credentials::new(login.user.clone(), login.password.expose().to_owned());
    let ended = timeout(deadlines.login, connection.auth(DEFAULT_MECHANISMS, &credentials)).await;
    ended.map_err(|_| late(Step::Login, deadlines.login))?.map(drop).map_err(|error| failure(Step::Login, &error))
}

fn failure(step: Step, error: &lettre::transport::smtp::Error) -> Failure {
    match error.status() {
        Some(code) => Failure::Refused { step, reply: Reply::new(code.into(), &innermost(error)) },
        None => Failure::Broken { step, what: innermost(error) },
    }
}

fn late(step: Step, deadline: Duration) -> Failure {
    Failure::Deadline { step, seconds: deadline.as_secs() }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::super::peer::{Cover, Peer, React};
    use super::super::server::Login;
    use super::super::verdict::Verdict;
    use super::*;
    use crate::mail::Message;
    use crate::model::{EmailAddress, Secret, Why};

    const PATIENT: Deadlines = Deadlines::RFC_5321;
    const SHORT: Deadlines = Deadlines { greeting: Duration::from_millis(400), ..PATIENT };

    async fn sends(session: &mut Session) -> bool {
        let address = EmailAddress::parse("li@example.cn").unwrap();
        let (envelope_from, message_id) = (address.clone(), "<1.a@example.cn>".to_owned());
        let message = Message { envelope_from, envelope_to: address, bytes: b"Subject: x\r\n\r\nx\r\n".to_vec(), message_id };
        matches!(session.send(&message, async { Ok::<_, Infallible>(()) }).await, Ok(Verdict::Accepted(_)))
    }

    #[tokio::test]
    async fn a_session_that_cannot_begin_says_why() {
        for (rules, want) in [
            (vec![("greeting", React::Say("554 not you\r\n"))], "refused at Greeting: 554 not you"),
            (vec![("greeting", React::Say("HTTP/1.1 400 Bad Request\r\n"))], "the connection broke at Greeting"),
            (vec![("greeting", React::Hang)], "no answer at Greeting within 0 s"),
            (vec![("EHLO", React::Drop)], "the connection broke at Greeting"),
        ] {
            let peer = Peer::start(&rules).await;
            let failure = Session::open(&peer.relay(), peer.dial().await, SHORT).await.unwrap_err();
            assert!(failure.to_string().starts_with(want), "{failure}");
            assert!(!failure.is_ours());
        }
    }

    #[tokio::test]
    async fn a_login_is_guarded_and_its_refusal_is_our_own_fault() {
        let login = Some(Login { user: "news".to_owned(), password: Secret::new("sesame".to_owned()) });
        let rules = [("EHLO", React::Say("250-peer\r\n250 AUTH PLAIN LOGIN\r\n")), ("AUTH", React::Say("535 5.7.8 wrong\r\n"))];
        let peer = Peer::start(&rules).await;
        let relay = Relay { login: login.clone(), ..peer.relay() };
        let failure = Session::open(&relay, peer.dial().await, PATIENT).await.unwrap_err();
        assert!(matches!(failure, Failure::Refused { step: Step::Login, .. }) && failure.is_ours(), "{failure}");
        assert!(matches!(failure.why(), Why::Ours(_)));

        let elsewhere =
            Relay { host: "mail.example.cn".to_owned(), starttls: StartTls::Opportunistic, login: login.clone(), ..peer.relay() };
        assert_eq!(Session::open(&elsewhere, peer.dial().await, PATIENT).await.unwrap_err(), Failure::BareLogin);
        let strict = Relay { starttls: StartTls::Required, login, ..peer.relay() };
        assert_eq!(Session::open(&strict, peer.dial().await, PATIENT).await.unwrap_err(), Failure::NoStartTls);
        assert_eq!(peer.heard().iter().filter(|line| line.starts_with("AUTH")).count(), 1);
    }

    #[tokio::test]
    async fn mail_goes_out_under_tls_both_ways_and_a_stranger_s_certificate_stops_it() {
        for cover in [Cover::StartTls, Cover::Implicit] {
            let peer = Peer::covered(&[], cover).await;
            let trusted = peer.relay();
            let mut session = Session::open(&trusted, peer.dial().await, PATIENT).await.unwrap();
            assert!(sends(&mut session).await, "{cover:?}");
            session.close().await;
            assert_eq!(peer.taken().len(), 1);

            let strange = Relay { ca: None, ..trusted.clone() };
            let failure = Session::open(&strange, peer.dial().await, PATIENT).await.unwrap_err();
            assert!(matches!(failure, Failure::Tls(_)), "{cover:?}: {failure}");
            let other_name = Relay { host: "127.0.0.1".to_owned(), ..trusted };
            let failure = Session::open(&other_name, peer.dial().await, PATIENT).await.unwrap_err();
            assert!(matches!(failure, Failure::Tls(_)), "{cover:?}: {failure}");
        }
        // Where TLS is a courtesy, any certificate will do.
        let peer = Peer::covered(&[], Cover::StartTls).await;
        let courteous = Relay { starttls: StartTls::Opportunistic, ca: None, ..peer.relay() };
        let mut session = Session::open(&courteous, peer.dial().await, PATIENT).await.unwrap();
        assert!(sends(&mut session).await);
        assert!(peer.heard().contains(&"STARTTLS".to_owned()));
    }

    #[tokio::test]
    async fn a_login_goes_out_under_tls_and_mail_follows() {
        let rules = [("EHLO", React::Say("250-peer\r\n250 AUTH LOGIN PLAIN\r\n")), ("AUTH", React::Say("235 2.7.0 welcome\r\n"))];
        let peer = Peer::covered(&rules, Cover::Implicit).await;
        let login = Login { user: "news".to_owned(), password: Secret::new("sesame".to_owned()) };
        let mut session = Session::open(&Relay { login: Some(login), ..peer.relay() }, peer.dial().await, PATIENT).await.unwrap();
        assert!(sends(&mut session).await);
        // RFC 4616: nothing, the user and the password, each behind a NUL.
        assert!(peer.heard().contains(&"AUTH PLAIN AG5ld3MAc2VzYW1l".to_owned()), "{:?}", peer.heard());
    }
}
