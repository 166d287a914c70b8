//! Where rows go: JSON lines or CSV, one row at a time.

use std::io::{BufWriter, Write};

use serde::Serialize;

use super::ExportError;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// RFC 4180 with a header; lists and objects as JSON text.
    Csv,
}

impl Format {
    /// Both, as commands offer them.
    pub const ALL: [Self; 2] = [Self::Jsonl, Self::Csv];

    /// The word for it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/jsonl; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The format with this word.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.id() == id)
    }
}

/// A row as CSV cells, in the order of its columns; text already safe for spreadsheets.
pub trait Cells {
    /// The cells.
    fn cells(&self) -> Result<Vec<String>, serde_json::Error>;
}

/// A writer of rows.
pub struct Sink<W: Write>(Writer<W>);

enum Writer<W: Write> {
    Jsonl(BufWriter<W>),
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> std::fmt::Debug for Sink<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Writer::Jsonl(_) => "Sink(jsonl)",
            Writer::Csv(_) => "Sink(csv)",
        })
    }
}

impl<W: Write> Sink<W> {
    /// A sink into `out`; CSV starts with the columns.
    pub fn new(format: Format, out: W, columns: &[String]) -> Result<Self, ExportError> {
        let mut sink = Self::resumed(format, out);
        if let Writer::Csv(writer) = &mut sink.0 {
            writer.write_record(columns.iter().map(|name| text_cell(name)))?;
        }
        Ok(sink)
    }

    /// A sink that goes on in `out` with the rows of a table begun before.
    pub fn resumed(format: Format, out: W) -> Self {
        Self(match format {
            Format::Jsonl => Writer::Jsonl(BufWriter::new(out)),
            Format::Csv => {
                let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
                Writer::Csv(Box::new(writer))
            }
        })
    }

    /// Writes a row.
    pub fn write<R: Serialize + Cells>(&mut self, row: &R) -> Result<(), ExportError> {
        match &mut self.0 {
            Writer::Jsonl(out) => {
                serde_json::to_writer(&mut *out, row)?;
                out.write_all(b"\n")?;
            }
            Writer::Csv(out) => out.write_record(row.cells()?)?,
        }
        Ok(())
    }

    /// Writes what is still held back.
    pub fn finish(self) -> Result<(), ExportError> {
        match self.0 {
            Writer::Jsonl(mut out) => out.flush()?,
            Writer::Csv(mut out) => out.flush()?,
        }
        Ok(())
    }
}

/// A text cell: one that a spreadsheet would take for a formula gets a leading apostrophe.
pub(super) fn text_cell(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a cell that [`text_cell`] made. An apostrophe that stands before anything else is the text's own.
pub(super) fn text_of(cell: &str) -> String {
    cell.strip_prefix('\'').filter(|text| text.starts_with(FORMULA)).unwrap_or(cell).to_owned()
}

/// How a cell begins that a spreadsheet would take for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

pub(super) fn option_cell(text: Option<&str>) -> String {
    text.map(text_cell).unwrap_or_default()
}

/// A list as JSON text.
pub(super) fn json_cell<T: Serialize>(items: &[T]) -> Result<String, serde_json::Error> {
    serde_json::to_string(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_read_back_is_the_text_that_was_written() {
        for text in
            ["=1+1", "+ more", "- keep a log;", "@office", "\tx", "\rx", "'tis plain", "plain", "'", ""]
        {
            let cell = text_cell(text);
            assert!(!cell.starts_with(FORMULA), "{cell}");
            assert_eq!(text_of(&cell), text);
        }
    }
}
