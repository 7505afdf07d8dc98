//! What it costs to try an address that nobody has.
//!
//! Hashes that were brought along from elsewhere, or made under another setting, take longer or shorter than ours:
//! bcrypt of cost 12 takes four times as long as scrypt. If an unknown address always cost one hash of ours, any other
//! time would say that somebody is there. So an unknown address costs the hash of a real account: the same one each
//! time, chosen by a keyed digest, out of some that stand for all. A slow answer then says that the address is like
//! those of so many people, and not that it is one.
//!
//! The sample is read again every minute. While people sign in and their hashes become ours, so do their stand-ins.

use std::sync::{Arc, Mutex, PoisonError};

use doorward_crypto::{digest, password};

use super::Auth;
use crate::store::accounts;

/// How many accounts stand for all; ids are random, so the first ones are as good as any.
const SAMPLE: i64 = 512;

#[derive(Default)]
pub(crate) struct Decoys(Mutex<Arc<[String]>>);

impl Decoys {
    fn set(&self, hashes: Vec<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = hashes.into();
    }

    /// The hash that this address costs; `None` while nobody has a password.
    fn of(&self, digest: &str) -> Option<String> {
        let sample = Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let [high, low, ..] = digest::sha256(digest);
        let place = usize::from(u16::from_be_bytes([high, low])).checked_rem(sample.len())?;
        sample.get(place).cloned()
    }
}

impl Auth {
    /// What an address costs that has no password. Nothing that is compared with it is ever right.
    pub(crate) fn decoy(&self, address: &str) -> Option<String> {
        self.decoys.of(&self.account_digest(address))
    }

    /// Looks again which hashes people have.
    pub(super) async fn sample_hashes(&self) {
        match accounts::some_passwords(&self.store, SAMPLE).await {
            Ok(hashes) => self.decoys.set(hashes.into_iter().filter(|hash| password::scheme(hash).is_some()).collect()),
            Err(error) => tracing::warn!(%error, "the hashes that people have could not be looked at"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_decoy_and_all_hashes_have_their_share() {
        let decoys = Decoys::default();
        assert_eq!(decoys.of("nobody"), None);
        decoys.set((0..4).map(|number| number.to_string()).collect());
        let counts = (0..400).fold([0; 4], |mut counts, number| {
            let decoy = decoys.of(&format!("address {number}")).unwrap();
            assert_eq!(decoys.of(&format!("address {number}")).unwrap(), decoy);
            counts[decoy.parse::<usize>().unwrap()] += 1;
            counts
        });
        assert!(counts.iter().all(|count| (60..140).contains(count)), "{counts:?}");
    }
}
