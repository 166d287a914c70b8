//! Shares of a chart with the machine's errors taken out, cell by cell, from samples that people read.

use std::borrow::Cow;
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
type Side<'t> = (&'t Line, &'t DocumentSet);

impl Shares {
    /// The shares of `table`. Nothing is said where identical texts count once, since samples are drawn from documents;
    /// where a share is of documents that a label chose, since people did not choose them; nor where it is of documents
    /// some of which are not classified, since samples are of those that are.
    pub(super) fn of(snapshot: &Snapshot, asked: &Asked, selection: &Selection, table: &Table) -> Self {
        let catalogue = &snapshot.catalogue;
        let read = asked.base == Base::Text || table.documents == table.classified;
        let mut axes = table.rows.iter().chain(&table.columns);
        let labels = axes.any(|line| !is_fact(&line.condition));
        if snapshot.decided.is_empty() || asked.unit == Unit::Texts || !read || !labels {
            return Self::default();
        }
        let known = |line: &'_ Line| selection.narrowed_to(catalogue, &line.condition).documents().clone();
        let lines = |all: &'_ [Line]| -> Vec<DocumentSet> { all.iter().map(known).collect() };
        let (rows, columns) = (lines(&table.rows), lines(&table.columns));
        let coded = selection.documents() & catalogue.coded();
        let panel = |panel: &lacuna_pipeline::analyze::crosstab::Panel| {
            let documents = panel.line.as_ref().map(known);
            let cells = Cells { snapshot, asked, table, rows: &rows, columns: &columns, coded: &coded };
            cells.of(panel.line.as_ref().zip(documents.as_ref()))
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

    /// All with the names of their cells, in their order.
    pub(super) fn listed(&self, table: &Table) -> Vec<CellShare> {
        let name = |line: Option<&Line>| line.map_or_else(String::new, |line| line.label.clone());
        let of =
            |(at, (panel, shares)): (usize, (&lacuna_pipeline::analyze::crosstab::Panel, &PanelShares))| {
                let one = |((row, column), found): (&(usize, usize), &Vec<Corrected>)| {
                    let cell = |corrected: &Corrected| CellShare {
                        at: [at, *row, *column],
                        panel: name(panel.line.as_ref()),
                        row: name(table.rows.get(*row)),
                        column: name(table.columns.get(*column)),
                        corrected: corrected.clone(),
                    };
                    found.iter().map(cell).collect::<Vec<_>>()
                };
                shares.iter().flat_map(one).collect::<Vec<_>>()
            };
        table.panels.iter().zip(&self.panels).enumerate().flat_map(of).collect()
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
    fn of(&self, panel: Option<Side<'_>>) -> PanelShares {
        let mut shares = PanelShares::new();
        // Where there is a panel, shares are of its documents.
        let ground = match panel {
            Some((line, _)) if !is_fact(&line.condition) => return shares,
            Some((_, documents)) => Cow::Owned(self.coded & documents),
            None => Cow::Borrowed(self.coded),
        };
        for (at, row) in self.table.rows.iter().zip(self.rows).enumerate() {
            let Some(of_row) = self.bounded(&ground, Base::Row, row) else { continue };
            for place in 0..self.table.columns.len().max(1) {
                let column = self.table.columns.get(place).zip(self.columns.get(place));
                let found = self.cell(&of_row, [Some(row), column, panel], column);
                if !found.is_empty() {
                    shares.insert((at, place), found);
                }
            }
        }
        shares
    }

    fn cell(
        &self,
        of_row: &DocumentSet,
        lines: [Option<Side<'_>>; 3],
        column: Option<Side<'_>>,
    ) -> Vec<Corrected> {
        let claims: Vec<_> =
            lines.into_iter().flatten().map(|(line, documents)| (&line.condition, documents)).collect();
        if claims.iter().all(|(condition, _)| is_fact(condition)) {
            return vec![];
        }
        let within = match column {
            Some(column) => self.bounded(of_row, Base::Column, column),
            None => Some(Cow::Borrowed(of_row)),
        };
        within.map(|within| self.snapshot.decided.share(&within, &claims)).unwrap_or_default()
    }

    /// The documents of `ground` that shares are of where they are of the documents of this side, all of them otherwise;
    /// `None` where a label chose those documents.
    fn bounded<'g>(
        &self,
        ground: &'g DocumentSet,
        base: Base,
        (line, documents): Side<'_>,
    ) -> Option<Cow<'g, DocumentSet>> {
        if self.asked.base != base {
            return Some(Cow::Borrowed(ground));
        }
        is_fact(&line.condition).then(|| Cow::Owned(ground & documents))
    }
}
