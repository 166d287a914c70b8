//! Columns that say how far labels of a code can be trusted.

use std::collections::BTreeMap;

use lacuna_domain::{CodeId, Codebook, DimensionId, Run};
use lacuna_store::{Store, StoreError};
use serde::Serialize;

use crate::analyze::agreement::report::PairAgreement;
use crate::analyze::agreement::{Measured, measured};
use crate::classify::offline::card::Cards;
use crate::review::statement::codes;

/// What stands in a row whose code nobody measured.
const NOT_MEASURED: &str = "not measured";

/// What was measured of the code of a row, by the same run, against the labeller that says most.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trust {
    /// Share of the run's positives that the other shares.
    pub code_precision: Option<f64>,
    /// Share of the other's positives that the run found.
    pub code_recall: Option<f64>,
    /// The agreement; null where nothing varies.
    pub code_agreement: Option<f64>,
    /// The statistic of the agreement.
    pub code_agreement_measure: Option<&'static str>,
    /// Documents that both labelled.
    pub code_measured_n: Option<usize>,
    /// What was measured, against whom and on which day, or "not measured".
    pub code_measured_against: String,
}

impl Default for Trust {
    fn default() -> Self {
        Self {
            code_precision: None,
            code_recall: None,
            code_agreement: None,
            code_agreement_measure: None,
            code_measured_n: None,
            code_measured_against: NOT_MEASURED.to_owned(),
        }
    }
}

impl Trust {
    /// Names of the columns.
    pub const COLUMNS: [&'static str; 6] = [
        "code_precision",
        "code_recall",
        "code_agreement",
        "code_agreement_measure",
        "code_measured_n",
        "code_measured_against",
    ];

    /// The columns as cells of a table.
    pub fn cells(&self) -> [String; 6] {
        let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
        [
            number(self.code_precision),
            number(self.code_recall),
            number(self.code_agreement),
            self.code_agreement_measure.unwrap_or_default().to_owned(),
            self.code_measured_n.map(|n| n.to_string()).unwrap_or_default(),
            self.code_measured_against.clone(),
        ]
    }

    /// The columns of what says most.
    pub fn of(measured: &[Measured]) -> Self {
        let Some(best) = measured.first() else { return Self::default() };
        let found = &best.figures;
        let round = |value: f64| (value * 1e4).round() / 1e4;
        let warning = best.in_sample.as_ref().map(|words| format!("; {words}")).unwrap_or_default();
        Self {
            code_precision: found.precision.map(round),
            code_recall: found.recall.map(round),
            code_agreement: found.agreement.value.map(round),
            code_agreement_measure: Some(found.measure.id()),
            code_measured_n: Some(found.n),
            code_measured_against: format!(
                "{}: {}, {}{warning}",
                best.words,
                best.who,
                best.at.strftime("%Y-%m-%d")
            ),
        }
    }
}

/// What is known of every code of a run.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<(DimensionId, CodeId), Trust>);

impl Known {
    /// Reads it.
    pub(super) async fn read(store: &Store, run: &Run, codebook: &Codebook) -> Result<Self, StoreError> {
        let pairs: Vec<PairAgreement> = store.agreements().await?;
        let cards = Cards::read(store).await?;
        let one = |(dimension, code): (DimensionId, CodeId)| {
            let trust = Trust::of(&measured(&pairs, &cards, run, dimension.as_str(), code.as_str()));
            ((dimension, code), trust)
        };
        Ok(Self(codes(codebook).into_iter().map(one).collect()))
    }

    /// Of one code.
    pub(super) fn of(&self, dimension: &DimensionId, code: &CodeId) -> Trust {
        self.0.get(&(dimension.clone(), code.clone())).cloned().unwrap_or_default()
    }
}
