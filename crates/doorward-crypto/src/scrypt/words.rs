//! Salsa20's block as sixteen integers, as the RFC prints it: for processors without vectors of our own, and to compare
//! those with.

use super::Block;

pub(super) type Words = [u32; 16];

impl Block for Words {
    fn zero() -> Self {
        [0; 16]
    }

    fn from_words(words: [u32; 16]) -> Self {
        words
    }

    fn words(self) -> [u32; 16] {
        self
    }

    fn first_word(&self) -> u32 {
        self[0]
    }

    fn xor(&self, other: &Self) -> Self {
        std::array::from_fn(|word| self[word] ^ other[word])
    }

    fn absorb<const K: usize>(states: &mut [Self; K], blocks: [&Self; K]) {
        for (state, block) in states.iter_mut().zip(blocks) {
            *state = mixed(state.xor(block));
        }
    }
}

/// Inlined so that the state stays in registers along a row, instead of going through memory at every block.
#[inline(always)]
fn mixed(state: Words) -> Words {
    let mut x = state;
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
    std::array::from_fn(|word| x[word].wrapping_add(state[word]))
}
