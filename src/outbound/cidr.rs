//! A network as the configuration writes it: `10.0.0.0/8`, `fd00::/8`, or one address alone.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network: the addresses that share the first `prefix` bits of `base`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    base: IpAddr,
    prefix: u8,
}

/// Text that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    /// The part before the slash.
    #[error("no IP address before the slash")]
    Address,
    /// The part after the slash.
    #[error("the prefix is no number from 0 to {0}")]
    Prefix(u8),
    /// `10.0.0.1/8`: most likely a slip, and the wider reading would open more than was meant.
    #[error("bits are set behind the prefix; the network is {0}")]
    HostBits(Cidr),
}

impl Cidr {
    /// A network whose base is known to be right.
    pub(super) const fn v4(base: [u8; 4], prefix: u8) -> Self {
        Self { base: IpAddr::V4(Ipv4Addr::new(base[0], base[1], base[2], base[3])), prefix }
    }

    /// The same for IPv6; the first four groups are enough for every network we name.
    pub(super) const fn v6(base: [u16; 4], prefix: u8) -> Self {
        Self { base: IpAddr::V6(Ipv6Addr::new(base[0], base[1], base[2], base[3], 0, 0, 0, 0)), prefix }
    }

    /// Whether the address lies inside. An IPv4 network never holds an IPv6 spelling of its addresses.
    #[must_use]
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.base, ip) {
            (IpAddr::V4(base), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                (base.to_bits() ^ ip.to_bits()) & mask == 0
            }
            (IpAddr::V6(base), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                (base.to_bits() ^ ip.to_bits()) & mask == 0
            }
            _ => false,
        }
    }

    fn floor(self) -> Self {
        let base = match self.base {
            IpAddr::V4(ip) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits() & mask))
            }
            IpAddr::V6(ip) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & mask))
            }
        };
        Self { base, prefix: self.prefix }
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let base: IpAddr = address.parse().map_err(|_| CidrError::Address)?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => most,
            Some(digits) => digits.parse().ok().filter(|prefix| *prefix <= most).ok_or(CidrError::Prefix(most))?,
        };
        let read = Self { base, prefix };
        if read.floor() == read { Ok(read) } else { Err(CidrError::HostBits(read.floor())) }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own_and_nothing_beside() {
        let lan: Cidr = "10.0.0.0/8".parse().unwrap();
        assert!(lan.contains("10.255.0.1".parse().unwrap()));
        assert!(!lan.contains("11.0.0.0".parse().unwrap()));
        assert!(!lan.contains("::ffff:10.0.0.1".parse().unwrap()));
        let all: Cidr = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("255.255.255.255".parse().unwrap()));
        let ula: Cidr = "fd00::/8".parse().unwrap();
        assert!(ula.contains("fdff::1".parse().unwrap()) && !ula.contains("fc00::1".parse().unwrap()));
        let one: Cidr = "::1".parse().unwrap();
        assert!(one.contains("::1".parse().unwrap()) && !one.contains("::2".parse().unwrap()));
    }

    #[test]
    fn a_slip_is_named() {
        assert_eq!("10.0.0.1/8".parse::<Cidr>(), Err(CidrError::HostBits("10.0.0.0/8".parse().unwrap())));
        assert_eq!("10.0.0.0/33".parse::<Cidr>(), Err(CidrError::Prefix(32)));
        assert_eq!("::/129".parse::<Cidr>(), Err(CidrError::Prefix(128)));
        assert_eq!("lan/8".parse::<Cidr>(), Err(CidrError::Address));
        assert_eq!("fd00::/8".parse::<Cidr>().unwrap().to_string(), "fd00::/8");
    }
}
