//! A hard limit on what a run may cost: the worst price of a call is set aside before it is sent.
//!
//! Several processes may work on one run. Each sets money aside in the store, where all see it: what the ledger holds plus
//! what all have set aside never passes the limit. A process that is not heard of any more is taken for dead, and what it
//! had set aside for calls in flight counts as spent. Whether it is heard of is told by its beats and the observer's own
//! monotonic clock, so that neither a clock that is set nor clocks that differ make a process look dead or alive.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lacuna_domain::{Clock, RunId};
use lacuna_llm::{Micros, Model, Prices, Request, Usage};
use lacuna_store::{Held, Hold, Store, Wish};
use tokio::sync::Notify;
use tokio::time::Instant;

/// How much longer than guessed a question may turn out to be, at worst.
const INPUT_DOUBT: u64 = 2;
/// A process is taken for dead when it was not heard of for this long …
const SILENT: Duration = Duration::from_secs(90);
/// … so it is heard of this often.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How often money that others have set aside is looked at again.
const LOOK: Duration = Duration::from_secs(1);

/// What may still be spent; shared by all calls of a process.
#[derive(Debug)]
pub(super) struct Budget {
    limit: Option<Micros>,
    shared: Option<Shared>,
    state: Mutex<State>,
    settled: Notify,
    /// Those who wait for money, first come, first served; only the first asks the store.
    line: tokio::sync::Mutex<()>,
    /// What all in line want together.
    wanted: AtomicU64,
}

/// Where processes see each other's money.
#[derive(Debug)]
struct Shared {
    store: Store,
    run: RunId,
    holder: String,
    clock: Clock,
    /// Whether the money is for batches.
    batch: bool,
    silent: Duration,
    /// When the last beat of each other process was seen first.
    beats: Mutex<BTreeMap<String, (Timestamp, Instant)>>,
}

#[derive(Debug, Default)]
struct State {
    /// By the run before this process, and by its own calls since.
    spent: Micros,
    /// By the run when the ledger was last read; calls of other processes are in it, and own ones that are not settled yet.
    ledger: Micros,
    /// Of that, for calls in flight of processes that died.
    lost: Micros,
    /// For calls in flight.
    reserved: u64,
    /// Set aside and not in the ledger.
    held: u64,
}

impl State {
    /// What is set aside for nothing yet.
    const fn slack(&self) -> u64 {
        self.held.saturating_sub(self.reserved)
    }

    /// What the run has spent, at least. The two are not added up, since the ledger holds own calls too.
    fn known(&self) -> Micros {
        self.spent.max(self.ledger)
    }
}

/// A call that the budget does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// It could pass the limit.
    #[error(
        "the budget of {limit} does not allow another call: {spent} is spent{} and the next call could cost {worst}; \
         raise --budget and run the command again to go on",
        of_which(*lost)
    )]
    UsedUp { limit: Micros, spent: Micros, lost: Micros, worst: Micros },
    /// The store could not say.
    #[error("cannot keep the budget: {0}")]
    Store(String),
}

impl Budget {
    /// A budget of one process, of which `spent` is gone.
    pub(super) fn new(limit: Option<Micros>, spent: Micros) -> Self {
        Self {
            limit,
            shared: None,
            state: Mutex::new(State { spent, ..State::default() }),
            settled: Notify::new(),
            line: tokio::sync::Mutex::new(()),
            wanted: AtomicU64::new(0),
        }
    }

    /// A budget that all processes at work on `run` keep together; `batch` says that its money goes into batches.
    pub(super) fn shared(
        limit: Option<Micros>,
        spent: Micros,
        store: &Store,
        run: &RunId,
        clock: Clock,
        batch: bool,
    ) -> Arc<Self> {
        Self::of_processes(limit, spent, store, run, clock, batch, SILENT)
    }

    fn of_processes(
        limit: Option<Micros>,
        spent: Micros,
        store: &Store,
        run: &RunId,
        clock: Clock,
        batch: bool,
        silent: Duration,
    ) -> Arc<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let mut budget = Self::new(limit, spent);
        if limit.is_some() {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let holder = format!("{}-{}-{number}", clock.now().as_nanosecond(), std::process::id());
            let (store, run) = (store.clone(), run.clone());
            budget.shared =
                Some(Shared { store, run, holder, clock, batch, silent, beats: Mutex::default() });
        }
        let budget = Arc::new(budget);
        if budget.shared.is_some() {
            tokio::spawn(beat(Arc::downgrade(&budget)));
        }
        budget
    }

    /// The name under which this process has set money aside, for the ledger to take prices out of it.
    pub(super) fn holder(&self) -> Option<&str> {
        Some(&self.shared.as_ref()?.holder)
    }

    /// Whether there is a limit.
    pub(super) const fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// What was spent, as far as calls have ended.
    pub(super) fn spent(&self) -> Micros {
        self.lock().known()
    }

    /// Sets `worst` aside, once the calls in flight here and elsewhere leave room for it.
    pub(super) async fn reserve(&self, worst: Micros) -> Result<(), Refused> {
        let Some(limit) = self.limit else { return Ok(()) };
        let _wanted = Wanted::new(&self.wanted, worst.0);
        let _first = self.line.lock().await;
        loop {
            let settled = self.settled.notified();
            tokio::pin!(settled);
            settled.as_mut().enable();
            if self.take(worst) {
                return Ok(());
            }
            let held = self.ask(limit, worst).await?;
            if self.take(worst) {
                return Ok(());
            }
            let (spent, lost, reserved) = {
                let state = self.lock();
                (state.known(), state.lost, state.reserved)
            };
            if reserved == 0 && held.others.is_empty() {
                return Err(Refused::UsedUp { limit, spent, lost, worst });
            }
            if self.bury(&held.others).await? {
                continue;
            }
            // Whoever settles here or elsewhere may leave room.
            let _ = tokio::time::timeout(LOOK, settled).await;
        }
    }

    /// Sets aside as much of `worst` as there is room for, without waiting, and answers how much that is.
    pub(super) async fn cover(&self, worst: Micros) -> Result<Micros, Refused> {
        let Some(limit) = self.limit else { return Ok(Micros(0)) };
        let missing = worst.0.saturating_sub(self.lock().slack());
        if missing > 0 {
            self.more(limit, 0, missing).await?;
        }
        let mut state = self.lock();
        let taken = worst.0.min(state.slack());
        state.reserved += taken;
        Ok(Micros(taken))
    }

    /// Whether what `run` costs counts here.
    pub(super) fn is_of(&self, run: &RunId) -> bool {
        self.shared.as_ref().is_none_or(|shared| shared.run == *run)
    }

    /// Takes `worst` out of what is set aside already.
    fn take(&self, worst: Micros) -> bool {
        let mut state = self.lock();
        let enough = state.reserved + worst.0 <= state.held;
        if enough {
            state.reserved += worst.0;
        }
        enough
    }

    /// Sets more aside, for all who wait if there is room, at least for one.
    async fn ask(&self, limit: Micros, worst: Micros) -> Result<Held, Refused> {
        let least = worst.0.saturating_sub(self.lock().slack());
        let most = self.wanted.load(Ordering::Relaxed).max(least);
        self.more(limit, least, most).await
    }

    /// Sets between `least` and `most` more aside, or nothing.
    async fn more(&self, limit: Micros, least: u64, most: u64) -> Result<Held, Refused> {
        let (held, spent) = {
            let state = self.lock();
            (state.held, state.spent.0)
        };
        let answer = if let Some(Shared { store, run, holder, clock, batch, .. }) = &self.shared {
            let (batch, at) = (*batch, clock.now());
            let wish = Wish { run, holder, batch, limit: limit.0, least, most, at };
            store.hold(&wish).await.map_err(|error| Refused::Store(error.to_string()))?
        } else {
            let room = limit.0.saturating_sub(spent + held);
            Held { added: if room >= least { room.min(most) } else { 0 }, spent, others: vec![] }
        };
        let mut state = self.lock();
        state.held += answer.added;
        state.ledger = Micros(answer.spent);
        Ok(answer)
    }

    /// Counts what dead processes had in flight as spent; whether there were any.
    async fn bury(&self, others: &[Hold]) -> Result<bool, Refused> {
        let Some(Shared { store, run, clock, silent, beats, .. }) = &self.shared else { return Ok(false) };
        let now = Instant::now();
        let dead: Vec<&Hold> = {
            let mut beats = beats.lock().unwrap_or_else(PoisonError::into_inner);
            beats.retain(|holder, _| others.iter().any(|other| other.holder == *holder));
            let is_dead = |other: &&Hold| {
                let beat = beats.entry(other.holder.clone()).or_insert((other.at, now));
                if beat.0 != other.at {
                    *beat = (other.at, now);
                }
                now.duration_since(beat.1) >= *silent
            };
            others.iter().filter(is_dead).collect()
        };
        for hold in &dead {
            let lost = store.count_lost(run, hold, clock.now()).await;
            let lost = lost.map_err(|error| Refused::Store(error.to_string()))?;
            self.lock().lost += Micros(lost.unwrap_or(0));
        }
        Ok(!dead.is_empty())
    }

    /// Ends a call for which `worst` was set aside and which cost `price`; to be told after the call is in the ledger, whose
    /// transaction took the price out of what is set aside in the store.
    pub(super) fn settle(&self, worst: Micros, price: Micros) {
        let mut state = self.lock();
        state.spent += price;
        if self.limit.is_some() {
            state.reserved = state.reserved.saturating_sub(worst.0);
            state.held = state.held.saturating_sub(price.0);
        }
        drop(state);
        self.settled.notify_waiters();
    }

    /// Gives back what is set aside while nothing is in flight, so that others can have it.
    pub(super) async fn rest(&self) {
        let Some(Shared { store, run, holder, .. }) = &self.shared else { return };
        let Ok(_first) = self.line.try_lock() else { return };
        {
            let mut state = self.lock();
            if state.reserved > 0 || state.held == 0 {
                return;
            }
            state.held = 0;
        }
        // What stays there counts no longer after a while.
        let _ = store.let_go(run, holder).await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says again and again that this process is there, as long as it has set money aside.
async fn beat(budget: std::sync::Weak<Budget>) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        let Some(budget) = budget.upgrade() else { return };
        if let Some(shared) = budget.shared.as_ref().filter(|_| budget.lock().held > 0) {
            // A beat that is lost is made up for by the next.
            let _ = shared.store.still_held(&shared.run, &shared.holder, shared.clock.now()).await;
        }
    }
}

fn of_which(lost: Micros) -> String {
    if lost == Micros(0) {
        return String::new();
    }
    format!(", of which {lost} for calls that were in flight when a process died and may have been charged,")
}

/// Adds to what is wanted as long as it lives.
struct Wanted<'b>(&'b AtomicU64, u64);

impl<'b> Wanted<'b> {
    fn new(all: &'b AtomicU64, own: u64) -> Self {
        all.fetch_add(own, Ordering::Relaxed);
        Self(all, own)
    }
}

impl Drop for Wanted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(self.1, Ordering::Relaxed);
    }
}

/// The most that one call can cost: twice the guessed input, all of it fresh or written to the cache, and the longest
/// answer. Zero for a model without a price.
pub(super) fn worst_price(prices: &Prices, model: &Model, request: &Request, batch: bool) -> Micros {
    let guess = request.input_tokens();
    let input = prices.tokens(model, guess).max(guess) * INPUT_DOUBT;
    let output = u64::from(request.max_output_tokens);
    let fresh = Usage { input_fresh: input, output, ..Usage::default() };
    let written = Usage { cache_write: input, output, ..Usage::default() };
    let price =
        |usage: &Usage| if batch { prices.batch_price(model, usage) } else { prices.price(model, usage) };
    let worst = [price(&fresh), price(&written)].into_iter().flatten().max();
    worst.unwrap_or_default()
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
