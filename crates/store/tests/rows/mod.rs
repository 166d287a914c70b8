//! How many rows a coded document has: a coding is one row however many codes there are, so that a million documents
//! under 65 codes are no 65 million rows.

use std::collections::BTreeMap;

use lacuna_domain::coding::Outcome;
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::judgement::DraftQuote;
use lacuna_domain::{
    CodeId, Codebook, Coding, Confidence, Draft, Judgement, Run, RunConfig, RunId, Text, TextId, Value,
};
use lacuna_store::Location;
use sqlx::{AssertSqlSafe, Connection, Row as _, SqliteConnection};

use crate::ground::{Ground, incoming, text};
use crate::made::{CODEBOOK, coding, run, sheet};

const DOCUMENTS: usize = 40;
/// Rows of all tables together that a document may have: its own, its version, its text, a coding under each of two runs,
/// what changed between them, a sheet, and some to spare.
const MOST: usize = 10;

#[tokio::test]
async fn no_table_has_more_rows_when_there_are_more_codes() {
    let (few, many) = (rows_under(2).await, rows_under(65).await);
    assert_eq!(few, many);
    assert_eq!(usize::try_from(many["outcomes"]).unwrap(), 2 * DOCUMENTS, "{many:?}");
    let all = usize::try_from(many.values().sum::<i64>()).unwrap();
    assert!(all <= MOST * DOCUMENTS, "{all} rows of {DOCUMENTS} documents: {many:?}");
}

/// Rows of each table when documents were coded twice under so many codes, each time with the other half of the labels,
/// and a person said something of every code of each.
async fn rows_under(codes: usize) -> BTreeMap<String, i64> {
    let ground = Ground::sqlite();
    let store = ground.store().await;
    let words = |n: usize| format!("A deployer shall test harbour crane {n} each year.");
    let coming: Vec<_> =
        (0..DOCUMENTS).map(|n| incoming(&format!("agora:{n}"), "Crane Order", &words(n))).collect();
    store.put_documents(&coming).await.unwrap();
    let codes: Vec<CodeId> = (0..codes).map(|n| format!("crane_{n}").parse().unwrap()).collect();
    let source = with_codes(&codes);
    let codebook = Codebook::parse(&source).unwrap();
    store.put_codebook(&source, &codebook).await.unwrap();
    for (engine, half) in [("first", 0), ("second", 1)] {
        let run = under(&codebook, engine);
        store.start_run(&run).await.unwrap();
        let outcome = |n: usize| {
            let text = text(&words(n));
            let coding = every_second(&run.id, &text, &codes, half);
            (text.id, Outcome::Coded(Box::new(coding)))
        };
        let outcomes: Vec<_> = (0..DOCUMENTS).map(outcome).collect();
        store.put_outcomes(&run.id, &outcomes).await.unwrap();
        store.finish_run(&run.id).await.unwrap();
    }
    let said = |code: &CodeId| Decision::new("topic".parse().unwrap(), code.clone(), Value::Flag(true));
    let sheet = |n: usize| Sheet {
        text: Some(TextId::of(&words(n))),
        decisions: codes.iter().map(said).collect(),
        ..sheet(&format!("agora:{n}"), Mode::Imported, true)
    };
    store.put_sheets(&(0..DOCUMENTS).map(sheet).collect::<Vec<_>>()).await.unwrap();
    store.close().await;
    counted(&ground.location).await
}

/// The codebook of these tests with further codes.
fn with_codes(codes: &[CodeId]) -> String {
    let code = |id: &CodeId| {
        format!(
            "\n[[dimension.code]]\nid = \"{id}\"\nname = \"Crane {id}\"\ndefinition = \"Speaks of {id}\"\n"
        )
    };
    format!("{CODEBOOK}{}", codes.iter().map(code).collect::<Vec<_>>().concat())
}

/// A run of an engine under a codebook.
fn under(codebook: &Codebook, engine: &str) -> Run {
    let run = run(engine);
    let config = RunConfig { codebook_hash: codebook.hash.clone(), ..run.config };
    Run { id: config.id(), config, ..run }
}

/// A coding that finds every second code, from the first or the second on, and says of the others that they are not there.
fn every_second(run: &RunId, text: &Text, codes: &[CodeId], half: usize) -> Coding {
    let one = coding(run, text);
    let evidence = one.judgements[0].evidence();
    let found = |code: &CodeId| {
        let draft = Draft {
            dimension: "topic".parse().unwrap(),
            code: code.clone(),
            value: Value::Flag(true),
            confidence: Confidence::High,
            probability: Some(0.9),
            reasoning: "it says shall".to_owned(),
            quotes: vec![DraftQuote { words: "shall".to_owned(), at: None }],
        };
        Judgement::verified(draft, evidence.to_vec(), vec![]).unwrap()
    };
    let (present, absent): (Vec<_>, Vec<_>) =
        codes.iter().enumerate().partition(|(place, _)| place % 2 == half);
    let absent = absent.into_iter().map(|(_, code)| (code.clone(), Some(0.1))).collect();
    Coding {
        judgements: present.into_iter().map(|(_, code)| found(code)).collect(),
        negatives: BTreeMap::from([("topic".parse().unwrap(), absent)]),
        rejections: vec![],
        parts: BTreeMap::new(),
        ..one.clone()
    }
}

/// How many rows every table of a folder's database has.
async fn counted(location: &Location) -> BTreeMap<String, i64> {
    let Location::Folder(folder) = location else { unreachable!("a folder") };
    let file = format!("sqlite://{}", folder.join("lacuna.db").display());
    let mut raw = SqliteConnection::connect(&file).await.unwrap();
    let names = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let mut rows = BTreeMap::new();
    for table in sqlx::query(names).fetch_all(&mut raw).await.unwrap() {
        let name: String = table.get(0);
        let count = AssertSqlSafe(format!("SELECT count(*) FROM \"{name}\""));
        rows.insert(name, sqlx::query(count).fetch_one(&mut raw).await.unwrap().get(0));
    }
    rows
}
