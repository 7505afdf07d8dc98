//! The large block of memory that scrypt works in, kept from one hash to the next.
//!
//! At Better Auth's cost it is 32 MiB. Fresh from the operating system it costs a page fault for each of its
//! 8192 pages, more than a third of the hash's own time. So a block is kept when a hash has finished, and the next
//! hash takes it. This is a cache and not state: no result depends on it.
//!
//! A block is overwritten before it is kept or freed, for about a fiftieth of the hash's time. It holds values derived
//! from the password by a single round of PBKDF2, and whoever read them could try passwords against them at that price
//! instead of at the price of scrypt. What remains on the stack and in registers is not overwritten; neither is the
//! password itself, which belongs to the caller.
//!
//! Kept blocks would be most of the memory of an idle server, so whoever runs the hashes calls [`Memory::release`] when
//! there have been none for a while: this crate reads no clock.

use super::Block;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many blocks are kept. A server that has more hashes at once than this pays the page faults in the rest of them.
const KEPT: usize = 16;

pub(super) struct Memory<B>(Mutex<Vec<Vec<B>>>);

impl<B: Block> Memory<B> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Lends K times `length` blocks of 64 bytes, all zero.
    pub(super) fn lend<T, const K: usize>(&self, length: usize, work: impl FnOnce([&mut [B]; K]) -> T) -> T {
        let mut lent: [Vec<B>; K] =
            std::array::from_fn(|_| self.take(length).unwrap_or_else(|| vec![B::zero(); length]));
        let result = work(lent.each_mut().map(Vec::as_mut_slice));
        for mut memory in lent {
            memory.fill(B::zero());
            // If the memory is to be freed below, the compiler could find that nobody reads the zeros and leave them
            // out. It must not: this makes it believe that somebody does.
            std::hint::black_box(&memory);
            self.keep(memory);
        }
        result
    }

    /// Frees what is kept; what is lent is not affected. The next hashes are slower by their page faults.
    pub(super) fn release(&self) {
        let released = std::mem::take(&mut *self.kept());
        drop(released); // outside the lock
    }

    fn take(&self, length: usize) -> Option<Vec<B>> {
        let mut kept = self.kept();
        let fitting = kept.iter().position(|memory| memory.len() == length)?;
        Some(kept.swap_remove(fitting))
    }

    fn keep(&self, memory: Vec<B>) {
        let mut kept = self.kept();
        if kept.len() < KEPT {
            kept.push(memory);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Vec<B>>> {
        // Nothing above can leave the list half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::Words;
    use super::*;

    fn lengths(memory: &Memory<Words>) -> Vec<usize> {
        memory.kept().iter().map(Vec::len).collect()
    }

    #[test]
    fn memory_is_kept_by_size_and_released() {
        let memory = Memory::new();
        for length in [3, 5, 3, 5] {
            memory.lend(length, |[lent]| assert_eq!(lent.len(), length));
        }
        assert_eq!(lengths(&memory), [3, 5]);
        memory.release();
        assert!(lengths(&memory).is_empty());
    }

    #[test]
    fn nothing_remains_of_the_last_hash() {
        let memory = Memory::new();
        memory.lend(4, |lent: [_; 2]| lent.map(|lent| lent.fill([u32::MAX; 16])));
        assert_eq!(*memory.kept(), [const { [[0; 16]; 4] }; 2]);
    }

    #[test]
    fn only_so_much_is_kept() {
        fn nested(memory: &Memory<Words>, depth: usize) {
            if depth > 0 {
                memory.lend(1, |[_]| nested(memory, depth - 1));
            }
        }
        let memory = Memory::new();
        nested(&memory, KEPT + 3);
        assert_eq!(lengths(&memory), [1; KEPT]);
    }
}
