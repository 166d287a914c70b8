//! Tasks of Label Studio: one task per document. A decision is a choice named `dimension/code`; its quotes are
//! labelled spans of the text (offsets in Unicode code points); reason, confidence, names and types stand in fields
//! named `dimension/code#…`.

use std::collections::BTreeMap;

use lacuna_domain::codebook::Codebook;
use lacuna_domain::{CodeId, Confidence};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::error::ReviewError;
use super::statement::{Quote, Statement, Word, codes, value_of, value_words};

#[derive(Deserialize)]
struct Task {
    data: Data,
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Data {
    document_id: String,
    #[serde(default)]
    codebook: String,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    coder: Option<String>,
    #[serde(default)]
    completed_by: Json,
    result: Vec<Region>,
}

#[derive(Deserialize, Serialize)]
struct Region {
    from_name: String,
    value: Content,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Content {
    choices: Vec<String>,
    labels: Vec<String>,
    text: Words,
    start: Option<usize>,
    end: Option<usize>,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Many(Vec<String>),
}

impl Default for Words {
    fn default() -> Self {
        Self::Many(vec![])
    }
}

impl Words {
    fn all(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

/// Reads one statement per annotation of every task.
pub(crate) fn read(tasks: Json, place: &str, codebook: &Codebook) -> Result<Vec<Statement>, ReviewError> {
    let tasks: Vec<Task> =
        serde_json::from_value(tasks).map_err(|error| ReviewError::shape(place, error.to_string()))?;
    let mut statements = Vec::new();
    for task in tasks {
        for annotation in task.annotations {
            let coder = annotation.coder.unwrap_or_else(|| match &annotation.completed_by {
                Json::String(name) => name.clone(),
                Json::Object(who) => who.get("email").and_then(Json::as_str).unwrap_or_default().to_owned(),
                other => other.to_string(),
            });
            let mut statement = Statement {
                document: task.data.document_id.clone(),
                coder,
                codebook_version: task.data.codebook.clone(),
                words: vec![],
                notes: BTreeMap::new(),
            };
            let place = format!("{place}, task of {}", statement.document);
            regions(annotation.result, &mut statement, &place, codebook)?;
            statements.push(statement);
        }
    }
    Ok(statements)
}

fn regions(
    regions: Vec<Region>,
    statement: &mut Statement,
    place: &str,
    codebook: &Codebook,
) -> Result<(), ReviewError> {
    // Decisions first: spans and fields may stand before the choice that they belong to.
    let (choices, others): (Vec<Region>, Vec<Region>) =
        regions.into_iter().partition(|r| r.from_name.contains('/') && !r.from_name.contains('#'));
    for region in choices {
        let (dimension, code) = key(&region.from_name, place, codebook)?;
        let Some(named) = codebook.dimension(dimension.as_str()) else { continue };
        let value = value_of(named, region.value.choices.first().map_or("", String::as_str))?;
        statement.words.push(Word::new(dimension, code, value));
    }
    for region in others {
        other(region, statement, place, codebook)?;
    }
    Ok(())
}

fn other(
    region: Region,
    statement: &mut Statement,
    place: &str,
    codebook: &Codebook,
) -> Result<(), ReviewError> {
    let Region { from_name, value } = region;
    if let Some(name) = from_name.strip_prefix("note#") {
        statement.notes.insert(name.to_owned(), value.text.all().join("\n"));
        return Ok(());
    }
    let (target, field) = match value.labels.first() {
        Some(label) => (label.clone(), "quote".to_owned()),
        None => match from_name.split_once('#') {
            Some((target, field)) => (target.to_owned(), field.to_owned()),
            None => return Ok(()),
        },
    };
    let (dimension, code) = key(&target, place, codebook)?;
    let word = statement.words.iter_mut().find(|w| w.dimension == dimension && w.code == code);
    let word = word.ok_or_else(|| {
        ReviewError::shape(place, format!("a span or field belongs to {target}, which has no choice"))
    })?;
    let at = value.start.zip(value.end);
    match field.as_str() {
        "quote" => word.quotes.extend(value.text.all().into_iter().map(|words| Quote { words, at })),
        "why" => word.reasoning = value.text.all().join("\n"),
        "entities" => word.entities = value.text.all(),
        "types" => word.types = value.choices.iter().filter_map(|id| id.parse::<CodeId>().ok()).collect(),
        "confidence" => {
            let id = value.choices.first().map(String::as_str);
            word.confidence = [Confidence::Low, Confidence::Medium, Confidence::High]
                .into_iter()
                .find(|confidence| Some(confidence.id()) == id);
        }
        _ => {}
    }
    Ok(())
}

fn key(
    target: &str,
    place: &str,
    codebook: &Codebook,
) -> Result<(lacuna_domain::DimensionId, CodeId), ReviewError> {
    let (dimension, code) = target.split_once('/').unwrap_or((target, ""));
    let known = codes(codebook).into_iter().find(|(d, c)| d.as_str() == dimension && c.as_str() == code);
    known.ok_or_else(|| ReviewError::shape(place, format!("the codebook has no code {target:?}")))
}

/// A statement and the text it speaks of, with the places of its located quotes.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'s> {
    /// The statement.
    pub statement: &'s Statement,
    /// The text.
    pub text: &'s str,
    /// Title of the document.
    pub title: &'s str,
}

/// The tasks.
pub fn write(placed: &[Placed<'_>]) -> Json {
    placed.iter().map(task).collect()
}

fn task(placed: &Placed<'_>) -> Json {
    let statement = placed.statement;
    let mut result: Vec<Json> = Vec::new();
    for word in &statement.words {
        let target = format!("{}/{}", word.dimension, word.code);
        result.push(choice(&target, &[value_words(&word.value)]));
        for quote in &word.quotes {
            let mut span = json!({ "from_name": "quote", "to_name": "text", "type": "labels",
                "value": { "text": quote.words, "labels": [target] } });
            if let Some((start, end)) = quote.at {
                span["value"]["start"] = start.into();
                span["value"]["end"] = end.into();
            }
            result.push(span);
        }
        if !word.reasoning.is_empty() {
            result.push(text(&format!("{target}#why"), std::slice::from_ref(&word.reasoning)));
        }
        if let Some(confidence) = word.confidence {
            result.push(choice(&format!("{target}#confidence"), &[confidence.id().to_owned()]));
        }
        if !word.entities.is_empty() {
            result.push(text(&format!("{target}#entities"), &word.entities));
        }
        if !word.types.is_empty() {
            let types: Vec<String> = word.types.iter().map(ToString::to_string).collect();
            result.push(choice(&format!("{target}#types"), &types));
        }
    }
    let notes = statement.notes.iter();
    result.extend(notes.map(|(name, note)| text(&format!("note#{name}"), std::slice::from_ref(note))));
    json!({
        "data": { "document_id": statement.document, "codebook": statement.codebook_version,
                  "title": placed.title, "text": placed.text },
        "annotations": [{ "coder": statement.coder, "result": result }],
    })
}

fn choice(name: &str, choices: &[String]) -> Json {
    json!({ "from_name": name, "to_name": "text", "type": "choices", "value": { "choices": choices } })
}

fn text(name: &str, texts: &[String]) -> Json {
    json!({ "from_name": name, "to_name": "text", "type": "textarea", "value": { "text": texts } })
}
