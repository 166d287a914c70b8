//! Batches: many questions at once, answered within a day at a lower price.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lacuna_domain::hash::sha256_parts;
use serde::{Deserialize, Serialize};

use crate::flow::retry_after;
use crate::send::{self, Lost, Received};
use crate::wire::batch::{self as wire, Call, Item, Submission};
use crate::wire::batch_list::{keeps_tags, list_call, listed};
use crate::wire::{Dialect, Fault, fault};
use crate::{
    Answer, AskError, Attempt, AttemptOutcome, AttemptSink, Client, Model, Provider, Request, RequestHash,
    Stop, Usage,
};

/// The longest file of results, which is read whole.
const RESULT_BYTES: usize = 512 * 1024 * 1024;
/// The longest wait for one exchange about a batch.
const PATIENCE: Duration = Duration::from_mins(10);
/// How far the provider's clock and ours may be apart when a batch is looked for by its time.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(10);
/// Pages of a list of batches that are looked through.
const LIST_PAGES: usize = 20;

/// A batch, planned or taken by the provider. Keep it (it serialises) before it is submitted and until its results are merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Who answers.
    pub model: Model,
    /// The provider's id; empty as long as it is not known whether the provider has taken the batch.
    pub id: String,
    /// Our own name for it, which OpenAI and Gemini keep with it.
    pub tag: String,
    /// When it was planned.
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
    /// Why the provider did nothing of it, in its words, where it refused or failed the batch as a whole.
    pub refused: Option<String>,
}

impl Client {
    /// Cuts `requests` into runs that each fit one batch of this provider, in number and in bytes.
    pub fn batch_slices(&self, requests: &[Request]) -> Vec<Range<usize>> {
        let (items, bytes) = wire::limits(self.model.provider());
        let mut slices = Vec::new();
        let (mut start, mut size) = (0, 0);
        for (index, request) in requests.iter().enumerate() {
            let length = self.frames.body(&self.model, request, Dialect::FULL).len() + 256;
            if index > start && (index - start >= items || size + length > bytes) {
                slices.push(start..index);
                (start, size) = (index, 0);
            }
            size += length;
        }
        if start < requests.len() {
            slices.push(start..requests.len());
        }
        slices
    }

    /// The batch that [`Client::submit`] would make of the questions; equal ones are sent once. Keep it before it is
    /// submitted: a process that dies while it submits finds the batch again with [`Client::find_batch`].
    pub fn plan(&self, requests: &[Request]) -> Batch {
        let mut seen = BTreeSet::new();
        let hashes = requests.iter().map(|request| request.hash(&self.model));
        let requests: Vec<RequestHash> = hashes.filter(|hash| seen.insert(hash.clone())).collect();
        let submitted_at = self.clock.now();
        let moment = format!("{} {}", submitted_at.as_nanosecond(), std::process::id());
        let mut parts: Vec<&[u8]> = vec![moment.as_bytes()];
        parts.extend(requests.iter().map(|hash| hash.as_str().as_bytes()));
        let digest = sha256_parts(&parts);
        let tag = format!("lacuna-{}", digest.get(..32).unwrap_or_default());
        Batch { model: self.model.clone(), id: String::new(), tag, submitted_at, requests }
    }

    /// Submits the questions of a planned batch; one slice of [`Client::batch_slices`] at a time.
    /// [`AskError::Unsure`] when it is not known whether the provider has taken it.
    pub async fn submit(&self, plan: &Batch, requests: &[Request]) -> Result<Batch, AskError> {
        let mut seen = BTreeSet::new();
        let mut items = Vec::new();
        for request in requests {
            let hash = request.hash(&self.model);
            if seen.insert(hash.clone()) {
                items.push((hash, crate::wire::body(&self.model, request, Dialect::FULL)));
            }
        }
        let submission = wire::submission(&self.model, &items, &plan.tag).ok_or_else(|| self.no_batch())?;
        let call = match submission {
            Submission::Direct(call) => call,
            Submission::Upload { upload, then } => {
                let file = wire::id(&self.exchange(upload).await?.body)
                    .ok_or_else(|| self.odd("an uploaded file without an id"))?;
                then(&file)
            }
        };
        let received = self.exchange(call).await?;
        let id = wire::id(&received.body).ok_or_else(|| AskError::Unsure {
            endpoint: self.base.clone(),
            why: "it answered without the id of a batch".to_owned(),
        })?;
        Ok(Batch { id, ..plan.clone() })
    }

    /// Looks in the provider's list for a planned batch of which it is not known whether the provider has taken it; `others`
    /// are ids of batches that it is not. By its tag where the provider keeps one; else the batch of its size made next to
    /// its time, of which only results can tell whether it is the right one.
    pub async fn find_batch(
        &self,
        plan: &Batch,
        others: &BTreeSet<String>,
    ) -> Result<Option<String>, AskError> {
        let provider = self.model.provider();
        let earliest = plan.submitted_at.checked_sub(CLOCKS_APART).unwrap_or(plan.submitted_at);
        let (mut after, mut nearest) = (None, None);
        for _ in 0..LIST_PAGES {
            let call = list_call(provider, after.as_deref()).ok_or_else(|| self.no_batch())?;
            let received = self.exchange(call).await?;
            let (page, next) = listed(provider, &received.body).map_err(|why| self.odd(&why))?;
            let old = page.iter().any(|batch| batch.created_at.is_some_and(|at| at < earliest));
            for batch in page.into_iter().filter(|batch| !others.contains(&batch.id)) {
                if keeps_tags(provider) {
                    if batch.tag.as_deref() == Some(plan.tag.as_str()) {
                        return Ok(Some(batch.id));
                    }
                } else if batch.items == Some(plan.requests.len() as u64)
                    && let Some(at) = batch.created_at.filter(|at| *at >= earliest)
                {
                    let apart = at.duration_since(plan.submitted_at).abs();
                    if nearest.as_ref().is_none_or(|(least, _)| apart < *least) {
                        nearest = Some((apart, batch.id));
                    }
                }
            }
            after = next;
            if old || after.is_none() {
                break;
            }
        }
        Ok(nearest.map(|(_, id)| id))
    }

    /// Asks where a batch stands.
    pub async fn poll(&self, batch: &Batch) -> Result<BatchProgress, AskError> {
        Ok(self.status(batch).await?.progress)
    }

    async fn status(&self, batch: &Batch) -> Result<wire::Status, AskError> {
        let call = wire::status_call(self.model.provider(), &batch.id).ok_or_else(|| self.no_batch())?;
        let received = self.exchange(call).await?;
        wire::status(self.model.provider(), &received.body).map_err(|why| self.odd(&why))
    }

    /// Fetches the results of an ended batch; one attempt for each item that was answered or failed is in `sink` before this
    /// returns. Fetching twice records twice: keep the batch's state beside the ledger.
    pub async fn results(&self, batch: &Batch, sink: &dyn AttemptSink) -> Result<BatchResults, AskError> {
        let status = self.status(batch).await?;
        let refused = status.refused;
        let mut found: Vec<Item> = status.inline;
        for path in status.files {
            let received = self.exchange(Call::get(path)).await?;
            found.extend(wire::items(self.model.provider(), &received.body).map_err(|why| self.odd(&why))?);
        }
        if let Provider::Gemini = self.model.provider() {
            wire::name_by_order(&mut found, &batch.requests);
        }
        let refused = refused.filter(|_| found.is_empty());
        let mut results = BatchResults { refused, ..BatchResults::default() };
        let expected: BTreeSet<&RequestHash> = batch.requests.iter().collect();
        for item in found {
            let hash = item.id.parse::<RequestHash>().ok().filter(|hash| expected.contains(hash));
            let Some(hash) = hash.filter(|hash| !results.items.contains_key(hash)) else {
                results.strangers.push(item.id);
                continue;
            };
            let result = self.merge(item);
            self.record(&hash, batch, &result, sink).await?;
            results.items.insert(hash, result);
        }
        for hash in &batch.requests {
            results.items.entry(hash.clone()).or_insert(Err(BatchFault::Missing));
        }
        Ok(results)
    }

    fn merge(&self, item: Item) -> Result<Answer, BatchFault> {
        let body = item.result?;
        let reading = crate::wire::read(self.model.provider(), body.to_string().as_bytes(), Dialect::FULL)
            .map_err(BatchFault::Failed)?;
        Ok(Answer {
            json_text: reading.text,
            usage: reading.usage,
            stop: reading.stop,
            provider_id: reading.id,
            latency: Duration::ZERO,
        })
    }

    async fn record(
        &self,
        hash: &RequestHash,
        batch: &Batch,
        result: &Result<Answer, BatchFault>,
        sink: &dyn AttemptSink,
    ) -> Result<(), AskError> {
        let outcome = match result {
            Ok(answer) if answer.stop == Stop::Refusal => AttemptOutcome::Refused,
            Ok(_) => AttemptOutcome::Answered,
            Err(BatchFault::Expired | BatchFault::Missing) => AttemptOutcome::Expired,
            Err(BatchFault::Failed(_)) => AttemptOutcome::ServerFault,
            Err(BatchFault::Rejected(_)) => AttemptOutcome::Rejected,
        };
        let answer = result.as_ref().ok();
        let attempt = Attempt {
            request: hash.clone(),
            number: 1,
            status: None,
            usage: answer.map_or_else(Usage::default, |answer| answer.usage),
            latency: Duration::ZERO,
            at: batch.submitted_at,
            outcome,
            provider_id: answer.map(|answer| answer.provider_id.clone()),
            batch: true,
        };
        sink.record(attempt, answer).await.map_err(AskError::Ledger)
    }

    /// One exchange about a batch, again after 429, 5xx and broken connections. A submission that ended in 5xx or whose
    /// connection broke is not sent again, as the provider may have taken it.
    async fn exchange(&self, call: Call) -> Result<Received, AskError> {
        let mut made = 0;
        let unsure = |why: String| AskError::Unsure { endpoint: self.base.clone(), why };
        loop {
            made += 1;
            let mut asked = None;
            let mut sending = self
                .http
                .request(call.method.clone(), format!("{}{}", self.base, call.path))
                .headers(self.headers.clone());
            if let Some((content_type, body)) = &call.body {
                sending = sending.header(reqwest::header::CONTENT_TYPE, *content_type).body(body.clone());
            }
            let sent = send::send(sending, RESULT_BYTES, PATIENCE).await;
            if sent.is_ok() {
                self.meet();
            }
            let last = match sent {
                Ok(received) if received.status == 200 => return Ok(received),
                Ok(received) => {
                    let status = format!("status {}", received.status);
                    asked = retry_after(&received.headers, self.clock.now());
                    match fault(received.status, &received.body) {
                        Fault::Server if !call.repeatable() => return Err(unsure(status)),
                        Fault::Throttled | Fault::Server => status,
                        _ => return Err(self.batch_fault(&received)),
                    }
                }
                Err(Lost::NoConnection(why)) => why,
                Err(Lost::Cut(why)) if call.repeatable() => why,
                Err(Lost::TimedOut) if call.repeatable() => "nothing came in time".to_owned(),
                Err(Lost::TooLarge { .. }) => return Err(AskError::TooLarge { limit: RESULT_BYTES }),
                Err(Lost::Cut(why)) => return Err(unsure(format!("the connection broke: {why}"))),
                Err(Lost::TimedOut) => return Err(unsure("no answer came in time".to_owned())),
            };
            self.pause_batch(made, last, asked).await?;
        }
    }

    fn batch_fault(&self, received: &Received) -> AskError {
        let (provider, model) = (self.model.provider().to_string(), self.model.to_string());
        let status = received.status;
        match fault(status, &received.body) {
            Fault::KeyRejected(detail) => AskError::KeyRejected { provider, status, detail },
            Fault::NoCredit(detail) => AskError::NoCredit { provider, detail },
            Fault::UnknownModel(detail) => AskError::UnknownModel { model, detail },
            Fault::ContextTooLong(detail) => AskError::ContextTooLong { model, detail },
            Fault::NotJson(excerpt) => AskError::NotJson { endpoint: self.base.clone(), excerpt },
            Fault::BadRequest(detail) => AskError::BadRequest { status, detail },
            Fault::Throttled | Fault::Server => {
                AskError::Exhausted { attempts: 1, last: format!("status {status}") }
            }
        }
    }

    fn no_batch(&self) -> AskError {
        AskError::NoBatch { provider: self.model.provider().to_string() }
    }

    fn odd(&self, what: &str) -> AskError {
        AskError::NotJson { endpoint: self.base.clone(), excerpt: what.to_owned() }
    }
}
