//! Where the attempts of a batch wait.

use std::sync::{Mutex, PoisonError};

use lacuna_llm::{Answer, Attempt, AttemptSink, Recorded};

/// Holds the attempts of a batch until they are written together.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Vec<(Attempt, Option<Answer>)>>);

impl Shelf {
    pub(super) fn take(&self) -> Vec<(Attempt, Option<Answer>)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AttemptSink for Shelf {
    fn record<'a>(&'a self, attempt: Attempt, answer: Option<&'a Answer>) -> Recorded<'a> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((attempt, answer.cloned()));
        Box::pin(std::future::ready(Ok(())))
    }
}
