//! What the catalogue says, as a part of a search: `jurisdiction:colorado`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;
use lacuna_domain::filter::{Condition, Field, NONE};
use roaring::RoaringBitmap;
use tantivy::query::Query as Plan;

use super::among::Among;
use super::tokens::{Token, tokens};
use crate::catalogue::Catalogue;

/// The catalogue that an index is joined to, for one search.
pub(super) struct Facts<'f> {
    pub(super) catalogue: &'f Catalogue,
    /// Place in the index by the catalogue's number.
    pub(super) places: &'f [Option<u32>],
    /// The day whose enactment states count; `None` for the present ones.
    pub(super) on: Option<Date>,
    /// Words of the values of each field that was asked for.
    pub(super) read: RefCell<BTreeMap<Field, Rc<Vec<Value>>>>,
}

/// A value of a field in words.
pub(super) struct Value {
    condition: Condition,
    /// As it stands in addresses, and where readers see it otherwise also as they do.
    spoken: Vec<Vec<String>>,
}

impl Facts<'_> {
    /// Documents of which a value of the field holds these words side by side, in any case. A state is meant as a whole:
    /// what is not yet in force is not in force; so is that nothing is recorded.
    pub(super) fn with_words(&self, field: Field, words: &str) -> Box<dyn Plan> {
        if words == NONE {
            return self.passing(&[Condition::Field(field, NONE.to_owned())]);
        }
        let wanted = plain(words);
        if field == Field::Enactment {
            return self.among(field, |value| value == wanted);
        }
        self.among(field, |value| stands_in(value, &wanted))
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
        let mut numbers = RoaringBitmap::new();
        for value in self.values(field).iter() {
            if value.spoken.iter().any(|words| holds(words)) {
                numbers |= self.catalogue.passing(&value.condition, self.on);
            }
        }
        self.at_places(&numbers)
    }

    /// Documents that pass any of these conditions.
    pub(super) fn passing(&self, conditions: &[Condition]) -> Box<dyn Plan> {
        let passing = |condition: &Condition| self.catalogue.passing(condition, self.on);
        self.at_places(&conditions.iter().map(passing).fold(RoaringBitmap::new(), |left, right| left | right))
    }

    fn at_places(&self, numbers: &RoaringBitmap) -> Box<dyn Plan> {
        let place = |number: u32| self.places.get(number as usize).copied().flatten();
        Box::new(Among(Arc::new(numbers.iter().filter_map(place).collect())))
    }

    fn values(&self, field: Field) -> Rc<Vec<Value>> {
        let read = || Rc::new(self.catalogue.values_of(field).into_iter().map(Value::of).collect());
        Rc::clone(self.read.borrow_mut().entry(field).or_insert_with(read))
    }
}

impl Value {
    fn of((condition, label): (Condition, String)) -> Self {
        let written = match &condition {
            Condition::Field(_, written) | Condition::Column(_, written) => written.as_str(),
            _ => "",
        };
        // That nothing is recorded is no word of any value.
        let spoken = match written {
            NONE => vec![],
            written if written == label => vec![plain(written)],
            written => vec![plain(written), plain(&label)],
        };
        Self { condition, spoken }
    }
}

/// The conditions of those values that hold these words side by side, in any case.
pub(super) fn holding(values: impl Iterator<Item = (Condition, String)>, words: &str) -> Vec<Condition> {
    let wanted = plain(words);
    let holds = |value: &Value| value.spoken.iter().any(|spoken| stands_in(spoken, &wanted));
    values.map(Value::of).filter(holds).map(|value| value.condition).collect()
}

fn stands_in(value: &[String], wanted: &[String]) -> bool {
    value.windows(wanted.len().max(1)).any(|run| run == wanted)
}

fn plain(text: &str) -> Vec<String> {
    tokens(text).into_iter().filter(Token::is_word).map(|token| token.word).collect()
}
