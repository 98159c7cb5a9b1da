//! Which addresses may be reached: the judgement that stands before every connection.
//!
//! Whoever may name an address to us (a subscriber of the hub, an endpoint's owner, a page with pictures) could name one of our own
//! network. So only what the IANA special-purpose registries call globally reachable is reached, on the ports of the web, unless the
//! operator allows a network by name. [`judge`] is the whole of the address rules; [`Guard`] adds ports, schemes and what is allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use url::{Host, Url};

use super::Cidr;

/// The ports of the web, open for every public address. Anything else is more likely a mail server or a database than a webhook.
pub const WEB_PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// What a source with `allow_private` may reach besides: the networks of a LAN. Link-local addresses stay closed, for that is where
/// clouds answer with the machine's own credentials (169.254.169.254).
const LAN: [Cidr; 6] = [
    Cidr::v4([10, 0, 0, 0], 8),
    Cidr::v4([172, 16, 0, 0], 12),
    Cidr::v4([192, 168, 0, 0], 16),
    Cidr::v4([100, 64, 0, 0], 10),
    Cidr::v4([127, 0, 0, 0], 8),
    Cidr::v6([0xfc00, 0, 0, 0], 7),
];

/// IPv4 addresses that are not globally reachable: the IANA special-purpose registry (RFC 6890), multicast (RFC 5771), class E.
const SPECIAL_V4: [(Cidr, &str); 15] = [
    (Cidr::v4([0, 0, 0, 0], 8), "this host"),
    (Cidr::v4([10, 0, 0, 0], 8), "a private network"),
    (Cidr::v4([100, 64, 0, 0], 10), "a carrier's inner network"),
    (Cidr::v4([127, 0, 0, 0], 8), "loopback"),
    (Cidr::v4([169, 254, 0, 0], 16), "link-local"),
    (Cidr::v4([172, 16, 0, 0], 12), "a private network"),
    (Cidr::v4([192, 0, 0, 0], 24), "protocol assignments"),
    (Cidr::v4([192, 0, 2, 0], 24), "documentation"),
    (Cidr::v4([192, 88, 99, 0], 24), "6to4 relays"),
    (Cidr::v4([192, 168, 0, 0], 16), "a private network"),
    (Cidr::v4([198, 18, 0, 0], 15), "benchmarking"),
    (Cidr::v4([198, 51, 100, 0], 24), "documentation"),
    (Cidr::v4([203, 0, 113, 0], 24), "documentation"),
    (Cidr::v4([224, 0, 0, 0], 4), "multicast"),
    (Cidr::v4([240, 0, 0, 0], 4), "reserved"),
];

/// Within `2000::/3`, what is not globally reachable. Outside it nothing is, save the well-known NAT64 prefix.
const SPECIAL_V6: [(Cidr, &str); 4] = [
    (Cidr::v6([0x2001, 0, 0, 0], 23), "protocol assignments, Teredo among them"),
    (Cidr::v6([0x2001, 0x0db8, 0, 0], 32), "documentation"),
    (Cidr::v6([0x2002, 0, 0, 0], 16), "6to4"),
    (Cidr::v6([0x3fff, 0, 0, 0], 20), "documentation"),
];

/// Global unicast, RFC 4291 section 2.4 with what IANA has given out of it.
const GLOBAL_V6: Cidr = Cidr::v6([0x2000, 0, 0, 0], 3);

/// The well-known NAT64 prefix, RFC 6052 section 2.1: /96, the last 32 bits are the IPv4 address that will really be reached.
const NAT64: Cidr = Cidr::v6([0x0064, 0xff9b, 0, 0], 96);

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Globally reachable.
    Public,
    /// Not, and which special range it lies in.
    Special(&'static str),
}

/// Judges an address by itself. An IPv6 spelling that carries IPv4 is judged by what it carries where a gateway would go there
/// (NAT64), and is special in every other case: mapped, compatible and SIIT lie in `::/8`, 6to4 and Teredo have ranges of their own.
#[must_use]
pub fn judge(ip: IpAddr) -> Verdict {
    match ip {
        IpAddr::V4(ip) => judge_v4(ip),
        IpAddr::V6(ip) => judge_v6(ip),
    }
}

fn judge_v4(ip: Ipv4Addr) -> Verdict {
    let special = SPECIAL_V4.iter().find(|(range, _)| range.contains(IpAddr::V4(ip)));
    special.map_or(Verdict::Public, |(_, name)| Verdict::Special(name))
}

fn judge_v6(ip: Ipv6Addr) -> Verdict {
    let low = Ipv4Addr::from_bits(ip.to_bits() as u32);
    if NAT64.contains(IpAddr::V6(ip)) {
        return judge_v4(low);
    }
    if !GLOBAL_V6.contains(IpAddr::V6(ip)) {
        return Verdict::Special("outside the global IPv6 range");
    }
    if let Some((_, name)) = SPECIAL_V6.iter().find(|(range, _)| range.contains(IpAddr::V6(ip))) {
        return Verdict::Special(name);
    }
    // ISATAP, RFC 5214 section 6.1: any prefix, then [02]00:5efe and an IPv4 address as the interface.
    let [.., high, mark, _, _] = ip.segments();
    if mark == 0x5efe && high & !0x0200 == 0 { judge_v4(low) } else { Verdict::Public }
}

/// Why the guard lets nothing out. Never names the address that a name led to: whoever asked may not know it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardRefusal {
    /// Only http and https.
    #[error("only http and https are spoken")]
    Scheme,
    /// `https://user:password@…`: it would end in logs, and browsers refuse it too.
    #[error("a user or password in the address")]
    UserInfo,
    /// No host.
    #[error("no host")]
    Host,
    /// A port that is none of the web's and not opened by `[outbound] ports`.
    #[error("port {0} is not open")]
    Port(u16),
    /// The address, or one that the name leads to, lies in a special range.
    #[error("leads to {0}")]
    Range(&'static str),
    /// A connect address was given for an address in numbers.
    #[error("an inside address stands for a name, not for another address")]
    Literal,
    /// The name has no address, or none was found in time.
    #[error("the name does not resolve")]
    Unresolved,
}

/// The rules for one reach: what is allowed besides the public internet.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    allow: Arc<[Cidr]>,
    ports: Arc<[u16]>,
    lan: bool,
}

/// What a URL names, after the rules that need no resolving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Aim {
    /// An address that was judged and may be dialled.
    Address(IpAddr),
    /// A name. With `web_port`, its addresses may be public; without, all of them must be allowed ones.
    Name {
        /// As the URL writes it.
        host: String,
        /// Whether the port is open for public addresses.
        web_port: bool,
    },
}

impl Guard {
    /// `allow` may be reached on any port, `ports` are open besides [`WEB_PORTS`].
    pub(super) fn new(allow: &[Cidr], ports: &[u16]) -> Self {
        Self { allow: allow.into(), ports: WEB_PORTS.iter().chain(ports).copied().collect(), lan: false }
    }

    /// The same rules, with the LAN allowed too.
    pub(super) fn with_lan(&self) -> Self {
        Self { lan: true, ..self.clone() }
    }

    /// Whether the operator opened this address, on any port.
    pub(super) fn allows(&self, ip: IpAddr) -> bool {
        // ::1 cannot be written by its first groups, so it stands beside the table.
        let lan = self.lan && (LAN.iter().any(|net| net.contains(ip)) || ip == IpAddr::V6(Ipv6Addr::LOCALHOST));
        lan || self.allow.iter().any(|net| net.contains(ip))
    }

    /// Judges all the addresses of a name: one bad address refuses them all, or a name could mix a public one with ours.
    pub(super) fn vet(&self, addresses: &[IpAddr], web_port: bool) -> Result<(), GuardRefusal> {
        for ip in addresses.iter().filter(|ip| !self.allows(**ip)) {
            match judge(*ip) {
                Verdict::Special(range) => return Err(GuardRefusal::Range(range)),
                Verdict::Public if !web_port => return Err(GuardRefusal::Port(0)),
                Verdict::Public => {}
            }
        }
        if addresses.is_empty() { Err(GuardRefusal::Unresolved) } else { Ok(()) }
    }

    /// The rules that need no resolving. `Url` has already brought every spelling of an IPv4 host (decimal, octal, hex, trailing
    /// dot, full-width digits) to its one form, WHATWG URL section 3.5.
    pub(super) fn aim(&self, url: &Url) -> Result<Aim, GuardRefusal> {
        let port = check_shape(url)?;
        let web_port = self.ports.contains(&port);
        let ip = match url.host().ok_or(GuardRefusal::Host)? {
            Host::Domain("") => return Err(GuardRefusal::Host),
            Host::Domain(host) => return Ok(Aim::Name { host: host.to_owned(), web_port }),
            Host::Ipv4(ip) => IpAddr::V4(ip),
            Host::Ipv6(ip) => IpAddr::V6(ip),
        };
        self.vet(&[ip], web_port).map_err(|refusal| refusal.with_port(port))?;
        Ok(Aim::Address(ip))
    }
}

impl GuardRefusal {
    /// `vet` does not know the port; whoever does fills it in.
    pub(super) fn with_port(self, port: u16) -> Self {
        if matches!(self, Self::Port(_)) { Self::Port(port) } else { self }
    }
}

/// Scheme and user info, for every reach; gives the port.
pub(super) fn check_shape(url: &Url) -> Result<u16, GuardRefusal> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(GuardRefusal::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(GuardRefusal::UserInfo);
    }
    url.port_or_known_default().ok_or(GuardRefusal::Host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn closed() -> Guard {
        Guard::new(&[], &[])
    }

    fn refused(url: &str) -> GuardRefusal {
        closed().aim(&Url::parse(url).unwrap()).expect_err(url)
    }

    #[test]
    fn every_way_to_write_loopback_is_refused() {
        let spellings = [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "１２７.０.０.１",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::127.0.0.1]",
            "[64:ff9b:1::127.0.0.1]",
            "[2002:7f00:1::]",
            "[::ffff:0:127.0.0.1]",
            "[2001:0:7f00:1::1]",
            "[2a00:1450::5efe:127.0.0.1]",
            "[2a00:1450::200:5efe:7f00:1]",
            "[fe80::1]",
            "[fec0::1]",
            "[fd00::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[100::1]",
            "[5f00::1]",
            "0",
            "0.0.0.0",
            "169.254.169.254",
            "100.100.100.200",
            "255.255.255.255",
            "224.0.0.1",
            "192.0.0.1",
            "198.19.0.1",
        ];
        for host in spellings {
            assert!(matches!(refused(&format!("http://{host}/")), GuardRefusal::Range(_)), "{host}");
        }
    }

    #[test]
    fn public_addresses_pass_on_the_ports_of_the_web() {
        for host in ["1.1.1.1", "[2606:4700::1111]", "[64:ff9b::1.1.1.1]", "172.32.0.1", "192.167.1.1", "[2a00::5efe:1.1.1.1]"] {
            for port in WEB_PORTS {
                closed().aim(&Url::parse(&format!("http://{host}:{port}/")).unwrap()).unwrap();
            }
            assert_eq!(refused(&format!("http://{host}:6379/")), GuardRefusal::Port(6379));
        }
    }

    #[test]
    fn an_allowed_network_is_reached_on_any_port_and_a_further_port_on_public_addresses() {
        let guard = Guard::new(&["127.0.0.0/8".parse().unwrap()], &[9443]);
        let aim = |url: &str| guard.aim(&Url::parse(url).unwrap());
        assert!(aim("http://127.0.0.1:6379/").is_ok());
        assert!(aim("https://1.1.1.1:9443/").is_ok());
        assert_eq!(aim("http://10.0.0.1/"), Err(GuardRefusal::Range("a private network")));
        assert_eq!(aim("http://1.1.1.1:25/"), Err(GuardRefusal::Port(25)));
        assert_eq!(aim("http://news.example:25/"), Ok(Aim::Name { host: "news.example".into(), web_port: false }));
    }

    #[test]
    fn the_lan_holds_no_link_local_address() {
        let lan = closed().with_lan();
        for ip in ["10.1.2.3", "192.168.1.1", "127.0.0.1", "::1", "fd12::1", "fc00::1"] {
            assert!(lan.allows(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["169.254.169.254", "fe80::1", "224.0.0.1", "::ffff:10.0.0.1", "1.1.1.1"] {
            assert!(!lan.allows(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn other_schemes_and_user_info_are_refused() {
        assert_eq!(refused("ftp://1.1.1.1/"), GuardRefusal::Scheme);
        assert_eq!(refused("file:///etc/passwd"), GuardRefusal::Scheme);
        assert_eq!(refused("https://editor@1.1.1.1/"), GuardRefusal::UserInfo);
        assert_eq!(refused("https://:word@1.1.1.1/"), GuardRefusal::UserInfo);
    }

    #[test]
    fn one_bad_address_refuses_the_name() {
        let addresses = ["1.1.1.1".parse().unwrap(), "10.0.0.1".parse().unwrap()];
        assert_eq!(closed().vet(&addresses, true), Err(GuardRefusal::Range("a private network")));
        assert_eq!(closed().vet(&addresses[..1], true), Ok(()));
        assert_eq!(closed().vet(&[], true), Err(GuardRefusal::Unresolved));
    }

    /// Every spelling of an IPv4 address that a URL or a resolver may hand us.
    fn spellings(ip: Ipv4Addr) -> Vec<String> {
        let [first, second, third, last] = ip.octets();
        let bits = ip.to_bits();
        let (high, low) = (bits >> 16, bits & 0xffff);
        let mut hosts = vec![
            ip.to_string(),
            format!("{ip}."),
            bits.to_string(),
            format!("{bits:#x}"),
            format!("0{bits:o}"),
            format!("{first:#x}.{second}.0{third:o}.{last}"),
            format!("{first}.{}", bits & 0x00ff_ffff),
            format!("{first}.{second}.{low}"),
        ];
        hosts.extend([
            format!("[::ffff:{ip}]"),
            format!("[::{ip}]"),
            format!("[::ffff:0:{ip}]"),
            format!("[64:ff9b::{ip}]"),
            format!("[64:ff9b:1::{ip}]"),
            format!("[2002:{high:x}:{low:x}::1]"),
            format!("[2001:0:{high:x}:{low:x}::]"),
            format!("[2001:0:102:304::{:x}:{:x}]", !high & 0xffff, !low & 0xffff),
            format!("[2a01:4f8::5efe:{ip}]"),
            format!("[2a01:4f8::200:5efe:{ip}]"),
            format!("[fe80::5efe:{ip}]"),
        ]);
        hosts
    }

    proptest! {
        #[test]
        fn no_special_ipv4_passes_in_any_spelling(range in 0..SPECIAL_V4.len(), bits: u32) {
            let (net, _) = SPECIAL_V4[range];
            let text = net.to_string();
            let (base, prefix) = text.split_once('/').unwrap();
            let prefix: u32 = prefix.parse().unwrap();
            let base: Ipv4Addr = base.parse().unwrap();
            let ip = Ipv4Addr::from_bits(base.to_bits() | (bits >> prefix));
            prop_assert!(net.contains(IpAddr::V4(ip)));
            for host in spellings(ip) {
                let url = Url::parse(&format!("http://{host}/")).unwrap();
                prop_assert!(matches!(closed().aim(&url), Err(GuardRefusal::Range(_))), "{} for {}", host, ip);
            }
        }

        #[test]
        fn no_ipv6_outside_the_global_range_passes(bits: u128) {
            let ip = Ipv6Addr::from_bits(bits);
            if judge(IpAddr::V6(ip)) == Verdict::Public {
                prop_assert!(ip.segments()[0] & 0xe000 == 0x2000 || NAT64.contains(IpAddr::V6(ip)));
            }
        }
    }
}
