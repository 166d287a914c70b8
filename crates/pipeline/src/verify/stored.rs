//! Checks every coding of a run as it is stored.

use lacuna_domain::progress::Progress;
use lacuna_domain::{Codebook, Coding, RunId, Text, TextId};
use lacuna_store::{Store, StoreError};
use serde::Serialize;

use super::recheck::{Breach, recheck};
use crate::segment::{SEGMENTER, segment};

/// Codings read at a time.
const PAGE: usize = 64;

/// What a check of the stored codings found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RecheckReport {
    /// Codings read.
    pub codings: u64,
    /// Positive labels and filled roles read.
    pub positives: u64,
    /// Quotes compared with the text of their spans.
    pub quotes: u64,
    /// What does not hold, by text.
    pub breaches: Vec<(TextId, String)>,
}

/// Why the stored codings could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum RecheckError {
    /// The store failed.
    #[error("cannot check the stored codings: {0}")]
    Store(#[from] StoreError),
    /// There is no such run.
    #[error("the store knows no run {0}; `lacuna runs` lists those it knows")]
    NoRun(RunId),
    /// The codebook of the run is gone.
    #[error("the codebook of run {0} is not in the store; restore the store from a backup")]
    NoCodebook(RunId),
    /// The checking thread died.
    #[error("the checking thread stopped: {0}; run the command again")]
    Thread(String),
}

/// Compares every quote of every coding of `run` with the stored text.
pub async fn recheck_run(
    store: &Store,
    run: &RunId,
    progress: &dyn Progress,
) -> Result<RecheckReport, RecheckError> {
    let known = store.run(run).await?.ok_or_else(|| RecheckError::NoRun(run.clone()))?;
    let codebook = store.codebook(&known.config.codebook_hash).await?;
    let codebook = codebook.ok_or_else(|| RecheckError::NoCodebook(run.clone()))?;
    // Passages are cut anew; those of another segmenter would not be the ones the coding speaks of.
    let same_passages = known.config.parameters.get("segmenter").is_some_and(|name| name == SEGMENTER);
    progress.start("verify", Some(store.run_counts(run).await?.coded));
    let mut report = RecheckReport::default();
    let mut after: Option<TextId> = None;
    loop {
        let codings = store.codings(run, after.as_ref(), PAGE).await?;
        let Some(last) = codings.last() else { return Ok(report) };
        after = Some(last.text.clone());
        let read = codings.len() as u64;
        let mut pairs = Vec::with_capacity(codings.len());
        for coding in codings {
            let text = store.text(&coding.text).await?;
            pairs.push((coding, text));
        }
        let codebook = codebook.clone();
        let page = tokio::task::spawn_blocking(move || check_page(&pairs, &codebook, same_passages));
        report.add(page.await.map_err(|error| RecheckError::Thread(error.to_string()))?);
        progress.advance(read);
    }
}

fn check_page(pairs: &[(Coding, Option<Text>)], codebook: &Codebook, same_passages: bool) -> RecheckReport {
    let mut report = RecheckReport::default();
    for (coding, text) in pairs {
        report.codings += 1;
        let filled = coding.actors.iter().filter(|actor| !actor.entities().is_empty());
        report.positives += (coding.judgements.len() + filled.count()) as u64;
        let of_labels = coding.judgements.iter().map(|judgement| judgement.evidence().len());
        let of_actors = coding.actors.iter().map(|actor| actor.entities().len() + actor.evidence().len());
        report.quotes += of_labels.chain(of_actors).sum::<usize>() as u64;
        let Some(text) = text else {
            report.breaches.push((coding.text.clone(), "the text is not in the store".to_owned()));
            continue;
        };
        let passages = if same_passages { segment(&text.content) } else { vec![] };
        let breaches = recheck(coding, &text.content, &passages, codebook);
        report.breaches.extend(breaches.iter().map(|b: &Breach| (coding.text.clone(), b.to_string())));
    }
    report
}

impl RecheckReport {
    fn add(&mut self, other: Self) {
        self.codings += other.codings;
        self.positives += other.positives;
        self.quotes += other.quotes;
        self.breaches.extend(other.breaches);
    }
}
