//! Who holds an actor role in a text, and for an empty role what was looked for.

use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::judgement::ActorJudgement;
use serde::Serialize;

use super::{QuoteView, Where};
use crate::address;

/// An entity in a role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntityView {
    /// As the text names it.
    pub name: String,
    /// Where the text names it.
    pub at: QuoteView,
}

/// One role of an actor dimension.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoleView {
    /// The actor dimension.
    pub dimension: String,
    /// The role's id.
    pub role: String,
    /// Name for readers.
    pub name: String,
    /// What the role means.
    pub definition: String,
    /// Who holds it.
    pub entities: Vec<EntityView>,
    /// Names of the types of its entities.
    pub types: Vec<String>,
    /// `high`, `medium` or `low`.
    pub confidence: &'static str,
    /// Calibrated probability.
    pub probability: Option<f32>,
    /// What decided, or what was looked for in vain.
    pub reasoning: String,
    /// Located quotes, strongest first.
    pub quotes: Vec<QuoteView>,
    /// Whether a claim fell for want of evidence.
    pub rejected: bool,
    /// Address of the role's page.
    pub code_href: String,
}

impl RoleView {
    /// The view of `judgement` of `dimension`.
    pub fn of(judgement: &ActorJudgement, dimension: &Dimension, rejected: bool, at: &Where<'_>) -> Self {
        let key = (dimension.id.as_str(), judgement.role().as_str());
        let code = dimension.code(judgement.role().as_str());
        Self {
            dimension: dimension.id.to_string(),
            role: judgement.role().to_string(),
            name: code.map_or_else(|| judgement.role().to_string(), |c| c.name.clone()),
            definition: code.map_or_else(String::new, |c| c.definition.clone()),
            entities: judgement
                .entities()
                .iter()
                .map(|e| EntityView { name: e.name.clone(), at: QuoteView::of(&e.at, Some(key), at) })
                .collect(),
            types: judgement.types().iter().map(|t| type_name(dimension, t.as_str())).collect(),
            confidence: judgement.confidence().id(),
            probability: judgement.probability(),
            reasoning: judgement.reasoning().to_owned(),
            quotes: judgement.evidence().iter().map(|e| QuoteView::of(e, Some(key), at)).collect(),
            rejected,
            code_href: address::code(key.0, key.1),
        }
    }

    /// The anchor on the document's page.
    pub fn anchor(&self) -> String {
        address::label_anchor(&self.dimension, &self.role)
    }

    /// `actor/target`, as the text page's `code` parameter takes it.
    pub fn key(&self) -> String {
        format!("{}/{}", self.dimension, self.role)
    }

    /// The probability for readers.
    pub fn probability_words(&self) -> String {
        super::percent(self.probability)
    }

    /// Heading beside the catalogue's issuer, so that the two are never taken for one.
    pub fn heading(&self) -> String {
        if self.role == "proposer" { format!("{} (text)", self.name) } else { self.name.clone() }
    }
}

/// Name of a type of actors; its id where the codebook has none such.
pub(crate) fn type_name(dimension: &Dimension, id: &str) -> String {
    let types: &[Code] = if let Kind::Actor { types } = &dimension.kind { types } else { &[] };
    types.iter().find(|t| t.id.as_str() == id).map_or_else(|| id.to_owned(), |t| t.name.clone())
}
