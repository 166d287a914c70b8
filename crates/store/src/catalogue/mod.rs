//! The catalogue: every document of a store, its latest version and its labels under one run, in memory, as compact
//! columns and bitmaps from which lists, facets, counts and cross-tables are read without touching the store.
//!
//! The numbers on a page never disagree because they come from one operation: [`Catalogue::select`] turns a
//! [`Filter`] into a bitmap; a list shows it, a facet intersects it.
//! The count beside a facet value is the length of the list of [`Filter::only`] with that value, all else equal.
//!
//! Documents that are not coded stay in lists and leave every denominator of coverage.
//!
//! Documents have numbers, from 0 in the order of their ids as people count; the numbers hold for one catalogue.

mod axis;
mod build;
mod chances;
mod column;
mod crosstab;
mod cube;
mod dates;
mod facets;
mod labels;
mod list;
mod load;
mod own;
mod past;
mod record;
mod saved;
mod select;
mod states;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use lacuna_domain::enactment::{DateKind, Enactment};
use lacuna_domain::filter::{Condition, Field};
use lacuna_domain::{Codebook, Filter, RunId};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

pub use axis::{Axis, AxisError, Span};
pub use build::{Builder, CatalogueInput};
pub use crosstab::{AxisValue, CodeCounts, Crosstab, Unit};
pub use cube::{Base, Cell, Cube, Slice, Spec, TooManyCells};
pub use facets::{CodeFacet, FacetValue, Facets};
pub use labels::{Labelled, Labels};
pub use list::Page;
pub use load::Audience;
pub use own::UnknownColumn;
pub use record::{Arrival, Record, Standing};
/// A set of documents, by number.
pub use roaring::RoaringBitmap as DocumentSet;
pub use select::{Matches, Selection};
#[cfg(test)]
pub(crate) use tests::CODEBOOK as TEST_CODEBOOK;

use column::{FieldColumn, TextColumn, Values};
use labels::LabelTable;
use states::StateColumn;

/// Everything that lists and counts need, for one run and one audience.
#[derive(Clone, Debug)]
pub struct Catalogue {
    codebook: Codebook,
    run: Option<RunId>,
    columns: Columns,
}

/// What a catalogue counts with; can be saved beside the search index and read again.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Columns {
    ids: TextColumn,
    /// Numbers in the byte order of the ids.
    by_id: Vec<u32>,
    titles: TextColumn,
    official_names: TextColumn,
    text_bytes: Vec<u32>,
    /// Number of the document's text; equal numbers are identical texts. `u32::MAX` without a text.
    text_numbers: Vec<u32>,
    /// Documents of each text that several documents share.
    shared_texts: BTreeMap<u32, Vec<u32>>,
    /// Documents whose text another one has too.
    repeated: RoaringBitmap,
    /// Documents without a text.
    textless: u64,
    /// The day of the present states.
    day: Date,
    /// The present state.
    enactments: Vec<Enactment>,
    /// Who says so.
    state_sources: FieldColumn,
    /// Documents by kind of date and day.
    days: BTreeMap<DateKind, BTreeMap<Option<Date>, RoaringBitmap>>,
    /// Date of the most recent dated event.
    dates: Vec<Option<Date>>,
    years: BTreeMap<Option<i16>, RoaringBitmap>,
    states: StateColumn,
    fields: BTreeMap<Field, FieldColumn>,
    /// What sources record and no field stands for, by the column's name.
    own: BTreeMap<String, Values>,
    labels: LabelTable,
    standings: Vec<Standing>,
    /// When each document's current text came.
    arrivals: Vec<Option<Arrival>>,
    fiction: RoaringBitmap,
    private: RoaringBitmap,
    /// Place of each document in the order of titles.
    title_ranks: Vec<u32>,
    all: RoaringBitmap,
}

impl Catalogue {
    /// The codebook whose codes are counted.
    pub const fn codebook(&self) -> &Codebook {
        &self.codebook
    }

    /// The run whose labels are counted, if there is one yet.
    pub const fn run(&self) -> Option<&RunId> {
        self.run.as_ref()
    }

    /// The day on which the present states are those of the catalogue.
    pub const fn day(&self) -> Date {
        self.columns.day
    }

    /// Documents in the catalogue.
    pub fn len(&self) -> u64 {
        self.columns.all.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.columns.all.is_empty()
    }

    /// Documents that the run coded: the denominator of every coverage count.
    pub const fn coded(&self) -> &RoaringBitmap {
        self.columns.labels.coded()
    }

    /// Documents without a text, of which words find the title alone.
    pub const fn textless(&self) -> u64 {
        self.columns.textless
    }

    /// Whether any document is invented for demonstration; then every page and export says so.
    pub fn holds_fiction(&self) -> bool {
        !self.columns.fiction.is_empty()
    }

    /// The number of the document with this id.
    pub fn find(&self, id: &str) -> Option<u32> {
        let found = self.columns.by_id.binary_search_by(|number| self.columns.ids.get(*number).cmp(id));
        found.ok().and_then(|at| self.columns.by_id.get(at)).copied()
    }

    /// What is known of a document; `None` for a number that this catalogue does not have.
    pub fn record(&self, number: u32) -> Option<Record<'_>> {
        self.columns.all.contains(number).then_some(Record { catalogue: self, number })
    }

    /// The record of the document with this id.
    pub fn record_of(&self, id: &str) -> Option<Record<'_>> {
        self.find(id).and_then(|number| self.record(number))
    }

    /// How many different texts the documents have; documents without a text count one each.
    pub fn distinct_texts(&self, documents: &RoaringBitmap) -> u64 {
        // Most texts have one document, and those need no look at which text it is.
        let repeated = documents & &self.columns.repeated;
        let texts = repeated.iter().filter_map(|number| self.columns.text_numbers.get(number as usize));
        let seen: RoaringBitmap = texts.copied().collect();
        documents.len() - repeated.len() + seen.len()
    }

    /// The documents for which one condition holds by itself; none for words.
    pub fn holding_alone(&self, condition: &Condition) -> RoaringBitmap {
        self.passing(condition, None)
    }

    /// The documents of a set of which the engine is surest that they speak to a code, at most `most`, surest first, of equals
    /// that with the lower number, each with the probability; those for which it gave none are left out.
    pub fn likeliest(
        &self,
        documents: &RoaringBitmap,
        dimension: &str,
        code: &str,
        most: usize,
    ) -> Vec<(u32, f32)> {
        let Some(slot) = self.columns.labels.slot(dimension, Some(code)) else { return vec![] };
        self.columns.labels.chances(slot).map(|chances| chances.highest(documents, most)).unwrap_or_default()
    }

    /// How many documents of a set the engine expects to speak to a code, and for how many of them it gave a probability.
    pub fn expected(&self, documents: &RoaringBitmap, dimension: &str, code: &str) -> (f64, u64) {
        let slot = self.columns.labels.slot(dimension, Some(code));
        slot.and_then(|slot| self.columns.labels.chances(slot))
            .map_or((0.0, 0), |chances| chances.sum(documents))
    }

    /// How many documents, or how many different texts, a set holds.
    pub fn count_of(&self, documents: &RoaringBitmap, unit: Unit) -> u64 {
        match unit {
            Unit::Documents => documents.len(),
            Unit::Texts => self.distinct_texts(documents),
        }
    }

    /// The number of documents that pass a filter without words.
    pub fn count(&self, filter: &Filter) -> u64 {
        self.select(filter, None).len()
    }
}
