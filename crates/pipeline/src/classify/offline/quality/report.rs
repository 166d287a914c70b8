//! The figures as a table for people and as one flat object for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::LABEL;
use super::bootstrap::{DRAWS, intervals};
use super::calibration::{Sure, bins, brier, risk_coverage};
use super::collect::Compared;
use super::metrics::{Counts, f1, kappa, positives};
use crate::classify::offline::model::layout::Layout;

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
        Self { documents: compared.len(), figures, intervals, counts, codes: codes.collect(), sure }
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
                let given: u32 = table.iter().map(|row| row[1] + row[2]).sum();
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
