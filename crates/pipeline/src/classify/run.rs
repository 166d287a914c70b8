//! Feeds the pending texts of a run to its engine and commits what becomes of them.
//!
//! Reading, coding and committing go on side by side: a task reads texts ahead, blocking threads segment, code and
//! verify, and this task commits outcomes in batches. Stopped at any instant, the run has lost at most the texts in
//! the open batch, which stay pending and are coded again to the same answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::coding::Outcome;
use lacuna_domain::progress::Progress;
use lacuna_domain::{Clock, Codebook, Run, RunId, Text, TextId};
use lacuna_store::{RunCounts, Store, StoreError};
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout_at};

use super::Engine;
use super::coders::{Bench, Coded};
use super::model::work::ModelWork;
use crate::verify::checks::{Checker, Shared, check_run};

/// A batch is committed when it holds this many outcomes …
const BATCH: usize = 64;
/// … or when its first outcome has waited this long.
const PATIENCE: Duration = Duration::from_millis(250);
/// Texts read ahead of the engine.
pub(super) const AHEAD: usize = 16;

/// How to classify.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Texts coded at the same time, at least 1; `None` for as many as the machine has processors.
    pub threads: Option<usize>,
}

impl Options {
    fn threads(&self) -> usize {
        let machine = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(machine).max(1)
    }
}

/// What one call of [`run`] did.
#[derive(Clone, Debug, Serialize)]
pub struct ClassifySummary {
    /// The run, as the store knows it now.
    pub run: Run,
    /// Texts coded by this call.
    pub coded: u64,
    /// Texts skipped by this call, with the reason.
    pub skipped: Vec<(TextId, String)>,
    /// Texts that failed in this call, with the reason; the next call tries them again.
    pub failed: Vec<(TextId, String)>,
    /// Verified positive labels of this call.
    pub positives: u64,
    /// Claims of this call that fell for want of evidence.
    pub rejected: u64,
    /// Bytes of text coded by this call.
    pub bytes: u64,
    /// Where the whole run stands.
    pub counts: RunCounts,
    /// HTTP attempts of this call, for engines that ask others.
    pub calls: u64,
    /// Answers that were paid for before and cost nothing now.
    pub answers_reused: u64,
    /// What the run has cost in all, in millionths of a dollar.
    pub micros: u64,
    /// Why this call ended before every text was tried, if it did.
    pub stopped: Option<String>,
}

impl fmt::Display for ClassifySummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (skipped, failed) = (self.skipped.len(), self.failed.len());
        writeln!(f, "run {} ({})", self.run.id.short(), self.run.name)?;
        writeln!(f, "coded {}, skipped {skipped}, failed {failed}", self.coded)?;
        writeln!(f, "labels with evidence {}, rejected for want of it {}", self.positives, self.rejected)?;
        for (word, texts) in [("skipped", &self.skipped), ("failed", &self.failed)] {
            for (text, reason) in texts {
                writeln!(f, "{word} text {}: {reason}", text.short())?;
            }
        }
        if self.calls + self.answers_reused + self.micros > 0 {
            let (calls, reused, spent) = (self.calls, self.answers_reused, lacuna_llm::Micros(self.micros));
            writeln!(f, "calls {calls}, answers paid for before {reused}, the run has cost {spent}")?;
        }
        if let Some(why) = &self.stopped {
            writeln!(f, "stopped: {why}")?;
        }
        let RunCounts { coded, skipped, pending, .. } = self.counts;
        write!(f, "the run holds {coded} coded and {skipped} skipped texts, {pending} are still to do")
    }
}

/// Why classification stopped. What was committed before is kept, and the next call goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ClassifyError {
    /// The store failed.
    #[error("cannot classify: {0}")]
    Store(#[from] StoreError),
    /// Pages could not explain the labels.
    #[error("the codebook {id} (file {hash}) is not in the store; put it there before classifying")]
    NoCodebook {
        /// Its name.
        id: String,
        /// SHA-256 of its file.
        hash: String,
    },
    /// The engine answers under one codebook, verification would go by another.
    #[error("the engine was made for another codebook file than {id}; make it from the same file")]
    OtherCodebook {
        /// The codebook given.
        id: String,
    },
    /// The engine cannot be asked on these terms.
    #[error("{0}")]
    Terms(String),
    /// Many workers need a database that many machines can reach.
    #[error(
        "a worker needs a PostgreSQL that the others reach too; name it with --database, or use `lacuna classify`"
    )]
    NoQueue,
    /// A thread of the engine died outside the coding of a text.
    #[error("a classifying thread stopped: {0}; run the command again")]
    Thread(String),
}

/// Codes every pending text of the engine's run and marks the run finished once every text was tried.
pub async fn run(
    store: &Store,
    engine: &Engine,
    codebook: &Codebook,
    options: &Options,
    clock: Clock,
    progress: &dyn Progress,
) -> Result<ClassifySummary, ClassifyError> {
    let run = start(store, engine, codebook, clock).await?;
    let pending = store.pending_texts(&run.id).await?;
    progress.start("classify", Some(pending.len() as u64));
    let (texts_in, texts) = channel::<Text>(AHEAD);
    let reader = tokio::spawn(read_ahead(store.clone(), pending, texts_in));
    let job = Job { store, engine, codebook, options, clock, progress };
    let summary = job.work_through(run, texts, &|_| {}).await?;
    reader.await.map_err(|error| ClassifyError::Thread(error.to_string()))??;
    Ok(summary)
}

/// Checks that the engine goes by the codebook, and starts its run.
pub(super) async fn start(
    store: &Store,
    engine: &Engine,
    codebook: &Codebook,
    clock: Clock,
) -> Result<Run, ClassifyError> {
    let run = engine.run(clock.now());
    if run.config.codebook_hash != codebook.hash {
        return Err(ClassifyError::OtherCodebook { id: codebook.id.to_string() });
    }
    if store.codebook(&codebook.hash).await?.is_none() {
        return Err(ClassifyError::NoCodebook { id: codebook.id.to_string(), hash: codebook.hash.clone() });
    }
    store.start_run(&run).await?;
    Ok(run)
}

/// What coding texts takes besides the texts.
pub(super) struct Job<'j> {
    pub(super) store: &'j Store,
    pub(super) engine: &'j Engine,
    pub(super) codebook: &'j Codebook,
    pub(super) options: &'j Options,
    pub(super) clock: Clock,
    pub(super) progress: &'j dyn Progress,
}

impl Job<'_> {
    /// Codes `texts` as they come and commits what becomes of them; `committed` hears of each text after that.
    pub(super) async fn work_through(
        &self,
        run: Run,
        texts: Receiver<Text>,
        committed: &(dyn Fn(&TextId) + Sync),
    ) -> Result<ClassifySummary, ClassifyError> {
        let Self { store, engine, codebook, options, clock, progress } = *self;
        let mut tally = Tally::default();
        let shared = Some(Arc::new(Shared::read(store, codebook).await?));
        let (results_in, results) = channel::<Coded>(BATCH);
        let work = match engine {
            Engine::Model(model, terms) => Some(
                ModelWork::open(store, model, terms, &run.id, clock).await.map_err(ClassifyError::Terms)?,
            ),
            _ => None,
        };
        let coders = if let Some(work) = &work {
            vec![work.spawn(texts, results_in, shared)]
        } else {
            let codebook = Arc::new(codebook.clone());
            let bench = Bench { engine: engine.clone(), codebook, shared, run: run.id.clone(), clock };
            let coders = bench.spawn(options.threads(), texts, &results_in);
            // The results end when the last sender is gone; this one would keep them open for ever.
            drop(results_in);
            coders
        };
        let status = || work.as_ref().map(|work| work.standing().to_string());
        commit(store, &run.id, results, &mut tally, progress, &status, committed).await?;
        for coder in coders {
            coder.await.map_err(|error| ClassifyError::Thread(error.to_string()))?;
        }
        let checker = std::mem::take(&mut tally.checker);
        let mut summary = finish(store, run, tally).await?;
        if summary.coded > 0 {
            let (run, at) = (&summary.run.id, clock.now());
            let found = check_run(store, run, codebook, checker, at).await?;
            store.put_checks(run, at, &found).await?;
        }
        if let Some(work) = work {
            let standing = work.standing();
            (summary.calls, summary.answers_reused) = (standing.attempts, standing.cached);
            summary.micros = store.spend(&summary.run.id).await?.micros;
            summary.stopped = work.halted();
        }
        Ok(summary)
    }
}

/// Reads the pending texts in order; ends early when nobody takes them.
async fn read_ahead(store: Store, pending: Vec<TextId>, texts: Sender<Text>) -> Result<(), StoreError> {
    for ids in pending.chunks(AHEAD) {
        for text in store.texts(ids).await? {
            if texts.send(text).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Commits results in batches until there are no more.
async fn commit(
    store: &Store,
    run: &RunId,
    mut results: Receiver<Coded>,
    tally: &mut Tally,
    progress: &dyn Progress,
    status: &(dyn Fn() -> Option<String> + Sync),
    committed: &(dyn Fn(&TextId) + Sync),
) -> Result<(), StoreError> {
    while let Some(first) = results.recv().await {
        let mut batch = Vec::with_capacity(BATCH);
        let deadline = Instant::now() + PATIENCE;
        let mut next = Some(first);
        let mut looks = Vec::with_capacity(BATCH);
        while let Some(coded) = next.take() {
            tally.add(&coded, progress);
            looks.push(coded.look);
            batch.push((coded.text, coded.outcome));
            if batch.len() < BATCH {
                next = timeout_at(deadline, results.recv()).await.ok().flatten();
            }
        }
        let kept = store.put_outcomes(run, &batch).await?;
        // Where another process was first, its coding counts.
        for look in looks.into_iter().zip(kept).filter_map(|(look, kept)| look.filter(|_| kept)) {
            tally.checker.note(look);
        }
        for (text, _) in &batch {
            committed(text);
        }
        progress.advance(batch.len() as u64);
        if let Some(line) = status() {
            progress.status(&line);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Tally {
    coded: u64,
    skipped: Vec<(TextId, String)>,
    failed: Vec<(TextId, String)>,
    positives: u64,
    rejected: u64,
    bytes: u64,
    checker: Checker,
}

impl Tally {
    fn add(&mut self, coded: &Coded, progress: &dyn Progress) {
        match &coded.outcome {
            Outcome::Coded(coding) => {
                self.coded += 1;
                self.bytes += coded.bytes;
                self.positives += coding.judgements.len() as u64;
                self.rejected += coding.rejections.len() as u64;
            }
            Outcome::Skipped(reason) => self.skipped.push((coded.text.clone(), reason.clone())),
            Outcome::Failed(reason) => {
                progress.note(&format!("text {} failed: {reason}", coded.text));
                self.failed.push((coded.text.clone(), reason.clone()));
            }
        }
    }
}

/// A run is finished once every text was tried; those that failed do not keep the others from being published.
async fn finish(store: &Store, run: Run, mut tally: Tally) -> Result<ClassifySummary, ClassifyError> {
    let counts = store.run_counts(&run.id).await?;
    if counts.pending == counts.failed {
        store.finish_run(&run.id).await?;
    }
    tally.skipped.sort();
    tally.failed.sort();
    let run = store.run(&run.id).await?.unwrap_or(run);
    let Tally { coded, skipped, failed, positives, rejected, bytes, checker: _ } = tally;
    Ok(ClassifySummary {
        run,
        coded,
        skipped,
        failed,
        positives,
        rejected,
        bytes,
        counts,
        calls: 0,
        answers_reused: 0,
        micros: 0,
        stopped: None,
    })
}
