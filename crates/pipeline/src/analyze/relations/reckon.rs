//! From what a text states to the dates of one document: a day that is given by another is counted from the day that the
//! document's catalogue or text has for that, and left out where neither has it.

use jiff::civil::Date;
use lacuna_domain::enactment::{DateKind, Life};
use lacuna_domain::relation::{Anchor, Reckoned, StatedDate};
use lacuna_domain::{Document, Terms};

use super::dates::{StatedDay, Statement};
use super::names::even;
use crate::ingest::dates;

/// Columns of a catalogue that tell when an instrument was published.
const PUBLISHED: [&str; 4] = ["published", "publication date", "date of publication", "publication"];

/// The dates among `statements` for `document`, in their order. Its entry into force may itself be one that they give.
pub(super) fn stated_dates(document: &Document, statements: &[Statement]) -> Vec<StatedDate> {
    let life = Life::of(&document.metadata, &[]);
    let (adopted, published) = (life.date(DateKind::Adopted, &document.metadata), published(document));
    let without_force = |anchor: Anchor| match anchor {
        Anchor::Adopted => adopted,
        Anchor::Published => published,
        Anchor::InForce => None,
    };
    let first: Vec<StatedDate> =
        statements.iter().filter_map(|one| counted(document, one, &without_force)).collect();
    let terms = Terms::of(&first);
    let in_force = life.by_its_text(terms).date(DateKind::InForce, &document.metadata).or(terms.in_force);
    let anchors = |anchor: Anchor| match anchor {
        Anchor::InForce => in_force,
        other => without_force(other),
    };
    statements.iter().filter_map(|one| counted(document, one, &anchors)).collect()
}

fn counted(
    document: &Document,
    statement: &Statement,
    anchors: &dyn Fn(Anchor) -> Option<Date>,
) -> Option<StatedDate> {
    let (date, reckoned) = match statement.day {
        StatedDay::On(date) => (date, None),
        StatedDay::After(delay) => {
            let from = anchors(delay.after)?;
            (delay.counted_from(from)?, Some(Reckoned { document: document.id.clone(), delay, from }))
        }
    };
    let Statement { kind, whole, ref passage, .. } = *statement;
    Some(StatedDate { kind, date, whole, passage: passage.clone(), reckoned })
}

/// The day of publication, where a column of the catalogue has it.
fn published(document: &Document) -> Option<Date> {
    let columns = document.metadata.extra.iter();
    let mut named = columns.filter(|(column, _)| PUBLISHED.contains(&even(column).as_str()));
    named.find_map(|(_, value)| dates::parse(value))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use lacuna_domain::document::{Enactment, StatusEvent};
    use lacuna_domain::{Metadata, TextId};

    use super::super::dates::stated_days;
    use super::*;

    const TEXT: &str = "This Act takes effect 180 days after the date of enactment. Section 4 shall apply from 24 months \
                        after entry into force of this Act. Section 5 takes effect twelve months after publication.";

    fn dates(metadata: Metadata) -> Vec<String> {
        let document = Document { id: "sample:1".parse().unwrap(), metadata };
        let line = |stated: StatedDate| {
            let counted = stated.reckoned.map(|reckoned| format!(": {}", reckoned.words()));
            format!("{} {}{}", stated.kind.name(), stated.date, counted.unwrap_or_default())
        };
        stated_dates(&document, &stated_days(&TextId::of(TEXT), TEXT, None)).into_iter().map(line).collect()
    }

    fn adopted(day: Date) -> Metadata {
        let state = Enactment::Adopted;
        let history = vec![StatusEvent { state, date: Some(day), source_word: "Enacted".to_owned() }];
        Metadata { enactment: state, history, ..Metadata::default() }
    }

    #[test]
    fn days_are_counted_from_the_days_that_are_known() {
        assert_eq!(dates(Metadata::default()), Vec::<String>::new(), "nobody says when it was adopted");
        let by_adoption = [
            "takes effect 2099-06-30: 180 days after adoption on 2099-01-01".to_owned(),
            "applies from 2101-06-30: 24 months after entry into force on 2099-06-30".to_owned(),
        ];
        assert_eq!(dates(adopted(date(2099, 1, 1))), by_adoption);
        let mut published = adopted(date(2099, 1, 1));
        published.extra.insert("Published".to_owned(), "2099-02-01".to_owned());
        let last = "takes effect 2100-02-01: 12 months after publication on 2099-02-01".to_owned();
        assert_eq!(dates(published), [by_adoption.as_slice(), &[last]].concat());
    }

    #[test]
    fn the_catalogue_says_when_it_entered_into_force_and_a_bill_counts_from_nothing() {
        let mut act = adopted(date(2099, 1, 1));
        let entered = StatusEvent {
            state: Enactment::InForce,
            date: Some(date(2099, 3, 1)),
            source_word: "In force".to_owned(),
        };
        act.history.push(entered);
        assert_eq!(dates(act)[1], "applies from 2101-03-01: 24 months after entry into force on 2099-03-01");
        let state = Enactment::Proposed;
        let introduced =
            StatusEvent { state, date: Some(date(2098, 1, 1)), source_word: "Proposed".to_owned() };
        let bill = Metadata { enactment: state, history: vec![introduced], ..Metadata::default() };
        assert_eq!(dates(bill), Vec::<String>::new());
    }
}
