//! Since when and until when a certificate is valid.
//!
//! The one thing that is read from a certificate here, and only from one that is served: who may be believed is
//! decided by rustls, which tells nobody these two times. So this walks over DER (X.690) to the two of them
//! (RFC 5280, section 4.1) and understands nothing else; a whole X.509 parser would be nine crates more.

/// Two moments, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) from: i64,
    pub(super) until: i64,
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xA0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

impl Validity {
    /// `None` for what is not a certificate.
    pub(super) fn of(certificate: &[u8]) -> Option<Self> {
        let mut outer = Reader(certificate);
        let mut certificate = Reader(outer.expect(SEQUENCE)?);
        let mut body = Reader(certificate.expect(SEQUENCE)?);
        if body.0.first() == Some(&VERSION) {
            body.next()?;
        }
        body.expect(INTEGER)?; // serial number
        body.expect(SEQUENCE)?; // signature algorithm
        body.expect(SEQUENCE)?; // issuer
        let mut validity = Reader(body.expect(SEQUENCE)?);
        Some(Self { from: validity.time()?, until: validity.time()? })
    }

    /// When a certificate is best replaced: a third of its life is left to find out why it does not work.
    pub(super) const fn renewal(self) -> i64 {
        self.until - (self.until - self.from) / 3
    }
}

/// What is left of a DER text.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next element: its tag and its content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            let count = usize::from(first & 0x7F);
            let (bytes, after) = rest.split_at_checked(count).filter(|_| (1..=3).contains(&count))?;
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            rest = after;
        }
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    /// `YYMMDDHHMMSSZ`, or with four digits of the year: RFC 5280 allows no other forms.
    fn time(&mut self) -> Option<i64> {
        let (tag, text) = self.next()?;
        let digits = text.strip_suffix(b"Z").filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
        let number = |digits: &[u8]| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        let (year, rest) = match (tag, digits.len()) {
            (UTC_TIME, 12) => {
                let year = number(&digits[..2]);
                (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
            }
            (GENERALIZED_TIME, 14) => (number(&digits[..4]), &digits[4..]),
            _ => return None,
        };
        let [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map(|start| number(&rest[start..start + 2]));
        Some(((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
    }
}

/// Days from 1970-01-01 in the Gregorian calendar; years begin in March here, so that the leap day comes last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(from: (i32, u8, u8), until: (i32, u8, u8)) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(["auth.example.com".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
        params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
        params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn both_forms_of_time_are_read() {
        let short = Validity::of(&made((2026, 2, 28), (2026, 3, 1))).unwrap();
        assert_eq!(short, Validity { from: 1_772_236_800, until: 1_772_323_200 });
        assert_eq!(short.renewal(), 1_772_323_200 - 28_800);
        let long = Validity::of(&made((1975, 1, 1), (4096, 1, 1))).unwrap();
        assert_eq!(long, Validity { from: 157_766_400, until: 67_090_118_400 });
        let leap = Validity::of(&made((2024, 2, 29), (2051, 12, 31))).unwrap();
        assert_eq!(leap, Validity { from: 1_709_164_800, until: 2_587_593_600 });
    }

    #[test]
    fn what_is_cut_or_garbled_is_none() {
        let whole = made((2026, 1, 1), (2026, 4, 1));
        for end in 0..whole.len() {
            assert_eq!(Validity::of(&whole[..end]), None, "{end}");
        }
        for place in 0..whole.len().min(200) {
            for byte in [0, 0x30, 0x7F, 0x80, 0x84, 0xFF] {
                let mut garbled = whole.clone();
                garbled[place] = byte;
                Validity::of(&garbled);
            }
        }
    }
}
