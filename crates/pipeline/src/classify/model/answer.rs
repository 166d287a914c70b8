//! Reads an answer strictly: what is not in the form of the schema is a list of problems, never half an answer.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::codebook::{Codebook, Dimension, Kind};
use lacuna_domain::judgement::{ActorDraft, DraftQuote};
use lacuna_domain::{CodeId, Confidence, DimensionId, Draft, Value};
use serde_json::{Map, Value as Json};

use crate::classify::Drafts;

/// Quotes kept of one entry.
const MOST_QUOTES: usize = 3;
/// Problems told to the model at once.
const MOST_PROBLEMS: usize = 12;

/// An answer that has the form asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    /// The claims.
    pub(super) drafts: Drafts,
    /// Summaries by dimension, where they were asked for.
    pub(super) summaries: BTreeMap<DimensionId, String>,
}

/// Everything that keeps an answer from being used, each with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub(super) struct Malformed(pub(super) Vec<String>);

/// Reads `raw`. White space and one code fence around the object are let pass, nothing else. More than three
/// quotes of an entry are cut to three; an entry with the negative level claims nothing and is dropped.
pub(super) fn read(raw: &str, codebook: &Codebook, summaries: bool) -> Result<Answer, Malformed> {
    let json: Json = serde_json::from_str(unfenced(raw))
        .map_err(|error| Malformed(vec![format!("it is not one JSON object: {error}")]))?;
    let mut reader = Reader { problems: Vec::new(), answer: Answer::default() };
    let mut keys = vec!["labels"];
    keys.extend(summaries.then_some("summaries"));
    if let Some(top) = reader.object("the answer", &json, &keys) {
        reader.labels(&top["labels"], codebook);
        if summaries {
            reader.summaries(&top["summaries"], codebook);
        }
    }
    reader.problems.truncate(MOST_PROBLEMS);
    if reader.problems.is_empty() { Ok(reader.answer) } else { Err(Malformed(reader.problems)) }
}

fn unfenced(raw: &str) -> &str {
    let trimmed = raw.trim();
    let inner = trimmed.strip_prefix("```json").or_else(|| trimmed.strip_prefix("```"));
    inner.and_then(|inner| inner.trim_end().strip_suffix("```")).map_or(trimmed, str::trim)
}

struct Reader {
    problems: Vec<String>,
    answer: Answer,
}

impl Reader {
    fn problem(&mut self, at: &str, what: &str) {
        self.problems.push(format!("{at}: {what}"));
    }

    /// `json` as an object with exactly `keys`.
    fn object<'j>(&mut self, at: &str, json: &'j Json, keys: &[&str]) -> Option<&'j Map<String, Json>> {
        let Some(object) = json.as_object() else {
            self.problem(at, "should be an object");
            return None;
        };
        let before = self.problems.len();
        for key in keys.iter().filter(|key| !object.contains_key(**key)) {
            self.problem(at, &format!("{key:?} is missing"));
        }
        for key in object.keys().filter(|key| !keys.contains(&key.as_str())) {
            self.problem(at, &format!("{:?} does not belong there", short(key)));
        }
        (self.problems.len() == before).then_some(object)
    }

    fn labels(&mut self, json: &Json, codebook: &Codebook) {
        let keys: Vec<&str> = codebook.dimensions.iter().map(|d| d.id.as_str()).collect();
        let Some(labels) = self.object("labels", json, &keys) else { return };
        for dimension in &codebook.dimensions {
            let at = format!("labels.{}", dimension.id);
            let Some(entries) = labels[dimension.id.as_str()].as_array() else {
                self.problem(&at, "should be a list");
                continue;
            };
            if matches!(dimension.kind, Kind::Choice) && entries.len() > 1 {
                self.problem(&at, "holds more than one entry");
                continue;
            }
            let mut seen = BTreeSet::new();
            for (index, entry) in entries.iter().enumerate() {
                let at = format!("{at}[{index}]");
                if let Some(code) = self.entry(&at, entry, dimension)
                    && !seen.insert(code.clone())
                {
                    self.problem(&at, &format!("{code} has an entry already"));
                }
            }
        }
    }

    /// Reads one entry into the drafts and answers its code.
    fn entry(&mut self, at: &str, json: &Json, dimension: &Dimension) -> Option<CodeId> {
        let keys: &[&str] = match dimension.kind {
            Kind::Ordinal { .. } => &["code", "evidence", "level", "reason", "sure"],
            Kind::Flag => &["code", "evidence", "reason", "sure"],
            Kind::Choice => &["evidence", "option", "reason", "sure"],
            Kind::Actor { .. } => &["code", "evidence", "holders", "kinds", "reason", "sure"],
        };
        let fields = self.object(at, json, keys)?;
        let named = if matches!(dimension.kind, Kind::Choice) { "option" } else { "code" };
        let code = self.code(&format!("{at}.{named}"), &fields[named], dimension)?;
        let quotes: Vec<DraftQuote> = self
            .texts(&format!("{at}.evidence"), &fields["evidence"])?
            .into_iter()
            .take(MOST_QUOTES)
            .map(|words| DraftQuote { words, at: None })
            .collect();
        let reasoning = self.text(&format!("{at}.reason"), &fields["reason"])?;
        let confidence = self.confidence(&format!("{at}.sure"), &fields["sure"])?;
        let value = match &dimension.kind {
            Kind::Ordinal { .. } => self.level(&format!("{at}.level"), &fields["level"], dimension)?,
            Kind::Flag => Value::Flag(true),
            Kind::Choice => Value::Choice(Some(code.clone())),
            Kind::Actor { .. } => {
                let entities = self.texts(&format!("{at}.holders"), &fields["holders"])?;
                let types = self.kinds(&format!("{at}.kinds"), &fields["kinds"], dimension)?;
                self.answer.drafts.actors.push(ActorDraft {
                    dimension: dimension.id.clone(),
                    role: code.clone(),
                    entities,
                    types,
                    confidence,
                    probability: None,
                    reasoning,
                    quotes,
                });
                return Some(code);
            }
        };
        if value.is_positive(dimension.lowest()) {
            let filed = if named == "option" { dimension.id.as_str().parse().ok()? } else { code.clone() };
            self.answer.drafts.labels.push(Draft {
                dimension: dimension.id.clone(),
                code: filed,
                value,
                confidence,
                probability: None,
                reasoning,
                quotes,
            });
        }
        Some(code)
    }

    fn code(&mut self, at: &str, json: &Json, dimension: &Dimension) -> Option<CodeId> {
        let found = json.as_str().and_then(|id| dimension.code(id));
        if found.is_none() {
            self.problem(at, &format!("{} is no code of {}", short(&json.to_string()), dimension.id));
        }
        found.map(|code| code.id.clone())
    }

    fn level(&mut self, at: &str, json: &Json, dimension: &Dimension) -> Option<Value> {
        let level = json.as_u64().and_then(|level| u8::try_from(level).ok());
        let level = level.filter(|level| dimension.levels().iter().any(|known| known.value == *level));
        if level.is_none() {
            self.problem(at, &format!("{} is no level of {}", short(&json.to_string()), dimension.id));
        }
        level.map(Value::Level)
    }

    fn kinds(&mut self, at: &str, json: &Json, dimension: &Dimension) -> Option<Vec<CodeId>> {
        let Kind::Actor { types } = &dimension.kind else { return Some(vec![]) };
        let given = self.texts(at, json)?;
        let known = |id: &String| types.iter().find(|t| t.id.as_str() == id).map(|t| t.id.clone());
        if let Some(unknown) = given.iter().find(|id| known(id).is_none()) {
            self.problem(at, &format!("{:?} is no kind of holder", short(unknown)));
            return None;
        }
        Some(given.iter().filter_map(known).collect())
    }

    fn confidence(&mut self, at: &str, json: &Json) -> Option<Confidence> {
        let found = match json.as_str() {
            Some("high") => Some(Confidence::High),
            Some("medium") => Some(Confidence::Medium),
            Some("low") => Some(Confidence::Low),
            _ => None,
        };
        if found.is_none() {
            self.problem(at, "should be \"high\", \"medium\" or \"low\"");
        }
        found
    }

    fn text(&mut self, at: &str, json: &Json) -> Option<String> {
        let found = json.as_str().map(|text| text.replace('\0', "\u{fffd}").trim().to_owned());
        if found.is_none() {
            self.problem(at, "should be text");
        }
        found
    }

    fn texts(&mut self, at: &str, json: &Json) -> Option<Vec<String>> {
        let found: Option<Vec<String>> = json.as_array().and_then(|list| {
            list.iter().map(|item| item.as_str().map(|text| text.replace('\0', "\u{fffd}"))).collect()
        });
        if found.is_none() {
            self.problem(at, "should be a list of texts");
        }
        found
    }

    fn summaries(&mut self, json: &Json, codebook: &Codebook) {
        let keys: Vec<&str> = codebook.dimensions.iter().map(|d| d.id.as_str()).collect();
        let Some(texts) = self.object("summaries", json, &keys) else { return };
        for dimension in &codebook.dimensions {
            let at = format!("summaries.{}", dimension.id);
            if let Some(text) = self.text(&at, &texts[dimension.id.as_str()]) {
                self.answer.summaries.insert(dimension.id.clone(), text);
            }
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
