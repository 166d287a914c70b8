//! Budgets of one process, of several, and of some that died.

use super::*;

#[tokio::test]
async fn a_call_that_could_pass_the_limit_is_not_started() {
    let budget = Budget::new(Some(Micros(100)), Micros(40));
    budget.reserve(Micros(50)).await.unwrap();
    budget.settle(Micros(50), Micros(5));
    assert_eq!(budget.spent(), Micros(45));
    budget.reserve(Micros(55)).await.unwrap();
    budget.settle(Micros(55), Micros(55));
    let error = budget.reserve(Micros(1)).await.unwrap_err().to_string();
    assert!(
        error.starts_with("the budget of $0.0001 does not allow another call: $0.0001 is spent"),
        "{error}"
    );
}

#[tokio::test]
async fn a_call_waits_for_those_in_flight() {
    let budget = Arc::new(Budget::new(Some(Micros(100)), Micros(0)));
    budget.reserve(Micros(90)).await.unwrap();
    let second = tokio::spawn({
        let budget = Arc::clone(&budget);
        async move { budget.reserve(Micros(90)).await }
    });
    tokio::task::yield_now().await;
    assert!(!second.is_finished());
    budget.settle(Micros(90), Micros(10));
    assert_eq!(second.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn processes_together_do_not_pass_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let location = lacuna_store::Location::Folder(folder.path().to_owned());
    let store = Store::open(&location, Clock::fixed()).await.unwrap();
    let run = RunId::of(b"run");
    let process = || Budget::shared(Some(Micros(100)), Micros(0), &store, &run, Clock::fixed(), false);
    let (one, other) = (process(), process());
    one.reserve(Micros(60)).await.unwrap();
    let waiting = tokio::spawn({
        let other = Arc::clone(&other);
        async move { other.reserve(Micros(60)).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "60 of 100 are set aside elsewhere");
    one.settle(Micros(60), Micros(0));
    one.rest().await;
    assert_eq!(waiting.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_call_in_the_ledger_that_is_not_settled_yet_is_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let location = lacuna_store::Location::Folder(folder.path().to_owned());
    let store = Store::open(&location, Clock::fixed()).await.unwrap();
    let run = RunId::of(b"run");
    let budget = Budget::shared(Some(Micros(100)), Micros(0), &store, &run, Clock::fixed(), false);
    budget.reserve(Micros(40)).await.unwrap();
    store.put_calls_of(&[paid(&run, 30)], budget.holder()).await.unwrap();
    budget.reserve(Micros(60)).await.unwrap();
    budget.settle(Micros(40), Micros(30));
    assert_eq!(budget.spent(), Micros(30));
}

#[tokio::test]
async fn calls_in_flight_of_a_process_that_died_count_as_spent_and_batches_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let location = lacuna_store::Location::Folder(folder.path().to_owned());
    let store = Store::open(&location, Clock::fixed()).await.unwrap();
    let silent = Duration::from_millis(1_200);
    let process = |run: &RunId, batch| {
        let limit = Some(Micros(100));
        Budget::of_processes(limit, Micros(0), &store, run, Clock::fixed(), batch, silent)
    };
    let (run, batches) = (RunId::of(b"run"), RunId::of(b"run of batches"));
    // Two processes are killed: they neither settle nor beat nor let go.
    let (dead, dead_batches) = (process(&run, false), process(&batches, true));
    dead.reserve(Micros(60)).await.unwrap();
    dead_batches.reserve(Micros(60)).await.unwrap();

    let other = process(&run, false);
    let error = other.reserve(Micros(60)).await.unwrap_err().to_string();
    assert!(error.contains("of which $0.00006 for calls that were in flight when a process died"), "{error}");
    assert_eq!(store.spend(&run).await.unwrap().micros, 60, "counted at the most they can have cost");
    let rows = store.calls(Some(&run), 0, 10).await.unwrap();
    assert_eq!((rows.len(), rows[0].1.outcome.as_str()), (1, lacuna_store::LOST));
    other.reserve(Micros(40)).await.unwrap();

    process(&batches, true).reserve(Micros(60)).await.unwrap();
    assert_eq!(store.spend(&batches).await.unwrap().micros, 0, "a batch is paid for when it is merged");
}

/// The ledger row of an answered call.
fn paid(run: &RunId, micros: u64) -> lacuna_store::Paid {
    let call = serde_json::json!({
        "run": run, "text": lacuna_domain::TextId::of("text"), "step": "1", "request": "r", "attempt": 1,
        "engine": "openai:m", "at": Clock::fixed().now(), "status": 200, "outcome": "answered", "input_fresh": 1,
        "input_cached": 0, "cache_write": 0, "output": 1, "micros": micros, "priced": true, "latency_ms": 1,
        "batch": false, "provider_id": null, "guess": 1
    });
    lacuna_store::Paid { call: serde_json::from_value(call).unwrap(), answer: None }
}
