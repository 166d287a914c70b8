//! What a run would cost, before anything is sent.

use std::collections::BTreeMap;
use std::fmt;

use lacuna_domain::{RunId, Text};
use lacuna_llm::{Micros, Model, Provider, Request, Usage, tokens};
use lacuna_store::{Measured, Store};
use serde::Serialize;

use super::dialogue::written;
use super::engine::{ModelEngine, Source, Terms};
use crate::classify::ClassifyError;
use crate::classify::coders::unfit;
use crate::classify::offline::OfflineEngine;
use crate::segment::segment;

/// Answered calls of a model from which on its ledger says more than the price file.
const ENOUGH_CALLS: u64 = 20;
/// Output tokens of one answer where the built-in engine cannot give a guess.
const PLAIN_ANSWER: u64 = 600;
/// Seconds that one call takes, as a guess for the time.
const SECONDS_PER_CALL: f64 = 20.0;

/// What a run would take.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Texts still to do.
    pub texts: u64,
    /// Questions that are answered in the store already and cost nothing.
    pub paid: u64,
    /// Questions to be sent.
    pub calls: u64,
    /// Input tokens at the full price.
    pub input_fresh: u64,
    /// Input tokens read from the prompt cache.
    pub input_cached: u64,
    /// Input tokens written to the prompt cache.
    pub cache_write: u64,
    /// Output tokens.
    pub output: u64,
    /// Price in millionths of a dollar; `None` where the price file does not know a model.
    pub micros: Option<u64>,
    /// Whether the price is that of the batch interface.
    pub batch: bool,
    /// The day of the price file.
    pub prices_of: String,
    /// Earlier calls by which tokens are guessed; 0 where they are guessed by the characters per token of the price file.
    pub measured_calls: u64,
    /// Seconds it may take with so many calls at once; unknown for batches.
    pub seconds: Option<u64>,
    /// Models that the price file does not know.
    pub unpriced: Vec<String>,
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} texts to do, {} calls ({} answers are in the store already)",
            self.texts, self.calls, self.paid
        )?;
        let Self { input_fresh, input_cached, cache_write, output, .. } = self;
        writeln!(
            f,
            "tokens: {input_fresh} fresh, {input_cached} cached, {cache_write} written to the cache, {output} output"
        )?;
        match self.measured_calls {
            0 => writeln!(f, "guessed by the characters per token of the price file")?,
            calls => writeln!(f, "guessed by what {calls} earlier calls counted")?,
        }
        let batch = if self.batch { ", batch price" } else { "" };
        match self.micros {
            Some(micros) => {
                write!(f, "price: about {} (prices of {}{batch})", Micros(micros), self.prices_of)?;
            }
            None => write!(
                f,
                "price: unknown; the price file of {} does not know {}",
                self.prices_of,
                self.unpriced.join(", ")
            )?,
        }
        match self.seconds {
            Some(seconds) => write!(f, "\ntime: about {} min", seconds.div_ceil(60)),
            None => write!(f, "\ntime: within a day, as the provider's batch interface has it"),
        }
    }
}

/// What it would take to code the pending texts of the engine's run. Nothing is sent.
///
/// Input is guessed on the very questions that would be sent, and scaled: where the ledger holds twenty answered calls of
/// the model or more, by what those counted against the guesses made of them, else by the characters per token of the price
/// file. The length of answers is the mean of those calls, else that of the built-in engine's findings written in the form
/// of an answer. Prompt caches are taken to hold the codebook after the first answers; repairs are not foreseen.
pub async fn estimate(
    store: &Store,
    engine: &ModelEngine,
    terms: &Terms,
    calls_at_once: u64,
) -> Result<Estimate, ClassifyError> {
    let run: RunId = engine.config().id();
    let pending = store.pending_texts(&run).await?;
    let offline = OfflineEngine::new(engine.prompt().codebook()).ok();
    let mut measured = BTreeMap::new();
    for source in &engine.members {
        let name = source.name();
        let found = store.measured(&name).await?;
        measured.extend((found.calls >= ENOUGH_CALLS).then_some((name, found)));
    }
    let mut sums = Sums {
        engine,
        terms,
        measured,
        offline,
        out: Estimate::default(),
        micros: Some(0),
        warm: 0,
        at_once: calls_at_once,
    };
    for id in pending {
        if let Some(text) = store.text(&id).await?
            && unfit(&text).is_none()
        {
            sums.text(store, &text).await?;
        }
    }
    Ok(sums.done())
}

struct Sums<'e> {
    engine: &'e ModelEngine,
    terms: &'e Terms,
    /// By the names of models.
    measured: BTreeMap<String, Measured>,
    offline: Option<OfflineEngine>,
    out: Estimate,
    micros: Option<u64>,
    /// Calls so far; the first ones find no cache.
    warm: u64,
    at_once: u64,
}

impl Sums<'_> {
    async fn text(&mut self, store: &Store, text: &Text) -> Result<(), ClassifyError> {
        self.out.texts += 1;
        let passages = segment(&text.content);
        let prompt = self.engine.prompt();
        let sheet = prompt.lay_out(&text.content, &passages);
        let answer = self.offline.as_ref().map_or(PLAIN_ANSWER, |offline| {
            let drafts = offline.code(&text.content, &passages, text.language.as_deref());
            tokens::estimate(&written(&drafts, prompt.codebook()))
        });
        let windows = sheet.windows.len() as u64;
        for source in &self.engine.members {
            let Source::Live(client) = source else { continue };
            for number in 0..self.engine.samples {
                let seed = (self.engine.samples > 1).then_some(u64::from(number));
                for window in 0..sheet.windows.len() {
                    let request = prompt.first(&sheet, window, self.engine.samples, seed);
                    let hash = request.hash(client.model());
                    if store.answer(hash.as_str()).await?.is_some() {
                        self.out.paid += 1;
                        continue;
                    }
                    // The findings of a long text are spread over its windows.
                    self.call(client.model(), &request, answer.div_ceil(windows));
                }
                if windows > 1 {
                    // The settling question lists about what the windows found and comes to about as much.
                    let request = prompt.adjudicate(&sheet, &" word".repeat(answer as usize), seed);
                    self.call(client.model(), &request, answer);
                }
            }
        }
        Ok(())
    }

    fn call(&mut self, model: &Model, request: &Request, output: u64) {
        self.out.calls += 1;
        let prices = &self.terms.prices;
        let (input, kept, output) = match self.measured.get(&model.to_string()) {
            Some(Measured { calls, guess, input, output }) => {
                let scaled = |own: u64| (own as f64 * *input as f64 / *guess as f64).round() as u64;
                (scaled(request.input_tokens()), scaled(request.shared_tokens()), output / calls)
            }
            None => (
                prices.tokens(model, request.input_tokens()),
                prices.tokens(model, request.shared_tokens()),
                prices.tokens(model, output),
            ),
        };
        let kept = kept.min(input);
        let cold = self.warm < self.at_once;
        self.warm += 1;
        let usage = match (model.provider(), cold) {
            (Provider::Anthropic, true) => {
                Usage { input_fresh: input - kept, cache_write: kept, output, ..Usage::default() }
            }
            (Provider::Compat, _) | (_, true) => Usage { input_fresh: input, output, ..Usage::default() },
            (_, false) => Usage { input_fresh: input - kept, input_cached: kept, output, ..Usage::default() },
        };
        self.out.input_fresh += usage.input_fresh;
        self.out.input_cached += usage.input_cached;
        self.out.cache_write += usage.cache_write;
        self.out.output += usage.output;
        let price = if self.terms.batch.is_some() {
            prices.batch_price(model, &usage)
        } else {
            prices.price(model, &usage)
        };
        if price.is_none() && !self.out.unpriced.contains(&model.to_string()) {
            self.out.unpriced.push(model.to_string());
        }
        self.micros = self.micros.zip(price).map(|(sum, price)| sum + price.0);
    }

    fn done(self) -> Estimate {
        let seconds = (self.out.calls as f64 * SECONDS_PER_CALL / self.at_once.max(1) as f64).ceil() as u64;
        let batch = self.terms.batch.is_some();
        let measured_calls = self.measured.values().map(|measured| measured.calls).sum();
        Estimate {
            measured_calls,
            micros: self.micros,
            batch,
            prices_of: self.terms.prices.date().to_owned(),
            seconds: (!batch).then_some(seconds),
            ..self.out
        }
    }
}
