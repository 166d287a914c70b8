//! JSON in the shape of the published coding schema: one coding of one document by one coder. Each dimension stands
//! under its address path (`risks`, `sectors`, …); an absent code is the negative value; texts beside them are notes.

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Codebook, Dimension, Kind};
use lacuna_domain::{CodeId, Confidence, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::error::ReviewError;
use super::statement::{Quote, Statement, Word, choice_key};

/// The codebook that the published schema is of.
const PUBLISHED: &str = "ai-governance";
/// Texts that the schema asks for; whoever wrote none has an empty one.
const SUMMARIES: [&str; 6] =
    ["summary", "legal_summary", "risk_summary", "sector_summary", "lifecycle_summary", "scope_summary"];

#[derive(Deserialize, Serialize)]
struct File {
    document_id: String,
    coder: String,
    codebook: String,
    #[serde(flatten)]
    rest: Map<String, Json>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entities: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    types: Option<Vec<CodeId>>,
    quotes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<Confidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<String>,
}

/// Reads one coding; `place` names the file in messages.
pub fn read(json: &str, place: &str, codebook: &Codebook) -> Result<Statement, ReviewError> {
    let file: File = serde_json::from_str(json).map_err(|e| ReviewError::shape(place, e.to_string()))?;
    of(file, place, codebook)
}

/// Reads one coding or a list of codings.
pub(crate) fn read_value(json: Json, place: &str, codebook: &Codebook) -> Result<Statement, ReviewError> {
    let file: File = serde_json::from_value(json).map_err(|e| ReviewError::shape(place, e.to_string()))?;
    of(file, place, codebook)
}

fn of(file: File, place: &str, codebook: &Codebook) -> Result<Statement, ReviewError> {
    let (mut words, mut notes, mut rest) = (Vec::new(), BTreeMap::new(), file.rest);
    for dimension in &codebook.dimensions {
        if let Some(said) = rest.remove(&dimension.path) {
            words.extend(words_of(dimension, said, &format!("{place}, {}", dimension.path))?);
        }
    }
    for (name, value) in rest {
        let Json::String(text) = value else {
            return Err(ReviewError::shape(format!("{place}, {name}"), "the codebook has no such dimension"));
        };
        if !text.is_empty() {
            notes.insert(name, text);
        }
    }
    let File { document_id, coder, codebook, .. } = File { rest: Map::new(), ..file };
    Ok(Statement { document: document_id, coder, codebook_version: codebook, words, notes })
}

fn words_of(dimension: &Dimension, said: Json, place: &str) -> Result<Vec<Word>, ReviewError> {
    if matches!(dimension.kind, Kind::Choice) {
        let said: Said = parsed(said, place)?;
        let Some((id, code)) = choice_key(dimension) else { return Ok(vec![]) };
        let value = super::statement::value_of(dimension, said.value.as_deref().unwrap_or("none"))?;
        return Ok(vec![said.word(Word::new(id, code, value))]);
    }
    let mut by_code: BTreeMap<String, Said> = parsed(said, place)?;
    let mut words = Vec::new();
    for code in &dimension.codes {
        let said = by_code.remove(code.id.as_str());
        let named = said.is_some();
        let said = said.unwrap_or_default();
        let value = match &dimension.kind {
            Kind::Ordinal { .. } => Value::Level(level(dimension, &said, named, code.id.as_str(), place)?),
            Kind::Actor { .. } => Value::Flag(said.entities.as_ref().is_some_and(|names| !names.is_empty())),
            Kind::Flag | Kind::Choice => Value::Flag(named),
        };
        words.push(said.word(Word::new(dimension.id.clone(), code.id.clone(), value)));
    }
    match by_code.keys().next() {
        Some(unknown) => {
            Err(ReviewError::shape(format!("{place} {unknown}"), "the codebook has no such code"))
        }
        None => Ok(words),
    }
}

fn level(
    dimension: &Dimension,
    said: &Said,
    named: bool,
    code: &str,
    place: &str,
) -> Result<u8, ReviewError> {
    if !named {
        return Ok(dimension.lowest());
    }
    let known = |n: &u8| dimension.levels().iter().any(|level| level.value == *n);
    said.score.filter(known).ok_or_else(|| {
        let (low, high) = (dimension.lowest(), dimension.highest());
        ReviewError::shape(format!("{place} {code}"), format!("score: give a level from {low} to {high}"))
    })
}

impl Said {
    fn word(self, word: Word) -> Word {
        Word {
            quotes: self.quotes.into_iter().map(Quote::bare).collect(),
            confidence: self.confidence,
            reasoning: self.reasoning.unwrap_or_default(),
            entities: self.entities.unwrap_or_default(),
            types: self.types.unwrap_or_default(),
            ..word
        }
    }
}

fn parsed<T: DeserializeOwned>(json: Json, place: &str) -> Result<T, ReviewError> {
    serde_json::from_value(json).map_err(|error| ReviewError::shape(place, error.to_string()))
}

/// The statement as JSON. A label without any confidence given has none here either, which the schema asks for but
/// nobody said.
pub fn write(statement: &Statement, codebook: &Codebook) -> Json {
    let mut rest = Map::new();
    for dimension in &codebook.dimensions {
        let words: Vec<&Word> = statement.words.iter().filter(|w| w.dimension == dimension.id).collect();
        if words.is_empty() {
            continue;
        }
        let said = if dimension.kind == Kind::Choice {
            words.first().map_or(Json::Null, |word| json(&said(dimension, word)))
        } else {
            let kept = words.iter().filter(|w| {
                w.value.is_positive(dimension.lowest()) || matches!(dimension.kind, Kind::Actor { .. })
            });
            let by_code = kept.map(|word| (word.code.to_string(), json(&said(dimension, word))));
            Json::Object(by_code.collect())
        };
        rest.insert(dimension.path.clone(), said);
    }
    if codebook.id.as_str() == PUBLISHED {
        rest.extend(SUMMARIES.map(|name| (name.to_owned(), Json::String(String::new()))));
    }
    rest.extend(statement.notes.iter().map(|(name, text)| (name.clone(), Json::String(text.clone()))));
    json(&File {
        document_id: statement.document.clone(),
        coder: statement.coder.clone(),
        codebook: statement.codebook_version.clone(),
        rest,
    })
}

fn said(dimension: &Dimension, word: &Word) -> Said {
    let actor = matches!(dimension.kind, Kind::Actor { .. });
    Said {
        value: if let Value::Choice(option) = &word.value {
            option.as_ref().map(ToString::to_string)
        } else {
            None
        },
        score: if let Value::Level(level) = word.value { Some(level) } else { None },
        entities: actor.then(|| word.entities.clone()),
        types: actor.then(|| word.types.clone()),
        quotes: word.quotes.iter().map(|quote| quote.words.clone()).collect(),
        confidence: word.confidence,
        reasoning: Some(word.reasoning.clone())
            .filter(|reason| !reason.is_empty() || !matches!(dimension.kind, Kind::Flag)),
    }
}

fn json<T: Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or(Json::Null)
}
