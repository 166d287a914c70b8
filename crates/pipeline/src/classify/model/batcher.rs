//! Collects questions into batches of the provider's batch interface and hands their answers out.
//!
//! A batch is written to the store when the provider has taken it, and closed in the transaction that keeps its
//! answers. After a restart the same texts ask the same questions; those that stand in an open batch wait for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lacuna_llm::{
    Answer, Attempt, AttemptSink, Batch, BatchFault, Client, Micros, Prices, Recorded, Request, RequestHash,
};
use lacuna_store::{OpenBatch, Store};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use super::books::{Entry, Meter};
use super::budget::Budget;
use super::dialogue::NoReply;

/// A batch is submitted when no further question came for this long, or when it is full.
const QUIET: Duration = Duration::from_millis(1_500);
/// Questions in one batch.
const FULL: usize = 5_000;
/// Times that an expired or failed item is submitted.
const ROUNDS: u32 = 3;
/// Failures to ask for progress in a row before the run stops.
const PATIENCE: u32 = 5;

type Waiting = oneshot::Sender<Result<Answer, NoReply>>;

struct Item {
    entry: Entry,
    request: Request,
    worst: Micros,
    round: u32,
    waiting: Waiting,
}

/// Where questions are handed in; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Batcher(mpsc::UnboundedSender<Item>);

/// What the batcher works with.
pub(super) struct Means {
    pub(super) store: Store,
    pub(super) client: Arc<Client>,
    pub(super) prices: Prices,
    pub(super) budget: Arc<Budget>,
    pub(super) meter: Arc<Meter>,
    pub(super) every: Duration,
    pub(super) stop: watch::Receiver<bool>,
}

/// An open batch as the store keeps it: the provider's, and to which text each question belongs.
#[derive(Serialize, Deserialize)]
struct Kept {
    batch: Batch,
    run: lacuna_domain::RunId,
    steps: BTreeMap<RequestHash, (lacuna_domain::TextId, String)>,
}

impl Batcher {
    /// Starts the task; it ends when the last clone is gone or nobody waits any more.
    pub(super) fn start(means: Means) -> Self {
        let (sender, items) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut work = Work { means, open: BTreeMap::new(), pending: Vec::new(), halted: None };
            work.go(items).await;
        });
        Self(sender)
    }

    /// Hands a question in and waits for its answer.
    pub(super) async fn ask(&self, entry: Entry, request: Request, worst: Micros) -> Result<Answer, NoReply> {
        let gone = || NoReply::Run("the batch task ended; run the command again".to_owned());
        let (waiting, answer) = oneshot::channel();
        self.0.send(Item { entry, request, worst, round: 1, waiting }).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

struct Open {
    kept: Kept,
    items: BTreeMap<RequestHash, Item>,
}

struct Work {
    means: Means,
    open: BTreeMap<String, Open>,
    pending: Vec<Item>,
    halted: Option<String>,
}

impl Work {
    async fn go(&mut self, mut items: mpsc::UnboundedReceiver<Item>) {
        if let Err(why) = self.remember().await {
            self.halted = Some(why);
        }
        let mut next_poll = Instant::now();
        let mut failures = 0;
        loop {
            let closed = self.collect(&mut items, next_poll).await;
            if *self.means.stop.borrow() && self.halted.is_none() {
                self.halted = Some(
                    "told to stop; the provider goes on with the batches it has, and running the command again fetches them"
                        .to_owned(),
                );
            }
            if let Some(why) = self.halted.clone() {
                self.give_up(&why);
            } else if let Err(error) = self.submit().await {
                self.halted = Some(error);
                continue;
            }
            if closed {
                return;
            }
            if self.halted.is_none() && Instant::now() >= next_poll && !self.open.is_empty() {
                match self.poll().await {
                    Ok(()) => failures = 0,
                    Err(_) if failures + 1 < PATIENCE => failures += 1,
                    Err(why) => self.halted = Some(format!("cannot follow the batches: {why}")),
                }
                next_poll = Instant::now() + self.means.every;
            }
        }
    }

    /// Takes up the batches that an earlier process left open.
    async fn remember(&mut self) -> Result<(), String> {
        let engine = self.means.client.model().to_string();
        let open = self.means.store.open_batches(&engine).await.map_err(|error| error.to_string())?;
        for batch in open {
            let kept: Kept = serde_json::from_str(&batch.body).map_err(|error| {
                format!("the open batch {} cannot be read: {error}; run `lacuna doctor`", batch.id)
            })?;
            self.open.insert(batch.id, Open { kept, items: BTreeMap::new() });
        }
        Ok(())
    }

    /// Waits for questions until it is quiet, full or time to poll; true when no more can come.
    async fn collect(&mut self, items: &mut mpsc::UnboundedReceiver<Item>, next_poll: Instant) -> bool {
        loop {
            let idle = self.pending.is_empty();
            let until_poll = next_poll.saturating_duration_since(Instant::now());
            let wait = match (idle, self.open.is_empty()) {
                (true, true) => self.means.every.max(QUIET),
                (true, false) => until_poll.max(Duration::from_millis(10)),
                (false, _) => QUIET,
            };
            let mut stop = self.means.stop.clone();
            let told = async {
                // A sender that is gone never tells.
                if stop.wait_for(|told| *told).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                biased;
                received = timeout(wait, items.recv()) => match received {
                    Ok(Some(item)) => self.place(item),
                    Ok(None) => return true,
                    Err(_) => return false,
                },
                () = told, if self.halted.is_none() => return false,
            }
            if self.pending.len() >= FULL || self.halted.is_some() {
                return false;
            }
        }
    }

    /// Lets a question wait for the open batch that holds it, or for the next one.
    fn place(&mut self, item: Item) {
        let hash = item.request.hash(self.means.client.model());
        let holder = self.open.values_mut().find(|open| open.kept.batch.requests.contains(&hash));
        match holder {
            Some(open) => drop(open.items.insert(hash, item)),
            None => self.pending.push(item),
        }
    }

    async fn submit(&mut self) -> Result<(), String> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let items: Vec<Item> = self.pending.drain(..).collect();
        let requests: Vec<Request> = items.iter().map(|item| item.request.clone()).collect();
        let batch = match self.means.client.submit(&requests).await {
            Ok(batch) => batch,
            Err(error) => {
                self.pending = items;
                return Err(error.to_string());
            }
        };
        let model = self.means.client.model();
        let (Some(first), id) = (items.first(), batch.id.clone()) else { return Ok(()) };
        let run = first.entry.run.clone();
        let mut steps = BTreeMap::new();
        let mut waiting = BTreeMap::new();
        for item in items {
            let hash = item.request.hash(model);
            steps.insert(hash.clone(), (item.entry.text.clone(), item.entry.step.clone()));
            waiting.insert(hash, item);
        }
        let kept = Kept { batch, run, steps };
        let body = serde_json::to_string(&kept).map_err(|error| error.to_string())?;
        let open = OpenBatch {
            engine: model.to_string(),
            id: id.clone(),
            submitted_at: kept.batch.submitted_at,
            body,
        };
        let stored = self.means.store.put_batch(&open).await;
        self.open.insert(id, Open { kept, items: waiting });
        stored.map_err(|error| error.to_string())
    }

    async fn poll(&mut self) -> Result<(), String> {
        let ids: Vec<String> = self.open.keys().cloned().collect();
        for id in ids {
            let Some(open) = self.open.get(&id) else { continue };
            let progress =
                self.means.client.poll(&open.kept.batch).await.map_err(|error| error.to_string())?;
            if progress.ended
                && let Some(open) = self.open.remove(&id)
                && let Err((open, why)) = self.merge(open).await
            {
                self.open.insert(id, *open);
                return Err(why);
            }
        }
        Ok(())
    }

    /// Fetches the results, keeps them in one transaction and hands them out; a batch whose results cannot be fetched
    /// comes back whole.
    async fn merge(&mut self, open: Open) -> Result<(), (Box<Open>, String)> {
        let shelf = Shelf::default();
        let results = match self.means.client.results(&open.kept.batch, &shelf).await {
            Ok(results) => results,
            Err(error) => return Err((Box::new(open), error.to_string())),
        };
        let model = self.means.client.model().clone();
        let mut paid = Vec::new();
        let mut prices = BTreeMap::new();
        for (attempt, answer) in shelf.take() {
            let hash = attempt.request.clone();
            let Some((text, step)) = open.kept.steps.get(&hash).cloned() else { continue };
            let entry = Entry { run: open.kept.run.clone(), text, step, model: model.clone() };
            let (row, price) = entry.row(attempt, answer.as_ref(), &self.means.prices, Micros::default);
            prices.insert(hash, price);
            paid.push(row);
        }
        let engine = model.to_string();
        if let Err(error) = self.means.store.close_batch(&engine, &open.kept.batch.id, &paid).await {
            return Err((Box::new(open), error.to_string()));
        }
        let counted = |n: usize| n as u64;
        self.means.meter.attempts.fetch_add(counted(paid.len()), std::sync::atomic::Ordering::Relaxed);
        let mut items = results.items;
        for (hash, item) in open.items {
            let price = prices.get(&hash).copied().unwrap_or_default();
            self.hand_out(item, price, items.remove(&hash).unwrap_or(Err(BatchFault::Missing)));
        }
        Ok(())
    }

    fn hand_out(&mut self, mut item: Item, price: Micros, result: Result<Answer, BatchFault>) {
        let again = matches!(result, Err(BatchFault::Expired | BatchFault::Failed(_) | BatchFault::Missing));
        if again && item.round < ROUNDS {
            // The worst price stays set aside for the next round.
            self.means.budget.settle(Micros(0), price);
            item.round += 1;
            self.pending.push(item);
            return;
        }
        self.means.budget.settle(item.worst, price);
        let answer = result.map_err(|fault| {
            NoReply::Text(match fault {
                BatchFault::Expired => "the provider did not come to it in time".to_owned(),
                BatchFault::Failed(why) => format!("the provider failed on it: {why}"),
                BatchFault::Rejected(why) => format!("the provider does not take it: {why}"),
                BatchFault::Missing => "the results of its batch do not hold it".to_owned(),
            })
        });
        // A caller that went away finds the answer in the store.
        let _ = item.waiting.send(answer);
    }

    fn give_up(&mut self, why: &str) {
        let open = std::mem::take(&mut self.open);
        let waiting = open.into_values().flat_map(|open| open.items.into_values());
        for item in self.pending.drain(..).chain(waiting) {
            self.means.budget.settle(item.worst, Micros(0));
            let _ = item.waiting.send(Err(NoReply::Run(why.to_owned())));
        }
    }
}

/// Holds the attempts of a batch until they are written together.
#[derive(Default)]
struct Shelf(Mutex<Vec<(Attempt, Option<Answer>)>>);

impl Shelf {
    fn take(&self) -> Vec<(Attempt, Option<Answer>)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AttemptSink for Shelf {
    fn record<'a>(&'a self, attempt: Attempt, answer: Option<&'a Answer>) -> Recorded<'a> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((attempt, answer.cloned()));
        Box::pin(std::future::ready(Ok(())))
    }
}
