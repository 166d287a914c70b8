//! A batch that is out: who waits for its answers, and the money for those for which nobody waits here.
//!
//! Whoever asks a question sets its worst price aside. The questions of a batch that an earlier process submitted cost
//! money too, whether or not their texts come up again before it is merged; so it is set aside for them as well, as far as there is
//! room.

use std::collections::BTreeMap;

use lacuna_llm::{Micros, RequestHash};

use super::kept::Kept;
use super::{Item, Work};
use crate::classify::model::budget::Budget;

pub(super) struct Open {
    pub(super) kept: Kept,
    pub(super) items: BTreeMap<RequestHash, Item>,
    /// Set aside for questions that nobody waits for here.
    covered: Micros,
}

impl Open {
    /// A batch for which nobody waits.
    pub(super) const fn of(kept: Kept) -> Self {
        Self::waited_for(kept, BTreeMap::new())
    }

    /// A batch for whose answers these wait, each with money of its own.
    pub(super) const fn waited_for(kept: Kept, items: BTreeMap<RequestHash, Item>) -> Self {
        Self { kept, items, covered: Micros(0) }
    }

    /// Lets a question wait for its answer; it brings its own money.
    pub(super) fn claim(&mut self, hash: RequestHash, item: Item, budget: &Budget) {
        let worst = self.kept.steps.get(&hash).map_or(0, |asked| asked.worst);
        let freed = Micros(worst.min(self.covered.0));
        self.covered = Micros(self.covered.0 - freed.0);
        budget.settle(freed, Micros(0));
        self.items.insert(hash, item);
    }

    /// What questions that nobody waits for can still cost beyond what is set aside for them.
    fn uncovered(&self, budget: &Budget) -> Micros {
        if !budget.is_of(&self.kept.run) {
            return Micros(0);
        }
        let unclaimed = self.kept.steps.iter().filter(|(hash, _)| !self.items.contains_key(*hash));
        let worst: u64 = unclaimed.map(|(_, asked)| asked.worst).sum();
        Micros(worst.saturating_sub(self.covered.0))
    }

    /// Ends the batch for the budget: the prices of questions that nobody waits for here, which the store took out of what is set
    /// aside like all others, and what was set aside for them.
    pub(super) fn settle(&self, prices: &BTreeMap<RequestHash, Micros>, budget: &Budget) {
        if budget.is_of(&self.kept.run) {
            for (_, price) in prices.iter().filter(|(hash, _)| !self.items.contains_key(*hash)) {
                budget.settle(Micros(0), *price);
            }
        }
        budget.settle(self.covered, Micros(0));
    }
}

impl Work {
    /// Sets money aside for the open batches, as far as there is room.
    pub(super) async fn cover(&mut self) -> Result<(), String> {
        let budget = &self.means.budget;
        if !budget.is_limited() {
            return Ok(());
        }
        for open in self.open.values_mut() {
            let worst = open.uncovered(budget);
            if worst.0 > 0 {
                open.covered += budget.cover(worst).await.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}
