//! From a filter to a set of documents.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use lacuna_domain::enactment::{DateKind, Enactment};
use lacuna_domain::filter::{CodeTest, Condition, Field, StateTest, Years};
use lacuna_domain::{CodeId, DimensionId, Filter};
use roaring::RoaringBitmap;

use super::Catalogue;

/// What a search found, by document number.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// Documents that match the words.
    pub documents: RoaringBitmap,
    /// Score of each of them, by ascending number.
    pub scores: Vec<(u32, f32)>,
}

/// The documents that pass a filter.
#[derive(Clone, Debug)]
pub struct Selection {
    pub(super) filter: Filter,
    pub(super) documents: RoaringBitmap,
    /// What each subject of the filter lets pass by itself.
    pub(super) parts: BTreeMap<Subject, RoaringBitmap>,
    /// By ascending number; empty without words.
    pub(super) scores: Vec<(u32, f32)>,
}

/// What conditions are about; those on one subject are alternatives, subjects are joined by AND.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Words,
    Field(Field),
    Column(String),
    Year,
    State(StateTest),
    Date(DateKind),
    On,
    Code(DimensionId, CodeId),
    Choice(DimensionId),
}

impl Subject {
    pub(super) fn of(condition: &Condition) -> Self {
        match condition {
            Condition::Words(_) => Self::Words,
            Condition::Field(field, _) => Self::Field(*field),
            Condition::Column(name, _) => Self::Column(name.clone()),
            Condition::Years(_) => Self::Year,
            Condition::State(test, _) => Self::State(*test),
            Condition::Date(kind, _) => Self::Date(*kind),
            Condition::On(_) => Self::On,
            Condition::Code(dimension, code, _) => Self::Code(dimension.clone(), code.clone()),
            Condition::Option(dimension, _) => Self::Choice(dimension.clone()),
        }
    }
}

impl Selection {
    /// The filter it came from.
    pub const fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The documents.
    pub const fn documents(&self) -> &RoaringBitmap {
        &self.documents
    }

    /// How many.
    pub fn len(&self) -> u64 {
        self.documents.len()
    }

    /// Whether no document passes.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The selection in which a condition is the only one on its subject.
    #[must_use]
    pub fn narrowed_to(&self, catalogue: &Catalogue, condition: &Condition) -> Self {
        let mut parts = self.parts.clone();
        parts.insert(Subject::of(condition), catalogue.passing(condition, self.filter.on));
        let documents = parts.values().fold(catalogue.columns.all.clone(), |left, part| left & part);
        Self { filter: self.filter.only(condition), documents, parts, scores: vec![] }
    }

    /// The documents that pass when these subjects are left out.
    pub(super) fn without(&self, all: &RoaringBitmap, subjects: &[&Subject]) -> Cow<'_, RoaringBitmap> {
        if !subjects.iter().any(|subject| self.parts.contains_key(subject)) {
            return Cow::Borrowed(&self.documents);
        }
        let mut documents = all.clone();
        for (_, part) in self.parts.iter().filter(|(subject, _)| !subjects.contains(subject)) {
            documents &= part;
        }
        Cow::Owned(documents)
    }
}

impl Catalogue {
    /// The documents that pass `filter`. `matches` is what the search found for the filter's words; a filter with words
    /// and no matches selects nothing.
    pub fn select(&self, filter: &Filter, matches: Option<&Matches>) -> Selection {
        let mut parts: BTreeMap<Subject, RoaringBitmap> = BTreeMap::new();
        for condition in filter.conditions() {
            let passing = match &condition {
                Condition::Words(_) => matches.map(|m| m.documents.clone()).unwrap_or_default(),
                other => self.passing(other, filter.on),
            };
            *parts.entry(Subject::of(&condition)).or_default() |= passing;
        }
        let mut documents = self.columns.all.clone();
        for part in parts.values() {
            documents &= part;
        }
        let worded = matches.filter(|_| !filter.words.is_empty());
        let scores = worded.map(|m| m.scores.clone()).unwrap_or_default();
        Selection { filter: filter.clone(), documents, parts, scores }
    }

    /// The documents for which one condition holds by itself, with enactment states as of `on`; words are none of the
    /// catalogue's business.
    pub(crate) fn passing(&self, condition: &Condition, on: Option<Date>) -> RoaringBitmap {
        match condition {
            Condition::Words(_) => RoaringBitmap::new(),
            Condition::Field(Field::Enactment, value) if on.is_some() => {
                let state = Enactment::from_id(value);
                on.zip(state).and_then(|(on, state)| self.states_on(on).remove(&state)).unwrap_or_default()
            }
            Condition::Field(field, value) => {
                let column = self.columns.fields.get(field);
                column.and_then(|column| column.values().documents(value)).cloned().unwrap_or_default()
            }
            Condition::Column(name, value) => {
                let column = self.columns.own.get(name);
                column.and_then(|column| column.documents(value)).cloned().unwrap_or_default()
            }
            Condition::Years(years) => self.in_years(*years),
            Condition::State(test, on) => self.in_state(*test, *on),
            Condition::Date(kind, range) => self.dated(*kind, *range),
            Condition::On(date) => self.known_on(*date),
            Condition::Code(dimension, code, test) => self.holding(dimension, code, test),
            Condition::Option(dimension, option) => {
                let slot = self.columns.labels.slot(dimension.as_str(), None);
                slot.map(|slot| self.columns.labels.chose(slot, option)).unwrap_or_default()
            }
        }
    }

    /// The condition of every value of a field, with its words for readers; for enactment every state.
    pub(crate) fn values_of(&self, field: Field) -> Vec<(Condition, String)> {
        let column = self.columns.fields.get(&field);
        let values = column.into_iter().flat_map(|column| column.values().each());
        let known = values.map(|(value, _)| value.to_owned());
        let known: Vec<String> = match field {
            Field::Enactment => Enactment::ALL.iter().map(|state| state.id().to_owned()).collect(),
            _ => known.collect(),
        };
        let named = |value: String| {
            let condition = Condition::Field(field, value);
            let label = condition.value_label(&self.codebook);
            (condition, label)
        };
        known.into_iter().map(named).collect()
    }

    pub(super) fn holding(&self, dimension: &DimensionId, code: &CodeId, test: &CodeTest) -> RoaringBitmap {
        let slot = self.columns.labels.slot(dimension.as_str(), Some(code.as_str()));
        slot.map(|slot| self.columns.labels.holds(slot, test)).unwrap_or_default()
    }

    fn in_years(&self, years: Years) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        for (_, documents) in self.columns.years.iter().filter(|(year, _)| years.holds(**year)) {
            found |= documents;
        }
        found
    }
}
