//! Values that go into statements and rows that come out, the same for both databases.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use lacuna_domain::{CodebookId, DocumentId, RunId, TextId, VersionId};
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// One value. `Null` stands for a missing text: nullable columns are text by rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// Collects anything that converts into a [`Value`] into the arguments of a statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Value::from($value)),*] };
}
pub(crate) use args;

/// How many values a list of a statement has.
pub(crate) const LIST: usize = 16;

/// The places of a list in a statement; see [`list`].
macro_rules! places {
    () => {
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    };
}
pub(crate) use places;

/// The values of a list, at most [`LIST`] of them; the last one fills up, so that every list is one statement.
pub(crate) fn list(values: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut values: Vec<Value> = values.into_iter().collect();
    values.resize(LIST, values.last().cloned().unwrap_or(Value::Null));
    values
}

/// A statement with its values.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) args: Vec<Value>,
}

impl Statement {
    pub(crate) const fn new(sql: &'static str, args: Vec<Value>) -> Self {
        Self { sql: Cow::Borrowed(sql), args }
    }

    /// A statement made from the names of tables and columns of the layout, never from anything that came in.
    pub(crate) const fn made(sql: String, args: Vec<Value>) -> Self {
        Self { sql: Cow::Owned(sql), args }
    }

    /// Many rows in one statement: `head`, then a list of places for each row, then `tail`. There is at least one row, and
    /// all have as many values; at most [`ROWS`] rows keep within the places that both databases allow.
    pub(crate) fn of_rows(head: &str, rows: Vec<Vec<Value>>, tail: &str) -> Self {
        let mut sql = format!("{head} VALUES ");
        let mut place = 0;
        for (number, row) in rows.iter().enumerate() {
            sql.push_str(if number == 0 { "(" } else { ", (" });
            for column in 0..row.len() {
                place += 1;
                // Writing to a string cannot fail.
                let _ = write!(sql, "{}${place}", if column == 0 { "" } else { ", " });
            }
            sql.push(')');
        }
        sql.push_str(tail);
        Self { sql: Cow::Owned(sql), args: rows.into_iter().flatten().collect() }
    }

    /// Writes the statement with `by` added to the number of each place.
    pub(crate) fn shifted_into(&self, sql: &mut String, by: usize) {
        let mut rest = &*self.sql;
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = after.split_at(digits);
            let _ = write!(sql, "{before}${}", number.parse::<usize>().unwrap_or(0) + by);
            rest = after;
        }
        sql.push_str(rest);
    }
}

/// The most rows of one statement.
pub(crate) const ROWS: usize = 64;

macro_rules! from_id {
    ($($id:ty),*) => { $(
        impl From<&$id> for Value {
            fn from(id: &$id) -> Self {
                Self::Text(id.as_str().to_owned())
            }
        }
    )* };
}
from_id!(DocumentId, TextId, VersionId, RunId, CodebookId);

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Text(format!("{at:.9}"))
    }
}

/// One row of an answer.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) values: Vec<Value>,
    pub(crate) place: Arc<str>,
}

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.values.get(column) {
            Some(Value::Int(value)) => Ok(*value),
            other => Err(self.unreadable(column, format!("expected a number, found {}", kind(other)))),
        }
    }

    pub(crate) fn text(&self, column: usize) -> Result<&str, StoreError> {
        match self.values.get(column) {
            Some(Value::Text(value)) => Ok(value),
            other => Err(self.unreadable(column, format!("expected text, found {}", kind(other)))),
        }
    }

    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        if matches!(self.values.get(column), Some(Value::Null)) {
            return Ok(None);
        }
        self.text(column).map(Some)
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.values.get(column) {
            Some(Value::Bytes(value)) => Ok(value),
            other => Err(self.unreadable(column, format!("expected bytes, found {}", kind(other)))),
        }
    }

    /// Ids, numbers and times written as text.
    pub(crate) fn parse<T>(&self, column: usize) -> Result<T, StoreError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.text(column)?.parse().map_err(|error: T::Err| self.unreadable(column, error.to_string()))
    }

    pub(crate) fn optional_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        if self.optional_text(column)?.is_none() { Ok(None) } else { self.parse(column).map(Some) }
    }

    /// A JSON value kept as text.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        serde_json::from_str(self.text(column)?).map_err(|error| self.unreadable(column, error.to_string()))
    }

    /// A text kept as packed bytes.
    pub(crate) fn unpacked(&self, column: usize) -> Result<String, StoreError> {
        crate::packed::unpack(self.bytes(column)?).map_err(|reason| self.unreadable(column, reason))
    }

    /// A JSON value kept as packed bytes.
    pub(crate) fn packed_json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        serde_json::from_str(&self.unpacked(column)?)
            .map_err(|error| self.unreadable(column, error.to_string()))
    }

    pub(crate) fn unreadable(&self, column: usize, reason: String) -> StoreError {
        let first = match self.values.first() {
            Some(Value::Text(id)) => format!(" of the row {id:?}"),
            _ => String::new(),
        };
        StoreError::Unreadable {
            place: self.place.to_string(),
            what: format!("column {column}{first}"),
            reason,
        }
    }
}

fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "no such column",
        Some(Value::Null) => "nothing",
        Some(Value::Int(_)) => "a number",
        Some(Value::Real(_)) => "a fraction",
        Some(Value::Text(_)) => "text",
        Some(Value::Bytes(_)) => "bytes",
    }
}

/// The JSON of `value`. The nouns have text keys and finite numbers only, so this does not fail; should one ever do,
/// the row would hold `null` and say so when read.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}
