//! What people, and imported files, say of a document: rows beside the judgements, never over them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::ids::{CodeId, CodebookId, DimensionId, DocumentId, RunId, TextId};
use crate::judgement::{Confidence, Value};

/// How the decisions of a sheet came about; kept apart for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Brought in from elsewhere.
    Imported,
    /// The coder saw no machine label.
    Blind,
    /// The coder saw machine labels.
    Assisted,
    /// Settled by an adjudicator who saw all versions.
    Adjudicated,
}

/// Decisions of one labeller on one document made at one time. Sheets are added, never changed: the newest sheet of a
/// labeller that speaks of a code is that labeller's word on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// The document.
    pub document: DocumentId,
    /// The text that was read, where one is known.
    pub text: Option<TextId>,
    /// The codebook used.
    pub codebook: CodebookId,
    /// The run under which the labels are exported and compared, such as that of "AGORA annotators".
    pub run: RunId,
    /// Who, such as "AGORA annotators".
    pub labeller: String,
    /// How.
    pub mode: Mode,
    /// Whether a second person checked it, as the source says.
    pub validated: bool,
    /// When it was decided or brought in.
    pub at: Timestamp,
    /// The decisions.
    pub decisions: Vec<Decision>,
    /// What the labeller wrote on the document as a whole, by name, such as `summary` or `risk_summary`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, String>,
}

impl Sheet {
    /// The newest word on each dimension and code in `sheets`, which are in the order in which they came in.
    pub fn newest<'s>(
        sheets: impl IntoIterator<Item = &'s Self>,
    ) -> BTreeMap<(DimensionId, CodeId), &'s Decision> {
        let decisions = sheets.into_iter().flat_map(|sheet| &sheet.decisions);
        decisions.map(|d| ((d.dimension.clone(), d.code.clone()), d)).collect()
    }
}

/// One label decided by a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The dimension.
    pub dimension: DimensionId,
    /// The code.
    pub code: CodeId,
    /// The value.
    pub value: Value,
    /// Located quotes; empty reads "no passage recorded" and enters no coverage count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The reason given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// How sure the labeller is, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Who holds an actor role, as the labeller names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<String>,
    /// Types of the role's entities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<CodeId>,
    /// Quotes given that do not stand in the text; kept so that a file comes back as it went in, and no evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlocated: Vec<String>,
}

impl Decision {
    /// A bare decision: no quote, no reason.
    pub const fn new(dimension: DimensionId, code: CodeId, value: Value) -> Self {
        Self {
            dimension,
            code,
            value,
            evidence: vec![],
            reasoning: String::new(),
            confidence: None,
            entities: vec![],
            types: vec![],
            unlocated: vec![],
        }
    }
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Imported, Self::Blind, Self::Assisted, Self::Adjudicated];

    /// Stable identifier in exports and addresses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Blind => "blind",
            Self::Assisted => "assisted",
            Self::Adjudicated => "adjudicated",
        }
    }

    /// The mode with this identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.id() == id)
    }
}
