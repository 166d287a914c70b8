//! What is known of the shipped weights: how they fared on documents that they had not seen, and which texts they were
//! trained on, so that agreement on those is never taken for agreement on others.
//!
//! `cargo xtask train` writes the texts, `cargo xtask bench quality --card` the figures; both are tied to the hash of the
//! weights and speak for no others.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use lacuna_domain::run::{Labeller, Run};
use lacuna_domain::{Codebook, TextId, sha256_hex};
use lacuna_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use super::train::coded::Coded;
use super::{SHIPPED, actors};
use crate::analyze::agreement::study::{Estimate, Measure};

const CARD: &str = include_str!("../../../models/offline-1.card.json");

static SHIPPED_CARD: LazyLock<Option<Card>> = LazyLock::new(|| serde_json::from_str(CARD).ok());

/// Hexadecimal digits kept of the hash of a text: eight bytes.
const KEPT: usize = 16;

/// What was found of one code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeFigures {
    /// The dimension.
    pub dimension: String,
    /// The code; for a choice the dimension's own id, for an actor dimension the role.
    pub code: String,
    /// Documents compared.
    pub n: usize,
    /// Positive labels of the one it is measured against; names, of a role of the shipped engine.
    pub positives: u64,
    /// Share of the engine's positives that the other shares.
    pub precision: Option<f64>,
    /// Share of the other's positives that the engine found.
    pub recall: Option<f64>,
    /// What `agreement` is.
    pub measure: Measure,
    /// The agreement, with its interval where there is one; a value of `None` is undefined, since nothing varies.
    pub agreement: Estimate,
}

impl CodeFigures {
    pub(crate) fn new(dimension: &str, code: &str, n: usize) -> Self {
        Self {
            dimension: dimension.to_owned(),
            code: code.to_owned(),
            n,
            positives: 0,
            precision: None,
            recall: None,
            measure: Measure::Percent,
            agreement: Estimate::default(),
        }
    }
}

/// The card of weights: the shipped ones, or those that `lacuna train` made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// SHA-256 of the weights.
    pub weights: String,
    /// SHA-256 of the weights for actors.
    pub actors: String,
    /// Whose labels they were measured against, and how.
    #[serde(default = "shipped_who")]
    pub who: String,
    /// What that is; never "accuracy".
    #[serde(default = "shipped_words")]
    pub words: String,
    /// The codebook's name.
    pub codebook: String,
    /// Its version.
    pub codebook_version: String,
    /// When it was measured; `None` for weights that were not.
    pub measured: Option<Timestamp>,
    /// Per code; empty for weights that were not measured.
    pub codes: Vec<CodeFigures>,
    /// The texts of training: first digits of their hashes, sorted.
    pub texts: BTreeSet<String>,
}

fn shipped_who() -> String {
    Card::WHO.to_owned()
}

fn shipped_words() -> String {
    Card::WORDS.to_owned()
}

impl Card {
    /// Whose labels the engine was measured against.
    pub const WHO: &'static str = "a language-model reading, grouped 5-fold cross-validation";
    /// What that is; never "accuracy".
    pub const WORDS: &'static str = "agreement with a language-model reading";

    /// The card of weights trained on `docs` and not measured yet.
    pub fn of_training(weights: String, docs: &[Coded], codebook: &Codebook) -> Self {
        Self {
            weights,
            actors: sha256_hex(actors::WEIGHTS),
            who: shipped_who(),
            words: shipped_words(),
            codebook: codebook.id.to_string(),
            codebook_version: codebook.version.clone(),
            measured: None,
            codes: vec![],
            texts: docs.iter().map(|doc| short(&sha256_hex(doc.text.as_bytes()))).collect(),
        }
    }

    /// The card of weights trained on `docs` by somebody's run `from`, with what cross-validation found.
    pub fn of_own(weights: String, docs: &[Coded], codebook: &Codebook, from: &Run) -> Self {
        let words = match from.labeller {
            Labeller::Machine if from.config.engine != "offline" => Self::WORDS,
            _ => from.agreement_words(),
        };
        Self {
            who: format!("{}, grouped 5-fold cross-validation", from.name),
            words: words.to_owned(),
            ..Self::of_training(weights, docs, codebook)
        }
    }

    /// With what was found of each code at `at`.
    #[must_use]
    pub fn measured_at(self, codes: Vec<CodeFigures>, at: Timestamp) -> Self {
        Self { measured: Some(at), codes, ..self }
    }

    /// The card of the weights in this binary, trained on `docs`, with what was measured.
    pub fn of_shipped(docs: &[Coded], codebook: &Codebook, codes: Vec<CodeFigures>, at: Timestamp) -> Self {
        Self::of_training(sha256_hex(SHIPPED), docs, codebook).measured_at(codes, at)
    }

    /// The card of the engine behind `run`: only of the weights that it was made for.
    pub fn of(run: &Run) -> Option<&'static Self> {
        let card = SHIPPED_CARD.as_ref()?;
        let parameter = |name: &str| run.config.parameters.get(name).map(String::as_str);
        let same = run.config.engine == "offline" && parameter("weights") == Some(card.weights.as_str());
        same.then_some(card)
    }

    /// What was found of a code of `run`; of roles only where the weights for actors are those measured.
    pub fn figures(&self, run: &Run, dimension: &str, code: &str) -> Option<(&CodeFigures, Timestamp)> {
        let config = &run.config;
        let codebook =
            config.codebook.as_str() == self.codebook && config.codebook_version == self.codebook_version;
        let found = self.codes.iter().find(|c| c.dimension == dimension && c.code == code)?;
        let actors = found.measure != Measure::F1 || config.parameters.get("actors") == Some(&self.actors);
        Some((found, self.measured?)).filter(|_| codebook && actors)
    }

    /// Whether another card says the same, whenever either was measured.
    pub fn agrees(&self, other: &Self) -> bool {
        Self { measured: other.measured, ..self.clone() } == *other
    }

    /// Whether the engine was trained on this text.
    pub fn trained_on(&self, text: &TextId) -> bool {
        self.texts.contains(&short(text.as_str()))
    }
}

/// The shipped card beside those of weights that were trained for this store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cards(Vec<Card>);

impl Cards {
    /// Reads them.
    pub async fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(Self(store.cards().await?))
    }

    /// These beside the shipped one.
    pub const fn of_own(own: Vec<Card>) -> Self {
        Self(own)
    }

    /// The card of the engine behind `run`.
    pub fn of(&self, run: &Run) -> Option<&Card> {
        let weights = run.config.parameters.get("weights").filter(|_| run.config.engine == "offline");
        let own = weights.and_then(|weights| self.0.iter().find(|card| card.weights == *weights));
        own.or_else(|| Card::of(run))
    }

    /// What is known of a code of `run`, when it was found, and by which card. Weights of one's own leave actors to the
    /// rules that came with the program, so that those keep their figures.
    pub fn figures(
        &self,
        run: &Run,
        dimension: &str,
        code: &str,
    ) -> Option<(&CodeFigures, Timestamp, &Card)> {
        if run.config.engine != "offline" {
            return None;
        }
        let known = |card: &'_ Card| card.figures(run, dimension, code).map(|(found, _)| found.measure);
        let own = self.of(run).filter(|card| known(card).is_some());
        let rules = || SHIPPED_CARD.as_ref().filter(|card| known(card) == Some(Measure::F1));
        let card = own.or_else(rules)?;
        card.figures(run, dimension, code).map(|(found, at)| (found, at, card))
    }
}

fn short(hash: &str) -> String {
    hash.chars().take(KEPT).collect()
}
