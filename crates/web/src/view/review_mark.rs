//! What people made of a label: reviewed, disputed or adjudicated.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::codebook::Codebook;
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::{CodeId, DimensionId, RunId};
use serde::Serialize;

/// What people made of one label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewMark {
    /// `reviewed`, `disputed` or `adjudicated`.
    pub state: &'static str,
    /// What they say, for readers.
    pub words: String,
}

/// One sheet per run: its newest words, and the day of the newest of them. Imported, blind, assisted and adjudicated
/// decisions stay apart, since each way of working is a run of its own.
pub fn merged(sheets: Vec<Sheet>) -> Vec<Sheet> {
    let mut by_run: BTreeMap<RunId, Vec<Sheet>> = BTreeMap::new();
    let mut order: Vec<RunId> = Vec::new();
    for sheet in sheets {
        if !by_run.contains_key(&sheet.run) {
            order.push(sheet.run.clone());
        }
        by_run.entry(sheet.run.clone()).or_default().push(sheet);
    }
    let one = |run: RunId| {
        let sheets = by_run.remove(&run)?;
        let decisions = Sheet::newest(&sheets).into_values().cloned().collect();
        let last = sheets.into_iter().next_back()?;
        Some(Sheet { decisions, ..last })
    };
    order.into_iter().filter_map(one).collect()
}

/// The marks of one document by `dimension/code`; `sheets` are merged.
pub fn marks<'s>(
    sheets: impl Iterator<Item = &'s Sheet>,
    codebook: &Codebook,
) -> BTreeMap<String, ReviewMark> {
    let mut said: BTreeMap<(DimensionId, CodeId), Vec<(&Sheet, &Decision)>> = BTreeMap::new();
    for sheet in sheets.filter(|s| s.mode != Mode::Imported && s.codebook == codebook.id) {
        for decision in &sheet.decisions {
            said.entry((decision.dimension.clone(), decision.code.clone()))
                .or_default()
                .push((sheet, decision));
        }
    }
    said.into_iter().map(|(key, of)| (format!("{}/{}", key.0, key.1), mark(&key.0, &of, codebook))).collect()
}

fn mark(dimension: &DimensionId, said: &[(&Sheet, &Decision)], codebook: &Codebook) -> ReviewMark {
    let name = |decision: &Decision| {
        let of = codebook.dimension(dimension.as_str());
        of.map_or_else(String::new, |d| d.value_name(&decision.value).to_owned())
    };
    if let Some((_, settled)) = said.iter().find(|(sheet, _)| sheet.mode == Mode::Adjudicated) {
        return ReviewMark { state: "adjudicated", words: format!("adjudicated: {}", name(settled)) };
    }
    let values: BTreeSet<_> = said.iter().map(|(_, decision)| &decision.value).collect();
    let each = said.iter().map(|(sheet, d)| format!("{} ({}): {}", sheet.labeller, sheet.mode.id(), name(d)));
    let each = each.collect::<Vec<_>>().join("; ");
    if values.len() > 1 {
        return ReviewMark { state: "disputed", words: format!("disputed: {each}") };
    }
    ReviewMark { state: "reviewed", words: format!("reviewed: {each}") }
}
