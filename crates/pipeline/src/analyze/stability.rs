//! How far labels flip between runs over the same texts: repeats, prompt orders, engines.

use std::collections::BTreeMap;

use lacuna_domain::{CodeId, Codebook, DimensionId, Run, RunId, TextId};
use lacuna_store::{Store, StoreError};
use serde::Serialize;

use crate::classify::model::ensemble::word;

/// Codings read at a time.
const PAGE: usize = 64;

/// Flips of one code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeFlips {
    /// The dimension.
    pub dimension: DimensionId,
    /// The code.
    pub code: CodeId,
    /// Texts that every run coded.
    pub texts: u64,
    /// Texts on which not all runs give the same value.
    pub flipped: u64,
    /// Texts on which some runs give the negative value and some a positive one.
    pub appeared: u64,
    /// `flipped` ÷ `texts`.
    pub rate: f64,
}

/// A label on which runs differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The text.
    pub text: TextId,
    /// The dimension.
    pub dimension: DimensionId,
    /// The code.
    pub code: CodeId,
    /// What each run says, in the order of the runs: `3`, `true`, `hard_law`, `none`.
    pub values: Vec<String>,
}

/// Differences that a report lists.
const MOST_LISTED: usize = 500;

/// The report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stability {
    /// The runs compared.
    pub runs: Vec<RunId>,
    /// Texts that every run coded.
    pub texts: u64,
    /// Codes in codebook order.
    pub codes: Vec<CodeFlips>,
    /// Share of text and code pairs that flipped; `None` without a text.
    pub rate: Option<f64>,
    /// The first 500 labels that differ, by text and code.
    pub differences: Vec<Difference>,
}

/// Why runs cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum StabilityError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// One run says nothing of flips.
    #[error("name at least two runs, as in --runs 3f2a91,77b0c4")]
    TooFew,
    /// Other codes.
    #[error("run {0} has another codebook than run {1}; compare runs of one codebook")]
    OtherCodebook(RunId, RunId),
    /// The codebook is gone.
    #[error("the codebook of run {0} is not in the store; restore the store from a backup")]
    NoCodebook(RunId),
}

/// Compares what `runs` say of every text that all of them coded.
pub async fn stability(store: &Store, runs: &[Run]) -> Result<Stability, StabilityError> {
    let [first, rest @ ..] = runs else { return Err(StabilityError::TooFew) };
    if rest.is_empty() {
        return Err(StabilityError::TooFew);
    }
    if let Some(other) = rest.iter().find(|run| run.config.codebook_hash != first.config.codebook_hash) {
        return Err(StabilityError::OtherCodebook(other.id.clone(), first.id.clone()));
    }
    let codebook = store.codebook(&first.config.codebook_hash).await?;
    let codebook = codebook.ok_or_else(|| StabilityError::NoCodebook(first.id.clone()))?;
    let mut all = Vec::new();
    for run in runs {
        all.push(values(store, &run.id, &codebook).await?);
    }
    Ok(compare(runs, &all, &codebook))
}

/// Values of one text in codebook order, as words.
type Values = BTreeMap<TextId, Vec<String>>;

async fn values(store: &Store, run: &RunId, codebook: &Codebook) -> Result<Values, StoreError> {
    let mut values = Values::new();
    let mut after: Option<TextId> = None;
    loop {
        let codings = store.codings(run, after.as_ref(), PAGE).await?;
        let Some(last) = codings.last() else { return Ok(values) };
        after = Some(last.text.clone());
        for coding in &codings {
            let words = coding.labels(codebook).iter().map(|label| word(&label.value)).collect();
            values.insert(coding.text.clone(), words);
        }
    }
}

fn compare(runs: &[Run], all: &[Values], codebook: &Codebook) -> Stability {
    let labelled: Vec<_> = codebook.labelled_codes().collect();
    let shared: Vec<Vec<&Vec<String>>> = all.first().map_or(vec![], |first| {
        first.keys().filter_map(|text| all.iter().map(|values| values.get(text)).collect()).collect()
    });
    let texts = shared.len() as u64;
    let mut flips = 0;
    let codes: Vec<CodeFlips> = labelled
        .iter()
        .enumerate()
        .map(|(index, (dimension, code))| {
            let negative = word(&codebook.negative(dimension));
            let (mut flipped, mut appeared) = (0, 0);
            for text in &shared {
                let given: Vec<&String> = text.iter().filter_map(|values| values.get(index)).collect();
                let moved = given.windows(2).any(|pair| pair[0] != pair[1]);
                flipped += u64::from(moved);
                appeared += u64::from(moved && given.iter().any(|value| **value == negative));
            }
            flips += flipped;
            let rate = if texts == 0 { 0.0 } else { flipped as f64 / texts as f64 };
            let (dimension, code) = ((*dimension).clone(), (*code).clone());
            CodeFlips { dimension, code, texts, flipped, appeared, rate }
        })
        .collect();
    let pairs = texts * labelled.len() as u64;
    let rate = (pairs > 0).then(|| flips as f64 / pairs as f64);
    let differences = differences(all, &labelled);
    Stability { runs: runs.iter().map(|run| run.id.clone()).collect(), texts, codes, rate, differences }
}

fn differences(all: &[Values], labelled: &[(&DimensionId, &CodeId)]) -> Vec<Difference> {
    let mut out = Vec::new();
    for text in all.first().into_iter().flat_map(BTreeMap::keys) {
        let given: Option<Vec<&Vec<String>>> = all.iter().map(|values| values.get(text)).collect();
        let Some(given) = given else { continue };
        for (index, (dimension, code)) in labelled.iter().enumerate() {
            let values: Vec<String> = given.iter().filter_map(|v| v.get(index)).cloned().collect();
            if values.windows(2).any(|pair| pair[0] != pair[1]) && out.len() < MOST_LISTED {
                let (dimension, code) = ((*dimension).clone(), (*code).clone());
                out.push(Difference { text: text.clone(), dimension, code, values });
            }
        }
    }
    out
}
