//! Where instruments stood on a day, and which of them bind.
//!
//! A document's state changes on the days of its steps only. The changes of all documents are kept in the order of their
//! days, with the whole picture after every so many of them, so that the picture of a day is the one kept last before it
//! and the few changes since, and nobody looks at every document.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lacuna_domain::enactment::{Enactment, Life, state_on};
use lacuna_domain::filter::{Condition, StateTest};
use lacuna_domain::{CodeId, DimensionId};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::Catalogue;

/// Pictures kept at most; each takes about as much as one bitmap of all documents for each state.
const PICTURES: usize = 32;
/// Fewer changes than this are not worth a picture.
const FEW: usize = 2_000;

/// Documents by state on one day; those that were not there yet are in none.
type Picture = BTreeMap<Enactment, RoaringBitmap>;

/// The dated steps of every document, one after the other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StateColumn {
    /// Where each document's steps end.
    ends: Vec<u32>,
    steps: Vec<(Option<Date>, Enactment)>,
    days: Days,
}

/// The states of all documents over time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Days {
    /// By day, then by document.
    changes: Vec<Change>,
    /// How many changes are in each picture, and the picture; the first one has none.
    pictures: Vec<(u32, Picture)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Change {
    day: Date,
    document: u32,
    from: Option<Enactment>,
    to: Option<Enactment>,
}

impl Change {
    fn apply(self, picture: &mut Picture) {
        if let Some(documents) = self.from.and_then(|state| picture.get_mut(&state)) {
            documents.remove(self.document);
        }
        if let Some(state) = self.to {
            picture.entry(state).or_default().insert(self.document);
        }
    }
}

impl Days {
    fn on(&self, day: Date) -> Picture {
        let until = self.changes.partition_point(|change| change.day <= day);
        let last = self.pictures.partition_point(|(taken, _)| *taken as usize <= until).checked_sub(1);
        let Some((taken, picture)) = last.and_then(|at| self.pictures.get(at)) else {
            return Picture::new();
        };
        let mut picture = picture.clone();
        for change in self.changes.get(*taken as usize..until).unwrap_or_default() {
            change.apply(&mut picture);
        }
        picture
    }
}

impl StateColumn {
    pub(super) fn push(&mut self, life: &Life) {
        self.steps.extend(life.steps().iter().map(|step| (step.date, step.state)));
        self.ends.push(self.steps.len() as u32);
    }

    /// Works out the changes and pictures, once all documents are there.
    pub(super) fn finish(&mut self) {
        let mut picture = Picture::new();
        let mut changes = Vec::new();
        for document in 0..self.ends.len() as u32 {
            let steps = self.of(document);
            let on = |day| state_on(steps.iter().copied(), day);
            let mut state = on(Date::MIN);
            if let Some(first) = state {
                picture.entry(first).or_default().insert(document);
            }
            let mut days: Vec<Date> = steps.iter().filter_map(|(day, _)| *day).collect();
            days.sort_unstable();
            days.dedup();
            for day in days {
                let next = on(day);
                if next != state {
                    changes.push(Change { day, document, from: state, to: next });
                    state = next;
                }
            }
        }
        changes.sort_unstable();
        let step = (changes.len() / PICTURES + 1).max(FEW);
        let mut pictures = vec![(0, picture.clone())];
        for (at, change) in changes.iter().enumerate() {
            change.apply(&mut picture);
            if (at + 1) % step == 0 {
                pictures.push((at as u32 + 1, picture.clone()));
            }
        }
        self.days = Days { changes, pictures };
    }

    fn of(&self, row: u32) -> &[(Option<Date>, Enactment)] {
        let at = row as usize;
        let end = self.ends.get(at).copied().unwrap_or_default() as usize;
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or_default() as usize };
        self.steps.get(start..end).unwrap_or_default()
    }
}

impl Catalogue {
    /// Where a document stood on a day; `None` when it was not there yet.
    pub fn state_on(&self, number: u32, on: Date) -> Option<Enactment> {
        state_on(self.columns.states.of(number).iter().copied(), on)
    }

    /// The documents of each state on a day; those that were not there yet are in none.
    pub fn states_on(&self, date: Date) -> BTreeMap<Enactment, RoaringBitmap> {
        let mut states = self.columns.states.days.on(date);
        states.retain(|_, documents| !documents.is_empty());
        states
    }

    /// The documents for which a test of the state holds on a day.
    pub fn in_state(&self, test: StateTest, on: Date) -> RoaringBitmap {
        let holds = |state: &Enactment| match test {
            StateTest::Binding => state.in_force(),
            StateTest::Standing => !state.is_dead(),
        };
        let mut found = RoaringBitmap::new();
        for (_, documents) in self.states_on(on).into_iter().filter(|(state, _)| holds(state)) {
            found |= documents;
        }
        match test {
            StateTest::Standing => found,
            StateTest::Binding => found & self.hard_law(),
        }
    }

    /// Documents that are hard law by their text; none under a codebook that does not ask for the form.
    pub fn hard_law(&self) -> RoaringBitmap {
        let ids = "status".parse::<DimensionId>().ok().zip("hard_law".parse::<CodeId>().ok());
        ids.map(|(dimension, option)| self.passing(&Condition::Option(dimension, option), None))
            .unwrap_or_default()
    }

    /// Whether the codebook asks for the form of a text, so that a document can be told to bind.
    pub fn knows_form(&self) -> bool {
        self.codebook.dimension("status").is_some_and(|d| d.code("hard_law").is_some())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use lacuna_domain::Metadata;
    use lacuna_domain::enactment::StatusEvent;
    use proptest::prelude::*;

    use super::*;

    fn life(steps: &[(usize, Option<i8>)]) -> Life {
        let event = |(state, day): &(usize, Option<i8>)| {
            let state = Enactment::ALL[*state];
            let date = day.map(|day| date(2024, 1, day));
            StatusEvent { state, date, source_word: state.name().to_owned() }
        };
        let history: Vec<StatusEvent> = steps.iter().map(event).collect();
        Life::of(&Metadata { history, ..Metadata::default() }, &[])
    }

    proptest! {
        /// The picture of a day says of each document what its own steps say.
        #[test]
        fn a_picture_agrees_with_every_document(
            lives in prop::collection::vec(
                prop::collection::vec((0..8_usize, prop::option::of(1..=28_i8)), 0..4), 1..1_500,
            ),
        ) {
            let mut column = StateColumn::default();
            for steps in &lives {
                column.push(&life(steps));
            }
            column.finish();
            for day in [date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 14), date(2024, 1, 28), date(2030, 1, 1)] {
                let picture = column.days.on(day);
                for document in 0..lives.len() as u32 {
                    let expected = state_on(column.of(document).iter().copied(), day);
                    let found: Vec<Enactment> = picture
                        .iter()
                        .filter_map(|(state, documents)| documents.contains(document).then_some(*state))
                        .collect();
                    prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "document {} on {}", document, day);
                }
            }
        }
    }
}
