//! Trains the built-in engine from coded documents: one command, identical weights from identical data.
//!
//! In reading order: [`coded`] is what training takes; [`groups`] keeps duplicates and versions together; [`sample`]
//! locates quotes and takes features; [`stages`] trains the sentence and document models; [`stacking`] the second
//! stage on out-of-fold numbers; [`thresholds`] cuts scores into levels.

pub mod coded;
pub(crate) mod groups;
mod linear;
mod ridge;
pub(crate) mod sample;
mod stacking;
mod stages;
pub mod taken;
mod thresholds;

use lacuna_domain::Codebook;
use rayon::prelude::*;

use super::model::Weights;
use super::model::evidence::WIDTH;
use super::model::predict::{Rows, evidence};
use coded::Coded;
use sample::{Corpus, Sample};
use stacking::Case;
use stages::FirstStage;

/// Inner folds: the second stage sees first-stage numbers of documents that the first stage did not train on.
const FOLDS: usize = 5;
/// Fewer documents than this teach nothing.
pub const FEWEST: usize = 30;

/// Why no weights came out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// Too few documents.
    #[error("training needs at least {FEWEST} coded documents and got {0}; code more of them first")]
    TooFew(usize),
}

/// Weights for `codebook` from `docs`, in the order given. A text whose language is not known is taken to be English.
pub fn train(docs: &[Coded], codebook: &Codebook) -> Result<Weights, TrainError> {
    let corpus = Corpus::read(docs, codebook);
    let all: Vec<usize> = (0..docs.len()).collect();
    train_on(&corpus, &all, codebook)
}

/// The first stage trained without one fold, and what it says of the documents held back.
struct FoldRun {
    /// Kept from the run that holds nothing back.
    tables: Option<FirstStage>,
    held: Vec<usize>,
    numbers: Vec<Vec<[f32; WIDTH]>>,
}

/// Weights from the documents `chosen` of a corpus.
pub(crate) fn train_on(
    corpus: &Corpus,
    chosen: &[usize],
    codebook: &Codebook,
) -> Result<Weights, TrainError> {
    if chosen.len() < FEWEST {
        return Err(TrainError::TooFew(chosen.len()));
    }
    let holders = corpus.holders(chosen);
    let samples: Vec<Sample<'_>> = chosen.par_iter().map(|&at| corpus.sample(at, &holders)).collect();
    let groups: Vec<usize> = chosen.iter().map(|&at| corpus.groups[at]).collect();
    let folds = groups::folds(&groups, FOLDS);
    // The last "fold" holds no document back: it gives the tables that ship.
    let runs: Vec<FoldRun> = (0..=FOLDS)
        .into_par_iter()
        .map(|fold| {
            let outside = samples.iter().zip(&folds).filter(|(_, f)| **f != fold);
            let seen: Vec<&Sample<'_>> = outside.map(|(sample, _)| sample).collect();
            let tables = stages::first_stage(&seen, &corpus.layout);
            let held: Vec<usize> = (0..samples.len()).filter(|&i| folds[i] == fold).collect();
            let numbers = held.iter().map(|&i| flat(corpus, &tables, &samples[i])).collect();
            FoldRun { tables: (fold == FOLDS).then_some(tables), held, numbers }
        })
        .collect();
    let mut numbers = vec![vec![]; samples.len()];
    let mut shipped = None;
    for FoldRun { tables, held, numbers: values } in runs {
        held.into_iter().zip(values).for_each(|(i, value)| numbers[i] = value);
        shipped = tables.or(shipped);
    }
    let FirstStage { sentence, classes, document } = shipped.unwrap_or_default();
    let mut first = 0;
    let stacks = corpus.layout.dimensions.iter().enumerate().map(|(d, place)| {
        let range = first..first + place.codes.len();
        first = range.end;
        let cases = samples.iter().enumerate().map(|(i, sample)| Case {
            numbers: &numbers[i][range.clone()],
            steps: &sample.read.steps[d],
            fold: folds[i],
        });
        stacking::stack(place, &cases.collect::<Vec<_>>(), FOLDS)
    });
    let stacks = stacks.collect();
    Ok(Weights {
        codebook: codebook.id.to_string(),
        signature: corpus.layout.signature(),
        language: corpus.languages.clone(),
        coverage: corpus.coverage.clone(),
        sentence,
        classes,
        document,
        stacks,
    })
}

/// The numbers of all codes of all dimensions in a row.
fn flat(corpus: &Corpus, models: &FirstStage, sample: &Sample<'_>) -> Vec<[f32; WIDTH]> {
    let rows = Rows { units: &sample.units, classes: &sample.classes, document: &sample.document };
    evidence(&corpus.layout, models.tables(), &sample.reading, rows).numbers.concat()
}
