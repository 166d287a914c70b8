//! Collects questions into batches of the provider's batch interface and hands their answers out.
//!
//! A batch is written to the store before it is submitted, again with its id when the provider has taken it, and closed in
//! the transaction that keeps its answers. A process that dies in between leaves a batch without an id: the next one looks
//! for it among the provider's before it submits anything. After a restart the same texts ask the same questions; those that
//! stand in an open batch wait for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use lacuna_llm::{Answer, AskError, Batch, BatchFault, Client, Micros, Prices, Request, RequestHash};
use lacuna_store::{OpenBatch, Store};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use super::books::{Entry, Meter};
use super::budget::Budget;
use super::dialogue::NoReply;
use super::shelf::Shelf;

/// A batch is submitted when no further question came for this long, or when it is full.
const QUIET: Duration = Duration::from_millis(1_500);
/// Questions in one batch.
const FULL: usize = 5_000;
/// Times that an expired or failed item is submitted.
const ROUNDS: u32 = 3;
/// Failures to ask for progress in a row before the run stops.
const PATIENCE: u32 = 5;
/// Times that a batch without an id is looked for, as a list may lag behind what was taken a moment ago …
const LOOKS: u32 = 3;
/// … and the wait in between.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

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

/// An open batch as the store keeps it, under its tag: the provider's, and to which text each question belongs.
#[derive(Serialize, Deserialize)]
struct Kept {
    batch: Batch,
    /// Ids of batches that were taken for this one and are not.
    #[serde(default)]
    others: BTreeSet<String>,
    run: lacuna_domain::RunId,
    steps: BTreeMap<RequestHash, Asked>,
}

/// To which question about which text a request belongs.
#[derive(Clone, Serialize, Deserialize)]
struct Asked {
    text: lacuna_domain::TextId,
    step: String,
    /// The guess at its input tokens.
    guess: u64,
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

    /// Takes up the batches that an earlier process left open; one without an id is looked for at the provider, and forgotten
    /// where the provider never took it.
    async fn remember(&mut self) -> Result<(), String> {
        let engine = self.means.client.model().to_string();
        let open = self.means.store.open_batches(&engine).await.map_err(|error| error.to_string())?;
        let mut lost = Vec::new();
        for batch in open {
            let kept: Kept = serde_json::from_str(&batch.body).map_err(|error| {
                format!("the open batch {} cannot be read: {error}; run `lacuna doctor`", batch.id)
            })?;
            if kept.batch.id.is_empty() {
                lost.push(kept);
            } else {
                self.open.insert(batch.id, Open { kept, items: BTreeMap::new() });
            }
        }
        for mut kept in lost {
            let mut found = self.find(&kept).await?;
            for _ in 1..LOOKS {
                if found.is_none() {
                    tokio::time::sleep(LOOK_AGAIN).await;
                    found = self.find(&kept).await?;
                }
            }
            if let Some(id) = found {
                kept.batch.id = id;
                self.keep(&kept).await?;
                self.open.insert(kept.batch.tag.clone(), Open { kept, items: BTreeMap::new() });
            } else {
                self.means.store.drop_batch(&engine, &kept.batch.tag).await.map_err(|e| e.to_string())?;
            }
        }
        Ok(())
    }

    /// The provider's id of a batch without one, if the provider has it.
    async fn find(&self, kept: &Kept) -> Result<Option<String>, String> {
        let mut others = kept.others.clone();
        others.extend(self.open.values().map(|open| open.kept.batch.id.clone()));
        let found = self.means.client.find_batch(&kept.batch, &others).await;
        found.map_err(|error| format!("cannot look for a batch that may have been submitted: {error}"))
    }

    /// Writes a batch as it stands now.
    async fn keep(&self, kept: &Kept) -> Result<(), String> {
        let body = serde_json::to_string(kept).map_err(|error| error.to_string())?;
        let open = OpenBatch {
            engine: self.means.client.model().to_string(),
            id: kept.batch.tag.clone(),
            submitted_at: kept.batch.submitted_at,
            body,
        };
        self.means.store.put_batch(&open).await.map_err(|error| error.to_string())
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

    /// Submits all that waits, in as many batches as the provider's limits ask for.
    async fn submit(&mut self) -> Result<(), String> {
        while let Some(run) = self.pending.first().map(|item| item.entry.run.clone()) {
            let requests: Vec<Request> = self.pending.iter().map(|item| item.request.clone()).collect();
            let first = self.means.client.batch_slices(&requests).first().map_or(0, |slice| slice.end);
            let requests = &requests[..first];
            let plan = self.means.client.plan(requests);
            let mut kept = self.planned(plan, run, first);
            self.keep(&kept).await?;
            match self.means.client.submit(&kept.batch, requests).await {
                Ok(batch) => kept.batch = batch,
                // It stays in the store without an id: the provider may have it.
                Err(error @ AskError::Unsure { .. }) => return Err(error.to_string()),
                Err(error) => {
                    let engine = self.means.client.model().to_string();
                    // What stays in the store is looked for in vain by the next start, and then forgotten.
                    let _ = self.means.store.drop_batch(&engine, &kept.batch.tag).await;
                    return Err(error.to_string());
                }
            }
            let model = self.means.client.model();
            let items = self.pending.drain(..first).map(|item| (item.request.hash(model), item)).collect();
            let stored = self.keep(&kept).await;
            self.open.insert(kept.batch.tag.clone(), Open { kept, items });
            stored?;
        }
        Ok(())
    }

    /// A planned batch of the first `count` questions that wait, with the texts to which they belong.
    fn planned(&self, batch: Batch, run: lacuna_domain::RunId, count: usize) -> Kept {
        let model = self.means.client.model();
        let steps = self.pending.iter().take(count).map(|item| {
            let Entry { text, step, guess, .. } = item.entry.clone();
            (item.request.hash(model), Asked { text, step, guess })
        });
        Kept { batch, others: BTreeSet::new(), run, steps: steps.collect() }
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
        if !results.strangers.is_empty()
            && results.items.values().all(|item| *item == Err(BatchFault::Missing))
        {
            return self.mistaken(open).await;
        }
        let model = self.means.client.model().clone();
        let mut paid = Vec::new();
        let mut prices = BTreeMap::new();
        for (attempt, answer) in shelf.take() {
            let hash = attempt.request.clone();
            let Some(Asked { text, step, guess }) = open.kept.steps.get(&hash).cloned() else { continue };
            let entry = Entry { run: open.kept.run.clone(), text, step, model: model.clone(), guess };
            let (row, price) = entry.row(attempt, answer.as_ref(), &self.means.prices, Micros::default);
            prices.insert(hash, price);
            paid.push(row);
        }
        let (engine, holder) = (model.to_string(), self.means.budget.holder());
        if let Err(error) = self.means.store.close_batch(&engine, &open.kept.batch.tag, &paid, holder).await {
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

    /// Looks again for a batch that was taken for another one; its questions wait for the next batch where there is none.
    async fn mistaken(&mut self, mut open: Open) -> Result<(), (Box<Open>, String)> {
        open.kept.others.insert(std::mem::take(&mut open.kept.batch.id));
        match self.find(&open.kept).await {
            Err(why) => return Err((Box::new(open), why)),
            Ok(Some(id)) => {
                open.kept.batch.id = id;
                if let Err(why) = self.keep(&open.kept).await {
                    return Err((Box::new(open), why));
                }
                self.open.insert(open.kept.batch.tag.clone(), open);
            }
            Ok(None) => {
                let engine = self.means.client.model().to_string();
                if let Err(error) = self.means.store.drop_batch(&engine, &open.kept.batch.tag).await {
                    return Err((Box::new(open), error.to_string()));
                }
                self.pending.extend(open.items.into_values());
            }
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
