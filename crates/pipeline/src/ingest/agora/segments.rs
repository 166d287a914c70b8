//! `segments.csv`: the archive's own cut of its texts. Texts are cut anew here, so the file serves one purpose: a
//! document whose full text is missing gets the text that its segments make up.

use std::collections::BTreeMap;

use super::ID_COLUMNS;
use crate::ingest::Noted;
use crate::ingest::table::Table;

/// The texts of segments, by the id that `documents.csv` has for the document.
#[derive(Debug, Default)]
pub(super) struct Segments(BTreeMap<String, Vec<Segment>>);

#[derive(Debug)]
struct Segment {
    position: u32,
    text: String,
}

impl Segments {
    /// Reads the table; what of it cannot be read is said in `warnings`, since no document hangs on it.
    pub(super) fn read(table: &Table, warnings: &mut Vec<Noted>) -> Self {
        let columns = (
            table.column(&ID_COLUMNS),
            table.column(&["Segment position", "Position"]),
            table.column(&["Text"]),
        );
        let (Some(id), Some(position), Some(text)) = columns else {
            let what = "not read: it needs the columns Document ID, Segment position and Text";
            warnings.push(Noted::new(&table.name, what));
            return Self::default();
        };
        let mut segments: BTreeMap<String, Vec<Segment>> = BTreeMap::new();
        for row in table.rows() {
            let Ok(position) = row.at(position).parse() else {
                let what = format!("{:?} is no segment position; the row is left out", row.at(position));
                warnings.push(Noted::new(format!("{} line {}", table.name, row.line), what));
                continue;
            };
            let segment = Segment { position, text: row.at(text).to_owned() };
            segments.entry(row.at(id).to_owned()).or_default().push(segment);
        }
        for of_document in segments.values_mut() {
            of_document.sort_by_key(|segment| segment.position);
        }
        Self(segments)
    }

    /// The segments of a document in their order, parted by blank lines; `None` when there are none with words.
    pub(super) fn text_of(&self, id: &str) -> Option<String> {
        let texts =
            self.0.get(id)?.iter().map(|segment| segment.text.as_str()).filter(|text| !text.is_empty());
        let text = texts.collect::<Vec<_>>().join("\n\n");
        (!text.is_empty()).then_some(text)
    }
}
