//! How far a label can be trusted: what was measured of its code and its engine, against whom, and when.

use lacuna_domain::run::Labeller;
use lacuna_pipeline::analyze::agreement::report::{PairAgreement, Who};
use lacuna_pipeline::analyze::agreement::study::Measure;
use lacuna_pipeline::publish::agreement_text::{measure_name, number, with_interval};
use serde::Serialize;

use super::day;

/// What was measured of one code of one run against one labeller.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Against {
    /// Against whom.
    pub who: String,
    /// What that is; agreement with a language-model reading is called so.
    pub words: String,
    /// When it was measured.
    pub day: String,
    /// Documents that both labelled.
    pub n: usize,
    /// Positive labels of the one it is measured against.
    pub positives: u64,
    /// Share of this engine's positives that the other shares.
    pub precision: Option<f64>,
    /// Share of the other's positives that this engine found.
    pub recall: Option<f64>,
    /// Name of the agreement statistic.
    pub measure: &'static str,
    /// Its value; `None` is undefined, since nothing varies.
    pub agreement: Option<f64>,
    /// The value with its interval, for readers.
    pub agreement_words: String,
    /// Address of the whole measurement.
    pub href: String,
}

impl Against {
    /// The precision for readers.
    pub fn precision_words(&self) -> String {
        number(self.precision)
    }

    /// The recall for readers.
    pub fn recall_words(&self) -> String {
        number(self.recall)
    }
}

/// How far labels of one code of one run can be trusted; empty reads "not measured".
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reliability {
    /// Measurements against people and imported labels, people first.
    pub against: Vec<Against>,
}

impl Reliability {
    /// What `pairs` hold on the code under `run`.
    pub fn of(pairs: &[PairAgreement], run: &str, dimension: &str, code: &str) -> Self {
        let mut against: Vec<(Labeller, Against)> =
            pairs.iter().filter_map(|pair| one(pair, run, dimension, code)).collect();
        against.sort_by_key(|(kind, _)| *kind != Labeller::People);
        Self { against: against.into_iter().map(|(_, against)| against).collect() }
    }

    /// One line for the closed mark.
    pub fn short(&self) -> String {
        self.against.first().map_or_else(
            || "not measured".to_owned(),
            |a| format!("precision {}, recall {}, n {}", a.precision_words(), a.recall_words(), a.n),
        )
    }
}

fn one(pair: &PairAgreement, run: &str, dimension: &str, code: &str) -> Option<(Labeller, Against)> {
    let (own_is_second, other): (bool, &Who) = if pair.b.run == run {
        (true, &pair.a)
    } else if pair.a.run == run {
        (false, &pair.b)
    } else {
        return None;
    };
    if other.kind == Labeller::Machine {
        return None;
    }
    let (found, code) = pair.code(dimension, code)?;
    let value = |measure| code.get(measure).value;
    let (precision, recall) = (value(Measure::Precision), value(Measure::Recall));
    // Seen from the other side the two change places.
    let (precision, recall) = if own_is_second { (precision, recall) } else { (recall, precision) };
    let headline = code.get(found.headline);
    let against = Against {
        who: other.name.clone(),
        words: pair.words.clone(),
        day: day(pair.at),
        n: code.n,
        positives: code.positives[usize::from(!own_is_second)],
        precision,
        recall,
        measure: measure_name(found.headline),
        agreement: headline.value,
        agreement_words: with_interval(headline),
        href: pair_href(pair),
    };
    Some((other.kind, against))
}

/// Address of the page of a pair.
pub fn pair_href(pair: &PairAgreement) -> String {
    let short = |run: &str| run.get(..12).unwrap_or(run).to_owned();
    crate::address::with_query("/agreement", [("a", short(&pair.a.run).as_str()), ("b", &short(&pair.b.run))])
}
