//! `/explore`: any field or dimension crossed with any other, drawn, with exactly the documents behind every mark.

mod drawn;
pub mod figure;
mod group;
mod notes;
pub mod page;
pub(crate) mod presets;
mod series;
mod shares;
mod shown;
pub(crate) mod svg;
mod table;

use lacuna_domain::codebook::Kind;
use lacuna_domain::enactment::DateKind;
use lacuna_domain::filter::column_parameter;
use lacuna_domain::{Codebook, Filter};
use lacuna_pipeline::analyze::crosstab::{Base, Spec, axis_name, good_only};
use lacuna_store::catalogue::{Axis, Catalogue, Unit};

use crate::error::WebError;
use crate::params::Params;
use crate::state::Snapshot;
use crate::view::Own;

/// How the counts are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chart {
    /// Rows by columns as depth of colour; one for each value of the third axis.
    #[default]
    Heat,
    /// Rows as bars, stacked by the third axis, or by columns where there is none.
    Bars,
    /// Rows as bars, one picture for each column.
    Multiples,
    /// Years or quarters from left to right.
    Timeline,
    /// The table alone.
    Table,
}

impl Chart {
    /// Every chart, in the order of the form.
    pub const ALL: [Self; 5] = [Self::Heat, Self::Bars, Self::Multiples, Self::Timeline, Self::Table];

    /// The parameter's value.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Heat => "heat",
            Self::Bars => "bars",
            Self::Multiples => "multiples",
            Self::Timeline => "timeline",
            Self::Table => "table",
        }
    }

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heat => "Heat-map",
            Self::Bars => "Stacked bars",
            Self::Multiples => "Small multiples",
            Self::Timeline => "Timeline",
            Self::Table => "Table",
        }
    }

    /// Whether it draws columns as parts of one bar, each with a colour.
    pub const fn is_stacked(self) -> bool {
        matches!(self, Self::Bars | Self::Multiples | Self::Timeline)
    }
}

/// What an address of `/explore` asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// On the rows, as the address writes it.
    pub rows: String,
    /// On the columns; empty for none.
    pub columns: String,
    /// Stacked, or one picture each; empty for none.
    pub stack: String,
    /// The chart.
    pub chart: Chart,
    /// Whether only the highest level counts.
    pub good: bool,
    /// What is counted.
    pub unit: Unit,
    /// What shares are of.
    pub base: Base,
    /// Group of codes that alone stand on the axis that has it; empty for all.
    pub group: String,
    /// The set.
    pub filter: Filter,
}

impl Asked {
    /// Codes of the first dimension by `columns`.
    pub fn new(rows: &str, columns: &str, chart: Chart) -> Self {
        Self {
            rows: rows.to_owned(),
            columns: columns.to_owned(),
            stack: String::new(),
            chart,
            good: false,
            unit: Unit::Documents,
            base: Base::Text,
            group: String::new(),
            filter: Filter::default(),
        }
    }

    fn read(snapshot: &Snapshot, query: Option<&str>) -> Result<Self, WebError> {
        let codebook = &snapshot.codebook;
        let mut params = Params::parse(query)?;
        let first =
            super::gaps::first(codebook).map_or_else(|| "jurisdiction".to_owned(), |d| d.id.to_string());
        let bare = !params.has("rows") && !params.has("columns") && !params.has("chart");
        let mut asked = Self::new(
            &params.take("rows").unwrap_or(first),
            &params
                .take("columns")
                .unwrap_or_else(|| if bare { "jurisdiction".to_owned() } else { String::new() }),
            choice(&mut params, "chart", &Chart::ALL, Chart::id)?.unwrap_or_default(),
        );
        asked.stack = params.take("stack").unwrap_or_default();
        asked.good = choice(&mut params, "level", &["any", "good"], |l| l)?.is_some_and(|l| l == "good");
        let texts =
            choice(&mut params, "unit", &["documents", "texts"], |u| u)?.is_some_and(|u| u == "texts");
        asked.unit = if texts { Unit::Texts } else { Unit::Documents };
        // Columns of very different size are compared by their shares.
        let usual = if bare { Base::Column } else { Base::default() };
        asked.base = choice(&mut params, "of", &Base::ALL, Base::id)?.unwrap_or(usual);
        asked.group = params.take("group").unwrap_or_default();
        asked.filter = Filter::parse(params.rest(), codebook)
            .map_err(|error| WebError::BadRequest(error.to_string()))?;
        let axes = [&asked.rows, &asked.columns, &asked.stack];
        for axis in axes.into_iter().filter(|axis| !axis.is_empty()) {
            snapshot.catalogue.parse_axis(axis).map_err(|error| WebError::BadRequest(error.to_string()))?;
        }
        Ok(asked)
    }

    /// The page's own parameters; what holds anyway is left out.
    pub fn own(&self) -> Own {
        let mut own = Own::new();
        let mut push = |name: &str, value: &str| {
            if !value.is_empty() {
                own.push((name.to_owned(), value.to_owned()));
            }
        };
        push("rows", &self.rows);
        push("columns", &self.columns);
        push("stack", &self.stack);
        push("chart", if self.chart == Chart::Heat { "" } else { self.chart.id() });
        push("level", if self.good { "good" } else { "" });
        push("unit", if self.unit == Unit::Texts { "texts" } else { "" });
        push("group", &self.group);
        push("of", if self.base == Base::Text { "" } else { self.base.id() });
        own
    }

    /// What is counted, for readers.
    pub(crate) const fn unit_words(&self) -> &'static str {
        match self.unit {
            Unit::Texts => "different texts",
            Unit::Documents => "documents",
        }
    }

    /// Whether shares of rows or columns of different size stand side by side.
    pub(crate) const fn compares(&self) -> bool {
        matches!(self.base, Base::Row | Base::Column)
    }

    /// Whether the choice of a level changes what any axis counts.
    pub(crate) fn has_levels(&self, codebook: &Codebook) -> bool {
        let axes = [&self.rows, &self.columns, &self.stack].into_iter();
        let mut axes = axes.filter_map(|text| Axis::parse(text, codebook).ok());
        axes.any(|axis| good_only(axis.clone(), codebook) != axis)
    }

    /// Axes of the address that are not among those `offered`, with their names: a form that offers them too keeps them.
    fn further(&self, offered: &[(String, String)], codebook: &Codebook) -> Vec<(String, String)> {
        let axes = [&self.rows, &self.columns, &self.stack].into_iter();
        let further = axes.filter(|text| !offered.iter().any(|(id, _)| id == *text));
        let named = |text: &String| {
            let axis = Axis::parse(text, codebook).ok()?;
            Some((text.clone(), format!("{} ({text})", axis_name(&axis, codebook))))
        };
        further.filter_map(named).collect()
    }

    /// The address.
    pub fn href(&self) -> String {
        crate::view::narrowed("/explore", &self.own(), &self.filter)
    }

    /// What the pipeline is asked, after the chart has put the axes in their places.
    pub(crate) fn spec(&self, codebook: &Codebook) -> Result<Spec, WebError> {
        let axis = |text: &str| -> Result<Option<Axis>, WebError> {
            if text.is_empty() {
                return Ok(None);
            }
            let axis = Axis::parse(text, codebook).map_err(|e| WebError::BadRequest(e.to_string()))?;
            Ok(Some(if self.good { good_only(axis, codebook) } else { axis }))
        };
        let given = [&self.rows, &self.columns, &self.stack];
        let twice = (0..3).any(|i| !given[i].is_empty() && given[i + 1..].contains(&given[i]));
        if twice {
            return Err(WebError::BadRequest("rows, columns and stack must be different".to_owned()));
        }
        let [rows, columns, panels] = self.placed(codebook);
        let rows = axis(&rows)?
            .ok_or_else(|| WebError::BadRequest("rows is missing; name a field or a dimension".to_owned()))?;
        Ok(Spec { rows, columns: axis(&columns)?, panels: axis(&panels)?, unit: self.unit, base: self.base })
    }

    /// Rows, columns and panels as an address writes them, after the chart has put the axes in their places; empty for
    /// none.
    fn placed(&self, codebook: &Codebook) -> [String; 3] {
        let [rows, columns, stack] = [&self.rows, &self.columns, &self.stack].map(String::clone);
        let is_time = |text: &String| Axis::parse(text, codebook).is_ok_and(|axis| axis.is_time());
        match self.chart {
            Chart::Bars if !stack.is_empty() => [rows, stack, columns],
            Chart::Multiples if stack.is_empty() => [rows, stack, columns],
            Chart::Timeline if !rows.is_empty() && !is_time(&rows) => {
                let given = [columns, stack].into_iter().filter(|text| !text.is_empty());
                let (times, others): (Vec<String>, Vec<String>) = given.partition(is_time);
                let time = times.into_iter().next().unwrap_or_else(|| "year".to_owned());
                [time, rows, others.into_iter().next().unwrap_or_default()]
            }
            _ => [rows, columns, stack],
        }
    }

    /// The same counts as tables alone, with every column that a picture of them draws together with others.
    fn as_table(&self, codebook: &Codebook) -> Self {
        let [rows, columns, stack] = self.placed(codebook);
        Self { rows, columns, stack, chart: Chart::Table, ..self.clone() }
    }
}

fn choice<T: Copy>(
    params: &mut Params,
    name: &str,
    all: &[T],
    id: impl Fn(T) -> &'static str,
) -> Result<Option<T>, WebError> {
    let Some(given) = params.take(name) else { return Ok(None) };
    let found = all.iter().copied().find(|one| id(*one) == given.trim());
    let known = || all.iter().map(|one| id(*one)).collect::<Vec<_>>().join(", ");
    found.map(Some).ok_or_else(|| WebError::BadRequest(format!("{name} takes {}", known())))
}

/// Axes that the form offers, with their names.
pub(crate) fn axes(catalogue: &Catalogue) -> Vec<(String, String)> {
    let mut axes: Vec<(String, String)> = Vec::new();
    for dimension in &catalogue.codebook().dimensions {
        let id = if dimension.id.as_str() == "status" { "form" } else { dimension.id.as_str() };
        axes.push((id.to_owned(), dimension.name.clone()));
        if let Kind::Actor { .. } = dimension.kind {
            let roles = dimension.codes.iter();
            axes.extend(roles.map(|r| (format!("{id}/{}/types", r.id), format!("{} by type", r.short))));
        }
    }
    axes.push(("year".to_owned(), "Year".to_owned()));
    axes.extend(
        DateKind::ALL.map(|kind| (format!("{}/year", kind.id()), format!("{}, by year", kind.name()))),
    );
    let dated = [DateKind::Introduced, DateKind::Adopted, DateKind::InForce, DateKind::Ended];
    axes.extend(dated.map(|kind| (format!("{}/quarter", kind.id()), format!("{}, by quarter", kind.name()))));
    axes.extend(crate::view::FIELDS.map(|field| (field.id().to_owned(), field.name().to_owned())));
    let own = catalogue.own_columns();
    axes.extend(own.map(|name| (column_parameter(name), format!("Own column: {name}"))));
    axes
}
