//! Excel workbooks, whose rows wait in files of their own until the workbook is put together, and not in memory.

use std::io::Write;

use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use super::dictionary::Type;
use super::{Cell, TableError};

/// Rows of one sheet, the header among them, as Excel allows.
const SHEET_ROWS: u64 = 1_048_576;
/// Characters of one cell, as Excel allows.
const CELL_CHARS: usize = 32_767;
/// Width of a column of days, in characters: in a narrower one Excel shows signs in place of a day.
const DAY_CHARS: f64 = 11.0;

/// Writes the rows; those that do not fit on one sheet go on to the next.
pub(super) fn write<W: Write + Send>(
    rows: impl Iterator<Item = Result<Vec<Cell>, csv::Error>>,
    columns: &[String],
    types: &[Type],
    out: W,
) -> Result<u64, TableError> {
    write_sheets(rows, (columns, types), SHEET_ROWS, out)
}

/// Writes the rows on sheets of `sheet_rows` rows each, the header, which stands on every sheet, among them.
pub(super) fn write_sheets<W: Write + Send>(
    rows: impl Iterator<Item = Result<Vec<Cell>, csv::Error>>,
    (columns, types): (&[String], &[Type]),
    sheet_rows: u64,
    mut out: W,
) -> Result<u64, TableError> {
    let mut workbook = Workbook::new();
    // The same table gives the same bytes on any day.
    let fixed = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&fixed));
    let iso = Format::new().set_num_format("yyyy-mm-dd");
    let mut sheet = headed(&mut workbook, columns, types)?;
    let mut written = 0_u64;
    for row in rows {
        let at = (written % (sheet_rows - 1)) as u32 + 1;
        if written > 0 && at == 1 {
            workbook.push_worksheet(sheet);
            sheet = headed(&mut workbook, columns, types)?;
        }
        for (column, cell) in row?.iter().enumerate() {
            put(&mut sheet, (at, column as u16), cell, &iso)?;
        }
        written += 1;
    }
    workbook.push_worksheet(sheet);
    workbook.save_to_writer(&mut out)?;
    out.flush()?;
    Ok(written)
}

fn headed(workbook: &mut Workbook, columns: &[String], types: &[Type]) -> Result<Worksheet, TableError> {
    let mut sheet = workbook.new_worksheet_with_constant_memory()?;
    let bold = Format::new().set_bold();
    for (at, (name, kind)) in columns.iter().zip(types).enumerate() {
        sheet.write_string_with_format(0, at as u16, name, &bold)?;
        if *kind == Type::Date {
            sheet.set_column_width(at as u16, DAY_CHARS)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(sheet)
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    iso: &Format,
) -> Result<(), TableError> {
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
        Cell::Day(day) => match excel_day(*day) {
            Some(dated) => drop(sheet.write_datetime_with_format(row, column, &dated, iso)?),
            None => drop(sheet.write_string(row, column, day.to_string())?),
        },
    }
    Ok(())
}

/// The day as Excel has it; `None` before 1900.
fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    ExcelDateTime::from_ymd(year, day.month().unsigned_abs(), day.day().unsigned_abs()).ok()
}
