//! One chart with everything that belongs to it: pictures, legend, table, links, notes.

use lacuna_domain::Filter;
use lacuna_domain::filter::Condition;
use lacuna_pipeline::analyze::crosstab::{Cell, Line, Spec, Table, axis_name, cross};
use lacuna_store::catalogue::{Axis, Selection, Unit};
use serde::Serialize;

use super::{Asked, Chart};
use crate::error::WebError;
use crate::state::{Snapshot, list_href};
use crate::view::chart::{self, Grid, Mark, Picture, SERIES};

/// Rows that a picture shows; the table and the files show all.
const ROWS: usize = 60;
/// Columns that a heat-map shows.
const COLUMNS: usize = 50;
/// Pictures shown of small multiples.
const PANELS: usize = 12;

/// One picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// What it is for; empty for the only one.
    pub name: String,
    /// The documents behind the whole picture.
    pub href: String,
    /// The drawing; `None` where only the table is wanted.
    pub picture: Option<Picture>,
    /// The same as a table.
    pub rows: Vec<TableRow>,
    /// What it says to who cannot see it.
    pub label: String,
}

impl Shown {
    /// The drawing as an element of a page.
    pub(crate) fn svg(&self) -> Option<String> {
        self.picture.as_ref().map(|picture| picture.inline(&self.label))
    }
}

/// A row of the table behind a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// Name.
    pub name: String,
    /// The documents of the row.
    pub href: String,
    /// Documents of the row, whatever the columns say.
    pub count: u64,
    /// Cells.
    pub cells: Vec<TableCell>,
}

/// A cell of the table behind a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct TableCell {
    /// Documents, or texts.
    pub count: u64,
    /// The share with its denominator, such as `12 % of 759`.
    pub share: String,
    /// Where it leads.
    pub href: String,
}

/// One chart.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Such as `Risk coverage by Jurisdiction`.
    pub title: String,
    /// What is counted, of what.
    pub caption: String,
    /// Names of the series, in the order of their colours; empty where the picture names them itself.
    pub legend: Vec<String>,
    /// What must be known to read it rightly.
    pub notes: Vec<String>,
    /// Names of the columns.
    #[serde(skip)]
    pub columns: Vec<String>,
    /// The counts.
    pub table: Table,
    /// The pictures.
    #[serde(skip)]
    pub shown: Vec<Shown>,
    /// The chart on the page where everything can be changed.
    pub href: String,
}

impl Figure {
    /// The figure that `asked` describes, over `selection`.
    pub fn of(snapshot: &Snapshot, asked: &Asked, selection: &Selection) -> Result<Self, WebError> {
        let codebook = &snapshot.codebook;
        let spec = asked.spec(codebook)?;
        let mut table = cross(&snapshot.catalogue, selection, &spec);
        if !asked.group.is_empty() {
            keep_group(&mut table, &asked.group, codebook);
        }
        let name = |axis: &Axis| axis_name(axis, codebook);
        let mut title = name(&spec.rows);
        for axis in [&spec.columns, &spec.panels].into_iter().flatten() {
            title = format!("{title} by {}", name(axis).to_lowercase());
        }
        if asked.good {
            title.push_str(", highest level only");
        }
        let unit = if asked.unit == Unit::Texts { "different texts" } else { "documents" };
        let level = if asked.good { "at the highest level" } else { "at any level" };
        let caption = format!("Number of {unit}, {level}; shares of {}", base_words(asked, &table));
        let href_of = |panel: Option<&Line>, row: Option<&Line>, column: Option<&Line>| {
            href(&asked.filter, [panel, row, column], codebook)
        };
        let shown = table.panels.iter().take(PANELS).map(|panel| {
            let line = panel.line.as_ref();
            let grid = grid(&table, &panel.cells, unit, &|row, column| href_of(line, row, column));
            let name = line.map_or_else(String::new, |l| format!("{} ({})", l.label, l.count));
            let label = if name.is_empty() { title.clone() } else { format!("{title}: {name}") };
            Shown {
                label: format!("{label}. Every mark is a link; the table below says the same."),
                href: href_of(line, None, None),
                picture: draw(asked.chart, &grid),
                rows: rows(&table, &panel.cells, &|row, column| href_of(line, row, column)),
                name,
            }
        });
        let shown: Vec<Shown> = shown.collect();
        let heat = asked.chart == Chart::Heat;
        let legend =
            if heat { vec![] } else { table.columns.iter().take(SERIES).map(|c| c.label.clone()).collect() };
        Ok(Self {
            notes: notes(&spec, asked, &table),
            columns: table.columns.iter().map(|c| c.label.clone()).collect(),
            href: asked.href(),
            title,
            caption,
            legend,
            shown,
            table,
        })
    }

    /// The figure as a file of its own.
    pub fn file(&self, site: &str, conditions: &str, as_of: &str, run: &str, address: &str) -> String {
        let pictures: Vec<(String, Picture)> =
            self.shown.iter().filter_map(|s| Some((s.name.clone(), s.picture.clone()?))).collect();
        let mut notes = vec![format!("{conditions}. {}.", self.caption)];
        notes.extend(self.notes.iter().cloned());
        notes.push(format!("{site}, as of {as_of} (UTC). {run}"));
        notes.push(format!("Source: {address}"));
        chart::file(&self.title, &notes, &self.legend, &pictures)
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.table.rows.is_empty() || self.table.panels.is_empty()
    }
}

/// Keeps the rows of one group of codes.
fn keep_group(table: &mut Table, group: &str, codebook: &lacuna_domain::Codebook) {
    let kept: Vec<bool> = table
        .rows
        .iter()
        .map(|row| match &row.condition {
            Condition::Code(dimension, code, _) => codebook
                .dimension(dimension.as_str())
                .and_then(|d| d.code(code.as_str()))
                .is_some_and(|code| code.group.as_deref() == Some(group)),
            _ => true,
        })
        .collect();
    let mut at = kept.iter();
    table.rows.retain(|_| at.next().copied().unwrap_or(true));
    for panel in &mut table.panels {
        let mut at = kept.iter();
        panel.cells.retain(|_| at.next().copied().unwrap_or(true));
    }
}

fn base_words(asked: &Asked, table: &Table) -> String {
    use lacuna_pipeline::analyze::crosstab::Base;
    match asked.base {
        Base::Text => format!("{} with a classified text", table.classified),
        Base::All => format!("all {} of the set", table.documents),
        Base::Row => "the documents of each row".to_owned(),
        Base::Column => "the documents of each column, whose number stands beside its name".to_owned(),
    }
}

fn draw(kind: Chart, grid: &Grid) -> Option<Picture> {
    match kind {
        Chart::Heat => Some(chart::heat(grid)),
        Chart::Bars | Chart::Multiples => Some(chart::bars(grid)),
        Chart::Timeline => Some(chart::timeline(grid)),
        Chart::Table => None,
    }
}

type Href<'h> = dyn Fn(Option<&Line>, Option<&Line>) -> String + 'h;

fn grid(table: &Table, cells: &[Vec<Cell>], unit: &str, href: &Href<'_>) -> Grid {
    let marks = table.rows.iter().zip(cells).take(ROWS).map(|(row, cells)| {
        let mark = |(at, cell): (usize, &Cell)| Mark {
            count: cell.count,
            share: cell.share(),
            href: href(Some(row), table.columns.get(at)),
        };
        cells.iter().enumerate().take(COLUMNS).map(mark).collect()
    });
    Grid {
        rows: table.rows.iter().take(ROWS).map(|row| row.label.clone()).collect(),
        columns: table.columns.iter().take(COLUMNS).map(|c| format!("{} ({})", c.label, c.count)).collect(),
        marks: marks.collect(),
        unit: unit.to_owned(),
    }
}

fn rows(table: &Table, cells: &[Vec<Cell>], href: &Href<'_>) -> Vec<TableRow> {
    let row = |(row, cells): (&Line, &Vec<Cell>)| TableRow {
        name: row.label.clone(),
        href: href(Some(row), None),
        count: row.count,
        cells: cells
            .iter()
            .enumerate()
            .map(|(at, cell)| TableCell {
                count: cell.count,
                share: lacuna_pipeline::analyze::findings::percent(cell.count, cell.of)
                    .map_or_else(String::new, |share| format!("{share} of {}", cell.of)),
                href: href(Some(row), table.columns.get(at)),
            })
            .collect(),
    };
    table.rows.iter().zip(cells).map(row).collect()
}

/// The list of exactly the documents of a cell.
fn href(filter: &Filter, lines: [Option<&Line>; 3], codebook: &lacuna_domain::Codebook) -> String {
    let mut exact = filter.clone();
    for line in lines.into_iter().flatten() {
        exact = exact.only(&line.condition);
    }
    // A list of nothing is where the audit of an absence begins.
    let empty = lines.into_iter().flatten().any(|line| line.count == 0);
    if empty {
        let code = lines.into_iter().flatten().find_map(|line| match &line.condition {
            Condition::Code(dimension, code, _) => codebook.dimension(dimension.as_str()).map(|d| (d, code)),
            _ => None,
        });
        if let Some((dimension, code)) = code
            && super::super::gaps::dimensions(codebook).any(|d| d.id == dimension.id)
        {
            let path = super::super::gaps::absence::path(dimension, code.as_str());
            let about =
                Condition::Code(dimension.id.clone(), code.clone(), lacuna_domain::filter::CodeTest::Covered);
            return crate::view::narrowed(&path, &[], &exact.without_subject(&about));
        }
    }
    list_href(&exact)
}

fn notes(spec: &Spec, asked: &Asked, table: &Table) -> Vec<String> {
    let several = |axis: &Axis| {
        use lacuna_domain::filter::Field;
        matches!(
            axis,
            Axis::Codes(..)
                | Axis::Types(..)
                | Axis::Field(Field::Collection | Field::AppliesTo | Field::Tag)
        )
    };
    let mut notes = Vec::new();
    if spec.columns.as_ref().is_some_and(several) && matches!(asked.chart, Chart::Bars | Chart::Timeline) {
        notes.push(
            "A document may stand in several parts of a bar, so bars do not add up to documents.".to_owned(),
        );
    }
    let beyond = |shown: usize, all: usize, what: &str| {
        (all > shown).then(|| format!("{} more {what} stand in the table and the files.", all - shown))
    };
    let columns = if asked.chart == Chart::Heat { COLUMNS } else { SERIES };
    notes.extend(beyond(ROWS, table.rows.len(), "rows"));
    notes.extend(beyond(columns, table.columns.len(), "columns"));
    notes.extend(beyond(PANELS, table.panels.len(), "pictures"));
    if let Some(empty) = table.rows.iter().find(|row| row.count == 0) {
        notes.push(format!(
            "Nothing counted, such as for “{}”, means: {}.",
            empty.label,
            lacuna_pipeline::analyze::gaps::absence(table.classified)
        ));
    }
    notes
}
