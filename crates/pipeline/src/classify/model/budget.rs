//! A hard limit on what a run may cost: the worst price of a call is set aside before it is sent.
//!
//! Several processes may work on one run. Each sets money aside in the store, where all see it: what the ledger holds plus
//! what all have set aside never passes the limit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lacuna_domain::{Clock, RunId};
use lacuna_llm::{Micros, Model, Prices, Request, Usage};
use lacuna_store::{Held, Store, Wish};
use tokio::sync::Notify;

/// How much longer than guessed a question may turn out to be, at worst.
const INPUT_DOUBT: u64 = 2;
/// What a process has set aside counts no longer when it was not heard of for this long …
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
}

#[derive(Debug, Default)]
struct State {
    /// By the run, as far as is known here.
    spent: Micros,
    /// For calls in flight.
    reserved: u64,
    /// Set aside in the store.
    held: u64,
    /// Of what is held, spent and in the ledger since the store was asked last.
    since: u64,
}

/// A call that the budget does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// It could pass the limit.
    #[error(
        "the budget of {limit} does not allow another call: {spent} is spent and the next call could cost {worst}; \
         raise --budget and run the command again to go on"
    )]
    UsedUp { limit: Micros, spent: Micros, worst: Micros },
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

    /// A budget that all processes at work on `run` keep together.
    pub(super) fn shared(
        limit: Option<Micros>,
        spent: Micros,
        store: &Store,
        run: &RunId,
        clock: Clock,
    ) -> Arc<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let mut budget = Self::new(limit, spent);
        if limit.is_some() {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let holder = format!("{}-{}-{number}", clock.now().as_nanosecond(), std::process::id());
            budget.shared = Some(Shared { store: store.clone(), run: run.clone(), holder, clock });
        }
        let budget = Arc::new(budget);
        if budget.shared.is_some() {
            let weak = Arc::downgrade(&budget);
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(HEARTBEAT).await;
                    let Some(budget) = weak.upgrade() else { return };
                    if let Some(shared) = budget.shared.as_ref().filter(|_| budget.lock().held > 0) {
                        // A beat that is lost is made up for by the next.
                        let _ =
                            shared.store.still_held(&shared.run, &shared.holder, shared.clock.now()).await;
                    }
                }
            });
        }
        budget
    }

    /// Whether there is a limit.
    pub(super) const fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// What was spent, as far as calls have ended.
    pub(super) fn spent(&self) -> Micros {
        self.lock().spent
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
            let (spent, reserved) = {
                let state = self.lock();
                (state.spent, state.reserved)
            };
            if reserved == 0 && held.others == 0 {
                return Err(Refused::UsedUp { limit, spent, worst });
            }
            // Whoever settles here or elsewhere may leave room.
            let _ = tokio::time::timeout(LOOK, settled).await;
        }
    }

    /// Takes `worst` out of what is set aside already.
    fn take(&self, worst: Micros) -> bool {
        let mut state = self.lock();
        let enough = state.reserved + state.since + worst.0 <= state.held;
        if enough {
            state.reserved += worst.0;
        }
        enough
    }

    /// Sets more aside, for all who wait if there is room, at least for one.
    async fn ask(&self, limit: Micros, worst: Micros) -> Result<Held, Refused> {
        let (kept, slack, counted, spent) = {
            let state = self.lock();
            let kept = state.held.saturating_sub(state.since).max(state.reserved);
            (kept, kept - state.reserved, state.since, state.spent.0)
        };
        let least = worst.0.saturating_sub(slack);
        let most = self.wanted.load(Ordering::Relaxed).max(least);
        let held = if let Some(Shared { store, run, holder, clock }) = &self.shared {
            let at = clock.now();
            let alive_since = at.checked_sub(SILENT).unwrap_or(at);
            let wish = Wish { run, holder, limit: limit.0, kept, least, most, at, alive_since };
            store.hold(&wish).await.map_err(|error| Refused::Store(error.to_string()))?
        } else {
            let room = limit.0.saturating_sub(spent);
            let granted = room >= kept + least;
            Held { own: if granted { room.min(kept + most) } else { kept }, granted, spent, others: 0 }
        };
        let mut state = self.lock();
        state.held = held.own;
        state.since -= counted;
        state.spent = state.spent.max(Micros(held.spent));
        Ok(held)
    }

    /// Ends a call for which `worst` was set aside and which cost `price`; to be told after the call is in the ledger.
    pub(super) fn settle(&self, worst: Micros, price: Micros) {
        let mut state = self.lock();
        state.spent += price;
        if self.limit.is_some() {
            state.reserved = state.reserved.saturating_sub(worst.0);
            state.since += price.0;
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
            (state.held, state.since) = (0, 0);
        }
        // What stays there counts no longer after a while.
        let _ = store.let_go(run, holder).await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    let input = request.input_tokens() * INPUT_DOUBT;
    let output = u64::from(request.max_output_tokens);
    let fresh = Usage { input_fresh: input, output, ..Usage::default() };
    let written = Usage { cache_write: input, output, ..Usage::default() };
    let price =
        |usage: &Usage| if batch { prices.batch_price(model, usage) } else { prices.price(model, usage) };
    let worst = [price(&fresh), price(&written)].into_iter().flatten().max();
    worst.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_could_pass_the_limit_is_not_started() {
        let budget = Budget::new(Some(Micros(100)), Micros(40));
        budget.reserve(Micros(50)).await.unwrap();
        budget.settle(Micros(50), Micros(5));
        assert_eq!(budget.spent(), Micros(45));
        budget.reserve(Micros(55)).await.unwrap();
        budget.settle(Micros(55), Micros(55));
        let error = budget.reserve(Micros(1)).await.unwrap_err().to_string();
        assert!(
            error.starts_with("the budget of $0.0001 does not allow another call: $0.0001 is spent"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_call_waits_for_those_in_flight() {
        let budget = Arc::new(Budget::new(Some(Micros(100)), Micros(0)));
        budget.reserve(Micros(90)).await.unwrap();
        let second = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.reserve(Micros(90)).await }
        });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        budget.settle(Micros(90), Micros(10));
        assert_eq!(second.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn processes_together_do_not_pass_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let location = lacuna_store::Location::Folder(folder.path().to_owned());
        let store = Store::open(&location, Clock::fixed()).await.unwrap();
        let run = RunId::of(b"run");
        let process = || Budget::shared(Some(Micros(100)), Micros(0), &store, &run, Clock::fixed());
        let (one, other) = (process(), process());
        one.reserve(Micros(60)).await.unwrap();
        let waiting = tokio::spawn({
            let other = Arc::clone(&other);
            async move { other.reserve(Micros(60)).await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!waiting.is_finished(), "60 of 100 are set aside elsewhere");
        one.settle(Micros(60), Micros(0));
        one.rest().await;
        assert_eq!(waiting.await.unwrap(), Ok(()));
    }
}
