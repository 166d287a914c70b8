//! Documents by their dates.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lacuna_domain::enactment::DateKind;
use lacuna_domain::filter::{Condition, DateRange};
use roaring::RoaringBitmap;

use super::Catalogue;
use super::axis::Span;
use super::select::{Selection, Subject};

impl Catalogue {
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

    /// The first date of one kind of each of the documents `among`, by their numbers, that has one.
    pub fn days(&self, kind: DateKind, among: impl IntoIterator<Item = u32>) -> BTreeMap<u32, Date> {
        let among: RoaringBitmap = among.into_iter().collect();
        let mut first = BTreeMap::new();
        for (day, documents) in self.columns.days.get(&kind).into_iter().flatten() {
            let Some(day) = day else { continue };
            for document in &(documents & &among) {
                first.entry(document).or_insert(*day);
            }
        }
        first
    }

    /// The documents of every day of one kind of date, by their numbers, earliest day first; a document with several such
    /// days is on each.
    pub fn by_day(&self, kind: DateKind) -> impl Iterator<Item = (Date, &RoaringBitmap)> {
        let days = self.columns.days.get(&kind).into_iter().flatten();
        days.filter_map(|(day, documents)| Some(((*day)?, documents)))
    }

    /// The years or quarters in which documents of the selection have a date of this kind, oldest first, then those
    /// without one.
    pub(super) fn periods(&self, selection: &Selection, kind: DateKind, span: Span) -> Vec<Condition> {
        let base = selection.without(&self.columns.all, &[&Subject::Date(kind)]);
        let mut ranges: Vec<DateRange> = Vec::new();
        let dated = self.columns.days.get(&kind).into_iter().flatten();
        for (day, _) in dated.filter(|(_, documents)| !documents.is_disjoint(&base)) {
            let range = day.map_or(DateRange::Undated, |day| period_of(day, span));
            if !ranges.contains(&range) {
                ranges.push(range);
            }
        }
        ranges.sort_unstable();
        ranges.into_iter().map(|range| Condition::Date(kind, range)).collect()
    }
}

/// The year or quarter that a day lies in.
fn period_of(day: Date, span: Span) -> DateRange {
    let (from, to) = match span {
        Span::Year => (day.first_of_year(), day.last_of_year()),
        Span::Quarter => {
            let first = day.first_of_month();
            let months = |n: i8| jiff::Span::new().months(n);
            let from = first.checked_sub(months((first.month() - 1) % 3)).unwrap_or(first);
            (from, from.checked_add(months(2)).unwrap_or(first).last_of_month())
        }
    };
    DateRange::Range { from: Some(from), to: Some(to) }
}
