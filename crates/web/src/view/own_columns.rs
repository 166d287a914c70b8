//! The catalogue's own columns as forms and lists of filters offer them: a catalogue may have two hundred with a thousand
//! values each, and a page has one bound over all of them.

use std::cmp::Reverse;

use lacuna_domain::filter::{Condition, NONE};
use lacuna_store::catalogue::FacetValue;

/// Values of one column that are offered, most documents first.
pub(crate) const VALUES: usize = 100;
/// Values of all columns together that are offered.
const TOGETHER: usize = 600;

/// A column with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnColumn<'c> {
    /// Its name.
    pub(crate) name: &'c str,
    /// Those that are offered, most documents first, and every one that is chosen.
    pub(crate) values: Vec<FacetValue>,
    /// Whether there are more.
    pub(crate) cut: bool,
}

/// The columns for which a page has room, and the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnColumns<'c> {
    /// Columns by which documents are chosen already stand first, then those of which most documents have a value.
    pub(crate) offered: Vec<OwnColumn<'c>>,
    /// Columns that would go beyond the bound, in the same order.
    pub(crate) left_out: Vec<&'c str>,
}

impl<'c> OwnColumns<'c> {
    /// Of all columns those in which documents differ, as many as there is room for.
    pub(crate) fn of(all: impl IntoIterator<Item = (&'c str, &'c [FacetValue])>) -> Self {
        let mut all: Vec<_> = all.into_iter().filter(|(_, values)| offers_choice(values)).collect();
        all.sort_by_cached_key(|(_, values)| (Reverse(is_chosen(values)), Reverse(recorded(values))));
        let (mut room, mut columns) = (TOGETHER, Self::default());
        for (name, all) in all {
            let listed = all.iter().enumerate().filter(|(place, value)| *place < VALUES || value.chosen);
            let values: Vec<FacetValue> = listed.map(|(_, value)| value.clone()).collect();
            match room.checked_sub(values.len()) {
                Some(left) => {
                    room = left;
                    columns.offered.push(OwnColumn { name, cut: values.len() < all.len(), values });
                }
                None => columns.left_out.push(name),
            }
        }
        columns
    }
}

/// Whether documents differ in what has these values, or one of them is chosen.
pub(crate) fn offers_choice(values: &[FacetValue]) -> bool {
    values.len() > 1 || is_chosen(values)
}

fn is_chosen(values: &[FacetValue]) -> bool {
    values.iter().any(|value| value.chosen)
}

/// Documents that have a value: a document has one at most of each own column.
fn recorded(values: &[FacetValue]) -> u64 {
    let blank =
        |value: &&FacetValue| matches!(&value.condition, Condition::Column(_, value) if value == NONE);
    values.iter().filter(|value| !blank(value)).map(|value| value.count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(column: &str, counts: &[(&str, u64)], chosen: &str) -> Vec<FacetValue> {
        let one = |(value, count): &(&str, u64)| FacetValue {
            condition: Condition::Column(column.to_owned(), (*value).to_owned()),
            label: (*value).to_owned(),
            count: *count,
            adds: None,
            chosen: *value == chosen,
        };
        counts.iter().map(one).collect()
    }

    fn of<'c>(all: &'c [(&'c str, Vec<FacetValue>)]) -> OwnColumns<'c> {
        OwnColumns::of(all.iter().map(|(name, values)| (*name, values.as_slice())))
    }

    /// Names of offered columns with the number of their values, and names of the others.
    fn told(columns: &OwnColumns<'_>) -> (Vec<String>, Vec<String>) {
        let offered = columns.offered.iter();
        let cut = |column: &OwnColumn<'_>| if column.cut { ", cut" } else { "" };
        let offered =
            offered.map(|column| format!("{}: {}{}", column.name, column.values.len(), cut(column)));
        (offered.collect(), columns.left_out.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn columns_stand_in_the_order_of_documents_with_a_value_and_a_chosen_one_first() {
        let all = [
            ("rare", values("rare", &[(NONE, 90), ("x", 10)], "")),
            ("constant", values("constant", &[("same", 100)], "")),
            ("chosen", values("chosen", &[("only", 1)], "only")),
            ("usual", values("usual", &[("x", 50), ("y", 30), (NONE, 20)], "")),
        ];
        assert_eq!(told(&of(&all)).0, ["chosen: 1", "usual: 3", "rare: 2"]);
    }

    #[test]
    fn all_columns_together_have_one_bound_and_a_small_one_still_finds_room() {
        let names: Vec<String> = (0..200).map(|n| format!("column {n:03}")).collect();
        let serials: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
        let wide: Vec<(&str, u64)> = serials.iter().map(|serial| (serial.as_str(), 3)).collect();
        let mut all: Vec<_> = names.iter().map(|name| (name.as_str(), values(name, &wide, ""))).collect();
        all[0].1 = values("column 000", &wide, "999");
        all.push(("small", values("small", &[("x", 2), ("y", 1)], "")));
        let columns = of(&all);
        let (offered, left_out) = told(&columns);
        assert_eq!(offered[0], "column 000: 101, cut", "what is chosen is never out of sight");
        let next = [1, 2, 3, 4].map(|n| format!("column {n:03}: 100, cut"));
        assert_eq!((&offered[1..5], &offered[5..]), (&next[..], &["small: 2".to_owned()][..]));
        assert_eq!((left_out.len(), left_out[0].as_str()), (195, "column 005"));
        assert!(columns.offered.iter().map(|column| column.values.len()).sum::<usize>() <= TOGETHER);
    }
}
