//! Reads a narrative against the labels: which numbers, levels and codes do they not bear out?
//!
//! Meant for narratives that come from elsewhere, imported or from a language model; those that
//! [`narrate`](crate::publish::narrative::narrate) writes pass by construction. It reads English prose, with the
//! codebook's own names: a count with a dimension's unit ("approximately 10-12 subdomains", "all six stages"), a
//! count with a level ("5 Good"), and codes named as covered ("2.2", "Good: 7.3"). Where a sentence can be read in
//! several ways, it is held true if one of them is.

mod amounts;
mod mentions;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lacuna_domain::codebook::{Codebook, Dimension, Kind};
use lacuna_domain::{CodeId, Coding, DimensionId};

use words::Sentence;

/// Something a narrative says that the labels do not bear out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// First byte of the words in the narrative.
    pub start: usize,
    /// One past their last byte.
    pub end: usize,
    /// The words.
    pub said: String,
    /// What the labels say instead, for readers.
    pub labels_say: String,
    /// The dimension.
    pub dimension: DimensionId,
    /// The code, when one was named.
    pub code: Option<CodeId>,
}

/// The names of a codebook as words in lower case, made once: they are compared with every word of a narrative.
#[derive(Clone, Debug, Default)]
pub struct Names(Vec<Words>);

impl Names {
    /// The names of `codebook`.
    pub fn of(codebook: &Codebook) -> Self {
        Self(codebook.dimensions.iter().map(Words::of).collect())
    }
}

/// Every number, level and code of `narrative` that `coding` does not bear out, in the order of the narrative.
pub fn check(narrative: &str, coding: &Coding, codebook: &Codebook) -> Vec<Contradiction> {
    check_by(&Names::of(codebook), narrative, coding, codebook)
}

/// The same, with the names of `codebook` made before.
pub fn check_by(names: &Names, narrative: &str, coding: &Coding, codebook: &Codebook) -> Vec<Contradiction> {
    let dimensions = codebook.dimensions.iter().zip(&names.0);
    let labels: Vec<Labels<'_>> = dimensions.filter_map(|(d, words)| Labels::of(coding, d, words)).collect();
    let mut found = Vec::new();
    let mut context = None;
    for sentence in words::sentences(narrative) {
        let named = amounts::dimension_named(&sentence, &labels);
        context = named.or(context);
        found.extend(amounts::check(&sentence, &labels, context));
        found.extend(mentions::check(&sentence, &labels, context));
    }
    found.sort_by_key(|c| (c.start, c.end));
    found.dedup();
    found
}

/// The positive labels of one dimension with codes to count.
struct Labels<'c> {
    dimension: &'c Dimension,
    /// Level of each positive code; 1 for a flag.
    levels: BTreeMap<&'c str, u8>,
    words: &'c Words,
}

/// The names of a dimension.
#[derive(Clone, Debug)]
struct Words {
    unit: Vec<String>,
    units: Vec<String>,
    /// Above the lowest level.
    levels: Vec<(u8, Vec<String>)>,
    /// Identifier and name of each code, in order.
    codes: Vec<(Vec<String>, Vec<String>)>,
    /// The codes whose identifier or name begins with a word, in order.
    begun: HashMap<String, Vec<usize>>,
}

impl Words {
    fn of(dimension: &Dimension) -> Self {
        let lower = words::lower_words;
        let levels = dimension.levels().iter().skip(1).map(|level| (level.value, lower(&level.name)));
        let codes = dimension.codes.iter().map(|code| (lower(code.id.as_str()), lower(&code.name)));
        let codes: Vec<(Vec<String>, Vec<String>)> = codes.collect();
        let mut begun: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, (id, name)) in codes.iter().enumerate() {
            let firsts: BTreeSet<&String> = id.first().into_iter().chain(name.first()).collect();
            for first in firsts {
                begun.entry(first.clone()).or_default().push(index);
            }
        }
        Self {
            unit: lower(&dimension.units.one),
            units: lower(&dimension.units.many),
            levels: levels.collect(),
            codes,
            begun,
        }
    }

    fn begun_by(&self, word: &str) -> &[usize] {
        self.begun.get(word).map_or(&[], Vec::as_slice)
    }
}

impl<'c> Labels<'c> {
    fn of(coding: &'c Coding, dimension: &'c Dimension, words: &'c Words) -> Option<Self> {
        if !matches!(dimension.kind, Kind::Ordinal { .. } | Kind::Flag) {
            return None;
        }
        let positive = coding.judgements.iter().filter(|j| j.dimension() == &dimension.id);
        let levels = positive.map(|j| (j.code().as_str(), j.level().unwrap_or(1))).collect();
        Some(Self { dimension, levels, words })
    }

    fn positives(&self) -> usize {
        self.levels.len()
    }

    fn total(&self) -> usize {
        self.dimension.codes.len()
    }

    fn at(&self, level: u8) -> usize {
        self.levels.values().filter(|given| **given == level).count()
    }

    /// "14 subdomains are covered (5 Good, 9 Minimal)".
    fn summary(&self) -> String {
        let units = &self.dimension.units;
        let count = self.positives();
        let (unit, verb) = if count == 1 { (&units.one, "is") } else { (&units.many, "are") };
        let per_level: Vec<String> = self
            .dimension
            .levels()
            .iter()
            .rev()
            .filter(|level| self.at(level.value) > 0)
            .map(|level| format!("{} {}", self.at(level.value), level.name))
            .collect();
        let levels =
            if per_level.is_empty() { String::new() } else { format!(" ({})", per_level.join(", ")) };
        format!("{count} {unit} {verb} covered{levels}")
    }

    fn contradiction(
        &self,
        sentence: &Sentence<'_>,
        from: usize,
        to: usize,
        code: Option<&str>,
    ) -> Contradiction {
        let (start, end) = sentence.bytes(from, to);
        let labels_say = match code {
            None => self.summary(),
            Some(code) => match self.levels.get(code) {
                None => format!("{code} is not covered"),
                Some(level) => {
                    let name = self
                        .dimension
                        .levels()
                        .iter()
                        .find(|l| l.value == *level)
                        .map_or("covered", |l| &l.name);
                    format!("{code} is {name}")
                }
            },
        };
        Contradiction {
            start,
            end,
            said: sentence.text[start..end].to_owned(),
            labels_say,
            dimension: self.dimension.id.clone(),
            code: code.and_then(|code| code.parse().ok()),
        }
    }
}

#[cfg(test)]
mod tests;
