//! What counts and labels rest on: which run, which codebook, how many documents, as of when.

use jiff::Timestamp;
use lacuna_domain::run::Labeller;
use lacuna_domain::{Codebook, Run, RunId};
use serde::Serialize;

/// A run in one line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunFacts {
    /// Content address.
    pub id: RunId,
    /// First digits of it.
    pub short: String,
    /// Name for readers.
    pub name: String,
    /// The engine.
    pub engine: String,
    /// The codebook's name and version, such as `ai-governance 1.1`.
    pub codebook: String,
    /// Title of the codebook.
    pub codebook_title: String,
    /// `machine`, `imported` or `people`.
    pub labeller: Labeller,
    /// First start.
    pub started_at: Timestamp,
    /// When no pending text was left.
    pub finished_at: Option<Timestamp>,
}

impl RunFacts {
    /// The facts of `run` under `codebook`.
    pub fn of(run: &Run, codebook: Option<&Codebook>) -> Self {
        Self {
            id: run.id.clone(),
            short: run.id.short().to_owned(),
            name: run.name.clone(),
            engine: run.config.engine.clone(),
            codebook: format!("{} {}", run.config.codebook, run.config.codebook_version),
            codebook_title: codebook.map_or_else(|| run.config.codebook.to_string(), |c| c.title.clone()),
            labeller: run.labeller,
            started_at: run.started_at,
            finished_at: run.finished_at,
        }
    }

    /// Address of the run's page.
    pub fn href(&self) -> String {
        crate::address::run(&self.id)
    }

    /// How far to trust the labels, in the words that stand beside each of them.
    pub const fn standing(&self) -> &'static str {
        match self.labeller {
            Labeller::Machine => "machine label, not reviewed",
            Labeller::Imported => "imported label, no passage recorded",
            Labeller::People => "label by people",
        }
    }

    /// The same as a sentence.
    pub const fn standing_sentence(&self) -> &'static str {
        match self.labeller {
            Labeller::Machine => "Machine labels, not reviewed.",
            Labeller::Imported => "Imported labels, no passage recorded.",
            Labeller::People => "Labels by people.",
        }
    }

    /// Whether a machine made the labels.
    pub const fn is_machine(&self) -> bool {
        matches!(self.labeller, Labeller::Machine)
    }

    /// Day of the first start.
    pub fn started_day(&self) -> String {
        day(self.started_at)
    }

    /// Day on which it finished, or that it has not.
    pub fn finished_day(&self) -> String {
        self.finished_at.map_or_else(|| "not finished".to_owned(), day)
    }
}

/// What every figure on a page rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provenance {
    /// The run whose labels are shown; `None` before anything was classified.
    pub run: Option<RunFacts>,
    /// When the counts were taken.
    pub as_of: Timestamp,
    /// Documents in the catalogue.
    pub documents: usize,
    /// Documents whose latest text the run coded: the denominator of every share.
    pub coded: usize,
    /// Whether the store holds documents invented for demonstration.
    pub fiction: bool,
    /// What a reader must know of a page that is gathered from a sample of the classified texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
}

impl Provenance {
    /// The day of the counts.
    pub fn as_of_day(&self) -> String {
        day(self.as_of)
    }

    /// Documents that leave every denominator.
    pub const fn not_coded(&self) -> usize {
        self.documents.saturating_sub(self.coded)
    }
}

/// `2026-11-26` of a moment, UTC.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
