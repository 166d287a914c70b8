//! One HTTP request each: what the ledger records.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{RequestHash, Usage};

/// One HTTP request to a provider and what became of it; or one item of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The question.
    pub request: RequestHash,
    /// 1 for the first attempt at this question by this call of [`crate::Client::ask`].
    pub number: u32,
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// Tokens that the provider says it counted; zero where it said nothing.
    pub usage: Usage,
    /// From sending to the last byte or the failure.
    pub latency: Duration,
    /// When it was sent.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: AttemptOutcome,
    /// The provider's id of the answer or request, where one came.
    pub provider_id: Option<String>,
    /// Whether it went through the provider's batch interface, at its price.
    pub batch: bool,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// An answer came, complete or cut at its length.
    Answered,
    /// The model declined.
    Refused,
    /// The provider asked for fewer requests (429 and its kin).
    Throttled,
    /// The provider failed (5xx).
    ServerFault,
    /// Nothing came in time.
    TimedOut,
    /// The connection broke after the request was sent.
    Cut,
    /// No connection was made, so nothing was sent.
    NoConnection,
    /// More came than an answer may hold.
    TooLarge,
    /// Something came that is no answer: HTML, broken JSON, another request's answer.
    Malformed,
    /// The provider does not take the request (4xx): key, model, length, parameters.
    Rejected,
    /// A batch item that the provider did not come to.
    Expired,
}

impl AttemptOutcome {
    /// Whether the provider may have answered, and so been paid, without our having heard what it counted.
    pub const fn may_be_paid_unseen(self) -> bool {
        matches!(self, Self::TimedOut | Self::Cut | Self::TooLarge)
    }

    /// The word in exports and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::ServerFault => "server_fault",
            Self::TimedOut => "timed_out",
            Self::Cut => "cut",
            Self::NoConnection => "no_connection",
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
        }
    }
}

/// Why a sink could not take an attempt, or does not let one start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SinkError(pub String);

/// The future of a sink's answer.
pub type Recorded<'a> = Pin<Box<dyn Future<Output = Result<(), SinkError>> + Send + 'a>>;

/// Takes attempts as they end: the ledger. [`crate::Client::ask`] waits for `record` before it returns the answer or tries
/// again, so that no answer is used whose cost is not written down.
pub trait AttemptSink: Send + Sync {
    /// Asked before each HTTP request; an error keeps it from being sent, and `ask` returns
    /// [`crate::AskError::Stopped`] with its words. A hard budget is kept here, also against retries; it may wait for
    /// calls in flight.
    fn allow<'a>(&'a self, _request: &'a RequestHash, _number: u32) -> Recorded<'a> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Takes one attempt, with the answer that it brought, so that both can be committed at once.
    fn record<'a>(&'a self, attempt: Attempt, answer: Option<&'a crate::Answer>) -> Recorded<'a>;
}

/// Keeps attempts in memory, for tests and for callers without a store.
#[derive(Debug, Default)]
pub struct NoLedger(Mutex<Vec<Attempt>>);

impl NoLedger {
    /// What was recorded so far, in the order in which it ended.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AttemptSink for NoLedger {
    fn record<'a>(&'a self, attempt: Attempt, _answer: Option<&'a crate::Answer>) -> Recorded<'a> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(attempt);
        Box::pin(std::future::ready(Ok(())))
    }
}
