//! The few lines of DER (ITU-T X.690) that print a new RSA key as a JWK.
//!
//! The crypto library exports a new RSA key as PKCS#8 only. This reader takes the eight numbers out of that. It reads
//! what the library just made, never anything from outside, and returns `None` rather than guess.

/// What is left to read.
pub(super) struct Reader<'a>(&'a [u8]);

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

impl<'a> Reader<'a> {
    /// `n`, `e`, `d`, `p`, `q`, `dp`, `dq` and `qi` of a PKCS#8 document (RFC 5958) that holds an `RSAPrivateKey`
    /// (RFC 8017 appendix A.1.2), as big-endian bytes without leading zeros.
    pub(super) fn rsa_private_key(pkcs8: &'a [u8]) -> Option<[&'a [u8]; 8]> {
        let mut info = Reader(Reader(pkcs8).value(SEQUENCE)?);
        info.value(INTEGER)?; // version
        info.value(SEQUENCE)?; // algorithm identifier
        let key = info.value(OCTET_STRING)?;
        let mut numbers = Reader(Reader(key).value(SEQUENCE)?);
        numbers.value(INTEGER)?; // version: two primes
        let mut found = [&[][..]; 8];
        for number in &mut found {
            let bytes = numbers.value(INTEGER)?;
            // A DER integer is signed: one zero byte stands before a high first bit.
            *number = bytes.strip_prefix(&[0]).unwrap_or(bytes);
        }
        Some(found)
    }

    /// The content of the next element, if it has this tag.
    fn value(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            // The long form: so many bytes of length. Two are enough for 64 KiB.
            let count = usize::from(first & 0x7f);
            if !(1..=2).contains(&count) {
                return None;
            }
            let (digits, after) = rest.split_at_checked(count)?;
            rest = after;
            digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (found == tag).then_some(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_short_and_long_lengths_and_nothing_truncated() {
        let mut long = vec![INTEGER, 0x82, 0x01, 0x00];
        long.extend([7; 256]);
        assert_eq!(Reader(&long).value(INTEGER), Some(&[7; 256][..]));
        assert_eq!(Reader(&long[..259]).value(INTEGER), None);
        assert_eq!(Reader(&[INTEGER, 1, 5]).value(INTEGER), Some(&[5][..]));
        assert_eq!(Reader(&[INTEGER, 1, 5]).value(SEQUENCE), None);
        for broken in [&[][..], &[INTEGER], &[INTEGER, 0x80], &[INTEGER, 0x83, 0, 0, 1, 5], &[INTEGER, 2, 5]] {
            assert_eq!(Reader(broken).value(INTEGER), None);
        }
    }
}
