//! `/codes…`

pub mod dimension;
pub mod list;
mod picture;
pub mod quotes;
pub mod show;

use lacuna_pipeline::publish::export::Trust;

use crate::reply::csv_row;
use crate::view::Coverage;
use lacuna_pipeline::analyze::corrected::Corrected;

/// Counts by code as CSV.
pub(crate) fn coverage_csv(coverage: &[Coverage]) -> String {
    let mut out = String::new();
    csv_row(
        &mut out,
        ["dimension", "code", "name", "highest_level", "levels_between", "classified_documents"]
            .into_iter()
            .chain(Corrected::COLUMNS)
            .chain(Trust::COLUMNS),
    );
    for dimension in coverage {
        for line in dimension.lines() {
            let counts = [line.bar.full, line.bar.half, line.bar.of].map(|n| n.to_string());
            let cells = [dimension.id.as_str(), &line.code, &line.name, &counts[0], &counts[1], &counts[2]];
            let corrected = line.corrected.first().map(Corrected::cells).unwrap_or_default();
            let trust =
                line.trust.as_ref().map_or_else(Trust::default, |trust| trust.columns.clone()).cells();
            let more = corrected.iter().chain(&trust).map(String::as_str);
            csv_row(&mut out, cells.into_iter().chain(more));
        }
    }
    out
}
