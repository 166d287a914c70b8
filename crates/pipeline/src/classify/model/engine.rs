//! A language model, or several, as an engine: what decides the answers, and on which terms they are asked for.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::{Codebook, RunConfig};
use lacuna_llm::{Client, Micros, Model, Prices};

use super::grounds::Ceilings;
use super::prompt::Prompt;
use super::replay::Replay;
use crate::classify::offline::CodeCues;

/// Names the rules of the dialogue and of what is made of answers in the run's configuration; raised whenever the same
/// answers can come to other labels.
pub const RULES: &str = "model-1";

/// Where answers come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A provider.
    Live(Arc<Client>),
    /// A folder of recorded answers.
    Replay(Arc<Replay>),
}

/// Language models behind one run: what decides the labels besides the text.
#[derive(Clone, Debug)]
pub struct ModelEngine {
    pub(super) prompt: Prompt,
    pub(super) members: Vec<Source>,
    pub(super) samples: u32,
    pub(super) cues: Arc<CodeCues>,
    pub(super) ceilings: Ceilings,
}

/// On which terms answers are asked for; changes no label.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Prices of calls.
    pub prices: Prices,
    /// What the run may have cost in all, earlier starts included.
    pub budget: Option<Micros>,
    /// Texts worked on at once.
    pub texts: usize,
    /// Uses the provider's batch interface, asking for progress this often.
    pub batch: Option<Duration>,
    /// Folder in which to record every answer.
    pub record: Option<PathBuf>,
    /// Turns true when the work should stop.
    pub stop: tokio::sync::watch::Receiver<bool>,
}

/// Why there is no such engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEngine {
    /// Nobody to ask.
    #[error("an ensemble needs at least one engine; name one with --engine")]
    Empty,
    /// An odd number of answers.
    #[error("{0} answers of each engine cannot be asked for; --ensemble takes 1 to 25")]
    Samples(u32),
    /// A budget needs prices.
    #[error(
        "the price file of {date} does not know {model}, so a budget cannot be kept; add the model to a price file and \
         name it with --prices, or leave --budget out"
    )]
    Unpriced {
        /// The model.
        model: String,
        /// The day of the price file.
        date: String,
    },
}

impl Source {
    /// Who answers, or answered.
    pub fn model(&self) -> &Model {
        match self {
            Self::Live(client) => client.model(),
            Self::Replay(replay) => replay.model(),
        }
    }

    /// The name in the run's configuration: that of the model, also for its recorded answers, because the same answers
    /// come to the same labels.
    pub fn name(&self) -> String {
        match self {
            Self::Live(client) => client.model().to_string(),
            Self::Replay(replay) => replay.engine().to_owned(),
        }
    }
}

impl ModelEngine {
    /// An engine of `members`, each asked for `samples` answers.
    pub fn new(prompt: Prompt, members: Vec<Source>, samples: u32) -> Result<Self, NoEngine> {
        if members.is_empty() {
            return Err(NoEngine::Empty);
        }
        if !(1..=25).contains(&samples) {
            return Err(NoEngine::Samples(samples));
        }
        let cues = Arc::new(CodeCues::of(prompt.codebook()));
        let ceilings = Ceilings::of(prompt.codebook());
        Ok(Self { prompt, members, samples, cues, ceilings })
    }

    /// The prompt.
    pub const fn prompt(&self) -> &Prompt {
        &self.prompt
    }

    /// Who is asked.
    pub fn members(&self) -> &[Source] {
        &self.members
    }

    /// The name of the engine: that of its only member, or `ensemble:` and all of them.
    pub fn name(&self) -> String {
        let names: Vec<String> = self.members.iter().map(Source::name).collect();
        match names.as_slice() {
            [one] if self.samples == 1 => one.clone(),
            _ => format!("ensemble:{}x{}", names.join("+"), self.samples),
        }
    }

    /// All that decides the labels besides the text.
    pub fn config(&self) -> RunConfig {
        let codebook: &Codebook = self.prompt.codebook();
        let settings = self.prompt.settings();
        let mut parameters = vec![
            ("rules", RULES.to_owned()),
            ("segmenter", crate::segment::SEGMENTER.to_owned()),
            ("prompt", self.prompt.hash().to_owned()),
            ("window_tokens", settings.window_tokens.to_string()),
            ("max_output_tokens", settings.max_output_tokens.to_string()),
            ("samples", self.samples.to_string()),
        ];
        parameters.extend(settings.temperature.map(|t| ("temperature", t.to_string())));
        parameters.extend(settings.permute.map(|seed| ("permute", seed.to_string())));
        parameters.extend(settings.narratives.then(|| ("narratives", "true".to_owned())));
        RunConfig {
            codebook: codebook.id.clone(),
            codebook_version: codebook.version.clone(),
            codebook_hash: codebook.hash.clone(),
            engine: self.name(),
            parameters: parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }
}

impl Terms {
    /// Terms without budget, batch or record; `stop` is never told.
    pub fn new(prices: Prices, stop: tokio::sync::watch::Receiver<bool>) -> Self {
        Self { prices, budget: None, texts: 128, batch: None, record: None, stop }
    }

    /// Refuses a budget that could not be kept with `engine`.
    pub fn check(&self, engine: &ModelEngine) -> Result<(), NoEngine> {
        let unpriced = engine.members.iter().find_map(|member| match member {
            Source::Live(client) => self.prices.rates(client.model()).is_none().then(|| client.model()),
            Source::Replay(_) => None,
        });
        match unpriced {
            Some(model) if self.budget.is_some() => {
                Err(NoEngine::Unpriced { model: model.to_string(), date: self.prices.date().to_owned() })
            }
            _ => Ok(()),
        }
    }
}
