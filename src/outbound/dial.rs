//! The only dialler of bare TCP: for mail servers, which only the file can name and which stand outside the address rules.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::failure::{Failure, io_words, refused};
use super::names::Names;
use crate::model::{Phase, Why};

/// How long one address may take to answer; a mail server that is further than this from us is down.
const CONNECT_BUDGET: Duration = Duration::from_secs(10);

/// How many addresses of one name are tried, so that a name with hundreds does not hold its lane for an hour.
const ADDRESSES_TRIED: usize = 4;

/// Connects to the first address of `host` that answers, with Nagle's delay off: SMTP speaks in short lines.
pub(super) async fn dial(names: &Names, host: &str, port: u16) -> Result<TcpStream, Failure> {
    let began = Instant::now();
    let failed = |(phase, why)| Failure { phase, why, ms: began.elapsed().as_millis() as i64 };
    let found = names.look_up(host).await.map_err(|refusal| failed(refused(refusal)))?;
    let mut words = "failed";
    for ip in found.iter().take(ADDRESSES_TRIED) {
        match connect(*ip, port).await {
            Ok(stream) => return Ok(stream),
            Err(why) => words = why,
        }
    }
    Err(failed((Phase::Connect, Why::Connect(words.to_owned()))))
}

async fn connect(ip: IpAddr, port: u16) -> Result<TcpStream, &'static str> {
    #[expect(clippy::disallowed_methods, reason = "this is the only dialler")]
    let dialled = TcpStream::connect(SocketAddr::new(ip, port));
    let stream = timeout(CONNECT_BUDGET, dialled).await.map_err(|_| "no answer in time")?;
    let stream = stream.map_err(|error| io_words(error.kind()))?;
    stream.set_nodelay(true).map_err(|error| io_words(error.kind()))?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use crate::outbound::{Outbound, Policy};

    #[tokio::test]
    async fn mail_servers_are_dialled_outside_the_address_rules() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outbound = Outbound::new(Policy::default()).unwrap();
        let stream = outbound.dial("127.0.0.1", listener.local_addr().unwrap().port()).await.unwrap();
        assert!(stream.nodelay().unwrap());
    }
}
