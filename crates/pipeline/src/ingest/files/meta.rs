//! `--meta FILE.csv`: metadata by file name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::ingest::plan::Plan;
use crate::ingest::table::{Row, Table, column_key};
use crate::ingest::{IngestError, Noted, columns};

/// Names of the column that says which file a row is about.
const FILE_COLUMNS: [&str; 4] = ["file", "file name", "filename", "path"];

/// Writes the rows of the CSV file at `path` into the metadata of the items they name, by path within the folder or,
/// where that is not met, by file name alone. Rows that meet no file and files that meet no row are warnings.
pub(in crate::ingest) fn apply(path: &Path, plan: &mut Plan) -> Result<(), IngestError> {
    let bytes = std::fs::read(path).map_err(|why| IngestError::Read { path: path.to_path_buf(), why })?;
    let name =
        path.file_name().map_or_else(|| "the file of metadata".into(), |n| n.to_string_lossy().into_owned());
    let table = Table::parse(&name, &bytes)?;
    let file_column = table.require(&FILE_COLUMNS)?;
    plan.warnings.extend(table.refused.iter().cloned());
    let rows: BTreeMap<&str, Row<'_>> = table.rows().map(|row| (row.at(file_column), row)).collect();
    let leave_out = |column: &str| FILE_COLUMNS.contains(&column_key(column).as_str());
    let mut met = BTreeSet::new();
    for item in &mut plan.items {
        let local = item.document.id.local();
        let file_name = local.rsplit('/').next().unwrap_or(local);
        let Some((key, row)) = [local, file_name].into_iter().find_map(|key| rows.get_key_value(key)) else {
            plan.warnings.push(Noted::new(item.document.id.as_str(), format!("{name} says nothing of it")));
            continue;
        };
        met.insert(*key);
        let given = ["Official name", "title"].iter().any(|column| !row.get(column).is_empty());
        item.named_by_hand |= given;
        let warnings = columns::apply(*row, &mut item.document.metadata, &leave_out);
        plan.warnings.extend(warnings.into_iter().map(|what| Noted::new(item.document.id.as_str(), what)));
    }
    for (file, row) in rows.iter().filter(|(file, _)| !met.contains(*file)) {
        plan.warnings
            .push(Noted::new(format!("{name} line {}", row.line), format!("no file {file:?} was found")));
    }
    Ok(())
}
