//! Codes by jurisdiction: where each of them stands in each place.

use lacuna_domain::Filter;
use lacuna_domain::filter::Field;
use lacuna_pipeline::analyze::gaps::{Gaps, States, Verdict, verdicts};
use lacuna_store::catalogue::{Catalogue, FacetValue, Selection};
use serde::Serialize;

use super::Asked;
use crate::state::Snapshot;
use crate::view::{VerdictView, at_most, narrowed};

/// One place of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The jurisdiction.
    pub name: String,
    /// Its classified documents.
    pub classified: u64,
    /// Those of them that bind.
    pub binding: u64,
    /// Codes that no binding document covers at the highest level; `None` below ten documents of the day, where
    /// nothing is ranked.
    pub open: Option<usize>,
    /// The gaps of this place alone.
    pub href: String,
}

/// A code over the places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// The code.
    pub code: String,
    /// Short name.
    pub short: String,
    /// One cell for each place.
    pub cells: Vec<MatrixCell>,
}

/// How a code stands in a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixCell {
    /// The verdict.
    pub verdict: VerdictView,
    /// Binding documents at the highest level.
    pub binding_full: u64,
    /// Documents that speak to it at all.
    pub any: u64,
    /// What was looked for, and what came nearest.
    pub href: String,
    /// Whether the place has too few documents to be judged.
    pub few: bool,
}

/// Codes by jurisdiction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// Most documents first.
    pub places: Vec<Place>,
    /// Jurisdictions that are not among them.
    pub left_out: usize,
    /// In codebook order.
    pub rows: Vec<MatrixRow>,
}

/// Places drawn.
pub(super) const SHOWN: usize = 12;
/// Places in JSON.
pub(super) const IN_DATA: usize = 500;

impl Matrix {
    /// The matrix of the set with at most `most` places; empty where it has no two jurisdictions.
    pub(super) fn of(
        snapshot: &Snapshot,
        asked: &Asked,
        selection: &Selection,
        states: &States,
        most: usize,
    ) -> Self {
        let catalogue = &snapshot.catalogue;
        let values = jurisdictions(catalogue, selection);
        if values.len() < 2 {
            return Self::default();
        }
        let (values, left_out) = at_most(most, values);
        let own = asked.own(&snapshot.codebook);
        let mut matrix = Self { left_out, ..Self::default() };
        let mut columns: Vec<(Gaps, Filter)> = Vec::new();
        for value in values {
            let filter = asked.filter.only(&value.condition);
            let within = selection.narrowed_to(catalogue, &value.condition);
            let found = verdicts(catalogue, &within, &asked.dimension, states);
            matrix.places.push(Place {
                name: value.label,
                classified: found.classified,
                binding: found.binding,
                open: found.ranked.then(|| found.codes.len() - found.count(Verdict::Covered)),
                href: narrowed("/gaps", &own, &filter),
            });
            columns.push((found, filter));
        }
        matrix.rows = asked.dimension.codes.iter().map(|code| row(asked, code, &columns)).collect();
        matrix
    }
}

/// The jurisdictions of a set, most documents first; the chosen ones where its filter names any.
pub(super) fn jurisdictions(catalogue: &Catalogue, selection: &Selection) -> Vec<FacetValue> {
    let chosen = selection.filter().fields.contains_key(&Field::Jurisdiction);
    let mut values = catalogue.field_facet(selection, Field::Jurisdiction);
    values.retain(|value| value.count > 0 && (value.chosen || !chosen));
    values
}

fn row(asked: &Asked, code: &lacuna_domain::codebook::Code, columns: &[(Gaps, Filter)]) -> MatrixRow {
    let path = super::absence::path(&asked.dimension, code.id.as_str());
    let day: Vec<(String, String)> = asked.day().into_iter().collect();
    let cell = |(found, filter): &(Gaps, Filter)| {
        let gap = found.codes.iter().find(|c| c.code == code.id.as_str())?;
        Some(MatrixCell {
            verdict: VerdictView(gap.verdict),
            binding_full: gap.binding_full,
            any: gap.any,
            href: narrowed(&path, &day, filter),
            few: !found.ranked,
        })
    };
    MatrixRow {
        code: code.id.to_string(),
        short: code.short.clone(),
        cells: columns.iter().filter_map(cell).collect(),
    }
}
