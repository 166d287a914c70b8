//! A list of named figures, printed for people and written for machines.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::{Map, Value};

/// Figures of one bench in the order they were measured.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The conditions: machine, data, repetitions.
    pub(crate) conditions: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    key: &'static str,
    value: f64,
    unit: &'static str,
    goal: &'static str,
}

impl Report {
    /// Adds a figure and says it at once, as a later part may fail; `goal` is what the product promises, in words such as "≤ 10".
    pub(crate) fn figure(&mut self, key: &'static str, value: f64, unit: &'static str, goal: &'static str) {
        crate::sh::say(&format!("{key} {} {unit} ({goal})", round(value)));
        self.rows.push(Row { key, value, unit, goal });
    }

    /// Adds a figure that this run did not measure and says at once why, and how to get it; machines read `null`.
    pub(crate) fn unmeasured(
        &mut self,
        key: &'static str,
        unit: &'static str,
        goal: &'static str,
        why: &str,
    ) {
        crate::sh::say(&format!("{key} not measured: {why}"));
        self.conditions.push(format!("`{key}` was not measured: {why}"));
        self.rows.push(Row { key, value: f64::NAN, unit, goal });
    }

    /// Prints a Markdown table, and writes the flat object where a file is named.
    #[expect(clippy::print_stdout, reason = "a bench prints its figures")]
    pub(crate) fn print(&self, json: Option<&Path>) -> anyhow::Result<()> {
        for line in &self.conditions {
            println!("{line}");
        }
        println!("\n| figure | value | unit | goal |\n|---|---|---|---|");
        for row in &self.rows {
            println!("| `{}` | {} | {} | {} |", row.key, shown(row.value), row.unit, row.goal);
        }
        let Some(path) = json else { return Ok(()) };
        let object: Map<String, Value> =
            self.rows.iter().map(|row| (row.key.to_owned(), Value::from(round(row.value)))).collect();
        let text = serde_json::to_string_pretty(&object)?;
        fs::write(path, text + "\n").with_context(|| format!("write {}", path.display()))
    }
}

/// The value for people.
fn shown(value: f64) -> String {
    if value.is_nan() { "not measured".to_owned() } else { round(value).to_string() }
}

/// Three significant places are more than a noisy machine can bear out.
fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The median of `values`; NaN when there are none.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The `q` quantile of `values` by the nearest rank; NaN when there are none.
pub(crate) fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = ((sorted.len() as f64 * q).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(rank).copied().unwrap_or(f64::NAN)
}
