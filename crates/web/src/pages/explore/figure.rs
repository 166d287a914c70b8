//! One chart with everything that belongs to it: pictures, legend, table, links, notes.

use std::collections::BTreeMap;

use lacuna_domain::Filter;
use lacuna_domain::filter::{CodeTest, Condition};
use lacuna_pipeline::analyze::crosstab::{Cell, Line, Spec, Table, axis_name, cross};
use lacuna_store::catalogue::Selection;
use serde::Serialize;

use super::drawn::{Drawn, Part};
use super::notes::{FEWEST, file_notes, notes};
use super::shares::{PanelShares, Shares};
use super::{Asked, Chart};
use crate::error::WebError;
use crate::state::{Snapshot, list_href};
use crate::view::Reliability;
use crate::view::chart::{self, Grid, Mark, Picture, SERIES};
use lacuna_pipeline::analyze::corrected::Corrected;

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
    /// How far labels of its code can be trusted; `None` where the row is a fact of the catalogue.
    pub trust: Option<Reliability>,
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
    /// The share with the machine's errors taken out, once for each sample of which people read enough.
    pub corrected: Vec<Corrected>,
}

/// A corrected share, with the names of its cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellShare {
    /// Name of the panel; empty for the only one.
    pub panel: String,
    /// Name of the row.
    pub row: String,
    /// Name of the column; empty where there are none.
    pub column: String,
    /// The share.
    #[serde(flatten)]
    pub corrected: Corrected,
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
    /// The same for who has the pictures as a file, beside which there is no table.
    #[serde(skip)]
    pub file_notes: Vec<String>,
    /// Names of the columns, each with how far labels of its code can be trusted.
    #[serde(skip)]
    pub columns: Vec<(String, Option<Reliability>)>,
    /// The counts.
    pub table: Table,
    /// Shares with the machine's errors taken out; empty where people read no sample.
    pub corrected: Vec<CellShare>,
    /// How far labels of the codes on the axes can be trusted, by the name of row or column.
    pub reliability: BTreeMap<String, Reliability>,
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
        let title = title(asked, &spec, codebook);
        let level = if asked.good { "at the highest level" } else { "at any level" };
        let shown = if asked.chart == Chart::Heat { "shaded by the share of" } else { "shares of" };
        let unit = asked.unit_words();
        let caption = format!("Number of {unit}, {level}; {shown} {}", base_words(asked, &table));
        let href_of = |panel: Option<&Line>, row: Option<&Line>, column: Option<&Line>| {
            href(&asked.filter, [panel, row, column], codebook)
        };
        let shares = Shares::of(snapshot, asked, selection, &table);
        let drawn = Drawn::of(asked.chart, &spec, &table);
        let shown = table.panels.iter().enumerate().take(drawn.panels).map(|(at, panel)| {
            let line = panel.line.as_ref();
            let shares = shares.panel(at);
            let href = |row: Option<&Line>, column: Option<&Line>| href_of(line, row, column);
            let grid = grid(asked, &table, &panel.cells, shares, drawn.picture, &href);
            let name = line.map_or_else(String::new, |l| format!("{} ({})", l.label, l.count));
            let label = if name.is_empty() { title.clone() } else { format!("{title}: {name}") };
            Shown {
                label: format!("{label}. Every mark is a link; the table below says the same."),
                href: href_of(line, None, None),
                picture: draw(asked.chart, &grid),
                rows: rows(snapshot, &table, &panel.cells, shares, drawn.table, &href),
                name,
            }
        });
        let mut shown: Vec<Shown> = shown.collect();
        let trusted = |line: &Line| Some((line.label.clone(), snapshot.trust_of(&line.condition)?));
        let heat = asked.chart == Chart::Heat;
        let legend =
            if heat { vec![] } else { table.columns.iter().take(SERIES).map(|c| c.label.clone()).collect() };
        let empty = leave_out_empty(&mut shown);
        let mut notes = notes(&spec, asked, &table, &shares);
        notes.extend(drawn.notes(&spec, &table, codebook).into_iter().chain(empty.clone()));
        let mut file_notes = file_notes(&spec, asked, &table, &shares);
        file_notes.extend(drawn.file_notes(&spec, &table, codebook).into_iter().chain(empty));
        Ok(Self {
            notes,
            file_notes,
            columns: headings(snapshot, &table, drawn.table),
            reliability: table.rows.iter().chain(&table.columns).filter_map(trusted).collect(),
            corrected: shares.listed(&table),
            href: asked.href(),
            title,
            caption,
            legend,
            shown,
            table,
        })
    }

    /// The corrected share of a cell as cells of a table; blank where there is none.
    pub(crate) fn corrected_of(&self, panel: &str, row: &str, column: &str) -> [String; 4] {
        let of = |share: &&CellShare| share.panel == panel && share.row == row && share.column == column;
        self.corrected.iter().find(of).map(|share| share.corrected.cells()).unwrap_or_default()
    }

    /// How far the labels behind a cell can be trusted: of the code of its row, else of its column; blank for facts.
    pub(crate) fn trust_of(&self, row: &str, column: &str) -> [String; 6] {
        let found = self.reliability.get(row).or_else(|| self.reliability.get(column));
        found.map(|trust| trust.columns.cells()).unwrap_or_default()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.table.rows.is_empty() || self.table.panels.is_empty()
    }
}

fn title(asked: &Asked, spec: &Spec, codebook: &lacuna_domain::Codebook) -> String {
    let mut title = axis_name(&spec.rows, codebook);
    for axis in [&spec.columns, &spec.panels].into_iter().flatten() {
        let comma = if title.contains(" by ") { "," } else { "" };
        title = format!("{title}{comma} by {}", axis_name(axis, codebook).to_lowercase());
    }
    if asked.good {
        title.push_str(", highest level only");
    }
    title
}

/// Takes pictures out in which nothing was counted, as long as there is another; answers a note that names them.
fn leave_out_empty(shown: &mut Vec<Shown>) -> Option<String> {
    let empty = |one: &Shown| one.rows.iter().all(|row| row.cells.iter().all(|cell| cell.count == 0));
    if shown.iter().all(empty) {
        return None;
    }
    let names: Vec<String> = shown.extract_if(.., |one| empty(one)).map(|one| one.name).collect();
    (!names.is_empty()).then(|| format!("No picture, since nothing was counted: {}.", names.join(", ")))
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

/// The names of the columns of the tables.
fn headings(snapshot: &Snapshot, table: &Table, part: Part) -> Vec<(String, Option<Reliability>)> {
    let columns = table.columns.iter().take(part.columns);
    columns.map(|c| (c.label.clone(), snapshot.trust_of(&c.condition))).collect()
}

fn grid(
    asked: &Asked,
    table: &Table,
    cells: &[Vec<Cell>],
    shares: &PanelShares,
    part: Part,
    href: &Href<'_>,
) -> Grid {
    let rows = table.rows.iter().zip(cells).enumerate().skip(part.skipped).take(part.rows);
    let marks = rows.map(|(place, (row, cells))| {
        let mark = |(at, cell): (usize, &Cell)| Mark {
            count: cell.count,
            share: cell.share(),
            few: asked.compares() && cell.of < FEWEST,
            href: href(Some(row), table.columns.get(at)),
            corrected: shares.get(&(place, at)).and_then(|c| c.first()).cloned(),
        };
        cells.iter().enumerate().take(part.columns).map(mark).collect()
    });
    Grid {
        rows: table.rows.iter().skip(part.skipped).take(part.rows).map(|row| row.label.clone()).collect(),
        columns: table
            .columns
            .iter()
            .take(part.columns)
            .map(|c| format!("{} ({})", c.label, c.count))
            .collect(),
        marks: marks.collect(),
        unit: asked.unit_words().to_owned(),
    }
}

fn rows(
    snapshot: &Snapshot,
    table: &Table,
    cells: &[Vec<Cell>],
    shares: &PanelShares,
    part: Part,
    href: &Href<'_>,
) -> Vec<TableRow> {
    let row = |(place, (row, cells)): (usize, (&Line, &Vec<Cell>))| TableRow {
        name: row.label.clone(),
        trust: snapshot.trust_of(&row.condition),
        href: href(Some(row), None),
        count: row.count,
        cells: cells
            .iter()
            .enumerate()
            .take(part.columns)
            .map(|(at, cell)| TableCell {
                count: cell.count,
                share: lacuna_pipeline::analyze::findings::percent(cell.count, cell.of)
                    .map_or_else(String::new, |share| format!("{share} of {}", cell.of)),
                href: href(Some(row), table.columns.get(at)),
                corrected: shares.get(&(place, at)).cloned().unwrap_or_default(),
            })
            .collect(),
    };
    table.rows.iter().zip(cells).enumerate().skip(part.skipped).take(part.rows).map(row).collect()
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
            let about = Condition::Code(dimension.id.clone(), code.clone(), CodeTest::Covered);
            return crate::view::narrowed(&path, &[], &exact.without_subject(&about));
        }
    }
    list_href(&exact)
}
