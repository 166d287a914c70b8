//! The part of a form that chooses documents by their dates: fields for each condition that holds, and for one more.

use lacuna_domain::Filter;
use lacuna_domain::enactment::DateKind;
use lacuna_domain::filter::DateRange;

/// Fields of one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateGroup {
    /// Which date; `None` for a condition that is still to be made.
    pub kind: Option<DateKind>,
    /// First day; empty for none.
    pub from: String,
    /// Last day; empty for none.
    pub until: String,
}

impl DateGroup {
    fn of(kind: DateKind, range: DateRange) -> Option<Self> {
        let DateRange::Range { from, to } = range else { return None };
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Some(Self { kind: Some(kind), from: day(from), until: day(to) })
    }

    const fn empty() -> Self {
        Self { kind: None, from: String::new(), until: String::new() }
    }

    /// What the fields are about, for who does not see that they stand together.
    pub(crate) fn name(&self) -> &'static str {
        self.kind.map_or("Add a date", DateKind::name)
    }

    /// Parameter value and name of each kind, and whether it is this one.
    pub(crate) fn kinds(&self) -> [(&'static str, &'static str, bool); DateKind::ALL.len()] {
        DateKind::ALL.map(|kind| (kind.id(), kind.name(), self.kind == Some(kind)))
    }
}

/// The fields of all conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateForm {
    /// One group for each condition, the last empty.
    pub groups: Vec<DateGroup>,
    /// Whether any condition on a date holds.
    pub open: bool,
}

impl DateForm {
    /// The fields as `filter` fills them in.
    pub fn of(filter: &Filter) -> Self {
        let ranges = filter.dates.iter().flat_map(|(kind, of)| of.iter().map(|range| (*kind, *range)));
        let held = ranges.filter_map(|(kind, range)| DateGroup::of(kind, range));
        Self { groups: held.chain([DateGroup::empty()]).collect(), open: !filter.dates.is_empty() }
    }

    /// The filter without what stands in the fields: a date that is not recorded has none.
    pub fn rest(filter: &Filter) -> Filter {
        let mut rest = filter.clone();
        for ranges in rest.dates.values_mut() {
            ranges.retain(|range| *range == DateRange::Undated);
        }
        rest.dates.retain(|_, ranges| !ranges.is_empty());
        rest
    }
}
