//! Passwords that leaked somewhere, looked up in a file on this machine.
//!
//! The file is what Have I Been Pwned publishes: one line a password, its SHA-1 in hexadecimal, perhaps a colon and a
//! count, sorted by the hash. Hashes may be cut off to make the file smaller (with sixteen digits a list of a billion
//! raises a false alarm once in ten billion passwords). Nothing of it is read into memory and nothing goes over a
//! network: a look-up reads some thirty lines of a file of any size.

use std::{
    cmp::Ordering,
    fmt,
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt as _,
    path::Path,
};

use doorward::config::BreachedPasswords;
use doorward_crypto::digest;

/// Longer than any line: 40 digits, a colon, a count.
const LINE: u64 = 128;
const SHORTEST_HASH: usize = 16;
/// Lines that are looked at when the file is opened.
const SAMPLES: u64 = 64;
const LONGEST_HASH: usize = 40;

pub(crate) struct BreachedFile {
    file: File,
    length: u64,
}

impl fmt::Debug for BreachedFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BreachedFile").field("bytes", &self.length).finish_non_exhaustive()
    }
}

impl BreachedFile {
    /// Opens the file, and looks here and there whether it is one of hashes in order.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let opened = Self { file, length };
        let mut before = opened.line_from(0)?.ok_or_else(|| wrong("it is empty"))?;
        for sample in 1..SAMPLES {
            let Some(line) = opened.line_from(length / SAMPLES * sample)? else { break };
            if line.hash < before.hash {
                return Err(wrong("it is not sorted by the hash"));
            }
            before = line;
        }
        Ok(opened)
    }

    /// The first line that begins at this place or after it.
    fn line_from(&self, place: u64) -> io::Result<Option<Line>> {
        // One byte more to the left shows whether a line begins right here.
        let from = place.saturating_sub(1);
        let mut buffer = [0; 2 * LINE as usize];
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], from + filled as u64)? {
                0 => break,
                read => filled += read,
            }
        }
        let bytes = &buffer[..filled];
        let newline = |bytes: &[u8]| bytes.iter().position(|byte| *byte == b'\n');
        let start = if place == 0 { 0 } else { newline(bytes).map_or(filled, |at| at + 1) };
        let rest = &bytes[start..];
        let end = newline(rest).unwrap_or(rest.len());
        let words = rest[..end].split(|byte| matches!(byte, b':' | b'\r' | b' ')).next().unwrap_or_default();
        if words.is_empty() {
            return Ok(None);
        }
        let hash = words.to_ascii_uppercase();
        if !(SHORTEST_HASH..=LONGEST_HASH).contains(&hash.len()) || !hash.iter().all(u8::is_ascii_hexdigit) {
            return Err(wrong("a line does not begin with 16 to 40 digits of a SHA-1"));
        }
        let begins = from + start as u64;
        Ok(Some(Line { hash, begins, ends: begins + end as u64 + 1 }))
    }
}

struct Line {
    hash: Vec<u8>,
    begins: u64,
    /// Where the next one begins.
    ends: u64,
}

fn wrong(words: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, words.to_owned())
}

impl BreachedPasswords for BreachedFile {
    fn contains(&self, password: &str) -> io::Result<bool> {
        let sought = digest::sha1_hex(password).to_ascii_uppercase();
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(line) = self.line_from(middle)?.filter(|line| line.begins < high) else {
                high = middle;
                continue;
            };
            match line.hash.as_slice().cmp(&sought.as_bytes()[..line.hash.len()]) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => low = line.ends,
                Ordering::Greater => high = middle,
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> io::Result<BreachedFile> {
        let path = std::env::temp_dir().join(format!("doorward-breached-{}-{name}", std::process::id()));
        std::fs::write(&path, text)?;
        let opened = BreachedFile::open(&path);
        std::fs::remove_file(&path)?;
        opened
    }

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for (name, length, ending) in [("whole", 40, ":12\r\n"), ("cut", 16, "\n"), ("mixed", 40, "\n")] {
            for count in [1, 2, 3, 100] {
                let mut hashes: Vec<String> = (0..count)
                    .map(|number| {
                        digest::sha1_hex(format!("leaked {number}")).to_ascii_uppercase()[..length].to_owned()
                    })
                    .collect();
                hashes.sort();
                let breached = file(name, &hashes.iter().map(|hash| format!("{hash}{ending}")).collect::<String>());
                let breached = breached.unwrap();
                for number in 0..count {
                    assert!(breached.contains(&format!("leaked {number}")).unwrap(), "{name}: {number} of {count}");
                }
                assert!((0..300).all(|number| !breached.contains(&format!("own {number}")).unwrap()), "{name}");
            }
        }
    }

    #[test]
    fn a_known_password_by_the_hash_that_is_published_for_it() {
        let breached = file("known", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10434004").unwrap();
        assert!(breached.contains("password").unwrap() && !breached.contains("Password").unwrap());
    }

    #[test]
    fn what_is_no_such_file_is_told() {
        for (name, text, words) in [
            ("empty", "", "empty"),
            ("words", "password\n123456\n", "digits of a SHA-1"),
            ("unsorted", &["F", "A", "0", "B", "7"].map(|digit| digit.repeat(40) + "\n").concat(), "not sorted"),
        ] {
            let error = file(name, text).unwrap_err().to_string();
            assert!(error.contains(words), "{name}: {error}");
        }
    }
}
