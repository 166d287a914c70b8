//! Judgement by the trained model, for the codebook and the language it was trained on.

use std::collections::BTreeMap;

use lacuna_domain::coding::PartHit;
use lacuna_domain::judgement::{Confidence, Draft, Value};
use lacuna_domain::{CodeId, Codebook};

use super::judge::Case;
use super::model::Weights;
use super::model::evidence::Margins;
use super::model::features::Features;
use super::model::layout::{CodePlace, DimensionPlace, Layout, Scale};
use super::model::predict::predict;
use super::model::stack::Verdict;
use super::reading::Strength;
use super::signals::{ELEMENTS, Signals};
use crate::classify::Drafts;

/// Weights bound to the codebook they were trained for.
#[derive(Clone, Debug)]
pub(crate) struct Trained {
    pub(crate) weights: Weights,
    pub(crate) hash: String,
    layout: Layout,
}

/// One code under judgement.
struct Claim<'a> {
    case: &'a Case<'a>,
    weights: &'a Weights,
    features: &'a Features<'a>,
    margins: &'a Margins,
    dimension: &'a DimensionPlace,
    code: &'a CodePlace,
}

impl Trained {
    /// The weights where they speak to this codebook: same id, same codes, same scales.
    pub(crate) fn bind(weights: Weights, codebook: &Codebook) -> Option<Self> {
        let layout = Layout::of(codebook);
        let fits = weights.codebook == codebook.id.as_str()
            && weights.signature == layout.signature()
            && weights.sentence.outputs() == layout.outputs
            && weights.classes.outputs() == layout.class_outputs
            && weights.document.outputs() == layout.outputs
            && weights.stacks.len() == layout.dimensions.len();
        let hash = weights.hash();
        fits.then_some(Self { weights, hash, layout })
    }

    /// Whether the model was trained on texts of this language; a text whose language is not known is taken to be in
    /// it.
    pub(crate) fn speaks(&self, language: Option<&str>) -> bool {
        language.is_none_or(|l| self.weights.language.split(' ').any(|known| known == l))
    }

    /// Judges every dimension but the actor ones.
    pub(crate) fn judge(&self, codebook: &Codebook, case: &Case<'_>) -> Drafts {
        let features = Features::new(case.reading, case.passages, case.cues.keys());
        let prediction = predict(&self.layout, &self.weights, case.reading, &features);
        let mut drafts = Drafts::default();
        for (dimension, verdicts) in self.layout.dimensions.iter().zip(&prediction.verdicts) {
            let Some(coded) = codebook.dimension(&dimension.id) else { continue };
            let (mut negatives, mut parts) = (BTreeMap::new(), BTreeMap::new());
            for ((code, id), verdict) in dimension.codes.iter().zip(&coded.codes).zip(verdicts) {
                let margins = &prediction.margins;
                let claim =
                    Claim { case, weights: &self.weights, features: &features, margins, dimension, code };
                let draft = claim.draft(&coded.id, &id.id, *verdict);
                if draft.is_some() && dimension.scale != Scale::Choice {
                    parts.insert(id.id.clone(), claim.parts());
                }
                match draft {
                    Some(draft) => drafts.labels.push(draft),
                    None => drop(negatives.insert(id.id.clone(), Some(verdict.negative()))),
                }
            }
            if dimension.scale != Scale::Choice {
                drafts.negatives.insert(coded.id.clone(), negatives);
                drafts.parts.insert(coded.id.clone(), parts);
            }
        }
        drafts
    }
}

/// How far below the strongest sentence, in log-odds, another may stand and still be quoted without a cue.
const NEAR: f32 = 2.0;

impl Claim<'_> {
    fn draft(
        &self,
        dimension: &lacuna_domain::DimensionId,
        code: &CodeId,
        verdict: Verdict,
    ) -> Option<Draft> {
        if verdict.step == 0 {
            return None;
        }
        let units = self.ranked();
        let quotes = self.case.quotes(&units, |unit| self.focus(unit));
        if quotes.is_empty() {
            return None;
        }
        let (filed, value) = match self.dimension.scale {
            Scale::Ordinal(_) => (code.clone(), Value::Level(self.dimension.lowest + verdict.step)),
            Scale::Flag => (code.clone(), Value::Flag(true)),
            Scale::Choice => (dimension.as_str().parse().ok()?, Value::Choice(Some(code.clone()))),
        };
        Some(Draft {
            dimension: dimension.clone(),
            code: filed,
            value,
            confidence: Confidence::of(verdict.probability),
            probability: Some(verdict.probability),
            reasoning: self.reason(&units),
            quotes,
        })
    }

    /// Sentences by how strongly they speak to the code, the first in the text first where they are equal. After the
    /// strongest, one that neither holds a cue nor comes near it in strength is no evidence.
    fn ranked(&self) -> Vec<usize> {
        let outputs = self.code.outputs;
        let mut ranked: Vec<(f32, usize)> = (0..self.case.reading.units.len())
            .map(|u| (self.margins.of(u, outputs.any) + 0.3 * self.margins.of(u, outputs.top), u))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.truncate(12);
        let strongest = ranked.first().map_or(0.0, |(strength, _)| *strength);
        let cued = |unit: &usize| {
            self.case.reading.units.get(*unit).is_some_and(|u| u.cues.iter().any(|h| h.code == self.code.cue))
        };
        ranked.retain(|(strength, unit)| *strength > strongest - NEAR || cued(unit));
        ranked.into_iter().map(|(_, unit)| unit).collect()
    }

    /// The words of a sentence that weigh most: a cue where there is one, else the heaviest word.
    fn focus(&self, unit: usize) -> Option<(usize, usize)> {
        let unit = self.case.reading.units.get(unit)?;
        let mut cues = unit.cues.iter().filter(|h| h.code == self.code.cue);
        if let Some(hit) = cues.clone().find(|h| h.strength == Strength::Strong).or_else(|| cues.next()) {
            return Some((hit.first as usize, hit.end as usize));
        }
        let heaviest = self.heavy(unit.first, unit.end).into_iter().next()?;
        Some((heaviest, heaviest + 1))
    }

    /// Tokens of a range that speak for the code, heaviest first.
    fn heavy(&self, first: usize, end: usize) -> Vec<usize> {
        let weigh = |token: usize| {
            let weight =
                self.weights.sentence.weight(self.features.word_feature(token)?, self.code.outputs.any);
            (weight > 0.0).then_some((weight, token))
        };
        let mut heavy: Vec<(f32, usize)> = (first..end).filter_map(weigh).collect();
        heavy.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        heavy.into_iter().map(|(_, token)| token).collect()
    }

    fn reason(&self, units: &[usize]) -> String {
        let reading = self.case.reading;
        let best = || units.iter().take(3).filter_map(|&u| reading.units.get(u));
        let mut terms: Vec<String> = vec![];
        for hit in best().flat_map(|u| &u.cues).filter(|h| h.code == self.code.cue) {
            let shown = self.case.cues.shown(hit.term);
            if !terms.contains(&shown) && terms.len() < 3 {
                terms.push(shown);
            }
        }
        let mut words: Vec<&str> = vec![];
        for unit in best() {
            for token in self.heavy(unit.first, unit.end).into_iter().take(2) {
                let word = reading.tokens.word(&reading.tokens.items()[token]);
                if words.len() < 3 && !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        let operative = best().any(super::reading::Unit::is_operative);
        let signals = best().fold(Signals::default(), |s, u| s.with(u.signals));
        let named: Vec<&str> = ELEMENTS.iter().filter(|(s, _)| signals.has(*s)).map(|(_, n)| *n).collect();
        let text = if operative { "Operative text" } else { "Text without operative force" };
        let place = self.case.place(units.first().copied());
        let elements = match (self.dimension.scale, named.len()) {
            (Scale::Ordinal(_), 1) => format!(" (1 element: {})", named[0]),
            (Scale::Ordinal(_), n) if n > 1 => format!(" ({n} elements: {})", named.join(", ")),
            _ => String::new(),
        };
        let quoted = |words: &[String]| words.iter().map(|w| format!("“{w}”")).collect::<Vec<_>>().join(", ");
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        match (terms.is_empty(), words.is_empty()) {
            (false, true) => format!("{text}{place} uses {}{elements}.", quoted(&terms)),
            (false, false) => {
                format!("{text}{place} uses {}{elements}; {} weigh most.", quoted(&terms), quoted(&words))
            }
            (true, false) => {
                format!("{text}{place}{elements}; by the trained model, {} weigh most.", quoted(&words))
            }
            (true, true) => {
                format!("{text}{place}{elements}; by the trained model, the text as a whole decides.")
            }
        }
    }

    /// Passages whose best sentence the model takes for a statement on the code.
    fn parts(&self) -> Vec<PartHit> {
        let (low, high) = match self.dimension.scale {
            Scale::Ordinal(levels) => (self.dimension.lowest + 1, self.dimension.lowest + levels - 1),
            _ => (1, 1),
        };
        let mut levels: BTreeMap<u32, u8> = BTreeMap::new();
        for (at, unit) in self.case.reading.units.iter().enumerate() {
            if self.margins.of(at, self.code.outputs.any) <= 0.0 {
                continue;
            }
            let full = self.margins.of(at, self.code.outputs.top) > 0.0 && unit.signals.elements() >= 2;
            let level = levels.entry(unit.passage).or_insert(low);
            *level = (*level).max(if full { high } else { low });
        }
        levels.into_iter().map(|(passage, level)| PartHit { passage, level }).collect()
    }
}
