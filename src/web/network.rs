//! From where a request comes, and how much one network may ask for. No address is kept: the budget knows keyed hashes.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use ipnet::IpNet;

use crate::model::Millis;

use super::respond::Problem;

/// How long a budget lasts before it is filled again.
const SPAN: Duration = Duration::from_mins(10);
/// Forms that one network may post in a span. Whole offices and phone networks share a /24, so it is no bound for one person; what
/// stops subscription bombing is the budget of each address, which the audience keeps.
const FORMS: u32 = 30;
/// Networks remembered in a span, some 2 MB; those beyond it share one budget.
const MOST_NETWORKS: usize = 50_000;

/// The other end of a connection; put into every request by the listener.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// How much each network asked for lately. Cheap to clone; clones share what they know.
#[derive(Debug, Clone, Default)]
pub struct Networks {
    spent: Arc<Mutex<(i64, HashMap<u64, u32>)>>,
    hasher: RandomState,
}

impl Networks {
    /// Takes one form out of a network's budget, or says when there is more.
    pub(super) fn spend(&self, client: IpAddr, now: Millis) -> Result<(), Problem> {
        let span = SPAN.as_millis() as i64;
        let window = now.0.div_euclid(span);
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.0 != window {
            *spent = (window, HashMap::new());
        }
        let key = self.hasher.hash_one(network(client));
        let key = if spent.1.len() >= MOST_NETWORKS && !spent.1.contains_key(&key) { 0 } else { key };
        let used = spent.1.entry(key).or_default();
        if *used >= FORMS {
            let wait = (window + 1) * span - now.0;
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many forms from this network").after((wait + 999) / 1000));
        }
        *used += 1;
        Ok(())
    }
}

/// The /24 of IPv4, the /64 of IPv6: what one subscriber line commonly has.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits() & 0xFFFF_FF00)),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
    }
}

/// Who asks: the other end, or what trusted proxies say of it. `X-Forwarded-For` is read from its end, for only there do our own
/// proxies write.
pub(super) fn client(peer: Option<Peer>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
    let is_ours = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip));
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        let Ok(hop) = hop.parse::<IpAddr>() else { break };
        if !is_ours(client) {
            break;
        }
        client = hop.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(from: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        client(Some(Peer(SocketAddr::new(from.parse().unwrap(), 1))), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(asked("10.0.0.1", "203.0.113.9, 10.0.0.2"), "203.0.113.9");
        assert_eq!(asked("10.0.0.1", "1.1.1.1, 203.0.113.9"), "203.0.113.9", "what the client wrote itself is not read");
        assert_eq!(asked("198.51.100.7", "203.0.113.9"), "198.51.100.7");
        assert_eq!(asked("::ffff:10.0.0.1", "203.0.113.9"), "203.0.113.9");
        assert_eq!(asked("10.0.0.1", "unknown"), "10.0.0.1");
    }

    #[test]
    fn a_network_has_one_budget_and_another_its_own() {
        let networks = Networks::default();
        let now = Millis(SPAN.as_millis() as i64 * 7 + 1);
        for n in 0..FORMS {
            networks.spend(IpAddr::from([203, 0, 113, n as u8]), now).unwrap();
        }
        assert!(networks.spend(IpAddr::from([203, 0, 113, 200]), now).is_err());
        assert!(networks.spend(IpAddr::from([203, 0, 114, 1]), now).is_ok());
        assert!(networks.spend(IpAddr::from([203, 0, 113, 200]), now.plus(SPAN)).is_ok(), "filled again");
        assert_eq!(network("2001:db8::1:2:3:4".parse().unwrap()), network("2001:db8::5".parse::<IpAddr>().unwrap()));
    }
}
