//! The gaps of a set as a table: a row for each code, with its figures in the other set where there is one.

use lacuna_pipeline::analyze::gaps::CodeGap;
use lacuna_pipeline::publish::export::Trust;

use super::set::{GapsPage, Versus};
use crate::reply::csv_row;

/// Columns of the set.
const COLUMNS: [&str; 19] = [
    "dimension",
    "code",
    "name",
    "group",
    "verdict",
    "documents",
    "documents_at_highest",
    "standing",
    "standing_at_highest",
    "binding",
    "binding_at_highest",
    "expected_missed",
    "of_classified",
    "of_standing",
    "of_binding",
    "on",
    "set",
    "fiction",
    "run",
];

/// Columns at the end: what the verdict does not say, and the other set, empty where none is beside.
const LAST: [&str; 13] = [
    "none_at_highest",
    "versus_set",
    "versus_verdict",
    "versus_documents",
    "versus_documents_at_highest",
    "versus_standing",
    "versus_standing_at_highest",
    "versus_binding",
    "versus_binding_at_highest",
    "versus_expected_missed",
    "versus_of_classified",
    "versus_of_standing",
    "versus_of_binding",
];

/// The table of the page.
pub(super) fn of(page: &GapsPage) -> String {
    let mut out = String::new();
    csv_row(&mut out, COLUMNS.into_iter().chain(Trust::COLUMNS).chain(LAST));
    let run = page.provenance.run.as_ref().map_or("", |run| run.id.as_str());
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    for row in &page.rows {
        let gap = &row.gap;
        let [verdict, counts @ ..] = figures(gap);
        let named = [
            page.dimension.clone(),
            gap.code.clone(),
            gap.name.clone(),
            gap.group.clone().unwrap_or_default(),
            verdict,
        ];
        let about = [
            page.classified.to_string(),
            page.standing.to_string(),
            page.binding.to_string(),
            page.on.to_string(),
            page.set.words_of(),
            fiction.to_owned(),
            run.to_owned(),
        ];
        let cells = named.into_iter().chain(counts).chain(about).chain(row.trust.columns.cells());
        let none_at_highest = if gap.none_at_highest { "yes" } else { "no" };
        let beside = beside(page.versus.as_ref().zip(row.versus.as_ref()));
        let cells: Vec<String> = cells.chain([none_at_highest.to_owned()]).chain(beside).collect();
        csv_row(&mut out, cells.iter().map(String::as_str));
    }
    out
}

/// Verdict and counts of a code.
pub(super) fn figures(gap: &CodeGap) -> [String; 8] {
    [
        gap.verdict.id().to_owned(),
        gap.any.to_string(),
        gap.full.to_string(),
        gap.standing_any.to_string(),
        gap.standing_full.to_string(),
        gap.binding_any.to_string(),
        gap.binding_full.to_string(),
        gap.expected_missed.map_or_else(String::new, |missed| format!("{missed:.3}")),
    ]
}

/// The same code in the other set.
fn beside(other: Option<(&Versus, &CodeGap)>) -> Vec<String> {
    let Some((set, gap)) = other else { return vec![String::new(); LAST.len() - 1] };
    let of = [set.classified, set.standing, set.binding].map(|n| n.to_string());
    [set.name.clone()].into_iter().chain(figures(gap)).chain(of).collect()
}
