//! Up to three axes crossed. Each cell has a denominator, and of its documents those that the denominator counts.

use std::borrow::Cow;

use roaring::RoaringBitmap;
use serde::Serialize;

use super::Catalogue;
use super::axis::Axis;
use super::crosstab::{AxisValue, Line, Unit};
use super::select::{Selection, Subject};

/// What a share is a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Classified documents of the set: those whose text was read.
    #[default]
    Text,
    /// Documents of the row.
    Row,
    /// Documents of the column; all documents of the set where there are no columns.
    Column,
    /// All documents of the set, classified or not.
    All,
}

impl Base {
    /// Every base, the usual one first.
    pub const ALL: [Self; 4] = [Self::Text, Self::Row, Self::Column, Self::All];

    /// The parameter's value.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Row => "row",
            Self::Column => "column",
            Self::All => "all",
        }
    }

    /// What a share is of where this is counted, for readers.
    pub const fn name(self, unit: Unit) -> &'static str {
        match (self, unit) {
            (Self::Text, Unit::Documents) => "classified documents",
            (Self::Text, Unit::Texts) => "classified texts",
            (Self::Row, Unit::Documents) => "documents of the row",
            (Self::Row, Unit::Texts) => "texts of the row",
            (Self::Column, Unit::Documents) => "documents of the column",
            (Self::Column, Unit::Texts) => "texts of the column",
            (Self::All, Unit::Documents) => "all documents",
            (Self::All, Unit::Texts) => "all texts",
        }
    }

    /// The base with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|base| base.id() == id)
    }
}

/// Most cells of a cube. Each takes two dozen bytes while it is counted and a line of some hundred in a table of them, and
/// several are asked for at once. Whatever costs more for each cell, such as corrected shares, has a bound of its own.
const CELLS: usize = 500_000;

/// Why axes are not crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "these axes have {cells} cells, and at most {most} are counted; choose fewer values by a filter, or leave out an axis"
)]
pub struct TooManyCells {
    /// Rows by columns by panels, an axis on which nothing stands counted as one: the other axes are counted all the same.
    pub cells: usize,
    /// Most that are counted.
    pub most: usize,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Spec {
    /// On the rows.
    pub rows: Axis,
    /// On the columns.
    pub columns: Option<Axis>,
    /// One table for each value of it; all that a table says is of the documents with that value.
    pub panels: Option<Axis>,
    /// What is counted.
    pub unit: Unit,
    /// What shares are of.
    pub base: Base,
}

impl Spec {
    /// Its axes: rows, columns, panels.
    pub fn axes(&self) -> impl Iterator<Item = &Axis> {
        [Some(&self.rows), self.columns.as_ref(), self.panels.as_ref()].into_iter().flatten()
    }
}

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Documents, or texts: the length of the list that the cell leads to.
    pub count: u64,
    /// Those of them that are among the documents of the denominator: the numerator of the share.
    pub within: u64,
    /// The denominator.
    pub of: u64,
}

impl Cell {
    /// The share, 0 to 1; `None` where the denominator is 0.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.within as f64 / self.of as f64)
    }
}

/// Two axes crossed, once for each value of a third.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cube {
    /// Rows.
    pub rows: Vec<AxisValue>,
    /// Columns; none where no axis was given, and then each row has one cell.
    pub columns: Vec<AxisValue>,
    /// One for each value of the third axis; one without a value where no axis was given.
    pub slices: Vec<Slice>,
    /// Documents (or texts) that pass the filter.
    pub documents: u64,
    /// Those of them that are coded.
    pub coded: u64,
}

/// The documents with one value of the third axis, by row and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The value.
    pub value: Option<AxisValue>,
    /// Documents (or texts) with it.
    pub documents: u64,
    /// Those of them that are coded.
    pub coded: u64,
    /// Those of each row, whatever the columns say.
    pub rows: Vec<u64>,
    /// Those of each column, whatever the rows say.
    pub columns: Vec<u64>,
    /// By row and column.
    pub cells: Vec<Vec<Cell>>,
}

impl Catalogue {
    /// Crosses the axes of `spec` over a selection. A cell counts the list of
    /// `filter.only(panel).only(row).only(column)`; its denominator counts the same list without the row, the column or
    /// both, as the base says.
    pub fn cube(&self, selection: &Selection, spec: &Spec) -> Result<Cube, TooManyCells> {
        let axes = Axes::of(self, selection, spec);
        axes.check()?;
        Ok(self.crossed(selection, spec, axes))
    }

    /// The same whatever the number of cells, for axes that are known to be short.
    pub(super) fn cube_of_any_size(&self, selection: &Selection, spec: &Spec) -> Cube {
        self.crossed(selection, spec, Axes::of(self, selection, spec))
    }

    fn crossed(&self, selection: &Selection, spec: &Spec, axes: Axes) -> Cube {
        let Axes { rows, columns, panels } = axes;
        let slice =
            |selection: &Selection| Counting::of(self, selection, spec).slice(&rows, columns.as_deref());
        let named = |axis: &Axis, lines: Vec<Line>| self.named(selection, axis, lines, spec.unit);
        let slices = match spec.panels.as_ref().zip(panels) {
            None => vec![slice(selection)],
            Some((axis, lines)) => {
                let one = |line: &Line| slice(&selection.narrowed_to(self, &line.condition));
                let counted: Vec<Slice> = lines.iter().map(one).collect();
                let valued = |(value, slice): (AxisValue, Slice)| Slice { value: Some(value), ..slice };
                named(axis, lines).into_iter().zip(counted).map(valued).collect()
            }
        };
        Cube {
            columns: spec
                .columns
                .as_ref()
                .zip(columns)
                .map(|(axis, lines)| named(axis, lines))
                .unwrap_or_default(),
            rows: named(&spec.rows, rows),
            slices,
            documents: self.count_of(&selection.documents, spec.unit),
            coded: self.count_of(&(&selection.documents & self.coded()), spec.unit),
        }
    }
}

/// What stands on the axes of a cube.
struct Axes {
    rows: Vec<Line>,
    columns: Option<Vec<Line>>,
    panels: Option<Vec<Line>>,
}

impl Axes {
    fn of(catalogue: &Catalogue, selection: &Selection, spec: &Spec) -> Self {
        let lines = |axis: &Axis| catalogue.lines(selection, axis);
        Self {
            rows: lines(&spec.rows),
            columns: spec.columns.as_ref().map(lines),
            panels: spec.panels.as_ref().map(lines),
        }
    }

    /// Refuses axes of too many cells, before any of them is counted.
    fn check(&self) -> Result<(), TooManyCells> {
        let axes = [Some(&self.rows), self.columns.as_ref(), self.panels.as_ref()].into_iter().flatten();
        let cells = axes.map(|lines| lines.len().max(1)).fold(1, usize::saturating_mul);
        if cells > CELLS { Err(TooManyCells { cells, most: CELLS }) } else { Ok(()) }
    }
}

/// One slice while it is counted.
struct Counting<'c> {
    catalogue: &'c Catalogue,
    selection: &'c Selection,
    spec: &'c Spec,
    /// Coded documents of the selection.
    coded: RoaringBitmap,
}

/// What a row leaves for columns about one subject.
struct Left {
    /// Documents of the row, whatever the filter says about that subject.
    documents: RoaringBitmap,
    /// Those of them that the denominator counts; `None` where it counts all.
    within: Option<RoaringBitmap>,
}

impl<'c> Counting<'c> {
    fn of(catalogue: &'c Catalogue, selection: &'c Selection, spec: &'c Spec) -> Self {
        Self { catalogue, selection, spec, coded: &selection.documents & catalogue.coded() }
    }

    fn slice(&self, rows: &[Line], columns: Option<&[Line]>) -> Slice {
        let (catalogue, selection, unit) = (self.catalogue, self.selection, self.spec.unit);
        let total = |line: &Line| catalogue.count_line(selection, line, unit);
        let row_totals: Vec<u64> = rows.iter().map(total).collect();
        let column_totals: Vec<u64> = columns.unwrap_or_default().iter().map(total).collect();
        let documents = catalogue.count_of(&selection.documents, unit);
        let coded = catalogue.count_of(&self.coded, unit);
        let of = |row: u64, column: usize| match self.spec.base {
            Base::Text => coded,
            Base::All => documents,
            Base::Row => row,
            Base::Column => column_totals.get(column).copied().unwrap_or(documents),
        };
        let cells = |(row, total): (&Line, &u64)| -> Vec<Cell> {
            let counted = match columns {
                Some(columns) => self.row(row, columns),
                None => vec![self.count(&self.left(row, None), None)],
            };
            let cell = |(at, (count, within))| Cell { count, within, of: of(*total, at) };
            counted.into_iter().enumerate().map(cell).collect()
        };
        let cells = rows.iter().zip(&row_totals).map(cells).collect();
        Slice { value: None, documents, coded, rows: row_totals, columns: column_totals, cells }
    }

    /// The counts of the cells of a row, each with those that its denominator counts.
    fn row(&self, row: &Line, columns: &[Line]) -> Vec<(u64, u64)> {
        let parts = &self.selection.parts;
        let mut last: Option<(&Subject, Left)> = None;
        let mut counted = Vec::with_capacity(columns.len());
        for column in columns {
            // Columns of one subject, or of subjects the filter does not speak of, share what the row leaves.
            let subject = &column.subject;
            let reuse = last.as_ref().is_some_and(|(before, _)| {
                *before == subject || (!parts.contains_key(before) && !parts.contains_key(subject))
            });
            if !reuse {
                last = Some((subject, self.left(row, Some(subject))));
            }
            counted.push(last.as_ref().map_or((0, 0), |(_, left)| self.count(left, Some(column))));
        }
        counted
    }

    fn count(&self, left: &Left, column: Option<&Line>) -> (u64, u64) {
        let unit = self.spec.unit;
        let count = |documents: &RoaringBitmap| match (column, unit) {
            (None, _) => self.catalogue.count_of(documents, unit),
            (Some(column), Unit::Documents) => documents.intersection_len(&column.documents),
            (Some(column), Unit::Texts) => self.catalogue.distinct_texts(&(documents & &column.documents)),
        };
        let all = count(&left.documents);
        (all, left.within.as_ref().map_or(all, count))
    }

    fn left(&self, row: &Line, column: Option<&Subject>) -> Left {
        let subjects: Vec<&Subject> = [Some(&row.subject), column].into_iter().flatten().collect();
        let base = self.selection.without(&self.catalogue.columns.all, &subjects);
        let documents = base.as_ref() & &row.documents;
        let within = &documents & self.ground(row, column).as_ref();
        let within = (within.len() < documents.len()).then_some(within);
        Left { documents, within }
    }

    /// The documents that a share is of, but for what the row or the column itself says.
    fn ground(&self, row: &Line, column: Option<&Subject>) -> Cow<'_, RoaringBitmap> {
        let all = &self.catalogue.columns.all;
        match (self.spec.base, column) {
            (Base::Text, _) => Cow::Borrowed(&self.coded),
            (Base::Row, _) => self.selection.without(all, &[&row.subject]),
            (Base::Column, Some(subject)) => self.selection.without(all, &[subject]),
            (Base::All, _) | (Base::Column, None) => Cow::Borrowed(&self.selection.documents),
        }
    }
}
