//! One chart with everything that belongs to it: pictures, legend, table, links, notes.

use std::collections::BTreeMap;

use lacuna_domain::Codebook;
use lacuna_pipeline::analyze::corrected::Corrected;
use lacuna_pipeline::analyze::crosstab::{Base, Line, Spec, Table, axis_name, cross};
use lacuna_store::catalogue::{Axis, Selection, Unit};
use serde::Serialize;

use super::drawn::{Drawn, Part};
use super::notes::{file_notes, notes};
use super::series::Series;
use super::shares::Shares;
use super::shown::Frame;
use super::{Asked, Chart, group};
use crate::error::WebError;
use crate::state::Snapshot;
use crate::view::Reliability;
use crate::view::chart::Picture;

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
    /// The place of its panel, row and column.
    #[serde(skip)]
    pub(super) at: [usize; 3],
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
    /// Shares with the machine's errors taken out, in the order of their cells; empty where people read no sample.
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
        let mut table = cross(&snapshot.catalogue, selection, &spec)
            .map_err(|too_many| WebError::BadRequest(too_many.to_string()))?;
        group::keep(&mut table, &spec, &asked.group, codebook);
        let shares = Shares::of(snapshot, asked, selection, &table);
        let drawn = Drawn::of(asked.chart, &spec, &table);
        let series = Series::of(asked.chart, &spec, &table, drawn.picture.columns);
        let frame =
            Frame { snapshot, asked, spec: &spec, table: &table, shares: &shares, drawn, series: &series };
        let title = title(asked, &spec, codebook);
        let mut shown = frame.shown(&title);
        let empty = leave_out_empty(&mut shown);
        let mut notes = notes(&frame);
        notes.extend(drawn.notes(&spec, &table, codebook).into_iter().chain(empty.clone()));
        let mut file_notes = file_notes(&frame);
        file_notes.extend(drawn.file_notes(&spec, &table, codebook).into_iter().chain(empty));
        let trusted = |line: &Line| Some((line.label.clone(), snapshot.trust_of(&line.condition)?));
        Ok(Self {
            notes,
            file_notes,
            columns: headings(snapshot, &table, drawn.table),
            reliability: table.rows.iter().chain(&table.columns).filter_map(trusted).collect(),
            corrected: shares.listed(&table),
            href: asked.href(),
            caption: caption(asked, &spec, &table, codebook),
            legend: if asked.chart.is_stacked() { series.legend(&table) } else { vec![] },
            title,
            shown,
            table,
        })
    }

    /// The corrected share of the cell at this panel, row and column; of several samples the first.
    pub(super) fn corrected_at(&self, at: [usize; 3]) -> Option<&Corrected> {
        let first = self.corrected.partition_point(|share| share.at < at);
        self.corrected.get(first).filter(|share| share.at == at).map(|share| &share.corrected)
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

fn title(asked: &Asked, spec: &Spec, codebook: &Codebook) -> String {
    let group = |axis: &Axis| asked.group_suffix(axis, codebook);
    let mut title = axis_name(&spec.rows, codebook) + &group(&spec.rows);
    for axis in [&spec.columns, &spec.panels].into_iter().flatten() {
        let comma = if title.contains(" by ") { "," } else { "" };
        let name = axis_name(axis, codebook).to_lowercase();
        title = format!("{title}{comma} by {name}{}", group(axis));
    }
    if asked.good && asked.has_levels(codebook) {
        title.push_str(", highest level only");
    }
    title
}

/// What is counted, of what.
fn caption(asked: &Asked, spec: &Spec, table: &Table, codebook: &Codebook) -> String {
    let level = match (asked.has_levels(codebook), asked.good) {
        (false, _) => "",
        (true, true) => ", at the highest level",
        (true, false) => ", at any level",
    };
    let shown = if asked.chart == Chart::Heat { "shaded by the share of" } else { "shares of" };
    let each = spec.panels.as_ref().map(|axis| axis_name(axis, codebook));
    let base = base_words(asked, table, each.is_some());
    let each = each.map(|name| format!(", for each value of “{name}” by itself")).unwrap_or_default();
    format!("Number of {}{level}; {shown} {base}{each}", asked.unit_words())
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

/// What shares are of; `parted` where each picture is of a part of the set, whose number stands in its name.
fn base_words(asked: &Asked, table: &Table, parted: bool) -> String {
    let counted = match asked.unit {
        Unit::Documents => "documents",
        Unit::Texts => "texts",
    };
    let all =
        || if parted { format!("all {counted}") } else { format!("all {} of the set", table.documents) };
    match (asked.base, asked.unit) {
        (Base::Text, Unit::Texts) if parted => "the classified texts".to_owned(),
        (Base::Text, Unit::Texts) => format!("{} that are classified", table.classified),
        (Base::Text, Unit::Documents) if parted => "the documents with a classified text".to_owned(),
        (Base::Text, Unit::Documents) => format!("{} with a classified text", table.classified),
        (Base::All, _) => all(),
        (Base::Row, _) => format!(
            "the {counted} of each row{}",
            match asked.chart {
                Chart::Timeline => ", whose number stands above it",
                Chart::Table => "",
                Chart::Heat | Chart::Bars | Chart::Multiples => ", whose number stands beside its name",
            }
        ),
        // Where columns became pictures, shares are of the documents of each picture.
        (Base::Column, _) if table.columns.is_empty() => all(),
        (Base::Column, _) if asked.chart == Chart::Heat => {
            format!("the {counted} of each column, whose number stands beside its name")
        }
        (Base::Column, _) => format!("the {counted} of each column"),
    }
}

/// The names of the columns of the tables.
fn headings(snapshot: &Snapshot, table: &Table, part: Part) -> Vec<(String, Option<Reliability>)> {
    let columns = table.columns.iter().take(part.columns);
    columns.map(|c| (c.label.clone(), snapshot.trust_of(&c.condition))).collect()
}
