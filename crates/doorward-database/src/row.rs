//! What comes out of a statement.
//!
//! Reading is forgiving in the ways that existing databases need: a boolean may be `0`/`1`, a date may be a text, a
//! `timestamptz` or a number of milliseconds. A column that holds something else is an error, not a guess.

use std::{borrow::Cow, sync::Arc};

use crate::{Error, Stamp};

/// One column of one row, in the database's own terms.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Boolean(bool),
    Time(Stamp),
    /// Where the text stands among the answer's texts.
    Text {
        from: usize,
        to: usize,
    },
}

/// One row; columns are read by their position in the `SELECT` list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    answer: Arc<Answer>,
    /// Where its first column stands in the answer.
    first: usize,
}

/// The rows of one query: all cells in one list and all texts in one string, so that a thousand rows cost as many
/// allocations as one.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    width: usize,
    cells: Vec<Cell>,
    texts: String,
}

/// Rows that there is room for from the second one on, and letters in each of them: where there are two, there are many.
const MANY_ROWS: usize = 31;
const LETTERS: usize = 64;

/// Filling it, row by row and column by column.
impl Answer {
    pub(crate) fn of(width: usize) -> Self {
        Self { width, cells: Vec::with_capacity(width), texts: String::with_capacity(256) }
    }

    pub(crate) fn rows(self) -> Vec<Row> {
        let (width, cells) = (self.width.max(1), self.cells.len());
        let answer = Arc::new(self);
        (0..cells).step_by(width).map(|first| Row { answer: Arc::clone(&answer), first }).collect()
    }

    /// To be called before each row.
    pub(crate) fn next_row(&mut self) {
        if self.cells.len() == self.width {
            self.cells.reserve(self.width * MANY_ROWS);
            self.texts.reserve(LETTERS * MANY_ROWS);
        }
    }

    pub(crate) fn push_null(&mut self) {
        self.cells.push(Cell::Null);
    }

    pub(crate) fn push_integer(&mut self, number: i64) {
        self.cells.push(Cell::Integer(number));
    }

    pub(crate) fn push_real(&mut self, number: f64) {
        self.cells.push(Cell::Real(number));
    }

    pub(crate) fn push_boolean(&mut self, value: bool) {
        self.cells.push(Cell::Boolean(value));
    }

    pub(crate) fn push_time(&mut self, stamp: Stamp) {
        self.cells.push(Cell::Time(stamp));
    }

    /// Bytes that are not UTF-8 are shown as such: some other program's row must not stop a list.
    pub(crate) fn push_text(&mut self, bytes: &[u8]) {
        let from = self.texts.len();
        match str::from_utf8(bytes) {
            Ok(text) => self.texts.push_str(text),
            Err(_) => self.texts.push_str(&String::from_utf8_lossy(bytes)),
        }
        self.cells.push(Cell::Text { from, to: self.texts.len() });
    }
}

/// Reading it.
impl Row {
    /// A text that must be there. Numbers read as their text, as SQLite itself would convert them.
    pub fn text(&self, column: usize) -> Result<String, Error> {
        self.text_as_is(column).map(Cow::into_owned)
    }

    /// [`Row::text`] without a copy of what is a text already.
    pub fn text_as_is(&self, column: usize) -> Result<Cow<'_, str>, Error> {
        self.readable(column)?.ok_or_else(|| Error::column(column, "text"))
    }

    pub fn optional_text(&self, column: usize) -> Result<Option<String>, Error> {
        Ok(self.readable(column)?.map(Cow::into_owned))
    }

    pub fn integer(&self, column: usize) -> Result<i64, Error> {
        match self.cell(column)? {
            Cell::Integer(number) => Ok(number),
            Cell::Text { from, to } => {
                self.answer.texts[from..to].parse().map_err(|_| Error::column(column, "integer"))
            }
            _ => Err(Error::column(column, "integer")),
        }
    }

    /// A boolean; SQLite stores `0` and `1`, a null reads as `false`.
    pub fn boolean(&self, column: usize) -> Result<bool, Error> {
        match self.cell(column)? {
            Cell::Boolean(value) => Ok(value),
            Cell::Integer(number) => Ok(number != 0),
            Cell::Real(number) => Ok(number != 0.0),
            Cell::Null => Ok(false),
            Cell::Text { from, to } => Ok(matches!(&self.answer.texts[from..to], "1" | "true" | "t" | "TRUE")),
            Cell::Time(_) => Err(Error::column(column, "boolean")),
        }
    }

    pub fn time(&self, column: usize) -> Result<Stamp, Error> {
        self.optional_time(column)?.ok_or_else(|| Error::column(column, "time"))
    }

    pub fn optional_time(&self, column: usize) -> Result<Option<Stamp>, Error> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Time(stamp) => Ok(Some(stamp)),
            Cell::Text { from, to } => {
                Stamp::parse(&self.answer.texts[from..to]).map(Some).ok_or_else(|| Error::column(column, "time"))
            }
            Cell::Integer(number) => Ok(Some(stamp_from_number(number))),
            // JavaScript drivers bind every number as a double.
            #[expect(clippy::cast_possible_truncation, reason = "a date beyond 2^63 milliseconds does not exist")]
            Cell::Real(number) => Ok(Some(stamp_from_number(number as i64))),
            Cell::Boolean(_) => Err(Error::column(column, "time")),
        }
    }

    fn readable(&self, column: usize) -> Result<Option<Cow<'_, str>>, Error> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text { from, to } => Ok(Some(Cow::Borrowed(&self.answer.texts[from..to]))),
            Cell::Integer(number) => Ok(Some(Cow::Owned(number.to_string()))),
            Cell::Real(number) => Ok(Some(Cow::Owned(number.to_string()))),
            Cell::Time(stamp) => Ok(Some(Cow::Owned(stamp.to_string()))),
            Cell::Boolean(_) => Err(Error::column(column, "text")),
        }
    }

    fn cell(&self, column: usize) -> Result<Cell, Error> {
        let cell = (column < self.answer.width).then(|| self.answer.cells.get(self.first + column)).flatten();
        cell.copied().ok_or_else(|| Error::column(column, "a column"))
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
        let mut answer = Answer::of(7);
        answer.push_integer(1);
        answer.push_text(b"2026-11-23T12:00:00.000Z");
        answer.push_real(1_795_435_200_000.0);
        answer.push_integer(1_795_435_200);
        answer.push_null();
        answer.push_text("naïve".as_bytes());
        answer.push_text(b"\xff");
        let row = answer.rows().remove(0);
        assert!(row.boolean(0).unwrap());
        let noon = Stamp::from_seconds(1_795_435_200);
        assert_eq!((row.time(1).unwrap(), row.time(2).unwrap(), row.time(3).unwrap()), (noon, noon, noon));
        assert_eq!(row.optional_time(4).unwrap(), None);
        assert!(row.text(4).is_err() && row.text(9).is_err());
        assert_eq!((row.text(0).unwrap(), row.text(5).unwrap()), ("1".to_owned(), "naïve".to_owned()));
        assert_eq!(row.text(6).unwrap(), "\u{fffd}");
    }

    #[test]
    fn each_row_has_its_own_columns() {
        let mut answer = Answer::of(2);
        for number in 0..3 {
            answer.push_integer(number);
            answer.push_text(format!("row {number}").as_bytes());
        }
        let rows = answer.rows();
        let read: Vec<_> = rows.iter().map(|row| (row.integer(0).unwrap(), row.text(1).unwrap())).collect();
        assert_eq!(read, [(0, "row 0".into()), (1, "row 1".into()), (2, "row 2".into())]);
        assert!(rows.iter().all(|row| row.text(2).is_err()), "what follows is another row");
        assert!(Answer::of(2).rows().is_empty());
    }
}
