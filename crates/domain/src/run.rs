//! Runs: one engine configuration over any number of texts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{CodebookId, RunId};

/// All that decides a label besides the text. Its content address is the run's id, so the same configuration is the
/// same run, on any machine, over any set of documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunConfig {
    /// The codebook's name.
    pub codebook: CodebookId,
    /// The codebook's version, such as `1.1`.
    pub codebook_version: String,
    /// SHA-256 of the codebook file.
    pub codebook_hash: String,
    /// `offline`, `anthropic:MODEL`, `imported:agora-annotators`, …
    pub engine: String,
    /// Named settings that change answers: weights and rules hash, prompt hash, schema hash, temperature.
    pub parameters: BTreeMap<String, String>,
}

impl RunConfig {
    /// The run's id: SHA-256 over every name and value, each with its length.
    pub fn id(&self) -> RunId {
        let fields = [
            ("codebook", self.codebook.as_str()),
            ("codebook_version", &self.codebook_version),
            ("codebook_hash", &self.codebook_hash),
            ("engine", &self.engine),
        ];
        let mut parts: Vec<&[u8]> = Vec::new();
        for (name, value) in &fields {
            parts.push(name.as_bytes());
            parts.push(value.as_bytes());
        }
        for (name, value) in &self.parameters {
            parts.push(name.as_bytes());
            parts.push(value.as_bytes());
        }
        RunId::of(crate::hash::sha256_parts(&parts).as_bytes())
    }
}

/// What reads behind an imported run, as whoever brought the labels in declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// People.
    Person,
    /// A large language model: what agrees with it is called "agreement with a language-model reading", never accuracy.
    LanguageModel,
    /// Nobody said.
    Unstated,
}

impl Reader {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Person, Self::LanguageModel, Self::Unstated];

    /// Stable identifier, as the parameter [`READER`] of an imported run holds it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::LanguageModel => "language-model",
            Self::Unstated => "unstated",
        }
    }

    /// The kind with this identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reader| reader.id() == id)
    }
}

/// Name of the parameter of an imported run that says what reads behind it.
pub const READER: &str = "reader";

/// Name of the parameter of a run of decisions that says how they came about.
pub const MODE: &str = "mode";

impl Run {
    /// What reads behind labels that no engine of this store gave; `None` for a machine run. AGORA's annotators are
    /// people.
    pub fn reader(&self) -> Option<Reader> {
        match self.labeller {
            Labeller::Machine => None,
            Labeller::People => Some(Reader::Person),
            Labeller::Imported if self.config.engine == "imported:agora-annotators" => Some(Reader::Person),
            Labeller::Imported => {
                let declared = self.config.parameters.get(READER).and_then(|id| Reader::from_id(id));
                Some(declared.unwrap_or(Reader::Unstated))
            }
        }
    }

    /// What agreement with this run is, in words that never claim more than was measured.
    pub fn agreement_words(&self) -> &'static str {
        match self.reader() {
            None => "agreement between machines",
            Some(Reader::Person) => "agreement with people",
            Some(Reader::LanguageModel) => "agreement with a language-model reading",
            Some(Reader::Unstated) => "agreement with imported labels (who read is not stated)",
        }
    }
}

/// What kind of labeller stands behind a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Labeller {
    /// The built-in engine or a language model; pages say "machine label, not reviewed".
    Machine,
    /// Labels brought in from elsewhere, such as AGORA's annotators.
    Imported,
    /// People of this store.
    People,
}

/// A run as the store knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Content address of `config`.
    pub id: RunId,
    /// What decides the labels.
    pub config: RunConfig,
    /// Who or what labels.
    pub labeller: Labeller,
    /// Name for readers, such as "Offline engine 1" or "AGORA annotators".
    pub name: String,
    /// First start.
    pub started_at: Timestamp,
    /// Last time that no pending text was left; `None` while work is open.
    pub finished_at: Option<Timestamp>,
}
