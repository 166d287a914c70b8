//! What was found of one role, before it becomes a draft.

use lacuna_domain::CodeId;
use lacuna_domain::judgement::DraftQuote;

/// Names, types and evidence of one role.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Finding {
    pub(super) entities: Vec<String>,
    pub(super) types: Vec<CodeId>,
    /// Calibrated probability that anyone holds the role.
    pub(super) probability: Option<f32>,
    pub(super) quotes: Vec<DraftQuote>,
    /// Why; `None` where only cues were looked at.
    pub(super) reasoning: Option<String>,
}
