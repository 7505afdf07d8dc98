//! scrypt (RFC 7914) in safe Rust, one or two hashes at a time.
//!
//! # Why it is our own
//!
//! Password hashing is what an authentication server spends its processor on: one sign-in costs as much as thousands of
//! cached session checks, so the speed of this one function is the number of sign-ins that a machine can take. At Better
//! Auth's cost (N = 16384, r = 16, p = 1), on one core of an AMD Zen 5, as multiples of the time that Node's
//! `crypto.scrypt` (OpenSSL) takes:
//!
//! | | time of a hash |
//! |---|---|
//! | the `scrypt` crate | 1.45 |
//! | Node | 1 |
//! | this module, one at a time | 0.50 |
//! | this module, two at a time | 0.34 |
//!
//! What makes the difference:
//!
//! * scrypt is one long chain in which every step waits for the one before, so a processor that could do four things at
//!   once does one. A second password's chain fills the gaps. Two waiting sign-ins are therefore walked through side by
//!   side, on one thread and in memory of their own ([`AT_ONCE`]): together they take 1.4 times as long as one of them,
//!   and what one computes depends on nothing in the other.
//! * The block is kept in the order in which Salsa20's steps need it ([`vectors`]), and is turned into that order once
//!   a hash and not once a step.
//! * Each row of the table is mixed straight into the next one, without a copy between.
//! * The memory is kept between hashes: see [`memory`].
//!
//! # What it deliberately does not do
//!
//! It has no threads (p lanes run one after the other), no text format (see [`crate::password`]) and no advice about
//! parameters. Like every scrypt it reads memory at places that depend on the password: that is in its definition.

mod memory;
#[cfg(target_arch = "x86_64")]
mod vectors;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod words;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use memory::Memory;
use std::num::NonZeroU32;
use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
use vectors::Vectors as Native;
#[cfg(not(target_arch = "x86_64"))]
use words::Words as Native;

/// How many hashes are best computed side by side by one thread.
pub(crate) const AT_ONCE: usize = if cfg!(target_arch = "x86_64") { 2 } else { 1 };

static MEMORY: Memory<Native> = Memory::new();

/// Salsa20's block, sixteen little-endian words, in whatever order suits the processor.
trait Block: Copy + Send + 'static {
    fn zero() -> Self;
    fn from_words(words: [u32; 16]) -> Self;
    fn words(self) -> [u32; 16];
    fn first_word(&self) -> u32;
    fn xor(&self, other: &Self) -> Self;
    /// Combines each block into its state, and each state into itself by Salsa20/8 (section 3).
    fn absorb<const K: usize>(states: &mut [Self; K], blocks: [&Self; K]);
}

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

/// What a key is derived from.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) password: &'a [u8],
    pub(crate) salt: &'a [u8],
}

/// Fills each key with what is derived from its input. Blocks for as long as the cost says.
pub(crate) fn derive<const K: usize>(inputs: [Input<'_>; K], cost: Cost, keys: [&mut [u8]; K]) {
    derive_in(&MEMORY, inputs, cost, keys);
}

/// Frees the memory that is kept for the next hash.
pub(crate) fn release_memory() {
    MEMORY.release();
}

fn derive_in<B: Block, const K: usize>(memory: &Memory<B>, inputs: [Input<'_>; K], cost: Cost, keys: [&mut [u8]; K]) {
    let lane_length = 128 * cost.r;
    let mut lanes = inputs.map(|Input { password, salt }| {
        let mut lanes = Zeroizing::new(vec![0; cost.p * lane_length]);
        pbkdf2::derive(PBKDF2_HMAC_SHA256, NonZeroU32::MIN, salt, password, &mut lanes);
        lanes
    });
    // N rows of the table, the current row after them, and one row to combine it with another.
    memory.lend((cost.n + 2) * 2 * cost.r, |mut memory| {
        for lane in 0..cost.p {
            let lanes = lanes.each_mut().map(|lanes| &mut lanes[lane * lane_length..][..lane_length]);
            mix_lanes(lanes, cost.n, memory.each_mut().map(|memory| &mut **memory));
        }
    });
    for ((Input { password, .. }, lanes), key) in inputs.into_iter().zip(&lanes).zip(keys) {
        pbkdf2::derive(PBKDF2_HMAC_SHA256, NonZeroU32::MIN, lanes, password, key);
    }
}

/// scryptROMix (section 5), for K lanes in step.
fn mix_lanes<B: Block, const K: usize>(lanes: [&mut [u8]; K], n: usize, mut memory: [&mut [B]; K]) {
    let length = lanes[0].len() / size_of::<[u32; 16]>();

    for (lane, memory) in lanes.iter().zip(&mut memory) {
        for (block, bytes) in memory.iter_mut().zip(lane.as_chunks::<64>().0) {
            let words = bytes.as_chunks::<4>().0;
            *block = B::from_words(std::array::from_fn(|word| u32::from_le_bytes(words[word])));
        }
    }
    for row in 0..n {
        let_others_run::<K>(row);
        mix_rows(memory.each_mut().map(|memory| memory[row * length..][..2 * length].split_at_mut(length)));
    }
    for step in 0..n {
        let_others_run::<K>(step);
        mix_rows(memory.each_mut().map(|memory| {
            let (table, rest) = memory.split_at_mut(n * length);
            let (row, combined) = rest.split_at_mut(length);
            // The last block as a little-endian number, modulo N: a power of two that fits in the first word.
            let chosen = row[length - 1].first_word() as usize & (n - 1);
            let chosen = &table[chosen * length..][..length];
            for ((combined, block), chosen) in combined.iter_mut().zip(&*row).zip(chosen) {
                *combined = block.xor(chosen);
            }
            (combined, row)
        }));
    }

    for (lane, memory) in lanes.into_iter().zip(memory) {
        for (bytes, block) in lane.as_chunks_mut::<64>().0.iter_mut().zip(&memory[n * length..]) {
            for (bytes, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(block.words()) {
                *bytes = word.to_le_bytes();
            }
        }
    }
}

/// A hash takes tens of milliseconds, and a scheduler lets it have the core for some of them at a stretch. Whoever answers
/// requests on that core meanwhile would wait as long; so the core is offered every few hundred microseconds, which costs
/// a thousandth of the hash when nobody wants it.
fn let_others_run<const K: usize>(step: usize) {
    if step.is_multiple_of(256 / K) {
        std::thread::yield_now();
    }
}

/// scryptBlockMix (section 4), from the first row of each pair to the second: each block depends on all before it; even
/// ones go to the first half, odd ones to the second.
fn mix_rows<B: Block, const K: usize>(mut rows: [(&mut [B], &mut [B]); K]) {
    let length = rows[0].0.len();
    let mut states = rows.each_ref().map(|(input, _)| input[length - 1]);
    for block in 0..length {
        B::absorb(&mut states, rows.each_ref().map(|(input, _)| &input[block]));
        for (state, (_, output)) in states.iter().zip(&mut rows) {
            output[block / 2 + block % 2 * (length / 2)] = *state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One key, computed alone, beside another, beside two others, and by both kinds of blocks.
    fn key<const LENGTH: usize>(password: &[u8], salt: &[u8], (n, r, p): (usize, usize, usize)) -> [u8; LENGTH] {
        let cost = Cost::new(n, r, p).expect("valid parameters");
        let (input, other) = (Input { password, salt }, Input { password: b"another", salt: b"one" });
        let mut alone = [0; LENGTH];
        derive([input], cost, [&mut alone]);
        let mut beside = [[0; LENGTH]; 2];
        derive([other, input], cost, beside.each_mut().map(|key| &mut key[..]));
        let mut in_words = [[0; LENGTH]; 3];
        let keys = in_words.each_mut().map(|key| &mut key[..]);
        derive_in(&Memory::<words::Words>::new(), [input, other, input], cost, keys);
        assert_eq!([alone; 3], [beside[1], in_words[0], in_words[2]]);
        assert_eq!(beside[0], in_words[1]);
        assert!(alone != beside[0] || LENGTH == 0);
        alone
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
