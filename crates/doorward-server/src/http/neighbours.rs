//! How many connections one address may hold, so that nobody takes all places.
//!
//! IPv6 counts by its /64, as the limits on requests do. Proxies and this machine itself are not counted: behind their
//! address stand many people.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use doorward::config::Network;

/// Connections of each address.
#[derive(Clone)]
pub(crate) struct Neighbours {
    limit: u32,
    uncounted: Arc<[Network]>,
    counts: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

/// A place that is given back when it is dropped.
pub(super) struct Place {
    address: Option<IpAddr>,
    counts: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

impl Neighbours {
    pub(crate) fn new(limit: u32, uncounted: impl IntoIterator<Item = Network>) -> Self {
        Self { limit, uncounted: uncounted.into_iter().collect(), counts: Arc::default() }
    }

    /// `None`: this address holds as many connections as it may.
    pub(super) fn admit(&self, peer: IpAddr) -> Option<Place> {
        let counts = Arc::clone(&self.counts);
        if self.uncounted.iter().any(|range| range.contains(peer)) {
            return Some(Place { address: None, counts });
        }
        let address = one_person(peer);
        let mut guard = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = guard.entry(address).or_insert(0);
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        drop(guard);
        Some(Place { address: Some(address), counts })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&address);
            }
        }
    }
}

fn one_person(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_so_many_places_and_gets_them_back() {
        let neighbours = Neighbours::new(2, ["10.0.0.0/8".parse().unwrap()]);
        let admit = |address: &str| neighbours.admit(address.parse().unwrap());
        let (first, _second) = (admit("203.0.113.7").unwrap(), admit("203.0.113.7").unwrap());
        assert!(admit("203.0.113.7").is_none() && admit("::ffff:203.0.113.7").is_none());
        assert!(admit("203.0.113.8").is_some(), "others are not concerned");
        drop(first);
        assert!(admit("203.0.113.7").is_some());

        let _network = [admit("2001:db8::1").unwrap(), admit("2001:db8::2").unwrap()];
        assert!(admit("2001:db8::3").is_none() && admit("2001:db8:0:1::3").is_some());
        let proxied: Vec<_> = (0..10).map(|_| admit("10.1.2.3").unwrap()).collect();
        drop(proxied);
        drop(_network);
        drop(_second);
        assert!(neighbours.counts.lock().unwrap().is_empty(), "nothing is remembered of who has left");
    }
}
