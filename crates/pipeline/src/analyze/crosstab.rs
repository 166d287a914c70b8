//! Any axes crossed over a selection, with a chosen denominator: what pages draw and the command line prints.

use lacuna_domain::Codebook;
use lacuna_domain::codebook::Kind;
use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_store::catalogue::{Axis, AxisValue, Catalogue, Selection, Slice, TooManyCells};
use serde::Serialize;

pub use lacuna_store::catalogue::{Base, Cell, Spec};

/// A row, a column or a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Name for readers.
    pub label: String,
    /// Documents with it, all else equal.
    pub count: u64,
    /// What it adds to the filter.
    #[serde(skip)]
    pub condition: Condition,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// The value it is for; `None` for the only one.
    pub line: Option<Line>,
    /// Documents (or texts) with that value.
    pub documents: u64,
    /// Those of them that are classified.
    pub classified: u64,
    /// Those of each row, whatever the columns say.
    pub row_counts: Vec<u64>,
    /// Those of each column, whatever the rows say.
    pub column_counts: Vec<u64>,
    /// By row and column.
    pub cells: Vec<Vec<Cell>>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Rows.
    pub rows: Vec<Line>,
    /// Columns; empty where none were asked for, and then each row has one cell.
    pub columns: Vec<Line>,
    /// At least one.
    pub panels: Vec<Panel>,
    /// Documents (or texts) of the set.
    pub documents: u64,
    /// Those of them that are classified.
    pub classified: u64,
}

/// Crosses the axes of `spec` over `selection`.
pub fn cross(catalogue: &Catalogue, selection: &Selection, spec: &Spec) -> Result<Table, TooManyCells> {
    let cube = catalogue.cube(selection, spec)?;
    let panel = |slice: Slice| Panel {
        line: slice.value.map(line),
        documents: slice.documents,
        classified: slice.coded,
        row_counts: slice.rows,
        column_counts: slice.columns,
        cells: slice.cells,
    };
    Ok(Table {
        rows: cube.rows.into_iter().map(line).collect(),
        columns: cube.columns.into_iter().map(line).collect(),
        panels: cube.slices.into_iter().map(panel).collect(),
        documents: cube.documents,
        classified: cube.coded,
    })
}

fn line(value: AxisValue) -> Line {
    Line { label: value.label, count: value.count, condition: value.condition }
}

/// The same axis at its highest level only, where it stands for codes of a scale; unchanged otherwise.
pub fn good_only(axis: Axis, codebook: &Codebook) -> Axis {
    let Axis::Codes(id, test) = axis else { return axis };
    let dimension = codebook.dimension(id.as_str());
    match dimension.map(|d| (&d.kind, d.highest())) {
        Some((Kind::Ordinal { levels }, highest)) if levels.len() > 2 && test == CodeTest::Covered => {
            Axis::Codes(id, CodeTest::Levels { from: highest, to: highest })
        }
        _ => Axis::Codes(id, test),
    }
}

/// What an axis is called in titles.
pub fn axis_name(axis: &Axis, codebook: &Codebook) -> String {
    let dimension = |id: &str| codebook.dimension(id).map_or_else(|| id.to_owned(), |d| d.name.clone());
    let code = |id: &str, code: &str| {
        let named = codebook.dimension(id).and_then(|d| d.code(code));
        named.map_or_else(|| code.to_owned(), |c| c.short.clone())
    };
    match axis {
        Axis::Field(field) => field.name().to_owned(),
        Axis::Column(name) => name.clone(),
        Axis::Year => "Year".to_owned(),
        Axis::Period(kind, span) => format!("{}, by {}", kind.name(), span.id()),
        Axis::Codes(id, _) | Axis::Options(id) => dimension(id.as_str()),
        Axis::Levels(id, of) => format!("{}: {}", dimension(id.as_str()), code(id.as_str(), of.as_str())),
        Axis::Types(id, role) => format!("{} by type", code(id.as_str(), role.as_str())),
    }
}
