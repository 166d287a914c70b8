//! `/codes…`

pub mod dimension;
pub mod list;
pub mod quotes;
pub mod show;

use crate::reply::csv_row;
use crate::view::Coverage;

/// Counts by code as CSV.
pub(crate) fn coverage_csv(coverage: &[Coverage]) -> String {
    let mut out = String::new();
    csv_row(
        &mut out,
        ["dimension", "code", "name", "highest_level", "levels_between", "classified_documents"],
    );
    for dimension in coverage {
        for line in dimension.lines() {
            let counts = [line.bar.full, line.bar.half, line.bar.of].map(|n| n.to_string());
            let cells = [dimension.id.as_str(), &line.code, &line.name, &counts[0], &counts[1], &counts[2]];
            csv_row(&mut out, cells);
        }
    }
    out
}
