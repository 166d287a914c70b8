//! Where instruments stood on a day, and which of them bind.

use jiff::civil::Date;
use lacuna_domain::enactment::{Enactment, Life, state_on};
use lacuna_domain::filter::{Condition, StateTest};
use lacuna_domain::{CodeId, DimensionId};
use roaring::RoaringBitmap;

use super::Catalogue;

/// The dated steps of every document, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct StateColumn {
    /// Where each document's steps end.
    ends: Vec<u32>,
    steps: Vec<(Option<Date>, Enactment)>,
}

impl StateColumn {
    pub(super) fn push(&mut self, life: &Life) {
        self.steps.extend(life.steps().iter().map(|step| (step.date, step.state)));
        self.ends.push(self.steps.len() as u32);
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
        state_on(self.states.of(number).iter().copied(), on)
    }

    /// The documents for which a test of the state holds on a day.
    pub fn in_state(&self, test: StateTest, on: Date) -> RoaringBitmap {
        let holds = |row: &u32| {
            let state = self.state_on(*row, on);
            match test {
                StateTest::Binding => state.is_some_and(Enactment::in_force),
                StateTest::Standing => state.is_some_and(|state| !state.is_dead()),
            }
        };
        match test {
            StateTest::Standing => self.all.iter().filter(holds).collect(),
            StateTest::Binding => self.hard_law().iter().filter(holds).collect(),
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
