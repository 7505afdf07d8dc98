//! What comes out of a statement.
//!
//! Reading is forgiving in the ways that existing databases need: a boolean may be `0`/`1`, a date may be a text, a
//! `timestamptz` or a number of milliseconds. A column that holds something else is an error, not a guess.

use crate::{Error, Stamp};

/// One column of one row, in the database's own terms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Boolean(bool),
    Time(Stamp),
}

/// One row; columns are read by their position in the `SELECT` list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub(crate) Vec<Cell>);

impl Row {
    /// A text that must be there. Numbers read as their text, as SQLite itself would convert them.
    pub fn text(&self, column: usize) -> Result<String, Error> {
        self.optional_text(column)?.ok_or_else(|| Error::column(column, "text"))
    }

    pub fn optional_text(&self, column: usize) -> Result<Option<String>, Error> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text.clone())),
            Cell::Integer(number) => Ok(Some(number.to_string())),
            Cell::Real(number) => Ok(Some(number.to_string())),
            Cell::Time(stamp) => Ok(Some(stamp.to_string())),
            Cell::Boolean(_) => Err(Error::column(column, "text")),
        }
    }

    pub fn integer(&self, column: usize) -> Result<i64, Error> {
        match self.cell(column)? {
            Cell::Integer(number) => Ok(*number),
            Cell::Text(text) => text.parse().map_err(|_| Error::column(column, "integer")),
            _ => Err(Error::column(column, "integer")),
        }
    }

    /// A boolean; SQLite stores `0` and `1`, a null reads as `false`.
    pub fn boolean(&self, column: usize) -> Result<bool, Error> {
        match self.cell(column)? {
            Cell::Boolean(value) => Ok(*value),
            Cell::Integer(number) => Ok(*number != 0),
            Cell::Real(number) => Ok(*number != 0.0),
            Cell::Null => Ok(false),
            Cell::Text(text) => Ok(matches!(text.as_str(), "1" | "true" | "t" | "TRUE")),
            Cell::Time(_) => Err(Error::column(column, "boolean")),
        }
    }

    pub fn time(&self, column: usize) -> Result<Stamp, Error> {
        self.optional_time(column)?.ok_or_else(|| Error::column(column, "time"))
    }

    pub fn optional_time(&self, column: usize) -> Result<Option<Stamp>, Error> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Time(stamp) => Ok(Some(*stamp)),
            Cell::Text(text) => Stamp::parse(text).map(Some).ok_or_else(|| Error::column(column, "time")),
            Cell::Integer(number) => Ok(Some(stamp_from_number(*number))),
            // JavaScript drivers bind every number as a double.
            #[expect(clippy::cast_possible_truncation, reason = "a date beyond 2^63 milliseconds does not exist")]
            Cell::Real(number) => Ok(Some(stamp_from_number(*number as i64))),
            Cell::Boolean(_) => Err(Error::column(column, "time")),
        }
    }

    fn cell(&self, column: usize) -> Result<&Cell, Error> {
        self.0.get(column).ok_or_else(|| Error::column(column, "a column"))
    }
}

/// Some adapters store seconds, most milliseconds; below 10^11 a number of milliseconds would mean 1973.
fn stamp_from_number(number: i64) -> Stamp {
    if number.abs() < 100_000_000_000 { Stamp::from_seconds(number) } else { Stamp::from_milliseconds(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_spellings_are_understood() {
        let row = Row(vec![
            Cell::Integer(1),
            Cell::Text("2026-11-23T12:00:00.000Z".into()),
            Cell::Real(1_795_435_200_000.0),
            Cell::Integer(1_795_435_200),
            Cell::Null,
        ]);
        assert!(row.boolean(0).unwrap());
        let noon = Stamp::from_seconds(1_795_435_200);
        assert_eq!((row.time(1).unwrap(), row.time(2).unwrap(), row.time(3).unwrap()), (noon, noon, noon));
        assert_eq!(row.optional_time(4).unwrap(), None);
        assert!(row.text(4).is_err() && row.text(9).is_err());
    }
}
