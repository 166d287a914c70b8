//! What goes into a file comes back out of it.

use std::collections::BTreeMap;

use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::progress::Silent;
use lacuna_domain::run::{Labeller, Reader};
use lacuna_domain::text::Quality;
use lacuna_domain::{Clock, Codebook, Document, Metadata, Text, sha256_hex};
use lacuna_store::{Incoming, Location, NewVersion, Store};
use serde_json::Value as Json;

use super::{FileFormat, ImportOptions, ImportSummary, LabellerSpec, ReviewError, export, import};

const TEXT: &str = "HARBOUR AI ORDER\n\n1. A deployer shall test every AI system for bias before use.\n\n\
                    2. The Port Office may fine a deployer that keeps no log of the tests. Ärger und 日本語 stand here.\n";

const CODING: &str = r#"{
  "document_id": "7", "coder": "ada", "codebook": "1.1",
  "status": {"value": "hard_law", "quotes": ["The Port Office may fine a deployer"], "confidence": "high", "reasoning": "It fines."},
  "risks": {"1.1": {"score": 3, "quotes": ["A deployer shall test … system for bias before use", "words that stand nowhere at all"], "confidence": "low", "reasoning": "A test."}},
  "sectors": {},
  "lifecycle": {"verify_validate": {"quotes": ["shall test every AI system for bias before use"], "confidence": "medium"}},
  "scope": {"ai_systems": {"quotes": ["test every AI system"], "confidence": "high"}},
  "actors": {
    "proposer": {"entities": [], "types": [], "quotes": [], "reasoning": "Nobody is named."},
    "target": {"entities": ["A deployer"], "types": ["ai_deployer"], "quotes": ["A deployer shall test"], "reasoning": "It must test."},
    "enforcer": {"entities": ["The Port Office"], "types": ["governance_actor"], "quotes": ["The Port Office may fine"], "reasoning": "It fines."},
    "monitor": {"entities": [], "types": [], "quotes": [], "reasoning": ""}},
  "summary": "A port order.", "risk_summary": "Bias only."
}"#;

struct World {
    _folder: tempfile::TempDir,
    files: tempfile::TempDir,
    store: Store,
    codebook: Codebook,
}

impl World {
    async fn new() -> Self {
        Self::with(TEXT).await
    }

    async fn with(words: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
        let metadata =
            Metadata { official_name: "Harbour AI Order".to_owned(), fiction: true, ..Metadata::default() };
        let text = Text::new(words.to_owned(), Some("en".to_owned()), Quality::default());
        let version = NewVersion {
            bytes_hash: sha256_hex(words.as_bytes()),
            media_type: "text/plain".to_owned(),
            text,
            page_starts: vec![],
            notes: vec![],
        };
        let document = Document { id: "agora:7".parse().unwrap(), metadata };
        store.put_documents(&[Incoming { document, version: Some(version) }]).await.unwrap();
        let codebook = crate::codebooks::ai_governance().unwrap();
        store.put_codebook(crate::codebooks::AI_GOVERNANCE, &codebook).await.unwrap();
        Self { _folder: folder, files: tempfile::tempdir().unwrap(), store, codebook }
    }

    async fn bring_in(
        &self,
        name: &str,
        content: &str,
        labeller: &str,
    ) -> Result<ImportSummary, ReviewError> {
        let path = self.files.path().join(name);
        std::fs::write(&path, content).unwrap();
        let labeller =
            LabellerSpec { name: labeller.to_owned(), mode: Mode::Imported, reader: Reader::Person };
        let options = ImportOptions { labeller, coder: None };
        import(&self.store, &self.codebook, &path, &options, Clock::fixed(), &Silent).await
    }

    async fn sheets(&self, summary: &ImportSummary) -> Vec<Sheet> {
        self.store.sheets_of_run(&summary.run.id).await.unwrap()
    }
}

/// Everything but who and when.
fn said(sheets: &[Sheet]) -> (Vec<Decision>, BTreeMap<String, String>) {
    let decisions = sheets.iter().flat_map(|sheet| sheet.decisions.clone()).collect();
    (decisions, sheets.iter().flat_map(|sheet| sheet.notes.clone()).collect())
}

#[tokio::test]
async fn a_coding_is_read_with_its_quotes_located() {
    let world = World::new().await;
    let summary = world.bring_in("7.json", CODING, "Ada").await.unwrap();
    assert_eq!((summary.statements, summary.added, summary.located, summary.unlocated), (1, 1, 6, 1));
    assert_eq!(summary.run.labeller, Labeller::Imported);
    assert_eq!(summary.run.agreement_words(), "agreement with people");
    let sheets = world.sheets(&summary).await;
    let newest = Sheet::newest(&sheets);
    assert_eq!(
        newest.len(),
        super::statement::codes(&world.codebook).len(),
        "absent codes are negative labels"
    );
    let risk = newest[&("risk".parse().unwrap(), "1.1".parse().unwrap())];
    assert_eq!(risk.evidence[0].quote(), "A deployer shall test … system for bias before use");
    assert_eq!(risk.unlocated, ["words that stand nowhere at all"]);
    let target = newest[&("actor".parse().unwrap(), "target".parse().unwrap())];
    assert_eq!(target.entities, ["A deployer"]);
    let again = world.bring_in("7.json", CODING, "Ada").await.unwrap();
    assert_eq!(again.added, 0, "the same file again changes nothing");
}

#[tokio::test]
async fn every_form_comes_back_as_it_went_out() {
    let world = World::new().await;
    let first = world.bring_in("7.json", CODING, "Ada").await.unwrap();
    let original = said(&world.sheets(&first).await);
    for (name, format) in [
        ("all.json", FileFormat::Json),
        ("all.csv", FileFormat::Csv),
        ("tasks.json", FileFormat::LabelStudio),
    ] {
        let file = export(&world.store, &first.run, format).await.unwrap();
        let back = world.bring_in(name, &file, &format!("Ada by way of {name}")).await.unwrap();
        assert_eq!(said(&world.sheets(&back).await), original, "{name}");
    }
}

/// What of `json` is not as `schema` asks: the keywords that the coding schema uses.
fn faults(json: &Json, schema: &Json, root: &Json, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        found.extend(faults(json, &root["$defs"][name], root, at));
    }
    let is = match schema["type"].as_str() {
        Some("object") => json.is_object(),
        Some("array") => json.is_array(),
        Some("string") => json.is_string(),
        _ => true,
    };
    let one_of = schema["enum"].as_array().is_none_or(|all| all.contains(json));
    if !is || !one_of || schema.get("const").is_some_and(|only| only != json) {
        found.push(format!("{at}: {json}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        if json.get(name).is_none() {
            found.push(format!("{at} has no {name}"));
        }
    }
    for (name, value) in json.as_object().into_iter().flatten() {
        let own = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
        if let Some(own) = own {
            found.extend(faults(value, own, root, &format!("{at}.{name}")));
        }
    }
    let items = json.as_array().map_or(&[][..], Vec::as_slice);
    let bound = |name: &str, or: u64| schema[name].as_u64().unwrap_or(or) as usize;
    if json.is_array() && !(bound("minItems", 0)..=bound("maxItems", 999)).contains(&items.len()) {
        found.push(format!("{at} has {} items", items.len()));
    }
    if let Some(own) = schema.get("items") {
        found.extend(items.iter().flat_map(|item| faults(item, own, root, at)));
    }
    if json.as_str().is_some_and(|text| text.chars().count() < bound("minLength", 0)) {
        found.push(format!("{at} is short: {json}"));
    }
    found
}

#[tokio::test]
async fn what_is_written_is_in_the_shape_of_the_published_schema() {
    let Some(shared) = crate::shared_data::folder() else { return };
    let schema = std::fs::read_to_string(shared.join("codebook/annotation.schema.json")).unwrap();
    let schema: Json = serde_json::from_str(&schema).unwrap();
    let world = World::new().await;
    let brought = world.bring_in("7.json", CODING, "Ada").await.unwrap();
    let file = export(&world.store, &brought.run, FileFormat::Json).await.unwrap();
    let codings: Json = serde_json::from_str(&file).unwrap();
    assert_eq!(codings.as_array().unwrap().len(), 1);
    assert_eq!(faults(&codings[0], &schema, &schema, "coding"), Vec::<String>::new(), "{file}");
    // The judge sees what is wrong.
    let mut wrong = codings[0].clone();
    wrong["risks"]["1.1"]["score"] = 1.into();
    wrong["scope"]["ai_systems"]["quotes"] = serde_json::json!([]);
    wrong.as_object_mut().unwrap().remove("summary");
    let found = faults(&wrong, &schema, &schema, "coding");
    assert_eq!(found.len(), 3, "{found:?}");
}

/// Words that stand twice, after signs that take four bytes and two units of UTF-16 each.
const BEYOND: &str = "🚢🚢 HARBOUR 𝔸𝕀 ORDER\n\n1. A deployer shall keep a log of each test. 🧪\n\n2. 𝔸gain: A deployer shall keep a log of each test.\n";

#[tokio::test]
async fn offsets_count_code_points_and_say_which_of_two_places_is_meant() {
    let world = World::with(BEYOND).await;
    let words = "A deployer shall keep a log of each test";
    let places: Vec<usize> =
        BEYOND.match_indices(words).map(|(byte, _)| BEYOND[..byte].chars().count()).collect();
    assert_eq!(places.len(), 2);
    for (at, start) in places.iter().enumerate() {
        let task = serde_json::json!([{
            "data": { "document_id": "7", "codebook": "1.1" },
            "annotations": [{ "coder": "ada", "result": [
                { "from_name": "risk/1.1", "to_name": "text", "type": "choices", "value": { "choices": ["2"] } },
                { "from_name": "quote", "to_name": "text", "type": "labels",
                  "value": { "text": words, "labels": ["risk/1.1"], "start": start, "end": start + words.chars().count() } },
            ]}],
        }]);
        let name = format!("beyond-{at}.json");
        let summary = world.bring_in(&name, &task.to_string(), &format!("Ada {at}")).await.unwrap();
        let sheets = world.sheets(&summary).await;
        let evidence = &sheets[0].decisions.iter().find(|d| d.code.as_str() == "1.1").unwrap().evidence[0];
        assert_eq!(evidence.quote(), words);
        let byte = evidence.spans()[0].start();
        assert_eq!(BEYOND[..byte].chars().count(), *start, "the place that was marked");
        // And out again: the same place, counted in code points.
        let file = export(&world.store, &summary.run, FileFormat::LabelStudio).await.unwrap();
        let file: serde_json::Value = serde_json::from_str(&file).unwrap();
        let result = file[0]["annotations"][0]["result"].as_array().unwrap();
        let span = result.iter().find(|r| r["type"] == "labels").unwrap();
        assert_eq!(span["value"]["start"].as_u64(), Some(*start as u64), "{span}");
        let shown: String =
            file[0]["data"]["text"].as_str().unwrap().chars().skip(*start).take(words.len()).collect();
        assert_eq!(shown, words, "the offsets are those of the text in the task");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_meant_is_refused_with_its_place() {
    let world = World::new().await;
    let unknown = CODING.replace("\"1.1\": {\"score\"", "\"9.9\": {\"score\"");
    let error = world.bring_in("bad.json", &unknown, "Ada").await.unwrap_err().to_string();
    assert!(error.contains("risks 9.9") && error.contains("no such code"), "{error}");
    let level = CODING.replace("\"score\": 3", "\"score\": 7");
    let error = world.bring_in("bad.json", &level, "Ada").await.unwrap_err().to_string();
    assert!(error.contains("give a level from 1 to 3"), "{error}");
    let two = format!("[{CODING},{}]", CODING.replace("\"ada\"", "\"ben\""));
    let error = world.bring_in("two.json", &two, "Ada").await.unwrap_err().to_string();
    assert!(error.contains("one coder at a time"), "{error}");
    let gone = CODING.replace("\"7\"", "\"404\"");
    assert_eq!(world.bring_in("gone.json", &gone, "Ada").await.unwrap().unknown_documents, ["404"]);
}

#[test]
fn each_way_of_working_is_a_run_of_its_own() {
    let codebook = crate::codebooks::ai_governance().unwrap();
    let at = Clock::fixed().now();
    let run =
        |mode, reader| LabellerSpec { name: "Ada".to_owned(), mode, reader }.run(&codebook, at).unwrap();
    let (blind, assisted) = (run(Mode::Blind, Reader::Person), run(Mode::Assisted, Reader::Person));
    assert_ne!(blind.id, assisted.id);
    assert_eq!((blind.labeller, blind.name.as_str()), (Labeller::People, "Ada (blind)"));
    let model = run(Mode::Imported, Reader::LanguageModel);
    assert_eq!(model.agreement_words(), "agreement with a language-model reading");
    assert!(LabellerSpec::person(" ", Mode::Blind).run(&codebook, at).is_err());
}
