//! The story of paid calls, told on both databases.

use crate::ground::Ground;
use lacuna_domain::{Clock, RunId, TextId};
use lacuna_store::{Call, Hold, LOST, Measured, OpenBatch, Paid, Store, Wish};
use sqlx::{Connection, SqliteConnection};

#[tokio::test]
async fn the_ledger_on_sqlite() {
    let ground = Ground::sqlite();
    story(&ground.store().await).await;
    budget(&ground.store().await).await;
    ground.give_up().await;
}

#[tokio::test]
async fn the_ledger_on_postgresql() {
    let Some(ground) = Ground::postgres().await else { return };
    story(&ground.store().await).await;
    budget(&ground.store().await).await;
    ground.give_up().await;
}

/// The one trip to SQLite in which a call and its answer are written is one transaction.
#[tokio::test]
async fn a_call_whose_answer_cannot_be_written_is_not_written_either() {
    let ground = Ground::sqlite();
    let store = ground.store().await;
    let lacuna_store::Location::Folder(folder) = &ground.location else { unreachable!("a folder") };
    let file = format!("sqlite://{}", folder.join("lacuna.db").display());
    let mut raw = SqliteConnection::connect(&file).await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::raw_sql(refuse).execute(&mut raw).await.unwrap();
    let paid = Paid { call: call("r1", 1, "answered", 42), answer: Some("an answer".to_owned()) };
    store.put_calls(std::slice::from_ref(&paid)).await.unwrap_err();
    assert_eq!(store.spend(&run()).await.unwrap().calls, 0);

    sqlx::raw_sql("DROP TRIGGER refuse").execute(&mut raw).await.unwrap();
    store.put_calls(&[paid]).await.unwrap();
    assert_eq!(store.spend(&run()).await.unwrap().calls, 1, "and nothing stands in the way of the next");
    assert_eq!(store.answer("r1").await.unwrap().as_deref(), Some("an answer"));
    ground.give_up().await;
}

fn run() -> RunId {
    RunId::of(b"run")
}

fn call(request: &str, attempt: u32, outcome: &str, micros: u64) -> Call {
    Call {
        run: run(),
        text: TextId::of("text"),
        step: "1".to_owned(),
        request: request.to_owned(),
        attempt,
        engine: "openai:m".to_owned(),
        at: Clock::fixed().now(),
        status: if outcome == "answered" { 200 } else { 429 },
        outcome: outcome.to_owned(),
        input_fresh: 10,
        input_cached: 20,
        cache_write: 0,
        output: 5,
        micros,
        priced: micros > 0,
        latency_ms: 900,
        batch: false,
        provider_id: Some("p\0".to_owned()),
        guess: 25,
    }
}

#[expect(clippy::cognitive_complexity, reason = "one story of many small steps")]
async fn story(store: &Store) {
    let failed = Paid { call: call("r1", 1, "throttled", 0), answer: None };
    let answered = Paid { call: call("r1", 2, "answered", 42), answer: Some("first".to_owned()) };
    store.put_calls(&[failed, answered.clone()]).await.unwrap();
    assert_eq!(store.answer("r1").await.unwrap().as_deref(), Some("first"));
    assert_eq!(store.answer("r2").await.unwrap(), None);
    let many: Vec<String> = (0..40).map(|n| format!("r{n}")).collect();
    let found: Vec<_> = store.answers(&many).await.unwrap().into_iter().collect();
    assert_eq!(found, [("r1".to_owned(), "first".to_owned())], "looked up together");

    let late = Paid { answer: Some("second".to_owned()), ..answered };
    store.put_calls(std::slice::from_ref(&late)).await.unwrap();
    assert_eq!(store.answer("r1").await.unwrap().as_deref(), Some("first"), "the first answer stays");
    let spend = store.spend(&run()).await.unwrap();
    assert_eq!((spend.calls, spend.answered, spend.micros, spend.unpriced), (3, 2, 84, 1));
    assert_eq!(store.spend(&RunId::of(b"other")).await.unwrap(), lacuna_store::Spend::default());

    let rows = store.calls(Some(&run()), 0, 10).await.unwrap();
    assert_eq!(rows.len(), 3);
    let expected = Call { provider_id: Some("p\u{fffd}".to_owned()), ..call("r1", 1, "throttled", 0) };
    assert_eq!(rows[0].1, expected);
    assert_eq!(store.calls(None, rows[1].0, 10).await.unwrap().len(), 1);
    let lines = store.spend_lines().await.unwrap();
    assert_eq!((lines.len(), lines[0].day.as_str(), lines[0].spend.micros), (1, "2026-01-01", 84));

    let batch = OpenBatch {
        engine: "openai:m".to_owned(),
        id: "b1".to_owned(),
        submitted_at: Clock::fixed().now(),
        body: "{}".to_owned(),
    };
    store.put_batch(&OpenBatch { body: "planned".to_owned(), ..batch.clone() }).await.unwrap();
    store.put_batch(&batch).await.unwrap();
    assert_eq!(store.open_batches("openai:m").await.unwrap(), std::slice::from_ref(&batch));
    store.put_batch(&OpenBatch { id: "b0".to_owned(), ..batch }).await.unwrap();
    store.drop_batch("openai:m", "b0").await.unwrap();
    let item = Paid { call: call("r3", 1, "answered", 7), answer: Some("batched".to_owned()) };
    assert!(store.close_batch("openai:m", "b1", std::slice::from_ref(&item), None).await.unwrap());
    assert!(!store.close_batch("openai:m", "b1", &[item], None).await.unwrap(), "closed twice, written once");
    assert_eq!(store.spend(&run()).await.unwrap().micros, 91);
    let measured = Measured { calls: 3, guess: 75, input: 90, output: 15 };
    assert_eq!(store.measured("openai:m").await.unwrap(), measured, "what failed is left out");
    assert_eq!(store.measured("openai:other").await.unwrap(), Measured::default());
}

/// Two processes keep one budget: what the ledger of [`story`] holds, and 100 more.
async fn budget(store: &Store) {
    let (run, now) = (run(), Clock::fixed().now());
    let spent = store.spend(&run).await.unwrap().micros;
    let wish = |holder, least, most| Wish {
        run: &run,
        holder,
        batch: false,
        limit: spent + 100,
        least,
        most,
        at: now,
    };
    let (first, second) = (wish("one", 60, 60), wish("other", 60, 60));
    let (one, other) = tokio::join!(store.hold(&first), store.hold(&second));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.added + other.added, one.spent), (60, spent), "one of them, and never both");
    let (winner, loser) = if one.added > 0 { ("one", "other") } else { ("other", "one") };
    let rest = store.hold(&wish(loser, 10, 60)).await.unwrap();
    let winners = Hold { holder: winner.to_owned(), micros: 60, at: now };
    assert_eq!((rest.added, rest.others), (40, vec![winners.clone()]), "as much as is left");

    // A call of the loser ends: its price moves from what is set aside into the ledger, at once.
    let paid = Paid { call: call("r4", 1, "answered", 30), answer: None };
    store.put_calls_of(&[paid], Some(loser)).await.unwrap();
    let none = store.hold(&wish("third", 1, 60)).await.unwrap();
    let of_loser = none.others.iter().find(|hold| hold.holder == loser).unwrap().micros;
    assert_eq!((none.added, none.spent, of_loser), (0, spent + 30, 10));

    // The winner is heard of, so it is not dead, whatever the clocks say; then it is not heard of again.
    let later = now + jiff::SignedDuration::from_secs(-80);
    store.still_held(&run, winner, later).await.unwrap();
    assert_eq!(store.count_lost(&run, &winners, now).await.unwrap(), None);
    let winners = Hold { at: later, ..winners };
    assert_eq!(store.count_lost(&run, &winners, now).await.unwrap(), Some(60));
    assert_eq!(store.count_lost(&run, &winners, now).await.unwrap(), None, "counted once");
    assert_eq!(store.spend(&run).await.unwrap().micros, spent + 90);
    let (_, row) = store.calls(Some(&run), 0, 100).await.unwrap().pop().unwrap();
    assert_eq!((row.outcome.as_str(), row.micros, row.provider_id.as_deref()), (LOST, 60, Some(winner)));
    store.let_go(&run, loser).await.unwrap();
    assert_eq!(store.hold(&wish("fourth", 1, 100)).await.unwrap().added, 10);
}
