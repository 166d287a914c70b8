//! A coding: everything one run says of one text. Stored as one value, so that it is there whole or not at all.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::codebook::Codebook;
use crate::ids::{CodeId, DimensionId, RunId, TextId};
use crate::judgement::{ActorJudgement, Confidence, Judgement, Rejection, Value};

/// Everything one run says of one text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coding {
    /// The run.
    pub run: RunId,
    /// The text.
    pub text: TextId,
    /// When the coding was made.
    pub coded_at: Timestamp,
    /// Verified positive judgements, in codebook order.
    pub judgements: Vec<Judgement>,
    /// One entry per role, in codebook order.
    pub actors: Vec<ActorJudgement>,
    /// Calibrated probability of the negative value for each code without a positive judgement, where there is one.
    pub negatives: BTreeMap<DimensionId, BTreeMap<CodeId, Option<f32>>>,
    /// Claims that fell for want of evidence; their codes stand among the negatives.
    pub rejections: Vec<Rejection>,
    /// Passages that speak to a code by themselves, with the level they would support alone: what the labels of a
    /// heading or part are rolled up from.
    pub parts: BTreeMap<DimensionId, BTreeMap<CodeId, Vec<PartHit>>>,
    /// What runs of language models say beside their labels; empty for other engines.
    #[serde(default, skip_serializing_if = "Asides::is_empty")]
    pub asides: Asides,
}

/// What a run of a language model says beside its labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asides {
    /// Where several answers were asked for: how many gave each value, negative ones included. A value is written as
    /// in exports: `3`, `true`, `hard_law`, `none`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub votes: BTreeMap<DimensionId, BTreeMap<CodeId, BTreeMap<String, u32>>>,
    /// Narratives that the model wrote and that agree with its labels, by dimension.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub narratives: BTreeMap<DimensionId, String>,
    /// What happened on the way that a reader should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

impl Asides {
    /// Whether there is nothing beside the labels.
    pub fn is_empty(&self) -> bool {
        self.votes.is_empty() && self.narratives.is_empty() && self.remarks.is_empty()
    }
}

/// Something that happened on the way to a coding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// What kind.
    pub kind: RemarkKind,
    /// What, in words for readers.
    pub message: String,
}

/// Kinds of remarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkKind {
    /// Words of the text that are addressed to its coder were withheld from the model.
    Withheld,
    /// A narrative contradicted the labels and was replaced by the generated one.
    Narrative,
    /// A rule lowered a level that its evidence does not bear.
    Lowered,
}

/// A passage that speaks to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartHit {
    /// Index of the passage.
    pub passage: u32,
    /// The level it would support alone; 1 for a flag.
    pub level: u8,
}

/// What became of one text in one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Coded.
    Coded(Box<Coding>),
    /// Not coded on purpose, with the reason; leaves every denominator.
    Skipped(String),
    /// Tried and failed, with the reason; tried again by the next run.
    Failed(String),
}

/// One label of a coding, positive or not, as lists and exports show it.
#[derive(Clone, Debug)]
pub struct Label<'c> {
    /// The dimension.
    pub dimension: &'c DimensionId,
    /// The code.
    pub code: &'c CodeId,
    /// The value.
    pub value: Value,
    /// How sure.
    pub confidence: Confidence,
    /// Calibrated probability of `value`.
    pub probability: Option<f32>,
    /// The judgement behind a positive label.
    pub judgement: Option<&'c Judgement>,
    /// The claim that fell, where one did.
    pub rejection: Option<&'c Rejection>,
}

impl Coding {
    /// The positive judgement on a code.
    pub fn judgement(&self, dimension: &str, code: &str) -> Option<&Judgement> {
        self.judgements.iter().find(|j| j.dimension().as_str() == dimension && j.code().as_str() == code)
    }

    /// What is said of a role.
    pub fn actor(&self, role: &str) -> Option<&ActorJudgement> {
        self.actors.iter().find(|a| a.role().as_str() == role)
    }

    /// Every label of every dimension but the actor ones, in codebook order, negative ones included.
    pub fn labels<'c>(&'c self, codebook: &'c Codebook) -> Vec<Label<'c>> {
        codebook.labelled_codes().map(|(dimension, code)| self.label(codebook, dimension, code)).collect()
    }

    fn label<'c>(&'c self, codebook: &Codebook, dimension: &'c DimensionId, code: &'c CodeId) -> Label<'c> {
        let rejection = self.rejections.iter().find(|r| &r.dimension == dimension && &r.code == code);
        if let Some(judgement) = self.judgement(dimension.as_str(), code.as_str()) {
            return Label {
                dimension,
                code,
                value: judgement.value().clone(),
                confidence: judgement.confidence(),
                probability: judgement.probability(),
                judgement: Some(judgement),
                rejection,
            };
        }
        let probability = self.negatives.get(dimension).and_then(|codes| codes.get(code)).copied().flatten();
        Label {
            dimension,
            code,
            value: codebook.negative(dimension),
            confidence: probability.map_or(Confidence::Medium, Confidence::of),
            probability,
            judgement: None,
            rejection,
        }
    }
}
