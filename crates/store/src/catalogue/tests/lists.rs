//! Which documents a filter finds, in which order, and what is told of each.

use lacuna_domain::filter::StateTest;

use super::*;

#[test]
fn values_are_alternatives_and_fields_must_all_hold() {
    check(
        "sort=id&jurisdiction=Vell&jurisdiction=Northmark",
        &["agora:9", "agora:10", "agora:11", "file:b.txt"],
    );
    check("sort=id&jurisdiction=Northmark&authority=Chancery", &["agora:9"]);
    check("sort=id&collection=Acts&collection=Safety", &["agora:10", "agora:11", "file:b.txt"]);
    check("sort=id&jurisdiction=(none)", &["file:a/2.txt", "file:a/10.txt"]);
    check("sort=id&tag=Design", &["agora:12"]);
    check("sort=id&year=2022-2023&enactment=in_force", &["agora:10", "file:b.txt"]);
    check("sort=id&year=(none)&language=en&source=agora", &["agora:13", "agora:14"]);
    check("sort=id&reviewed=yes", &["file:a/2.txt"]);
    check("authority=Nobody", &[]);
}

#[test]
fn every_column_of_the_catalogue_can_be_chosen_by() {
    check("sort=id&parent_authority=Realm", &["agora:9", "agora:10"]);
    check("sort=id&licence=Open&fiction=yes", &["agora:12"]);
    check("fiction=no", &["agora:13"]);
    check("unreviewed_machine_output=yes", &["agora:15"]);
    check("sort=id&column.Validated?=True", &["agora:9", "agora:13", "agora:15", "file:b.txt"]);
    check("sort=id&column.Validated?=True&column.Segments=3", &["agora:9", "agora:13"]);
    check(
        "sort=id&column.Validated?=True&column.Validated?=False&jurisdiction=Northmark",
        &["agora:9", "agora:10"],
    );
    check("sort=id&column.Sheet=(none)&column.Segments=12", &["agora:15", "file:b.txt"]);
    for unknown in ["column.Mood=calm", "column.Mood=(none)", "column.Tags=Design", "column.Segments=99"] {
        check(unknown, &[]);
    }
    let world = world();
    assert_eq!(world.own_columns().collect::<Vec<_>>(), ["Segments", "Sheet", "Validated?"]);
    let everything = world.select(&Filter::default(), None);
    let counted = |name: &str| {
        let values = world.column_facet(&everything, name).into_iter();
        values.map(|value| (value.label, value.count)).collect::<Vec<_>>()
    };
    let expected = [("Not recorded", 5), ("True", 4), ("False", 1)];
    assert_eq!(counted("Validated?"), expected.map(|(label, count)| (label.to_owned(), count)));
    assert!(counted("Mood").is_empty());
    let mistaken = world.select(&filter("column.Mood=calm"), None);
    let told: Vec<_> =
        world.column_facet(&mistaken, "Mood").into_iter().map(|v| (v.count, v.chosen)).collect();
    assert_eq!(told, [(0, true)], "what is chosen can be taken back");
    let refused = world.check_columns(mistaken.filter()).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @r#"the catalogue has no column "Mood" to choose documents by; its own columns are Segments; Sheet; Validated?"#);
    assert!(world.check_columns(&filter("column.Segments=99")).is_ok(), "another value is no other column");
}

#[test]
fn an_own_column_stands_on_an_axis_and_an_unknown_one_is_named_with_those_there_are() {
    let world = world();
    let table = world.crosstab(
        &world.select(&filter("jurisdiction=Northmark"), None),
        &world.parse_axis("column.Validated?").unwrap(),
        &world.parse_axis("column.Segments").unwrap(),
    );
    let rows: Vec<_> = table.rows.iter().map(|row| (row.label.as_str(), row.count)).collect();
    assert_eq!(rows, [("False", 1), ("Not recorded", 1), ("True", 1)]);
    assert_eq!(table.cells, [[1, 0], [0, 1], [1, 0]]);
    let error = world.parse_axis("column.Mood").unwrap_err().to_string();
    let said =
        "\"column.Mood\" is no axis; use column.Segments, column.Sheet, column.Validated?, authority, ";
    assert!(error.starts_with(said), "{error}");
    let error = world.parse_axis("colour").unwrap_err().to_string();
    assert!(error.ends_with(", column.NAME"), "{error}");
}

#[test]
fn codes_must_all_hold_and_levels_of_one_code_are_alternatives() {
    check("sort=id&risk=2.2", &["agora:9", "agora:10", "agora:11", "file:b.txt"]);
    check("sort=id&risk=2.2&risk=2.1", &["agora:9", "file:b.txt"]);
    check("sort=id&risk=2.2:2", &["agora:9"]);
    check("sort=id&risk=2.2:2&risk=2.2:3", &["agora:9", "agora:10", "agora:11", "file:b.txt"]);
    check("sort=id&risk=7.3:1-2", &["agora:9", "agora:10", "agora:11", "agora:12", "agora:13"]);
    check("sort=id&lifecycle=deploy&actor=enforcer", &["agora:10", "agora:11"]);
    check("sort=id&actor=target:developer&actor=enforcer:0", &["agora:9"]);
    check("sort=id&form=soft_law&form=undetermined", &["agora:12", "agora:13", "file:a/2.txt"]);
}

#[test]
fn documents_that_are_not_coded_never_count_as_not_covered() {
    check("sort=id&risk=2.2:0", &["agora:12", "agora:13", "file:a/2.txt"]);
    check("sort=id&coded=no", &["agora:14", "agora:15", "file:a/10.txt"]);
    let world = world();
    assert_eq!(world.coded().len(), 7);
    let everything = world.select(&Filter::default(), None);
    let security = &world.code_table(&everything, &codebook().dimensions[0])[1];
    assert_eq!((security.covered, security.coded), (4, 7));
    assert_eq!(security.levels, [(1, 3), (2, 1), (3, 3)]);
    let standing = |id: &str| world.record_of(id).unwrap().standing();
    assert_eq!([standing("agora:14"), standing("agora:15")], [Standing::Skipped, Standing::NoText]);
    assert_eq!(standing("file:a/10.txt"), Standing::Pending);
}

#[test]
fn every_order_is_total() {
    check("coded=yes&sort=coverage&risk=2.2", &["file:b.txt", "agora:10", "agora:11", "agora:9"]);
    check("jurisdiction=Northmark&sort=title", &["agora:9", "agora:10", "agora:11"]);
    check("sort=newest&year=2023-2024", &["file:a/10.txt", "agora:9", "agora:10", "agora:11"]);
    check("sort=oldest&authority=Council", &["agora:15", "agora:13", "agora:14"]);
    let world = world();
    let matches =
        Matches { documents: [0, 1, 4].into_iter().collect(), scores: vec![(0, 0.5), (1, 2.0), (4, 2.0)] };
    let selection = world.select(&filter("q=words"), Some(&matches));
    assert_eq!(world.in_order(&selection), [1, 4, 0]);
    assert!(
        world.select(&filter("q=words"), None).is_empty(),
        "words without a search must not pass everything"
    );
}

#[test]
fn pages_add_up_to_the_list() {
    let world = world();
    let mut seen = vec![];
    for page in 1..=5 {
        let page = world.page(&world.select(&filter(&format!("per=3&sort=title&page={page}")), None));
        assert_eq!((page.total, page.pages), (10, 4));
        seen.extend(page.documents);
    }
    assert_eq!(seen, world.in_order(&world.select(&filter("sort=title"), None)));
}

#[test]
fn a_record_tells_what_a_list_shows() {
    let world = world();
    let record = world.record_of("agora:10").unwrap();
    assert_eq!(record.tally("risk"), [(3, 1), (2, 1)]);
    assert_eq!(record.form().unwrap().as_str(), "hard_law");
    assert_eq!(record.values(Field::Collection).collect::<Vec<_>>(), ["Acts", "Safety"]);
    assert_eq!(record.types("actor", "target").len(), 2);
    assert_eq!(record.duplicates().map(crate::catalogue::Record::id).collect::<Vec<_>>(), ["agora:11"]);
    assert_eq!(record.level("risk", "2.1"), Some(1));
    assert_eq!(world.record_of("agora:15").unwrap().level("risk", "2.1"), None);
    assert_eq!(world.distinct_texts(world.select(&Filter::default(), None).documents()), 9);
    assert!(world.record_of("agora:99").is_none() && world.holds_fiction());
}

#[test]
fn a_crosstab_counts_what_its_cells_link_to() {
    let (world, codebook) = (world(), codebook());
    let axis = |text: &str| Axis::parse(text, &codebook).unwrap();
    let selection = world.select(&filter("enactment=in_force&enactment=proposed&enactment=defunct"), None);
    let table = world.crosstab(&selection, &axis("risk:3"), &axis("jurisdiction"));
    let columns: Vec<_> = table.columns.iter().map(|column| (column.label.as_str(), column.count)).collect();
    assert_eq!(columns, [("Northmark", 3), ("Not recorded", 1), ("Vell", 1)]);
    assert_eq!(table.cells, [[0, 0, 1], [2, 0, 1], [0, 0, 1]]);
    assert_eq!((table.rows[1].label.as_str(), table.documents, table.coded), ("2.2 Security", 5, 4));
    let ended =
        world.crosstab(&world.select(&Filter::default(), None), &axis("ended/quarter"), &axis("form"));
    let quarters: Vec<_> = ended.rows.iter().map(|row| (row.label.as_str(), row.count)).collect();
    assert_eq!(quarters, [("2023 Q2", 1), ("no date", 9)]);
    let ended = world.crosstab(&world.select(&Filter::default(), None), &axis("ended/year"), &axis("form"));
    let years: Vec<_> = ended.rows.iter().map(|row| (row.label.as_str(), row.count)).collect();
    assert_eq!(years, [("2023", 1), ("no date", 9)]);
    assert!(filter("ended=2023").contains(&ended.rows[0].condition), "the condition is the whole year");
    let error = Axis::parse("colour", &codebook).unwrap_err();
    assert!(error.to_string().starts_with("\"colour\" is no axis; use authority, "), "{error}");
}

/// The ids of the documents for which a test of the state holds on a day.
fn in_state(world: &Catalogue, test: StateTest, on: Date) -> Vec<&str> {
    world.in_state(test, on).iter().map(|number| world.record(number).unwrap().id()).collect()
}

#[test]
fn what_was_in_force_on_a_day_is_not_what_is_now() {
    let world = world();
    let binding =
        |year, month, day| in_state(&world, StateTest::Binding, jiff::civil::date(year, month, day));
    assert_eq!(binding(2022, 12, 31), ["file:b.txt"]);
    assert_eq!(binding(2024, 1, 1), ["agora:10", "file:b.txt"], "a defunct copy binds nobody");
    check("sort=id&enactment=in_force&on=2022-12-31", &["file:b.txt"]);
    check("sort=id&enactment=adopted&on=2022-12-31", &["agora:15"]);
    check("sort=id&ended=2023", &["agora:11"]);
}

#[test]
fn of_what_is_in_force_hard_law_alone_binds() {
    let day = |year| jiff::civil::date(year, 5, 3);
    let made = |id: &str, labels: &str| {
        document(id, "Lamps").since(Enactment::InForce, day(2023)).text(id, "en").coded(labels).0
    };
    let forms =
        vec![made("sample:1", "form=hard_law"), made("sample:2", "form=soft_law"), made("sample:3", "")];
    let world = Catalogue::build(forms, &codebook(), Some(run()));
    assert_eq!(in_state(&world, StateTest::Binding, day(2024)), ["sample:1"]);
    assert_eq!(in_state(&world, StateTest::Standing, day(2024)), ["sample:1", "sample:2", "sample:3"]);
    assert!(in_state(&world, StateTest::Binding, day(2022)).is_empty(), "it was not there yet");
}

#[test]
fn a_document_is_found_under_every_day_that_its_text_states() {
    let mut act = document("sample:1", "Phased Act");
    let stated = [(DateKind::AppliesFrom, 2025), (DateKind::AppliesFrom, 2026), (DateKind::Sunset, 2030)];
    act.0.stated = stated.map(|(kind, year)| (kind, jiff::civil::date(year, 8, 2))).into();
    let plain = document("sample:2", "Plain Act");
    let world = Catalogue::build(vec![act.0, plain.0], &codebook(), None);
    let found = |query: &str| {
        let filter = Filter::parse_query(query, &codebook()).unwrap();
        let selection = world.select(&filter, None);
        selection.documents().iter().map(|n| world.record(n).unwrap().id().to_owned()).collect::<Vec<_>>()
    };
    for query in ["applies_from=2025", "applies_from=2026-08-02", "applies_from=2024..2027", "sunset=2030"] {
        assert_eq!(found(query), ["sample:1"], "{query}");
    }
    assert!(found("applies_from=2027").is_empty());
    assert_eq!(found("applies_from=(none)"), ["sample:2"]);
}

#[test]
fn years_and_kinds_have_no_hole() {
    assert!(
        Years::one(2024).holds(Some(2024)) && !Years::one(2024).holds(None) && Years::Undated.holds(None)
    );
    assert_eq!(codebook().dimensions.iter().filter(|d| d.kind == Kind::Choice).count(), 1);
    assert_eq!(Sort::from_id("coverage"), Some(Sort::Coverage));
}
