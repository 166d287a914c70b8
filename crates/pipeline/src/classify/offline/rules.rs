//! Judgement by cues alone, for any codebook: what the trained model falls back to, and what it starts from.

use lacuna_domain::codebook::{Dimension, Kind};

use super::reading::{Reading, Strength, Unit};
use super::signals::{ELEMENTS, Signal, Signals};

/// What the cues of one code add up to in a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    /// Sentences with a cue that counts, best first.
    pub(crate) units: Vec<usize>,
    /// Sentences with a strong cue.
    pub(crate) strong: usize,
    /// Sentences with a weak cue that speak of AI.
    pub(crate) weak: usize,
    /// Operative sentences among them.
    pub(crate) operative: usize,
    /// Every signal of the operative sentences.
    pub(crate) signals: Signals,
    /// Operative sentences and kinds of element beyond the first.
    pub(crate) elements: usize,
}

impl Tally {
    /// Counts the cues of code `code` (index over all codes of the codebook).
    pub(crate) fn of(reading: &Reading, code: u32, ai_throughout: bool) -> Self {
        let mut tally = Self::default();
        let mut ranked = Vec::new();
        for (index, unit) in reading.units.iter().enumerate() {
            let strength = strength(unit, code, ai_throughout);
            let Some(strength) = strength else { continue };
            match strength {
                Strength::Strong => tally.strong += 1,
                Strength::Weak => tally.weak += 1,
            }
            if unit.is_operative() {
                tally.operative += 1;
                tally.signals = tally.signals.with(unit.signals);
            }
            ranked.push((rank(unit, code, strength), index));
        }
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        tally.units = ranked.into_iter().map(|(_, index)| index).collect();
        tally.elements = tally.signals.elements().max(tally.operative.min(3));
        tally
    }

    /// Whether the cues bear out a positive label.
    pub(crate) const fn present(&self) -> bool {
        self.strong >= 1 || self.weak >= 2
    }

    /// Whether there is operative text with two elements.
    pub(crate) const fn is_full(&self) -> bool {
        self.operative >= 2 && self.elements >= 2 && self.strong >= 1
    }
}

/// The strongest cue of `code` in `unit` that counts: a weak one only where the sentence, or most of the text, speaks
/// of AI.
fn strength(unit: &Unit, code: u32, ai_throughout: bool) -> Option<Strength> {
    let mut best = None;
    for hit in unit.cues.iter().filter(|h| h.code == code) {
        match hit.strength {
            Strength::Strong => return Some(Strength::Strong),
            Strength::Weak if ai_throughout || unit.own.has(Signal::Ai) => best = Some(Strength::Weak),
            Strength::Weak => {}
        }
    }
    best
}

/// Rank of a sentence as evidence: strong before weak, operative before the rest, more cues before fewer, running text
/// before headings.
fn rank(unit: &Unit, code: u32, strength: Strength) -> u32 {
    let cues = unit.cues.iter().filter(|h| h.code == code).count().min(4) as u32;
    let heading = unit.kind == lacuna_domain::passage::Kind::Heading;
    let mut rank = cues;
    rank += if strength == Strength::Strong { 8 } else { 0 };
    rank += if unit.is_operative() { 6 } else { 0 };
    rank += if unit.own.has(Signal::Ai) { 3 } else { 0 };
    rank += if (8..=60).contains(&(unit.end - unit.first)) { 2 } else { 0 };
    if heading { rank / 3 } else { rank }
}

/// Share of sentences that speak of AI is at least one in five.
pub(crate) fn ai_throughout(reading: &Reading) -> bool {
    let ai = reading.units.iter().filter(|u| u.own.has(Signal::Ai)).count();
    ai * 5 >= reading.units.len()
}

/// The level that the tally bears out on the scale of `dimension`.
pub(crate) fn level(dimension: &Dimension, tally: &Tally) -> u8 {
    if !tally.present() {
        dimension.lowest()
    } else if tally.is_full() {
        dimension.highest()
    } else {
        (dimension.lowest() + 1).min(dimension.highest())
    }
}

/// Index of the option of a choice dimension with most weight, if any has some; the earlier one wins a tie.
pub(crate) fn choice(tallies: &[Tally]) -> Option<usize> {
    let weight = |t: &Tally| t.strong * 2 + t.weak;
    let best = tallies.iter().map(weight).max().filter(|&w| w > 0)?;
    tallies.iter().position(|t| weight(t) == best)
}

/// One sentence that says which rule fired.
pub(crate) fn reason(dimension: &Dimension, tally: &Tally, terms: &[String], place: &str) -> String {
    let quoted: Vec<String> = terms.iter().take(3).map(|t| format!("“{t}”")).collect();
    let uses =
        if quoted.is_empty() { "speaks to it".to_owned() } else { format!("uses {}", quoted.join(", ")) };
    let text = if tally.operative > 0 { "Operative text" } else { "Text without operative force" };
    let named: Vec<&str> = ELEMENTS.iter().filter(|(s, _)| tally.signals.has(*s)).map(|(_, n)| *n).collect();
    let elements = match (&dimension.kind, named.len()) {
        (Kind::Ordinal { .. }, n) if n > 1 => format!(" ({n} elements: {})", named.join(", ")),
        (Kind::Ordinal { .. }, 1) => format!(" (1 element: {})", named.join(", ")),
        _ => String::new(),
    };
    format!("{text}{place} {uses}{elements}.")
}
