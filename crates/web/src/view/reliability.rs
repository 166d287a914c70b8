//! How far a label can be trusted: what was measured of its code and its engine, against whom, and when.

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::run::Run;
use lacuna_domain::{CodeId, Codebook, DimensionId};
use lacuna_pipeline::analyze::agreement::report::PairAgreement;
use lacuna_pipeline::analyze::agreement::{Measured, measured};
use lacuna_pipeline::classify::offline::card::Cards;
use lacuna_pipeline::publish::agreement_text::{measure_name, number, with_interval};
use lacuna_pipeline::publish::export::Trust;
use lacuna_pipeline::review::statement::codes;
use serde::Serialize;

use super::day;
use crate::address;

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
    /// The warning where the engine was trained on the documents compared.
    pub in_sample: Option<String>,
    /// Address of the whole measurement, or of how the shipped engine was measured.
    pub href: String,
}

impl Against {
    fn of(measured: Measured) -> Self {
        let href = match &measured.pair {
            Some((a, b)) => runs_href(a, b),
            None => "/docs/offline-engine".to_owned(),
        };
        let found = measured.figures;
        Self {
            day: day(measured.at),
            measure: measure_name(found.measure),
            agreement: found.agreement.value,
            agreement_words: with_interval(found.agreement),
            who: measured.who,
            words: measured.words,
            n: found.n,
            positives: found.positives,
            precision: found.precision,
            recall: found.recall,
            in_sample: measured.in_sample,
            href,
        }
    }

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
    /// Measurements, what says most first: people, imported labels, the figures shipped with the engine, and last what
    /// was measured on documents of the engine's own training.
    pub against: Vec<Against>,
    /// Address of the page of the code, at the whole of it.
    pub href: String,
    /// The one that says most, as columns of tables.
    #[serde(skip)]
    pub columns: Trust,
}

impl Reliability {
    /// What `pairs` and `cards` hold on the code under `run`.
    pub fn of(
        pairs: &[PairAgreement],
        cards: &Cards,
        run: Option<&Run>,
        dimension: &str,
        code: &str,
    ) -> Self {
        let known = run.map(|run| measured(pairs, cards, run, dimension, code)).unwrap_or_default();
        let page =
            if dimension == code { address::dimension(dimension) } else { address::code(dimension, code) };
        Self {
            columns: Trust::of(&known),
            against: known.into_iter().map(Against::of).collect(),
            href: format!("{page}#trust"),
        }
    }

    /// One line for the closed mark.
    pub fn short(&self) -> String {
        let Some(a) = self.against.first() else { return "not measured".to_owned() };
        let warning = if a.in_sample.is_some() { ", in sample" } else { "" };
        if a.precision.is_none() && a.recall.is_none() && a.agreement.is_some() {
            return format!("{} {}, n {}{warning}", a.measure, number(a.agreement), a.n);
        }
        format!("precision {}, recall {}, n {}{warning}", a.precision_words(), a.recall_words(), a.n)
    }

    /// Precision and recall for a narrow column.
    pub fn brief(&self) -> String {
        let two = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.2}"));
        self.against.first().map_or_else(
            || "not measured".to_owned(),
            |a| {
                let warning = if a.in_sample.is_some() { " in sample" } else { "" };
                if a.precision.is_none() && a.recall.is_none() {
                    return format!("{}{warning}", two(a.agreement));
                }
                format!("{} / {}{warning}", two(a.precision), two(a.recall))
            },
        )
    }
}

/// How far labels of every code of one run can be trusted, by `dimension/code`; told once and shared by many pages.
#[derive(Clone, Debug, Default)]
pub struct Trusts(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    codes: BTreeMap<String, Reliability>,
    /// What is said of a code that the codebook does not have.
    nothing: Reliability,
}

impl Trusts {
    /// What `pairs` and `cards` hold on every code of `codebook` under `run`.
    pub fn of(pairs: &[PairAgreement], cards: &Cards, run: &Run, codebook: &Codebook) -> Self {
        let told = |(dimension, code): (DimensionId, CodeId)| {
            let found = Reliability::of(pairs, cards, Some(run), dimension.as_str(), code.as_str());
            (format!("{dimension}/{code}"), found)
        };
        let codes = codes(codebook).into_iter().map(told).collect();
        Self(Arc::new(Told { codes, nothing: Reliability::default() }))
    }

    /// What is told of a code, named `dimension/code`.
    pub fn get(&self, key: &str) -> Option<&Reliability> {
        self.0.codes.get(key)
    }

    /// The same; that nothing was measured, of a code that is not there.
    pub fn of_code(&self, key: &str) -> &Reliability {
        self.get(key).unwrap_or(&self.0.nothing)
    }
}

impl Serialize for Trusts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.codes.serialize(serializer)
    }
}

/// Address of the page of a pair.
pub fn pair_href(pair: &PairAgreement) -> String {
    runs_href(&pair.a.run, &pair.b.run)
}

fn runs_href(a: &str, b: &str) -> String {
    let short = |run: &str| run.get(..12).unwrap_or(run).to_owned();
    address::with_query("/agreement", [("a", short(a).as_str()), ("b", &short(b))])
}
