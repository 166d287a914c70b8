//! The run under which a labeller's decisions are filed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lacuna_domain::Codebook;
use lacuna_domain::decision::Mode;
use lacuna_domain::run::{Labeller, MODE, READER, Reader, Run, RunConfig};

use super::error::ReviewError;

/// Who decides, how, and what reads behind the name. Each combination is a run of its own under each codebook, so that
/// blind and assisted decisions of one person never mix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabellerSpec {
    /// Name for readers, 1 to 80 characters.
    pub name: String,
    /// How the decisions come about.
    pub mode: Mode,
    /// What reads.
    pub reader: Reader,
}

impl LabellerSpec {
    /// A person of this store.
    pub fn person(name: impl Into<String>, mode: Mode) -> Self {
        Self { name: name.into(), mode, reader: Reader::Person }
    }

    /// The adjudicated labels of this store, whoever settled them.
    pub fn adjudicators() -> Self {
        Self::person("Adjudicated labels", Mode::Adjudicated)
    }

    /// The run.
    pub fn run(&self, codebook: &Codebook, at: Timestamp) -> Result<Run, ReviewError> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
            return Err(ReviewError::Labeller(self.name.clone()));
        }
        let of_people = self.mode != Mode::Imported && self.reader == Reader::Person;
        let kind = if of_people { "people" } else { "imported" };
        let config = RunConfig {
            codebook: codebook.id.clone(),
            codebook_version: codebook.version.clone(),
            codebook_hash: codebook.hash.clone(),
            engine: format!("{kind}:{}", slug(name)),
            parameters: BTreeMap::from([
                ("labeller".to_owned(), name.to_owned()),
                (MODE.to_owned(), self.mode.id().to_owned()),
                (READER.to_owned(), self.reader.id().to_owned()),
            ]),
        };
        let shown = match self.mode {
            Mode::Imported | Mode::Adjudicated => name.to_owned(),
            Mode::Blind | Mode::Assisted => format!("{name} ({})", self.mode.id()),
        };
        Ok(Run {
            id: config.id(),
            config,
            labeller: if of_people { Labeller::People } else { Labeller::Imported },
            name: shown,
            started_at: at,
            finished_at: Some(at),
        })
    }
}

fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
