//! scrypt (RFC 7914) in safe Rust.
//!
//! # Why it is our own
//!
//! Password hashing is what an authentication server spends its processor on: one sign-in costs as much as thousands of
//! cached session checks, so the speed of this one function is the number of sign-ins that a machine can take. At Better
//! Auth's cost (N = 16384, r = 16, p = 1), on one core of an AMD Zen 5, as multiples of the time that Node's
//! `crypto.scrypt` (OpenSSL) takes:
//!
//! | | time |
//! |---|---|
//! | the `scrypt` crate | 1.45 |
//! | Node | 1 |
//! | this module, in fresh memory | 0.85 |
//! | this module, in kept memory | 0.6 |
//!
//! What makes the difference:
//!
//! * Salsa20/8 on sixteen plain integers. scrypt is one long chain in which every step waits for the one before, so the
//!   latency of a step decides, and not how much is done in it. An SSE2 vector, which is what the crate uses, rotates in
//!   three instructions and is shuffled after each round; an integer rotates in one and moves for nothing, and four
//!   independent quarter rounds are enough to keep a processor busy.
//! * Each row of the table is mixed straight into the next one, without a copy between.
//! * The memory is kept between hashes: see [`memory`].
//!
//! Written as rows of `[u32; 4]` in diagonal order, or with the steps of four quarter rounds interleaved by hand, it
//! compiles to the same speed; so it is written the way the RFC prints it.
//!
//! # What it deliberately does not do
//!
//! It has no threads (p lanes run one after the other), no text format (see [`crate::password`]) and no advice about
//! parameters. Like every scrypt it reads memory at places that depend on the password: that is in its definition.

mod memory;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use memory::Memory;
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// Salsa20's block: sixteen little-endian words, 64 bytes.
type Block = [u32; 16];

static MEMORY: Memory = Memory::new();

/// scrypt's three parameters, known to be valid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    n: usize,
    r: usize,
    p: usize,
}

impl Cost {
    /// N (a power of two), r and p as RFC 7914 names them: the work is proportional to N * r * p, and N * r * 128 bytes
    /// of memory are needed. `None` for what its section 2 forbids, and for what no memory could hold.
    pub(crate) const fn new(n: usize, r: usize, p: usize) -> Option<Self> {
        // p <= (2^32 - 1) * 32 / (128 * r), in other words r * p < 2^30.
        let lanes_fit = match r.checked_mul(p) {
            Some(product) => product > 0 && product < 1 << 30,
            None => false,
        };
        // N < 2^(128 * r / 8) matters for r = 1 only; above that 2^31 is stricter, and keeps N within one word.
        let n_is_valid = n.is_power_of_two() && n > 1 && (r > 1 || n < 1 << 16) && n <= 1 << 31;
        if !lanes_fit || !n_is_valid {
            return None;
        }
        match (n + 2).checked_mul(r * 128) {
            Some(bytes) if bytes <= isize::MAX as usize => Some(Self { n, r, p }),
            _ => None,
        }
    }
}

/// Fills `key` with the key derived from the password and the salt. Blocks for as long as the cost says.
pub(crate) fn derive(password: &[u8], salt: &[u8], cost: Cost, key: &mut [u8]) {
    let lane_length = 128 * cost.r;
    let mut lanes = Zeroizing::new(vec![0; cost.p * lane_length]);
    pbkdf2::derive(PBKDF2_HMAC_SHA256, NonZeroU32::MIN, salt, password, &mut lanes);
    // N rows of the table, the current row after them, and one row to combine it with another.
    MEMORY.lend((cost.n + 2) * 2 * cost.r, |memory| {
        for lane in lanes.chunks_exact_mut(lane_length) {
            mix_lane(lane, cost.n, memory);
        }
    });
    pbkdf2::derive(PBKDF2_HMAC_SHA256, NonZeroU32::MIN, &lanes, password, key);
}

/// Frees the memory that is kept for the next hash.
pub(crate) fn release_memory() {
    MEMORY.release();
}

/// scryptROMix (section 5).
fn mix_lane(lane: &mut [u8], n: usize, memory: &mut [Block]) {
    let row_length = lane.len() / size_of::<Block>();
    let (rows, combined) = memory.split_at_mut((n + 1) * row_length);

    for (word, bytes) in rows.as_flattened_mut().iter_mut().zip(lane.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    for next in 1..=n {
        let_others_run(next);
        let (done, ahead) = rows.split_at_mut(next * row_length);
        mix_row(&done[(next - 1) * row_length..], &mut ahead[..row_length]);
    }

    let (table, row) = rows.split_at_mut(n * row_length);
    for step in 0..n {
        let_others_run(step);
        // The last block as a little-endian number, modulo N: a power of two that fits in the first word.
        let chosen = row[row_length - 1][0] as usize & (n - 1);
        let chosen = &table[chosen * row_length..][..row_length];
        for ((combined, row), chosen) in combined.iter_mut().zip(&*row).zip(chosen) {
            *combined = std::array::from_fn(|word| row[word] ^ chosen[word]);
        }
        mix_row(combined, row);
    }

    for (bytes, word) in lane.as_chunks_mut().0.iter_mut().zip(row.as_flattened()) {
        *bytes = word.to_le_bytes();
    }
}

/// A hash takes tens of milliseconds, and a scheduler lets it have the core for some of them at a stretch. Whoever answers
/// requests on that core meanwhile would wait as long; so the core is offered every few hundred microseconds, which costs
/// a thousandth of the hash when nobody wants it.
fn let_others_run(step: usize) {
    if step.is_multiple_of(256) {
        std::thread::yield_now();
    }
}

/// scryptBlockMix (section 4): each block depends on all before it; even ones go to the first half, odd ones to the second.
fn mix_row(input: &[Block], output: &mut [Block]) {
    let (evens, odds) = output.split_at_mut(input.len() / 2);
    let mut state = input[input.len() - 1];
    for ((pair, even), odd) in input.as_chunks::<2>().0.iter().zip(evens).zip(odds) {
        absorb(&mut state, &pair[0]);
        *even = state;
        absorb(&mut state, &pair[1]);
        *odd = state;
    }
}

/// Combines the block into the state, and the state into itself by Salsa20/8 (section 3).
///
/// Inlined so that the state stays in registers along a row, instead of going through memory at every block.
#[inline(always)]
fn absorb(state: &mut Block, block: &Block) {
    for (word, other) in state.iter_mut().zip(block) {
        *word ^= other;
    }
    let mut x = *state;
    let mut quarter_round = |a: usize, b: usize, c: usize, d: usize| {
        x[b] ^= x[a].wrapping_add(x[d]).rotate_left(7);
        x[c] ^= x[b].wrapping_add(x[a]).rotate_left(9);
        x[d] ^= x[c].wrapping_add(x[b]).rotate_left(13);
        x[a] ^= x[d].wrapping_add(x[c]).rotate_left(18);
    };
    for _ in 0..4 {
        quarter_round(0, 4, 8, 12);
        quarter_round(5, 9, 13, 1);
        quarter_round(10, 14, 2, 6);
        quarter_round(15, 3, 7, 11);

        quarter_round(0, 1, 2, 3);
        quarter_round(5, 6, 7, 4);
        quarter_round(10, 11, 8, 9);
        quarter_round(15, 12, 13, 14);
    }
    for (word, mixed) in state.iter_mut().zip(x) {
        *word = word.wrapping_add(mixed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key<const LENGTH: usize>(password: &[u8], salt: &[u8], (n, r, p): (usize, usize, usize)) -> [u8; LENGTH] {
        let mut key = [0; LENGTH];
        derive(password, salt, Cost::new(n, r, p).expect("valid parameters"), &mut key);
        key
    }

    /// RFC 7914 section 12.
    #[track_caller]
    fn expect(password: &str, salt: &str, cost: (usize, usize, usize), expected: &str) {
        assert_eq!(crate::hex::encode(&key::<64>(password.as_bytes(), salt.as_bytes(), cost)), expected);
    }

    #[test]
    fn rfc_7914_vectors() {
        expect(
            "",
            "",
            (16, 1, 1),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906",
        );
        expect(
            "password",
            "NaCl",
            (1024, 8, 16),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
        );
        expect(
            "pleaseletmein",
            "SodiumChloride",
            (16384, 8, 1),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
        );
    }

    #[test]
    #[ignore = "takes 1 GiB of memory and some seconds"]
    fn rfc_7914_vector_of_one_gibibyte() {
        expect(
            "pleaseletmein",
            "SodiumChloride",
            (1_048_576, 8, 1),
            "2101cb9b6a511aaeaddbbe09cf70f881ec568d574a2ffd4dabe5ee9820adaa478e56fd8f4ba5d09ffa1c6d927c40f4c337304049e8a952fbcbf45c6fa77a41a4",
        );
    }

    #[test]
    fn parameters_outside_the_definition_are_refused() {
        for (n, r, p) in [(2, 1, 1), (32768, 1, 1), (65536, 2, 1), (16384, 16, 1), (2, 1, (1 << 30) - 1)] {
            assert!(Cost::new(n, r, p).is_some(), "{n} {r} {p}");
        }
        for (n, r, p) in [
            (0, 1, 1),
            (1, 1, 1),
            (3, 1, 1),
            (65536, 1, 1),
            (2, 0, 1),
            (2, 1, 0),
            (2, 1 << 15, 1 << 15),
            (2, usize::MAX, 2),
            (1 << 31, (1 << 30) - 1, 1),
            (usize::MAX / 2 + 1, 8, 1),
            (usize::MAX, 8, 1),
        ] {
            assert!(Cost::new(n, r, p).is_none(), "{n} {r} {p}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_scrypt_crate(
            password in prop::collection::vec(any::<u8>(), 0..100),
            salt in prop::collection::vec(any::<u8>(), 0..100),
            (log_n, r, p) in (1u8..8, 1u32..20, 1u32..4),
        ) {
            let params = ::scrypt::Params::new(log_n, r, p).expect("valid parameters");
            let mut expected = [0; 71];
            ::scrypt::scrypt(&password, &salt, &params, &mut expected).expect("a valid length");
            prop_assert_eq!(key::<71>(&password, &salt, (1 << log_n, r as usize, p as usize)), expected);
        }
    }
}
