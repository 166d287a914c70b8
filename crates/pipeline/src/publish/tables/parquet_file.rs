//! Parquet files, without Arrow: rows are gathered in groups and written column by column.

use std::io::Write;
use std::sync::Arc;

use jiff::civil::Date;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type as Schema;

use super::dictionary::Type;
use super::{Cell, TableError};

/// Rows of one group; all that is held in memory at once.
const GROUP: usize = 20_000;
/// The day from which a Parquet file counts days.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Writes the rows; every column may be missing in a row.
pub(super) fn write<W: Write + Send>(
    mut rows: impl Iterator<Item = Result<Vec<Cell>, csv::Error>>,
    columns: &[String],
    types: &[Type],
    out: W,
) -> Result<u64, TableError> {
    let fields = columns.iter().zip(types).map(|(name, kind)| field(name, *kind));
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Schema::group_type_builder("row").with_fields(fields).build()?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
    let mut written = 0;
    loop {
        let group = rows.by_ref().take(GROUP).collect::<Result<Vec<_>, _>>()?;
        if group.is_empty() {
            break;
        }
        written += group.len() as u64;
        let mut group_writer = writer.next_row_group()?;
        let mut at = 0;
        while let Some(mut column) = group_writer.next_column()? {
            put(&mut column, &group, at, types.get(at).copied().unwrap_or(Type::Text))?;
            column.close()?;
            at += 1;
        }
        group_writer.close()?;
    }
    writer.close()?;
    Ok(written)
}

fn field(name: &str, kind: Type) -> Result<Arc<Schema>, TableError> {
    let (physical, logical) = match kind {
        Type::Integer => (Physical::INT64, None),
        Type::Number => (Physical::DOUBLE, None),
        Type::Boolean => (Physical::BOOLEAN, None),
        Type::Date => (Physical::INT32, Some(LogicalType::Date)),
        Type::Text | Type::List => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let builder = Schema::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    Ok(Arc::new(builder.with_logical_type(logical).build()?))
}

fn put(
    column: &mut SerializedColumnWriter<'_>,
    rows: &[Vec<Cell>],
    at: usize,
    kind: Type,
) -> Result<(), TableError> {
    macro_rules! write {
        ($data:ty, $pattern:pat => $value:expr) => {{
            let cells = rows.iter().map(|row| row.get(at).unwrap_or(&Cell::Missing));
            let typed: Vec<Option<_>> =
                cells.map(|cell| if let $pattern = cell { Some($value) } else { None }).collect();
            let levels: Vec<i16> = typed.iter().map(|value| i16::from(value.is_some())).collect();
            let values: Vec<_> = typed.into_iter().flatten().collect();
            column.typed::<$data>().write_batch(&values, Some(&levels), None)?;
        }};
    }
    match kind {
        Type::Integer => write!(Int64Type, Cell::Integer(number) => *number),
        Type::Number => write!(DoubleType, Cell::Number(number) => *number),
        Type::Boolean => write!(BoolType, Cell::Boolean(yes) => *yes),
        Type::Date => write!(Int32Type, Cell::Day(day) => days_since_epoch(*day)),
        Type::Text | Type::List => {
            write!(ByteArrayType, Cell::Text(text) => ByteArray::from(text.as_str()));
        }
    }
    Ok(())
}

fn days_since_epoch(day: Date) -> i32 {
    (day.duration_since(EPOCH).as_hours() / 24) as i32
}
