//! Training: identical weights from identical data, better than chance on unseen texts, refused where they do not fit.

use lacuna_domain::progress::Silent;
use lacuna_domain::{Clock, Codebook, sha256_hex};
use lacuna_pipeline::classify::offline::distil::distil;
use lacuna_pipeline::classify::offline::quality::cross_validate;
use lacuna_pipeline::classify::offline::train::coded::{Coded, CodedLabel, read};
use lacuna_pipeline::classify::offline::train::{TrainError, train};
use lacuna_pipeline::classify::offline::{OfflineEngine, Weights};
use lacuna_pipeline::segment::segment;

const SHIPPED: &[u8] = include_bytes!("../models/offline-1.bin");
const BUILT_IN: &str = include_str!("../../../codebooks/ai-governance-1.toml");

/// The weights that ship. Whoever trains anew puts the hash that `cargo xtask train` says here, and knows by that that
/// every run id of the engine changes.
const GOLDEN: &str = "f6368f3a954578a0dd6b0823020fa519709768a74e69b4a3e3f87ec0dd10d5e3";

const BOOK: &str = r#"
[codebook]
id = "harbour"
version = "1"
title = "Harbour rules"
[[dimension]]
id = "topic"
name = "Topic"
kind = "ordinal"
[[dimension.level]]
value = 1
name = "None"
[[dimension.level]]
value = 2
name = "Named"
[[dimension.level]]
value = 3
name = "Regulated"
[[dimension.code]]
id = "noise"
name = "Noise"
definition = "Noise in the harbour."
[dimension.code.cues.en]
strong = ["noise"]
[[dimension.code]]
id = "smoke"
name = "Smoke"
definition = "Smoke of ships."
[dimension.code.cues.en]
strong = ["smoke"]
"#;

/// Forty invented ordinances: every third regulates noise by words that are no cue, every fourth names smoke.
fn ordinances() -> Vec<Coded> {
    let ports =
        ["Aldmouth", "Brae Haven", "Corrin", "Dunfleet", "Eastquay", "Farrow", "Gullpoint", "Hythe End"];
    (0..40_usize)
        .map(|i| {
            let port = ports[i % ports.len()];
            let mut text = format!(
                "Ordinance {i} of the port of {port}.\n\nThe harbour master of {port} keeps the register of berths \
                 {i} and following.\n\n"
            );
            let mut labels = vec![];
            if i % 3 == 0 {
                let quote = format!("No skipper shall sound a horn or siren at berth {i} after nightfall");
                text += &format!("{quote}, and a loud engine shall be muffled and is liable to a fine.\n\n");
                labels.push(label("noise", 3, quote));
            }
            if i % 4 == 0 {
                let quote = format!("The council of {port} regrets the smoke of old boilers");
                text += &format!("{quote} and hopes for better days.\n\n");
                labels.push(label("smoke", 2, quote));
            }
            text += &format!("This ordinance of {port} comes into force on the {} day of the year.\n", i + 3);
            Coded { id: i.to_string(), text, language: Some("en".to_owned()), labels, actors: vec![] }
        })
        .collect()
}

fn label(code: &str, level: u8, quote: String) -> CodedLabel {
    CodedLabel { dimension: "topic".to_owned(), code: code.to_owned(), level, quotes: vec![quote] }
}

#[test]
fn identical_data_gives_identical_weights_that_survive_their_file() {
    let book = Codebook::parse(BOOK).unwrap();
    let weights = train(&ordinances(), &book).unwrap();
    assert_eq!(weights.hash(), train(&ordinances(), &book).unwrap().hash());
    let bytes = weights.to_bytes();
    assert_eq!(Weights::from_bytes(&bytes).unwrap().hash(), weights.hash());
    for cut in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        assert!(Weights::from_bytes(&bytes[..cut]).is_err(), "{cut} bytes were taken");
    }
}

#[test]
fn a_trained_engine_knows_what_no_cue_says() {
    let book = Codebook::parse(BOOK).unwrap();
    let weights = train(&ordinances(), &book).unwrap();
    let text = "By-law of the port of Invermoor.\n\nNo skipper shall sound a siren or horn near the almshouse after \
                nightfall, and a loud engine shall be muffled.\n\nThe by-law comes into force at once.\n";
    let quiet = "By-law of the port of Invermoor.\n\nThe harbour master keeps the register of berths and moorings.\n\n\
                 The by-law comes into force at once.\n";
    let coded = |engine: &OfflineEngine, text: &str| {
        let passages = segment(text);
        let drafts = engine.code(text, &passages, Some("en"));
        drafts.labels.iter().map(|d| d.code.to_string()).collect::<Vec<_>>()
    };
    assert!(coded(&OfflineEngine::new(&book).unwrap(), text).is_empty(), "the cues alone see nothing");
    let trained = OfflineEngine::with_weights(&book, weights).unwrap();
    assert!(coded(&trained, text).contains(&"noise".to_owned()));
    assert!(!coded(&trained, quiet).contains(&"noise".to_owned()));
}

#[test]
fn weights_for_other_codes_and_too_few_documents_are_refused() {
    let book = Codebook::parse(BOOK).unwrap();
    let weights = train(&ordinances(), &book).unwrap();
    let other = Codebook::parse(&BOOK.replace("\"smoke\"", "\"soot\"")).unwrap();
    let error = OfflineEngine::with_weights(&other, weights).unwrap_err();
    assert!(error.to_string().contains("train them again"), "{error}");
    assert_eq!(train(&ordinances()[..9], &book).unwrap_err(), TrainError::TooFew(9));
}

#[test]
fn the_shipped_weights_are_the_golden_ones_and_fit_the_built_in_codebook() {
    assert_eq!(sha256_hex(SHIPPED), GOLDEN);
    assert!(SHIPPED.len() <= 4_000_000, "{} bytes", SHIPPED.len());
    let engine = OfflineEngine::new(&Codebook::parse(BUILT_IN).unwrap()).unwrap();
    assert_eq!(engine.config().parameters["weights"], GOLDEN);
}

#[test]
fn cross_validation_labels_its_figures_and_sees_that_the_engine_learned() {
    let book = Codebook::parse(BOOK).unwrap();
    let report = cross_validate(&ordinances(), &book, Clock::fixed(), &Silent).unwrap();
    assert!(report.figures["topic_f1_present"] > 0.8, "{:?}", report.figures);
    let (low, high) = report.intervals["topic_f1_present"];
    assert!(low <= report.figures["topic_f1_present"] && report.figures["topic_f1_present"] <= high);
    let table = report.to_table();
    assert!(table.contains("agreement with a language-model reading, not validated by people"), "{table}");
    assert_eq!(report.to_json()["documents"], 40);
}

/// The ordinances as documents of the built-in codebook, each of the five label dimensions set by their words.
fn governed() -> Vec<Coded> {
    let mut docs = ordinances();
    for (i, doc) in docs.iter_mut().enumerate() {
        let quote = format!("This ordinance of {}", doc.text.split("port of ").nth(1).unwrap_or_default());
        let quote: String = quote.split('.').next().unwrap_or_default().to_owned();
        let mut labels = vec![("status", if i % 2 == 0 { "hard_law" } else { "other" }, 1)];
        if i % 3 == 0 {
            let set = [("risk", "2.2", 3), ("sector", "information", 3), ("lifecycle", "deploy", 1)];
            labels.extend(set);
            labels.push(("scope", "ai_systems", 1));
        }
        let coded = |(dimension, code, level): (&str, &str, u8)| CodedLabel {
            dimension: dimension.to_owned(),
            quotes: vec![doc.labels.first().map_or(&quote, |l| &l.quotes[0]).clone()],
            ..label(code, level, String::new())
        };
        doc.labels = labels.into_iter().map(coded).collect();
    }
    docs
}

#[test]
fn the_bench_has_the_keys_that_scripts_read_and_shows_what_confidence_is_worth() {
    let book = Codebook::parse(BUILT_IN).unwrap();
    let report = cross_validate(&governed(), &book, Clock::fixed(), &Silent).unwrap();
    let json = report.to_json();
    let keys = "risk_qwk risk_f1_present risk_f1_good risk_bias sector_qwk lifecycle_f1 scope_f1 status_accuracy \
                risk_code_qwk_mean quote_overlap weights_bytes train_seconds label";
    let missing: Vec<&str> = keys.split_whitespace().filter(|key| json.get(key).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?} of {json}");
    let table = report.to_table();
    for dimension in ["risk", "sector", "lifecycle", "scope", "status"] {
        assert!(table.contains(&format!("\n{dimension}: Brier score ")), "{table}");
    }
    assert_eq!(table.matches("share of errors among the surest").count(), 5, "{table}");
}

#[test]
fn labels_below_the_documented_threshold_are_low() {
    use lacuna_domain::judgement::Confidence;
    assert_eq!(Confidence::of(0.59), Confidence::Low);
    assert_eq!(Confidence::of(0.60), Confidence::Medium);
    let documented = include_str!("../../../docs/offline-engine.md");
    let said = format!("`low` below {:.2}", Confidence::LOW_BELOW);
    assert!(documented.contains(&said), "the page does not say {said:?}");
}

#[test]
fn a_coding_file_gives_its_labels_and_actors() {
    let json = r#"{"document_id": "7", "status": {"value": "soft_law", "quotes": ["We urge all"]},
        "risks": {"2.2": {"score": 3, "quotes": ["keep the weights safe"]}}, "sectors": {},
        "lifecycle": {"deploy": {"quotes": ["before release"]}}, "scope": {},
        "actors": {"target": {"entities": ["developers"], "types": ["ai_developer"], "quotes": []}}}"#;
    let coded = read(json, "text".to_owned(), None).unwrap();
    let labels: Vec<String> =
        coded.labels.iter().map(|l| format!("{}/{}={}", l.dimension, l.code, l.level)).collect();
    assert_eq!(labels, ["status/soft_law=1", "risk/2.2=3", "lifecycle/deploy=1"]);
    assert_eq!(coded.actors[0].entities, ["developers"]);
}

#[test]
fn distilling_beats_counting_cues_or_is_refused_and_says_what_more_coding_brings() {
    let book = Codebook::parse(BOOK).unwrap();
    let docs = ordinances();
    let (weights, worth) = distil(&docs, &book, "agreement with invented codings", &Silent).unwrap();
    assert!(OfflineEngine::with_weights(&book, weights).is_ok());
    assert!(worth.gain.low > 0.0 && worth.engine.value > worth.baseline.value, "{worth}");
    assert!(worth.to_string().contains("agreement with invented codings"), "{worth}");
    assert!(!worth.advice().is_empty());
    // Where cues decide everything there is nothing to win.
    let mut plain = docs;
    for doc in &mut plain {
        doc.labels.retain(|label| label.code == "smoke");
    }
    let refused = distil(&plain, &book, "agreement with invented codings", &Silent).unwrap_err();
    assert!(refused.to_string().contains("does not beat counting cues"), "{refused}");
}

#[test]
fn a_language_without_examples_is_said_to_be_unmeasured() {
    let engine = OfflineEngine::new(&Codebook::parse(BUILT_IN).unwrap()).unwrap();
    let text = "Art. 1. La discrimination algorithmique est interdite.\n\nLe fournisseur doit informer les personnes.\n";
    let drafts = engine.code(text, &segment(text), Some("fr"));
    assert!(!drafts.labels.is_empty());
    let ending = "Not measured: no coded examples in this language.";
    assert!(drafts.labels.iter().all(|label| label.reasoning.ends_with(ending)));
}
