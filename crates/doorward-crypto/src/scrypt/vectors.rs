//! Salsa20's block as four vectors of SSE2, which every x86-64 processor has.
//!
//! The block is a square of four by four words. A round works on its columns, the next one on its rows, and both begin
//! at the diagonal; so the vectors are not rows but diagonals. Then the four quarter rounds of a round are one, lane by
//! lane, and between a round of columns and a round of rows three vectors turn by one, two and three lanes. Everything
//! else in scrypt treats all words alike, so blocks stay in this order from the first step to the last.

use super::Block;
use safe_arch::{
    add_i32_m128i, bitxor_m128i, get_i32_from_m128i_s, m128i, shl_imm_u32_m128i, shr_imm_u32_m128i,
    shuffle_ai_f32_all_m128i,
};

/// Beginning at the words 0, 4, 8 and 12 of the first column.
pub(super) type Vectors = [m128i; 4];

/// The words of each diagonal.
const DIAGONALS: [[usize; 4]; 4] = [[0, 5, 10, 15], [4, 9, 14, 3], [8, 13, 2, 7], [12, 1, 6, 11]];

impl Block for Vectors {
    fn zero() -> Self {
        [m128i::default(); 4]
    }

    fn from_words(words: [u32; 16]) -> Self {
        DIAGONALS.map(|diagonal| m128i::from(diagonal.map(|word| words[word])))
    }

    fn words(self) -> [u32; 16] {
        let mut words = [0; 16];
        for (places, vector) in DIAGONALS.into_iter().zip(self) {
            for (place, word) in places.into_iter().zip(<[u32; 4]>::from(vector)) {
                words[place] = word;
            }
        }
        words
    }

    fn first_word(&self) -> u32 {
        get_i32_from_m128i_s(self[0]).cast_unsigned()
    }

    #[inline(always)]
    fn xor(&self, other: &Self) -> Self {
        std::array::from_fn(|vector| bitxor_m128i(self[vector], other[vector]))
    }

    /// Step by step for all states, so that each has something to do while the others wait. Inlined so that the states
    /// stay in registers along a row, instead of going through memory at every block.
    #[inline(always)]
    fn absorb<const K: usize>(states: &mut [Self; K], blocks: [&Self; K]) {
        for (state, block) in states.iter_mut().zip(blocks) {
            *state = state.xor(block);
        }
        let mut mixed = *states;
        for _ in 0..4 {
            rounds(&mut mixed, [0, 1, 2, 3]);
            turn(&mut mixed, [1, 2, 3]);
            rounds(&mut mixed, [0, 3, 2, 1]);
            turn(&mut mixed, [3, 2, 1]);
        }
        for (state, mixed) in states.iter_mut().zip(mixed) {
            *state = std::array::from_fn(|vector| add_i32_m128i(state[vector], mixed[vector]));
        }
    }
}

/// Four quarter rounds in each state; `a` to `d` are the vectors that stand in for the words of a quarter round.
#[inline(always)]
fn rounds<const K: usize>(states: &mut [Vectors; K], [a, b, c, d]: [usize; 4]) {
    step::<7, 25, K>(states, b, [a, d]);
    step::<9, 23, K>(states, c, [b, a]);
    step::<13, 19, K>(states, d, [c, b]);
    step::<18, 14, K>(states, a, [d, c]);
}

/// `target ^= (x + y) <<< LEFT`, with `RIGHT` for the bits that come in again from the other side.
#[inline(always)]
fn step<const LEFT: i32, const RIGHT: i32, const K: usize>(
    states: &mut [Vectors; K],
    target: usize,
    [x, y]: [usize; 2],
) {
    const { assert!(LEFT + RIGHT == 32) };
    for state in states {
        let sum = add_i32_m128i(state[x], state[y]);
        state[target] = bitxor_m128i(state[target], shl_imm_u32_m128i::<LEFT>(sum));
        state[target] = bitxor_m128i(state[target], shr_imm_u32_m128i::<RIGHT>(sum));
    }
}

/// Turns one vector of each state back by one lane, one by two, and one by three.
#[inline(always)]
fn turn<const K: usize>(states: &mut [Vectors; K], [by_three, by_two, by_one]: [usize; 3]) {
    for state in states {
        state[by_three] = shuffle_ai_f32_all_m128i::<0b10_01_00_11>(state[by_three]);
        state[by_two] = shuffle_ai_f32_all_m128i::<0b01_00_11_10>(state[by_two]);
        state[by_one] = shuffle_ai_f32_all_m128i::<0b00_11_10_01>(state[by_one]);
    }
}
