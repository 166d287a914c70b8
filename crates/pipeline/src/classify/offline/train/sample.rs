//! Coded documents made ready for training: read, quotes located, features taken.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::{Codebook, Passage};
use rayon::prelude::*;

use super::super::coverage::Coverage;
use super::super::model::features::{Features, Sparse};
use super::super::model::layout::{DimensionPlace, Layout, Scale};
use super::super::reading::{Cues, Reading};
use super::super::tokens::Tokens;
use super::coded::{Coded, CodedLabel};
use super::groups;

/// A coded document as read, before training decides which cues to trust.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) passages: Vec<Passage>,
    pub(crate) reading: Reading,
    /// Outputs that a reader's quote makes positive, per sentence.
    pub(crate) quoted: Vec<Vec<u32>>,
    /// Steps above the lowest level, per dimension and code.
    pub(crate) steps: Vec<Vec<u8>>,
}

/// All coded documents.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) cues: Cues,
    pub(crate) layout: Layout,
    pub(crate) reads: Vec<Read>,
    /// Languages with examples enough, with spaces between.
    pub(crate) languages: String,
    /// Kinds and lengths of the texts.
    pub(crate) coverage: Coverage,
    /// Duplicates and versions share a group.
    pub(crate) groups: Vec<usize>,
}

/// Features of one document under one choice of trusted cues.
#[derive(Debug)]
pub(crate) struct Sample<'c> {
    pub(crate) read: &'c Read,
    pub(crate) reading: Reading,
    pub(crate) units: Vec<Sparse>,
    pub(crate) classes: Vec<Sparse>,
    pub(crate) document: Sparse,
}

/// In which groups of documents each term stands, of cues and of classes.
pub(crate) type Holders = BTreeMap<u32, BTreeSet<usize>>;

impl Corpus {
    /// Reads every document.
    pub(crate) fn read(docs: &[Coded], codebook: &Codebook) -> Self {
        let (cues, layout) = (Cues::of(codebook), Layout::of(codebook));
        let reads = docs.par_iter().map(|doc| read(doc, &cues, &layout)).collect();
        let texts: Vec<&str> = docs.iter().map(|d| d.text.as_str()).collect();
        let coverage = Coverage::of(texts.iter().copied());
        Self { cues, layout, reads, languages: languages(docs), coverage, groups: groups::groups(&texts) }
    }

    /// Where the cue terms stand among documents `chosen`.
    pub(crate) fn holders(&self, chosen: &[usize]) -> Holders {
        let mut holders = Holders::new();
        for &at in chosen {
            for unit in &self.reads[at].reading.units {
                let terms = unit.cues.iter().map(|h| h.term).chain(unit.classes.iter().map(|h| h.term));
                for term in terms {
                    holders.entry(term).or_default().insert(self.groups[at]);
                }
            }
        }
        holders
    }

    /// The document with only those cues that stand in another group of the training documents too: a cue that was
    /// found in this very document tells nothing about the next one.
    pub(crate) fn sample(&self, at: usize, holders: &Holders) -> Sample<'_> {
        let read = &self.reads[at];
        let group = self.groups[at];
        let mut reading = read.reading.clone();
        for unit in &mut reading.units {
            let elsewhere =
                |term: u32| holders.get(&term).is_some_and(|g| g.iter().any(|other| *other != group));
            unit.cues.retain(|hit| elsewhere(hit.term));
            unit.classes.retain(|hit| elsewhere(hit.term));
        }
        let features = Features::new(&reading, &read.passages, self.cues.keys());
        let units = (0..reading.units.len()).map(|unit| features.unit(unit)).collect();
        let classes = (0..reading.units.len()).map(|unit| features.classes(unit)).collect();
        let document = features.document();
        Sample { read, reading, units, classes, document }
    }
}

/// Languages that stand in at least a tenth of the documents: fewer examples measure nothing.
fn languages(docs: &[Coded]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for doc in docs {
        *counts.entry(doc.language.as_deref().unwrap_or("en")).or_default() += 1;
    }
    let enough = counts.iter().filter(|(_, count)| **count * 10 >= docs.len()).map(|(language, _)| *language);
    enough.collect::<Vec<_>>().join(" ")
}

fn read(doc: &Coded, cues: &Cues, layout: &Layout) -> Read {
    let passages = crate::segment::segment(&doc.text);
    let reading = cues.read(&doc.text, &passages, doc.language.as_deref());
    let mut quoted = vec![vec![]; reading.units.len()];
    let mut steps: Vec<Vec<u8>> = layout.dimensions.iter().map(|d| vec![0; d.codes.len()]).collect();
    for label in &doc.labels {
        let Some(dimension) = layout.dimensions.iter().position(|d| d.id == label.dimension) else {
            continue;
        };
        let place = &layout.dimensions[dimension];
        let Some(code) = place.codes.iter().position(|c| c.id == label.code) else { continue };
        let step = step(place, label);
        steps[dimension][code] = step;
        let outputs = place.codes[code].outputs;
        for unit in label.quotes.iter().flat_map(|q| quoted_units(&reading, q)) {
            quoted[unit].push(outputs.any as u32);
            if step > 1 {
                quoted[unit].push(outputs.top as u32);
            }
        }
    }
    for outputs in &mut quoted {
        outputs.sort_unstable();
        outputs.dedup();
    }
    Read { passages, reading, quoted, steps }
}

fn step(place: &DimensionPlace, label: &CodedLabel) -> u8 {
    match place.scale {
        Scale::Ordinal(levels) => label.level.saturating_sub(place.lowest).min(levels.saturating_sub(1)),
        Scale::Flag | Scale::Choice => 1,
    }
}

/// The sentences that a quote covers in good part.
pub(crate) fn quoted_units(reading: &Reading, quote: &str) -> Vec<usize> {
    let mut units = Vec::new();
    for (first, end) in places(&reading.tokens, quote) {
        let from = reading.units.partition_point(|u| u.end <= first);
        for (at, unit) in reading.units.iter().enumerate().skip(from).take_while(|(_, u)| u.first < end) {
            let shared = unit.end.min(end).saturating_sub(unit.first.max(first));
            if shared >= 4 || (shared > 0 && shared * 2 >= (unit.end - unit.first).min(end - first)) {
                units.push(at);
            }
        }
    }
    units
}

/// Token ranges at which the parts of a quote stand, the first place of each part.
pub(crate) fn places(tokens: &Tokens, quote: &str) -> Vec<(usize, usize)> {
    let items = tokens.items();
    let mut places = Vec::new();
    for part in quote.split("...").flat_map(|p| p.split('…')) {
        let words: Vec<u64> = Tokens::of(part).items().iter().map(|t| t.hash).collect();
        if words.len() < 3 {
            continue;
        }
        let at = items.windows(words.len()).position(|w| w.iter().zip(&words).all(|(t, h)| t.hash == *h));
        places.extend(at.map(|at| (at, at + words.len())));
    }
    places
}
