//! Which columns of a chart are series with a colour of their own, and which are drawn together as one more.

use std::cmp::Reverse;

use lacuna_domain::filter::{Condition, Field};
use lacuna_pipeline::analyze::crosstab::{Base, Cell, Line, Panel, Spec, Table};
use lacuna_store::catalogue::{Axis, Unit};

use super::Chart;
use crate::view::chart::{Mark, SERIES};

/// Series drawn together that an address can name one by one, for a page has such an address in every row.
const LISTED: usize = 40;

/// The columns of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Series {
    /// Places of the columns that are drawn by themselves, in the order of their colours.
    pub(super) own: Vec<usize>,
    /// Places of those that are drawn together.
    others: Vec<usize>,
    /// Whether a document may stand in several columns.
    pub(super) overlap: bool,
}

impl Series {
    /// The columns of a picture: where they are stacked the largest first, else the first `most`.
    pub(super) fn of(chart: Chart, spec: &Spec, table: &Table, most: usize) -> Self {
        let all = table.columns.len().max(1);
        let overlap = spec.unit == Unit::Texts || spec.columns.as_ref().is_some_and(several);
        if !chart.is_stacked() {
            return Self { own: (0..all.min(most)).collect(), others: vec![], overlap };
        }
        let mut own: Vec<usize> = (0..all).collect();
        own.sort_by_key(|at| Reverse(table.columns.get(*at).map_or(0, |column| column.count)));
        // One more needs no name for several.
        let others = if all > SERIES + 1 { own.split_off(SERIES) } else { vec![] };
        if spec.columns.as_ref().is_some_and(is_ordered) {
            own.sort_unstable();
        }
        Self { own, others, overlap }
    }

    /// Names of the series, for a legend.
    pub(super) fn legend(&self, table: &Table) -> Vec<String> {
        self.named(table, |_, column| column.label.clone())
    }

    /// The same with the documents that each has in a panel.
    pub(super) fn counted(&self, table: &Table, panel: &Panel) -> Vec<String> {
        self.named(table, |at, column| {
            let count = panel.column_counts.get(at).copied().unwrap_or(column.count);
            format!("{} ({count})", column.label)
        })
    }

    fn named(&self, table: &Table, name: impl Fn(usize, &Line) -> String) -> Vec<String> {
        let own = self.own.iter().filter_map(|at| table.columns.get(*at).map(|column| name(*at, column)));
        let others = (!self.others.is_empty()).then(|| format!("{} others", self.others.len()));
        own.chain(others).collect()
    }

    /// The columns that are drawn together where one list can have just the documents of all of them, each counted once.
    pub(super) fn listed<'t>(&self, table: &'t Table) -> Option<Vec<&'t Condition>> {
        let few = !self.others.is_empty() && self.others.len() <= LISTED;
        let columns = self.others.iter().filter_map(|at| table.columns.get(*at));
        (few && !self.overlap).then(|| columns.map(|column| &column.condition).collect())
    }

    /// The mark of the series that are drawn together, which leads nowhere yet.
    pub(super) fn together(&self, cells: &[Cell], base: Base) -> Option<Mark> {
        if self.others.is_empty() {
            return None;
        }
        let all = || self.others.iter().filter_map(|at| cells.get(*at));
        // Shares of different documents, or of documents that were counted twice, cannot be added.
        let of = cells.first().filter(|_| !self.overlap && base != Base::Column).map_or(0, |cell| cell.of);
        Some(Mark {
            count: all().map(|cell| cell.count).sum(),
            part: all().map(|cell| cell.within).sum(),
            of,
            repeated: self.overlap,
            ..Mark::default()
        })
    }
}

/// Whether a document can have several values of an axis.
const fn several(axis: &Axis) -> bool {
    matches!(
        axis,
        Axis::Codes(..)
            | Axis::Types(..)
            | Axis::Period(..)
            | Axis::Field(Field::ParentAuthority | Field::Collection | Field::AppliesTo | Field::Tag)
    )
}

/// Whether the values of an axis have an order that says more than their size.
const fn is_ordered(axis: &Axis) -> bool {
    axis.is_time() || matches!(axis, Axis::Levels(..))
}
