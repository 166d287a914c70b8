//! What the catalogue says, as a part of a search: `jurisdiction:colorado`.

use std::sync::Arc;

use lacuna_domain::Filter;
use lacuna_domain::filter::{Condition, Field};
use roaring::RoaringBitmap;
use tantivy::query::Query as Plan;

use super::among::Among;
use super::tokens::{Token, tokens};
use crate::catalogue::Catalogue;

/// The catalogue that an index is joined to.
#[derive(Clone, Copy)]
pub(super) struct Facts<'f> {
    pub(super) catalogue: &'f Catalogue,
    /// Place in the index by the catalogue's number.
    pub(super) places: &'f [Option<u32>],
}

impl Facts<'_> {
    /// Documents of which a value of the field holds these words side by side, in any case.
    pub(super) fn with_words(&self, field: Field, words: &str) -> Box<dyn Plan> {
        let wanted = plain(words);
        self.among(field, |value| value.windows(wanted.len().max(1)).any(|run| run == wanted))
    }

    /// Documents of which a value of the field holds words of which the last begins so.
    pub(super) fn with_beginning(&self, field: Field, start: &str) -> Box<dyn Plan> {
        let wanted = plain(start);
        let begins = |run: &[String]| {
            let (last, before) = (run.split_last(), wanted.split_last());
            let (Some((last, run)), Some((start, before))) = (last, before) else { return false };
            run == before && last.starts_with(start.as_str())
        };
        self.among(field, |value| value.windows(wanted.len().max(1)).any(begins))
    }

    fn among(&self, field: Field, holds: impl Fn(&[String]) -> bool) -> Box<dyn Plan> {
        let everything = self.catalogue.select(&Filter::default(), None);
        let mut numbers = RoaringBitmap::new();
        for value in self.catalogue.field_facet(&everything, field) {
            // A state is found by its name and by the word that stands in addresses.
            let written = if let Condition::Field(_, written) = &value.condition { written } else { "" };
            if holds(&plain(&value.label)) || holds(&plain(written)) {
                numbers |= self.catalogue.holding_alone(&value.condition);
            }
        }
        let place = |number: u32| self.places.get(number as usize).copied().flatten();
        Box::new(Among(Arc::new(numbers.iter().filter_map(place).collect())))
    }
}

fn plain(text: &str) -> Vec<String> {
    tokens(text).into_iter().filter(Token::is_word).map(|token| token.word).collect()
}
