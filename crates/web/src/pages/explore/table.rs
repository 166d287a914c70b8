//! `GET /explore.csv`: a row for each cell.

use std::iter;
use std::ops::Range;

use axum::http::HeaderValue;
use axum::response::Response;
use lacuna_pipeline::analyze::corrected::Corrected;
use lacuna_pipeline::analyze::crosstab::{Cell, Line, Panel};
use lacuna_pipeline::publish::export::Trust;
use lacuna_store::catalogue::{Record, Unit};

use super::page::ExplorePage;
use crate::error::WebError;
use crate::find::Found;
use crate::pieces::{self, AT_A_TIME, IN_ONE_PIECE};
use crate::reply::{self, csv_row};
use crate::state::Snapshot;

/// The name of the file.
const NAME: &str = "explore.csv";
/// First columns; corrected shares, trust and `within` follow.
const COLUMNS: [&str; 11] =
    ["panel", "row", "column", "count", "of", "share", "unit", "set", "as_of", "fiction", "run"];
/// Bytes of the longest words for a set in a file that is made in one piece: every row has them.
const SHORT: usize = 1_000;

/// The page as a file: made in one piece and held where it is short, else written while it is read.
pub(super) fn csv(
    page: ExplorePage,
    snapshot: &Snapshot,
    found: &Found,
    known: Option<&HeaderValue>,
) -> Result<Response, WebError> {
    let rows = Rows::of(page);
    let cells = rows.len();
    if cells <= IN_ONE_PIECE && rows.set.len() <= SHORT {
        return Ok(reply::csv(NAME, head() + &rows.written(0..cells)));
    }
    // What words find is not told by the address alone.
    let documents = found.selection.documents().iter();
    let ids = documents.filter_map(|number| snapshot.catalogue.record(number)).map(Record::id);
    let asked = rows.page.asked.href();
    let made_of = iter::once(asked.as_str()).chain(ids);
    let tag = reply::tag_of_rows(snapshot, snapshot.run.as_ref(), made_of)?;
    let some = move |from: usize| rows.written(from..cells.min(from + AT_A_TIME));
    let table = pieces::table(head(), (0..cells).step_by(AT_A_TIME).map(some));
    Ok(reply::stream(NAME, reply::CSV, tag, known, table))
}

fn head() -> String {
    let mut out = String::new();
    let more = Corrected::COLUMNS.into_iter().chain(Trust::COLUMNS).chain(["within"]);
    csv_row(&mut out, COLUMNS.into_iter().chain(more));
    out
}

/// What the rows are written from.
struct Rows {
    page: ExplorePage,
    /// The set in words.
    set: String,
    as_of: String,
    /// Cells of a row of the chart.
    width: usize,
}

impl Rows {
    /// The page without its pictures, since it may be held as long as the file is read.
    fn of(mut page: ExplorePage) -> Self {
        page.figure.shown = vec![];
        let first = page.figure.table.panels.first().and_then(|panel| panel.cells.first());
        let width = first.map_or(0, Vec::len);
        Self { set: page.set.words_of(), as_of: page.provenance.as_of_day(), width, page }
    }

    /// Cells of all panels.
    fn len(&self) -> usize {
        let table = &self.page.figure.table;
        table.panels.len() * table.rows.len() * self.width
    }

    /// The cell of this number, with its place.
    fn cell(&self, number: usize) -> Option<([usize; 3], &Panel, &Line, Cell)> {
        let table = &self.page.figure.table;
        let (line, column) = (number / self.width, number % self.width);
        let (panel, row) = (line / table.rows.len(), line % table.rows.len());
        let (of, line) = (table.panels.get(panel)?, table.rows.get(row)?);
        Some(([panel, row, column], of, line, *of.cells.get(row)?.get(column)?))
    }

    /// The rows of the cells with these numbers.
    fn written(&self, cells: Range<usize>) -> String {
        let Self { page, set, as_of, .. } = self;
        let unit = if page.asked.unit == Unit::Texts { "texts" } else { "documents" };
        let run = page.provenance.run.as_ref().map_or("", |run| run.id.as_str());
        let fiction = if page.provenance.fiction { "fiction" } else { "" };
        let mut out = String::new();
        for (at, panel, row, cell) in cells.filter_map(|number| self.cell(number)) {
            let name = panel.line.as_ref().map_or("", |line| line.label.as_str());
            let [.., place] = at;
            let column = page.figure.table.columns.get(place).map_or("", |column| column.label.as_str());
            let share = cell.share().map_or_else(String::new, |share| format!("{share:.4}"));
            let (count, of, within) = (cell.count.to_string(), cell.of.to_string(), cell.within.to_string());
            let cells = [name, &row.label, column, &count, &of, &share, unit, set, as_of, fiction, run];
            let corrected = page.figure.corrected_at(at).map(Corrected::cells).unwrap_or_default();
            let trust = page.figure.trust_of(&row.label, column);
            let more = corrected.iter().chain(&trust).chain([&within]).map(String::as_str);
            csv_row(&mut out, cells.into_iter().chain(more));
        }
        out
    }
}
