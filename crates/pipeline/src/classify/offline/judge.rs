//! Writes drafts from what was read.

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::coding::PartHit;
use lacuna_domain::judgement::{Confidence, Draft, DraftQuote, Value};
use lacuna_domain::passage::heading_path;
use lacuna_domain::{CodeId, Codebook, Passage};

use super::quotes::quote;
use super::reading::{CueHit, Cues, Reading, Strength, Unit};
use super::rules::{self, Tally};
use crate::classify::Drafts;

/// A text under judgement.
pub(crate) struct Case<'a> {
    pub(crate) cues: &'a Cues,
    pub(crate) text: &'a str,
    pub(crate) passages: &'a [Passage],
    pub(crate) reading: &'a Reading,
}

/// Judges every dimension by cues alone.
pub(crate) fn by_cues(codebook: &Codebook, case: &Case<'_>) -> Drafts {
    let throughout = rules::ai_throughout(case.reading);
    let mut drafts = Drafts::default();
    let mut index = 0;
    for dimension in &codebook.dimensions {
        let codes = index..index + dimension.codes.len() as u32;
        index = codes.end;
        if let Kind::Actor { .. } = dimension.kind {
            continue;
        }
        let tallies: Vec<Tally> =
            codes.clone().map(|code| Tally::of(case.reading, code, throughout)).collect();
        if dimension.kind == Kind::Choice {
            drafts.labels.extend(case.choice(dimension, codes.start, &tallies));
            continue;
        }
        let mut negatives = BTreeMap::new();
        let mut parts = BTreeMap::new();
        for ((code, tally), at) in dimension.codes.iter().zip(&tallies).zip(codes) {
            match case.label(dimension, &code.id, at, tally) {
                Some(draft) => drafts.labels.push(draft),
                None => drop(negatives.insert(code.id.clone(), None)),
            }
            let hits = case.parts(dimension, tally);
            if !hits.is_empty() {
                parts.insert(code.id.clone(), hits);
            }
        }
        drafts.negatives.insert(dimension.id.clone(), negatives);
        drafts.parts.insert(dimension.id.clone(), parts);
    }
    drafts
}

impl Case<'_> {
    fn label(&self, dimension: &Dimension, code: &CodeId, at: u32, tally: &Tally) -> Option<Draft> {
        let value = match dimension.kind {
            Kind::Ordinal { .. } => Value::Level(rules::level(dimension, tally)),
            _ => Value::Flag(tally.present()),
        };
        if !value.is_positive(dimension.lowest()) {
            return None;
        }
        let quotes = self.quotes(&tally.units, |unit| focus(self.reading.units.get(unit)?, at));
        if quotes.is_empty() {
            return None;
        }
        Some(Draft {
            dimension: dimension.id.clone(),
            code: code.clone(),
            value,
            confidence: confidence(tally),
            probability: None,
            reasoning: self.reason(dimension, tally, at),
            quotes,
        })
    }

    fn choice(&self, dimension: &Dimension, first: u32, tallies: &[Tally]) -> Option<Draft> {
        let best = rules::choice(tallies)?;
        let (code, tally, at) = (dimension.codes.get(best)?, tallies.get(best)?, first + best as u32);
        let quotes = self.quotes(&tally.units, |unit| focus(self.reading.units.get(unit)?, at));
        if quotes.is_empty() {
            return None;
        }
        Some(Draft {
            dimension: dimension.id.clone(),
            code: dimension.id.as_str().parse().ok()?,
            value: Value::Choice(Some(code.id.clone())),
            confidence: confidence(tally),
            probability: None,
            reasoning: self.reason(dimension, tally, at),
            quotes,
        })
    }

    /// Up to three quotes from the best of `units`, none inside another.
    pub(crate) fn quotes(
        &self,
        units: &[usize],
        focus: impl Fn(usize) -> Option<(usize, usize)>,
    ) -> Vec<DraftQuote> {
        let mut quotes: Vec<DraftQuote> = Vec::new();
        for &unit in units.iter().take(8) {
            let Some(found) = quote(self.text, self.reading, unit, focus(unit)) else { continue };
            let overlaps = |q: &DraftQuote| q.at.zip(found.at).is_some_and(|(a, b)| a.overlaps(b));
            if !quotes.iter().any(overlaps) {
                quotes.push(found);
            }
            if quotes.len() == 3 {
                break;
            }
        }
        quotes
    }

    fn reason(&self, dimension: &Dimension, tally: &Tally, code: u32) -> String {
        let mut terms: Vec<String> = Vec::new();
        for &unit in tally.units.iter().take(6) {
            let hits = self.reading.units.get(unit).map(|u| u.cues.as_slice()).unwrap_or_default();
            for hit in hits.iter().filter(|h| h.code == code) {
                let shown = self.cues.shown(hit.term);
                if !terms.contains(&shown) {
                    terms.push(shown);
                }
            }
        }
        rules::reason(dimension, tally, &terms, &self.place(tally.units.first().copied()))
    }

    /// " in SEC. 3" for a unit under a numbered heading or item, else nothing.
    pub(crate) fn place(&self, unit: Option<usize>) -> String {
        let Some(unit) = unit.and_then(|u| self.reading.units.get(u)) else { return String::new() };
        let own = self.passages.get(unit.passage as usize).and_then(|p| p.label.as_deref());
        let path = heading_path(self.passages, unit.passage);
        let above = path.iter().rev().find_map(|&i| self.passages.get(i as usize)?.label.as_deref());
        above
            .or(own)
            .map_or_else(String::new, |label| format!(" in {}", label.trim().trim_end_matches(['.', ':'])))
    }

    /// The passages that speak to a code, with the level each supports alone.
    fn parts(&self, dimension: &Dimension, tally: &Tally) -> Vec<PartHit> {
        let mut levels: BTreeMap<u32, u8> = BTreeMap::new();
        let (low, high) = match dimension.kind {
            Kind::Ordinal { .. } => ((dimension.lowest() + 1).min(dimension.highest()), dimension.highest()),
            _ => (1, 1),
        };
        for unit in tally.units.iter().filter_map(|&u| self.reading.units.get(u)) {
            let full = unit.is_operative() && unit.signals.elements() >= 2;
            let level = levels.entry(unit.passage).or_insert(low);
            *level = (*level).max(if full { high } else { low });
        }
        levels.into_iter().map(|(passage, level)| PartHit { passage, level }).collect()
    }
}

/// The words of the first strongest cue of `code` in a sentence.
fn focus(unit: &Unit, code: u32) -> Option<(usize, usize)> {
    let mut hits = unit.cues.iter().filter(|h| h.code == code);
    let strong = |h: &&CueHit| h.strength == Strength::Strong;
    let best = hits.clone().find(strong).or_else(|| hits.next())?;
    Some((best.first as usize, best.end as usize))
}

fn confidence(tally: &Tally) -> Confidence {
    match (tally.strong, tally.operative) {
        (0, _) => Confidence::Low,
        (s, o) if s >= 2 && o >= 1 => Confidence::High,
        _ => Confidence::Medium,
    }
}
