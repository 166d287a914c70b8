//! Levels of every coded document on every code, as rows of bytes and as bitmaps.

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Code, Codebook, Dimension, Kind};
use lacuna_domain::coding::{Coding, Outcome};
use lacuna_domain::filter::{CodeTest, UNDETERMINED};
use lacuna_domain::{CodeId, DimensionId, Value};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::chances::Chances;

/// What the catalogue needs to know of an outcome; reads the stored JSON of an
/// [`Outcome`] and passes over quotes and reasons.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Labelled {
    /// Coded.
    Coded(Labels),
    /// Left out on purpose.
    Skipped(String),
    /// Tried and failed.
    Failed(String),
}

/// The positive labels of one coding, and how sure the engine is of these and of the others.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Labels {
    judgements: Vec<Label>,
    actors: Vec<Role>,
    negatives: BTreeMap<DimensionId, BTreeMap<CodeId, Option<f32>>>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Label {
    dimension: DimensionId,
    code: CodeId,
    value: Value,
    probability: Option<f32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Role {
    dimension: DimensionId,
    #[serde(rename = "role")]
    id: CodeId,
    types: Vec<CodeId>,
    entities: Vec<Present>,
}

/// An entity, of which only the presence counts here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Present {}

impl From<&Outcome> for Labelled {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Coded(coding) => Self::Coded(Labels::from(coding.as_ref())),
            Outcome::Skipped(reason) => Self::Skipped(reason.clone()),
            Outcome::Failed(reason) => Self::Failed(reason.clone()),
        }
    }
}

impl From<&Coding> for Labels {
    fn from(coding: &Coding) -> Self {
        let judgements = coding.judgements.iter().map(|judgement| Label {
            dimension: judgement.dimension().clone(),
            code: judgement.code().clone(),
            value: judgement.value().clone(),
            probability: judgement.probability(),
        });
        let actors = coding.actors.iter().map(|actor| Role {
            dimension: actor.dimension().clone(),
            id: actor.role().clone(),
            types: actor.types().to_vec(),
            entities: actor.entities().iter().map(|_| Present {}).collect(),
        });
        Self {
            judgements: judgements.collect(),
            actors: actors.collect(),
            negatives: coding.negatives.clone(),
        }
    }
}

impl Labels {
    /// What is claimed of each code, choice and role; a role that somebody fills is a `true`.
    pub(crate) fn claims(&self) -> BTreeMap<(DimensionId, CodeId), Value> {
        let judged = self.judgements.iter().map(|l| ((l.dimension.clone(), l.code.clone()), l.value.clone()));
        let filled = self.actors.iter().filter(|role| !role.entities.is_empty());
        let filled = filled.map(|role| ((role.dimension.clone(), role.id.clone()), Value::Flag(true)));
        judged.chain(filled).collect()
    }
}

/// One column of levels: a code, a role, or a whole choice dimension.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Slot {
    dimension: DimensionId,
    /// `None` for a choice dimension.
    code: Option<CodeId>,
    /// The level that claims nothing.
    lowest: u8,
    role: bool,
    /// For a choice its options, for a role its types.
    names: Vec<CodeId>,
    /// Documents at each level above the lowest; for a choice by number of the option, from 1.
    levels: BTreeMap<u8, RoaringBitmap>,
    /// Documents above the lowest level.
    positive: RoaringBitmap,
    /// Documents in which the role has the type, by type.
    types: Vec<RoaringBitmap>,
    /// How sure the engine is that documents speak to the code.
    chances: Chances,
}

/// Levels of all documents.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LabelTable {
    slots: Vec<Slot>,
    /// Row by row, a byte per slot; zeros for documents that are not coded.
    bytes: Vec<u8>,
    coded: RoaringBitmap,
    /// Codes of ordinal and flag dimensions that each document covers.
    covered: Vec<u16>,
}

impl LabelTable {
    pub(super) fn new(codebook: &Codebook) -> Self {
        let slots = codebook.dimensions.iter().flat_map(slots_of).collect();
        Self { slots, bytes: Vec::new(), coded: RoaringBitmap::new(), covered: Vec::new() }
    }

    /// Adds the next document.
    pub(super) fn push(&mut self, row: u32, labels: Option<&Labels>) {
        let start = self.bytes.len();
        self.bytes.resize(start + self.slots.len(), 0);
        let Some(labels) = labels else { return self.covered.push(0) };
        self.coded.insert(row);
        for (slot, byte) in self.slots.iter_mut().zip(&mut self.bytes[start..]) {
            *byte = slot.take(row, labels);
        }
        let counted = self
            .slots
            .iter()
            .zip(&self.bytes[start..])
            .filter(|(slot, level)| slot.code.is_some() && !slot.role && **level > slot.lowest);
        self.covered.push(counted.count() as u16);
        for slot in &mut self.slots {
            if let Some(probability) = slot.chance(labels) {
                slot.chances.put(row, probability);
            }
        }
    }

    /// How sure the engine is of a code; nothing for roles and choices.
    pub(super) fn chances(&self, slot: usize) -> Option<&Chances> {
        self.slots.get(slot).map(|slot| &slot.chances)
    }

    /// Coded documents: the denominator of every label.
    pub(super) const fn coded(&self) -> &RoaringBitmap {
        &self.coded
    }

    pub(super) fn slot(&self, dimension: &str, code: Option<&str>) -> Option<usize> {
        self.slots.iter().position(|slot| {
            slot.dimension.as_str() == dimension && slot.code.as_ref().map(CodeId::as_str) == code
        })
    }

    /// The stored level of a document.
    pub(super) fn level(&self, row: u32, slot: usize) -> u8 {
        self.bytes.get(row as usize * self.slots.len() + slot).copied().unwrap_or_default()
    }

    /// How many codes of ordinal and flag dimensions a document covers: the key of the order
    /// `coverage`.
    pub(super) fn covered(&self, row: u32) -> u32 {
        self.covered.get(row as usize).copied().map_or(0, u32::from)
    }

    /// The documents for which the test of a code or role holds.
    pub(super) fn holds(&self, slot: usize, test: &CodeTest) -> RoaringBitmap {
        let Some(slot) = self.slots.get(slot) else { return RoaringBitmap::new() };
        match test {
            CodeTest::Covered => slot.positive.clone(),
            CodeTest::Absent => &self.coded - &slot.positive,
            CodeTest::Levels { from, to } => {
                let mut found = RoaringBitmap::new();
                for (_, documents) in slot.levels.range(*from..=*to) {
                    found |= documents;
                }
                if (*from..=*to).contains(&slot.lowest) {
                    found |= &self.coded - &slot.positive;
                }
                found
            }
            CodeTest::Type(id) => {
                let number = slot.names.iter().position(|name| name == id);
                number.and_then(|n| slot.types.get(n)).cloned().unwrap_or_default()
            }
        }
    }

    /// The documents whose answer in a choice dimension is this option.
    pub(super) fn chose(&self, slot: usize, option: &CodeId) -> RoaringBitmap {
        let Some(slot) = self.slots.get(slot) else { return RoaringBitmap::new() };
        match slot.names.iter().position(|name| name == option) {
            Some(number) => slot.levels.get(&(number as u8 + 1)).cloned().unwrap_or_default(),
            None if option.as_str() == UNDETERMINED => &self.coded - &slot.positive,
            None => RoaringBitmap::new(),
        }
    }

    /// The option a document took in a choice dimension.
    pub(super) fn choice(&self, row: u32, slot: usize) -> Option<&CodeId> {
        let number = self.level(row, slot).checked_sub(1)?;
        self.slots.get(slot)?.names.get(number as usize)
    }

    /// The types of a role in one document.
    pub(super) fn types(&self, row: u32, slot: usize) -> Vec<&CodeId> {
        let Some(slot) = self.slots.get(slot) else { return vec![] };
        let types = slot.names.iter().zip(&slot.types);
        types.filter(|(_, documents)| documents.contains(row)).map(|(name, _)| name).collect()
    }
}

impl Slot {
    /// The probability that the document speaks to the code, whatever its label; none for roles and choices.
    fn chance(&self, labels: &Labels) -> Option<f32> {
        let code = self.code.as_ref().filter(|_| !self.role)?;
        let label = labels.judgements.iter().find(|l| l.dimension == self.dimension && &l.code == code);
        match label {
            Some(label) => label.probability,
            None => labels.negatives.get(&self.dimension)?.get(code).copied().flatten().map(|p| 1.0 - p),
        }
    }

    /// Reads this slot's level from the labels and notes the document in the bitmaps.
    fn take(&mut self, row: u32, labels: &Labels) -> u8 {
        let level = match &self.code {
            Some(code) if self.role => {
                let role = labels.actors.iter().find(|r| r.dimension == self.dimension && &r.id == code);
                let role = role.filter(|role| !role.entities.is_empty());
                for id in role.iter().flat_map(|role| &role.types) {
                    if let Some(number) = self.names.iter().position(|name| name == id) {
                        self.types[number].insert(row);
                    }
                }
                u8::from(role.is_some())
            }
            code => {
                let wanted = code.as_ref().map_or(self.dimension.as_str(), CodeId::as_str);
                let label = labels
                    .judgements
                    .iter()
                    .find(|l| l.dimension == self.dimension && l.code.as_str() == wanted);
                match label.map(|label| &label.value) {
                    Some(Value::Level(level)) => *level,
                    Some(Value::Flag(flag)) => u8::from(*flag),
                    Some(Value::Choice(Some(option))) => {
                        self.names.iter().position(|name| name == option).map_or(0, |n| n as u8 + 1)
                    }
                    Some(Value::Choice(None)) | None => self.lowest,
                }
            }
        };
        if level > self.lowest {
            self.levels.entry(level).or_default().insert(row);
            self.positive.insert(row);
        }
        level
    }
}

fn slots_of(dimension: &Dimension) -> Vec<Slot> {
    let ids = |codes: &[Code]| codes.iter().map(|code| code.id.clone()).collect::<Vec<_>>();
    let slot = |code: Option<&CodeId>, names: Vec<CodeId>, types: usize| Slot {
        role: matches!(dimension.kind, Kind::Actor { .. }),
        positive: RoaringBitmap::new(),
        dimension: dimension.id.clone(),
        code: code.cloned(),
        lowest: dimension.lowest(),
        names,
        levels: BTreeMap::new(),
        types: vec![RoaringBitmap::new(); types],
        chances: Chances::default(),
    };
    match &dimension.kind {
        Kind::Choice => vec![slot(None, ids(&dimension.codes), 0)],
        Kind::Actor { types } => {
            dimension.codes.iter().map(|c| slot(Some(&c.id), ids(types), types.len())).collect()
        }
        Kind::Ordinal { .. } | Kind::Flag => {
            dimension.codes.iter().map(|c| slot(Some(&c.id), vec![], 0)).collect()
        }
    }
}
