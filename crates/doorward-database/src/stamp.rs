//! A moment in time as Better Auth stores and prints it: UTC, millisecond precision.
//!
//! The civil-date arithmetic is Howard Hinnant's published algorithm; a date library would be one more dependency
//! for the sixty lines below.

use std::fmt;

const MILLISECONDS_PER_DAY: i64 = 86_400_000;

/// Milliseconds since 1970-01-01T00:00:00Z.
///
/// Displays as `YYYY-MM-DDTHH:MM:SS.mmmZ`, always with three digits of milliseconds: SQLite databases compare these
/// texts, and the npm client turns exactly this form into a `Date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(i64);

impl Stamp {
    /// A stamp from milliseconds since the Unix epoch.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// A stamp from whole seconds since the Unix epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved by some seconds; negative moves back.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Reads an ISO 8601 date-time: `2026-11-23T10:00:00.000Z`, with or without the fraction, with `T` or a space, with
    /// `Z`, an offset, or nothing (taken as UTC, as SQLite's own `CURRENT_TIMESTAMP` prints it).
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() < 19 || bytes[4] != b'-' || bytes[7] != b'-' || bytes[13] != b':' || bytes[16] != b':' {
            return None;
        }
        let number = |from: usize, to: usize| -> Option<i64> {
            let digits = bytes.get(from..to)?;
            digits
                .iter()
                .all(u8::is_ascii_digit)
                .then(|| digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
        };
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let mut at = 19;
        let mut fraction = 0;
        if bytes.get(at) == Some(&b'.') {
            at += 1;
            let mut scale = 100;
            while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
                fraction += i64::from(digit - b'0') * scale;
                scale /= 10;
                at += 1;
            }
        }
        let offset_minutes = match bytes.get(at) {
            None | Some(b'Z' | b'z') => 0,
            Some(sign @ (b'+' | b'-')) => {
                let hours = number(at + 1, at + 3)?;
                let minutes = number(at + 4, at + 6).or_else(|| number(at + 3, at + 5)).unwrap_or(0);
                (hours * 60 + minutes) * if *sign == b'+' { 1 } else { -1 }
            }
            Some(_) => return None,
        };
        let seconds =
            days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset_minutes * 60;
        Some(Self(seconds * 1000 + fraction))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(MILLISECONDS_PER_DAY));
        let rest = self.0.rem_euclid(MILLISECONDS_PER_DAY);
        let (hour, minute, second, millisecond) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
        if !(0..=9999).contains(&year) {
            return write!(
                formatter,
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"
            );
        }
        // Digit by digit: every answer with a session prints four of these.
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (end, mut number) in
            [(4, year), (7, month), (10, day), (13, hour), (16, minute), (19, second), (23, millisecond)]
        {
            let mut at = end;
            while number > 0 {
                at -= 1;
                text[at] += (number % 10) as u8;
                number /= 10;
            }
        }
        formatter.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl serde::Serialize for Stamp {
    /// The ISO text, as `JSON.stringify` prints a `Date`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_javascript_prints() {
        assert_eq!(Stamp::from_milliseconds(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Stamp::from_milliseconds(1_795_435_200_007).to_string(), "2026-11-23T12:00:00.007Z");
        assert_eq!(Stamp::from_milliseconds(951_782_399_999).to_string(), "2000-02-28T23:59:59.999Z");
        assert_eq!(Stamp::from_milliseconds(951_782_400_000).to_string(), "2000-02-29T00:00:00.000Z");
        assert_eq!(Stamp::from_milliseconds(-1).to_string(), "1969-12-31T23:59:59.999Z");
        assert_eq!(Stamp::from_milliseconds(253_402_300_799_999).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Stamp::from_milliseconds(253_402_300_800_000).to_string(), "10000-01-01T00:00:00.000Z");
        assert_eq!(Stamp::from_milliseconds(-61_000_000_000_000).to_string(), "0036-12-26T11:33:20.000Z");
    }

    #[test]
    fn reads_back_what_it_prints() {
        for milliseconds in (-4_000_000_000_000..4_000_000_000_000).step_by(7_777_777_777) {
            let stamp = Stamp::from_milliseconds(milliseconds);
            assert_eq!(Stamp::parse(&stamp.to_string()), Some(stamp));
        }
    }

    #[test]
    fn reads_other_spellings() {
        let noon = Some(Stamp::from_milliseconds(1_795_435_200_000));
        for text in [
            "2026-11-23 12:00:00",
            "2026-11-23T12:00:00Z",
            "2026-11-23T13:00:00+01:00",
            "2026-11-23T11:00:00.000-0100",
            "2026-11-23 12:00:00+00",
        ] {
            assert_eq!(Stamp::parse(text), noon, "{text}");
        }
        for text in ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-23T12:00:00 noon", "2026/11/23T12:00:00Z"] {
            assert_eq!(Stamp::parse(text), None, "{text}");
        }
    }
}
