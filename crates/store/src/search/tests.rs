//! Relevance and folding, on a shelf of invented documents.

mod damaged;

use std::sync::Arc;

use lacuna_domain::passage::{Kind, Part, Passage};
use lacuna_domain::text::Quality;
use lacuna_domain::{Clock, Codebook, Document, Filter, Metadata, Span, Text, sha256_hex};

use super::{IndexBuilder, IndexInput, Search, SearchIndex};
use crate::catalogue::{Audience, Catalogue, CatalogueInput};
use crate::{Incoming, Location, NewVersion, Store};

/// Paragraphs as passages; the first is a heading over the others.
fn paragraphs(text: &str) -> Vec<Passage> {
    let mut start = 0;
    let pieces = text.split_inclusive("\n\n").enumerate().filter_map(|(index, piece)| {
        let span = Span::new(text, start, start + piece.len());
        start += piece.len();
        Some(Passage {
            index: index as u32,
            span: span?,
            kind: if index == 0 { Kind::Heading } else { Kind::Paragraph },
            part: Part::Operative,
            level: 0,
            parent: (index > 0).then_some(0),
            label: None,
            language: None,
            sentences: vec![],
        })
    });
    pieces.collect()
}

const SHELF: [(&str, &str, &str, &str); 10] = [
    (
        "demo:1",
        "Deepfake Act",
        "en",
        "Chapter 1. Synthetic media\n\nA person shall not publish a deep-fake of a candidate.\n\nThe Office shall \
         audit every regu-\nlation of Al systems within the financial sector.",
    ),
    (
        "demo:2",
        "Audit Order",
        "en",
        "Audits\n\nEach deployer audits its high-risk system for bias.\n\nRecords are kept.",
    ),
    (
        "demo:3",
        "Bias Notes",
        "en",
        "Notes\n\nBias, bias and bias again.\n\nNobody is asked to audit anything.",
    ),
    (
        "demo:4",
        "Loi Données",
        "fr",
        "Titre I\n\nLes autorités de sécurité réglementent les systèmes automatisés.",
    ),
    ("demo:5", "Ley", "es", "Título\n\nLos proveedores evaluarán los riesgos de la inteligencia artificial."),
    (
        "demo:6",
        "Verordnung",
        "de",
        "Teil 1\n\nDie Behörden prüfen Hochrisiko-Systeme der künstlichen Intelligenz.",
    ),
    ("demo:7", "办法", "zh", "第一章\n\n提供者应当对人工智能服务进行安全评估。\n\n本办法自公布之日起施行。"),
    ("demo:8", "Al Charter", "en", "Charter\n\nAl must be safe. OpenAl is an invented name."),
    (
        "demo:9",
        "Report",
        "en",
        "Report\n\nThe audit looked at many things, and long after at last found a trace of bias.",
    ),
    ("demo:10", "Empty", "en", ""),
];

fn world() -> (Catalogue, Search) {
    world_of(&SHELF)
}

/// Documents with title, language and text, ready to be searched.
fn world_of(shelf: &[(&str, &str, &str, &str)]) -> (Catalogue, Search) {
    let codebook = Codebook::parse(crate::catalogue::TEST_CODEBOOK).unwrap();
    let metadata = |title: &str, language: &str| Metadata {
        official_name: title.to_owned(),
        jurisdiction: Some(if language == "en" { "United Isles" } else { "Osterfeld" }.to_owned()),
        applies_to: vec!["private sector".to_owned(), format!("speakers of {language}")],
        ..Metadata::default()
    };
    let documents: Vec<Document> = shelf
        .iter()
        .map(|(id, title, language, _)| Document {
            id: id.parse().unwrap(),
            metadata: metadata(title, language),
        })
        .collect();
    let mut builder = IndexBuilder::new(None).unwrap();
    for (document, (_, _, language, text)) in documents.iter().zip(shelf) {
        let passages = paragraphs(text);
        builder.push(IndexInput { document, text, language: Some(*language), passages: &passages }).unwrap();
    }
    let index = builder.finish(None, "test").unwrap();
    let inputs = documents.into_iter().map(CatalogueInput::bare);
    let catalogue = Catalogue::build(inputs.collect(), &codebook, None);
    let search = Search::new(Arc::new(index), &catalogue);
    (catalogue, search)
}

/// Ids found, best first.
fn ids(world: &(Catalogue, Search), words: &str) -> Vec<String> {
    let (catalogue, search) = world;
    let found = search.find(catalogue, words, None).unwrap();
    let filter = Filter { words: words.to_owned(), ..Filter::default() };
    let selection = catalogue.select(&filter, Some(&found.matches));
    catalogue
        .in_order(&selection)
        .iter()
        .map(|n| catalogue.record(*n).unwrap().id().replace("demo:", ""))
        .collect()
}

#[track_caller]
fn check(words: &str, expected: &[&str]) {
    assert_eq!(ids(&world(), words), expected, "{words}");
}

#[track_caller]
fn check_any_order(words: &str, expected: &[&str]) {
    let mut found = ids(&world(), words);
    found.sort_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(found, expected, "{words}");
}

#[test]
fn a_title_counts_more_than_a_text_and_many_words_more_than_one() {
    check("bias", &["3", "2", "9"]);
    assert_eq!(ids(&world(), "audit")[0], "2");
}

#[test]
fn a_title_goes_before_a_text_and_a_short_text_before_a_long_one() {
    let named = "Text\n\nThe ferry is named once.";
    let long = format!("{named}{}", " Nothing that follows speaks of it again.".repeat(60));
    let world = world_of(&[
        ("demo:1", "Notes", "en", long.as_str()),
        ("demo:2", "Notes", "en", named),
        ("demo:3", "Ferry Act", "en", "Text\n\nNothing here speaks of it."),
        ("demo:4", "Harbour Act", "en", "Text\n\nNothing here speaks of anything."),
    ]);
    assert_eq!(ids(&world, "ferry"), ["3", "2", "1"]);
    assert_eq!(ids(&world, "title:ferry OR text:ferry"), ["3", "2", "1"]);
}

#[test]
fn all_words_must_be_there_however_far_apart() {
    check_any_order("bias audit", &["2", "3", "9"]);
    check_any_order("bias deployer", &["2"]);
    check_any_order("bias -deployer", &["3", "9"]);
    check_any_order("deployer OR deepfake", &["1", "2"]);
    check_any_order("NOT audit NOT safe", &["4", "5", "6", "7", "10"]);
    check_any_order("\"bias again\"", &["3"]);
    check_any_order("\"again bias\"", &[]);
    check_any_order("deployer NEAR/3 audit", &["2"]);
    check_any_order("\"audit bias\"~8", &["2", "3"]);
    check_any_order("\"audit bias\"~30", &["2", "3", "9"]);
    check_any_order("deploy*", &["2"]);
    check_any_order("title:bias", &["3"]);
    check_any_order("text:(bias OR deepfake) -title:notes", &["1", "2", "9"]);
    check_any_order("id:demo:1*", &["1", "10"]);
    check_any_order("id:demo:1", &["1"]);
}

#[test]
fn faults_and_spellings_do_not_hide_a_document() {
    check_any_order("AI", &["1", "8"]);
    check_any_order("Al", &["1", "8"]);
    check_any_order("\"AI systems\"", &["1"]);
    check_any_order("regulation", &["1"]);
    check_any_order("deepfakes", &["1"]);
    check_any_order("deep-fake", &["1"]);
    check_any_order("high-risk", &["2"]);
    check_any_order("highrisk", &["2"]);
}

#[test]
fn a_hyphen_at_a_line_s_end_may_belong_to_the_word_or_not() {
    let world = world_of(&[
        ("demo:1", "Rule", "en", "Rule\n\nBuy a high-\nperformance comput-\ning cluster for the bay."),
        ("demo:2", "Note", "en", "Note\n\nA high performance is given; nothing is computing."),
    ]);
    let cases: &[(&str, &[&str])] = &[
        ("performance", &["1", "2"]),
        ("highperformance", &["1"]),
        ("high-performance", &["1", "2"]),
        ("computing", &["1", "2"]),
        ("\"a high performance\"", &["1", "2"]),
        ("\"high performance computing\"", &[]),
        ("\"performance comput ing cluster\"", &["1"]),
        ("\"computing cluster for\"", &["1"]),
        ("\"high cluster\"", &[]),
    ];
    for (words, expected) in cases {
        let mut found = ids(&world, words);
        found.sort();
        assert_eq!(found, *expected, "{words}");
    }
    let marked = |words: &str| {
        let found = world.1.find(&world.0, words, None).unwrap();
        let hit = world.1.passages(&found, world.0.find("demo:1").unwrap(), 1).unwrap().remove(0);
        let marks = hit.snippet.marks.iter().map(|(from, to)| hit.snippet.text[*from..*to].to_owned());
        marks.collect::<Vec<_>>()
    };
    assert_eq!(marked("performances"), ["performance"]);
    assert_eq!(marked("\"high performance\""), ["high-\nperformance"]);
}

#[test]
fn abbreviations_are_found_with_and_without_their_dots() {
    let world = world_of(&[
        ("demo:1", "Plan", "en", "Plan\n\nThe A.I. system is sold in the U.S. by the Office."),
        ("demo:2", "Rule", "en", "Rule\n\nAn AI system is sold in the US."),
        ("demo:3", "Names", "en", "Names\n\nMr. A. Inhofe reads (a)(i), which a.i.example prints."),
        ("demo:4", "Notes on 5 U.S.C.", "en", "Notes\n\nNon-A.I.-driven things of J.K. Lamp."),
    ]);
    let cases: &[(&str, &[&str])] = &[
        ("AI", &["1", "2", "4"]),
        ("A.I.", &["1", "2", "4"]),
        ("A.I", &["1", "2", "4"]),
        ("US", &["1", "2"]),
        ("U.S.", &["1", "2"]),
        ("title:USC", &["4"]),
        ("\"AI system\"", &["1", "2"]),
        ("\"A.I. system is\"", &["1", "2"]),
        ("\"the AI system is sold\"", &["1"]),
        ("U.S. NEAR/6 AI", &["1", "2"]),
        ("non-AI", &["4"]),
        ("AI-driven", &["4"]),
        ("J. K. Lamp", &["4"]),
        ("\"a system\"", &[]),
    ];
    for (words, expected) in cases {
        let mut found = ids(&world, words);
        found.sort();
        assert_eq!(found, *expected, "{words}");
    }
    let marked = |words: &str, id: &str| {
        let found = world.1.find(&world.0, words, None).unwrap();
        let hit = world.1.passages(&found, world.0.find(id).unwrap(), 1).unwrap().remove(0);
        let marks = hit.snippet.marks.iter().map(|(from, to)| hit.snippet.text[*from..*to].to_owned());
        marks.collect::<Vec<_>>()
    };
    assert_eq!(marked("US AI", "demo:1"), ["A.I.", "U.S."]);
    assert_eq!(marked("A.I.", "demo:2"), ["AI"], "and no article or pronoun");
    assert_eq!(marked("\"AI system\"", "demo:1"), ["A.I. system"]);
}

#[test]
fn each_language_has_its_endings_and_accents_may_be_left_out() {
    check_any_order("audited", &["1", "2", "3", "9"]);
    check_any_order("securite autorite", &["4"]);
    check_any_order("sécurité système", &["4"]);
    check_any_order("proveedor riesgo", &["5"]);
    check_any_order("behoerde OR Behörde", &["6"]);
    check_any_order("Hochrisiko-System", &["6"]);
    check_any_order("人工智能", &["7"]);
    check_any_order("工人", &[]);
    check_any_order("安", &["7"]);
    check_any_order("\"安全评估\"", &["7"]);
}

#[test]
fn what_the_catalogue_says_is_searched_beside_the_words() {
    check_any_order("jurisdiction:osterfeld", &["4", "5", "6", "7"]);
    check_any_order("jurisdiction:\"united isles\" audit", &["1", "2", "3", "9"]);
    check_any_order("audit -jurisdiction:UNITED", &[]);
    check_any_order("jurisdiction:(osterf* OR nowhere) applies_to:de", &["6"]);
    check_any_order("applies_to:\"sector speakers\"", &[]);
    check_any_order("(jurisdiction:united title:charter) OR applies_to:zh", &["7", "8"]);
    let world = world();
    assert_eq!(
        ids(&world, "audit jurisdiction:isles"),
        ids(&world, "audit"),
        "facts have no weight in ranking"
    );
}

#[test]
fn words_are_near_words_phrases_and_alternatives_in_either_order() {
    check_any_order("bias NEAR/6 audit", &["2", "3"]);
    check_any_order("\"bias again\" NEAR/6 audit", &["3"]);
    check_any_order("audit NEAR/6 \"again bias\"", &[]);
    check_any_order("bias NEAR/6 (trace OR \"high-risk system\")", &["2", "9"]);
}

#[test]
fn japanese_is_found_without_spaces_in_either_script_and_width() {
    let world = world_of(&[
        ("demo:1", "指針", "ja", "第一条\n\n事業者は、人工知能の安全性を評価しなければならない。"),
        (
            "demo:2",
            "ガイドライン",
            "ja",
            "第一章\n\nディープフェイクの表示とＡＩシステムの監査について定める。",
        ),
        ("demo:3", "記録", "ja", "第二条\n\n記録を保存する。"),
    ]);
    for (words, expected) in [
        ("人工知能", vec!["1"]),
        ("安全性 評価", vec!["1"]),
        ("\"安全性を評価\"", vec!["1"]),
        ("ディープフェイク", vec!["2"]),
        ("AI", vec!["2"]),
        ("title:ガイドライン", vec!["2"]),
        ("監査 OR 保存", vec!["2", "3"]),
        ("知", vec!["1"]),
        ("性", vec!["1"]),
        ("title:針", vec!["1"]),
        ("存", vec!["3"]),
        ("全安", vec![]),
    ] {
        let mut found = ids(&world, words);
        found.sort();
        assert_eq!(found, expected, "{words}");
    }
    let found = world.1.find(&world.0, "安全性", None).unwrap();
    let hit = &world.1.passages(&found, world.0.find("demo:1").unwrap(), 1).unwrap()[0];
    let (from, to) = hit.snippet.marks[0];
    assert_eq!(&hit.snippet.text[from..to], "安全性");
}

#[test]
fn passages_show_where_and_marks_are_the_words() {
    let (catalogue, search) = world();
    let show = |words: &str, id: &str| {
        let found = search.find(&catalogue, words, None).unwrap();
        let hits = search.passages(&found, catalogue.find(id).unwrap(), 2).unwrap();
        let shown = hits.iter().map(|hit| {
            let mut text = hit.snippet.text.clone();
            for (from, to) in hit.snippet.marks.iter().rev() {
                text.insert(*to, ']');
                text.insert(*from, '[');
            }
            format!("p-{} {} | {text}", hit.passage, hit.heading)
        });
        shown.collect::<Vec<_>>().join("\n").replace("-\n", "-/")
    };
    insta::assert_snapshot!(
        [
            show("deepfakes", "demo:1"),
            show("\"AI systems\" regulation", "demo:1"),
            show("人工智能", "demo:7"),
            show("bias", "demo:3"),
            show("title:bias", "demo:3"),
            show("autorite", "demo:4"),
        ]
        .join("\n"),
        @r#"
        p-1 Chapter 1. Synthetic media | A person shall not publish a [deep-fake] of a candidate.
        p-2 Chapter 1. Synthetic media | The Office shall audit every [regu-/lation] of [Al systems] within the financial sector.
        p-1 第一章 | 提供者应当对[人工智能]服务进行安全评估。
        p-1 Notes | [Bias], [bias] and [bias] again.

        p-1 Titre I | Les [autorités] de sécurité réglementent les systèmes automatisés.
        "#
    );
}

#[test]
fn the_passage_that_speaks_most_of_the_words_comes_first_wherever_it_stands() {
    let once = "The keeper of the harbour writes down when the ferry came, and every lantern that was lit on the quay.";
    let text = format!("Notes\n\n{once}\n\n{once}\n\n{once}\n\nFerry, ferry and ferry.");
    let (catalogue, search) = world_of(&[("demo:1", "Notes", "en", text.as_str())]);
    let found = search.find(&catalogue, "ferry", None).unwrap();
    let best = |limit: usize| -> Vec<u32> {
        search.passages(&found, 0, limit).unwrap().iter().map(|hit| hit.passage).collect()
    };
    assert_eq!(best(1), [4]);
    assert_eq!((best(9).len(), best(9)[0]), (4, 4), "the others stand behind it");
}

#[test]
fn what_runs_on_from_one_passage_into_the_next_is_shown_by_its_words() {
    let (catalogue, search) = world();
    let shown = |words: &str, id: &str| {
        let number = catalogue.find(id).unwrap();
        let found = search.find(&catalogue, words, None).unwrap();
        assert!(found.matches.documents.contains(number), "{words} finds {id}");
        let hits = search.passages(&found, number, 3).unwrap();
        let marked = |(from, to): &(usize, usize), text: &str| text[*from..*to].to_owned();
        let marks = hits.iter().map(|hit| {
            let text = &hit.snippet.text;
            let marks: Vec<String> = hit.snippet.marks.iter().map(|mark| marked(mark, text)).collect();
            format!("p-{} {}", hit.passage, marks.join("|"))
        });
        let mut marks: Vec<String> = marks.collect();
        marks.sort();
        marks
    };
    assert_eq!(shown("\"again nobody\"", "demo:3"), ["p-1 again", "p-2 Nobody"]);
    assert_eq!(shown("bias NEAR/2 record", "demo:2"), ["p-1 bias", "p-2 Records"]);
    assert_eq!(
        shown("\"bias again\"", "demo:3"),
        ["p-1 bias again"],
        "where one passage holds it, only that"
    );
    assert!(shown("\"bias notes\"", "demo:3").is_empty(), "a phrase of the title stands in no passage");
}

#[test]
fn the_last_sentence_of_a_long_text_is_found_and_marked() {
    let mut text = "Title\n\n".to_owned();
    for number in 0..8000 {
        text.push_str(
            "The provider shall keep records of the system and show them to the Office on request. ",
        );
        text.push_str(if number % 10 == 9 { "\n\n" } else { "" });
    }
    text.push_str("Nothing here limits the zirconium exemption of the earlier Act, which stays as it is.");
    assert!(text.split_whitespace().count() > 120_000);
    let document = Document { id: "demo:long".parse().unwrap(), metadata: Metadata::default() };
    let passages = paragraphs(&text);
    let mut builder = IndexBuilder::new(None).unwrap();
    builder
        .push(IndexInput { document: &document, text: &text, language: Some("en"), passages: &passages })
        .unwrap();
    let index = Arc::new(builder.finish(None, "long").unwrap());
    let codebook = Codebook::parse(crate::catalogue::TEST_CODEBOOK).unwrap();
    let catalogue = Catalogue::build(vec![CatalogueInput::bare(document)], &codebook, None);
    let search = Search::new(index, &catalogue);
    let found = search.find(&catalogue, "zirconium", None).unwrap();
    let hits = search.passages(&found, 0, 3).unwrap();
    assert_eq!(hits.len(), 1);
    let (from, to) = hits[0].snippet.marks[0];
    assert_eq!(&hits[0].snippet.text[from..to], "zirconium");
    assert_eq!(hits[0].passage as usize, passages.len() - 1);
    assert!(hits[0].snippet.text.len() < 500);
}

#[test]
fn an_error_says_where_it_is() {
    let (catalogue, search) = world();
    let error = search.find(&catalogue, "bias \"audit", None).unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot read the search: character 6: the quotation mark is never closed; close it with \" or remove it"
    );
}

async fn put(store: &Store, id: &str, text: &str) {
    let document = Document {
        id: id.parse().unwrap(),
        metadata: Metadata {
            official_name: id.to_owned(),
            private: id == "demo:secret",
            ..Metadata::default()
        },
    };
    let version = NewVersion {
        bytes_hash: sha256_hex(text.as_bytes()),
        media_type: "text/plain".to_owned(),
        text: Text::new(text.to_owned(), Some("en".to_owned()), Quality::default()),
        page_starts: vec![],
        notes: vec![],
    };
    store.put_documents(&[Incoming { document, version: Some(version) }]).await.unwrap();
}

async fn found(store: &Store, folder: &std::path::Path, words: &str) -> usize {
    let index = SearchIndex::refresh(store, folder, paragraphs).await.unwrap();
    let codebook = Codebook::parse(crate::catalogue::TEST_CODEBOOK).unwrap();
    let catalogue = Catalogue::load(store, None, &codebook, Audience::Public).await.unwrap();
    Search::new(Arc::new(index), &catalogue).find(&catalogue, words, None).unwrap().matches.documents.len()
        as usize
}

#[tokio::test]
async fn an_index_that_is_missing_older_or_damaged_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
    let place = folder.path().join("index");
    put(&store, "demo:1", "Title\n\nFirst words.").await;
    put(&store, "demo:secret", "Title\n\nFirst secret words.").await;
    assert_eq!(found(&store, &place, "first").await, 1, "private documents are not the public's");
    put(&store, "demo:1", "Title\n\nSecond words.").await;
    assert_eq!(found(&store, &place, "first").await, 0, "the older index must not answer");
    assert_eq!(found(&store, &place, "second").await, 1);
    let folders = || {
        let all = std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path());
        all.filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    assert_eq!(folders().len(), 1, "older indexes are removed");
    let unchanged = std::fs::metadata(folders()[0].join("stamp.json")).unwrap().modified().unwrap();
    assert_eq!(found(&store, &place, "second").await, 1);
    assert_eq!(std::fs::metadata(folders()[0].join("stamp.json")).unwrap().modified().unwrap(), unchanged);
    for entry in std::fs::read_dir(folders()[0].join("documents")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    }
    assert_eq!(found(&store, &place, "second").await, 1, "a damaged index is made again");
    std::fs::remove_file(folders()[0].join("stamp.json")).unwrap();
    assert_eq!(found(&store, &place, "second").await, 1, "a half-made index is made again");
}
