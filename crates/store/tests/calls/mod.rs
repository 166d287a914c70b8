//! The story of paid calls, told on both databases.

use crate::ground::Ground;
use lacuna_domain::{Clock, RunId, TextId};
use lacuna_store::{Call, OpenBatch, Paid, Store, Wish};

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
    }
}

#[expect(clippy::cognitive_complexity, reason = "one story of many small steps")]
async fn story(store: &Store) {
    let failed = Paid { call: call("r1", 1, "throttled", 0), answer: None };
    let answered = Paid { call: call("r1", 2, "answered", 42), answer: Some("first".to_owned()) };
    store.put_calls(&[failed, answered.clone()]).await.unwrap();
    assert_eq!(store.answer("r1").await.unwrap().as_deref(), Some("first"));
    assert_eq!(store.answer("r2").await.unwrap(), None);

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
    store.put_batch(&batch).await.unwrap();
    store.put_batch(&batch).await.unwrap();
    assert_eq!(store.open_batches("openai:m").await.unwrap(), [batch]);
    let item = Paid { call: call("r3", 1, "answered", 7), answer: Some("batched".to_owned()) };
    assert!(store.close_batch("openai:m", "b1", std::slice::from_ref(&item)).await.unwrap());
    assert!(!store.close_batch("openai:m", "b1", &[item]).await.unwrap(), "closed twice, written once");
    assert_eq!(store.spend(&run()).await.unwrap().micros, 91);
}

/// Two processes keep one budget: what the ledger of [`story`] holds, and 100 more.
async fn budget(store: &Store) {
    let (run, now) = (run(), Clock::fixed().now());
    let spent = store.spend(&run).await.unwrap().micros;
    let wish = |holder, least, most, later: i64| Wish {
        run: &run,
        holder,
        limit: spent + 100,
        kept: 0,
        least,
        most,
        at: now + jiff::SignedDuration::from_secs(later),
        alive_since: now + jiff::SignedDuration::from_secs(later - 90),
    };
    let (first, second) = (wish("one", 60, 60, 0), wish("other", 60, 60, 0));
    let (one, other) = tokio::join!(store.hold(&first), store.hold(&second));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(one.granted != other.granted, "one of them, and never both: {one:?} {other:?}");
    assert_eq!((one.own + other.own, one.spent), (60, spent));
    let (winner, loser) = if one.granted { ("one", "other") } else { ("other", "one") };
    let rest = store.hold(&wish(loser, 10, 60, 1)).await.unwrap();
    assert_eq!((rest.granted, rest.own, rest.others), (true, 40, 60), "as much as is left");
    store.still_held(&run, loser, now + jiff::SignedDuration::from_secs(80)).await.unwrap();
    let third = store.hold(&wish("third", 60, 60, 100)).await.unwrap();
    assert_eq!((third.granted, third.own), (true, 60), "{winner} was not heard of; {loser} was");
    store.let_go(&run, loser).await.unwrap();
    assert_eq!(store.hold(&wish("fourth", 1, 100, 100)).await.unwrap().own, 40);
}
