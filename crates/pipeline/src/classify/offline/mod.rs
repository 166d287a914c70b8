//! The built-in engine: no key, no network, no download, deterministic.
//!
//! In reading order: [`tokens`] folds words; [`lexicon`] finds cue terms; [`signals`] knows duties, prohibitions and
//! the like; [`reading`] puts these together per sentence; [`rules`] judges by cues alone, for any codebook; [`quotes`]
//! cuts evidence; [`judge`] writes the drafts.

pub mod actors;
mod judge;
mod lexicon;
mod quotes;
mod reading;
mod rules;
mod signals;
mod tokens;

use lacuna_domain::codebook::Kind;
use lacuna_domain::{Codebook, Passage, RunConfig};

use super::Drafts;
use actors::ActorModel;
use reading::Cues;

/// Names the rules of this engine in the run's configuration; raised whenever an answer can change.
pub const RULES: &str = "offline-1";

/// Why an offline engine cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Nothing to go by.
    #[error(
        "the codebook {0:?} has neither cue terms nor trained weights; add [dimension.code.cues.en] terms to its codes"
    )]
    NoCues(String),
}

/// The built-in engine, ready for texts of any language under one codebook.
#[derive(Clone, Debug)]
pub struct OfflineEngine {
    codebook: Codebook,
    cues: Cues,
    actors: ActorModel,
}

impl OfflineEngine {
    /// Compiles the cues of `codebook` and takes the shipped weights where they were trained for its codes.
    pub fn new(codebook: &Codebook) -> Result<Self, EngineError> {
        let labels = codebook.dimensions.iter().filter(|d| !matches!(d.kind, Kind::Actor { .. }));
        let mut codes = labels.flat_map(|d| &d.codes).peekable();
        let wanted = codes.peek().is_some();
        let some = codes.any(|c| c.cues.values().any(|t| !t.strong.is_empty() || !t.weak.is_empty()));
        if wanted && !some {
            return Err(EngineError::NoCues(codebook.id.to_string()));
        }
        Ok(Self { codebook: codebook.clone(), cues: Cues::of(codebook), actors: ActorModel::new(codebook) })
    }

    /// Codes one text. `passages` are those of the text; `language` is its main language as ISO 639-1, where known.
    /// Linear in the length of the text.
    pub fn code(&self, text: &str, passages: &[Passage], language: Option<&str>) -> Drafts {
        let reading = self.cues.read(text, passages, language);
        let mut drafts = judge::by_cues(&self.codebook, &self.cues, text, passages, &reading);
        drafts.actors = self.actors.extract(text, passages, language);
        drafts
    }

    /// All that decides this engine's answers besides the text.
    pub fn config(&self) -> RunConfig {
        RunConfig {
            codebook: self.codebook.id.clone(),
            codebook_version: self.codebook.version.clone(),
            codebook_hash: self.codebook.hash.clone(),
            engine: "offline".to_owned(),
            parameters: [("rules", RULES), ("segmenter", crate::segment::SEGMENTER), ("weights", "none")]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }
}
