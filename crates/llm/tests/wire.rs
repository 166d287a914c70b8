//! Every wire format against a provider that speaks it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod world;

use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::Clock;
use lacuna_llm::{AskError, AttemptOutcome, Client, Key, Micros, NoLedger, Prices, Stop, Usage};
use mock_llm::{Behaviour, Fault, Rule};
use world::{MODELS, World, key, request};

fn faulty(rule: Rule) -> Behaviour {
    Behaviour { faults: vec![rule], ..Behaviour::default() }
}

#[tokio::test]
async fn each_format_brings_the_answer_and_the_same_usage_as_the_provider_was_paid_for() {
    for model in MODELS {
        let world =
            World::new(model, Behaviour { key: Some("sk-test".to_owned()), ..Behaviour::default() }).await;
        let (client, ledger) = (world.client(), NoLedger::default());
        let first = client.ask(&request(1), &ledger).await.unwrap();
        let second = client.ask(&request(2), &ledger).await.unwrap();
        assert_eq!(first.json_text, r#"{"level":0,"quote":"none"}"#, "{model}");
        assert_eq!(first.stop, Stop::Complete, "{model}");
        assert!(!first.provider_id.is_empty() && first.latency > Duration::ZERO, "{model}");
        assert!(second.usage.input_cached > 1_500, "{model}: the beginning is read from the cache");
        let paid = world.mock.rows();
        for (answer, row) in [(&first, &paid[0]), (&second, &paid[1])] {
            let expected = Usage {
                input_fresh: row.fresh,
                input_cached: row.cached,
                cache_write: row.written,
                output: row.output,
            };
            assert_eq!(answer.usage, expected, "{model}");
        }
        let attempts = ledger.attempts();
        assert_eq!(attempts.len(), 2);
        assert!(attempts.iter().all(|a| a.outcome == AttemptOutcome::Answered && a.status == Some(200)));
        assert_eq!(attempts[1].usage, second.usage);
    }
}

#[tokio::test]
async fn a_refusal_and_a_cut_answer_are_answers() {
    for model in MODELS {
        let world = World::new(model, faulty(Rule::once(Fault::Refusal))).await;
        let (client, ledger) = (world.client(), NoLedger::default());
        assert_eq!(client.ask(&request(1), &ledger).await.unwrap().stop, Stop::Refusal, "{model}");
        assert_eq!(ledger.attempts()[0].outcome, AttemptOutcome::Refused);
        let world = World::new(model, faulty(Rule::once(Fault::Length))).await;
        let answer = world.client().ask(&request(1), &ledger).await.unwrap();
        assert_eq!(answer.stop, Stop::Length, "{model}");
        assert!(answer.json_text.len() < 20);
    }
}

#[tokio::test]
async fn a_provider_without_schemas_is_asked_in_words_from_then_on() {
    for model in MODELS {
        let world = World::new(model, faulty(Rule::always(Fault::NoSchema))).await;
        let world =
            World { settings: lacuna_llm::Settings { attempts: 3, ..world.settings.clone() }, ..world };
        let (client, ledger) = (world.client(), NoLedger::default());
        client.ask(&request(1), &ledger).await.unwrap();
        let asked = ledger.attempts().len();
        assert!(asked >= 2, "{model}");
        client.ask(&request(2), &ledger).await.unwrap();
        assert_eq!(ledger.attempts().len(), asked + 1, "{model}: what it does not know is remembered");
    }
}

#[tokio::test]
async fn a_model_that_wraps_its_json_in_a_fence_is_understood_after_the_fall_back() {
    let behaviour = Behaviour {
        answerer: Arc::new(|seen| {
            assert!(
                seen.schema.is_some() || seen.user_text().contains("\"quote\""),
                "the schema is in words"
            );
            "```json\n{\"level\": 1}\n```".to_owned()
        }),
        ..faulty(Rule::always(Fault::NoSchema))
    };
    let world = World::new("compat:m@http://localhost:1/v1", behaviour).await;
    let answer = world.client().ask(&request(1), &NoLedger::default()).await.unwrap();
    assert_eq!(answer.json_text, "{\"level\": 1}");
}

#[tokio::test]
async fn a_rejected_key_an_unknown_model_and_a_long_document_are_named() {
    for model in MODELS {
        let locked = Behaviour { key: Some("sk-other".to_owned()), ..Behaviour::default() };
        let world = World::new(model, locked).await;
        let error = world.client().ask(&request(1), &NoLedger::default()).await.unwrap_err();
        assert!(matches!(&error, AskError::KeyRejected { status: 401, .. }), "{model}: {error}");
        assert!(error.stops_the_run() && !error.to_string().contains("sk-test"));

        let world = World::new(&model.replace(":m", ":unknown"), Behaviour::default()).await;
        let error = world.client().ask(&request(1), &NoLedger::default()).await.unwrap_err();
        assert!(matches!(&error, AskError::UnknownModel { .. }), "{model}: {error}");

        let world = World::new(model, faulty(Rule::always(Fault::TooLong))).await;
        let error = world.client().ask(&request(1), &NoLedger::default()).await.unwrap_err();
        assert!(matches!(&error, AskError::ContextTooLong { .. }), "{model}: {error}");
        assert!(!error.stops_the_run());
    }
}

#[tokio::test]
async fn a_missing_key_is_named_before_anything_is_sent() {
    let new = |model: &str, key: Option<&Key>| {
        Client::new(model.parse().unwrap(), key, lacuna_llm::Settings::default(), Clock::fixed())
    };
    let error = new("gemini:m", None).unwrap_err();
    assert!(error.to_string().contains("GEMINI_API_KEY"), "{error}");
    assert!(new("compat:m@http://localhost:1/v1", None).is_ok());
    let client = new("openai:m", Some(&key("sk-secret"))).unwrap();
    assert!(!format!("{client:?}").contains("sk-secret"));
}

#[tokio::test]
async fn a_call_is_priced_as_the_price_file_says() {
    let prices = Prices::parse(
        "date = \"2026-01-01\"\n[providers.anthropic]\nsource = \"a page\"\n[providers.anthropic.models]\n\
         m = { input = 1.0, output = 5.0, cached = 0.1, cache_write = 1.25 }\n",
    )
    .unwrap();
    let world = World::new("anthropic:m", Behaviour::default()).await;
    let client = world.client();
    client.ask(&request(1), &NoLedger::default()).await.unwrap();
    let usage = client.ask(&request(2), &NoLedger::default()).await.unwrap().usage;
    let expected = usage.input_fresh as f64
        + usage.input_cached as f64 * 0.1
        + usage.cache_write as f64 * 1.25
        + usage.output as f64 * 5.0;
    assert_eq!(prices.price(&world.model, &usage), Some(Micros(expected.ceil() as u64)));
}
