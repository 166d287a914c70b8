//! Collects questions into batches of the provider's batch interface and hands their answers out.
//!
//! A batch is written to the store before it is submitted, again with its id when the provider has taken it, and closed in
//! the transaction that keeps its answers. A process that dies in between leaves a batch without an id: the next one looks
//! for it among the provider's before it submits anything. After a restart the same texts ask the same questions; those that
//! stand in an open batch wait for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use lacuna_llm::{Answer, AskError, BatchFault, Client, Micros, Prices, Request};
use lacuna_store::Store;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use super::books::{Entry, Meter};
use super::budget::Budget;
use super::desk::answer_of;
use super::dialogue::NoReply;
use super::shelf::Shelf;

mod kept;
mod open;
#[cfg(test)]
mod tests;

use kept::Asked;
pub use kept::forget_batch;
use open::Open;

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

impl Batcher {
    /// Takes up what an earlier process left open, with money set aside for it before anything else can take it, and starts
    /// the task; it ends when the last clone is gone or nobody waits any more.
    pub(super) async fn start(means: Means) -> Self {
        let (sender, items) = mpsc::unbounded_channel();
        let mut work = Work { means, open: BTreeMap::new(), pending: Vec::new(), halted: None };
        if let Err(why) = work.remember().await {
            work.halted = Some(why);
        }
        tokio::spawn(async move { work.go(items).await });
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

struct Work {
    means: Means,
    open: BTreeMap<String, Open>,
    pending: Vec<Item>,
    halted: Option<String>,
}

impl Work {
    async fn go(&mut self, mut items: mpsc::UnboundedReceiver<Item>) {
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
            Some(open) => open.claim(hash, item, &self.means.budget),
            None => self.pending.push(item),
        }
    }

    /// Answers what was paid for in the meantime: a batch may end, and be closed, between the moment when a question was
    /// looked up in the store and the moment when it comes here. Batches are closed by this task, so that nothing can be
    /// answered between this look and a submission.
    async fn spare(&mut self) -> Result<(), String> {
        let model = self.means.client.model();
        let hashes: Vec<String> =
            self.pending.iter().map(|item| item.request.hash(model).to_string()).collect();
        let answers = self.means.store.answers(&hashes).await.map_err(|error| error.to_string())?;
        for (item, hash) in std::mem::take(&mut self.pending).into_iter().zip(hashes) {
            match answers.get(&hash).and_then(|body| answer_of(body)) {
                None => self.pending.push(item),
                Some(answer) => {
                    self.means.meter.cached.fetch_add(1, Ordering::Relaxed);
                    self.means.budget.settle(item.worst, Micros(0));
                    // A caller that went away finds the answer in the store.
                    let _ = item.waiting.send(Ok(answer));
                }
            }
        }
        Ok(())
    }

    /// Submits all that waits, in as many batches as the provider's limits ask for.
    async fn submit(&mut self) -> Result<(), String> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.adopt().await?;
        self.cover().await?;
        self.spare().await?;
        let mut unsure = 0;
        while let Some(run) = self.pending.first().map(|item| item.entry.run.clone()) {
            let requests: Vec<Request> = self.pending.iter().map(|item| item.request.clone()).collect();
            let first = self.means.client.batch_slices(&requests).first().map_or(0, |slice| slice.end);
            let requests = &requests[..first];
            let plan = self.means.client.plan(requests);
            let mut kept = self.planned(plan, run, first);
            self.keep(&kept).await?;
            match self.means.client.submit(&kept.batch, requests).await {
                Ok(batch) => kept.batch = batch,
                Err(error @ AskError::Unsure { .. }) => {
                    unsure += 1;
                    match self.seek(&kept).await {
                        Ok(Some(id)) => kept.batch.id = id,
                        Ok(None) if unsure < ROUNDS => {
                            self.forget(&kept).await?;
                            continue;
                        }
                        // It stays in the store without an id, and the next start looks for it.
                        Ok(None) | Err(_) => return Err(error.to_string()),
                    }
                }
                Err(error) => {
                    // What stays in the store is looked for in vain by the next start, and then forgotten.
                    let _ = self.forget(&kept).await;
                    return Err(error.to_string());
                }
            }
            let model = self.means.client.model();
            let items = self.pending.drain(..first).map(|item| (item.request.hash(model), item)).collect();
            let stored = self.keep(&kept).await;
            self.open.insert(kept.batch.tag.clone(), Open::waited_for(kept, items));
            stored?;
        }
        Ok(())
    }

    /// Asks how the open batches stand and merges those that have ended. One that cannot be asked about does not keep the others
    /// waiting; an error where that is so of all of them.
    async fn poll(&mut self) -> Result<(), String> {
        let tags: Vec<String> = self.open.keys().cloned().collect();
        let (mut failed, mut followed) = (None, false);
        for tag in tags {
            let Some(open) = self.open.get(&tag) else { continue };
            let id = open.kept.batch.id.clone();
            match self.follow(tag).await {
                Ok(()) => followed = true,
                Err(why) => drop(failed.get_or_insert(format!(
                    "batch {id}: {why}; if the provider has it no more, run the command again with --forget-batch {id}"
                ))),
            }
        }
        failed.filter(|_| !followed).map_or(Ok(()), Err)
    }

    /// Asks how one batch stands and merges it if it has ended.
    async fn follow(&mut self, tag: String) -> Result<(), String> {
        let Some(open) = self.open.get(&tag) else { return Ok(()) };
        let progress = self.means.client.poll(&open.kept.batch).await.map_err(|error| error.to_string())?;
        if progress.ended
            && let Some(open) = self.open.remove(&tag)
            && let Err((open, why)) = self.merge(open).await
        {
            self.open.insert(tag, *open);
            return Err(why);
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
        if let Some(why) = results.refused {
            return self.refused(open, &why).await;
        }
        let model = self.means.client.model().clone();
        let mut paid = Vec::new();
        let mut prices = BTreeMap::new();
        for (attempt, answer) in shelf.take() {
            let hash = attempt.request.clone();
            let Some(Asked { text, step, guess, .. }) = open.kept.steps.get(&hash).cloned() else { continue };
            let entry = Entry { run: open.kept.run.clone(), text, step, model: model.clone(), guess };
            let (row, price) = entry.row(attempt, answer.as_ref(), &self.means.prices, Micros::default);
            prices.insert(hash, price);
            paid.push(row);
        }
        let (engine, holder) = (model.to_string(), self.means.budget.holder());
        match self.means.store.close_batch(&engine, &open.kept.batch.tag, &paid, holder).await {
            Err(error) => return Err((Box::new(open), error.to_string())),
            // Another process has, and has counted what it cost.
            Ok(false) => prices.clear(),
            Ok(true) => drop(self.means.meter.attempts.fetch_add(paid.len() as u64, Ordering::Relaxed)),
        }
        open.settle(&prices, &self.means.budget);
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
        for open in open.values() {
            open.settle(&BTreeMap::new(), &self.means.budget);
        }
        let waiting = open.into_values().flat_map(|open| open.items.into_values());
        for item in self.pending.drain(..).chain(waiting) {
            self.means.budget.settle(item.worst, Micros(0));
            let _ = item.waiting.send(Err(NoReply::Run(why.to_owned())));
        }
    }
}
