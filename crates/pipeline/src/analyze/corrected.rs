//! How common something is once the machine's errors are taken out, from a sample that people read. Nothing is shown where
//! there is no sample, or where part of it was not read yet: the chances of the rest would be wrong.

mod among;

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::codebook::{Codebook, Dimension, Kind};
use lacuna_domain::decision::{Mode, Sheet};
use lacuna_domain::filter::{CodeTest, Condition, UNDETERMINED};
use lacuna_domain::{CodeId, DimensionId, DocumentId, Value};
use lacuna_store::catalogue::{Catalogue, DocumentSet};
use lacuna_store::{Store, StoreError};
use serde::Serialize;

pub use self::among::Among;
use super::estimate::Estimated;
use crate::review::sample::{Design, Sample};

/// Documents that people must have read of a set before anything is said of it.
pub const LEAST: usize = 10;

/// Share of the documents of a set of which something holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Corrected {
    /// Name of the sample.
    pub sample: String,
    /// Documents that people read.
    pub read: usize,
    /// Documents that could be drawn.
    pub of: u64,
    /// The machine's own share; its interval knows nothing of its errors.
    pub naive: Estimated,
    /// Design-based supervised learning.
    pub design_based: Estimated,
    /// Prediction-powered inference; simple samples only.
    pub prediction_powered: Option<Estimated>,
}

impl Corrected {
    /// Names of [`Corrected::cells`].
    pub const COLUMNS: [&'static str; 4] =
        ["corrected_share", "corrected_low", "corrected_high", "corrected_sample"];

    /// Value, ends of the interval and sample, as cells of a table.
    pub fn cells(&self) -> [String; 4] {
        let share = |value: f64| format!("{:.4}", value.clamp(0.0, 1.0));
        let found = self.design_based;
        [share(found.value), share(found.low), share(found.high), self.sample.clone()]
    }

    /// `34 %`.
    pub fn naive_words(&self) -> String {
        percent(self.naive.value)
    }

    /// `28 % (22 % to 34 %)`.
    pub fn words(&self) -> String {
        interval(self.design_based)
    }

    /// The other estimate, where there is one.
    pub fn powered_words(&self) -> Option<String> {
        self.prediction_powered.map(interval)
    }

    /// What stands behind the figure, for those who point at it.
    pub fn basis(&self) -> String {
        let other =
            self.powered_words().map_or_else(String::new, |words| format!("; prediction-powered {words}"));
        format!(
            "Corrected for the machine’s errors: people read {} of {} documents ({}). Design-based, 95 % interval{other}. \
             The machine’s own share there: {}",
            self.read,
            self.of,
            self.sample,
            self.naive_words()
        )
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share.clamp(0.0, 1.0))
}

fn interval(estimate: Estimated) -> String {
    format!("{} ({} to {})", percent(estimate.value), percent(estimate.low), percent(estimate.high))
}

/// The corrected share of one code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeShare {
    /// Name of the dimension.
    pub dimension: String,
    /// The code, or the option of a choice.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The share.
    pub corrected: Corrected,
}

impl CodeShare {
    /// Name with its number, where the code has one.
    pub fn title(&self) -> String {
        let numbered = self.code.starts_with(|c: char| c.is_ascii_digit());
        if numbered { format!("{} {}", self.code, self.name) } else { self.name.clone() }
    }
}

/// What people say of one code of one document.
#[derive(Clone, Debug)]
struct Word {
    value: Value,
    types: Vec<CodeId>,
}

type Words = BTreeMap<(DimensionId, CodeId), Word>;

/// A document that was drawn.
#[derive(Clone, Debug)]
struct Drawn {
    number: u32,
    probability: f64,
    words: Arc<Words>,
}

/// A sample as far as its documents are in the catalogue.
#[derive(Clone, Debug)]
struct Sampled {
    name: String,
    simple: bool,
    /// Every document that could be drawn.
    frame: DocumentSet,
    drawn: Vec<Drawn>,
}

/// What was logged of a sample before anybody read a label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Logged {
    /// Its name, also of the stream of its assignments.
    pub name: String,
    /// When it was drawn.
    pub at: jiff::Timestamp,
    /// How it was drawn.
    pub design: Design,
    /// The seed of the draw.
    pub seed: u64,
    /// Documents drawn.
    pub drawn: usize,
    /// Documents that could be drawn.
    pub of: usize,
    /// The lowest and the highest chance of a document.
    pub chances: [f64; 2],
}

impl Logged {
    fn of(sample: &Sample, at: jiff::Timestamp) -> Self {
        let chances = sample.units.iter().map(|unit| unit.probability);
        Self {
            name: sample.name.clone(),
            at,
            design: sample.design,
            seed: sample.seed,
            drawn: sample.drawn().count(),
            of: sample.units.len(),
            chances: [chances.clone().fold(1.0, f64::min), chances.fold(0.0, f64::max)],
        }
    }

    /// `0.0079`, or `0.0021 to 0.2500`.
    pub fn chances_words(&self) -> String {
        let [low, high] = self.chances.map(|chance| format!("{chance:.4}"));
        if low == high { low } else { format!("{low} to {high}") }
    }
}

/// What people say of the documents of all samples.
#[derive(Debug)]
pub struct Decided {
    samples: Vec<Sampled>,
    logged: Vec<Logged>,
    codebook: Arc<Codebook>,
}

/// Something that may hold of a document, with the documents of which it holds by the machine's labels and the catalogue.
pub type Claim<'c> = (&'c Condition, &'c DocumentSet);

impl Decided {
    /// Reads the samples that were drawn under `run` and `codebook`, and what people say of their documents: what was
    /// adjudicated first, then what was coded blind.
    pub async fn read(
        store: &Store,
        catalogue: &Catalogue,
        codebook: &Arc<Codebook>,
    ) -> Result<Self, StoreError> {
        let samples: Vec<(i64, jiff::Timestamp, Sample)> = store.samples().await?;
        let run = catalogue.run().map_or("", lacuna_domain::RunId::as_str);
        let mut known: BTreeMap<DocumentId, Arc<Words>> = BTreeMap::new();
        let mut of = Self { samples: vec![], logged: vec![], codebook: Arc::clone(codebook) };
        for (_, at, sample) in samples {
            if sample.codebook_hash != codebook.hash {
                continue;
            }
            of.logged.push(Logged::of(&sample, at));
            if sample.run != run {
                continue;
            }
            for unit in sample.drawn() {
                if !known.contains_key(&unit.document) {
                    let sheets = store.sheets_of(&unit.document).await?;
                    known.insert(unit.document.clone(), Arc::new(words(codebook, &sheets)));
                }
            }
            of.samples.push(sampled(catalogue, &sample, &known));
        }
        Ok(of)
    }

    /// Every sample that was drawn under the codebook, oldest first.
    pub fn logged(&self) -> &[Logged] {
        &self.logged
    }

    /// Whether there is no sample, so that nothing need be counted for it.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The share of the documents `within` of which all of `claims` hold, once for each sample of which people read
    /// enough; what they say takes the place of the machine's labels. `within` must not itself rest on what is claimed.
    pub fn share(&self, within: &DocumentSet, claims: &[Claim<'_>]) -> Vec<Corrected> {
        claims.iter().fold(self.among(within), |among, claim| among.and(*claim)).shares()
    }

    /// The documents `within`, for many shares of them.
    pub fn among(&self, within: &DocumentSet) -> Among<'_> {
        Among::of(self, within)
    }

    /// The corrected share of every code of the codebook among all documents that the run coded, for each sample of which
    /// people read enough; in the order of the codebook, and empty where there is nothing to correct by.
    pub fn every_share(&self, catalogue: &Catalogue) -> Vec<CodeShare> {
        if self.is_empty() {
            return vec![];
        }
        let mut shares = Vec::new();
        for dimension in &self.codebook.dimensions {
            for code in &dimension.codes {
                let (of, id) = (dimension.id.clone(), code.id.clone());
                let condition = match dimension.kind {
                    Kind::Choice => Condition::Option(of, id),
                    _ => Condition::Code(of, id, CodeTest::Covered),
                };
                let holds = catalogue.holding_alone(&condition);
                let found = self.share(catalogue.coded(), &[(&condition, &holds)]);
                shares.extend(found.into_iter().map(|corrected| CodeShare {
                    dimension: dimension.name.clone(),
                    code: code.id.to_string(),
                    name: code.name.clone(),
                    corrected,
                }));
            }
        }
        shares
    }

    /// Whether a matter of labels holds by what people say; `None` where they have not said yet.
    fn holds(&self, condition: &Condition, drawn: &Drawn) -> Option<bool> {
        let word =
            |dimension: &DimensionId, code: &CodeId| drawn.words.get(&(dimension.clone(), code.clone()));
        match condition {
            Condition::Code(dimension, code, test) => {
                let lowest = self.codebook.dimension(dimension.as_str()).map_or(0, Dimension::lowest);
                passes(test, word(dimension, code)?, lowest)
            }
            Condition::Option(dimension, option) => {
                let filed = dimension.as_str().parse().ok()?;
                Some(match &word(dimension, &filed)?.value {
                    Value::Choice(chosen) => {
                        chosen.as_ref().map_or(UNDETERMINED, CodeId::as_str) == option.as_str()
                    }
                    _ => false,
                })
            }
            _ => None,
        }
    }
}

const fn is_label(condition: &Condition) -> bool {
    matches!(condition, Condition::Code(..) | Condition::Option(..))
}

/// Whether a condition is a fact of the catalogue, so that it may bound the documents that a share is of.
pub const fn is_fact(condition: &Condition) -> bool {
    !is_label(condition)
}

fn passes(test: &CodeTest, word: &Word, lowest: u8) -> Option<bool> {
    let level = match &word.value {
        Value::Level(level) => *level,
        Value::Flag(yes) => lowest + u8::from(*yes),
        Value::Choice(_) => return None,
    };
    match test {
        CodeTest::Covered => Some(level > lowest),
        CodeTest::Absent => Some(level == lowest),
        CodeTest::Levels { from, to } => Some((*from..=*to).contains(&level)),
        // Whoever named somebody and no type has not said.
        CodeTest::Type(_) if level > lowest && word.types.is_empty() => None,
        CodeTest::Type(kind) => Some(word.types.contains(kind)),
    }
}

fn sampled(catalogue: &Catalogue, sample: &Sample, known: &BTreeMap<DocumentId, Arc<Words>>) -> Sampled {
    let mut of = Sampled {
        name: sample.name.clone(),
        simple: sample.design == Design::Simple,
        frame: DocumentSet::new(),
        drawn: vec![],
    };
    for unit in &sample.units {
        let number = catalogue.find(unit.document.as_str()).filter(|n| catalogue.coded().contains(*n));
        let Some(number) = number else { continue };
        of.frame.insert(number);
        if let Some(words) = known.get(&unit.document).filter(|_| unit.drawn) {
            of.drawn.push(Drawn { number, probability: unit.probability, words: Arc::clone(words) });
        }
    }
    of
}

fn words(codebook: &Codebook, sheets: &[Sheet]) -> Words {
    let mut words = Words::new();
    // A later mode takes the place of an earlier one.
    for mode in [Mode::Blind, Mode::Adjudicated] {
        let of_mode = sheets.iter().filter(|s| s.mode == mode && s.codebook == codebook.id);
        // Two coders of one document: the first stands until the two are adjudicated.
        let mut first: BTreeMap<&str, Vec<Sheet>> = BTreeMap::new();
        for sheet in of_mode {
            first.entry(sheet.run.as_str()).or_default().push(sheet.clone());
        }
        let Some(sheets) = first.values().next() else { continue };
        let newest = Sheet::newest(sheets).into_iter();
        words.extend(newest.map(|(key, decision)| {
            (key, Word { value: decision.value.clone(), types: decision.types.clone() })
        }));
    }
    words
}
