//! The built-in engine: no key, no network, no download, deterministic.
//!
//! In reading order: [`tokens`] folds words; [`lexicon`] finds cue terms; [`signals`] knows duties, prohibitions and
//! the like; [`classes`] knows kinds of verbs and things; [`reading`] puts these together per sentence; [`rules`] judges by cues alone, for any codebook; [`quotes`]
//! cuts evidence; [`judge`] writes the drafts.

pub mod actors;
pub mod card;
mod classes;
mod code_cues;
mod coverage;
pub mod distil;
mod judge;
mod lexicon;
mod model;
pub mod quality;
mod quotes;
mod reading;
mod rules;
mod signals;
mod tokens;
pub mod train;
mod trained;

use lacuna_domain::codebook::Kind;
use lacuna_domain::judgement::Confidence;
use lacuna_domain::{Codebook, Passage, RunConfig, sha256_hex};

use super::Drafts;
use actors::ActorModel;
pub(crate) use code_cues::CodeCues;
use coverage::Outside;
use judge::Case;
pub use model::Weights;
pub use model::bytes::Malformed;
use reading::Cues;
use trained::Trained;

/// Weights trained by `cargo xtask train` on readings of a language model; see `docs/offline-engine.md`.
const SHIPPED: &[u8] = include_bytes!("../../../models/offline-1.bin");

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
    /// Weights for other codes.
    #[error("the weights were trained for other codes than those of codebook {0:?}; train them again")]
    Foreign(String),
}

/// The built-in engine, ready for texts of any language under one codebook.
#[derive(Clone, Debug)]
pub struct OfflineEngine {
    codebook: Codebook,
    cues: Cues,
    actors: ActorModel,
    trained: Option<Trained>,
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
        let cues = Cues::of(codebook);
        let shipped = Weights::from_bytes(SHIPPED).ok();
        let trained = shipped.and_then(|weights| Trained::bind(weights, codebook));
        let actors = ActorModel::new(codebook);
        Ok(Self { codebook: codebook.clone(), cues, actors, trained })
    }

    /// The engine with weights of the caller's own, such as those that `lacuna train` wrote.
    pub fn with_weights(codebook: &Codebook, weights: Weights) -> Result<Self, EngineError> {
        let cues = Cues::of(codebook);
        let trained = Trained::bind(weights, codebook);
        let trained = Some(trained.ok_or_else(|| EngineError::Foreign(codebook.id.to_string()))?);
        Ok(Self { codebook: codebook.clone(), cues, actors: ActorModel::new(codebook), trained })
    }

    /// Codes one text. `passages` are those of the text; `language` is its main language as ISO 639-1, where known.
    /// Linear in the length of the text.
    pub fn code(&self, text: &str, passages: &[Passage], language: Option<&str>) -> Drafts {
        let reading = self.cues.read(text, passages, language);
        let case = Case { cues: &self.cues, text, passages, reading: &reading };
        let mut drafts = match self.trained.as_ref().filter(|t| t.speaks(language)) {
            Some(trained) => trained.judge(&self.codebook, &case),
            None => judge::by_cues(&self.codebook, &case),
        };
        if self.trained.as_ref().is_some_and(|trained| !trained.speaks(language)) {
            // No coded examples in this language: the cues may be right, but nothing was measured.
            for label in &mut drafts.labels {
                label.confidence = Confidence::Low;
                label.reasoning.push_str(" Not measured: no coded examples in this language.");
            }
        } else if let Some(outside) = self.trained.as_ref().and_then(|t| t.weights.coverage.misses(text)) {
            let sentence = outside.sentence();
            for label in &mut drafts.labels {
                if matches!(outside, Outside::Kind(_)) {
                    label.confidence = Confidence::Low;
                }
                label.reasoning.push_str(&sentence);
            }
        }
        drafts.actors = self.actors.extract(text, passages, language);
        drafts
    }

    /// Whether trained weights stand behind the answers; without them the engine goes by cue terms alone.
    pub const fn is_trained(&self) -> bool {
        self.trained.is_some()
    }

    /// All that decides this engine's answers besides the text.
    pub fn config(&self) -> RunConfig {
        let weights = self.trained.as_ref().map_or("none", |t| t.hash.as_str());
        RunConfig {
            codebook: self.codebook.id.clone(),
            codebook_version: self.codebook.version.clone(),
            codebook_hash: self.codebook.hash.clone(),
            engine: "offline".to_owned(),
            parameters: [
                ("rules", RULES),
                ("segmenter", crate::segment::SEGMENTER),
                ("weights", weights),
                ("actors", &sha256_hex(actors::WEIGHTS)),
            ]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        }
    }
}
