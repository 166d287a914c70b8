//! Excel workbooks.

use std::io::Write;

use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::{Cell, TableError};

/// Rows of one sheet, the header among them, as Excel allows.
const SHEET_ROWS: u64 = 1_048_576;
/// Characters of one cell, as Excel allows.
const CELL_CHARS: usize = 32_767;

/// Writes the rows; those that do not fit on one sheet go on to the next.
pub(super) fn write<W: Write + Send>(
    rows: impl Iterator<Item = Result<Vec<Cell>, csv::Error>>,
    columns: &[String],
    mut out: W,
) -> Result<u64, TableError> {
    let mut workbook = Workbook::new();
    // The same table gives the same bytes on any day.
    let fixed = rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&fixed));
    let bold = Format::new().set_bold();
    let (mut written, mut sheet) = (0_u64, headed(&columns_of(columns), &bold)?);
    for row in rows {
        let at = (written % (SHEET_ROWS - 1)) as u32 + 1;
        if written > 0 && at == 1 {
            workbook.push_worksheet(sheet);
            sheet = headed(&columns_of(columns), &bold)?;
        }
        for (column, cell) in row?.iter().enumerate() {
            put(&mut sheet, at, column as u16, cell)?;
        }
        written += 1;
    }
    workbook.push_worksheet(sheet);
    out.write_all(&workbook.save_to_buffer()?)?;
    out.flush()?;
    Ok(written)
}

fn columns_of(columns: &[String]) -> Vec<&str> {
    columns.iter().map(String::as_str).collect()
}

fn headed(columns: &[&str], bold: &Format) -> Result<Worksheet, TableError> {
    let mut sheet = Worksheet::new();
    for (at, name) in columns.iter().enumerate() {
        sheet.write_string_with_format(0, at as u16, *name, bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(sheet)
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), TableError> {
    match cell {
        Cell::Missing => {}
        Cell::Text(text) if text.chars().count() > CELL_CHARS => {
            let cut: String = text.chars().take(CELL_CHARS - 1).chain(['…']).collect();
            sheet.write_string(row, column, cut)?;
        }
        Cell::Text(text) => drop(sheet.write_string(row, column, text)?),
        Cell::Integer(number) => drop(sheet.write_number(row, column, *number as f64)?),
        Cell::Number(number) => drop(sheet.write_number(row, column, *number)?),
        Cell::Boolean(yes) => drop(sheet.write_boolean(row, column, *yes)?),
    }
    Ok(())
}
