//! A world of eleven invented documents, and the promise that no count disagrees with its list.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lacuna_domain::codebook::Kind;
use lacuna_domain::coding::{Coding, Outcome};
use lacuna_domain::document::Version;
use lacuna_domain::enactment::{DateKind, Enactment, StatusEvent};
use lacuna_domain::evidence::{Evidence, QuoteState};
use lacuna_domain::filter::{CodeTest, Condition, Field, Sort, Years};
use lacuna_domain::judgement::{ActorDraft, Draft, Entity, Judgement, Value};
use lacuna_domain::{
    Clock, CodeId, Codebook, Confidence, DimensionId, Document, Filter, Metadata, RunId, Span, TextId,
    VersionId,
};
use proptest::prelude::*;

use super::{Axis, Catalogue, CatalogueInput, Labelled, Matches, Standing};

pub(crate) const CODEBOOK: &str = r#"
[codebook]
id = "small"
version = "1"
title = "Small"

[[dimension]]
id = "risk"
path = "risks"
name = "Risk coverage"
kind = "ordinal"
level = [{ value = 1, name = "No coverage" }, { value = 2, name = "Minimal" }, { value = 3, name = "Good" }]
code = [
  { id = "2.1", name = "Privacy", definition = "Privacy." },
  { id = "2.2", name = "Security", definition = "Security." },
  { id = "7.3", name = "Robustness", definition = "Robustness." },
]

[[dimension]]
id = "lifecycle"
name = "Lifecycle"
kind = "flag"
code = [
  { id = "deploy", name = "Deploy", definition = "Release." },
  { id = "operate", name = "Operate", definition = "Use." },
]

[[dimension]]
id = "status"
name = "Form"
kind = "choice"
code = [
  { id = "hard_law", name = "Hard law", definition = "Binding." },
  { id = "soft_law", name = "Soft law", definition = "Not binding." },
]

[[dimension]]
id = "actor"
name = "Actors"
kind = "actor"
type = [
  { id = "developer", name = "AI developer", definition = "Builds." },
  { id = "deployer", name = "AI deployer", definition = "Uses." },
]
code = [
  { id = "target", name = "Target", definition = "Must act." },
  { id = "enforcer", name = "Enforcer", definition = "Can compel." },
]
"#;

const TEXT: &str = "The Office shall fine a deployer who fails to secure the system.";

fn codebook() -> Codebook {
    Codebook::parse(CODEBOOK).unwrap()
}

/// An invented document; labels are written as in an address: `risk=2.2:3`, `form=hard_law`, `actor=target:developer`.
struct Make(CatalogueInput);

fn document(id: &str, title: &str) -> Make {
    let metadata = Metadata { official_name: title.to_owned(), fiction: true, ..Metadata::default() };
    Make(CatalogueInput {
        document: Document { id: id.parse().unwrap(), metadata },
        version: None,
        text_len: 0,
        language: None,
        outcome: None,
        reviewed: false,
        endings: vec![],
        stated: std::collections::BTreeSet::new(),
    })
}

impl Make {
    fn by(mut self, authority: &str, jurisdiction: &str) -> Self {
        self.0.document.metadata.authority = Some(authority.to_owned());
        self.0.document.metadata.jurisdiction = Some(jurisdiction.to_owned());
        self
    }

    fn in_collections(mut self, names: &[&str]) -> Self {
        self.0.document.metadata.collections = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    fn since(mut self, state: Enactment, date: Date) -> Self {
        let event = StatusEvent { state, date: Some(date), source_word: state.name().to_owned() };
        self.0.document.metadata.enactment = state;
        self.0.document.metadata.history.push(event);
        self
    }

    fn text(mut self, text: &str, language: &str) -> Self {
        let (document, text_id) = (self.0.document.id.clone(), TextId::of(text));
        self.0.version = Some(Version {
            id: VersionId::of(&document, "00", &text_id),
            document,
            number: 1,
            bytes_hash: "00".to_owned(),
            media_type: "text/plain".to_owned(),
            text: text_id,
            ingested_at: Clock::fixed().now(),
            page_starts: vec![],
            notes: vec![],
        });
        self.0.text_len = text.len();
        self.0.language = Some(language.to_owned());
        self
    }

    fn coded(mut self, labels: &str) -> Self {
        let mut coding = Coding {
            run: run(),
            text: TextId::of(TEXT),
            coded_at: Clock::fixed().now(),
            judgements: vec![],
            actors: vec![],
            negatives: BTreeMap::new(),
            rejections: vec![],
            parts: BTreeMap::new(),
            asides: lacuna_domain::coding::Asides::default(),
        };
        for label in labels.split_whitespace() {
            add_label(&mut coding, label);
        }
        // Through JSON, as the store gives it.
        let json = serde_json::to_string(&Outcome::Coded(Box::new(coding.clone()))).unwrap();
        let labelled: Labelled = serde_json::from_str(&json).unwrap();
        assert_eq!(labelled, Labelled::from(&Outcome::Coded(Box::new(coding))));
        self.0.outcome = Some(labelled);
        self
    }
}

fn run() -> RunId {
    RunId::of(b"test")
}

fn evidence() -> Evidence {
    Evidence::located(TEXT, vec![Span::new(TEXT, 0, 10).unwrap()], QuoteState::Exact, 0).unwrap()
}

fn add_label(coding: &mut Coding, label: &str) {
    let (dimension, rest) = label.split_once('=').unwrap();
    let (code, test) = rest.split_once(':').unwrap_or((rest, "1"));
    let (confidence, probability, reasoning) = (Confidence::High, Some(0.9), "r".to_owned());
    let id = |text: &str| -> CodeId { text.parse().unwrap() };
    if dimension == "actor" {
        let dimension: DimensionId = "actor".parse().unwrap();
        let types = test.split(',').filter(|t| *t != "1").map(id).collect();
        let entities = vec![Entity { name: "a deployer".to_owned(), at: evidence() }];
        let (role, quotes) = (id(code), vec![]);
        let named = vec!["a deployer".to_owned()];
        let draft = ActorDraft {
            dimension,
            role,
            entities: named,
            types,
            confidence,
            probability,
            reasoning,
            quotes,
        };
        let (actor, rejection) =
            lacuna_domain::judgement::ActorJudgement::verified(draft, entities, vec![evidence()], vec![]);
        assert!(rejection.is_none());
        coding.actors.push(actor);
        return;
    }
    let (dimension, code, value) = match dimension {
        "form" => ("status", "status", Value::Choice(Some(id(code)))),
        "risk" => ("risk", code, Value::Level(test.parse().unwrap())),
        other => (other, code, Value::Flag(true)),
    };
    let dimension = dimension.parse().unwrap();
    let draft =
        Draft { dimension, code: id(code), value, confidence, probability, reasoning, quotes: vec![] };
    coding.judgements.push(Judgement::verified(draft, vec![evidence()], vec![]).unwrap());
}

fn world() -> Catalogue {
    use Enactment as E;
    let day = |year, month| jiff::civil::date(year, month, 3);
    let documents = [
        document("agora:10", "Signal Act")
            .by("Assembly", "Northmark")
            .in_collections(&["Acts", "Safety"])
            .since(E::InForce, day(2023, 5))
            .text(TEXT, "en")
            .coded("risk=2.2:3 risk=7.3:2 lifecycle=deploy form=hard_law actor=target:developer,deployer actor=enforcer"),
        document("agora:9", "beacon Order")
            .by("Chancery", "Northmark")
            .since(E::Proposed, day(2024, 1))
            .text("Another text.", "en")
            .coded("risk=2.2:2 risk=2.1:2 form=hard_law actor=target:developer"),
        document("agora:11", "Signal Act (copy)")
            .by("Assembly", "Northmark")
            .in_collections(&["Safety"])
            .since(E::Defunct, day(2023, 5))
            .text(TEXT, "en")
            .coded("risk=2.2:3 risk=7.3:2 lifecycle=deploy form=hard_law actor=target:developer,deployer actor=enforcer"),
        document("agora:12", "Charte").by("Conseil", "Tessara").text("Un texte.", "fr").coded("form=soft_law"),
        document("agora:13", "Undecided note").by("Council", "Tessara").text("A note.", "en").coded(""),
        document("agora:14", "Scan").by("Council", "Tessara").text("(cid:1)", "en"),
        document("agora:15", "Lost").by("Council", "Tessara").since(E::Adopted, day(2021, 2)),
        document("file:a/2.txt", "Pledge").text("We will.", "en").coded("risk=7.3:3 lifecycle=operate form=soft_law"),
        document("file:a/10.txt", "Draft").since(E::Proposed, day(2024, 9)).text("Draft.", "en"),
        document("file:b.txt", "Rules")
            .by("Assembly", "Vell")
            .in_collections(&["Acts"])
            .since(E::InForce, day(2022, 7))
            .text("Rules.", "en")
            .coded("risk=2.1:3 risk=2.2:3 risk=7.3:3 lifecycle=deploy lifecycle=operate form=hard_law"),
    ];
    let mut inputs: Vec<CatalogueInput> = documents.into_iter().map(|made| made.0).collect();
    inputs[5].outcome = Some(Labelled::Skipped("glyph garbage".to_owned()));
    inputs[7].reviewed = true;
    inputs[3].document.metadata.extra.insert("Tags".to_owned(), "Harms: Bias; Design".to_owned());
    Catalogue::build(inputs, &codebook(), Some(run()))
}

fn filter(query: &str) -> Filter {
    Filter::parse_query(query, &codebook()).unwrap()
}

#[track_caller]
fn check(query: &str, expected: &[&str]) {
    let world = world();
    let selection = world.select(&filter(query), None);
    let ids: Vec<&str> = world.in_order(&selection).iter().map(|n| world.record(*n).unwrap().id()).collect();
    assert_eq!(ids, expected, "{query}");
}

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
    assert_eq!(record.duplicates().map(super::Record::id).collect::<Vec<_>>(), ["agora:11"]);
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
    let error = Axis::parse("colour", &codebook).unwrap_err();
    assert!(error.to_string().starts_with("\"colour\" is no axis; use authority, "), "{error}");
}

#[test]
fn what_was_in_force_on_a_day_is_not_what_is_now() {
    let world = world();
    let ids = |documents: &roaring::RoaringBitmap| -> Vec<&str> {
        documents.iter().map(|number| world.record(number).unwrap().id()).collect()
    };
    let binding = world.in_force_on(jiff::civil::date(2022, 12, 31));
    assert_eq!((ids(&binding.in_force), ids(&binding.presumed)), (vec!["file:b.txt"], vec!["agora:15"]));
    let binding = world.in_force_on(jiff::civil::date(2024, 1, 1));
    assert_eq!(ids(&binding.all()), ["agora:10", "agora:15", "file:b.txt"], "a defunct copy binds nobody");
    check("sort=id&enactment=in_force&on=2022-12-31", &["file:b.txt"]);
    check("sort=id&ended=2023", &["agora:11"]);
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
    ]
    .map(|(field, value)| Condition::Field(field, value.to_owned()))
    .to_vec();
    let labels = "risk=2.2&risk=7.3:3&risk=2.1:0&lifecycle=deploy&lifecycle=operate:0&form=hard_law&form=undetermined\
                  &actor=target&actor=target:developer&actor=enforcer:0&year=2023&year=2021-2022&year=(none)\
                  &introduced=2024&in_force=..2022&ended=(none)&on=2023-01-01&on=2024-05-05";
    let mut all = fields;
    all.extend(filter(labels).conditions());
    prop::sample::select(all)
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let conditions = proptest::collection::vec(any_condition(), 0..5);
    conditions.prop_map(|all| all.iter().fold(Filter::default(), |filter, condition| filter.with(condition)))
}

/// Whether a document passes, told document by document without any bitmap.
fn passes(record: super::Record<'_>, filter: &Filter) -> bool {
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
    known
        && dated
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
    fn a_cell_is_the_length_of_its_list(filter in any_filter(), pair in (0usize..10, 0usize..10)) {
        let (world, codebook) = (world(), codebook());
        let axes = ["jurisdiction", "collection", "year", "form", "risk", "risk:3", "lifecycle", "risk/7.3",
            "adopted/quarter", "ended/quarter"];
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

#[test]
fn years_and_kinds_have_no_hole() {
    assert!(
        Years::one(2024).holds(Some(2024)) && !Years::one(2024).holds(None) && Years::Undated.holds(None)
    );
    assert_eq!(codebook().dimensions.iter().filter(|d| d.kind == Kind::Choice).count(), 1);
    assert_eq!(Sort::from_id("coverage"), Some(Sort::Coverage));
}
