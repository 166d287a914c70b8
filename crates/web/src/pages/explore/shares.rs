//! Shares of a chart with the machine's errors taken out, cell by cell, from samples that people read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lacuna_pipeline::analyze::crosstab::{Base, Line, Table};
use lacuna_store::catalogue::{DocumentSet, Selection, Unit};

use super::Asked;
use super::figure::CellShare;
use crate::state::Snapshot;
use lacuna_pipeline::analyze::corrected::{Among, Claim, Corrected, is_fact};

/// Most cells of which corrected shares are counted: each is an estimate from all documents that people read, and costs far
/// more than its count.
pub(super) const CELLS: usize = 20_000;

/// Of one panel, by row and column.
pub(super) type PanelShares = BTreeMap<(usize, usize), Vec<Corrected>>;

/// Of a whole chart.
#[derive(Debug, Default)]
pub(super) struct Shares {
    panels: Vec<PanelShares>,
    none: PanelShares,
    /// Cells that may have a share, where they are more than [`CELLS`] and none is counted.
    too_many: Option<usize>,
}

/// A row, a column or a panel with its documents.
type Side<'t> = (&'t Line, &'t DocumentSet);

impl Shares {
    /// The shares of `table`. Nothing is said where identical texts count once, since samples are drawn from documents;
    /// where a share is of documents that a label chose, since people did not choose them; nor where it is of documents
    /// some of which are not classified, since samples are of those that are. Of more than [`CELLS`] cells none is counted.
    pub(super) fn of(snapshot: &Snapshot, asked: &Asked, selection: &Selection, table: &Table) -> Self {
        let catalogue = &snapshot.catalogue;
        let read = asked.base == Base::Text || table.documents == table.classified;
        let mut axes = table.rows.iter().chain(&table.columns);
        let labels = axes.any(|line| !is_fact(&line.condition));
        if snapshot.decided.is_empty() || asked.unit == Unit::Texts || !read || !labels {
            return Self::default();
        }
        let cells = cells(asked, table);
        if cells > CELLS {
            return Self { too_many: Some(cells), ..Self::default() };
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
        Self { panels: table.panels.iter().map(panel).collect(), ..Self::default() }
    }

    /// Of one panel.
    pub(super) fn panel(&self, at: usize) -> &PanelShares {
        self.panels.get(at).unwrap_or(&self.none)
    }

    /// The number of cells, where they are too many for any share to be counted.
    pub(super) const fn too_many(&self) -> Option<usize> {
        self.too_many
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
        let rows: Vec<Side<'_>> = self.table.rows.iter().zip(self.rows).collect();
        let columns: Vec<Side<'_>> = self.table.columns.iter().zip(self.columns).collect();
        // The side that bounds what shares are of comes first: its documents are looked through once for all its cells.
        let by_column = self.asked.base == Base::Column && !columns.is_empty();
        let (outer, inner) = if by_column { (columns, rows) } else { (rows, columns) };
        let bounded = by_column || self.asked.base == Base::Row;
        let whole = self.snapshot.decided.among(&ground);
        for (at, side) in outer.into_iter().enumerate() {
            let of = if bounded { self.bounded(&ground, side) } else { Some(whole.and(claim(side))) };
            let Some(of) = of else { continue };
            for (other, found) in along(&of, &inner).into_iter().enumerate() {
                if !found.is_empty() {
                    shares.insert(if by_column { (other, at) } else { (at, other) }, found);
                }
            }
        }
        shares
    }

    /// The documents of `ground` on this side, for shares of them; `None` where a label chose them.
    fn bounded(&self, ground: &DocumentSet, (line, documents): Side<'_>) -> Option<Among<'_>> {
        is_fact(&line.condition).then(|| self.snapshot.decided.among(&(ground & documents)))
    }
}

/// The shares of a row with each column, or of a column with each row; of the row alone where there are no columns.
fn along(of: &Among<'_>, sides: &[Side<'_>]) -> Vec<Vec<Corrected>> {
    if sides.is_empty() {
        return vec![of.shares()];
    }
    sides.iter().map(|side| of.and(claim(*side)).shares()).collect()
}

fn claim((line, documents): Side<'_>) -> Claim<'_> {
    (&line.condition, documents)
}

/// Cells that may have a share: all but those of documents that a label chose.
fn cells(asked: &Asked, table: &Table) -> usize {
    let facts = |lines: &[Line]| lines.iter().filter(|line| is_fact(&line.condition)).count();
    let bounded = |base: Base, lines: &[Line]| if asked.base == base { facts(lines) } else { lines.len() };
    let is_said = |line: Option<&Line>| line.is_none_or(|line| is_fact(&line.condition));
    let panels = table.panels.iter().filter(|panel| is_said(panel.line.as_ref())).count();
    let columns = if table.columns.is_empty() { 1 } else { bounded(Base::Column, &table.columns) };
    panels * bounded(Base::Row, &table.rows) * columns
}
