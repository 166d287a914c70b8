//! A hard limit on what a run may cost: the worst price of a call is set aside before it is sent.

use std::sync::{Mutex, PoisonError};

use lacuna_llm::{Micros, Model, Prices, Request, Usage};
use tokio::sync::Notify;

/// How much longer than guessed a question may turn out to be, at worst.
const INPUT_DOUBT: u64 = 2;

/// What may still be spent; shared by all calls of a process.
#[derive(Debug)]
pub(super) struct Budget {
    limit: Option<Micros>,
    state: Mutex<State>,
    settled: Notify,
}

#[derive(Debug, Default)]
struct State {
    spent: Micros,
    reserved: u64,
}

/// A call that the budget does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the budget of {limit} does not allow another call: {spent} is spent and the next call could cost {worst}; raise \
     --budget and run the command again to go on"
)]
pub(super) struct UsedUp {
    limit: Micros,
    spent: Micros,
    worst: Micros,
}

impl Budget {
    /// A budget of which `spent` is gone.
    pub(super) fn new(limit: Option<Micros>, spent: Micros) -> Self {
        Self { limit, state: Mutex::new(State { spent, reserved: 0 }), settled: Notify::new() }
    }

    /// What was spent, as far as calls have ended.
    pub(super) fn spent(&self) -> Micros {
        self.lock().spent
    }

    /// Sets `worst` aside, once the calls in flight leave room for it.
    pub(super) async fn reserve(&self, worst: Micros) -> Result<(), UsedUp> {
        loop {
            let settled = self.settled.notified();
            match self.try_reserve(worst) {
                Ok(()) => return Ok(()),
                Err(used_up) if self.lock().reserved == 0 => return Err(used_up),
                Err(_) => settled.await,
            }
        }
    }

    /// Sets `worst` aside if there is room for it now.
    pub(super) fn try_reserve(&self, worst: Micros) -> Result<(), UsedUp> {
        let mut state = self.lock();
        if let Some(limit) = self.limit
            && state.spent.0 + state.reserved + worst.0 > limit.0
        {
            return Err(UsedUp { limit, spent: state.spent, worst });
        }
        state.reserved += worst.0;
        Ok(())
    }

    /// Ends a call for which `worst` was set aside and which cost `price`.
    pub(super) fn settle(&self, worst: Micros, price: Micros) {
        let mut state = self.lock();
        state.reserved = state.reserved.saturating_sub(worst.0);
        state.spent += price;
        drop(state);
        self.settled.notify_waiters();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert!(budget.try_reserve(Micros(11)).is_err());
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
        let budget = std::sync::Arc::new(Budget::new(Some(Micros(100)), Micros(0)));
        budget.reserve(Micros(90)).await.unwrap();
        let second = tokio::spawn({
            let budget = budget.clone();
            async move { budget.reserve(Micros(90)).await }
        });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        budget.settle(Micros(90), Micros(10));
        assert_eq!(second.await.unwrap(), Ok(()));
    }
}
