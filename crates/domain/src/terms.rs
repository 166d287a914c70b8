//! What an instrument's own text sets for the whole of it: from when it is in force, and until when.
//!
//! Most days that a text states are about its parts. Only a day whose sentence has the instrument itself as its subject
//! ("This Act takes effect on …") is one of these terms, and only where the text gives one such day.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::Metadata;
use crate::enactment::{DateKind, Life};
use crate::relation::{StatedDate, StatedKind};

/// Days that a text sets for the whole instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// In force from this day.
    pub in_force: Option<Date>,
    /// Ends by itself on this day.
    pub sunset: Option<Date>,
}

impl Terms {
    /// The terms among the dates that a text states of one document. Two different days of one kind are of parts, whatever
    /// their sentences say, so neither counts; an end before the beginning shows that something was misread.
    pub fn of(stated: &[StatedDate]) -> Self {
        let only = |kind: StatedKind| {
            let days = stated.iter().filter(|one| one.whole && one.kind == kind).map(|one| one.date);
            let days: BTreeSet<Date> = days.collect();
            days.first().copied().filter(|_| days.len() == 1)
        };
        let terms = Self { in_force: only(StatedKind::InForce), sunset: only(StatedKind::Sunset) };
        let reversed = terms.in_force.zip(terms.sunset).is_some_and(|(from, until)| until <= from);
        if reversed { Self::default() } else { terms }
    }
}

impl Life {
    /// The days of a kind by which an instrument is found: that of its life or its catalogue, and every day that passages
    /// of its text state, be it of a part only.
    pub fn days(
        &self,
        kind: DateKind,
        metadata: &Metadata,
        stated: impl IntoIterator<Item = (DateKind, Date)>,
    ) -> BTreeSet<Date> {
        let stated = stated.into_iter().filter(|(of, _)| *of == kind).map(|(_, day)| day);
        self.date(kind, metadata).into_iter().chain(stated).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::enactment::{Enactment, Ending, StateSource, StatusEvent};
    use crate::ids::TextId;
    use crate::relation::Cited;

    fn stated(kind: StatedKind, day: Date, whole: bool) -> StatedDate {
        let (text, quote) = (TextId::of("text"), "takes effect".to_owned());
        let passage = Cited { text, start: 0, end: 4, quote, passage: 0 };
        StatedDate { kind, date: day, whole, passage, reckoned: None }
    }

    /// A document of the catalogue, of which each step gives state and day.
    fn catalogued(steps: &[(Enactment, Option<Date>)]) -> Metadata {
        let event = |(state, date): &(Enactment, Option<Date>)| {
            let source_word = format!("catalogue: {}", state.name());
            StatusEvent { state: *state, date: *date, source_word }
        };
        let enactment = steps.last().map(|(state, _)| *state).unwrap_or_default();
        Metadata { enactment, history: steps.iter().map(event).collect(), ..Metadata::default() }
    }

    fn terms() -> Terms {
        Terms { in_force: Some(date(2030, 1, 1)), sunset: Some(date(2035, 12, 31)) }
    }

    fn states(life: &Life) -> [Enactment; 4] {
        [date(2026, 1, 1), date(2029, 12, 31), date(2030, 1, 1), date(2035, 12, 31)]
            .map(|day| life.on(day).state)
    }

    #[test]
    fn an_adopted_act_waits_for_the_day_that_its_text_sets_and_ends_by_its_text() {
        use Enactment as E;
        for adopted in [Some(date(2024, 3, 1)), None] {
            let act = catalogued(&[(E::Proposed, Some(date(2023, 2, 1))), (E::Adopted, adopted)]);
            let life = Life::of(&act, &[]).by_its_text(terms());
            assert_eq!(states(&life), [E::NotYetInForce, E::NotYetInForce, E::InForce, E::Defunct]);
            let awaited = life.on(date(2026, 1, 1));
            assert!(!awaited.state.in_force(), "it binds nobody yet");
            assert_eq!((awaited.since, awaited.source), (adopted, StateSource::Text));
            assert_eq!(life.on(date(2031, 1, 1)).source, StateSource::Text);
            assert_eq!(life.date(DateKind::InForce, &act), Some(date(2030, 1, 1)));
            assert_eq!(life.date(DateKind::Ended, &act), Some(date(2035, 12, 31)));
        }
    }

    #[test]
    fn nothing_is_in_force_before_it_was_adopted() {
        let act = catalogued(&[(Enactment::Adopted, Some(date(2031, 5, 1)))]);
        let life = Life::of(&act, &[]).by_its_text(terms());
        assert_eq!(life.on(date(2030, 6, 1)).state, Enactment::Unknown);
        assert_eq!(life.on(date(2031, 5, 1)).state, Enactment::InForce);
    }

    #[test]
    fn what_the_catalogue_dates_wins() {
        use Enactment as E;
        let (adopted, in_force) =
            ((E::Adopted, Some(date(2024, 3, 1))), (E::InForce, Some(date(2025, 1, 1))));
        let mut act = catalogued(&[adopted, in_force]);
        act.sunset = Some(date(2040, 1, 1));
        let life = Life::of(&act, &[]).by_its_text(terms());
        assert_eq!(life, Life::of(&act, &[]), "its text adds nothing");
        // A sunset of the catalogue alone leaves the beginning to the text, with or without a day of adoption.
        for day in [Some(date(2024, 3, 1)), None] {
            let mut act = catalogued(&[(E::Adopted, day)]);
            act.sunset = Some(date(2033, 1, 1));
            let life = Life::of(&act, &[]).by_its_text(terms());
            assert_eq!(states(&life), [E::NotYetInForce, E::NotYetInForce, E::InForce, E::Defunct]);
            assert_eq!(life.on(date(2033, 1, 1)).state, E::Defunct);
            assert_eq!(life.on(date(2034, 1, 1)).source, StateSource::Catalogue("Sunset".to_owned()));
        }
    }

    #[test]
    fn a_bill_stays_proposed_and_the_dead_stay_dead() {
        use Enactment as E;
        let bill = catalogued(&[(E::Proposed, Some(date(2025, 3, 1)))]);
        assert_eq!(states(&Life::of(&bill, &[]).by_its_text(terms())), [E::Proposed; 4]);
        let unknown = catalogued(&[(E::Unknown, Some(date(2025, 3, 1)))]);
        assert_eq!(states(&Life::of(&unknown, &[]).by_its_text(terms())), [E::Unknown; 4]);
        for end in [Some(date(2025, 1, 1)), None] {
            let order = catalogued(&[(E::Adopted, Some(date(2023, 1, 1))), (E::Revoked, end)]);
            assert_eq!(states(&Life::of(&order, &[]).by_its_text(terms())), [E::Revoked; 4]);
        }
        let act = catalogued(&[(E::Adopted, Some(date(2023, 1, 1)))]);
        let by: crate::ids::DocumentId = "sample:2".parse().unwrap();
        let ending = Ending { state: E::Superseded, by, on: Some(date(2032, 1, 1)) };
        let life = Life::of(&act, &[ending]).by_its_text(terms());
        assert_eq!(states(&life), [E::NotYetInForce, E::NotYetInForce, E::InForce, E::Superseded]);
    }

    #[test]
    fn days_of_parts_and_days_that_differ_decide_nothing_for_the_whole() {
        use StatedKind::{AppliesFrom, InForce, Sunset};
        let (first, second) = (date(2030, 1, 1), date(2031, 1, 1));
        let of = |stated: &[StatedDate]| {
            let terms = Terms::of(stated);
            (terms.in_force, terms.sunset)
        };
        let part = stated(InForce, second, false);
        assert_eq!(of(&[stated(InForce, first, true), part.clone()]), (Some(first), None));
        assert_eq!(of(&[part, stated(AppliesFrom, first, true)]), (None, None));
        assert_eq!(of(&[stated(InForce, first, true), stated(InForce, first, true)]), (Some(first), None));
        assert_eq!(of(&[stated(InForce, first, true), stated(InForce, second, true)]), (None, None));
        assert_eq!(of(&[stated(InForce, second, true), stated(Sunset, first, true)]), (None, None));
    }
}
