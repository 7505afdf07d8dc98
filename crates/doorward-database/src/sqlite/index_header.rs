//! The header of SQLite's WAL index, as it stands in the shared file.
//!
//! Only on Linux: there a file that is mapped by one and read by another is one memory to both, which POSIX leaves open.

use std::{fs::File, path::Path};

/// One copy of it. Offsets: 0 version, 8 count of commits, 12 whether it is filled in, then the log's length and salts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header([u8; LENGTH]);

const LENGTH: usize = 48;

/// The only format there has been.
const VERSION: u32 = 3_007_000;

impl Header {
    /// `None` while one is being written: SQLite writes the second copy first.
    #[cfg(target_os = "linux")]
    pub(super) fn read(index: &File) -> Option<Self> {
        use std::os::unix::fs::FileExt;

        let mut copies = [0; 2 * LENGTH];
        index.read_exact_at(&mut copies, 0).ok()?;
        Self::agreed(&copies)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn read(_index: &File) -> Option<Self> {
        None
    }

    fn agreed(copies: &[u8; 2 * LENGTH]) -> Option<Self> {
        let (first, second) = copies.split_first_chunk()?;
        let header = Self(*first);
        (first == second && header.number(0) == VERSION && header.0[12] == 1).then_some(header)
    }

    /// Whether exactly one commit lies between.
    pub(super) fn follows(self, before: Self) -> bool {
        self.number(8) == before.number(8).wrapping_add(1)
    }

    /// In the machine's own order of bytes.
    fn number(self, offset: usize) -> u32 {
        self.0.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_ne_bytes(*bytes))
    }
}

/// Which file a name leads to, without opening it.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;

    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copies(commits: u32) -> [u8; 2 * LENGTH] {
        let mut copy = [0; LENGTH];
        copy[..4].copy_from_slice(&VERSION.to_ne_bytes());
        copy[8..12].copy_from_slice(&commits.to_ne_bytes());
        copy[12] = 1;
        let mut both = [0; 2 * LENGTH];
        both[..LENGTH].copy_from_slice(&copy);
        both[LENGTH..].copy_from_slice(&copy);
        both
    }

    #[test]
    fn a_header_counts_commits() {
        let [old, new, newer] = [u32::MAX, 0, 1].map(|commits| Header::agreed(&copies(commits)).unwrap());
        assert!(new.follows(old) && newer.follows(new));
        assert!(!newer.follows(old) && !old.follows(new) && !new.follows(new));
    }

    #[test]
    fn half_written_strange_and_empty_headers_are_none() {
        let mut half = copies(7);
        half[16] = 1;
        let mut strange = copies(7);
        strange[0] ^= 1;
        strange[LENGTH] ^= 1;
        let mut unfilled = copies(7);
        unfilled[12] = 0;
        unfilled[LENGTH + 12] = 0;
        for bytes in [half, strange, unfilled, [0; 2 * LENGTH]] {
            assert_eq!(Header::agreed(&bytes), None);
        }
    }
}
