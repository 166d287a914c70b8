//! Distils coded documents, whoever coded them, into an offline engine for the same codebook: trains, measures by
//! cross-validation against a plain baseline, and says whether coding more documents is worth its price.
//!
//! Every figure is agreement with the codings given; where a language model gave them it is agreement with a
//! language-model reading, not validated by people.

use std::fmt;

use lacuna_domain::Codebook;
use lacuna_domain::progress::Progress;
use serde::Serialize;

use super::Weights;
use super::card::CodeFigures;
use super::model::layout::Layout;
use super::quality::Report;
use super::quality::metrics::Counts;
use super::quality::{FOLDS, by_cues, held_out};
use super::train::coded::Coded;
use super::train::sample::Corpus;
use super::train::{TrainError, groups, train_on};

/// Draws of documents behind each interval.
const DRAWS: usize = 2_000;
/// Shares of the training documents at which the learning curve is measured, in quarters; the last is all of them.
const QUARTERS: [usize; 3] = [1, 2, 4];
/// A gain by twice the documents below this is not worth coding for.
const WORTH: f64 = 0.01;

/// A figure with its 95 % interval by bootstrap over documents.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ({:.3} to {:.3})", self.value, self.low, self.high)
    }
}

/// How good the engine was found to be. The headline is the mean over dimensions of kappa (quadratic weights for
/// levels), or the share equal for a dimension of one choice.
#[derive(Clone, Debug, Serialize)]
pub struct Worth {
    /// Coded documents.
    pub documents: usize,
    /// The trained engine on documents that it had not seen.
    pub engine: Figure,
    /// Counting cues.
    pub baseline: Figure,
    /// Engine less baseline, on the same draws.
    pub gain: Figure,
    /// Per dimension: name, engine, baseline.
    pub dimensions: Vec<(String, f64, f64)>,
    /// Training documents and headline, fewest first.
    pub curve: Vec<(usize, f64)>,
    /// What the last doubling of the training documents brought.
    pub doubling: Option<Figure>,
    /// What stands beside every figure.
    pub label: String,
    /// What was found of each code on documents that the engine had not seen: what stands beside its labels.
    pub codes: Vec<CodeFigures>,
}

/// Why no engine came out.
#[derive(Debug, thiserror::Error)]
pub enum DistilError {
    /// Too few documents.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// No better than counting cues.
    #[error(
        "the trained engine does not beat counting cues (gain {} over {} documents); code more documents, or correct \
         codings that contradict each other, and train again", .0.gain, .0.documents
    )]
    NoBetter(Box<Worth>),
}

/// Trains on `docs` and measures. The engine is refused where the interval of its gain over the baseline reaches down
/// to zero. `label` says whose codings these are.
pub fn distil(
    docs: &[Coded],
    codebook: &Codebook,
    label: &str,
    progress: &dyn Progress,
) -> Result<(Weights, Worth), DistilError> {
    progress.start("train", Some(1 + (QUARTERS.len() * FOLDS) as u64));
    let corpus = Corpus::read(docs, codebook);
    let all: Vec<usize> = (0..docs.len()).collect();
    let weights = train_on(&corpus, &all, codebook)?;
    progress.advance(1);
    let plain = by_cues(&corpus, docs, codebook);
    let (mut curve, mut codes): (Vec<(usize, Vec<Counts>)>, _) = (vec![], vec![]);
    for quarters in QUARTERS {
        let part = |chosen: &[usize]| some_of(&corpus, chosen, quarters);
        match held_out(&corpus, docs, codebook, &part, progress) {
            Ok(compared) => {
                if quarters == 4 {
                    codes = Report::new(&Layout::of(codebook), &compared, 0, 0.0).by_code();
                }
                let size = docs.len() * (FOLDS - 1) / FOLDS * quarters / 4;
                curve.push((size, compared.into_iter().map(|c| c.counts).collect()));
            }
            // A part of the documents may be too small to train on; all of them must not be.
            Err(error) if quarters == 4 => return Err(error.into()),
            Err(_) => {}
        }
    }
    let full = curve.last().map(|(_, counts)| counts.clone()).unwrap_or_default();
    let (engine, baseline) = (gain(&full, &[]), gain(&plain, &[]));
    let doubling = curve.len().checked_sub(2).map(|at| gain(&full, &curve[at].1));
    let worth = Worth {
        documents: docs.len(),
        engine,
        baseline,
        gain: gain(&full, &plain),
        dimensions: by_dimension(&full, &plain),
        curve: curve.iter().map(|(size, counts)| (*size, total(counts).agreement())).collect(),
        doubling,
        label: label.to_owned(),
        codes,
    };
    if worth.gain.low > 0.0 { Ok((weights, worth)) } else { Err(DistilError::NoBetter(Box::new(worth))) }
}

/// So many quarters of the documents chosen, whole groups of versions at a time.
fn some_of(corpus: &Corpus, chosen: &[usize], quarters: usize) -> Vec<usize> {
    let of: Vec<usize> = chosen.iter().map(|&at| corpus.groups[at]).collect();
    let parts = groups::folds(&of, 4);
    chosen.iter().zip(parts).filter(|(_, part)| *part < quarters).map(|(&at, _)| at).collect()
}

fn total(documents: &[Counts]) -> Counts {
    documents.iter().fold(Counts::default(), |mut sum, counts| {
        sum.add(counts);
        sum
    })
}

/// Headline of `a` less that of `b` (nothing, where `b` is empty), over the same draws of documents.
fn gain(a: &[Counts], b: &[Counts]) -> Figure {
    let less = |x: &Counts, y: &Counts| x.agreement() - if b.is_empty() { 0.0 } else { y.agreement() };
    let value = less(&total(a), &total(b));
    let mut seed = 0x5eed_1ac0_0a00_0001_u64;
    let mut values: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let (mut x, mut y) = (Counts::default(), Counts::default());
            for _ in a {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                let at = (seed % a.len() as u64) as usize;
                x.add(&a[at]);
                if let Some(counts) = b.get(at) {
                    y.add(counts);
                }
            }
            less(&x, &y)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get(((values.len() - 1) as f64 * share).round() as usize);
    let or = |found: Option<&f64>| found.copied().unwrap_or(value);
    Figure { value, low: or(at(0.025)), high: or(at(0.975)) }
}

fn by_dimension(engine: &[Counts], plain: &[Counts]) -> Vec<(String, f64, f64)> {
    let (engine, plain) = (total(engine).by_dimension(), total(plain).by_dimension());
    let beside = |name: &String| plain.get(name).copied().unwrap_or(0.0);
    engine.iter().map(|(name, value)| (name.clone(), *value, beside(name))).collect()
}

impl Worth {
    /// Whether to code more documents, in one sentence.
    pub fn advice(&self) -> String {
        let Some(doubling) = self.doubling else {
            return "Too few documents for a learning curve: code more and train again.".to_owned();
        };
        let last = format!("The last doubling of the coded documents brought {doubling}.");
        if doubling.value < WORTH {
            format!("{last} More documents of this kind will hardly pay; sharper codes or cue terms may.")
        } else if doubling.low <= 0.0 {
            format!("{last} The gain is within chance: code more only where coding is cheap.")
        } else {
            format!(
                "{last} Coding {} more may bring somewhat less than that again: worth it where the gain is worth \
                 their price.",
                self.documents
            )
        }
    }
}

impl fmt::Display for Worth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} documents, {FOLDS}-fold cross-validation; {}", self.documents, self.label)?;
        writeln!(
            f,
            "trained engine {}\ncounting cues  {}\ngain           {}",
            self.engine, self.baseline, self.gain
        )?;
        writeln!(f, "\n{:<24} {:>8} {:>8}", "dimension", "engine", "cues")?;
        for (name, engine, cues) in &self.dimensions {
            writeln!(f, "{name:<24} {engine:>8.3} {cues:>8.3}")?;
        }
        writeln!(f, "\n{:<24} {:>8}", "documents trained on", "engine")?;
        for (size, value) in &self.curve {
            writeln!(f, "{size:<24} {value:>8.3}")?;
        }
        write!(f, "\n{}", self.advice())
    }
}
