//! Companions: the same bill before the two chambers of a legislature in one of its terms.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use lacuna_domain::enactment::{DateKind, Life};
use lacuna_domain::relation::{Relation, RelationKind};
use lacuna_domain::{Confidence, Document, TextId};
use regex::Regex;

use super::catalogued::catalogued;
use super::names::even;

/// Days between two introductions in one term; the terms of most legislatures that carry bills over are no shorter.
const TERM: i32 = 2 * 365;

/// Official name, title and authority.
type Name<'d> = (String, String, &'d str);

/// Documents of one authority with the same name, the same title and different texts. That a bill came again in a later term,
/// or is kept twice, makes no companions; where nothing tells chambers apart, one cannot be sure.
pub(super) fn companions<'d>(
    documents: impl Iterator<Item = (&'d Document, Option<&'d TextId>)>,
) -> Vec<Relation> {
    let mut by_name: BTreeMap<Name<'_>, Vec<(&Document, &TextId)>> = BTreeMap::new();
    for (document, text) in documents {
        let metadata = &document.metadata;
        if let (Some(authority), Some(text)) = (metadata.authority.as_deref(), text) {
            let key = (spelled(&metadata.official_name), spelled(metadata.title()), authority);
            by_name.entry(key).or_default().push((document, text));
        }
    }
    by_name.retain(|(name, ..), _| name.split(' ').count() >= 3);
    by_name.into_values().flat_map(of_group).collect()
}

/// Each document with the first before it to which it is a companion.
fn of_group(group: Vec<(&Document, &TextId)>) -> Vec<Relation> {
    let mut texts = BTreeSet::new();
    let different = group.into_iter().filter(|(_, text)| texts.insert(*text));
    let bills: Vec<(&Document, Bill)> =
        different.map(|(document, _)| (document, Bill::of(document))).collect();
    let pair = |(at, (document, bill)): (usize, &(&Document, Bill))| {
        let mut earlier = bills.iter().take(at);
        let (other, confidence) = earlier.find_map(|(other, known)| Some((*other, known.beside(bill)?)))?;
        let (kind, cited) = (RelationKind::CompanionOf, other.metadata.title().to_owned());
        Some(catalogued(&document.id, kind, Some(other.id.clone()), cited, confidence))
    };
    bills.iter().enumerate().filter_map(pair).collect()
}

static IN_LINK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"/(\d{2,3})(?:th|st|nd|rd)-congress/(house|senate)-bill/(\d{1,5})\b").ok());

/// What is known of a bill.
struct Bill {
    introduced: Option<Date>,
    /// Term, chamber and number, where the address of the bill has them.
    number: Option<(String, String, String)>,
}

impl Bill {
    fn of(document: &Document) -> Self {
        let life = Life::of(&document.metadata, &[]);
        let link = document.metadata.link.as_deref().unwrap_or_default();
        let found = IN_LINK.as_ref().and_then(|pattern| pattern.captures(link));
        let number = found.map(|found| (found[1].to_owned(), found[2].to_owned(), found[3].to_owned()));
        Self { introduced: life.date(DateKind::Introduced, &document.metadata), number }
    }

    /// How sure one can be that both are one bill in two chambers; `None` where they are not.
    fn beside(&self, other: &Self) -> Option<Confidence> {
        let near = |a: Date, b: Date| (a - b).get_days().abs() <= TERM;
        let apart = self.introduced.zip(other.introduced).is_some_and(|(a, b)| !near(a, b));
        if apart {
            return None;
        }
        match (&self.number, &other.number) {
            (Some((term, chamber, _)), Some((other_term, other_chamber, _))) => {
                (term == other_term && chamber != other_chamber).then_some(Confidence::Medium)
            }
            _ => Some(Confidence::Low),
        }
    }
}

/// A name with what stands in parentheses, where a document says of which part or by whom it is.
fn spelled(name: &str) -> String {
    even(&name.replace(['(', ')'], " "))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use lacuna_domain::Metadata;
    use lacuna_domain::document::{Enactment, StatusEvent};

    use super::*;

    fn bill(id: &str, name: &str, introduced: Option<Date>, link: &str) -> (Document, TextId) {
        let state = Enactment::Proposed;
        let event = StatusEvent { state, date: introduced, source_word: "Proposed".to_owned() };
        let metadata = Metadata {
            official_name: name.to_owned(),
            authority: Some("Harbour Congress".to_owned()),
            enactment: state,
            history: vec![event],
            link: (!link.is_empty()).then(|| format!("https://bills.example/bill/{link}/text")),
            ..Metadata::default()
        };
        (Document { id: id.parse().unwrap(), metadata }, TextId::of(id))
    }

    fn told(bills: &[(Document, TextId)]) -> Vec<String> {
        let found = companions(bills.iter().map(|(document, text)| (document, Some(text))));
        let to = |relation: &Relation| relation.to.as_ref().map(ToString::to_string).unwrap_or_default();
        found.iter().map(|r| format!("{} {} {}", r.from, to(r), r.confidence.id())).collect()
    }

    const NAME: &str = "Harbour Lights Act";

    #[test]
    fn a_bill_is_a_companion_of_the_one_in_the_other_chamber_of_its_term() {
        assert!(IN_LINK.is_some());
        let told = told(&[
            bill("sample:1", NAME, Some(date(2099, 3, 1)), "199th-congress/house-bill/12"),
            bill("sample:2", NAME, Some(date(2099, 9, 1)), "199th-congress/senate-bill/7"),
            bill("sample:3", NAME, Some(date(2101, 2, 1)), "200th-congress/house-bill/3"),
            bill("sample:4", NAME, Some(date(2101, 2, 9)), "200th-congress/senate-bill/4"),
        ]);
        assert_eq!(told, ["sample:2 sample:1 medium", "sample:4 sample:3 medium"]);
    }

    #[test]
    fn a_bill_that_came_again_or_is_kept_twice_is_none() {
        let first = || bill("sample:1", NAME, Some(date(2099, 3, 1)), "199th-congress/house-bill/12");
        for other in [
            bill("sample:2", NAME, Some(date(2100, 3, 1)), "200th-congress/senate-bill/7"),
            bill("sample:2", NAME, Some(date(2099, 3, 1)), "199th-congress/house-bill/12"),
            bill("sample:2", NAME, Some(date(2103, 3, 1)), ""),
            bill("sample:2", "Harbour Lights Act (Title V)", Some(date(2099, 3, 1)), ""),
        ] {
            assert_eq!(told(&[first(), other]), Vec::<String>::new());
        }
    }

    #[test]
    fn where_nothing_tells_the_chambers_apart_one_cannot_be_sure() {
        for day in [None, Some(date(2099, 8, 1))] {
            let pair = [bill("sample:1", NAME, Some(date(2099, 3, 1)), ""), bill("sample:2", NAME, day, "")];
            assert_eq!(told(&pair), ["sample:2 sample:1 low"]);
        }
    }
}
