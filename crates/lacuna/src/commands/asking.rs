//! Options of the commands that ask language models.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_domain::Codebook;
use lacuna_llm::{Client, Key, Micros, Model, Prices, Settings};
use lacuna_pipeline::classify::model::{ModelEngine, Prompt, PromptSettings, Replay, Source, Terms};

use crate::context::Context;

/// What is asked of a language model.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "What language models are asked")]
pub(crate) struct Asked {
    /// Draw the order in which codes stand in the prompt from this number
    #[arg(long, value_name = "SEED")]
    permute: Option<u64>,
    /// Ask for a narrative of each dimension too; one that contradicts its labels is replaced
    #[arg(long)]
    narratives: bool,
    /// Tokens beyond which a text is coded in windows and settled in one more call
    #[arg(long, value_name = "N", default_value_t = 60_000, value_parser = clap::value_parser!(u64).range(500..))]
    window_tokens: u64,
    /// Longest answer, in tokens
    #[arg(long, value_name = "N", default_value_t = 8_000, value_parser = clap::value_parser!(u32).range(100..))]
    max_output_tokens: u32,
    /// Sampling temperature, from 0 to 2 [default: the model's own]
    #[arg(long, value_name = "T", value_parser = temperature)]
    temperature: Option<f32>,
}

impl Default for Asked {
    fn default() -> Self {
        let PromptSettings { window_tokens, max_output_tokens, .. } = PromptSettings::default();
        Self { permute: None, narratives: false, window_tokens, max_output_tokens, temperature: None }
    }
}

impl Asked {
    /// As the pipeline takes them.
    pub(crate) const fn settings(&self) -> PromptSettings {
        PromptSettings {
            permute: self.permute,
            narratives: self.narratives,
            window_tokens: self.window_tokens,
            max_output_tokens: self.max_output_tokens,
            temperature: self.temperature,
        }
    }
}

/// How language models are reached, and for how much.
#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "How language models are asked")]
pub(crate) struct Asking {
    /// Most dollars that the run may have cost in all, earlier starts included; calls that could pass it are not made
    #[arg(long, value_name = "USD", value_parser = budget)]
    budget: Option<Micros>,
    /// Print calls, tokens, price and time, and send nothing
    #[arg(long)]
    pub(crate) estimate: bool,
    /// Answers asked of each engine for each text; the label is their rounded mean or majority
    #[arg(long, value_name = "N")]
    ensemble: Option<NonZeroU32>,
    /// Use the provider's batch interface: cheaper, within a day, survives restarts
    #[arg(long)]
    batch: bool,
    /// Seconds between questions about the progress of batches
    #[arg(long, value_name = "SECONDS", default_value_t = 30, hide_short_help = true)]
    batch_poll: u64,
    /// Forget a batch that the provider has no more, by its id there; its questions are asked again
    #[arg(long, value_name = "ID", requires = "batch")]
    pub(super) forget_batch: Vec<String>,
    /// Record every answer in this folder, for --engine replay:DIR
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Price file instead of the built-in one
    #[arg(long, value_name = "FILE", env = "LACUNA_PRICES")]
    prices: Option<PathBuf>,
    /// File with the provider's key, readable by its owner only [default: the provider's variable]
    #[arg(long, value_name = "FILE", env = "LACUNA_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// Address to use instead of the provider's own, such as a gateway
    #[arg(long, value_name = "URL", env = "LACUNA_ENDPOINT")]
    endpoint: Option<String>,
    /// Most calls in flight [default: 64]
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroU32>,
    /// Most requests a minute [default: as many as the provider takes]
    #[arg(long, value_name = "N")]
    requests_per_minute: Option<NonZeroU32>,
    /// Most tokens a minute [default: as many as the provider takes]
    #[arg(long, value_name = "N")]
    tokens_per_minute: Option<u64>,
}

impl Asking {
    /// The engine of the models named, and the terms on which it is asked.
    pub(crate) fn engine(
        &self,
        names: &[String],
        asked: &Asked,
        codebook: &Arc<Codebook>,
        context: &Context,
    ) -> anyhow::Result<(ModelEngine, Terms)> {
        let mut settings = asked.settings();
        let mut samples = self.ensemble.map_or(1, NonZeroU32::get);
        let mut members = Vec::new();
        for name in names {
            if let Some(folder) = name.strip_prefix("replay:") {
                let replay = Replay::open(folder.as_ref())?;
                // The questions are those that were answered.
                (settings, samples) = (replay.about().settings(), replay.about().samples);
                members.push(Source::Replay(Arc::new(replay)));
            } else {
                members.push(Source::Live(Arc::new(self.client(name, context)?)));
            }
        }
        let prompt = Prompt::new(Arc::clone(codebook), settings);
        let engine = ModelEngine::new(prompt, members, samples)?;
        let terms = self.terms()?;
        terms.check(&engine)?;
        Ok((engine, terms))
    }

    /// Calls in flight at most.
    pub(crate) fn at_once(&self) -> u64 {
        u64::from(self.concurrency.map_or(64, NonZeroU32::get))
    }

    fn client(&self, name: &str, context: &Context) -> anyhow::Result<Client> {
        let model: Model = name.parse()?;
        let key = match &self.key_file {
            Some(path) => Some(Key::from_file(path)?),
            None => Key::from_env(model.provider(), variable)?,
        };
        let settings = Settings {
            endpoint: self.endpoint.clone(),
            concurrency: self.at_once() as usize,
            requests_per_minute: self.requests_per_minute.map(NonZeroU32::get),
            tokens_per_minute: self.tokens_per_minute,
            seed: u64::from(std::process::id()),
            ..Settings::default()
        };
        Ok(Client::new(model, key.as_ref(), settings, context.clock)?)
    }

    fn terms(&self) -> anyhow::Result<Terms> {
        let prices = match &self.prices {
            None => Prices::shipped().context("read the built-in price file")?,
            Some(path) => {
                let shown = path.display();
                let text =
                    std::fs::read_to_string(path).with_context(|| format!("read the price file {shown}"))?;
                Prices::parse(&text).with_context(|| format!("read the price file {shown}"))?
            }
        };
        let mut terms = Terms::new(prices, told_to_stop());
        terms.budget = self.budget;
        terms.texts = 2 * self.at_once() as usize;
        terms.batch = self.batch.then(|| Duration::from_secs(self.batch_poll.max(1)));
        terms.record.clone_from(&self.record);
        Ok(terms)
    }
}

/// Turns true when the process is told to stop. Calls in flight are paid for, so they are waited for; told twice, the
/// process ends at once.
pub(super) fn told_to_stop() -> tokio::sync::watch::Receiver<bool> {
    let (sender, receiver) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        super::serve::stopped().await;
        // Without a receiver nobody is left to tell.
        let _ = sender.send(true);
        super::serve::stopped().await;
        crate::exit::at_once();
    });
    receiver
}

#[expect(
    clippy::disallowed_methods,
    reason = "the binary reads the environment; keys go to their provider only"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn budget(text: &str) -> Result<Micros, String> {
    let micros: Micros = text.parse().map_err(|error: lacuna_llm::MoneyError| error.to_string())?;
    if micros.0 == 0 {
        return Err(
            "a budget of 0 allows no call; write an amount of dollars above zero, such as 5.00".to_owned()
        );
    }
    Ok(micros)
}

fn temperature(text: &str) -> Result<f32, String> {
    let number: f32 = text.parse().map_err(|_| format!("{text:?} is no number"))?;
    if (0.0..=2.0).contains(&number) {
        Ok(number)
    } else {
        Err("a temperature lies between 0 and 2".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_that_are_none_are_refused_with_words() {
        assert_eq!(budget("5.00"), Ok(Micros(5_000_000)));
        assert!(budget("0").unwrap_err().contains("allows no call"));
        assert!(budget("0.000000").unwrap_err().contains("allows no call"));
        assert!(budget("-1").unwrap_err().contains("below zero"));
        for none in ["NaN", "inf", "", "five", "1e3"] {
            assert!(budget(none).unwrap_err().contains("no amount of dollars"), "{none}");
        }
    }
}
