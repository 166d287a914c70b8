//! Codes a run together with other workers: each takes texts from a queue that they share.
//!
//! The outcomes in the store are the truth. The queue only says who looks at what next: hints are derived from the texts
//! without an outcome, at the start and now and then, so a lost queue loses nothing; a text that has its outcome by the time
//! its hint comes is passed over; and a hint is taken out of the queue only after the outcome is committed. A worker that
//! dies has lost the calls it had in flight, and others take its texts over when its lease ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lacuna_domain::progress::Progress;
use lacuna_domain::{Clock, Codebook, RunId, Text, TextId};
use lacuna_store::{Hint, Lease, Queue, Store, StoreError};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::run::{AHEAD, Job, start};
use super::{ClassifyError, ClassifySummary, Engine, Options};

/// How often a worker without texts asks whether the run is done.
const LOOK: Duration = Duration::from_secs(1);
/// How often hints are derived again.
const DERIVE: Duration = Duration::from_secs(15);

/// One worker's share of the work.
#[derive(Clone, Debug)]
pub struct Share {
    /// Texts in hand at once.
    pub at_once: usize,
    /// How long a silent worker keeps its texts.
    pub lease: Lease,
    /// Turns true when the worker should take no more texts.
    pub stop: watch::Receiver<bool>,
}

/// Texts in hand, each with the hint that brought it.
type Held = Arc<Mutex<BTreeMap<TextId, Hint>>>;

/// Works on the engine's run until every text was tried, by this worker or another, or until it is told to stop.
pub async fn drain(
    store: &Store,
    engine: &Engine,
    codebook: &Codebook,
    options: &Options,
    share: Share,
    clock: Clock,
    progress: &dyn Progress,
) -> Result<ClassifySummary, ClassifyError> {
    let run = start(store, engine, codebook, clock).await?;
    let queue = store.queue(&run.id).await?.ok_or(ClassifyError::NoQueue)?;
    // Failures of earlier starts are tried once more by whoever comes first.
    let pending = store.pending_texts(&run.id).await?;
    queue.hint(&pending).await?;
    progress.start("work", Some(pending.len() as u64));

    let held = Held::default();
    let (desk, hints) = channel::<Hint>(share.at_once.max(1));
    let working = queue.work(share.at_once.max(1), share.lease, desk).await?;
    let (texts_in, texts) = channel::<Text>(AHEAD);
    let intake = Intake {
        store: store.clone(),
        queue,
        run: run.id.clone(),
        held: Arc::clone(&held),
        stop: share.stop,
    };
    let intake = tokio::spawn(intake.take(hints, texts_in));
    let job = Job { store, engine, codebook, options, clock, progress };
    let committed = |text: &TextId| {
        if let Some(hint) = held.lock().unwrap_or_else(PoisonError::into_inner).remove(text) {
            hint.done();
        }
    };
    let summary = job.work_through(run, texts, &committed).await;
    // What was not coded goes back to the queue.
    held.lock().unwrap_or_else(PoisonError::into_inner).clear();
    working.close();
    intake.abort();
    let taken = match intake.await {
        Ok(taken) => taken,
        Err(_) => Ok(()),
    };
    held.lock().unwrap_or_else(PoisonError::into_inner).clear();
    working.stop().await?;
    taken?;
    summary
}

struct Intake {
    store: Store,
    queue: Queue,
    run: RunId,
    held: Held,
    stop: watch::Receiver<bool>,
}

impl Intake {
    /// Passes texts on as hints come, until the run is done. Where nobody takes them any more, or the worker is told to stop,
    /// it takes none and has to be aborted.
    async fn take(mut self, mut hints: Receiver<Hint>, texts: Sender<Text>) -> Result<(), StoreError> {
        let mut derived = Instant::now();
        loop {
            let wake = Instant::now() + LOOK;
            let hint = tokio::select! {
                hint = timeout_at(wake, hints.recv()) => hint,
                _ = self.stop.wait_for(|stop| *stop) => break,
            };
            match hint {
                Ok(Some(hint)) => {
                    if !self.pass(hint, &texts).await? {
                        break;
                    }
                }
                Ok(None) => return Ok(()),
                Err(_) if self.done().await? => return Ok(()),
                Err(_) => {}
            }
            if derived.elapsed() > DERIVE {
                derived = Instant::now();
                self.queue.hint(&self.store.untried_texts(&self.run).await?).await?;
            }
        }
        drop(texts);
        // The desk stays open, with nobody at it, until this is aborted: at a closed one every hint of the queue would fail in
        // turn, and be put off for longer each time.
        std::future::pending().await
    }

    /// Passes one text on, unless it has its outcome; whether anyone took it.
    async fn pass(&self, hint: Hint, texts: &Sender<Text>) -> Result<bool, StoreError> {
        let id = hint.text.clone();
        let text =
            if self.store.is_settled(&self.run, &id).await? { None } else { self.store.text(&id).await? };
        let Some(text) = text else {
            hint.done();
            return Ok(true);
        };
        // A second hint for a text in hand takes the place of the first, which goes back and finds the outcome later.
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(id, hint);
        Ok(texts.send(text).await.is_ok())
    }

    /// Whether nothing is left in the queue and every text of the run was tried.
    async fn done(&self) -> Result<bool, StoreError> {
        Ok(self.queue.waiting().await? == 0 && self.store.untried_texts(&self.run).await?.is_empty())
    }
}
