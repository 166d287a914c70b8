//! Reads the labels of runs from a store and compares them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lacuna_domain::codebook::{Codebook, Dimension, Kind};
use lacuna_domain::coding::{Coding, Outcome};
use lacuna_domain::decision::Sheet;
use lacuna_domain::run::{Labeller, Run};
use lacuna_domain::{CodeId, DimensionId, Document, DocumentId, Evidence, TextId, Value};
use lacuna_store::{Store, StoreError};

use super::build::{Plan, build};
use super::report::Agreement;
use crate::classify::offline::card::Cards;
use crate::review::statement::codes;

/// Why agreement could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum AgreeError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Fewer than two labellers.
    #[error("agreement needs two labellers; name two runs, such as `lacuna agree 'Team North' offline`")]
    One,
    /// The codebook of a run is gone.
    #[error("the codebook of {0} is not in the store; restore the store from a backup")]
    NoCodebook(String),
    /// The labellers answered different questions.
    #[error("{a} goes by codebook {first} and {b} by {second}; only labels of one codebook can be compared")]
    OtherCodebook {
        /// One labeller.
        a: String,
        /// Its codebook.
        first: String,
        /// The other.
        b: String,
        /// Its codebook.
        second: String,
    },
    /// A thread died.
    #[error("a thread that counted stopped: {0}; run the command again")]
    Thread(String),
}

/// A code as all labellers understand it.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its place in [`Labels::categories`].
    pub at: usize,
    /// The dimension.
    pub dimension: DimensionId,
    /// Name of the dimension.
    pub dimension_name: String,
    /// The code; for a choice dimension the dimension's own id.
    pub code: CodeId,
    /// Name for readers.
    pub name: String,
    /// Names of the categories of the declared scale; the first is the negative one.
    pub categories: Vec<String>,
    /// Whether the categories are ordered.
    pub ordinal: bool,
    /// Whether it is a role of an actor dimension: the flag is "somebody is named".
    pub actor: bool,
}

/// Labels of one document by one labeller.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// The text that was read, where known.
    pub text: Option<TextId>,
    /// Category per code, in the order of the keys; `None` where the labeller is silent.
    pub categories: Vec<Option<u8>>,
    /// Probability of the value per code; NaN where there is none. Empty for people.
    pub probabilities: Vec<f32>,
    /// Byte ranges of the evidence, by place of the code.
    pub evidence: BTreeMap<usize, Vec<(usize, usize)>>,
    /// Names and types of actors, by place of the role.
    pub actors: BTreeMap<usize, (Vec<String>, Vec<String>)>,
}

/// Everything one labeller says.
#[derive(Clone, Debug)]
pub struct Labelling {
    /// The run.
    pub run: Run,
    /// Labels by document.
    pub documents: BTreeMap<DocumentId, Labels>,
}

/// What documents can be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The jurisdiction as catalogued.
    Jurisdiction,
    /// The form of the instrument, as the first labeller says.
    Form,
    /// Length of the text.
    Length,
    /// Main language of the text.
    Language,
}

impl By {
    /// The grouping with this name.
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "jurisdiction" => Some(Self::Jurisdiction),
            "form" => Some(Self::Form),
            "length" => Some(Self::Length),
            "language" => Some(Self::Language),
            _ => None,
        }
    }
}

/// How to compare.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Group documents too.
    pub by: Option<By>,
    /// Draws behind each interval.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { by: None, draws: super::report::DRAWS, seed: super::report::SEED }
    }
}

/// The codes of `codebook`.
pub fn keys(codebook: &Codebook) -> Vec<Key> {
    let key = |(at, (dimension, code)): (usize, (DimensionId, CodeId))| {
        let of = codebook.dimension(dimension.as_str())?;
        let name = of.code(code.as_str()).map_or_else(|| of.name.clone(), |c| c.name.clone());
        Some(Key {
            at,
            dimension_name: of.name.clone(),
            name,
            categories: categories(of),
            ordinal: matches!(of.kind, Kind::Ordinal { .. }),
            actor: matches!(of.kind, Kind::Actor { .. }),
            dimension,
            code,
        })
    };
    codes(codebook).into_iter().enumerate().filter_map(key).collect()
}

fn categories(dimension: &Dimension) -> Vec<String> {
    match &dimension.kind {
        Kind::Ordinal { levels } => levels.iter().map(|level| level.name.clone()).collect(),
        Kind::Flag => vec!["No".to_owned(), "Yes".to_owned()],
        Kind::Actor { .. } => vec!["Nobody named".to_owned(), "Named".to_owned()],
        Kind::Choice => {
            let options = dimension.codes.iter().map(|code| code.name.clone());
            std::iter::once("Not determined".to_owned()).chain(options).collect()
        }
    }
}

/// The place of `value` on the declared scale of `dimension`.
pub fn category(dimension: &Dimension, value: &Value) -> Option<u8> {
    match value {
        Value::Level(level) => level.checked_sub(dimension.lowest()),
        Value::Flag(flag) => Some(u8::from(*flag)),
        Value::Choice(None) => Some(0),
        Value::Choice(Some(option)) => {
            dimension.codes.iter().position(|code| code.id == *option).map(|at| at as u8 + 1)
        }
    }
}

/// Agreement of `runs`, the references first. Private documents are left out.
pub async fn agree(
    store: &Store,
    runs: &[Run],
    options: Options,
    at: Timestamp,
) -> Result<Agreement, AgreeError> {
    let [first, ..] = runs else { return Err(AgreeError::One) };
    if runs.len() < 2 {
        return Err(AgreeError::One);
    }
    let missing = || AgreeError::NoCodebook(first.name.clone());
    let codebook = store.codebook(&first.config.codebook_hash).await?.ok_or_else(missing)?;
    if let Some(other) = runs.iter().find(|run| run.config.codebook != first.config.codebook) {
        return Err(AgreeError::OtherCodebook {
            a: first.name.clone(),
            first: first.config.codebook.to_string(),
            b: other.name.clone(),
            second: other.config.codebook.to_string(),
        });
    }
    let documents = store.documents().await?.into_iter().filter(|d| !d.metadata.private);
    let documents: BTreeMap<DocumentId, Document> = documents.map(|d| (d.id.clone(), d)).collect();
    let labellings = read(store, runs, &codebook, &documents).await?;
    let groups = match options.by {
        None => None,
        Some(by) => Some(groups(store, by, &labellings, &codebook, &documents).await?),
    };
    let cards = Cards::read(store).await?;
    let work = move || {
        let keys = keys(&codebook);
        let plan = Plan {
            keys: &keys,
            groups: groups.as_ref(),
            cards: &cards,
            draws: options.draws,
            seed: options.seed,
            at,
        };
        build(&labellings, &plan)
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| AgreeError::Thread(error.to_string()))
}

/// The labels of every run. A machine is asked about the text that people read, or the latest.
pub(crate) async fn read(
    store: &Store,
    runs: &[Run],
    codebook: &Codebook,
    documents: &BTreeMap<DocumentId, Document>,
) -> Result<Vec<Labelling>, AgreeError> {
    let mut labellings: Vec<Labelling> = Vec::new();
    let mut texts: BTreeMap<DocumentId, TextId> = BTreeMap::new();
    for run in runs {
        let mut of = Labelling { run: run.clone(), documents: BTreeMap::new() };
        if run.labeller != Labeller::Machine {
            let sheets = store.sheets_of_run(&run.id).await?;
            for sheets in sheets.chunk_by(|a, b| a.document == b.document) {
                let Some(last) = sheets.last().filter(|s| documents.contains_key(&s.document)) else {
                    continue;
                };
                let labels = of_sheets(sheets, codebook);
                if let Some(text) = &labels.text {
                    texts.insert(last.document.clone(), text.clone());
                }
                of.documents.insert(last.document.clone(), labels);
            }
        }
        labellings.push(of);
    }
    let only_machines = runs.iter().all(|run| run.labeller == Labeller::Machine);
    let decided: BTreeSet<DocumentId> = labellings.iter().flat_map(|l| l.documents.keys().cloned()).collect();
    for version in store.latest_versions().await? {
        let wanted = if only_machines {
            documents.contains_key(&version.document)
        } else {
            decided.contains(&version.document)
        };
        if wanted {
            texts.entry(version.document).or_insert(version.text);
        }
    }
    for of in labellings.iter_mut().filter(|l| l.run.labeller == Labeller::Machine) {
        for (document, text) in &texts {
            if let Some(Outcome::Coded(coding)) = store.outcome(&of.run.id, text).await? {
                of.documents.insert(document.clone(), of_coding(&coding, codebook));
            }
        }
    }
    Ok(labellings)
}

/// What the newest words of `sheets` amount to.
pub fn of_sheets(sheets: &[Sheet], codebook: &Codebook) -> Labels {
    let newest = Sheet::newest(sheets);
    let mut labels = Labels { text: sheets.iter().rev().find_map(|s| s.text.clone()), ..Labels::default() };
    for (at, key) in codes(codebook).into_iter().enumerate() {
        let decision = newest.get(&key);
        let dimension = codebook.dimension(key.0.as_str());
        let category = dimension.zip(decision).and_then(|(d, decision)| category(d, &decision.value));
        labels.categories.push(category);
        if let Some(decision) = decision {
            labels.keep(at, &decision.evidence);
            if !decision.entities.is_empty() {
                let types = decision.types.iter().map(ToString::to_string).collect();
                labels.actors.insert(at, (decision.entities.clone(), types));
            }
        }
    }
    labels
}

/// What a coding amounts to.
pub fn of_coding(coding: &Coding, codebook: &Codebook) -> Labels {
    let mut labels = Labels { text: Some(coding.text.clone()), ..Labels::default() };
    let given = coding.labels(codebook);
    for (at, (dimension, code)) in codes(codebook).into_iter().enumerate() {
        let of = codebook.dimension(dimension.as_str());
        let actor = coding.actors.iter().find(|a| *a.dimension() == dimension && *a.role() == code);
        if let Some(actor) = actor {
            labels.categories.push(Some(u8::from(!actor.entities().is_empty())));
            labels.probabilities.push(actor.probability().unwrap_or(f32::NAN));
            labels.keep(at, actor.evidence());
            let names = actor.entities().iter().map(|e| e.name.clone()).collect();
            labels.actors.insert(at, (names, actor.types().iter().map(ToString::to_string).collect()));
            continue;
        }
        let label = given.iter().find(|l| *l.dimension == dimension && *l.code == code);
        labels.categories.push(of.zip(label).and_then(|(d, label)| category(d, &label.value)));
        labels.probabilities.push(label.and_then(|l| l.probability).unwrap_or(f32::NAN));
        if let Some(judgement) = label.and_then(|l| l.judgement) {
            labels.keep(at, judgement.evidence());
        }
    }
    labels
}

impl Labels {
    fn keep(&mut self, at: usize, evidence: &[Evidence]) {
        let ranges: Vec<(usize, usize)> =
            evidence.iter().flat_map(|e| e.spans().iter().map(|s| (s.start(), s.end()))).collect();
        if !ranges.is_empty() {
            self.evidence.insert(at, ranges);
        }
    }
}

async fn groups(
    store: &Store,
    by: By,
    labellings: &[Labelling],
    codebook: &Codebook,
    documents: &BTreeMap<DocumentId, Document>,
) -> Result<BTreeMap<DocumentId, String>, AgreeError> {
    let mut groups = BTreeMap::new();
    let form = keys(codebook).into_iter().find(|key| !key.ordinal && key.categories.len() > 2);
    let all = labellings.iter().flat_map(|l| l.documents.iter());
    for (document, labels) in all {
        if groups.contains_key(document) {
            continue;
        }
        let group = match by {
            By::Jurisdiction => documents.get(document).and_then(|d| d.metadata.jurisdiction.clone()),
            By::Form => form.as_ref().and_then(|key| {
                let category = labels.categories.get(key.at).copied().flatten()?;
                key.categories.get(usize::from(category)).cloned()
            }),
            By::Length | By::Language => match &labels.text {
                None => None,
                Some(id) => store.text(id).await?.and_then(|text| match by {
                    By::Language => text.language,
                    _ => Some(band(text.content.chars().count()).to_owned()),
                }),
            },
        };
        groups.insert(document.clone(), group.unwrap_or_else(|| "not recorded".to_owned()));
    }
    Ok(groups)
}

const fn band(characters: usize) -> &'static str {
    match characters {
        0..2_000 => "under 2,000 characters",
        2_000..10_000 => "2,000 to 10,000 characters",
        10_000..50_000 => "10,000 to 50,000 characters",
        _ => "50,000 characters and more",
    }
}
