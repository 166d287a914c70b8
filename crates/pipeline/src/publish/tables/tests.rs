//! One table says the same in every format.

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

use super::{TableFormat, convert};

const CSV: &str = "document,title,year,probability,fiction,code\r\n\
                   sample:1,'=HYPERLINK(\"x\"),2024,0.5,true,2.10\r\n\
                   sample:2,\"A, b\",,,false,2.1\r\n";

fn converted(format: TableFormat) -> Vec<u8> {
    let mut out = Vec::new();
    assert_eq!(convert(CSV.as_bytes(), format, &mut out).unwrap(), 2);
    let mut again = Vec::new();
    convert(CSV.as_bytes(), format, &mut again).unwrap();
    assert_eq!(out, again, "the same table gives the same bytes");
    out
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
    let bytes = converted(TableFormat::Xlsx);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut read = |name: &str| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut text).unwrap();
        text
    };
    let sheet = read("xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>"), "{sheet}");
    assert_eq!(sheet.matches("<row ").count(), 3);
    assert!(read("xl/sharedStrings.xml").contains("=HYPERLINK"));
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
