//! What other programs rely on: rows, columns, offsets, markers.

use std::collections::BTreeMap;

use lacuna_domain::coding::{Coding, Outcome};
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::judgement::{
    ActorDraft, ActorJudgement, Draft, Entity, Judgement, Rejection, TriedQuote, Value,
};
use lacuna_domain::relation::{Relation, RelationKind, RelationSource};
use lacuna_domain::run::Labeller;
use lacuna_domain::text::Quality;
use lacuna_domain::{
    Clock, Codebook, CodebookId, Confidence, Document, Evidence, Metadata, QuoteState, Run, RunConfig, Span,
    Text, sha256_hex,
};
use lacuna_store::{Incoming, Location, NewVersion, Store};
use serde_json::Value as Json;

use super::{Format, Scope, choose_run, documents, judgements};

const CODEBOOK: &str = r#"
[codebook]
id = "ai-governance"
version = "1.1"
title = "Small"

[[dimension]]
id = "risk"
name = "Risk coverage"
kind = "ordinal"
level = [{ value = 1, name = "No coverage" }, { value = 2, name = "Minimal" }, { value = 3, name = "Good" }]
code = [
  { id = "2.1", name = "Privacy", definition = "Privacy." },
  { id = "2.2", name = "Security", definition = "Security." },
]

[[dimension]]
id = "lifecycle"
name = "Lifecycle"
kind = "flag"
code = [{ id = "deploy", name = "Deploy", definition = "Release." }]

[[dimension]]
id = "actor"
name = "Actors"
kind = "actor"
type = [{ id = "ai_deployer", name = "AI deployer", definition = "Uses." }]
code = [
  { id = "target", name = "Target", definition = "Must act." },
  { id = "enforcer", name = "Enforcer", definition = "Can compel." },
]

[[dimension]]
id = "status"
name = "Form"
kind = "choice"
code = [{ id = "hard_law", name = "Hard law", definition = "Binding." }]
"#;

const TEXT: &str =
    "Präambel. A deployer — and a reseller — shall secure the system before use, and log each attack.";

struct World {
    store: Store,
    run: Run,
    _folder: tempfile::TempDir,
}

fn span(words: &str) -> Span {
    let start = TEXT.find(words).unwrap();
    Span::new(TEXT, start, start + words.len()).unwrap()
}

fn evidence(parts: &[&str]) -> Evidence {
    let state = if parts.len() > 1 { QuoteState::Elided } else { QuoteState::Exact };
    Evidence::located(TEXT, parts.iter().map(|words| span(words)).collect(), state, 1).unwrap()
}

fn draft(dimension: &str, code: &str, value: Value) -> Draft {
    Draft {
        dimension: dimension.parse().unwrap(),
        code: code.parse().unwrap(),
        value,
        confidence: Confidence::High,
        probability: Some(0.9),
        reasoning: "=names the duty".to_owned(),
        quotes: vec![],
    }
}

fn role(role: &str, entities: &[&str]) -> ActorJudgement {
    let named =
        entities.iter().map(|name| Entity { name: (*name).to_owned(), at: evidence(&[name]) }).collect();
    let draft = ActorDraft {
        dimension: "actor".parse().unwrap(),
        role: role.parse().unwrap(),
        entities: entities.iter().map(|&name| name.to_owned()).collect(),
        types: vec!["ai_deployer".parse().unwrap()],
        confidence: Confidence::Medium,
        probability: None,
        reasoning: "looked for a duty".to_owned(),
        quotes: vec![],
    };
    ActorJudgement::verified(draft, named, vec![evidence(&["shall secure the system"])], vec![]).0
}

fn coding(run: &Run, text: &Text) -> Coding {
    let judge = |draft: Draft, quotes: Vec<Evidence>| Judgement::verified(draft, quotes, vec![]).unwrap();
    let elided = evidence(&["shall secure the system", "log each attack"]);
    Coding {
        run: run.id.clone(),
        text: text.id.clone(),
        coded_at: Clock::fixed().now(),
        judgements: vec![judge(
            draft("risk", "2.2", Value::Level(3)),
            vec![evidence(&["before use"]), elided],
        )],
        actors: vec![role("target", &["A deployer", "a reseller"]), role("enforcer", &[])],
        negatives: BTreeMap::from([(
            "lifecycle".parse().unwrap(),
            BTreeMap::from([("deploy".parse().unwrap(), Some(0.75))]),
        )]),
        rejections: vec![Rejection {
            dimension: "lifecycle".parse().unwrap(),
            code: "deploy".parse().unwrap(),
            claimed: Some(Value::Flag(true)),
            tried: vec![TriedQuote { words: "invented".to_owned(), state: QuoteState::Absent }],
        }],
        parts: BTreeMap::new(),
        asides: lacuna_domain::coding::Asides::default(),
    }
}

fn run_of(engine: &str, labeller: Labeller, codebook: &Codebook) -> Run {
    let config = RunConfig {
        codebook: codebook.id.clone(),
        codebook_version: codebook.version.clone(),
        codebook_hash: codebook.hash.clone(),
        engine: engine.to_owned(),
        parameters: BTreeMap::new(),
    };
    let started_at = Clock::fixed().now();
    Run { id: config.id(), config, labeller, name: engine.to_owned(), started_at, finished_at: None }
}

fn incoming(id: &str, text: Option<&Text>) -> Incoming {
    let gazetted = StatusEvent {
        state: Enactment::InForce,
        date: Some(jiff::civil::date(2025, 6, 1)),
        source_word: "Gazetted".to_owned(),
    };
    let metadata = Metadata {
        history: ["demo:2", "demo:3"].contains(&id).then_some(gazetted).into_iter().collect(),
        official_name: "+Security \"Act\",\nas amended".to_owned(),
        fiction: id == "demo:1",
        private: id == "demo:secret",
        extra: BTreeMap::from([("Tags".to_owned(), "@risk".to_owned())]),
        ..Metadata::default()
    };
    let version = text.map(|text| NewVersion {
        bytes_hash: sha256_hex(text.content.as_bytes()),
        media_type: "text/plain".to_owned(),
        text: text.clone(),
        page_starts: vec![],
        notes: vec![],
    });
    Incoming { document: Document { id: id.parse().unwrap(), metadata }, version }
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
    let codebook = Codebook::parse(CODEBOOK).unwrap();
    store.put_codebook(CODEBOOK, &codebook).await.unwrap();
    let text = Text::new(TEXT.to_owned(), Some("en".to_owned()), Quality::default());
    let other = Text::new("Not coded.".to_owned(), None, Quality::default());
    let all = [
        incoming("demo:1", Some(&text)),
        incoming("demo:2", Some(&text)),
        incoming("demo:3", Some(&other)),
        incoming("demo:4", None),
        incoming("demo:secret", Some(&text)),
    ];
    store.put_documents(&all).await.unwrap();
    let run = run_of("offline", Labeller::Machine, &codebook);
    store.start_run(&run).await.unwrap();
    let outcomes = [
        (text.id.clone(), Outcome::Coded(Box::new(coding(&run, &text)))),
        (other.id.clone(), Outcome::Skipped("too short".to_owned())),
    ];
    store.put_outcomes(&run.id, &outcomes).await.unwrap();
    store.finish_run(&run.id).await.unwrap();
    World { store, run, _folder: folder }
}

fn sheet(run: &Run, mode: Mode, code: &str, value: Value) -> Sheet {
    Sheet {
        document: "demo:1".parse().unwrap(),
        text: None,
        codebook: "ai-governance".parse().unwrap(),
        run: run.id.clone(),
        labeller: "Ada".to_owned(),
        mode,
        validated: false,
        at: Clock::fixed().now(),
        decisions: vec![Decision::new("risk".parse().unwrap(), code.parse().unwrap(), value)],
        notes: BTreeMap::new(),
    }
}

async fn export(world: &World, run: &Run, format: Format) -> String {
    let mut out = Vec::new();
    judgements(&world.store, run, Scope::All, format, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `code value level rejected entity` of each row of a document.
fn shown(rows: &[Json], document: &str) -> String {
    let of = rows.iter().filter(|row| row["document"] == document);
    of.map(|row| {
        let quotes = row["evidence"].as_array().unwrap().len();
        format!(
            "{} {} {} {} p={} rejected={} entity={} types={} quotes={quotes}",
            row["dimension"],
            row["code"],
            row["value"],
            row["level"],
            row["probability"],
            row["rejected"],
            row["entity"],
            row["types"],
        )
    })
    .collect::<Vec<_>>()
    .join("\n")
    .replace('"', "")
}

#[tokio::test]
async fn every_code_has_a_row_and_every_role_too() {
    let world = world().await;
    let rows = lines(&export(&world, &world.run, Format::Jsonl).await);
    insta::assert_snapshot!(shown(&rows, "demo:1"), @"
    risk 2.1 1 No coverage p=null rejected=false entity=null types=[] quotes=0
    risk 2.2 3 Good p=0.9 rejected=false entity=null types=[] quotes=2
    lifecycle deploy 0 No p=0.75 rejected=true entity=null types=[] quotes=0
    status status null Not determined p=null rejected=false entity=null types=[] quotes=0
    actor target 1 Named p=null rejected=false entity=A deployer types=[ai_deployer] quotes=1
    actor target 1 Named p=null rejected=false entity=a reseller types=[ai_deployer] quotes=1
    actor enforcer 0 Not named p=null rejected=false entity=null types=[] quotes=0
    ");
    assert_eq!(shown(&rows, "demo:2"), shown(&rows, "demo:1"), "one text, one coding");
    assert_eq!(rows.len(), 14, "no rows for what is not coded, nor for what is private");
    assert!(rows.iter().all(|row| row["fiction"] == (row["document"] == "demo:1")));
    assert!(
        rows.iter().all(|row| row["run"] == world.run.id.as_str() && row["codebook"] == "ai-governance 1.1")
    );
}

#[tokio::test]
async fn offsets_count_code_points_and_elided_quotes_list_their_spans() {
    let world = world().await;
    let rows = lines(&export(&world, &world.run, Format::Jsonl).await);
    let points: Vec<char> = TEXT.chars().collect();
    let part = |at: &Json| -> String {
        points[at["start"].as_u64().unwrap() as usize..at["end"].as_u64().unwrap() as usize].iter().collect()
    };
    let mut checked = 0;
    for evidence in rows.iter().flat_map(|row| row["evidence"].as_array().unwrap()) {
        match evidence["spans"].as_array() {
            None => assert_eq!(evidence["quote"], part(evidence)),
            Some(spans) => {
                assert_eq!(evidence["state"], "elided");
                assert_eq!(evidence["quote"], spans.iter().map(part).collect::<Vec<_>>().join(" … "));
                assert_eq!((&evidence["start"], &evidence["end"]), (&spans[0]["start"], &spans[1]["end"]));
            }
        }
        checked += 1;
    }
    assert_eq!(checked, 8);
}

#[tokio::test]
async fn csv_has_the_same_rows_and_no_formula() {
    let world = world().await;
    let json = lines(&export(&world, &world.run, Format::Jsonl).await);
    let text = export(&world, &world.run, Format::Csv).await;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), json.len());
    for (cells, row) in rows.iter().zip(&json) {
        for (name, cell) in header.iter().zip(cells) {
            let same = match &row[name] {
                Json::Null => cell.is_empty(),
                Json::String(text) => cell.strip_prefix('\'').unwrap_or(cell) == text,
                other => serde_json::from_str::<Json>(cell).unwrap() == *other,
            };
            assert!(same, "{name}: {cell} is not {}", row[name]);
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
    }
    assert!(header.iter().eq(super::JudgementRow::columns()));
    assert!(rows.iter().any(|cells| &cells[8] == "'=names the duty"));
    assert!(text.ends_with("\r\n"), "RFC 4180 ends lines with CR LF");
}

#[tokio::test]
async fn documents_carry_all_metadata() {
    let world = world().await;
    let revoked = Relation {
        from: "demo:3".parse().unwrap(),
        kind: RelationKind::Revokes,
        to: Some("demo:2".parse().unwrap()),
        cited: "the Act".to_owned(),
        provision: None,
        passage: None,
        confidence: Confidence::High,
        source: RelationSource::Imported,
        holds: true,
    };
    world.store.put_imported_relations(&[revoked]).await.unwrap();
    let mut out = Vec::new();
    documents(&world.store, Some(&world.run), Scope::All, Format::Jsonl, &mut out).await.unwrap();
    let rows = lines(std::str::from_utf8(&out).unwrap());
    let states: Vec<&Json> = rows.iter().map(|row| &row["coding"]).collect();
    assert_eq!(
        states,
        ["coded", "coded", "skipped"].map(Json::from).iter().chain([&Json::Null]).collect::<Vec<_>>()
    );
    assert_eq!(rows[0]["same_text_as"], serde_json::json!(["demo:2"]), "the private copy is not told of");
    assert_eq!(rows[2]["coding_reason"], "too short");
    assert_eq!(rows[0]["extra"]["Tags"], "@risk");
    let told: Vec<String> =
        rows.iter().map(|row| format!("{} {}", row["state"], row["state_source"])).collect();
    let gazetted = "\"in_force\" \"catalogue: Gazetted\"";
    assert_eq!(told, ["\"unknown\" null", "\"revoked\" \"demo:3\"", gazetted, "\"unknown\" null"]);
    let mut out = Vec::new();
    let one = ["demo:3".parse().unwrap(), "demo:secret".parse().unwrap()];
    let written =
        documents(&world.store, Some(&world.run), Scope::These(&one), Format::Csv, &mut out).await.unwrap();
    assert_eq!(written.rows, 1);
    let mut reader = csv::Reader::from_reader(out.as_slice());
    let header = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| row[header.iter().position(|column| column == name).unwrap()].to_owned();
    assert_eq!(cell("official_name"), "'+Security \"Act\",\nas amended");
    assert_eq!((cell("extra: Tags"), cell("fiction")), ("'@risk".to_owned(), "false".to_owned()));
}

#[tokio::test]
async fn only_a_person_of_this_store_reviews() {
    let world = world().await;
    let codebook = Codebook::parse(CODEBOOK).unwrap();
    let imported = run_of("imported:annotators", Labeller::Imported, &codebook);
    world.store.start_run(&imported).await.unwrap();
    world.store.put_sheets(&[sheet(&imported, Mode::Imported, "2.1", Value::Level(2))]).await.unwrap();
    let reviewed = |text: String| {
        let rows = lines(&text);
        let reviewed = rows.iter().filter(|row| row["reviewed"] == true);
        reviewed
            .map(|row| format!("{} {}", row["document"], row["code"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    assert!(reviewed(export(&world, &world.run, Format::Jsonl).await).is_empty());
    world.store.put_sheets(&[sheet(&imported, Mode::Blind, "2.2", Value::Level(3))]).await.unwrap();
    assert_eq!(reviewed(export(&world, &world.run, Format::Jsonl).await), ["demo:1 2.2"]);
}

#[tokio::test]
async fn imported_labels_are_a_run_of_their_own() {
    let world = world().await;
    let codebook = Codebook::parse(CODEBOOK).unwrap();
    let imported = run_of("imported:annotators", Labeller::Imported, &codebook);
    world.store.start_run(&imported).await.unwrap();
    let sheets = [("2.1", 2), ("2.2", 1), ("2.1", 3)]
        .map(|(code, level)| sheet(&imported, Mode::Imported, code, Value::Level(level)));
    world.store.put_sheets(&sheets).await.unwrap();
    world.store.finish_run(&imported.id).await.unwrap();
    let rows = lines(&export(&world, &imported, Format::Jsonl).await);
    let told: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {} {} {}", row["code"], row["value"], row["reasoning"], row["confidence"]))
        .collect();
    assert_eq!(told, ["\"2.1\" 3 \"no passage recorded\" null", "\"2.2\" 1 \"\" null"]);
    let id: CodebookId = "ai-governance".parse().unwrap();
    let chosen = |wish: Option<&'static str>| choose_run(&world.store, wish, &id);
    assert_eq!(chosen(None).await.unwrap().id, world.run.id, "people's labels are never the run by default");
    assert_eq!(chosen(Some("imported:annotators")).await.unwrap().id, imported.id);
    let error = chosen(Some("nobody")).await.unwrap_err().to_string();
    assert!(error.starts_with("there is no run \"nobody\"; use ") && error.contains("(offline)"), "{error}");
    let other: CodebookId = "other".parse().unwrap();
    let error = choose_run(&world.store, None, &other).await.unwrap_err().to_string();
    assert_eq!(error, "no run of the codebook other is finished; run `lacuna classify` first");
}

#[test]
fn the_reference_page_names_every_column() {
    let page = include_str!("../../../../../docs/reference/export.md");
    let (judgements, documents) = page.split_once("\n## documents").unwrap();
    for column in super::JudgementRow::columns() {
        assert!(judgements.contains(&format!("| `{column}` |")), "{column}");
    }
    for column in super::DocumentRow::columns(&std::collections::BTreeSet::new()) {
        assert!(documents.contains(&format!("| `{column}` |")), "{column}");
    }
}
