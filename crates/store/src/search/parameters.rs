//! Fields of the search box that are parameters of an address: `risk:2.2`, `form:hard_law`, `year:2024`,
//! `adopted:2024`, `column.Validated?:yes`.

use lacuna_domain::Filter;
use lacuna_domain::enactment::DateKind;
use lacuna_domain::filter::{Condition, FilterError, StateTest, column_of, column_parameter};

use super::facts::holding;
use crate::catalogue::Catalogue;

/// The parameters that one catalogue has.
pub(super) struct Parameters<'p> {
    catalogue: &'p Catalogue,
    names: Vec<String>,
}

impl<'p> Parameters<'p> {
    pub(super) fn of(catalogue: &'p Catalogue) -> Self {
        let dimensions =
            catalogue.codebook().dimensions.iter().map(|dimension| match dimension.id.as_str() {
                "status" => "form".to_owned(),
                id => id.to_owned(),
            });
        let names = dimensions
            .chain(["year".to_owned()])
            .chain(DateKind::ALL.map(|kind| kind.id().to_owned()))
            .chain(StateTest::ALL.map(|test| test.id().to_owned()))
            .chain(catalogue.own_columns().map(column_parameter))
            .collect();
        Self { catalogue, names }
    }

    /// The parameter of this name, for [`Self::conditions`].
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// Names for a message, with all own columns as one.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.names.iter().any(|name| column_of(name).is_some()).then_some("column.NAME");
        self.names.iter().map(String::as_str).filter(|name| column_of(name).is_none()).chain(own)
    }

    /// What a parameter asks for with this value, as alternatives: a value as addresses have it, or words of the values
    /// of an own column.
    pub(super) fn conditions(&self, at: usize, value: &str) -> Result<Vec<Condition>, FilterError> {
        let name = self.names.get(at).map(String::as_str).unwrap_or_default();
        if let Some(column) = column_of(name) {
            let everything = self.catalogue.select(&Filter::default(), None);
            let values = self.catalogue.column_facet(&everything, column).into_iter();
            return Ok(holding(values.map(|value| (value.condition, value.label)), value));
        }
        Ok(Filter::parse([(name, value)], self.catalogue.codebook())?.conditions())
    }
}
