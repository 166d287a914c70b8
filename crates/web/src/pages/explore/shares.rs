//! Shares of a chart with the machine's errors taken out, cell by cell, from samples that people read.

use std::collections::BTreeMap;

use lacuna_pipeline::analyze::crosstab::{Base, Line, Table};
use lacuna_store::catalogue::{DocumentSet, Selection, Unit};

use super::Asked;
use super::figure::CellShare;
use crate::state::Snapshot;
use lacuna_pipeline::analyze::corrected::{Corrected, is_fact};

/// Of one panel, by row and column.
pub(super) type PanelShares = BTreeMap<(usize, usize), Vec<Corrected>>;

/// Of a whole chart.
#[derive(Debug, Default)]
pub(super) struct Shares {
    panels: Vec<PanelShares>,
    none: PanelShares,
}

/// A row, a column or a panel with its documents.
struct Known<'t> {
    line: &'t Line,
    documents: DocumentSet,
}

impl Shares {
    /// The shares of `table`. Nothing is said where identical texts count once, since samples are drawn from documents;
    /// where a share is of documents that a label chose, since people did not choose them; nor where it is of documents
    /// some of which are not classified, since samples are of those that are.
    pub(super) fn of(snapshot: &Snapshot, asked: &Asked, selection: &Selection, table: &Table) -> Self {
        let catalogue = &snapshot.catalogue;
        let read = asked.base == Base::Text || table.documents == table.classified;
        if snapshot.decided.is_empty() || asked.unit == Unit::Texts || !read {
            return Self::default();
        }
        let known = |line: &'_ Line| selection.narrowed_to(catalogue, &line.condition).documents().clone();
        let lines = |all: &'_ [Line]| -> Vec<DocumentSet> { all.iter().map(known).collect() };
        let (rows, columns) = (lines(&table.rows), lines(&table.columns));
        let coded = selection.documents() & catalogue.coded();
        let panel = |panel: &lacuna_pipeline::analyze::crosstab::Panel| {
            let line = panel.line.as_ref().map(|line| Known { line, documents: known(line) });
            let cells = Cells { snapshot, asked, table, rows: &rows, columns: &columns, coded: &coded };
            cells.of(line.as_ref())
        };
        Self { panels: table.panels.iter().map(panel).collect(), none: PanelShares::new() }
    }

    /// Of one panel.
    pub(super) fn panel(&self, at: usize) -> &PanelShares {
        self.panels.get(at).unwrap_or(&self.none)
    }

    /// Any of them.
    pub(super) fn first(&self) -> Option<&Corrected> {
        self.panels.iter().flat_map(BTreeMap::values).flatten().max_by_key(|c| c.read)
    }

    /// All with the names of their cells.
    pub(super) fn listed(&self, table: &Table) -> Vec<CellShare> {
        let name = |line: Option<&Line>| line.map_or_else(String::new, |line| line.label.clone());
        let of = |(panel, shares): (&lacuna_pipeline::analyze::crosstab::Panel, &PanelShares)| {
            let one = |((row, column), found): (&(usize, usize), &Vec<Corrected>)| {
                let cell = |corrected: &Corrected| CellShare {
                    panel: name(panel.line.as_ref()),
                    row: name(table.rows.get(*row)),
                    column: name(table.columns.get(*column)),
                    corrected: corrected.clone(),
                };
                found.iter().map(cell).collect::<Vec<_>>()
            };
            shares.iter().flat_map(one).collect::<Vec<_>>()
        };
        table.panels.iter().zip(&self.panels).flat_map(of).collect()
    }
}

struct Cells<'t> {
    snapshot: &'t Snapshot,
    asked: &'t Asked,
    table: &'t Table,
    rows: &'t [DocumentSet],
    columns: &'t [DocumentSet],
    coded: &'t DocumentSet,
}

impl Cells<'_> {
    fn of(&self, panel: Option<&Known<'_>>) -> PanelShares {
        let mut shares = PanelShares::new();
        for (at, row) in self.table.rows.iter().enumerate() {
            let columns = self.table.columns.len().max(1);
            for place in 0..columns {
                let found = self.cell(panel, (at, row), place);
                if !found.is_empty() {
                    shares.insert((at, place), found);
                }
            }
        }
        shares
    }

    fn cell(&self, panel: Option<&Known<'_>>, (at, row): (usize, &Line), place: usize) -> Vec<Corrected> {
        let column = self.table.columns.get(place).zip(self.columns.get(place));
        let row = (row, &self.rows[at]);
        let panel = panel.map(|panel| (panel.line, &panel.documents));
        let base = match self.asked.base {
            Base::Row => Some(row),
            Base::Column => column,
            Base::Text | Base::All => None,
        };
        // Where there is a panel, shares are of its documents.
        let mut within = self.coded.clone();
        for (line, documents) in [panel, base].into_iter().flatten() {
            if !is_fact(&line.condition) {
                return vec![];
            }
            within &= documents;
        }
        let lines = [Some(row), column, panel].into_iter().flatten();
        let claims: Vec<_> = lines.map(|(line, documents)| (&line.condition, documents)).collect();
        self.snapshot.decided.share(&within, &claims)
    }
}
