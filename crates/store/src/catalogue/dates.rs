//! States on a day, and documents by their dates.

use jiff::civil::Date;
use lacuna_domain::enactment::{DateKind, Enactment};
use lacuna_domain::filter::DateRange;
use roaring::RoaringBitmap;

use super::Catalogue;

/// Documents in force on one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Binding {
    /// Their catalogue records entry into force and no end by that day.
    pub in_force: RoaringBitmap,
    /// Adopted and not ended by that day; no entry into force is recorded.
    pub presumed: RoaringBitmap,
}

impl Binding {
    /// Both: what counts as in force, since a draft, a dead bill and a revoked order are in neither.
    pub fn all(&self) -> RoaringBitmap {
        &self.in_force | &self.presumed
    }
}

impl Catalogue {
    /// The documents in force on a day.
    pub fn in_force_on(&self, date: Date) -> Binding {
        let mut binding = Binding::default();
        for (state, documents) in self.states_on(date) {
            match state {
                Enactment::InForce => binding.in_force |= documents,
                Enactment::Adopted => binding.presumed |= documents,
                _ => {}
            }
        }
        binding
    }

    /// The documents that were there on a day.
    pub(super) fn known_on(&self, date: Date) -> RoaringBitmap {
        self.states_on(date).into_values().fold(RoaringBitmap::new(), |known, documents| known | documents)
    }

    pub(super) fn dated(&self, kind: DateKind, range: DateRange) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        for (_, documents) in
            self.columns.days.get(&kind).into_iter().flatten().filter(|(day, _)| range.holds(**day))
        {
            found |= documents;
        }
        found
    }
}
