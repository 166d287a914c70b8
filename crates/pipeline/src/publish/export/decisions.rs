//! Rows of runs that people stand behind: the newest word of the run's labeller on each code.

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::decision::{Decision, Sheet};
use lacuna_domain::{CodeId, DimensionId, Text, Value};

use super::code_points::CodePoints;
use super::judgement_row::{JudgementRow, Subject, evidence_rows};

/// What the reasoning of a label without a located quote and without a reason of its own says.
const NO_PASSAGE: &str = "no passage recorded";

/// One row per decided code; `sheets` are in the order in which they came in.
pub(super) fn rows(subject: &Subject<'_>, sheets: &[&Sheet], text: Option<&Text>) -> Vec<JudgementRow> {
    let mut newest: BTreeMap<(usize, usize), &Decision> = BTreeMap::new();
    for decision in sheets.iter().flat_map(|sheet| &sheet.decisions) {
        if let Some(place) = place(subject, &decision.dimension, &decision.code) {
            newest.insert(place, decision);
        }
    }
    let evidence = newest.values().flat_map(|decision| &decision.evidence);
    let points = CodePoints::new(text.map_or("", |text| text.content.as_str()), evidence);
    newest.values().map(|decision| row(subject, decision, &points)).collect()
}

fn row(subject: &Subject<'_>, decision: &Decision, points: &CodePoints) -> JudgementRow {
    let lowest = subject.codebook.dimension(decision.dimension.as_str()).map_or(0, Dimension::lowest);
    let bare = decision.value.is_positive(lowest) && decision.evidence.is_empty();
    let reasoning = match decision.reasoning.as_str() {
        "" if bare => NO_PASSAGE.to_owned(),
        "" => String::new(),
        reason if bare => format!("{reason} ({NO_PASSAGE})"),
        reason => reason.to_owned(),
    };
    let row = subject.row(&decision.dimension, &decision.code, &decision.value);
    let is_role = subject
        .codebook
        .dimension(decision.dimension.as_str())
        .is_some_and(|d| matches!(d.kind, Kind::Actor { .. }));
    JudgementRow {
        reasoning,
        role: is_role.then(|| decision.code.to_string()),
        level: match &decision.value {
            Value::Flag(named) if is_role => if *named { "Named" } else { "Not named" }.to_owned(),
            _ => row.level.clone(),
        },
        evidence: evidence_rows(&decision.evidence, points),
        ..row
    }
}

/// The place of a code in the codebook; `None` for a code that it does not have.
fn place(subject: &Subject<'_>, dimension: &DimensionId, code: &CodeId) -> Option<(usize, usize)> {
    let dimensions = &subject.codebook.dimensions;
    let at = dimensions.iter().position(|d| &d.id == dimension)?;
    let named = dimensions.get(at)?;
    if matches!(named.kind, Kind::Choice) {
        return Some((at, 0));
    }
    named.codes.iter().position(|c| &c.id == code).map(|code| (at, code))
}
