//! A CSV file as rows whose fields are found by column name.

use std::collections::BTreeMap;

use super::{IngestError, Noted, decode};

/// A read CSV file.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Name of the file, for messages.
    pub(super) name: String,
    /// Column names as the file has them.
    pub(super) headers: Vec<String>,
    by_name: BTreeMap<String, usize>,
    rows: Vec<(u64, csv::StringRecord)>,
    /// Rows that could not be read, with line and reason.
    pub(super) refused: Vec<Noted>,
}

/// One row of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'t> {
    table: &'t Table,
    record: &'t csv::StringRecord,
    /// Line in the file on which the row starts, from 1.
    pub(super) line: u64,
}

impl Table {
    /// Reads a CSV file in any encoding that [`decode`] knows, separated by commas or, where the first line has no
    /// comma, by semicolons. Rows with a wrong number of fields are refused one by one.
    pub(super) fn parse(name: &str, bytes: &[u8]) -> Result<Self, IngestError> {
        let text = decode::decode(bytes, None).text;
        let first_line = text.lines().next().unwrap_or_default();
        let semicolons = !first_line.contains(',') && first_line.contains(';');
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(if semicolons { b';' } else { b',' })
            .from_reader(text.as_bytes());
        let fault = |error: &csv::Error| IngestError::Csv { file: name.to_owned(), why: error.to_string() };
        let headers: Vec<String> =
            reader.headers().map_err(|e| fault(&e))?.iter().map(str::to_owned).collect();
        let mut by_name = BTreeMap::new();
        for (index, header) in headers.iter().enumerate() {
            by_name.entry(column_key(header)).or_insert(index);
        }
        let mut table = Self { name: name.to_owned(), headers, by_name, rows: vec![], refused: vec![] };
        for record in reader.records() {
            let record = record.map_err(|e| fault(&e))?;
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() == table.headers.len() {
                table.rows.push((line, record));
            } else if record.iter().any(|field| !field.trim().is_empty()) {
                let reason =
                    format!("{} fields where the first line names {}", record.len(), table.headers.len());
                table.refused.push(Noted::new(format!("{name} line {line}"), reason));
            }
        }
        Ok(table)
    }

    /// The position of the first of `names` that the file has.
    pub(super) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.by_name.get(&column_key(name)).copied())
    }

    /// As [`column`](Self::column), or an error that names the columns there are.
    pub(super) fn require(&self, names: &[&str]) -> Result<usize, IngestError> {
        self.column(names).ok_or_else(|| IngestError::MissingColumn {
            file: self.name.clone(),
            column: names.first().copied().unwrap_or_default().to_owned(),
            found: self.headers.iter().take(12).cloned().collect::<Vec<_>>().join(", "),
        })
    }

    /// The rows, in the order of the file.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(move |(line, record)| Row { table: self, record, line: *line })
    }
}

impl<'t> Row<'t> {
    /// The trimmed field at `column`.
    pub(super) fn at(&self, column: usize) -> &'t str {
        self.record.get(column).unwrap_or_default().trim()
    }

    /// The trimmed field of the column named `name`; empty when there is none.
    pub(super) fn get(&self, name: &str) -> &'t str {
        self.table.column(&[name]).map_or("", |column| self.at(column))
    }

    /// `(column name, trimmed field)` of every column.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.table.headers.iter().map(String::as_str).zip(self.record.iter().map(str::trim))
    }
}

/// The form in which column names are compared: lower case, words joined by one space, no punctuation.
pub(super) fn column_key(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// `true`, `True`, `TRUE`, `yes`, `1` are true; `false`, `no`, `0` and blank are false; anything else is `None`.
pub(super) fn boolean(field: &str) -> Option<bool> {
    match field.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Some(true),
        "false" | "no" | "n" | "0" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_odd_rows_are_refused_alone() {
        let source = "\u{feff}AGORA ID,Official  Name,Fiction?\n1,\"A, b\nc\",True\n2,short\n3,d,no\n";
        let table = Table::parse("documents.csv", source.as_bytes()).unwrap();
        let rows: Vec<_> = table.rows().collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].get("official name"), "A, b\nc");
        assert_eq!(boolean(rows[0].get("fiction")), Some(true));
        assert_eq!(rows[1].get("agora id"), "3");
        assert_eq!(
            table.refused[0].to_string(),
            "documents.csv line 4: 2 fields where the first line names 3"
        );
        let error = table.require(&["Serial"]).unwrap_err().to_string();
        assert!(error.contains("no column \"Serial\"") && error.contains("Official  Name"), "{error}");
    }

    #[test]
    fn semicolons_and_legacy_encodings_are_taken() {
        let (bytes, _, _) =
            encoding_rs::WINDOWS_1252.encode("file;title\na.txt;Verordnung über künstliche Intelligenz\n");
        let table = Table::parse("meta.csv", &bytes).unwrap();
        assert_eq!(table.rows().next().unwrap().get("title"), "Verordnung über künstliche Intelligenz");
    }
}
