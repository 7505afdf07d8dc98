//! Whose word about the client's address is believed, and how often a client may ask.

use std::{net::IpAddr, str::FromStr};

use super::Limits;

/// Proxies and rate limits.
#[derive(Clone, Debug)]
pub struct NetworkConfig {
    /// Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. Default: none.
    pub trusted_proxies: Vec<Network>,
    /// Better Auth's windows per address and path, and our limits of guesses per account. Default: on.
    pub rate_limit: bool,
    /// Where limits count that several processes share. Default: in memory, for one process.
    pub limits: Limits,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self { trusted_proxies: Vec::new(), rate_limit: true, limits: Limits::Memory }
    }
}

/// A range of addresses in CIDR notation; a bare address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Not a range of addresses.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an address range; write it like 10.0.0.0/8 or 2001:db8::/32")]
pub struct NetworkError(String);

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                shared(own.to_bits().into(), other.to_bits().into(), 32, self.prefix)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => shared(own.to_bits(), other.to_bits(), 128, self.prefix),
            _ => false,
        }
    }
}

/// Whether the first `prefix` of `width` bits are the same.
const fn shared(own: u128, other: u128, width: u32, prefix: u8) -> bool {
    prefix == 0 || (own ^ other) >> (width - prefix as u32) == 0
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let refuse = || NetworkError(text.to_owned());
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address = address.parse::<IpAddr>().map_err(|_| refuse())?.to_canonical();
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), |text| text.parse().map_err(|_| refuse()))?;
        if prefix > width { Err(refuse()) } else { Ok(Self { address, prefix }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_addresses() {
        let range: Network = "10.1.0.0/16".parse().unwrap();
        assert!(range.contains("10.1.255.3".parse().unwrap()) && range.contains("::ffff:10.1.0.1".parse().unwrap()));
        assert!(!range.contains("10.2.0.1".parse().unwrap()) && !range.contains("::1".parse().unwrap()));
        let everyone: Network = "::/0".parse().unwrap();
        assert!(everyone.contains("2001:db8::1".parse().unwrap()));
        let one: Network = "127.0.0.1".parse().unwrap();
        assert!(one.contains("127.0.0.1".parse().unwrap()) && !one.contains("127.0.0.2".parse().unwrap()));
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "example.com", "10.0.0.0/x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
