//! Providers in trouble: every fault, with what it costs and what is said.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod world;

use std::time::{Duration, Instant};

use lacuna_domain::Clock;
use lacuna_llm::{
    Answer, AskError, Attempt, AttemptOutcome, AttemptSink, Client, NoLedger, Recorded, RequestHash,
    Settings, SinkError,
};
use mock_llm::{Behaviour, Fault, Latency, Rule};
use world::{MODELS, World, request};

async fn world(rule: Rule, settings: impl FnOnce(&mut Settings)) -> World {
    let mut world = World::new(MODELS[2], Behaviour { faults: vec![rule], ..Behaviour::default() }).await;
    settings(&mut world.settings);
    world
}

fn outcomes(ledger: &NoLedger) -> Vec<AttemptOutcome> {
    ledger.attempts().iter().map(|attempt| attempt.outcome).collect()
}

#[tokio::test]
async fn troubles_that_pass_are_waited_out_and_each_attempt_is_recorded() {
    for (fault, outcome) in [
        (Fault::Status(500), AttemptOutcome::ServerFault),
        (Fault::Status(529), AttemptOutcome::ServerFault),
        (Fault::Throttle, AttemptOutcome::Throttled),
        (Fault::Cut, AttemptOutcome::Cut),
        (Fault::Stall, AttemptOutcome::TimedOut),
        (Fault::Html, AttemptOutcome::Malformed),
    ] {
        let world = world(Rule::once(fault), |s| s.attempt_timeout = Duration::from_millis(300)).await;
        let ledger = NoLedger::default();
        world.client().ask(&request(1), &ledger).await.unwrap();
        assert_eq!(outcomes(&ledger), [outcome, AttemptOutcome::Answered], "{fault:?}");
        let numbers: Vec<u32> = ledger.attempts().iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, [1, 2]);
    }
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let world = world(Rule::once(Fault::Throttle), |_| {}).await;
    let start = Instant::now();
    world.client().ask(&request(1), &NoLedger::default()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn trouble_that_does_not_pass_ends_with_the_attempts_or_the_time() {
    let tired = world(Rule::always(Fault::Status(503)), |s| s.attempts = 3).await;
    let ledger = NoLedger::default();
    let error = tired.client().ask(&request(1), &ledger).await.unwrap_err();
    assert!(matches!(&error, AskError::Exhausted { attempts: 3, .. }), "{error}");
    assert_eq!(ledger.attempts().len(), 3);

    let late = world(Rule::always(Fault::Status(503)), |s| s.deadline = Duration::from_millis(700)).await;
    let error = late.client().ask(&request(1), &NoLedger::default()).await.unwrap_err();
    assert!(matches!(&error, AskError::Deadline { .. }), "{error}");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off_at_its_size_or_its_time() {
    let large = world(Rule::always(Fault::Endless), |s| s.answer_bytes = 100_000).await;
    let ledger = NoLedger::default();
    let error = large.client().ask(&request(1), &ledger).await.unwrap_err();
    assert_eq!(error, AskError::TooLarge { limit: 100_000 });
    assert_eq!(outcomes(&ledger), [AttemptOutcome::TooLarge]);

    let slow = world(Rule::once(Fault::Endless), |s| s.attempt_timeout = Duration::from_millis(100)).await;
    slow.client().ask(&request(1), &ledger).await.unwrap();
}

#[tokio::test]
async fn html_that_stays_is_named() {
    let world = world(Rule::always(Fault::Html), |_| {}).await;
    let error = world.client().ask(&request(1), &NoLedger::default()).await.unwrap_err();
    assert!(matches!(&error, AskError::NotJson { excerpt, .. } if excerpt.contains("sign in")), "{error}");
    assert!(error.stops_the_run());
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_named_and_tried_a_few_times_only() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = Settings { endpoint: Some(format!("http://127.0.0.1:{port}/v1")), ..Settings::default() };
    let client =
        Client::new("compat:m@http://x/v1".parse().unwrap(), None, settings, Clock::fixed()).unwrap();
    let ledger = NoLedger::default();
    let error = client.ask(&request(1), &ledger).await.unwrap_err();
    assert!(
        matches!(&error, AskError::Unreachable { endpoint, .. } if endpoint.contains("127.0.0.1")),
        "{error}"
    );
    assert_eq!(outcomes(&ledger), [AttemptOutcome::NoConnection; 4], "nothing was sent, so nothing can cost");
}

#[tokio::test]
async fn the_answer_to_another_request_is_not_used() {
    let world = world(Rule::once(Fault::WrongId), |_| {}).await;
    let ledger = NoLedger::default();
    let error = world.client().ask(&request(1), &ledger).await.unwrap_err();
    assert!(matches!(&error, AskError::WrongId { got, .. } if got == "another-request"), "{error}");
    assert_eq!(outcomes(&ledger), [AttemptOutcome::Malformed]);
    assert!(ledger.attempts()[0].usage.output > 0, "it was paid all the same");
}

#[tokio::test]
async fn spoilt_answers_come_through_whole_for_the_parser_to_judge() {
    for (fault, sign) in
        [(Fault::TruncatedJson, "{\"lev"), (Fault::InventedQuote, "otters"), (Fault::WrongLabel, "99")]
    {
        let world = world(Rule::once(fault), |_| {}).await;
        let answer = world.client().ask(&request(1), &NoLedger::default()).await.unwrap();
        assert!(answer.json_text.contains(sign), "{fault:?}: {}", answer.json_text);
    }
}

/// Lets a number of requests through and then no more; or cannot write.
struct Strict {
    most: u32,
    broken: bool,
}

impl AttemptSink for Strict {
    fn allow<'a>(&'a self, _request: &'a RequestHash, number: u32) -> Recorded<'a> {
        let enough = number <= self.most;
        Box::pin(
            async move { if enough { Ok(()) } else { Err(SinkError("the budget is spent".to_owned())) } },
        )
    }

    fn record<'a>(&'a self, _attempt: Attempt, _answer: Option<&'a Answer>) -> Recorded<'a> {
        let broken = self.broken;
        Box::pin(async move { if broken { Err(SinkError("the disk is full".to_owned())) } else { Ok(()) } })
    }
}

#[tokio::test]
async fn the_ledger_can_stop_a_retry_and_an_unrecorded_answer_is_not_used() {
    let failing = world(Rule::always(Fault::Status(500)), |_| {}).await;
    let error = failing.client().ask(&request(1), &Strict { most: 1, broken: false }).await.unwrap_err();
    assert_eq!(error.to_string(), "the budget is spent");
    assert_eq!(failing.mock.counters().requests, 1);

    let fine = World::new("openai-chat:m", Behaviour::default()).await;
    let error = fine.client().ask(&request(1), &Strict { most: 9, broken: true }).await.unwrap_err();
    assert!(matches!(error, AskError::Ledger(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_call_holds_nobody_up() {
    let behaviour = Behaviour {
        latency: Latency::Fixed(Duration::from_millis(50)),
        slow: Some((0.05, 40.0)),
        ..Behaviour::default()
    };
    let mut world = World::new("openai-chat:m", behaviour).await;
    world.settings.concurrency = 16;
    let client = std::sync::Arc::new(world.client());
    let start = Instant::now();
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..200 {
        let client = std::sync::Arc::clone(&client);
        asked.spawn(async move {
            client.ask(&request(n), &NoLedger::default()).await.unwrap();
            start.elapsed()
        });
    }
    let mut ends = asked.join_all().await;
    ends.sort();
    let slow = world.mock.rows().iter().filter(|row| row.latency > Duration::from_secs(1)).count();
    assert!((3..25).contains(&slow), "{slow} slow calls");
    // 200 calls of 50 ms on 16 places, some of which a slow call holds for 2 s.
    assert!(ends[100] < Duration::from_millis(1_500), "half are done after {:?}", ends[100]);
    assert!(world.mock.counters().most_in_flight <= 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_places_in_flight_is_found_by_backing_off() {
    let behaviour = Behaviour {
        latency: Latency::Fixed(Duration::from_millis(20)),
        requests_per_minute: Some(6_000),
        ..Behaviour::default()
    };
    let mut world = World::new("openai-chat:m", behaviour).await;
    world.settings.attempts = 20;
    let client = std::sync::Arc::new(world.client());
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..400 {
        let client = std::sync::Arc::clone(&client);
        asked.spawn(async move { client.ask(&request(n), &NoLedger::default()).await.map(drop) });
    }
    for result in asked.join_all().await {
        result.unwrap();
    }
    let counters = world.mock.counters();
    assert_eq!(counters.answered, 400);
    assert!(counters.throttled < 200, "{} refused for 400 answered", counters.throttled);
}
