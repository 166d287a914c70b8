//! Every older layout, filled with rows as a build of that layout wrote them, comes up to date with nothing lost.

use lacuna_domain::coding::Outcome;
use lacuna_domain::{Clock, TextId};

use crate::db::Tx;
use crate::migrate::{LAYOUT, migrate_to};
use crate::value::args;
use crate::{Change, Location, Store, StoreError, open};

const TEXT: &str = "The agency shall publish a register.";
const RUN: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Fills layout 1 as the first build did. A fixture is written once and never changed.
async fn populate_1(tx: &mut Tx) {
    let text = TextId::of(TEXT);
    let bytes: Vec<u8> = std::iter::once(0).chain(TEXT.bytes()).collect();
    let at = "2026-01-01T00:00:00.000000000Z";
    let coding = format!(
        r#"{{"run":"{RUN}","text":"{text}","coded_at":"{at}","judgements":[],"actors":[],"negatives":{{}},"rejections":[],"parts":{{}}}}"#
    );
    let coding: Vec<u8> = std::iter::once(0).chain(coding.bytes()).collect();
    let config =
        r#"{"codebook":"c","codebook_version":"1","codebook_hash":"h","engine":"offline","parameters":{}}"#;
    let rows = [
        (
            "INSERT INTO texts (id, language, quality, content) VALUES ($1, 'en', $2, $3)",
            args![&text, r#"{"letter_share":0.9,"garbage_share":0.0,"faults":[]}"#, bytes],
        ),
        (
            "INSERT INTO documents (id, sort_key, current, fiction, metadata) VALUES ('agora:9', 'agora:019', $1, 1, $2)",
            args![RUN, r#"{"official_name":"Register Order","fiction":true}"#],
        ),
        (
            "INSERT INTO versions (id, document, number, bytes_hash, media_type, text, ingested_at, page_starts, notes) \
          VALUES ($1, 'agora:9', 1, 'abc', 'text/plain', $2, $3, '[0]', '[]')",
            args![RUN, &text, at],
        ),
        (
            "INSERT INTO runs (id, codebook, config, labeller, name, started_at, finished_at) \
          VALUES ($1, 'c', $2, '\"machine\"', 'Offline engine', $3, $3)",
            args![RUN, config, at],
        ),
        (
            "INSERT INTO outcomes (run, text, state, at, reason, positives, rejected, body) \
          VALUES ($1, $2, 'coded', $3, NULL, 0, 0, $4)",
            args![RUN, &text, at, coding],
        ),
        (
            "INSERT INTO events (at, kind, run, text, message) VALUES ($1, 'failed', $2, $3, 'once')",
            args![at, RUN, &text],
        ),
        ("UPDATE revision SET value = 7 WHERE id = 1", vec![]),
    ];
    for (sql, args) in rows {
        tx.execute(sql, args).await.unwrap();
    }
}

/// Fills what layout 2 added: somebody who codes, and what they are to read.
async fn populate_2(tx: &mut Tx) {
    let at = "2026-01-01T00:00:00.000000000Z";
    let rows = [
        (
            "INSERT INTO users (name, role, password, added_at) VALUES ('ada', 'coder', '$argon2id$', $1)",
            args![at],
        ),
        (
            "INSERT INTO assignments (name, document, codebook, mode, stream, assigned_at) \
          VALUES ('ada', 'agora:9', 'c', 'blind', 'by hand', $1)",
            args![at],
        ),
    ];
    for (sql, args) in rows {
        tx.execute(sql, args).await.unwrap();
    }
}

/// Fills what layout 4 added: the ledger and the answers.
async fn populate_calls(tx: &mut Tx) {
    let at = "2026-01-01T00:00:00.000000000Z";
    let answer: Vec<u8> = std::iter::once(0).chain("{}".bytes()).collect();
    let rows = [
        (
            "INSERT INTO calls (run, text, step, request, attempt, engine, at, status, outcome, input_fresh, input_cached, \
          cache_write, output, micros, priced, latency_ms, batch, provider_id) \
          VALUES ($1, $2, '1', 'r', 1, 'openai:m', $3, 200, 'answered', 10, 20, 0, 5, 42, 1, 900, 0, NULL)",
            args![RUN, &TextId::of(TEXT), at],
        ),
        (
            "INSERT INTO answers (request, engine, at, body) VALUES ('r', 'openai:m', $1, $2)",
            args![at, answer.clone()],
        ),
        (
            "INSERT INTO batches (engine, id, submitted_at, body) VALUES ('openai:m', 'b', $1, $2)",
            args![at, answer],
        ),
    ];
    for (sql, args) in rows {
        tx.execute(sql, args).await.unwrap();
    }
}

/// Fills what layout 3 added: a relation.
async fn populate_relation(tx: &mut Tx) {
    let relation = r#"{"from":"agora:9","kind":"amends","to":null,"cited":"Tally Act","provision":null,"passage":null,"confidence":"high","source":"imported","holds":true}"#;
    let sql = "INSERT INTO relations (id, source, subject, object, body) VALUES ('r', 'imported', 'agora:9', NULL, $1)";
    tx.execute(sql, args![relation]).await.unwrap();
}

async fn populate_checks(tx: &mut Tx) {
    let sql = "INSERT INTO checks (run, at, body) VALUES ($1, '2026-01-01T00:00:00.000000000Z', $2)";
    let body: Vec<u8> = std::iter::once(0).chain(*b"7").collect();
    tx.execute(sql, args![RUN, body]).await.unwrap();
}

async fn populate_6(tx: &mut Tx) {
    populate_1(tx).await;
    populate_2(tx).await;
    populate_relation(tx).await;
    populate_calls(tx).await;
    populate_checks(tx).await;
    let sql =
        "INSERT INTO holds (run, holder, micros, at) VALUES ($1, 'a', 9, '2026-01-01T00:00:00.000000000Z')";
    tx.execute(sql, args![RUN]).await.unwrap();
}

async fn populate_7(tx: &mut Tx) {
    populate_6(tx).await;
    let sql = "INSERT INTO cards (weights, at, body) VALUES ('w', '2026-01-01T00:00:00.000000000Z', $1)";
    let body: Vec<u8> = std::iter::once(0).chain(*b"9").collect();
    tx.execute(sql, args![body]).await.unwrap();
}

/// What layout 8 added: money for batches, and the guess at a call.
async fn populate_lost(tx: &mut Tx) {
    let sql = "INSERT INTO holds (run, holder, micros, at, batch) \
               VALUES ($1, 'b', 8, '2026-01-01T00:00:00.000000000Z', 1)";
    tx.execute(sql, args![RUN]).await.unwrap();
    tx.execute("UPDATE calls SET guess = 28", vec![]).await.unwrap();
}

/// What layout 9 added: a change.
async fn populate_change(tx: &mut Tx) {
    let body = r#"{"metadata":[{"field":"enactment","before":"proposed","after":"adopted"}]}"#;
    let sql = "INSERT INTO changes (id, document, at, run, body) \
               VALUES ('c', 'agora:9', '2026-01-01T00:00:00.000000000Z', NULL, $1)";
    tx.execute(sql, args![body]).await.unwrap();
}

#[expect(clippy::cognitive_complexity, reason = "one arm or block for each layout")]
async fn populate(layout: i64, tx: &mut Tx) {
    match layout {
        1 => populate_1(tx).await,
        2 => {
            populate_1(tx).await;
            populate_2(tx).await;
        }
        3 => {
            populate_1(tx).await;
            populate_2(tx).await;
            populate_relation(tx).await;
        }
        4 => {
            populate_1(tx).await;
            populate_2(tx).await;
            populate_relation(tx).await;
            populate_calls(tx).await;
        }
        5 => {
            populate_1(tx).await;
            populate_2(tx).await;
            populate_relation(tx).await;
            populate_calls(tx).await;
            populate_checks(tx).await;
        }
        6 => populate_6(tx).await,
        7 => populate_7(tx).await,
        8 => {
            populate_7(tx).await;
            populate_lost(tx).await;
        }
        // Layout 10 added indexes alone.
        9 | 10 => {
            populate_7(tx).await;
            populate_lost(tx).await;
            populate_change(tx).await;
        }
        other => panic!("layout {other} has no fixture; write one with the migration"),
    }
}

#[tokio::test]
async fn every_layout_comes_up_to_date_with_nothing_lost() {
    for layout in 1..=LAYOUT {
        let folder = tempfile::tempdir().unwrap();
        check(layout, &Location::Folder(folder.path().to_owned())).await;
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "tests are told where PostgreSQL is through the environment")]
async fn every_layout_comes_up_to_date_on_postgresql() {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "DATABASE_URL must be set under CI=true");
        println!("skipped: DATABASE_URL names no PostgreSQL database");
        return;
    };
    for layout in 1..=LAYOUT {
        let schema = format!("lacuna_layout_{}_{layout}", std::process::id());
        let db = open::writable(&Location::Postgres(url.clone())).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.migrate(&format!("CREATE SCHEMA {schema}")).await.unwrap();
        tx.commit().await.unwrap();
        let join = if url.contains('?') { '&' } else { '?' };
        check(layout, &Location::Postgres(format!("{url}{join}options=-c%20search_path%3D{schema}"))).await;
        let mut tx = db.begin().await.unwrap();
        tx.migrate(&format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[expect(clippy::cognitive_complexity, reason = "one arm or block for each layout")]
async fn check(layout: i64, location: &Location) {
    let db = open::writable(location).await.unwrap();
    migrate_to(&db, layout).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    populate(layout, &mut tx).await;
    tx.commit().await.unwrap();
    db.close().await;

    if layout < LAYOUT {
        let error = Store::open_read_only(location, Clock::fixed()).await.unwrap_err();
        assert!(matches!(error, StoreError::Older { found, .. } if found == layout), "{error}");
    }
    let store = Store::open(location, Clock::fixed()).await.unwrap();
    nothing_is_lost(&store).await;
    if layout >= 2 {
        assert_eq!(store.users().await.unwrap()[0].name, "ada");
        assert!(store.is_blind("ada", &"agora:9".parse().unwrap()).await.unwrap());
    }
    if layout >= 5 {
        assert_eq!(store.checks::<u32>(&RUN.parse().unwrap()).await.unwrap(), Some(7));
    }
    if layout >= 3 {
        assert_eq!(store.relations().await.unwrap()[0].cited, "Tally Act");
    }
    if layout >= 4 {
        let run = RUN.parse().unwrap();
        assert_eq!(store.spend(&run).await.unwrap().micros, 42);
        assert_eq!(store.answer("r").await.unwrap().as_deref(), Some("{}"));
        assert_eq!(store.open_batches("openai:m").await.unwrap().len(), 1);
        let guess = if layout >= 8 { 28 } else { 0 };
        assert_eq!(store.calls(None, 0, 1).await.unwrap()[0].1.guess, guess);
    }
    if layout >= 7 {
        assert_eq!(store.cards::<u32>().await.unwrap(), [9]);
    }
    if layout >= 9 {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let changes = store.changes_of(&"agora:9".parse().unwrap(), None, now, 9).await.unwrap();
        assert!(matches!(&changes[0].change, Change::Metadata(fields) if fields[0].field == "enactment"));
    }
    store.close().await;
}

#[expect(clippy::cognitive_complexity, reason = "one thing after another")]
async fn nothing_is_lost(store: &Store) {
    let documents = store.documents().await.unwrap();
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0].metadata.official_name, "Register Order");
    let versions = store.versions(&documents[0].id).await.unwrap();
    let text = store.text(&versions[0].text).await.unwrap().unwrap();
    assert_eq!((text.content.as_str(), text.language.as_deref()), (TEXT, Some("en")));
    let run = store.runs().await.unwrap().remove(0);
    let outcome = store.outcome(&run.id, &text.id).await.unwrap();
    assert!(matches!(outcome, Some(Outcome::Coded(coding)) if coding.text == text.id));
    assert_eq!(store.pending_texts(&run.id).await.unwrap(), []);
    assert_eq!(store.events(0, 10).await.unwrap()[0].message, "once");
    assert_eq!(store.revision().await.unwrap(), 7);
    assert!(store.holds_fiction().await.unwrap());
}

#[tokio::test]
async fn a_store_of_a_newer_build_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let store = Store::open(&location, Clock::fixed()).await.unwrap();
    let mut tx = store.db.begin().await.unwrap();
    tx.execute("UPDATE layout SET number = number + 1 WHERE id = 1", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    for refused in [
        Store::open(&location, Clock::fixed()).await.unwrap_err(),
        Store::open_read_only(&location, Clock::fixed()).await.unwrap_err(),
    ] {
        assert!(refused.to_string().contains("written by a newer lacuna (layout"), "{refused}");
        assert!(refused.to_string().ends_with("update lacuna"), "{refused}");
    }
}
