//! How common a code is once the machine's errors are taken out, from a sample that people read. Nothing is shown where
//! there is no sample, or where part of it was not read yet: the chances of the rest would be wrong.

use std::collections::BTreeMap;

use lacuna_domain::codebook::Dimension;
use lacuna_domain::decision::{Mode, Sheet};
use lacuna_domain::{CodeId, DimensionId, DocumentId};
use lacuna_pipeline::analyze::estimate::{Estimated, Unit, design_based, naive, prediction_powered};
use lacuna_pipeline::review::sample::{Design, Sample};
use serde::Serialize;

use crate::error::WebError;
use crate::state::{App, Snapshot};

/// Shares of documents with a positive label of one code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Corrected {
    /// Name of the sample.
    pub sample: String,
    /// Documents that people read.
    pub read: usize,
    /// Documents that could be drawn.
    pub of: usize,
    /// The machine's own share; its interval knows nothing of its errors.
    pub naive: Estimated,
    /// Design-based supervised learning.
    pub design_based: Estimated,
    /// Prediction-powered inference; simple samples only.
    pub prediction_powered: Option<Estimated>,
}

impl Corrected {
    /// Value, ends of the interval and sample, as cells of a table.
    pub(crate) fn cells(&self) -> [String; 4] {
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
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share.clamp(0.0, 1.0))
}

fn interval(estimate: Estimated) -> String {
    format!("{} ({} to {})", percent(estimate.value), percent(estimate.low), percent(estimate.high))
}

/// What people say of the documents of all samples: whether a code has a positive label.
#[derive(Debug, Default)]
pub struct Decided {
    samples: Vec<Sample>,
    words: BTreeMap<DocumentId, BTreeMap<(DimensionId, CodeId), bool>>,
}

/// Reads the samples under the codebook that is shown, and what people say of their documents: what was adjudicated
/// first, then what was coded blind.
pub async fn decided(app: &App, snapshot: &Snapshot) -> Result<Decided, WebError> {
    let samples: Vec<(i64, jiff::Timestamp, Sample)> =
        app.store().samples().await.map_err(WebError::internal("read the samples"))?;
    let run = snapshot.run.as_ref().map_or("", |run| run.id.as_str());
    let mut of = Decided::default();
    for (_, _, sample) in samples {
        if sample.codebook_hash != snapshot.codebook.hash || sample.run != run {
            continue;
        }
        for unit in sample.drawn() {
            if !of.words.contains_key(&unit.document) {
                let sheets = app.store().sheets_of(&unit.document).await;
                let sheets = sheets.map_err(WebError::internal("read decisions on a sample"))?;
                of.words.insert(unit.document.clone(), words(snapshot, &sheets));
            }
        }
        of.samples.push(sample);
    }
    Ok(of)
}

fn words(snapshot: &Snapshot, sheets: &[Sheet]) -> BTreeMap<(DimensionId, CodeId), bool> {
    let mut words = BTreeMap::new();
    // A later mode takes the place of an earlier one.
    for mode in [Mode::Blind, Mode::Adjudicated] {
        let of_mode = sheets.iter().filter(|s| s.mode == mode && s.codebook == snapshot.codebook.id);
        // Two coders of one document: the first stands until the two are adjudicated.
        let mut first: BTreeMap<&str, Vec<Sheet>> = BTreeMap::new();
        for sheet in of_mode {
            first.entry(sheet.run.as_str()).or_default().push(sheet.clone());
        }
        let Some(sheets) = first.values().next() else { continue };
        for (key, decision) in Sheet::newest(sheets) {
            let lowest = snapshot.codebook.dimension(key.0.as_str()).map_or(0, Dimension::lowest);
            words.insert(key, decision.value.is_positive(lowest));
        }
    }
    words
}

impl Decided {
    /// The estimates of one code, one for each sample that was read whole.
    pub fn of(&self, snapshot: &Snapshot, dimension: &Dimension, code: &CodeId) -> Vec<Corrected> {
        self.samples.iter().filter_map(|sample| self.one(snapshot, sample, dimension, code)).collect()
    }

    fn one(
        &self,
        snapshot: &Snapshot,
        sample: &Sample,
        dimension: &Dimension,
        code: &CodeId,
    ) -> Option<Corrected> {
        let key = (dimension.id.clone(), code.clone());
        let mut units = Vec::with_capacity(sample.units.len());
        for unit in &sample.units {
            let level = snapshot
                .catalogue
                .record_of(unit.document.as_str())?
                .level(dimension.id.as_str(), code.as_str())?;
            let people = if unit.drawn {
                Some(f64::from(u8::from(*self.words.get(&unit.document)?.get(&key)?)))
            } else {
                None
            };
            let machine = f64::from(u8::from(level > dimension.lowest()));
            units.push(Unit { machine, probability: unit.probability, people });
        }
        let labelled: Vec<(f64, f64)> = units.iter().filter_map(|u| Some((u.people?, u.machine))).collect();
        let rest: Vec<f64> = units.iter().filter(|u| u.people.is_none()).map(|u| u.machine).collect();
        let simple = sample.design == Design::Simple;
        Some(Corrected {
            sample: sample.name.clone(),
            read: labelled.len(),
            of: units.len(),
            naive: naive(&units)?,
            design_based: design_based(&units)?,
            prediction_powered: if simple { prediction_powered(&labelled, &rest, Some(1.0)) } else { None },
        })
    }
}

/// Reads what people say of samples, so that [`Coverage::known`](crate::view::Coverage::known) can show it.
pub async fn ready(app: &App, snapshot: &Snapshot) -> Result<(), WebError> {
    snapshot.decided.get_or_try_init(|| decided(app, snapshot)).await.map(drop)
}

/// The estimates of a code.
pub async fn of_code(
    app: &App,
    snapshot: &Snapshot,
    dimension: &Dimension,
    code: &CodeId,
) -> Result<Vec<Corrected>, WebError> {
    let decided = snapshot.decided.get_or_try_init(|| decided(app, snapshot)).await?;
    Ok(decided.of(snapshot, dimension, code))
}
