//! The ledger as calls see it: rows of many calls go into one transaction, and no call goes on before its row is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lacuna_domain::{RunId, TextId};
use lacuna_llm::{
    Answer, Attempt, AttemptOutcome, AttemptSink, Micros, Model, Prices, Recorded, Request, RequestHash,
    SinkError, Usage,
};
use lacuna_store::{Call, Paid, Store};
use tokio::sync::{mpsc, oneshot};

use super::budget::{Budget, worst_price};

/// Rows that wait to be written.
const WAITING: usize = 1_024;
/// Rows in one transaction.
const TOGETHER: usize = 256;

/// Where rows go; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Books(mpsc::Sender<(Paid, oneshot::Sender<Result<(), String>>)>);

impl Books {
    /// Starts the task that writes; it ends when the last clone is gone. Prices are taken out of what `holder` has set aside.
    pub(super) fn open(store: Store, holder: Option<String>) -> Self {
        let (sender, mut rows) = mpsc::channel::<(Paid, oneshot::Sender<Result<(), String>>)>(WAITING);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(TOGETHER);
            while rows.recv_many(&mut batch, TOGETHER).await > 0 {
                // Calls that have ended by now go into the same transaction.
                tokio::task::yield_now().await;
                while batch.len() < TOGETHER
                    && let Ok(row) = rows.try_recv()
                {
                    batch.push(row);
                }
                let (paid, waiting): (Vec<Paid>, Vec<_>) = batch.drain(..).unzip();
                let done =
                    store.put_calls_of(&paid, holder.as_deref()).await.map_err(|error| error.to_string());
                for caller in waiting {
                    // A caller that went away does not need the answer.
                    let _ = caller.send(done.clone());
                }
            }
        });
        Self(sender)
    }

    /// Keeps a row; answers once it is committed.
    pub(super) async fn keep(&self, paid: Paid) -> Result<(), SinkError> {
        let closed = || SinkError("the ledger is closed".to_owned());
        let (sender, done) = oneshot::channel();
        self.0.send((paid, sender)).await.map_err(|_| closed())?;
        done.await.map_err(|_| closed())?.map_err(SinkError)
    }
}

/// Counts of a process, for its progress line.
#[derive(Debug, Default)]
pub(super) struct Meter {
    pub(super) attempts: AtomicU64,
    pub(super) answered: AtomicU64,
    pub(super) cached: AtomicU64,
}

/// What a ledger row says besides the attempt.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) run: RunId,
    pub(super) text: TextId,
    pub(super) step: String,
    pub(super) model: Model,
    /// The guess at its input tokens.
    pub(super) guess: u64,
}

impl Entry {
    /// The row of an attempt, with its price; `unseen` is the price where the provider may have been paid without our
    /// having heard what it counted.
    pub(super) fn row(
        self,
        attempt: Attempt,
        answer: Option<&Answer>,
        prices: &Prices,
        unseen: impl FnOnce() -> Micros,
    ) -> (Paid, Micros) {
        let usage = attempt.usage;
        let mut price = if attempt.batch {
            prices.batch_price(&self.model, &usage)
        } else {
            prices.price(&self.model, &usage)
        };
        if attempt.outcome.may_be_paid_unseen() && usage == Usage::default() {
            price = price.map(|_| unseen());
        }
        // Refusals and cut answers are paid for and final too; what failed is never kept as an answer.
        let answer =
            answer.filter(|_| matches!(attempt.outcome, AttemptOutcome::Answered | AttemptOutcome::Refused));
        let call = Call {
            run: self.run,
            text: self.text,
            step: self.step,
            request: attempt.request.to_string(),
            attempt: attempt.number,
            engine: self.model.to_string(),
            at: attempt.at,
            status: attempt.status.unwrap_or(0),
            outcome: attempt.outcome.word().to_owned(),
            input_fresh: usage.input_fresh,
            input_cached: usage.input_cached,
            cache_write: usage.cache_write,
            output: usage.output,
            micros: price.unwrap_or_default().0,
            priced: price.is_some(),
            latency_ms: attempt.latency.as_millis() as u64,
            batch: attempt.batch,
            provider_id: attempt.provider_id,
            guess: self.guess,
        };
        let answer = answer.and_then(|answer| serde_json::to_string(answer).ok());
        (Paid { call, answer }, price.unwrap_or_default())
    }
}

/// Takes the attempts of one question: keeps the budget and writes the ledger.
pub(super) struct Sink<'a> {
    pub(super) books: &'a Books,
    pub(super) budget: &'a Budget,
    pub(super) prices: &'a Prices,
    pub(super) meter: &'a Arc<Meter>,
    pub(super) stop: &'a tokio::sync::watch::Receiver<bool>,
    pub(super) entry: Entry,
    pub(super) request: &'a Request,
    /// Attempts for which the worst price is set aside.
    pub(super) held: AtomicU64,
}

impl Sink<'_> {
    /// The most that one attempt can cost.
    fn worst(&self) -> Micros {
        worst_price(self.prices, &self.entry.model, self.request, false)
    }

    /// Gives back what is set aside for an attempt that was never made.
    pub(super) async fn release(&self) {
        if self.held.swap(0, Ordering::AcqRel) > 0 {
            self.budget.settle(self.worst(), Micros(0));
        }
        self.budget.rest().await;
    }
}

impl AttemptSink for Sink<'_> {
    fn allow<'a>(&'a self, _request: &'a RequestHash, _number: u32) -> Recorded<'a> {
        Box::pin(async move {
            let told = || SinkError(super::desk::TOLD_TO_STOP.to_owned());
            if *self.stop.borrow() {
                return Err(told());
            }
            if self.budget.is_limited() && self.held.load(Ordering::Acquire) == 0 {
                let mut stop = self.stop.clone();
                tokio::select! {
                    kept = self.budget.reserve(self.worst()) => {
                        kept.map_err(|refused| SinkError(refused.to_string()))?;
                    }
                    Ok(_) = stop.wait_for(|told| *told) => return Err(told()),
                }
                self.held.store(1, Ordering::Release);
            }
            Ok(())
        })
    }

    fn record<'a>(&'a self, attempt: Attempt, answer: Option<&'a Answer>) -> Recorded<'a> {
        self.meter.attempts.fetch_add(1, Ordering::Relaxed);
        self.meter.answered.fetch_add(u64::from(answer.is_some()), Ordering::Relaxed);
        let (paid, price) = self.entry.clone().row(attempt, answer, self.prices, || self.worst());
        Box::pin(async move {
            let kept = self.books.keep(paid).await;
            let worst = if self.held.swap(0, Ordering::AcqRel) > 0 { self.worst() } else { Micros(0) };
            self.budget.settle(worst, price);
            kept
        })
    }
}
