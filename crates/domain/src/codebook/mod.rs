//! Codebooks: versioned data files that say what is coded, on which scale, by which rules.
//!
//! [`Codebook::parse`] is the only way in; what it lets through is consistent. The format is described in
//! `docs/reference/codebook.md`.

mod parse;

use std::collections::BTreeMap;

use serde::Serialize;

pub use parse::{CodebookError, Problem};

use crate::ids::{CodeId, CodebookId, DimensionId};
use crate::judgement::Value;

/// A checked codebook.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Codebook {
    /// The name.
    pub id: CodebookId,
    /// The version, such as `1.1`.
    pub version: String,
    /// Title for readers.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Rules that hold for every dimension.
    pub ground_rules: Vec<String>,
    /// In the order pages show them; ids are unique.
    pub dimensions: Vec<Dimension>,
    /// SHA-256 of the file.
    pub hash: String,
}

/// One question asked of every text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dimension {
    /// The id, such as `risk`.
    pub id: DimensionId,
    /// Name for readers.
    pub name: String,
    /// Plural short form in addresses, such as `risks`.
    pub path: String,
    /// The question.
    pub question: String,
    /// Decision rules.
    pub rules: Vec<String>,
    /// The kind of answer.
    pub kind: Kind,
    /// What one code and several codes are called in sentences, such as "stage" and "stages".
    pub units: Units,
    /// Groups of codes; empty when the codes stand in one list.
    pub groups: Vec<Group>,
    /// The codes, at least one; for an actor dimension the roles, for a choice the options.
    pub codes: Vec<Code>,
    /// The code under which a choice dimension's single label is filed: the dimension's own id.
    #[serde(skip)]
    choice_label: Option<CodeId>,
}

/// What one code and several codes are called in sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Units {
    /// One of them, such as "subdomain".
    pub one: String,
    /// Several, such as "subdomains".
    pub many: String,
}

/// The kind of answer a dimension takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Kind {
    /// Each code gets a level; the lowest is the negative.
    Ordinal {
        /// Lowest first, consecutive values, at least two.
        levels: Vec<Level>,
    },
    /// Each code gets yes or no.
    Flag,
    /// The text gets one of the codes.
    Choice,
    /// Each code is a role that gets entities and types.
    Actor {
        /// Types of actors.
        types: Vec<Code>,
    },
}

/// A level of an ordinal scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Level {
    /// The number.
    pub value: u8,
    /// The name, such as "Good".
    pub name: String,
    /// When it applies.
    pub rule: String,
}

/// A group of codes, such as a risk domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The id, unique within the dimension.
    pub id: String,
    /// Name for readers.
    pub name: String,
}

/// A code, a role, an option or an actor type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Code {
    /// The id, unique within its list.
    pub id: CodeId,
    /// Name for readers.
    pub name: String,
    /// A label of at most 28 characters for charts.
    pub short: String,
    /// Id of the group it belongs to.
    pub group: Option<String>,
    /// What it covers.
    pub definition: String,
    /// What else is included.
    pub include: Vec<String>,
    /// What is excluded, and where that belongs.
    pub exclude: Vec<Exclusion>,
    /// Questions that coders raised, and how they are decided.
    pub boundary: Vec<Boundary>,
    /// Cue terms by ISO 639-1 language code.
    pub cues: BTreeMap<String, Cues>,
}

/// Something a code does not cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// What.
    pub text: String,
    /// The code of the same dimension that covers it.
    pub see: Option<CodeId>,
}

/// A decided boundary case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boundary {
    /// The question.
    pub question: String,
    /// The decision.
    pub decision: String,
}

/// Cue terms in one language. A `*` at a word's end matches any ending; case does not matter; in languages with
/// spaces a term matches on word boundaries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cues {
    /// Terms that name the code by themselves.
    pub strong: Vec<String>,
    /// Terms that count where the sentence speaks of AI.
    pub weak: Vec<String>,
    /// Phrases inside which the terms above do not count.
    pub not: Vec<String>,
}

impl Codebook {
    /// Reads and checks a codebook; the error lists every problem with its line and its mend.
    pub fn parse(source: &str) -> Result<Self, CodebookError> {
        parse::parse(source)
    }

    /// The dimension with this id.
    pub fn dimension(&self, id: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|d| d.id.as_str() == id)
    }

    /// The dimension with this id or address path.
    pub fn dimension_at(&self, path: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|d| d.id.as_str() == path || d.path == path)
    }

    /// Every label that a text gets: each code of ordinal and flag dimensions, and one entry per choice dimension,
    /// whose code is the dimension's own id. Actor roles are apart.
    pub fn labelled_codes(&self) -> impl Iterator<Item = (&DimensionId, &CodeId)> {
        self.dimensions.iter().flat_map(|d| {
            let codes: Vec<&CodeId> = match &d.kind {
                Kind::Ordinal { .. } | Kind::Flag => d.codes.iter().map(|c| &c.id).collect(),
                Kind::Choice => d.choice_label.iter().collect(),
                Kind::Actor { .. } => vec![],
            };
            codes.into_iter().map(move |code| (&d.id, code))
        })
    }

    /// The value that claims nothing.
    pub fn negative(&self, dimension: &DimensionId) -> Value {
        match self.dimension(dimension.as_str()).map(|d| &d.kind) {
            Some(Kind::Ordinal { levels }) => Value::Level(levels.first().map_or(0, |l| l.value)),
            Some(Kind::Choice) => Value::Choice(None),
            Some(Kind::Flag | Kind::Actor { .. }) | None => Value::Flag(false),
        }
    }
}

impl Dimension {
    /// The code with this id.
    pub fn code(&self, id: &str) -> Option<&Code> {
        self.codes.iter().find(|c| c.id.as_str() == id)
    }

    /// The levels of an ordinal dimension, lowest first; empty for the other kinds.
    pub fn levels(&self) -> &[Level] {
        if let Kind::Ordinal { levels } = &self.kind { levels } else { &[] }
    }

    /// The lowest level; 0 for kinds without levels.
    pub fn lowest(&self) -> u8 {
        self.levels().first().map_or(0, |l| l.value)
    }

    /// The highest level; 1 for kinds without levels.
    pub fn highest(&self) -> u8 {
        self.levels().last().map_or(1, |l| l.value)
    }

    /// The name of a value, such as "Good", "Yes" or "Hard law".
    pub fn value_name<'c>(&'c self, value: &'c Value) -> &'c str {
        match value {
            Value::Level(level) => self.levels().iter().find(|l| l.value == *level).map_or("?", |l| &l.name),
            Value::Flag(true) => "Yes",
            Value::Flag(false) => "No",
            Value::Choice(Some(code)) => self.code(code.as_str()).map_or(code.as_str(), |c| &c.name),
            Value::Choice(None) => "Not determined",
        }
    }

    /// Codes of one group, in order.
    pub fn group_codes<'c>(&'c self, group: &'c str) -> impl Iterator<Item = &'c Code> {
        self.codes.iter().filter(move |c| c.group.as_deref() == Some(group))
    }
}
