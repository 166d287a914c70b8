//! Relations as a CSV file, out and in: to be read by people, corrected and brought back.
//!
//! Columns: `from`, `kind`, `to`, `cited`, `provision`, `quote`, `start`, `end`, `text`, `confidence`, `source`, `holds`.
//! In an import only `from`, `kind` and one of `to` and `cited` are needed; `holds` = `no` hides a relation that was found
//! wrongly. A row that says of a found relation what the store says, its source too, is nobody's word and changes nothing,
//! wherever in the text the words stand by now; nor does one that a machine found once and finds no longer.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::ops::Range;

use lacuna_domain::relation::{Cited, Relation, RelationKind, RelationSource};
use lacuna_domain::{Confidence, DocumentId};

use crate::publish::export::{armed, defused};

/// Why a file of relations could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RelationFileError {
    /// No table.
    #[error("cannot read the relations: {0}; use the columns of `lacuna relations export`")]
    Csv(#[from] csv::Error),
    /// A row makes no sense.
    #[error("line {line}: {problem}")]
    Row {
        /// Line of the file.
        line: u64,
        /// What is wrong and what to write.
        problem: String,
    },
    /// The file could not be written.
    #[error("cannot write the relations: {0}")]
    Write(#[from] std::io::Error),
}

/// Columns of the file.
const COLUMNS: [&str; 12] = [
    "from",
    "kind",
    "to",
    "cited",
    "provision",
    "quote",
    "start",
    "end",
    "text",
    "confidence",
    "source",
    "holds",
];

/// Those of the words that say so and of their place, which move when a text or how it is read does.
const PLACE: Range<usize> = 5..9;
/// That of who says so, and what it says of what nobody brought in.
const SOURCE: usize = 10;
const MACHINE: [&str; 2] = [RelationSource::Text.id(), RelationSource::Catalogue.id()];

/// Writes relations as CSV.
pub fn write_relations(relations: &[Relation], out: impl Write) -> Result<(), RelationFileError> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for relation in relations {
        writer.write_record(cells(relation))?;
    }
    writer.flush()?;
    Ok(())
}

/// The row of a relation.
fn cells(relation: &Relation) -> [String; 12] {
    let passage = relation.passage.as_ref();
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    [
        relation.from.to_string(),
        relation.kind.id().to_owned(),
        relation.to.as_ref().map(ToString::to_string).unwrap_or_default(),
        defused(&relation.cited),
        defused(relation.provision.as_deref().unwrap_or_default()),
        defused(passage.map(|p| p.quote.as_str()).unwrap_or_default()),
        number(passage.map(|p| p.start)),
        number(passage.map(|p| p.end)),
        passage.map(|p| p.text.to_string()).unwrap_or_default(),
        relation.confidence.id().to_owned(),
        relation.source.id().to_owned(),
        if relation.holds { "yes" } else { "no" }.to_owned(),
    ]
}

/// A row without the place of the words: what is left alike is nobody's word.
fn placeless(mut row: [String; 12]) -> [String; 12] {
    row[PLACE].fill(String::new());
    row
}

/// What a file of relations says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelationRows {
    /// What people say.
    pub said: Vec<Relation>,
    /// Rows that repeat a found relation in every cell but those of its words.
    pub unchanged: usize,
    /// Rows that a machine found, as they say, of relations that are not among those found.
    pub gone: usize,
}

/// Reads relations from CSV; all of them or none. `found` are those that were found in the store, hidden ones too: an
/// export may be older than what hides them.
pub fn read_relations(input: impl Read, found: &[Relation]) -> Result<RelationRows, RelationFileError> {
    let keys: BTreeSet<_> = found.iter().map(Relation::key).collect();
    let found: BTreeSet<[String; 12]> =
        found.iter().map(|relation| placeless(cells(relation).map(|cell| cell.trim().to_owned()))).collect();
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let headers = reader.headers()?.clone();
    let place =
        |name: &str| headers.iter().position(|h| h.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name));
    let places = COLUMNS.map(place);
    let mut rows = RelationRows::default();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: usize| places[column].and_then(|at| record.get(at)).unwrap_or_default();
        let row: [String; 12] = std::array::from_fn(|column| cell(column).to_owned());
        if found.contains(&placeless(row)) {
            rows.unchanged += 1;
            continue;
        }
        let said = relation(&cell).map_err(|problem| RelationFileError::Row { line, problem })?;
        let by_machine = MACHINE.contains(&cell(SOURCE));
        if by_machine && said.holds && !keys.contains(&said.key()) {
            rows.gone += 1;
        } else {
            rows.said.push(said);
        }
    }
    Ok(rows)
}

fn relation<'r>(cell: &dyn Fn(usize) -> &'r str) -> Result<Relation, String> {
    let from: DocumentId = cell(0).parse().map_err(|error| format!("from: {error}"))?;
    let kinds = RelationKind::ALL.map(RelationKind::id).join(", ");
    let kind =
        RelationKind::from_id(cell(1)).ok_or_else(|| format!("kind {:?} is none of {kinds}", cell(1)))?;
    let to: Option<DocumentId> = match cell(2) {
        "" => None,
        id => Some(id.parse().map_err(|error| format!("to: {error}"))?),
    };
    let cited = match (cell(3), &to) {
        ("", Some(to)) => to.to_string(),
        ("", None) => return Err("give a document in to, or a name in cited".to_owned()),
        (cited, _) => armed(cited),
    };
    let holds = match cell(11).to_lowercase().as_str() {
        "" | "yes" | "true" | "1" => true,
        "no" | "false" | "0" => false,
        other => return Err(format!("holds is {other:?}; write yes or no")),
    };
    let confidence = match cell(9) {
        "" | "high" => Confidence::High,
        "medium" => Confidence::Medium,
        "low" => Confidence::Low,
        other => return Err(format!("confidence is {other:?}; write high, medium or low")),
    };
    let passage = match (cell(8).parse(), cell(6).parse(), cell(7).parse()) {
        (Ok(text), Ok(start), Ok(end)) => Some(Cited { text, start, end, quote: armed(cell(5)), passage: 0 }),
        _ => None,
    };
    let provision = Some(armed(cell(4))).filter(|text| !text.is_empty());
    Ok(Relation {
        from,
        kind,
        to,
        cited,
        provision,
        passage,
        confidence,
        source: RelationSource::Imported,
        holds,
    })
}

#[cfg(test)]
mod tests {
    use lacuna_domain::TextId;

    use super::*;

    #[test]
    fn what_goes_out_comes_back_as_an_import() {
        let csv = "from,kind,to,cited,holds\nsample:2,revokes,sample:1,Executive Order 9,\nsample:2,amends,,=Tally Act,no\n\
                   sample:2,implements,,'Ndrangheta Act,\n";
        let relations = read_relations(csv.as_bytes(), &[]).unwrap().said;
        assert_eq!((relations.len(), relations[0].holds, relations[1].holds), (3, true, false));
        assert_eq!(relations[2].cited, "'Ndrangheta Act", "an apostrophe of its own stays");
        let mut out = Vec::new();
        write_relations(&relations, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(",'=Tally Act,"), "a formula is defused: {text}");
        assert_eq!(read_relations(text.as_bytes(), &[]).unwrap().said, relations);
    }

    #[test]
    fn a_row_of_a_found_relation_is_nobody_s_word_until_a_cell_of_it_is_changed() {
        let quote = "=repealed is\nthe Tally Act".to_owned();
        let passage = Cited { text: TextId::of("text"), start: 3, end: 31, quote, passage: 7 };
        let found = Relation {
            from: "sample:2".parse().unwrap(),
            kind: RelationKind::Revokes,
            to: Some("sample:1".parse().unwrap()),
            cited: "Tally Act".to_owned(),
            provision: Some("Section 3".to_owned()),
            passage: Some(passage),
            confidence: Confidence::Medium,
            source: RelationSource::Text,
            holds: true,
        };
        let mut out = Vec::new();
        write_relations(std::slice::from_ref(&found), &mut out).unwrap();
        let csv = String::from_utf8(out).unwrap();
        let read = |csv: &str, found: &Relation| {
            read_relations(csv.as_bytes(), std::slice::from_ref(found)).unwrap()
        };
        let nobody_s = RelationRows { unchanged: 1, ..RelationRows::default() };
        assert_eq!(read(&csv, &found), nobody_s);
        let quote = "is repealed\nthe Tally Act, too".to_owned();
        let passage = Cited { text: TextId::of("new text"), start: 9, end: 38, quote, passage: 8 };
        let moved = Relation { passage: Some(passage), ..found.clone() };
        assert_eq!(read(&csv, &moved), nobody_s, "its words were found elsewhere since");
        for (cell, other) in
            [(",medium,", ",high,"), (",text,yes", ",imported,yes"), (",yes", ",no"), ("Tally", "tally")]
        {
            let rows = read(&csv.replacen(cell, other, 1), &found);
            assert_eq!((rows.said.len(), rows.unchanged), (1, 0), "{other}");
        }
        let elsewhere = Relation { to: Some("sample:3".parse().unwrap()), ..found.clone() };
        assert_eq!(read(&csv, &elsewhere), RelationRows { gone: 1, ..RelationRows::default() });
        for (cell, other) in [(",text,yes", ",imported,yes"), (",text,yes", ",,yes"), (",yes", ",no")] {
            let rows = read(&csv.replacen(cell, other, 1), &elsewhere);
            assert_eq!((rows.said.len(), rows.gone), (1, 0), "somebody says so, whatever is found: {other}");
        }
        let few = "from,kind,to\nsample:2,revokes,sample:1\n";
        assert_eq!(read(few, &found).said.len(), 1, "a row with fewer cells was written by somebody");
    }

    #[test]
    fn a_bad_row_is_named_with_what_to_write() {
        let error = |row: &str| {
            read_relations(format!("from,kind,to\n{row}\n").as_bytes(), &[]).unwrap_err().to_string()
        };
        assert!(error("sample:1,likes,sample:2").starts_with("line 2: kind \"likes\" is none of revokes"));
        assert_eq!(error("sample:1,amends,"), "line 2: give a document in to, or a name in cited");
    }
}
