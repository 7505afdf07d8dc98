//! How many connections one address may hold, so that nobody takes all places.
//!
//! IPv6 counts by its /64, as the limits on requests do. Proxies and this machine itself are not counted: behind their
//! address stand many people.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use doorward::config::Network;

/// Connections of each address.
#[derive(Clone)]
pub(crate) struct Neighbours {
    limit: u32,
    uncounted: Arc<[Network]>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    counts: Mutex<HashMap<IpAddr, u32>>,
    open: AtomicU64,
    refused: AtomicU64,
}

/// A place that is given back when it is dropped.
pub(super) struct Place {
    address: Option<IpAddr>,
    shared: Arc<Shared>,
}

impl Neighbours {
    pub(crate) fn new(limit: u32, uncounted: impl IntoIterator<Item = Network>) -> Self {
        Self { limit, uncounted: uncounted.into_iter().collect(), shared: Arc::default() }
    }

    /// `None`: this address holds as many connections as it may.
    pub(super) fn admit(&self, peer: IpAddr) -> Option<Place> {
        let is_counted = !self.uncounted.iter().any(|range| range.contains(peer));
        let address = is_counted.then(|| one_person(peer));
        if let Some(address) = address {
            let mut counts = self.shared.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(address).or_insert(0);
            if *count >= self.limit {
                self.shared.refused.fetch_add(1, Relaxed);
                return None;
            }
            *count += 1;
        }
        self.shared.open.fetch_add(1, Relaxed);
        Some(Place { address, shared: Arc::clone(&self.shared) })
    }

    /// Connections of everybody.
    pub(super) fn open(&self) -> u64 {
        self.shared.open.load(Relaxed)
    }

    /// Connections that were one too many.
    pub(super) fn refused(&self) -> u64 {
        self.shared.refused.load(Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.open.fetch_sub(1, Relaxed);
        let Some(address) = self.address else { return };
        let mut counts = self.shared.counts.lock().unwrap_or_else(PoisonError::into_inner);
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
        assert_eq!((neighbours.open(), neighbours.refused()), (0, 3));
        assert!(neighbours.shared.counts.lock().unwrap().is_empty(), "nothing is remembered of who has left");
    }
}
