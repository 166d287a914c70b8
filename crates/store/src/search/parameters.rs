//! Fields of the search box that are parameters of an address: `risk:2.2`, `form:hard_law`, `year:2024`,
//! `adopted:2024`, `column.Validated?:yes`.

use lacuna_domain::Filter;
use lacuna_domain::enactment::DateKind;
use lacuna_domain::filter::{Condition, FilterError, NONE, StateTest, column_of, column_parameter};

use super::facts::holding;
use super::lexer::is_mark;
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

    /// The own column that `text` begins with, and the characters up to its value: its name stands there as it is, spaces and
    /// all, or in quotation marks, which are all `"`. Of names that begin alike the longest counts.
    pub(super) fn own_column(&self, text: &str) -> Option<(usize, usize)> {
        let spelt = |(at, parameter): (usize, &String)| {
            let name = column_of(parameter)?.replace(is_mark, "\"");
            let spellings = [format!("\"{name}\""), name].map(|name| column_parameter(&name) + ":");
            let spelling = spellings.iter().find(|spelling| text.starts_with(spelling.as_str()))?;
            Some((at, spelling.chars().count()))
        };
        self.names.iter().enumerate().filter_map(spelt).max_by_key(|(_, length)| *length)
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
            if value == NONE {
                return Ok(vec![Condition::Column(column.to_owned(), NONE.to_owned())]);
            }
            let everything = self.catalogue.select(&Filter::default(), None);
            let values = self.catalogue.column_facet(&everything, column).into_iter();
            return Ok(holding(values.map(|value| (value.condition, value.label)), value));
        }
        Ok(Filter::parse([(name, value)], self.catalogue.codebook())?.conditions())
    }
}
