//! What every engine gives: claims with quotes, not yet verified.

use std::collections::BTreeMap;

use lacuna_domain::coding::PartHit;
use lacuna_domain::judgement::{ActorDraft, Draft};
use lacuna_domain::{CodeId, DimensionId};

/// Everything an engine says of one text, before verification.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drafts {
    /// Positive claims only, in codebook order; a choice dimension gives one, filed under the dimension's own id.
    pub labels: Vec<Draft>,
    /// One per role of each actor dimension, in codebook order; empty roles carry what was looked for.
    pub actors: Vec<ActorDraft>,
    /// Calibrated probability of the negative value for every code without a claim, where the engine has one.
    pub negatives: BTreeMap<DimensionId, BTreeMap<CodeId, Option<f32>>>,
    /// Passages that speak to a code by themselves, with the level each would support alone.
    pub parts: BTreeMap<DimensionId, BTreeMap<CodeId, Vec<PartHit>>>,
}
