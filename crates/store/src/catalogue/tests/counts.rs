//! The promise that no count disagrees with its list, whatever the filter.

use proptest::prelude::*;

use super::*;

fn any_condition() -> impl Strategy<Value = Condition> {
    let fields: Vec<Condition> = [
        (Field::Authority, "Assembly"),
        (Field::Authority, "Council"),
        (Field::Jurisdiction, "Northmark"),
        (Field::Jurisdiction, "(none)"),
        (Field::Collection, "Acts"),
        (Field::Collection, "Safety"),
        (Field::Enactment, "in_force"),
        (Field::Coded, "yes"),
        (Field::Language, "en"),
        (Field::ParentAuthority, "Realm"),
        (Field::ParentAuthority, "(none)"),
        (Field::Licence, "Open"),
        (Field::Fiction, "no"),
        (Field::UnreviewedOutput, "yes"),
    ]
    .map(|(field, value)| Condition::Field(field, value.to_owned()))
    .to_vec();
    let labels = "risk=2.2&risk=7.3:3&risk=2.1:0&lifecycle=deploy&lifecycle=operate:0&form=hard_law&form=undetermined\
                  &actor=target&actor=target:developer&actor=enforcer:0&year=2023&year=2021-2022&year=(none)\
                  &introduced=2024&in_force=..2022&ended=(none)&on=2023-01-01&on=2024-05-05\
                  &column.Validated?=True&column.Validated?=(none)&column.Segments=3&column.Mood=calm";
    let mut all = fields;
    all.extend(filter(labels).conditions());
    prop::sample::select(all)
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let conditions = proptest::collection::vec(any_condition(), 0..5);
    conditions.prop_map(|all| all.iter().fold(Filter::default(), |filter, condition| filter.with(condition)))
}

/// Whether a document passes, told document by document without any bitmap.
fn passes(record: crate::catalogue::Record<'_>, filter: &Filter) -> bool {
    let holds = |dimension: &DimensionId, code: &CodeId, test: &CodeTest| {
        let (dimension, code) = (dimension.as_str(), code.as_str());
        let lowest = u8::from(dimension == "risk");
        record.level(dimension, code).is_some_and(|level| match test {
            CodeTest::Covered => level > lowest,
            CodeTest::Absent => level == lowest,
            CodeTest::Levels { from, to } => (*from..=*to).contains(&level),
            CodeTest::Type(id) => record.types(dimension, code).contains(&id),
        })
    };
    let chosen = |option: &CodeId| match record.choice("status") {
        Some(choice) => choice == option,
        None => record.standing() == Standing::Coded && option.as_str() == "undetermined",
    };
    let step = |state: Enactment| (record.enactment() == state).then(|| record.date()).flatten();
    let date = |kind: DateKind| match kind {
        DateKind::Introduced => step(Enactment::Proposed),
        DateKind::InForce => step(Enactment::InForce),
        DateKind::Ended => step(Enactment::Defunct),
        _ => None,
    };
    // Every document of this world has one step at most.
    let known = filter.on.is_none_or(|on| record.date().is_none_or(|date| date <= on));
    let state = |on: Date| if record.date().is_some_and(|d| d > on) { "" } else { record.enactment().id() };
    let dated = filter.dates.iter().all(|(kind, ranges)| ranges.iter().any(|range| range.holds(date(*kind))));
    let own = |name: &str| own_columns(record.id()).iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
    let column = |(name, wanted): (&String, &std::collections::BTreeSet<String>)| match own(name) {
        Some(value) => wanted.contains(value),
        None => name != "Mood" && wanted.contains("(none)"),
    };
    known
        && dated
        && filter.columns.iter().all(column)
        && filter.fields.iter().all(|(field, wanted)| {
            if let (Field::Enactment, Some(on)) = (field, filter.on) {
                return wanted.contains(state(on));
            }
            let values: Vec<&str> = record.values(*field).collect();
            values.iter().any(|v| wanted.contains(*v)) || (values.is_empty() && wanted.contains("(none)"))
        })
        && (filter.years.is_empty() || filter.years.iter().any(|years| years.holds(record.year())))
        && filter.codes.iter().all(|(dimension, codes)| {
            codes.iter().all(|(code, tests)| tests.iter().any(|t| holds(dimension, code, t)))
        })
        && filter.options.values().all(|options| options.iter().any(chosen))
}

fn length(world: &Catalogue, filter: &Filter) -> u64 {
    world.select(filter, None).documents().len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn bitmaps_say_what_each_document_says(filter in any_filter()) {
        let world = world();
        let selection = world.select(&filter, None);
        let one_by_one: Vec<u32> =
            (0..10).filter(|n| passes(world.record(*n).unwrap(), &filter)).collect();
        prop_assert_eq!(selection.documents().iter().collect::<Vec<_>>(), one_by_one);
    }

    #[test]
    fn the_count_of_a_facet_is_the_length_of_its_list(filter in any_filter()) {
        let world = world();
        let facets = world.facets(&world.select(&filter, None));
        let values = facets.fields.values().flatten()
            .chain(facets.columns.values().flatten())
            .chain(&facets.years)
            .chain(facets.options.values().flatten())
            .chain(facets.codes.values().flatten().flat_map(|facet| &facet.values));
        let mut checked = 0;
        for value in values {
            prop_assert_eq!(value.count, length(&world, &filter.only(&value.condition)), "{:?}", value.condition);
            prop_assert_eq!(value.chosen, filter.contains(&value.condition));
            checked += 1;
        }
        prop_assert!(checked > 20);
    }

    #[test]
    fn a_cell_is_the_length_of_its_list(filter in any_filter(), pair in (0usize..14, 0usize..14)) {
        let (world, codebook) = (world(), codebook());
        let axes = ["jurisdiction", "collection", "year", "form", "risk", "risk:3", "lifecycle", "risk/7.3",
            "adopted/quarter", "ended/quarter", "adopted/year", "ended/year", "column.Validated?", "parent_authority"];
        let axis = |n: usize| Axis::parse(axes[n], &codebook).unwrap();
        let table = world.crosstab(&world.select(&filter, None), &axis(pair.0), &axis(pair.1));
        for (row, cells) in table.rows.iter().zip(&table.cells) {
            prop_assert_eq!(row.count, length(&world, &filter.only(&row.condition)));
            for (column, cell) in table.columns.iter().zip(cells) {
                let both = filter.only(&row.condition).only(&column.condition);
                if both.contains(&row.condition) && row.condition != column.condition {
                    prop_assert_eq!(*cell, length(&world, &both), "{} × {}", &row.label, &column.label);
                }
            }
        }
    }
}
