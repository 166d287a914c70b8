//! The figures as a table for people and as one flat object for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::LABEL;
use super::bootstrap::{DRAWS, intervals};
use super::calibration::{Sure, bins, brier, risk_coverage};
use super::collect::Compared;
use super::metrics::{Counts, Table, f1, kappa, positives};
use crate::analyze::agreement::bootstrap::interval;
use crate::analyze::agreement::study::{Estimate, Measure};
use crate::classify::offline::actors::quality::RoleQuality;
use crate::classify::offline::card::CodeFigures;
use crate::classify::offline::model::layout::Layout;

/// Seed of the draws behind the intervals of codes.
const SEED: u64 = 7;

/// What cross-validation found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Number of documents compared.
    pub documents: usize,
    /// Every figure by its name in the benchmark's file.
    pub figures: BTreeMap<String, f64>,
    /// 95 % intervals by bootstrap over documents.
    pub intervals: BTreeMap<String, (f64, f64)>,
    counts: Counts,
    /// By document, for intervals.
    of_documents: Vec<Counts>,
    /// Actor roles: types and names.
    pub(crate) roles: Vec<RoleQuality>,
    codes: BTreeMap<String, Vec<String>>,
    sure: BTreeMap<String, Vec<Sure>>,
}

impl Report {
    pub(crate) fn new(
        layout: &Layout,
        compared: &[Compared],
        weights_bytes: usize,
        train_seconds: f64,
    ) -> Self {
        let documents: Vec<Counts> = compared.iter().map(|c| c.counts.clone()).collect();
        let mut counts = Counts::default();
        for document in &documents {
            counts.add(document);
        }
        let mut figures = counts.figures();
        figures.insert("weights_bytes".to_owned(), weights_bytes as f64);
        figures.insert("train_seconds".to_owned(), train_seconds);
        let mut sure: BTreeMap<String, Vec<Sure>> = BTreeMap::new();
        for (dimension, labels) in compared.iter().flat_map(|c| &c.sure) {
            sure.entry(dimension.clone()).or_default().extend(labels);
        }
        for (dimension, labels) in &sure {
            figures.insert(format!("{dimension}_brier"), brier(labels));
        }
        let codes =
            layout.dimensions.iter().map(|d| (d.id.clone(), d.codes.iter().map(|c| c.id.clone()).collect()));
        let intervals = intervals(&documents);
        Self {
            documents: compared.len(),
            figures,
            intervals,
            counts,
            of_documents: documents,
            roles: vec![],
            codes: codes.collect(),
            sure,
        }
    }

    /// What was found of each code, in the order of dimensions; of an actor role, of the names.
    pub fn by_code(&self) -> Vec<CodeFigures> {
        let mut figures = Vec::new();
        for (dimension, tables) in &self.counts.tables {
            let codes = self.codes.get(dimension).map(Vec::as_slice).unwrap_or_default();
            for (at, (code, table)) in codes.iter().zip(tables).enumerate() {
                let of = |counts: &Counts| counts.tables.get(dimension).and_then(|t| t.get(at)).copied();
                figures.push(CodeFigures {
                    agreement: self.kappa_interval(table, of),
                    measure: Measure::KappaQuadratic,
                    precision: ratio(hits(table), given(table)),
                    recall: ratio(hits(table), positives(table)),
                    positives: u64::from(positives(table)),
                    ..CodeFigures::new(dimension, code, self.documents)
                });
            }
        }
        for (dimension, [right, all]) in &self.counts.choices {
            let value = ratio(*right, *all);
            figures.push(CodeFigures {
                agreement: Estimate { value, ..Estimate::default() },
                positives: u64::from(*all),
                ..CodeFigures::new(dimension, dimension, *all as usize)
            });
        }
        for role in &self.roles {
            let counts = role.entities;
            figures.push(CodeFigures {
                agreement: Estimate { value: Some(counts.f1()), ..Estimate::default() },
                measure: Measure::F1,
                precision: ratio(counts.hits as u32, counts.given as u32),
                recall: ratio(counts.hits as u32, counts.wanted as u32),
                positives: counts.wanted as u64,
                ..CodeFigures::new("actor", &role.role, self.documents)
            });
        }
        figures
    }

    fn kappa_interval(&self, table: &Table, of: impl Fn(&Counts) -> Option<Table>) -> Estimate {
        let value = kappa(table);
        let tables: Vec<Table> = self.of_documents.iter().map(|d| of(d).unwrap_or_default()).collect();
        let drawn = interval(tables.len(), DRAWS, SEED, |weights| {
            let mut sum = Table::default();
            for (table, weight) in tables.iter().zip(weights) {
                for (to, from) in sum.iter_mut().flatten().zip(table.iter().flatten()) {
                    *to += from * weight;
                }
            }
            kappa(&sum)
        });
        let drawn = drawn.filter(|_| value.is_some());
        Estimate {
            value,
            low: drawn.map(|i| i.low),
            high: drawn.map(|i| i.high),
            undefined_draws: drawn.map_or(0, |i| i.degenerate),
        }
    }

    /// One flat object: figures by name.
    pub fn to_json(&self) -> serde_json::Value {
        let round = |v: f64| (v * 1e4).round() / 1e4;
        let mut object: serde_json::Map<String, serde_json::Value> =
            self.figures.iter().map(|(name, value)| (name.clone(), round(*value).into())).collect();
        object.insert("documents".to_owned(), self.documents.into());
        object.insert("label".to_owned(), LABEL.into());
        serde_json::Value::Object(object)
    }

    /// The table: figures with intervals, then codes, then calibration.
    pub fn to_table(&self) -> String {
        let mut out = format!(
            "{} documents, 5-fold cross-validation by document, 95 % intervals from {DRAWS} draws of documents\n\
             All figures: {LABEL}\n\n{:<26} {:>8}   interval\n",
            self.documents, "figure", "value"
        );
        for (name, value) in &self.figures {
            let interval =
                self.intervals.get(name).map_or_else(String::new, |(a, b)| format!("{a:.3} to {b:.3}"));
            let _ = writeln!(out, "{name:<26} {value:>8.3}   {interval}");
        }
        for (dimension, tables) in &self.counts.tables {
            let _ =
                writeln!(out, "\n{:<46} {:>5} {:>7} {:>6} {:>6}", dimension, "read", "engine", "QWK", "F1");
            let codes = self.codes.get(dimension).map(Vec::as_slice).unwrap_or_default();
            for (code, table) in codes.iter().zip(tables) {
                let given = given(table);
                let number = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{v:.2}"));
                let (k, f) = (number(kappa(table)), number(f1(table, 1)));
                let _ = writeln!(out, "{code:<46} {:>5} {given:>7} {k:>6} {f:>6}", positives(table));
            }
        }
        for (dimension, labels) in &self.sure {
            calibration(&mut out, dimension, labels);
        }
        out
    }
}

/// Labels both give above the lowest level.
fn hits(table: &Table) -> u32 {
    table[1][1] + table[1][2] + table[2][1] + table[2][2]
}

/// Labels the engine gives above the lowest level.
fn given(table: &Table) -> u32 {
    table.iter().map(|row| row[1] + row[2]).sum()
}

fn ratio(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

fn calibration(out: &mut String, dimension: &str, labels: &[Sure]) {
    let _ = writeln!(out, "\n{dimension}: Brier score {:.4}", brier(labels));
    let _ = writeln!(out, "  {:>7} {:>12} {:>8}", "labels", "probability", "right");
    for (count, mean, right) in bins(labels) {
        let _ = writeln!(out, "  {count:>7} {mean:>12.2} {right:>8.2}");
    }
    let points: Vec<String> =
        risk_coverage(labels).iter().map(|(percent, errors)| format!("{percent} %: {errors:.3}")).collect();
    let _ = writeln!(out, "  share of errors among the surest {}", points.join(", "));
}
