//! Batches end once and are paid once, whatever happens to the process, the connection or the provider.

use std::time::Duration;

use lacuna_pipeline::classify::model::{ModelEngine, PromptSettings, Terms, forget_batch};

use super::world::World;

fn terms(world: &World) -> Terms {
    Terms { batch: Some(Duration::from_millis(200)), ..world.terms() }
}

fn engine(world: &World) -> ModelEngine {
    world.engine(vec![world.live()], PromptSettings::default(), 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_survive_a_restart_and_merge_once() {
    let world = World::with(12, |b| (b.batch_polls, b.batch_expired) = (3, 0.3)).await;
    // The first process is told to stop once its batch is out.
    let stopper = async {
        while world.store.open_batches("openai:m").await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.stop.send_replace(true);
    };
    let (first, ()) = tokio::join!(world.run(engine(&world), terms(&world)), stopper);
    assert!(first.stopped.unwrap().contains("told to stop") && first.coded == 0);
    assert_eq!(world.store.open_batches("openai:m").await.unwrap().len(), 1);

    world.stop.send_replace(false);
    let summary = world.run(engine(&world), terms(&world)).await;
    assert_eq!((summary.coded, summary.stopped.as_deref()), (12, None), "{summary}");
    assert_eq!(world.store.open_batches("openai:m").await.unwrap(), []);
    assert_eq!(world.mock.rows().len(), 12, "each question is answered once");
    let calls = world.store.calls(None, 0, 100).await.unwrap();
    assert!(calls.iter().all(|(_, call)| call.batch));
    assert!(calls.iter().any(|(_, call)| call.outcome == "expired"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_taken_without_a_word_is_found_and_paid_once() {
    for status in [None, Some(502)] {
        let world = World::with(12, |b| (b.batch_silent, b.batch_silent_status) = (1, status)).await;
        let summary = world.run(engine(&world), terms(&world)).await;
        assert_eq!((summary.coded, summary.stopped.as_deref()), (12, None), "{status:?}: {summary}");
        assert_eq!(world.mock.batches(), 1, "{status:?}: nothing was submitted a second time");
        assert_eq!(world.mock.rows().len(), 12);
        assert_eq!(world.store.open_batches("openai:m").await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_refused_as_a_whole_stops_the_run_with_the_words_of_the_provider() {
    let world =
        World::with(5, |b| b.batch_refused = Some("the limit of queued tokens is reached".to_owned())).await;
    let summary = world.run(engine(&world), terms(&world)).await;
    let why = summary.stopped.clone().unwrap_or_default();
    assert!(why.contains("the limit of queued tokens is reached"), "{summary}");
    assert_eq!(
        (summary.failed.len(), summary.counts.pending),
        (0, 5),
        "its texts stay to be done: {summary}"
    );
    assert_eq!(
        (world.mock.batches(), world.mock.rows().len()),
        (1, 0),
        "it is not submitted again and again"
    );
    assert_eq!(world.store.open_batches("openai:m").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_cannot_be_asked_about_keeps_no_other_waiting() {
    let world = World::with(4, |_| ()).await;
    let first = world.run(engine(&world), terms(&world)).await;
    // The batch of another time, which the provider has no more; its tag comes before all others.
    let gone = serde_json::json!({
        "batch": {"model": "openai:m", "id": "batch_gone", "tag": "a", "submitted_at": "2026-01-01T00:00:00Z", "requests": []},
        "run": first.run.id, "steps": {}
    });
    let gone = lacuna_store::OpenBatch {
        engine: "openai:m".to_owned(),
        id: "a".to_owned(),
        submitted_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        body: gone.to_string(),
    };
    world.store.put_batch(&gone).await.unwrap();
    world.store.put_documents(&[super::act(100), super::act(101)]).await.unwrap();
    let summary = world.run(engine(&world), terms(&world)).await;
    assert_eq!((summary.coded, summary.stopped.as_deref()), (2, None), "{summary}");

    let model = "openai:m".parse().unwrap();
    assert!(forget_batch(&world.store, &model, "batch_gone").await.unwrap());
    assert!(!forget_batch(&world.store, &model, "batch_gone").await.unwrap());
    assert_eq!(world.store.open_batches("openai:m").await.unwrap(), []);
}
