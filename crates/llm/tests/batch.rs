//! Batches of every provider that has them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set up its world has failed")]

mod world;

use std::collections::BTreeSet;

use lacuna_llm::{AskError, AttemptOutcome, Batch, BatchFault, Client, NoLedger, Request};
use mock_llm::Behaviour;
use world::{MODELS, World, request};

fn requests() -> Vec<Request> {
    (0..40).map(|n| request(n % 30)).collect()
}

async fn submitted(client: &Client, requests: &[Request]) -> Batch {
    client.submit(&client.plan(requests), requests).await.unwrap()
}

/// Waits for the end of a batch, through a state that went to disk and back.
async fn ended(client: &Client, batch: &Batch) -> Batch {
    let text = serde_json::to_string(batch).unwrap();
    let batch: Batch = serde_json::from_str(&text).unwrap();
    for _ in 0..5 {
        if client.poll(&batch).await.unwrap().ended {
            return batch;
        }
    }
    panic!("the batch does not end");
}

#[tokio::test]
async fn results_merge_by_id_and_expired_items_are_named() {
    for model in &MODELS[..4] {
        let behaviour = Behaviour { batch_expired: 0.3, batch_polls: 2, ..Behaviour::default() };
        let world = World::new(model, behaviour).await;
        let (client, ledger) = (world.client(), NoLedger::default());
        let batch = submitted(&client, &requests()).await;
        assert_eq!(batch.requests.len(), 30, "{model}: equal questions are sent once");
        assert!(!client.poll(&batch).await.unwrap().ended);
        // Another process goes on with the state.
        let other = world.client();
        let batch = ended(&other, &batch).await;
        let results = other.results(&batch, &ledger).await.unwrap();
        assert!(results.strangers.is_empty());
        assert_eq!(results.items.len(), 30, "{model}");
        let expired: Vec<Request> = requests()
            .into_iter()
            .filter(|r| results.items[&r.hash(&world.model)] == Err(BatchFault::Expired))
            .collect();
        assert!((2..20).contains(&expired.len()), "{model}: {} expired", expired.len());
        let answered = results.items.values().filter(|item| item.is_ok()).count();
        assert_eq!(world.mock.rows().iter().filter(|row| row.batch).count(), answered);
        let attempts = ledger.attempts();
        assert_eq!(attempts.iter().filter(|a| a.outcome == AttemptOutcome::Answered).count(), answered);
        assert!(attempts.iter().all(|attempt| attempt.batch));

        let again = submitted(&client, &expired).await;
        let again = ended(&client, &again).await;
        let rest = client.results(&again, &ledger).await.unwrap();
        assert!(rest.items.values().all(Result::is_ok), "{model}: resubmitted items are answered");
        // Paid once each, in whatever order they came.
        assert_eq!(world.mock.rows().len(), 30);
    }
}

#[tokio::test]
async fn answers_belong_to_their_questions() {
    for model in &MODELS[..4] {
        let behaviour = Behaviour {
            answerer: std::sync::Arc::new(|seen| {
                let text = seen.user_text();
                let number = text.split(':').next().unwrap_or_default().to_owned();
                format!("{{\"quote\":{number:?}}}")
            }),
            ..Behaviour::default()
        };
        let world = World::new(model, behaviour).await;
        let client = world.client();
        let batch = submitted(&client, &requests()).await;
        let batch = ended(&client, &batch).await;
        let results = client.results(&batch, &NoLedger::default()).await.unwrap();
        for n in 0..30 {
            let answer = results.items[&request(n).hash(&world.model)].as_ref().unwrap();
            assert_eq!(answer.json_text, format!("{{\"quote\":\"Document {n}\"}}"), "{model}");
        }
    }
}

#[tokio::test]
async fn a_result_of_another_batch_is_a_stranger_and_a_lost_one_is_missing() {
    let world = World::new("anthropic:m", Behaviour::default()).await;
    let client = world.client();
    let mut batch = submitted(&client, &requests()).await;
    batch = ended(&client, &batch).await;
    let stranger = batch.requests.pop().unwrap();
    let lost = request(99).hash(&world.model);
    batch.requests.push(lost.clone());
    let results = client.results(&batch, &NoLedger::default()).await.unwrap();
    assert_eq!(results.strangers, [stranger.to_string()]);
    assert_eq!(results.items[&lost], Err(BatchFault::Missing));
}

#[tokio::test]
async fn a_compatible_endpoint_has_no_batches() {
    let world = World::new(MODELS[4], Behaviour::default()).await;
    let error = {
        let client = world.client();
        client.submit(&client.plan(&requests()), &requests()).await.unwrap_err()
    };
    assert!(matches!(error, AskError::NoBatch { .. }));
}

#[tokio::test]
async fn requests_are_cut_to_what_a_batch_may_hold() {
    let world = World::new("gemini:m", Behaviour::default()).await;
    let mut large: Vec<Request> = (0..5).map(request).collect();
    for request in &mut large {
        request.user[0] = lacuna_llm::Block::new("x".repeat(7_000_000));
    }
    assert_eq!(world.client().batch_slices(&large), [0..2, 2..4, 4..5]);
}

#[tokio::test]
async fn a_batch_whose_id_was_lost_is_found_again_and_no_other_is() {
    for model in &MODELS[..4] {
        let world = World::new(model, Behaviour { batch_silent: 1, ..Behaviour::default() }).await;
        let client = world.client();
        let plan = client.plan(&requests());
        assert_eq!(client.find_batch(&plan, &BTreeSet::new()).await.unwrap(), None, "{model}");
        let error = client.submit(&plan, &requests()).await.unwrap_err();
        assert!(matches!(error, AskError::Unsure { .. }), "{model}: {error}");
        let smaller = submitted(&client, &requests()[..7]).await;
        // Another process looks.
        let other = world.client();
        let id = other.find_batch(&plan, &BTreeSet::new()).await.unwrap().unwrap();
        assert_ne!(id, smaller.id, "{model}");
        let batch = ended(&other, &Batch { id: id.clone(), ..plan.clone() }).await;
        let results = other.results(&batch, &NoLedger::default()).await.unwrap();
        assert!(results.items.values().all(Result::is_ok), "{model}: {results:?}");
        assert_eq!(other.find_batch(&plan, &BTreeSet::from([id])).await.unwrap(), None, "{model}");
    }
}

#[tokio::test]
async fn a_submission_that_ended_in_a_fault_of_the_server_is_not_sent_again() {
    for model in &MODELS[..4] {
        let behaviour = Behaviour { batch_silent: 1, batch_silent_status: Some(502), ..Behaviour::default() };
        let world = World::new(model, behaviour).await;
        let client = world.client();
        let plan = client.plan(&requests());
        let error = client.submit(&plan, &requests()).await.unwrap_err();
        assert!(matches!(error, AskError::Unsure { .. }), "{model}: {error}");
        assert_eq!(world.mock.batches(), 1, "{model}: the provider had taken it");
        assert!(client.find_batch(&plan, &BTreeSet::new()).await.unwrap().is_some(), "{model}");
    }
}

#[tokio::test]
async fn a_batch_refused_as_a_whole_says_why() {
    for model in ["openai:m", "gemini:m"] {
        let behaviour =
            Behaviour { batch_refused: Some("the queue is full".to_owned()), ..Behaviour::default() };
        let world = World::new(model, behaviour).await;
        let client = world.client();
        let batch = submitted(&client, &requests()).await;
        let batch = ended(&client, &batch).await;
        let results = client.results(&batch, &NoLedger::default()).await.unwrap();
        assert_eq!(results.refused.as_deref(), Some("the queue is full"), "{model}");
        assert!(results.items.values().all(|item| *item == Err(BatchFault::Missing)), "{model}");
    }
}
