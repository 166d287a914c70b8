//! CSV: one row per decision, lists as JSON arrays in their cells so that nothing is lost on the way back. Notes stand
//! in rows whose dimension is `note`.

use std::collections::BTreeMap;

use lacuna_domain::codebook::Codebook;
use lacuna_domain::{CodeId, Confidence};
use serde::{Deserialize, Serialize};

use super::error::ReviewError;
use super::statement::{Quote, Statement, Word, value_of, value_words};

/// What the dimension column says of a note.
const NOTE: &str = "note";

#[derive(Deserialize, Serialize)]
struct Row {
    document_id: String,
    coder: String,
    codebook: String,
    dimension: String,
    code: String,
    value: String,
    #[serde(default)]
    confidence: String,
    #[serde(default)]
    quotes: String,
    #[serde(default)]
    reasoning: String,
    #[serde(default)]
    entities: String,
    #[serde(default)]
    types: String,
}

/// Reads every statement of a file, in the order in which documents first appear.
pub fn read(csv: &str, place: &str, codebook: &Codebook) -> Result<Vec<Statement>, ReviewError> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    for (number, row) in reader.deserialize::<Row>().enumerate() {
        let place = format!("{place}, row {}", number + 2);
        let row = row.map_err(|error| ReviewError::shape(&place, error.to_string()))?;
        let known = statements.iter().rposition(|s| s.document == row.document_id && s.coder == row.coder);
        let at = known.unwrap_or_else(|| {
            statements.push(Statement {
                document: row.document_id.clone(),
                coder: row.coder.clone(),
                codebook_version: row.codebook.clone(),
                words: vec![],
                notes: BTreeMap::new(),
            });
            statements.len() - 1
        });
        if row.dimension == NOTE {
            statements[at].notes.insert(row.code, row.reasoning);
        } else {
            let word = word(row, &place, codebook)?;
            statements[at].words.push(word);
        }
    }
    Ok(statements)
}

fn word(row: Row, place: &str, codebook: &Codebook) -> Result<Word, ReviewError> {
    let wrong = |what: &str, text: &str| ReviewError::shape(place, format!("{what}: {text:?} is not known"));
    let dimension = codebook.dimension(&row.dimension).ok_or_else(|| wrong("dimension", &row.dimension))?;
    let known = super::statement::codes(codebook);
    let (_, code) = known
        .iter()
        .find(|(d, c)| *d == dimension.id && c.as_str() == row.code)
        .ok_or_else(|| wrong("code", &row.code))?;
    let confidence = match row.confidence.as_str() {
        "" => None,
        "low" => Some(Confidence::Low),
        "medium" => Some(Confidence::Medium),
        "high" => Some(Confidence::High),
        other => return Err(wrong("confidence", other)),
    };
    Ok(Word {
        quotes: list(&row.quotes, place)?.into_iter().map(Quote::bare).collect(),
        confidence,
        reasoning: row.reasoning,
        entities: list(&row.entities, place)?,
        types: list(&row.types, place)?
            .iter()
            .map(|id| id.parse::<CodeId>().map_err(|e| ReviewError::shape(place, e.to_string())))
            .collect::<Result<_, _>>()?,
        ..Word::new(dimension.id.clone(), code.clone(), value_of(dimension, &row.value)?)
    })
}

/// A JSON array, or nothing.
fn list(cell: &str, place: &str) -> Result<Vec<String>, ReviewError> {
    if cell.trim().is_empty() {
        return Ok(vec![]);
    }
    serde_json::from_str(cell)
        .map_err(|_| ReviewError::shape(place, format!("{cell:?} is not a JSON array of texts")))
}

/// The statements as CSV.
pub fn write(statements: &[Statement]) -> Result<String, ReviewError> {
    let failed = |error: &dyn std::fmt::Display| ReviewError::shape("csv", error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for statement in statements {
        let rows = statement.words.iter().map(|word| row(statement, word));
        let notes = statement.notes.iter().map(|(name, text)| note(statement, name, text));
        for row in rows.chain(notes) {
            writer.serialize(row).map_err(|error| failed(&error))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

fn row(statement: &Statement, word: &Word) -> Row {
    let cell = |items: Vec<&str>| if items.is_empty() { String::new() } else { array(&items) };
    Row {
        document_id: statement.document.clone(),
        coder: statement.coder.clone(),
        codebook: statement.codebook_version.clone(),
        dimension: word.dimension.to_string(),
        code: word.code.to_string(),
        value: value_words(&word.value),
        confidence: word.confidence.map_or_else(String::new, |c| c.id().to_owned()),
        quotes: cell(word.quotes.iter().map(|q| q.words.as_str()).collect()),
        reasoning: word.reasoning.clone(),
        entities: cell(word.entities.iter().map(String::as_str).collect()),
        types: cell(word.types.iter().map(CodeId::as_str).collect()),
    }
}

fn array(items: &[&str]) -> String {
    serde_json::to_string(items).unwrap_or_default()
}

fn note(statement: &Statement, name: &str, text: &str) -> Row {
    Row {
        document_id: statement.document.clone(),
        coder: statement.coder.clone(),
        codebook: statement.codebook_version.clone(),
        dimension: NOTE.to_owned(),
        code: name.to_owned(),
        value: String::new(),
        confidence: String::new(),
        quotes: String::new(),
        reasoning: text.to_owned(),
        entities: String::new(),
        types: String::new(),
    }
}
