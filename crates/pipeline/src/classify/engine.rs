//! The engines that can stand behind a run.

use std::sync::Arc;

use jiff::Timestamp;
use lacuna_domain::run::Labeller;
use lacuna_domain::{Passage, Run, RunConfig, Text};

use super::Drafts;
use super::model::{ModelEngine, Terms};
use super::offline::OfflineEngine;

/// An engine: what it answers depends on the text and on its configuration, nothing else.
#[derive(Clone, Debug)]
pub enum Engine {
    /// The built-in engine.
    Offline(Arc<OfflineEngine>),
    /// Language models, on terms that change no label.
    Model(Arc<ModelEngine>, Arc<Terms>),
    /// A function under a configuration of its own: experiments, and the tests of what surrounds an engine.
    Function {
        /// What decides the answers.
        config: RunConfig,
        /// Answers for a text, its passages and its main language.
        code: fn(&str, &[Passage], Option<&str>) -> Drafts,
    },
}

impl Engine {
    /// What decides this engine's answers besides the text.
    pub fn config(&self) -> RunConfig {
        match self {
            Self::Offline(engine) => engine.config(),
            Self::Model(engine, _) => engine.config(),
            Self::Function { config, .. } => config.clone(),
        }
    }

    /// Name for readers.
    pub fn name(&self) -> String {
        match self {
            Self::Offline(engine) if engine.is_trained() => "Offline engine".to_owned(),
            Self::Offline(_) => "Offline engine, cue terms only".to_owned(),
            Self::Model(engine, _) => engine.name(),
            Self::Function { config, .. } => format!("Engine {}", config.engine),
        }
    }

    /// The run of this engine, first started at `at`.
    pub fn run(&self, at: Timestamp) -> Run {
        let config = self.config();
        Run {
            id: config.id(),
            config,
            labeller: Labeller::Machine,
            name: self.name(),
            started_at: at,
            finished_at: None,
        }
    }

    /// Codes one text; `None` for engines that ask others and wait.
    pub(crate) fn code(&self, text: &Text, passages: &[Passage]) -> Option<Drafts> {
        let language = text.language.as_deref();
        match self {
            Self::Offline(engine) => Some(engine.code(&text.content, passages, language)),
            Self::Function { code, .. } => Some(code(&text.content, passages, language)),
            Self::Model(..) => None,
        }
    }
}

impl From<OfflineEngine> for Engine {
    fn from(engine: OfflineEngine) -> Self {
        Self::Offline(Arc::new(engine))
    }
}
