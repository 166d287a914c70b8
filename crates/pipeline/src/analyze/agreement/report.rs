//! What is said of the agreement of labellers, as pages, files and the command line show it; [`build`](super::build)
//! makes it.

use jiff::Timestamp;
use lacuna_domain::run::{Labeller, MODE, Reader, Run};
use serde::{Deserialize, Serialize};

use super::confidence::ConfidenceQuality;
use super::gather::Labelling;
use super::spans::EvidenceAgreement;
use super::study::{Estimate, Estimates, Measure, Together};

/// Draws of documents behind every interval.
pub const DRAWS: usize = 2_000;
/// Seed of the draws.
pub const SEED: u64 = 7;

/// A labeller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Who {
    /// The run.
    pub run: String,
    /// Name for readers.
    pub name: String,
    /// `machine`, `imported` or `people`.
    pub kind: Labeller,
    /// What reads behind labels that no engine of this store gave.
    pub reader: Option<Reader>,
    /// How decisions came about; empty for machines.
    pub mode: String,
    /// Version of the codebook.
    pub codebook: String,
    /// Documents labelled.
    pub documents: usize,
}

impl Who {
    /// The labeller behind `labelling`.
    pub(super) fn of(labelling: &Labelling) -> Self {
        let run: &Run = &labelling.run;
        Self {
            run: run.id.to_string(),
            name: run.name.clone(),
            kind: run.labeller,
            reader: run.reader(),
            mode: run.config.parameters.get(MODE).cloned().unwrap_or_default(),
            codebook: format!("{} {}", run.config.codebook, run.config.codebook_version),
            documents: labelling.documents.len(),
        }
    }
}

/// Agreement of two or more labellers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// When it was measured.
    pub at: Timestamp,
    /// Draws of documents behind each interval.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// The labellers; the first of a pair is the reference.
    pub labellers: Vec<Who>,
    /// Documents that two or more of them labelled: what is drawn anew.
    pub documents: usize,
    /// Documents left out because the labellers read different texts of them.
    pub other_text: usize,
    /// Every pair.
    pub pairs: Vec<PairAgreement>,
    /// All together, with three or more.
    pub together: Vec<DimensionTogether>,
}

/// Agreement of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairAgreement {
    /// The first labeller, the reference.
    pub a: Who,
    /// The second.
    pub b: Who,
    /// What this is, in words that claim no more than was measured.
    pub words: String,
    /// When it was measured.
    pub at: Timestamp,
    /// Documents that both labelled.
    pub documents: usize,
    /// How many of them a labeller was trained on: what is measured there says nothing of other documents.
    #[serde(default)]
    pub in_sample: usize,
    /// Per dimension.
    pub dimensions: Vec<DimensionAgreement>,
    /// The same over parts of the documents, where asked for.
    pub groups: Vec<GroupAgreement>,
}

/// Agreement over part of the documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupAgreement {
    /// What they share, such as a jurisdiction.
    pub group: String,
    /// How many there are.
    pub documents: usize,
    /// Per dimension: the headline measure over all labels.
    pub dimensions: Vec<(String, Estimate)>,
}

/// Agreement of a pair along one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DimensionAgreement {
    /// The dimension.
    pub dimension: String,
    /// Name for readers.
    pub name: String,
    /// `ordinal` or `nominal`: which statistics apply.
    pub scale: String,
    /// The statistic that stands for the dimension.
    pub headline: Measure,
    /// Mean over the codes for which a measure is defined.
    pub mean: Estimates,
    /// Over the labels of all codes as one table.
    pub pooled: Estimates,
    /// Codes for which the headline is undefined: nothing varies.
    pub undefined: usize,
    /// The code with the lowest headline.
    pub worst: Option<Worst>,
    /// Per code.
    pub codes: Vec<CodeAgreement>,
    /// Whether both point at the same words.
    pub evidence: EvidenceAgreement,
    /// F1 of actor names; actor dimensions only.
    pub names: Option<Estimate>,
    /// F1 of actor types; actor dimensions only.
    pub types: Option<Estimate>,
    /// Whether the second labeller's probabilities mean what they say, where it gives any.
    pub confidence: Option<ConfidenceQuality>,
}

/// The code on which a pair agrees least.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worst {
    /// The code.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// Its headline.
    pub value: f64,
}

/// Agreement of a pair on one code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeAgreement {
    /// The code.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// Documents that both labelled.
    pub n: usize,
    /// Names of the categories of the declared scale.
    pub categories: Vec<String>,
    /// Counts: rows are the first labeller's categories, columns the second's.
    pub confusion: Vec<Vec<u64>>,
    /// Documents with a positive label by the first and by the second.
    pub positives: [u64; 2],
    /// Share of documents on which the second stands above the first, and below; ordinal scales and flags.
    pub over_under: Option<(f64, f64)>,
    /// Every measure.
    pub measures: Estimates,
    /// Some documents on which the two differ, the widest apart first.
    pub examples: Vec<ErrorExample>,
}

/// A document on which a pair differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorExample {
    /// The document.
    pub document: String,
    /// The first labeller's category.
    pub a: String,
    /// The second's.
    pub b: String,
}

/// Agreement of all labellers along one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DimensionTogether {
    /// The dimension.
    pub dimension: String,
    /// Per code: id and statistics.
    pub codes: Vec<(String, Together)>,
}

/// The estimate of `measure`.
pub fn estimate(estimates: &Estimates, measure: Measure) -> Estimate {
    estimates.iter().find(|(known, _)| *known == measure).map(|(_, e)| *e).unwrap_or_default()
}

impl PairAgreement {
    /// The warning that goes with agreement on documents of the engine's own training.
    pub fn in_sample_words(&self) -> Option<String> {
        match self.in_sample {
            0 => None,
            all if all >= self.documents => {
                Some("in sample: the engine was trained on these documents".to_owned())
            }
            some => Some(format!(
                "partly in sample: the engine was trained on {some} of these {} documents",
                self.documents
            )),
        }
    }

    /// What was found on a code.
    pub fn code(&self, dimension: &str, code: &str) -> Option<(&DimensionAgreement, &CodeAgreement)> {
        let dimension = self.dimensions.iter().find(|d| d.dimension == dimension)?;
        Some((dimension, dimension.codes.iter().find(|c| c.code == code)?))
    }
}

impl CodeAgreement {
    /// The estimate of `measure`.
    pub fn get(&self, measure: Measure) -> Estimate {
        estimate(&self.measures, measure)
    }
}
