//! Own columns: what sources record of their documents and no field stands for, each value with its documents.
//!
//! A column is counted by as long as its values are few and short, so that whatever a table holds takes bounded memory: one
//! with too many or too long values is dropped when it shows, and not looked at again.

use std::collections::BTreeMap;

use lacuna_domain::Filter;
use lacuna_domain::filter::{Condition, NONE, column_parameter, is_column_text};
use roaring::RoaringBitmap;

use super::Catalogue;
use super::axis::{Axis, AxisError};
use super::column::Values;
use super::facets::FacetValue;
use super::select::{Selection, Subject};

/// Own columns looked at: the first ones in the order of the documents.
const COLUMNS: usize = 200;
/// Different values of a column that is counted by.
const VALUES: usize = 1_000;
/// A column with more different values must have one that two documents share.
const FEW: usize = 50;
/// Columns that a message names.
const NAMED: usize = 20;

/// Why documents cannot be chosen by an own column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the catalogue has no column {name:?} to choose documents by; {}", told(known, *more))]
pub struct UnknownColumn {
    /// The name that was given.
    pub name: String,
    /// Names of own columns that there are, the first in ascending order.
    pub known: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

fn told(known: &[String], more: usize) -> String {
    match (known, more) {
        ([], _) => "it has none of its own".to_owned(),
        (_, 0) => format!("its own columns are {}", known.join("; ")),
        (_, more) => format!("its own columns are {}; and {more} more", known.join("; ")),
    }
}

/// Whether this is the column that [`Field::Tag`](lacuna_domain::filter::Field::Tag) stands for.
pub(super) fn is_tags(column: &str) -> bool {
    column.trim().eq_ignore_ascii_case("tags")
}

/// Collects the own columns document by document.
#[derive(Debug, Default)]
pub(super) struct OwnBuilder {
    /// Documents by column and value; `None` for a column that is not counted by.
    columns: BTreeMap<String, Option<BTreeMap<Box<str>, RoaringBitmap>>>,
}

impl OwnBuilder {
    /// Adds what the source records of the document with this number; blank values are passed over.
    pub(super) fn push(&mut self, row: u32, recorded: &BTreeMap<String, String>) {
        for (name, value) in recorded {
            let (name, value) = (name.trim(), value.trim());
            if !value.is_empty() && is_column_text(name) && !is_tags(name) {
                self.put(row, name, value);
            }
        }
    }

    fn put(&mut self, row: u32, name: &str, value: &str) {
        if !self.columns.contains_key(name) {
            if self.columns.len() == COLUMNS {
                return;
            }
            self.columns.insert(name.to_owned(), Some(BTreeMap::new()));
        }
        let Some(column) = self.columns.get_mut(name) else { return };
        let Some(values) = column else { return };
        if let Some(documents) = values.get_mut(value) {
            documents.insert(row);
        } else if values.len() == VALUES || !is_column_text(value) {
            *column = None;
        } else {
            values.insert(value.into(), RoaringBitmap::from_iter([row]));
        }
    }

    /// The columns that are counted by; `all` are the documents.
    pub(super) fn finish(self, all: &RoaringBitmap) -> BTreeMap<String, Values> {
        let columns = self.columns.into_iter();
        columns.filter_map(|(name, values)| Some((name, finished(values?, all)?))).collect()
    }
}

/// The values of a column with those documents that have none; `None` where nearly every document has a value of its own.
fn finished(mut values: BTreeMap<Box<str>, RoaringBitmap>, all: &RoaringBitmap) -> Option<Values> {
    if values.len() > FEW && values.values().all(|documents| documents.len() == 1) {
        return None;
    }
    let unrecorded = values.values().fold(all.clone(), |left, documents| left - documents);
    if !unrecorded.is_empty() {
        *values.entry(NONE.into()).or_default() |= unrecorded;
    }
    Some(Values::from(values))
}

impl Catalogue {
    /// Names of the own columns that documents can be chosen and counted by, in ascending order.
    pub fn own_columns(&self) -> impl Iterator<Item = &str> {
        self.columns.own.keys().map(String::as_str)
    }

    /// Refuses a filter that names an own column which the catalogue does not have.
    pub fn check_columns(&self, filter: &Filter) -> Result<(), UnknownColumn> {
        let Some(name) = filter.columns.keys().find(|name| !self.columns.own.contains_key(*name)) else {
            return Ok(());
        };
        let known: Vec<String> = self.own_columns().take(NAMED).map(str::to_owned).collect();
        let more = self.columns.own.len() - known.len();
        Err(UnknownColumn { name: name.clone(), known, more })
    }

    /// The values of an own column; of one that the catalogue does not have, those that are chosen.
    pub fn column_facet(&self, selection: &Selection, name: &str) -> Vec<FacetValue> {
        let base = selection.without(&self.columns.all, &[&Subject::Column(name.to_owned())]);
        let (known, chosen) = (self.columns.own.get(name), selection.filter.columns.get(name));
        let condition = |value: String| Condition::Column(name.to_owned(), value);
        self.open_facet(selection, &base, known, chosen, condition)
    }

    /// Reads an axis like [`Axis::parse`]; an own column that the catalogue does not have is none.
    pub fn parse_axis(&self, text: &str) -> Result<Axis, AxisError> {
        match Axis::parse(text, &self.codebook)? {
            Axis::Column(name) if !self.columns.own.contains_key(&name) => {
                let columns = self.own_columns().take(NAMED).map(column_parameter);
                let others = Axis::words(&self.codebook);
                Err(AxisError::of(text, columns.chain(others).collect()))
            }
            axis => Ok(axis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of documents of which each records what `of` says of its number.
    fn columns(documents: u32, of: impl Fn(u32) -> Vec<(&'static str, String)>) -> BTreeMap<String, Values> {
        let mut builder = OwnBuilder::default();
        for row in 0..documents {
            let recorded = of(row).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            builder.push(row, &recorded);
        }
        builder.finish(&(0..documents).collect())
    }

    fn values_of(columns: &BTreeMap<String, Values>, name: &str) -> Vec<(String, u64)> {
        let values = columns.get(name).into_iter().flat_map(Values::each);
        values.map(|(value, documents)| (value.to_owned(), documents.len())).collect()
    }

    #[test]
    fn documents_before_the_first_value_and_blank_ones_have_none() {
        let recorded = |row: u32| match row {
            0 => vec![],
            1 | 2 => {
                vec![("Checked ", " yes ".to_owned()), ("Tags", "Bias".to_owned()), ("TAGS", "x".to_owned())]
            }
            3 => vec![("Checked", "no".to_owned()), ("Note", "once".to_owned())],
            _ => vec![("Checked", "  ".to_owned())],
        };
        let columns = columns(5, recorded);
        assert_eq!(columns.keys().collect::<Vec<_>>(), ["Checked", "Note"]);
        let counted = |values: &[(&str, u64)]| {
            values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect::<Vec<_>>()
        };
        assert_eq!(values_of(&columns, "Checked"), counted(&[(NONE, 2), ("no", 1), ("yes", 2)]));
        assert_eq!(values_of(&columns, "Note"), counted(&[(NONE, 4), ("once", 1)]));
    }

    #[test]
    fn what_nobody_can_count_by_is_dropped() {
        let recorded = |row: u32| {
            let mut all = vec![
                ("different", row.to_string()),
                ("thousand", (row % 1_000).to_string()),
                ("too many", (row % 1_001).to_string()),
                ("constant", "same".to_owned()),
            ];
            if row == 1_100 {
                all.push(("constant text", "x".repeat(201)));
            } else {
                all.push(("constant text", "short".to_owned()));
            }
            all
        };
        let kept = columns(1_500, recorded);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["constant", "thousand"]);
        let fewer = |documents| columns(documents, |row| vec![("serial", row.to_string())]).len();
        assert_eq!(
            (fewer(50), fewer(51)),
            (1, 0),
            "a short list of single documents can still be chosen from"
        );
    }

    #[test]
    fn so_many_columns_are_looked_at_and_no_more() {
        let mut builder = OwnBuilder::default();
        let wide = (0..500).map(|n| (format!("column {n:03}"), "x".to_owned())).collect();
        builder.push(0, &wide);
        builder.push(1, &BTreeMap::from([("column 000".to_owned(), "y".to_owned())]));
        let columns = builder.finish(&(0..2).collect());
        assert_eq!(columns.len(), COLUMNS);
        assert_eq!(columns["column 000"].each().count(), 2, "a known column goes on");
    }
}
