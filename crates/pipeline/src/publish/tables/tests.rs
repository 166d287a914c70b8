//! One table says the same in every format.

use std::io::Cursor;

use parquet::basic::{LogicalType, Type as Physical};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, RowAccessor};

use super::dictionary::Type;
use super::{Cell, TableFormat, convert, spreadsheet};

const CSV: &str = "document,title,year,probability,fiction,code\r\n\
                   sample:1,'=HYPERLINK(\"x\"),2024,0.5,true,2.10\r\n\
                   sample:2,\"A, b\",,,false,2.1\r\n";

/// Two laws with their days; the day on which one applies is told in words.
const DAYS: &str = "document,adopted,applies_from,sunset\r\n\
                    sample:1,2024-03-01,2030-01-01,1899-05-06\r\n\
                    sample:2,,two years later,\r\n";

fn converted(format: TableFormat) -> Vec<u8> {
    written(CSV, format)
}

/// A table of two rows in another format.
fn written(csv: &str, format: TableFormat) -> Vec<u8> {
    let mut out = Vec::new();
    assert_eq!(convert(Cursor::new(csv), format, &mut out).unwrap(), 2);
    let mut again = Vec::new();
    convert(Cursor::new(csv), format, &mut again).unwrap();
    assert_eq!(out, again, "the same table gives the same bytes");
    out
}

/// A part of a workbook.
fn part(workbook: Vec<u8>, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut text).unwrap();
    text
}

#[test]
fn json_keeps_types_and_the_words_of_the_source() {
    let rows: serde_json::Value = serde_json::from_slice(&converted(TableFormat::Json)).unwrap();
    assert_eq!(rows[0]["title"], "=HYPERLINK(\"x\")");
    assert_eq!((&rows[0]["year"], &rows[0]["code"]), (&2024.into(), &"2.10".into()));
    assert!(rows[1]["year"].is_null() && rows[1]["fiction"] == false);
    let lines = String::from_utf8(converted(TableFormat::Jsonl)).unwrap();
    let second: serde_json::Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    assert_eq!(second, rows[1]);
}

#[test]
fn a_workbook_has_text_where_a_formula_could_be() {
    let workbook = converted(TableFormat::Xlsx);
    let sheet = part(workbook, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>"), "{sheet}");
    assert_eq!(sheet.matches("<row ").count(), 3);
    assert!(sheet.contains("<t>=HYPERLINK"), "{sheet}");
}

#[test]
fn rows_that_do_not_fit_on_one_sheet_go_on_to_the_next_below_the_same_header() {
    let columns = ["count".to_owned()];
    for (count, sheets) in [(0, vec![1]), (4, vec![3, 3]), (5, vec![3, 3, 2])] {
        let rows = (0..count).map(|number| Ok(vec![Cell::Integer(number)]));
        let mut workbook = Vec::new();
        let written = spreadsheet::write_sheets(rows, (&columns, &[Type::Integer]), 3, &mut workbook);
        assert_eq!(written.unwrap(), u64::try_from(count).unwrap());
        let archive = zip::ZipArchive::new(Cursor::new(&workbook)).unwrap();
        let named =
            archive.file_names().flatten().filter(|name| name.starts_with("xl/worksheets/sheet")).count();
        assert_eq!(named, sheets.len(), "{count} rows");
        let read = |number: usize| part(workbook.clone(), &format!("xl/worksheets/sheet{number}.xml"));
        let read: Vec<String> = (1..=sheets.len()).map(read).collect();
        assert!(read.iter().all(|sheet| sheet.contains("<t>count</t>")), "{read:?}");
        assert_eq!(read.iter().map(|sheet| sheet.matches("<row ").count()).collect::<Vec<_>>(), sheets);
        for number in 0..count {
            assert_eq!(read.concat().matches(&format!("<v>{number}</v>")).count(), 1, "{number}");
        }
    }
}

#[test]
fn parquet_is_read_back_with_types() {
    let reader = SerializedFileReader::new(bytes::Bytes::from(converted(TableFormat::Parquet))).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 2);
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows[0].get_string(1).unwrap(), "=HYPERLINK(\"x\")");
    assert_eq!((rows[0].get_long(2).unwrap(), rows[0].get_double(3).unwrap()), (2024, 0.5));
    assert!(rows[0].get_bool(4).unwrap() && rows[1].get_long(2).is_err());
}

#[test]
fn days_are_dates_in_parquet_and_a_column_with_other_words_stays_whole_as_text() {
    let file = bytes::Bytes::from(written(DAYS, TableFormat::Parquet));
    let reader = SerializedFileReader::new(file).unwrap();
    let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
    let kinds: Vec<_> =
        columns.iter().map(|column| (column.physical_type(), column.logical_type_ref().cloned())).collect();
    assert_eq!(kinds[1], (Physical::INT32, Some(LogicalType::Date)));
    assert_eq!(kinds[2], (Physical::BYTE_ARRAY, Some(LogicalType::String)));
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    let cells = |row: usize| rows[row].get_column_iter().map(|(_, cell)| cell.clone()).collect::<Vec<_>>();
    let text = |words: &str| Field::Str(words.to_owned());
    // Days since 1970-01-01, as `date -d 2024-03-01 +%s` over 86 400 tells.
    assert_eq!(cells(0)[1..], [Field::Date(19_783), text("2030-01-01"), Field::Date(-25_807)]);
    assert_eq!(cells(1)[1..], [Field::Null, text("two years later"), Field::Null]);
}

#[test]
fn days_are_dates_in_a_workbook_and_iso_text_in_json() {
    let workbook = written(DAYS, TableFormat::Xlsx);
    let sheet = part(workbook.clone(), "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<v>45352</v>"), "2024-03-01 as Excel counts days: {sheet}");
    assert!(part(workbook, "xl/styles.xml").contains("yyyy-mm-dd"));
    assert!(sheet.contains("1899-05-06") && sheet.contains("two years later"), "{sheet}");
    let rows: serde_json::Value = serde_json::from_slice(&written(DAYS, TableFormat::Json)).unwrap();
    assert_eq!(
        (&rows[0]["adopted"], &rows[1]["applies_from"]),
        (&"2024-03-01".into(), &"two years later".into())
    );
    assert!(rows[1]["adopted"].is_null());
}
