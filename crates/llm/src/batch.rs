//! Batches: many questions at once, answered within a day at a lower price.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Answer, AskError, AttemptSink, Client, Model, Request, RequestHash};

/// A batch that the provider has taken. Keep it (it serialises) until its results are merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Who answers.
    pub model: Model,
    /// The provider's id.
    pub id: String,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// The questions, which are also the ids that results carry.
    pub requests: Vec<RequestHash>,
}

/// Where a batch stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchProgress {
    /// Whether results can be fetched: it ended, was cancelled or expired.
    pub ended: bool,
    /// Items answered so far, as far as the provider says.
    pub done: u64,
    /// Items that failed or expired so far.
    pub failed: u64,
    /// The provider's own word for the state.
    pub state: String,
}

/// Why one item of a batch has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchFault {
    /// The provider did not come to it in time; submit it again.
    Expired,
    /// The provider failed on it; submit it again.
    Failed(String),
    /// The provider does not take it as it is.
    Rejected(String),
    /// It is in no result.
    Missing,
}

/// What came of a batch, merged by id whatever the order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchResults {
    /// Every question of the batch.
    pub items: BTreeMap<RequestHash, Result<Answer, BatchFault>>,
    /// Ids in the results that the batch does not hold; nothing of theirs is used.
    pub strangers: Vec<String>,
}

impl Client {
    /// Submits the questions; equal ones are sent once.
    pub async fn submit(&self, _requests: &[Request]) -> Result<Batch, AskError> {
        Err(AskError::NoBatch { provider: self.model().provider().to_string() })
    }

    /// Asks where a batch stands.
    pub async fn poll(&self, _batch: &Batch) -> Result<BatchProgress, AskError> {
        Err(AskError::NoBatch { provider: self.model().provider().to_string() })
    }

    /// Fetches the results of an ended batch; one attempt for each item is in `sink` before this returns.
    pub async fn results(&self, _batch: &Batch, _sink: &dyn AttemptSink) -> Result<BatchResults, AskError> {
        Err(AskError::NoBatch { provider: self.model().provider().to_string() })
    }
}
