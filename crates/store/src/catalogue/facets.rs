//! Counts beside the values that a reader can choose.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::enactment::Enactment;
use lacuna_domain::filter::{CodeTest, Condition, Field, UNDETERMINED, Years};
use lacuna_domain::{CodeId, DimensionId};
use roaring::RoaringBitmap;

use super::Catalogue;
use super::column::{FieldColumn, Values};
use super::select::{Selection, Subject};

/// A value that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// What choosing it adds to the filter.
    pub condition: Condition,
    /// Name for readers.
    pub label: String,
    /// Length of the list of `filter.only(&condition)`.
    pub count: u64,
    /// Documents by which the list grows, where choosing it adds an alternative to values that are chosen already.
    pub adds: Option<u64>,
    /// Whether it is chosen now.
    pub chosen: bool,
}

impl FacetValue {
    /// What choosing it gives: `41`, or `+41` where the list grows by so many.
    pub fn counted(&self) -> String {
        self.adds.map_or_else(|| self.count.to_string(), |adds| format!("+{adds}"))
    }
}

/// Counts for the tests of one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFacet {
    /// The code.
    pub code: CodeId,
    /// Covered, each level above the lowest of a scale with more than two, not covered; for roles also the types.
    pub values: Vec<FacetValue>,
}

/// Every facet of a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facets {
    /// Values with documents, and chosen ones; most documents first, then by name.
    pub fields: BTreeMap<Field, Vec<FacetValue>>,
    /// Values of the catalogue's own columns, in the same order, by the column's name.
    pub columns: BTreeMap<String, Vec<FacetValue>>,
    /// Years, newest first, undated last.
    pub years: Vec<FacetValue>,
    /// Options of choice dimensions, in codebook order.
    pub options: BTreeMap<DimensionId, Vec<FacetValue>>,
    /// Codes of the other dimensions, in codebook order.
    pub codes: BTreeMap<DimensionId, Vec<CodeFacet>>,
}

impl Catalogue {
    /// Every facet.
    pub fn facets(&self, selection: &Selection) -> Facets {
        let (choices, rest): (Vec<_>, Vec<_>) =
            self.codebook.dimensions.iter().partition(|dimension| dimension.kind == Kind::Choice);
        let options = choices.into_iter().map(|d| (d.id.clone(), self.option_facet(selection, d))).collect();
        let codes = rest.into_iter().map(|d| (d.id.clone(), self.code_facets(selection, d))).collect();
        let fields =
            Field::ALL.into_iter().map(|field| (field, self.field_facet(selection, field))).collect();
        let columns =
            self.own_columns().map(|name| (name.to_owned(), self.column_facet(selection, name))).collect();
        Facets { fields, columns, years: self.year_facet(selection), options, codes }
    }

    /// The values of one field.
    pub fn field_facet(&self, selection: &Selection, field: Field) -> Vec<FacetValue> {
        let base = selection.without(&self.columns.all, &[&Subject::Field(field)]);
        if let (Field::Enactment, Some(on)) = (field, selection.filter.on) {
            return self.states_facet(selection, &base, on);
        }
        let known = self.columns.fields.get(&field).map(FieldColumn::values);
        let chosen = selection.filter.fields.get(&field);
        let mut values =
            self.open_facet(selection, &base, known, chosen, |value| Condition::Field(field, value));
        if field == Field::Enactment {
            values.sort_by_key(|value| match &value.condition {
                Condition::Field(_, id) => Enactment::from_id(id),
                _ => None,
            });
        }
        values
    }

    /// The `known` values with documents and the `chosen` ones, most documents first, then by name.
    pub(super) fn open_facet(
        &self,
        selection: &Selection,
        base: &RoaringBitmap,
        known: Option<&Values>,
        chosen: Option<&BTreeSet<String>>,
        condition: impl Fn(String) -> Condition,
    ) -> Vec<FacetValue> {
        let mut values: Vec<FacetValue> = known
            .into_iter()
            .flat_map(Values::each)
            .map(|(value, documents)| {
                self.facet_value(selection, condition(value.to_owned()), base, documents)
            })
            .collect();
        let unknown = chosen.into_iter().flatten();
        for value in unknown.filter(|value| known.is_none_or(|known| known.documents(value).is_none())) {
            values.push(self.facet_value(selection, condition(value.clone()), base, &RoaringBitmap::new()));
        }
        values.retain(|value| value.count > 0 || value.chosen);
        values.sort_by(|a, b| (Reverse(a.count), &a.label).cmp(&(Reverse(b.count), &b.label)));
        values
    }

    /// The enactment states on a day.
    fn states_facet(&self, selection: &Selection, base: &RoaringBitmap, on: Date) -> Vec<FacetValue> {
        let states = self.states_on(on);
        let values = Enactment::ALL.into_iter().map(|state| {
            let condition = Condition::Field(Field::Enactment, state.id().to_owned());
            let documents = states.get(&state).cloned().unwrap_or_default();
            self.facet_value(selection, condition, base, &documents)
        });
        values.filter(|value| value.count > 0 || value.chosen).collect()
    }

    /// The years.
    pub fn year_facet(&self, selection: &Selection) -> Vec<FacetValue> {
        let base = selection.without(&self.columns.all, &[&Subject::Year]);
        let years = self.columns.years.iter().rev().map(|(year, documents)| {
            let condition = Condition::Years(year.map_or(Years::Undated, Years::one));
            self.facet_value(selection, condition, &base, documents)
        });
        years.filter(|value| value.count > 0 || value.chosen).collect()
    }

    /// The options of a choice dimension, undetermined last.
    pub fn option_facet(&self, selection: &Selection, dimension: &Dimension) -> Vec<FacetValue> {
        let base = selection.without(&self.columns.all, &[&Subject::Choice(dimension.id.clone())]);
        let undetermined: Option<CodeId> = UNDETERMINED.parse().ok();
        let options = dimension.codes.iter().map(|code| code.id.clone()).chain(undetermined);
        let values = options.map(|option| {
            let condition = Condition::Option(dimension.id.clone(), option);
            let documents = self.passing(&condition, None);
            self.facet_value(selection, condition, &base, &documents)
        });
        values.collect()
    }

    /// The codes of an ordinal, flag or actor dimension.
    pub fn code_facets(&self, selection: &Selection, dimension: &Dimension) -> Vec<CodeFacet> {
        let facet = |code: &CodeId| {
            let base =
                selection.without(&self.columns.all, &[&Subject::Code(dimension.id.clone(), code.clone())]);
            let values = tests(dimension).into_iter().map(|test| {
                let documents = self.holding(&dimension.id, code, &test);
                let condition = Condition::Code(dimension.id.clone(), code.clone(), test);
                self.facet_value(selection, condition, &base, &documents)
            });
            CodeFacet { code: code.clone(), values: values.collect() }
        };
        dimension.codes.iter().map(|code| facet(&code.id)).collect()
    }

    fn facet_value(
        &self,
        selection: &Selection,
        condition: Condition,
        base: &RoaringBitmap,
        documents: &RoaringBitmap,
    ) -> FacetValue {
        let chosen = selection.filter.contains(&condition);
        let count = base.intersection_len(documents);
        let alternative = !chosen && selection.parts.contains_key(&Subject::of(&condition));
        FacetValue {
            label: condition.value_label(&self.codebook),
            count,
            adds: alternative.then(|| count - selection.documents.intersection_len(documents)),
            chosen,
            condition,
        }
    }
}

/// The tests that a page offers for a code of this dimension.
fn tests(dimension: &Dimension) -> Vec<CodeTest> {
    let mut tests = vec![CodeTest::Covered];
    match &dimension.kind {
        Kind::Ordinal { levels } if levels.len() > 2 => {
            let above = levels.iter().skip(1).rev();
            tests.extend(above.map(|level| CodeTest::Levels { from: level.value, to: level.value }));
        }
        Kind::Actor { types } => tests.extend(types.iter().map(|t| CodeTest::Type(t.id.clone()))),
        Kind::Ordinal { .. } | Kind::Flag | Kind::Choice => {}
    }
    tests.push(CodeTest::Absent);
    tests
}
