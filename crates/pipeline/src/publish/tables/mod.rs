//! One table in every format: CSV is the first form of each list and export; the others are made from it row by row, so
//! that rows and columns are the same in all of them.

pub mod dictionary;
mod parquet_file;
mod spreadsheet;
#[cfg(test)]
mod tests;

use std::io::{Read, Seek, Write};

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::export::armed;
use dictionary::{Type, type_of};

/// A format besides CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// An Excel workbook; text cells are text, never formulas.
    Xlsx,
    /// Apache Parquet.
    Parquet,
}

impl TableFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Json, Self::Jsonl, Self::Xlsx, Self::Parquet];

    /// The file ending.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Jsonl => "application/jsonl; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// The format with this ending.
    pub fn from_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ending() == ending)
    }
}

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The table is no CSV.
    #[error("cannot read the table: {0}")]
    Csv(#[from] csv::Error),
    /// The output failed.
    #[error("cannot write the table: {0}")]
    Write(#[from] std::io::Error),
    /// A row could not be written as JSON.
    #[error("cannot write the table: {0}")]
    Json(#[from] serde_json::Error),
    /// The workbook could not be written.
    #[error("cannot write the workbook: {0}; take CSV or Parquet")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The Parquet file could not be written.
    #[error("cannot write the Parquet file: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
}

/// One cell, typed by the data dictionary. A blank cell is missing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Missing,
    Text(String),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Day(Date),
}

/// Writes the CSV table `input` in another format and answers its rows. The table is all that `input` holds; for Parquet
/// it is read twice.
pub fn convert<W: Write + Send>(
    mut input: impl Read + Seek,
    format: TableFormat,
    out: W,
) -> Result<u64, TableError> {
    let columns: Vec<String> = records_of(&mut input)?.headers()?.iter().map(undone).collect();
    let mut types: Vec<Type> = columns.iter().map(|name| type_of(name)).collect();
    if format == TableFormat::Parquet && types.contains(&Type::Date) {
        settle(&mut types, records_of(&mut input)?)?;
    }
    let rows = records_of(input)?.into_records().map(|record| {
        let record = record?;
        let cell = |(at, kind): (usize, &Type)| cell(record.get(at).unwrap_or_default(), *kind);
        Ok(types.iter().enumerate().map(cell).collect::<Vec<Cell>>())
    });
    match format {
        TableFormat::Json => json(rows, &columns, out, true),
        TableFormat::Jsonl => json(rows, &columns, out, false),
        TableFormat::Xlsx => spreadsheet::write(rows, &columns, &types, out),
        TableFormat::Parquet => parquet_file::write(rows, &columns, &types, out),
    }
}

/// The table from its beginning.
fn records_of<R: Read + Seek>(mut input: R) -> Result<csv::Reader<R>, csv::Error> {
    input.rewind()?;
    Ok(csv::ReaderBuilder::new().flexible(true).from_reader(input))
}

/// Makes text of those columns of days in which something else stands too: a Parquet file has one type for a column, and
/// nothing may be missing from it.
fn settle(types: &mut [Type], table: csv::Reader<impl Read>) -> Result<(), csv::Error> {
    for record in table.into_records() {
        for (kind, text) in types.iter_mut().zip(record?.iter()) {
            if *kind == Type::Date && !text.is_empty() && day(text).is_none() {
                *kind = Type::Text;
            }
        }
    }
    Ok(())
}

fn json<W: Write>(
    rows: impl Iterator<Item = Result<Vec<Cell>, csv::Error>>,
    columns: &[String],
    mut out: W,
    array: bool,
) -> Result<u64, TableError> {
    let mut written = 0;
    if array {
        out.write_all(b"[")?;
    }
    for row in rows {
        let object: Map<String, Value> = columns.iter().cloned().zip(row?.into_iter().map(value)).collect();
        if array {
            out.write_all(if written == 0 { b"\n" } else { b",\n" })?;
        }
        serde_json::to_writer(&mut out, &object)?;
        if !array {
            out.write_all(b"\n")?;
        }
        written += 1;
    }
    if array {
        out.write_all(b"\n]\n")?;
    }
    out.flush()?;
    Ok(written)
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Missing => Value::Null,
        Cell::Text(text) => Value::String(text),
        Cell::Integer(number) => number.into(),
        Cell::Number(number) => number.into(),
        Cell::Boolean(yes) => yes.into(),
        Cell::Day(day) => Value::String(day.to_string()),
    }
}

/// A cell whose text does not fit its type stays text in JSON and workbooks; in Parquet it is missing, except that a column
/// of days becomes one of text (see [`settle`]).
fn cell(text: &str, kind: Type) -> Cell {
    if text.is_empty() {
        return Cell::Missing;
    }
    let typed = match kind {
        Type::Integer => text.parse().ok().map(Cell::Integer),
        Type::Number => text.parse().ok().map(Cell::Number),
        Type::Boolean => text.parse().ok().map(Cell::Boolean),
        Type::Date => day(text).map(Cell::Day),
        Type::Text | Type::List => None,
    };
    typed.unwrap_or_else(|| Cell::Text(undone(text)))
}

/// The day that a cell holds, written `2026-11-27`; other ways of writing one stay text.
fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|day: &Date| day.to_string() == text)
}

/// Without the apostrophe that keeps spreadsheets from taking a CSV cell for a formula.
fn undone(text: &str) -> String {
    armed(text.trim_start_matches('\u{feff}'))
}
