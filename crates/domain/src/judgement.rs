//! Judgements: what a labeller says of one code, in the three stages draft, verified, decided.
//!
//! A [`Draft`] is what an engine says. A [`Judgement`] is a positive draft whose evidence was located; it can only
//! be made by [`Judgement::verified`] and [`ActorJudgement::verified`], which answer a [`Rejection`] otherwise.
//! Negative labels need no evidence and live, compactly, in [`Coding`](crate::coding::Coding). What people decide is
//! a [`Decision`](crate::decision::Decision) beside the judgement.

use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, QuoteState};
use crate::ids::{CodeId, DimensionId};
use crate::span::Span;

/// What is said of a code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A level of an ordinal scale.
    Level(u8),
    /// Yes or no.
    Flag(bool),
    /// One of a closed list; `None` when nothing in the text decides.
    Choice(Option<CodeId>),
}

impl Value {
    /// Whether the value claims something that needs evidence; `lowest` is the negative level of the scale.
    pub const fn is_positive(&self, lowest: u8) -> bool {
        match self {
            Self::Level(level) => *level > lowest,
            Self::Flag(flag) => *flag,
            Self::Choice(choice) => choice.is_some(),
        }
    }
}

/// How sure the labeller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Needs an inference.
    Low,
    /// Clear paraphrase.
    Medium,
    /// Explicit words.
    High,
}

impl Confidence {
    /// At least this calibrated probability of the value is `high`.
    pub const HIGH_FROM: f32 = 0.85;
    /// Below this calibrated probability of the value the confidence is `low`.
    pub const LOW_BELOW: f32 = 0.6;

    /// The band of a calibrated probability of the value given.
    pub fn of(probability: f32) -> Self {
        if probability >= Self::HIGH_FROM {
            Self::High
        } else if probability < Self::LOW_BELOW {
            Self::Low
        } else {
            Self::Medium
        }
    }

    /// Stable identifier in exports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A quote as an engine gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftQuote {
    /// The words claimed to stand in the text.
    pub words: String,
    /// Where the engine says they stand; only a hint, checked like the words.
    pub at: Option<Span>,
}

/// What an engine says of one code, not yet verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The dimension.
    pub dimension: DimensionId,
    /// The code; for a choice dimension the dimension's own id.
    pub code: CodeId,
    /// The claim.
    pub value: Value,
    /// How sure.
    pub confidence: Confidence,
    /// Calibrated probability of `value`, where the engine has one.
    pub probability: Option<f32>,
    /// One sentence: what in the text decides, and which rule fired.
    pub reasoning: String,
    /// Strongest first, at most three.
    pub quotes: Vec<DraftQuote>,
}

/// What an engine says of one actor role, not yet verified.
#[derive(Clone, Debug, PartialEq)]
pub struct ActorDraft {
    /// The actor dimension.
    pub dimension: DimensionId,
    /// The role.
    pub role: CodeId,
    /// Names or described classes as the text names them.
    pub entities: Vec<String>,
    /// Types of the role's entities.
    pub types: Vec<CodeId>,
    /// How sure.
    pub confidence: Confidence,
    /// Calibrated probability, where the engine has one.
    pub probability: Option<f32>,
    /// What decides; for an empty role, what was looked for and not found.
    pub reasoning: String,
    /// Strongest first, at most three.
    pub quotes: Vec<DraftQuote>,
}

/// A verified positive judgement: at least one quote was located in the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    dimension: DimensionId,
    code: CodeId,
    value: Value,
    confidence: Confidence,
    probability: Option<f32>,
    reasoning: String,
    evidence: Vec<Evidence>,
}

impl Judgement {
    /// The verified form of a positive `draft`, or the rejection when no quote was located.
    /// `tried` is the state of each quote of the draft, for the log.
    pub fn verified(
        draft: Draft,
        evidence: Vec<Evidence>,
        tried: Vec<TriedQuote>,
    ) -> Result<Self, Rejection> {
        let Draft { dimension, code, value, confidence, probability, reasoning, .. } = draft;
        if evidence.is_empty() {
            return Err(Rejection { dimension, code, claimed: Some(value), tried });
        }
        Ok(Self { dimension, code, value, confidence, probability, reasoning, evidence })
    }

    /// The dimension.
    pub const fn dimension(&self) -> &DimensionId {
        &self.dimension
    }

    /// The code.
    pub const fn code(&self) -> &CodeId {
        &self.code
    }

    /// The positive value.
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// The level of an ordinal judgement.
    pub const fn level(&self) -> Option<u8> {
        if let Value::Level(level) = self.value { Some(level) } else { None }
    }

    /// How sure the labeller is.
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// Calibrated probability of the value.
    pub const fn probability(&self) -> Option<f32> {
        self.probability
    }

    /// What decided.
    pub fn reasoning(&self) -> &str {
        &self.reasoning
    }

    /// Located quotes, strongest first, at least one.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}

/// An entity in a role, named as the text names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// The name or described class.
    pub name: String,
    /// Where the text names it.
    pub at: Evidence,
}

/// What is verified of one actor role. A role without entities carries the reason only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActorJudgement {
    dimension: DimensionId,
    role: CodeId,
    entities: Vec<Entity>,
    types: Vec<CodeId>,
    confidence: Confidence,
    probability: Option<f32>,
    reasoning: String,
    evidence: Vec<Evidence>,
}

impl ActorJudgement {
    /// The verified form of `draft`. An entity that the text does not name is dropped; a role that claimed entities
    /// and keeps none, or has no located quote, becomes empty and the rejection is returned beside it.
    pub fn verified(
        draft: ActorDraft,
        entities: Vec<Entity>,
        evidence: Vec<Evidence>,
        tried: Vec<TriedQuote>,
    ) -> (Self, Option<Rejection>) {
        let ActorDraft { dimension, role, types, confidence, probability, reasoning, .. } = draft;
        let claimed = !draft.entities.is_empty();
        if !claimed || entities.is_empty() || evidence.is_empty() {
            let rejection = claimed.then(|| Rejection {
                dimension: dimension.clone(),
                code: role.clone(),
                claimed: None,
                tried,
            });
            let reasoning = if claimed { String::new() } else { reasoning };
            let empty = Self {
                dimension,
                role,
                entities: vec![],
                types: vec![],
                confidence,
                probability,
                reasoning,
                evidence: vec![],
            };
            return (empty, rejection);
        }
        (Self { dimension, role, entities, types, confidence, probability, reasoning, evidence }, None)
    }

    /// The actor dimension.
    pub const fn dimension(&self) -> &DimensionId {
        &self.dimension
    }

    /// The role.
    pub const fn role(&self) -> &CodeId {
        &self.role
    }

    /// Who holds the role; empty when the text names nobody.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// Types of the role's entities.
    pub fn types(&self) -> &[CodeId] {
        &self.types
    }

    /// How sure the labeller is.
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// Calibrated probability.
    pub const fn probability(&self) -> Option<f32> {
        self.probability
    }

    /// What decided, or what was looked for in vain.
    pub fn reasoning(&self) -> &str {
        &self.reasoning
    }

    /// Located quotes, strongest first.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}

/// A claim that fell because its quotes are not in the text; the label takes its negative value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejection {
    /// The dimension.
    pub dimension: DimensionId,
    /// The code or role.
    pub code: CodeId,
    /// The value claimed; `None` for an actor role.
    pub claimed: Option<Value>,
    /// Each quote given and how it fared.
    pub tried: Vec<TriedQuote>,
}

/// A quote that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedQuote {
    /// The words, cut to 200 characters.
    pub words: String,
    /// How they fared.
    pub state: QuoteState,
}
