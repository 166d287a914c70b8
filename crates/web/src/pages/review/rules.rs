//! What the codebook says of a code, beside the code on the screens of review.

use lacuna_domain::Value;
use lacuna_domain::codebook::{Boundary, Code, Dimension, Kind};
use lacuna_pipeline::review::statement::value_words;

/// What counts for a code, what does not, and cases that were decided.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// What it covers.
    pub definition: String,
    /// What else is included.
    pub include: Vec<String>,
    /// What is excluded.
    pub exclude: Vec<String>,
    /// Decided boundary cases.
    pub boundary: Vec<Boundary>,
    /// What each answer means: its name and its rule.
    pub answers: Vec<(String, String)>,
}

impl Rules {
    /// The rules of `code`; without one those of the whole dimension, of which one option is chosen.
    pub fn of(dimension: &Dimension, code: Option<&Code>) -> Self {
        let levels = dimension.levels().iter().map(|l| (l.name.clone(), l.rule.clone()));
        let Some(code) = code else {
            let options = dimension.codes.iter().filter(|_| matches!(dimension.kind, Kind::Choice));
            return Self {
                definition: dimension.question.clone(),
                boundary: options.clone().flat_map(|c| c.boundary.clone()).collect(),
                answers: options.map(|c| (c.name.clone(), c.definition.clone())).collect(),
                ..Self::default()
            };
        };
        Self {
            definition: code.definition.clone(),
            include: code.include.clone(),
            exclude: code.exclude.iter().map(|e| e.text.clone()).collect(),
            boundary: code.boundary.clone(),
            answers: levels.collect(),
        }
    }

    /// Whether there is more than the definition.
    pub const fn is_more(&self) -> bool {
        !(self.include.is_empty()
            && self.exclude.is_empty()
            && self.boundary.is_empty()
            && self.answers.is_empty())
    }
}

/// The answers that can be given to a code of `dimension`: what a form sends, and the name for readers.
pub fn answers(dimension: &Dimension) -> Vec<(String, String)> {
    let flags =
        |no: &str, yes: &str| vec![("false".to_owned(), no.to_owned()), ("true".to_owned(), yes.to_owned())];
    match &dimension.kind {
        Kind::Ordinal { levels } => levels.iter().map(|l| (l.value.to_string(), l.name.clone())).collect(),
        Kind::Flag => flags("No", "Yes"),
        Kind::Actor { .. } => flags("Nobody named", "Named"),
        Kind::Choice => {
            let none = Value::Choice(None);
            let none = (value_words(&none), dimension.value_name(&none).to_owned());
            dimension.codes.iter().map(|c| (c.id.to_string(), c.name.clone())).chain([none]).collect()
        }
    }
}

/// Whether a code is a number that readers know, such as 2.2, and not a word such as `proposer`.
pub fn is_numbered(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_digit())
}
