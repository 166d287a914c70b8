//! The first day of every kind of date, as columns of tables of documents.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lacuna_domain::enactment::DateKind;
use lacuna_store::catalogue::Catalogue;

/// Kinds of dates.
const KINDS: usize = DateKind::ALL.len();

/// The names of the columns, in the order of a life.
pub(crate) fn columns() -> [&'static str; KINDS] {
    DateKind::ALL.map(DateKind::id)
}

/// The first days of some documents, kind by kind, by the documents' numbers.
#[derive(Debug)]
pub(crate) struct Days([BTreeMap<u32, Date>; KINDS]);

impl Days {
    /// The days of the documents with these numbers.
    pub(crate) fn of(catalogue: &Catalogue, among: &(impl Iterator<Item = u32> + Clone)) -> Self {
        Self(DateKind::ALL.map(|kind| catalogue.days(kind, among.clone())))
    }

    /// The cells of one document; blank where no such day is known.
    pub(crate) fn cells(&self, number: u32) -> [String; KINDS] {
        self.0.each_ref().map(|days| days.get(&number).map_or_else(String::new, ToString::to_string))
    }
}
