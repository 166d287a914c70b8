//! What people, and imported files, say of a document: rows beside the judgements, never over them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::ids::{CodeId, CodebookId, DimensionId, DocumentId, RunId, TextId};
use crate::judgement::Value;

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
}
