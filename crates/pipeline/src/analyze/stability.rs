//! How far labels flip between runs over the same texts: repeats, prompt orders, engines.

use std::collections::BTreeMap;
use std::iter;

use lacuna_domain::{CodeId, Codebook, Coding, DimensionId, Run, RunId, TextId};
use lacuna_store::{Store, StoreError};
use serde::Serialize;

use crate::classify::model::ensemble::word;

/// Codings of each run that are read at a time.
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

/// Differences that a report lists; [`Beside`] has them all.
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

/// Compares what `runs` say of every text that all of them coded, private ones too.
pub async fn stability(store: &Store, runs: &[Run]) -> Result<Stability, StabilityError> {
    let beside = Beside::of(store, runs).await?;
    let (mut tally, mut after) = (Tally::default(), None);
    loop {
        let stretch = beside.differences(store, after.as_ref()).await?;
        after.clone_from(&stretch.last);
        beside.count(stretch, &mut tally);
        if after.is_none() {
            return Ok(beside.report(tally));
        }
    }
}

/// Some texts in a row, as the runs coded them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Those that every run coded.
    pub texts: Vec<TextId>,
    /// Their labels that differ, by text and code.
    pub differences: Vec<Difference>,
    /// The text after which the next stretch begins; `None` at the end.
    pub last: Option<TextId>,
}

impl Stretch {
    /// Leaves out every text that is not to be told of.
    pub fn retain(&mut self, told: impl Fn(&TextId) -> bool) {
        self.texts.retain(&told);
        self.differences.retain(|difference| told(&difference.text));
    }
}

/// What stretches come to together.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    texts: u64,
    /// How often each code flipped, and how often it appeared.
    codes: BTreeMap<(DimensionId, CodeId), (u64, u64)>,
    /// The first differences.
    listed: Vec<Difference>,
}

/// Runs of one codebook, read beside each other some texts at a time, so that memory does not grow with the texts.
#[derive(Clone, Debug)]
pub struct Beside {
    runs: Vec<RunId>,
    codebook: Codebook,
}

impl Beside {
    /// The runs, at least two, which must have the same codebook.
    pub async fn of(store: &Store, runs: &[Run]) -> Result<Self, StabilityError> {
        let [first, _, ..] = runs else { return Err(StabilityError::TooFew) };
        if let Some(other) = runs.iter().find(|run| run.config.codebook_hash != first.config.codebook_hash) {
            return Err(StabilityError::OtherCodebook(other.id.clone(), first.id.clone()));
        }
        let codebook = store.codebook(&first.config.codebook_hash).await?;
        let codebook = codebook.ok_or_else(|| StabilityError::NoCodebook(first.id.clone()))?;
        Ok(Self { runs: runs.iter().map(|run| run.id.clone()).collect(), codebook })
    }

    /// The labels that differ of the next texts after `after`, or of the first ones.
    pub async fn differences(&self, store: &Store, after: Option<&TextId>) -> Result<Stretch, StoreError> {
        let Some((first, others)) = self.runs.split_first() else { return Ok(Stretch::default()) };
        let codings = store.codings(first, after, PAGE).await?;
        let texts: Vec<TextId> = codings.iter().map(|coding| coding.text.clone()).collect();
        let mut beside = Vec::with_capacity(others.len());
        for run in others {
            beside.push(store.codings_among(run, &texts).await?);
        }
        let mut stretch = Stretch { last: texts.last().cloned(), ..Stretch::default() };
        for coding in &codings {
            let others: Option<Vec<&Coding>> = beside.iter().map(|of| of.get(&coding.text)).collect();
            let Some(others) = others else { continue };
            stretch.texts.push(coding.text.clone());
            let all: Vec<&Coding> = iter::once(coding).chain(others).collect();
            stretch.differences.extend(self.apart(&coding.text, &all));
        }
        Ok(stretch)
    }

    /// The labels of a text on which its codings, one of each run, differ.
    fn apart(&self, text: &TextId, codings: &[&Coding]) -> Vec<Difference> {
        let words = |coding: &&Coding| -> Vec<String> {
            coding.labels(&self.codebook).iter().map(|label| word(&label.value)).collect()
        };
        let said: Vec<Vec<String>> = codings.iter().map(words).collect();
        let mut apart = Vec::new();
        for (index, (dimension, code)) in self.codebook.labelled_codes().enumerate() {
            let values: Vec<&String> = said.iter().filter_map(|words| words.get(index)).collect();
            if values.iter().any(|value| values.first() != Some(value)) {
                let values = values.into_iter().cloned().collect();
                let (dimension, code) = (dimension.clone(), code.clone());
                apart.push(Difference { text: text.clone(), dimension, code, values });
            }
        }
        apart
    }

    /// Adds a stretch to what was counted before.
    pub fn count(&self, stretch: Stretch, tally: &mut Tally) {
        tally.texts += stretch.texts.len() as u64;
        for difference in stretch.differences {
            let negative = word(&self.codebook.negative(&difference.dimension));
            let key = (difference.dimension.clone(), difference.code.clone());
            let (flipped, appeared) = tally.codes.entry(key).or_default();
            *flipped += 1;
            *appeared += u64::from(difference.values.contains(&negative));
            if tally.listed.len() < MOST_LISTED {
                tally.listed.push(difference);
            }
        }
    }

    /// The report of what was counted.
    pub fn report(self, tally: Tally) -> Stability {
        let Tally { texts, codes: counted, listed: differences } = tally;
        let of = |(dimension, code): (&DimensionId, &CodeId)| {
            let (dimension, code) = (dimension.clone(), code.clone());
            let (flipped, appeared) =
                counted.get(&(dimension.clone(), code.clone())).copied().unwrap_or_default();
            let rate = if texts == 0 { 0.0 } else { flipped as f64 / texts as f64 };
            CodeFlips { dimension, code, texts, flipped, appeared, rate }
        };
        let codes: Vec<CodeFlips> = self.codebook.labelled_codes().map(of).collect();
        let flips: u64 = codes.iter().map(|code| code.flipped).sum();
        let pairs = texts * codes.len() as u64;
        let rate = (pairs > 0).then(|| flips as f64 / pairs as f64);
        Stability { runs: self.runs, texts, codes, rate, differences }
    }
}
