//! Answers one question about one text: from the store where it was paid for, from a recording, from a batch or from
//! the provider.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lacuna_domain::{RunId, TextId};
use lacuna_llm::{Answer, Client, Request};

use super::batcher::Batcher;
use super::books::{Books, Entry, Meter, Sink};
use super::budget::{Budget, worst_price};
use super::dialogue::{Ask, NoReply, Reply};
use super::engine::{Source, Terms};
use super::lookups::Lookups;
use super::replay::Recorder;

/// Why work ends that was told to.
pub(super) const TOLD_TO_STOP: &str = "told to stop; run the command again to go on";

/// What all questions of one run to one member share.
#[derive(Debug)]
pub(super) struct Counter {
    pub(super) lookups: Lookups,
    pub(super) run: RunId,
    pub(super) source: Source,
    pub(super) terms: Arc<Terms>,
    pub(super) books: Books,
    pub(super) budget: Arc<Budget>,
    pub(super) meter: Arc<Meter>,
    pub(super) batcher: Option<Batcher>,
    pub(super) recorder: Option<Recorder>,
}

/// Asks about one text.
#[derive(Debug)]
pub(super) struct Desk<'c> {
    pub(super) counter: &'c Counter,
    pub(super) text: TextId,
}

impl Ask for Desk<'_> {
    async fn ask(&self, step: &str, request: &Request) -> Result<Reply, NoReply> {
        let reply = self.answer(step, request).await?;
        if let Some(recorder) = &self.counter.recorder {
            recorder
                .keep(&self.text, step, request, &reply)
                .map_err(|error| NoReply::Run(format!("cannot record an answer: {error}")))?;
        }
        Ok(reply)
    }
}

impl Desk<'_> {
    async fn answer(&self, step: &str, request: &Request) -> Result<Reply, NoReply> {
        let counter = self.counter;
        let client = match &counter.source {
            Source::Replay(replay) => {
                return replay.answer(&self.text, step, request).map_err(NoReply::Text);
            }
            Source::Live(client) => client,
        };
        if let Some(answer) = self.paid_for(request, client).await? {
            return Ok(reply(answer));
        }
        if *counter.terms.stop.borrow() {
            return Err(NoReply::Run(TOLD_TO_STOP.to_owned()));
        }
        let entry = Entry {
            run: counter.run.clone(),
            text: self.text.clone(),
            step: step.to_owned(),
            model: client.model().clone(),
            guess: request.input_tokens(),
        };
        if let Some(batcher) = &counter.batcher {
            let worst = worst_price(&counter.terms.prices, client.model(), request, true);
            if let Err(refused) = counter.budget.reserve(worst).await {
                // An open batch may have brought the answer while this waited for room in the budget.
                let paid = self.paid_for(request, client).await?;
                return paid.map(reply).ok_or_else(|| NoReply::Run(refused.to_string()));
            }
            return batcher.ask(entry, request.clone(), worst).await.map(reply);
        }
        let sink = Sink {
            books: &counter.books,
            budget: &counter.budget,
            prices: &counter.terms.prices,
            meter: &counter.meter,
            stop: &counter.terms.stop,
            entry,
            request,
            held: AtomicU64::new(0),
        };
        let answer = client.ask(request, &sink).await;
        sink.release().await;
        match answer {
            Ok(answer) => Ok(reply(answer)),
            Err(error) if error.stops_the_run() => Err(NoReply::Run(error.to_string())),
            Err(error) => Err(NoReply::Text(error.to_string())),
        }
    }

    /// The answer, where it was paid for before.
    async fn paid_for(&self, request: &Request, client: &Client) -> Result<Option<Answer>, NoReply> {
        let hash = request.hash(client.model());
        let stored = self.counter.lookups.of(hash.to_string()).await.map_err(NoReply::Run)?;
        let answer = stored.and_then(|body| answer_of(&body));
        if answer.is_some() {
            self.counter.meter.cached.fetch_add(1, Ordering::Relaxed);
        }
        Ok(answer)
    }
}

/// An answer as the store keeps it. One that cannot be read is of another version of the program; it is asked for again.
pub(super) fn answer_of(body: &str) -> Option<Answer> {
    serde_json::from_str(body).ok()
}

fn reply(answer: Answer) -> Reply {
    Reply { text: answer.json_text, stop: answer.stop }
}
