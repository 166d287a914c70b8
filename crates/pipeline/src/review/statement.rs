//! What one labeller says of one document, as files hold it: words, not places.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lacuna_domain::codebook::{Codebook, Dimension, Kind};
use lacuna_domain::decision::{Decision, Sheet};
use lacuna_domain::{CodeId, Confidence, DimensionId, Value};

use super::error::ReviewError;
use super::locate::Words;

/// What one labeller says of one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The document, as the file names it.
    pub document: String,
    /// Who, as the file says.
    pub coder: String,
    /// Version of the codebook, as the file says; empty where it does not.
    pub codebook_version: String,
    /// The words.
    pub words: Vec<Word>,
    /// What is said of the document as a whole.
    pub notes: BTreeMap<String, String>,
}

/// What is said of one code.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The dimension.
    pub dimension: DimensionId,
    /// The code; for a choice dimension the dimension's own id.
    pub code: CodeId,
    /// The value.
    pub value: Value,
    /// Quotes, strongest first.
    pub quotes: Vec<Quote>,
    /// How sure.
    pub confidence: Option<Confidence>,
    /// Why.
    pub reasoning: String,
    /// Holders of an actor role.
    pub entities: Vec<String>,
    /// Their types.
    pub types: Vec<CodeId>,
}

/// A quote in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The words.
    pub words: String,
    /// First and one past the last Unicode code point in the text, where the file says; only a hint.
    pub at: Option<(usize, usize)>,
}

impl Quote {
    /// Words without a place.
    pub fn bare(words: impl Into<String>) -> Self {
        Self { words: words.into(), at: None }
    }
}

impl Word {
    /// A bare word.
    pub const fn new(dimension: DimensionId, code: CodeId, value: Value) -> Self {
        Self {
            dimension,
            code,
            value,
            quotes: vec![],
            confidence: None,
            reasoning: String::new(),
            entities: vec![],
            types: vec![],
        }
    }

    /// The word behind a stored decision.
    pub fn of(decision: &Decision) -> Self {
        let located = decision.evidence.iter().map(|e| Quote::bare(e.quote()));
        let lost = decision.unlocated.iter().map(Quote::bare);
        Self {
            dimension: decision.dimension.clone(),
            code: decision.code.clone(),
            value: decision.value.clone(),
            quotes: located.chain(lost).collect(),
            confidence: decision.confidence,
            reasoning: decision.reasoning.clone(),
            entities: decision.entities.clone(),
            types: decision.types.clone(),
        }
    }

    /// The decision, with every quote looked for in the text.
    pub fn decide(self, text: Option<&Words<'_>>) -> Decision {
        let (mut evidence, mut unlocated) = (Vec::new(), Vec::new());
        for quote in self.quotes {
            match text.and_then(|text| text.find(&quote)) {
                Some(found) => evidence.push(found),
                None => unlocated.push(quote.words.chars().take(2_000).collect()),
            }
        }
        Decision {
            evidence,
            unlocated,
            reasoning: self.reasoning,
            confidence: self.confidence,
            entities: self.entities,
            types: self.types,
            ..Decision::new(self.dimension, self.code, self.value)
        }
    }
}

impl Statement {
    /// The newest words of `sheets`, all of one labeller on one document, in codebook order.
    pub fn of(document: String, coder: String, codebook: &Codebook, sheets: &[Sheet]) -> Self {
        let newest = Sheet::newest(sheets);
        let keys = codes(codebook);
        let words = keys.iter().filter_map(|key| newest.get(key)).map(|decision| Word::of(decision));
        let notes = sheets.iter().flat_map(|sheet| sheet.notes.clone()).collect();
        Self { document, coder, codebook_version: codebook.version.clone(), words: words.collect(), notes }
    }

    /// The decisions of the statement.
    pub fn decide(self, text: Option<&Words<'_>>) -> Vec<Decision> {
        self.words.into_iter().map(|word| word.decide(text)).collect()
    }
}

/// Every code that can be decided, roles included, in codebook order.
pub fn codes(codebook: &Codebook) -> Vec<(DimensionId, CodeId)> {
    let mut keys = Vec::new();
    for dimension in &codebook.dimensions {
        match &dimension.kind {
            Kind::Choice => keys.extend(choice_key(dimension)),
            _ => keys.extend(dimension.codes.iter().map(|code| (dimension.id.clone(), code.id.clone()))),
        }
    }
    keys
}

/// The single code of a choice dimension: its own id.
pub(crate) fn choice_key(dimension: &Dimension) -> Option<(DimensionId, CodeId)> {
    Some((dimension.id.clone(), dimension.id.as_str().parse().ok()?))
}

/// The value that `text` means on `dimension`: a level's number, `true`/`false`, an option's id, or nothing.
pub fn value_of(dimension: &Dimension, text: &str) -> Result<Value, ReviewError> {
    let text = text.trim();
    let wrong = |takes: String| {
        ReviewError::shape(dimension.id.as_str(), format!("{text:?} is no value here; it takes {takes}"))
    };
    match &dimension.kind {
        Kind::Ordinal { levels } => {
            let level = text.parse::<u8>().ok().filter(|n| levels.iter().any(|l| l.value == *n));
            level
                .map(Value::Level)
                .ok_or_else(|| wrong(format!("{} to {}", dimension.lowest(), dimension.highest())))
        }
        Kind::Flag | Kind::Actor { .. } => match text {
            "true" | "yes" | "1" => Ok(Value::Flag(true)),
            "false" | "no" | "0" => Ok(Value::Flag(false)),
            _ => Err(wrong("true or false".to_owned())),
        },
        Kind::Choice => {
            if text.is_empty() || text == "none" {
                return Ok(Value::Choice(None));
            }
            let option = dimension.code(text).map(|code| code.id.clone());
            let options = || dimension.codes.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ");
            option.map(|option| Value::Choice(Some(option))).ok_or_else(|| wrong(options()))
        }
    }
}

/// `value` in the words that [`value_of`] reads.
pub fn value_words(value: &Value) -> String {
    match value {
        Value::Level(level) => level.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Choice(Some(option)) => option.to_string(),
        Value::Choice(None) => "none".to_owned(),
    }
}

/// The sheet of a statement; see [`Sheet`] for what the arguments mean.
pub(crate) fn sheet(base: &Sheet, statement: Statement, text: Option<&Words<'_>>, at: Timestamp) -> Sheet {
    let notes = statement.notes.clone();
    Sheet { decisions: statement.decide(text), notes, at, ..base.clone() }
}
