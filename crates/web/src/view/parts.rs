//! The labels of one heading or part of a document on its own.

use std::collections::BTreeSet;

use lacuna_domain::codebook::Dimension;
use lacuna_domain::{Codebook, Coding, Value};
use serde::Serialize;

use super::label::cut;
use super::outline::part_end;
use super::{Glyph, Where};
use crate::address;

/// A code that a part speaks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartLabel {
    /// The dimension.
    pub dimension: String,
    /// Name of the dimension.
    pub dimension_name: String,
    /// The code.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// The highest level that one passage of the part supports alone.
    pub level: String,
    /// How it looks.
    pub glyph: Glyph,
    /// Passages of the part that speak to the code.
    pub passages: Vec<u32>,
    /// Address of the first of them, marked.
    pub href: String,
}

/// One heading or passage and everything under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartView {
    /// `p-12`.
    pub id: String,
    /// Words of the heading, or the passage's first words.
    pub title: String,
    /// First passage.
    pub first: u32,
    /// One past the last passage.
    pub end: u32,
    /// What it speaks to, in codebook order.
    pub labels: Vec<PartLabel>,
    /// Labels of the whole document that this part does not speak to.
    pub elsewhere: usize,
    /// Address of the part in the text.
    pub href: String,
}

impl PartView {
    /// The part that starts at passage `index`; `None` when the text has no such passage.
    pub fn of(coding: &Coding, codebook: &Codebook, index: u32, at: &Where<'_>) -> Option<Self> {
        let passage = at.reading.passages.get(index as usize)?;
        let end = part_end(&at.reading.passages, index);
        let mut labels = Vec::new();
        for dimension in &codebook.dimensions {
            labels.extend(labels_of(coding, dimension, index..end, at));
        }
        let whole =
            coding.judgements.len() + coding.actors.iter().filter(|a| !a.entities().is_empty()).count();
        Some(Self {
            id: format!("p-{index}"),
            title: cut(passage.trimmed(&at.reading.text.content), 120),
            first: index,
            end,
            elsewhere: whole.saturating_sub(labels.len()),
            labels,
            href: address::passage(at.document, None, index),
        })
    }

    /// Number of passages.
    pub const fn passages(&self) -> u32 {
        self.end - self.first
    }
}

fn labels_of(
    coding: &Coding,
    dimension: &Dimension,
    range: std::ops::Range<u32>,
    at: &Where<'_>,
) -> Vec<PartLabel> {
    let mut labels = Vec::new();
    for code in &dimension.codes {
        let mut level = 0;
        let mut passages: BTreeSet<u32> = BTreeSet::new();
        let hits = coding.parts.get(&dimension.id).and_then(|codes| codes.get(&code.id));
        for hit in hits.into_iter().flatten().filter(|hit| range.contains(&hit.passage)) {
            level = level.max(hit.level);
            passages.insert(hit.passage);
        }
        if let Some(actor) = coding.actor(code.id.as_str()).filter(|a| a.dimension() == &dimension.id) {
            passages.extend(
                actor.evidence().iter().map(lacuna_domain::Evidence::passage).filter(|p| range.contains(p)),
            );
        }
        let Some(first) = passages.first().copied() else { continue };
        let value = if dimension.levels().is_empty() { Value::Flag(true) } else { Value::Level(level) };
        let glyph = Glyph::of(dimension, &value);
        let level = match super::section::kind(dimension) {
            "actor" => "Named".to_owned(),
            "choice" => "Speaks to it".to_owned(),
            _ => dimension.value_name(&value).to_owned(),
        };
        let key = (dimension.id.as_str(), code.id.as_str());
        labels.push(PartLabel {
            dimension: dimension.id.to_string(),
            dimension_name: dimension.name.clone(),
            code: code.id.to_string(),
            name: code.name.clone(),
            level,
            glyph,
            href: address::passage(at.document, Some(key), first),
            passages: passages.into_iter().collect(),
        });
    }
    labels
}
