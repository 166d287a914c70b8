//! Any axes crossed over a selection, with a chosen denominator: what pages draw and the command line prints.

use lacuna_domain::Codebook;
use lacuna_domain::codebook::Kind;
use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_store::catalogue::{Axis, AxisValue, Catalogue, Selection, Unit};
use serde::Serialize;

/// What a share is a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Classified documents of the set: those whose text was read.
    #[default]
    Text,
    /// Documents of the row.
    Row,
    /// Documents of the column.
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

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "documents with a classified text",
            Self::Row => "documents in the row",
            Self::Column => "documents in the column",
            Self::All => "all documents of the set",
        }
    }

    /// The base with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|base| base.id() == id)
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Spec {
    /// On the rows.
    pub rows: Axis,
    /// On the columns.
    pub columns: Option<Axis>,
    /// One table for each value of it.
    pub panels: Option<Axis>,
    /// What is counted.
    pub unit: Unit,
    /// What shares are of.
    pub base: Base,
}

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

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// Documents, or texts.
    pub count: u64,
    /// The denominator.
    pub of: u64,
}

impl Cell {
    /// The share, 0 to 1; `None` where the denominator is 0 or smaller than the count.
    pub fn share(self) -> Option<f64> {
        (self.of > 0 && self.count <= self.of).then(|| self.count as f64 / self.of as f64)
    }
}

/// One table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// The value it is for; `None` for the only one.
    pub line: Option<Line>,
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
pub fn cross(catalogue: &Catalogue, selection: &Selection, spec: &Spec) -> Table {
    let cube = catalogue.cube(selection, &spec.rows, spec.columns.as_ref(), spec.panels.as_ref(), spec.unit);
    let (documents, classified) = (cube.documents, cube.coded);
    let panel = |(value, cells): (Option<AxisValue>, Vec<Vec<u64>>)| {
        let base = |row: &AxisValue, column: usize| match spec.base {
            Base::Text => value.as_ref().map_or(classified, |v| v.count.min(classified)),
            Base::All => value.as_ref().map_or(documents, |v| v.count),
            Base::Row => row.count,
            Base::Column => cube.columns.get(column).map_or(classified, |column| column.count),
        };
        let row = |(row, counts): (&AxisValue, Vec<u64>)| {
            let cell = |(at, count)| Cell { count, of: base(row, at) };
            counts.into_iter().enumerate().map(cell).collect()
        };
        Panel { cells: cube.rows.iter().zip(cells).map(row).collect(), line: value.map(line) }
    };
    let panels = cube.panels.into_iter().map(panel).collect();
    Table {
        rows: cube.rows.into_iter().map(line).collect(),
        columns: cube.columns.into_iter().map(line).collect(),
        panels,
        documents,
        classified,
    }
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
