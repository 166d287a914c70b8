//! The pictures of a chart and the tables behind them, with the list of exactly the documents of every mark.

use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_pipeline::analyze::crosstab::{Base, Cell, Line, Panel, Spec, Table};
use lacuna_pipeline::analyze::findings::percent;

use super::drawn::Drawn;
use super::figure::{Shown, TableCell, TableRow};
use super::notes::FEWEST;
use super::series::Series;
use super::shares::Shares;
use super::{Asked, Chart};
use crate::pages::gaps;
use crate::state::{Snapshot, list_href};
use crate::view::chart::{self, Grid, Mark, Picture, Room};
use crate::view::narrowed;

/// Longest address of a list of several values, in bytes: programs cut longer ones than two thousand.
const LONGEST: usize = 2_000;

/// A counted chart while it is drawn.
pub(super) struct Frame<'f> {
    pub(super) snapshot: &'f Snapshot,
    pub(super) asked: &'f Asked,
    pub(super) spec: &'f Spec,
    pub(super) table: &'f Table,
    pub(super) shares: &'f Shares,
    pub(super) drawn: Drawn,
    pub(super) series: &'f Series,
}

impl Frame<'_> {
    /// The pictures with their tables, in the order of the panels.
    pub(super) fn shown(&self, title: &str) -> Vec<Shown> {
        let panels = self.table.panels.iter().enumerate().take(self.drawn.panels);
        panels.map(|(at, panel)| self.panel(title, at, panel)).collect()
    }

    fn panel(&self, title: &str, at: usize, panel: &Panel) -> Shown {
        let name = panel.line.as_ref().map_or_else(String::new, |line| self.panel_name(line, panel));
        let label = if name.is_empty() { title.to_owned() } else { format!("{title}: {name}") };
        Shown {
            label: format!("{label}. Marks are links; the table below says the same."),
            href: self.href(panel, None, None),
            picture: self.picture(at, panel),
            rows: self.rows(at, panel),
            name,
        }
    }

    /// The value of a panel with the number of its documents, and of those that shares are of.
    fn panel_name(&self, line: &Line, panel: &Panel) -> String {
        let Panel { documents, classified, .. } = panel;
        if self.asked.base == Base::Text && classified < documents {
            format!("{} ({documents}, {classified} classified)", line.label)
        } else {
            format!("{} ({documents})", line.label)
        }
    }

    fn picture(&self, at: usize, panel: &Panel) -> Option<Picture> {
        match self.asked.chart {
            Chart::Heat => Some(chart::heat(&self.grid(at, panel))),
            Chart::Bars => Some(chart::bars(&self.grid(at, panel), Room::Whole)),
            Chart::Multiples => Some(chart::bars(&self.grid(at, panel), Room::Shared)),
            Chart::Timeline => Some(chart::timeline(&self.grid(at, panel))),
            Chart::Table => None,
        }
    }

    fn grid(&self, at: usize, panel: &Panel) -> Grid {
        let part = self.drawn.picture;
        let rows = || self.table.rows.iter().enumerate().skip(part.skipped).take(part.rows);
        let total = |place: usize| panel.row_counts.get(place).copied().unwrap_or_default();
        let name = |(place, row): (usize, &Line)| match self.asked.base {
            Base::Row if self.asked.chart != Chart::Timeline => format!("{} ({})", row.label, total(place)),
            _ => row.label.clone(),
        };
        Grid {
            rows: rows().map(name).collect(),
            columns: self.series.counted(self.table, panel),
            marks: rows().map(|(place, row)| self.marks((at, panel), place, row)).collect(),
            totals: rows().map(|(place, _)| total(place)).collect(),
            unit: self.asked.unit_words().to_owned(),
        }
    }

    fn marks(&self, (at, panel): (usize, &Panel), place: usize, row: &Line) -> Vec<Mark> {
        let cells = panel.cells.get(place).map(Vec::as_slice).unwrap_or_default();
        let shares = self.shares.panel(at);
        let mark = |column: &usize| -> Option<Mark> {
            let cell = cells.get(*column)?;
            Some(Mark {
                count: cell.count,
                part: cell.within,
                of: cell.of,
                few: self.asked.compares() && cell.of < FEWEST,
                repeated: false,
                href: self.href(panel, Some(row), self.table.columns.get(*column)),
                corrected: shares.get(&(place, *column)).and_then(|found| found.first()).cloned(),
            })
        };
        let together = self.series.together(cells, self.asked.base);
        let together = together.map(|mark| Mark { href: self.others(panel, row, &mark), ..mark });
        self.series.own.iter().filter_map(mark).chain(together).collect()
    }

    /// Where the series lead that are drawn together: to the list of just their documents, which is that of any of these
    /// values of one field; else to the table, in which each has its own.
    fn others(&self, panel: &Panel, row: &Line, mark: &Mark) -> String {
        if mark.count == 0 {
            return String::new();
        }
        let list = |columns: Vec<&Condition>| {
            let lines = [panel.line.as_ref(), Some(row)].into_iter().flatten().map(|line| &line.condition);
            let first = lines.chain(columns.first().copied());
            let exact = first.fold(self.asked.filter.clone(), |exact, condition| exact.only(condition));
            list_href(&columns.into_iter().fold(exact, |exact, condition| exact.with(condition)))
        };
        let listed = self.series.listed(self.table).map(list).filter(|href| href.len() <= LONGEST);
        listed.unwrap_or_else(|| self.asked.as_table(&self.snapshot.codebook).href())
    }

    fn rows(&self, at: usize, panel: &Panel) -> Vec<TableRow> {
        let part = self.drawn.table;
        let shares = self.shares.panel(at);
        let rows = self.table.rows.iter().zip(&panel.cells).enumerate().skip(part.skipped).take(part.rows);
        let row = |(place, (row, cells)): (usize, (&Line, &Vec<Cell>))| {
            let cell = |(column, cell): (usize, &Cell)| TableCell {
                count: cell.count,
                share: share(*cell),
                href: self.href(panel, Some(row), self.table.columns.get(column)),
                corrected: shares.get(&(place, column)).cloned().unwrap_or_default(),
            };
            TableRow {
                name: row.label.clone(),
                trust: self.snapshot.trust_of(&row.condition),
                href: self.href(panel, Some(row), None),
                count: panel.row_counts.get(place).copied().unwrap_or_default(),
                cells: cells.iter().enumerate().take(part.columns).map(cell).collect(),
            }
        };
        rows.map(row).collect()
    }

    /// The list of exactly the documents of a cell.
    fn href(&self, panel: &Panel, row: Option<&Line>, column: Option<&Line>) -> String {
        let codebook = &self.snapshot.codebook;
        let lines = || [panel.line.as_ref(), row, column].into_iter().flatten();
        let exact = lines().fold(self.asked.filter.clone(), |exact, line| exact.only(&line.condition));
        // A list of nothing is where the audit of an absence begins.
        if lines().any(|line| line.count == 0) {
            let code = lines().find_map(|line| match &line.condition {
                Condition::Code(dimension, code, _) => {
                    codebook.dimension(dimension.as_str()).map(|d| (d, code))
                }
                _ => None,
            });
            if let Some((dimension, code)) = code
                && gaps::dimensions(codebook).any(|d| d.id == dimension.id)
            {
                let path = gaps::absence::path(dimension, code.as_str());
                let about = Condition::Code(dimension.id.clone(), code.clone(), CodeTest::Covered);
                return narrowed(&path, &[], &exact.without_subject(&about));
            }
        }
        list_href(&exact)
    }
}

/// The share of a cell with its denominator, such as `12 % of 759`, and with its numerator where that is not the count.
fn share(cell: Cell) -> String {
    let share = percent(cell.within, cell.of).map(|share| format!("{share} of {}", cell.of));
    match share {
        Some(share) if cell.within != cell.count => format!("{}: {share}", cell.within),
        share => share.unwrap_or_default(),
    }
}
