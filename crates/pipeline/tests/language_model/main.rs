//! A language model behind the classify stage, against a mock provider: what is paid is kept, what is kept is not paid
//! again, what cannot be used is asked for again, and nothing passes the budget.

#![expect(clippy::unwrap_used, reason = "steps of a test story")]

mod batches;
mod budget;
#[path = "../../../store/tests/ground/mod.rs"]
#[expect(
    dead_code,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "the ground of the store's tests, of which one half is needed here"
)]
mod ground;
mod workers;
mod world;

use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::progress::Silent;
use lacuna_domain::text::Quality;
use lacuna_domain::{Clock, Text};
use lacuna_llm::{Client, Micros, Prices, Settings};
use lacuna_pipeline::classify::model::{
    ModelEngine, Prompt, PromptSettings, Replay, Source, Terms, estimate,
};
use lacuna_pipeline::classify::{self, Engine, Options};
use lacuna_store::Incoming;
use mock_llm::{Fault, Rule, SeenRequest};

use world::{PRICES, World, act};

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_in_the_ledger_and_none_is_paid_twice() {
    let world = World::with(30, |_| ()).await;
    let engine = world.engine(vec![world.live()], PromptSettings::default(), 1);
    let guess = estimate(&world.store, &engine, &world.terms(), 8).await.unwrap();
    let summary = world.plain().await;
    assert_eq!((summary.coded, summary.calls, summary.failed.len()), (30, 30, 0), "{summary}");
    assert!(summary.positives >= 60, "{summary}");
    let spend = world.store.spend(&summary.run.id).await.unwrap();
    assert_eq!((spend.calls, spend.answered, spend.micros), (30, 30, summary.micros));
    let paid: u64 = world.mock.rows().iter().map(|row| row.fresh + row.cached + row.written).sum();
    assert_eq!(paid, spend.input_fresh + spend.input_cached + spend.cache_write);
    let error = (guess.micros.unwrap() as f64 / spend.micros as f64 - 1.0).abs();
    assert!(guess.calls == 30 && error < 0.10, "estimated {guess:?}, spent {spend:?}");

    // Another run asks the same questions: nothing is sent.
    let prompt = Prompt::new(Arc::new(world.codebook.clone()), PromptSettings::default());
    let twice = ModelEngine::new(prompt, vec![world.live(), world.live()], 1).unwrap();
    let again = world.run(twice, world.terms()).await;
    assert_ne!(again.run.id, summary.run.id);
    assert_eq!((again.coded, again.calls, again.answers_reused), (30, 0, 60), "{again}");
    assert_eq!(world.mock.counters().answered, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_learns_from_the_calls_that_were_made() {
    let world = World::with(25, |_| ()).await;
    let engine = || world.engine(vec![world.live()], PromptSettings::default(), 1);
    // A price file that is far off: this provider's tokens are twice as long.
    let prices = PRICES.replace("batch = 0.5", "batch = 0.5\nchars_per_token = 1.9");
    let terms = || Terms { prices: Prices::parse(&prices).unwrap(), ..world.terms() };
    let first = estimate(&world.store, &engine(), &terms(), 8).await.unwrap();
    let error = |planned: u64, paid: u64| (planned as f64 / paid as f64 - 1.0).abs();
    let summary = world.run(engine(), terms()).await;
    assert!(first.measured_calls == 0 && error(first.micros.unwrap(), summary.micros) > 0.5, "{first:?}");

    let before = world.store.spend(&summary.run.id).await.unwrap();
    let more: Vec<Incoming> = (25..50).map(act).collect();
    world.store.put_documents(&more).await.unwrap();
    let second = estimate(&world.store, &engine(), &terms(), 8).await.unwrap();
    let both = world.run(engine(), terms()).await;
    assert_eq!((second.measured_calls, second.calls, both.coded), (25, 25, 25));
    // Tokens of any kind: the estimate does not know that this provider's cache is warm from the first run.
    let input = |s: &lacuna_store::Spend| s.input_fresh + s.input_cached + s.cache_write;
    let spend = world.store.spend(&both.run.id).await.unwrap();
    let paid = (input(&spend) - input(&before), spend.output - before.output);
    assert!(error(second.input_fresh + second.input_cached, paid.0) < 0.03, "{second:?} against {paid:?}");
    assert!(error(second.output, paid.1) < 0.03, "{second:?} against {paid:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_budget_is_never_passed_and_the_run_goes_on_with_more() {
    let world = World::with(40, |_| ()).await;
    let mut terms = world.terms();
    let engine = || {
        world.engine(
            vec![world.live()],
            PromptSettings { max_output_tokens: 1_000, ..PromptSettings::default() },
            1,
        )
    };
    terms.budget = Some(Micros(200_000));
    let summary = world.run(engine(), terms).await;
    let why = summary.stopped.clone().unwrap();
    assert!(why.starts_with("the budget of $0.20 does not allow another call"), "{why}");
    assert!(summary.micros <= 200_000 && summary.coded > 0 && summary.counts.pending > 0, "{summary}");
    assert!(summary.run.finished_at.is_none());
    let billed: u64 = world.mock.rows().len() as u64;
    assert_eq!(billed, world.store.spend(&summary.run.id).await.unwrap().calls);

    let mut terms = world.terms();
    terms.budget = Some(Micros(50_000_000));
    let rest = world.run(engine(), terms).await;
    assert_eq!((rest.stopped, rest.counts.coded, rest.counts.pending), (None, 40, 0));
    assert_eq!(world.mock.rows().len(), 40, "no call was paid twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_answers_are_asked_for_again_and_then_fail_with_the_reason() {
    let world =
        World::with(4, |b| b.faults = vec![Rule { fault: Fault::TruncatedJson, share: 0.6, times: 9 }]).await;
    let summary = world.plain().await;
    assert_eq!(summary.coded + summary.failed.len() as u64, 4);
    let steps: Vec<String> =
        world.store.calls(None, 0, 100).await.unwrap().into_iter().map(|(_, call)| call.step).collect();
    assert!(steps.iter().any(|step| step == "1+form1"), "{steps:?}");
    for (_, reason) in &summary.failed {
        assert!(
            reason.contains("malformed after 2 repairs") && reason.contains("not one JSON object"),
            "{reason}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_labels_and_invented_quotes_leave_no_label() {
    for fault in [Fault::WrongLabel, Fault::InventedQuote] {
        let world = World::with(3, |b| b.faults = vec![Rule { fault, share: 1.0, times: u32::MAX }]).await;
        let summary = world.plain().await;
        assert_eq!(summary.positives, 0, "{fault:?}: {summary}");
        assert!(summary.calls <= 9, "{fault:?}: repairs are bounded: {summary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_refuses_stops_the_run_or_fails_the_text() {
    let world = World::with(3, |b| b.key = Some("another".to_owned())).await;
    let summary = world.plain().await;
    assert!(summary.stopped.unwrap().contains("rejects the key"));
    assert_eq!((summary.coded, summary.counts.pending), (0, 3));
    for (fault, words) in
        [(Fault::Refusal, "declines"), (Fault::TooLong, "longer than"), (Fault::WrongId, "belongs to")]
    {
        let world = World::with(2, |b| b.faults = vec![Rule { fault, share: 1.0, times: u32::MAX }]).await;
        let summary = world.plain().await;
        assert_eq!(summary.failed.len(), 2, "{fault:?}: {summary}");
        assert!(summary.failed[0].1.contains(words), "{fault:?}: {}", summary.failed[0].1);
    }
}

/// Seconds by which somebody has set the clock of [`jumping`] forward.
static SET_FORWARD: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

/// A clock that people set while the program runs.
fn jumping() -> jiff::Timestamp {
    let forward = SET_FORWARD.load(std::sync::atomic::Ordering::SeqCst);
    Clock::fixed().now() + jiff::SignedDuration::from_secs(forward)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_and_forth_loses_and_doubles_nothing() {
    let latency = mock_llm::Latency::Fixed(Duration::from_millis(40));
    // A Retry-After among them, which is a time too.
    let faults = vec![Rule { fault: Fault::Throttle, share: 0.1, times: 1 }];
    let world = World::with(60, |b| (b.latency, b.faults) = (latency, faults)).await;
    let clock = Clock::new(jumping);
    let settings = Settings { endpoint: Some(world.mock.v1()), concurrency: 8, ..Settings::default() };
    let key = lacuna_llm::Key::from_env(lacuna_llm::Provider::OpenAi, |_| Some("k".to_owned())).unwrap();
    let client = Client::new("openai:m".parse().unwrap(), key.as_ref(), settings, clock).unwrap();
    let engine = world.engine(vec![Source::Live(Arc::new(client))], PromptSettings::default(), 1);
    let terms = Terms { budget: Some(Micros(50_000_000)), ..world.terms() };
    let engine = Engine::Model(Arc::new(engine), Arc::new(terms));
    let setting = tokio::spawn(async {
        for step in 0_i64.. {
            let day = 86_400;
            let forward = [-day, 30 * day, 0, -400 * day, 1][(step % 5) as usize];
            SET_FORWARD.store(forward, std::sync::atomic::Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(35)).await;
        }
    });
    let options = Options::default();
    let summary =
        classify::run(&world.store, &engine, &world.codebook, &options, clock, &Silent).await.unwrap();
    setting.abort();
    assert_eq!((summary.coded, summary.stopped.as_deref()), (60, None), "{summary}");
    assert_eq!(world.mock.rows().len(), 60, "each text is paid for once");
    let calls = world.store.calls(None, 0, 1_000).await.unwrap();
    assert_eq!(calls.iter().filter(|(_, call)| call.outcome == "answered").count(), 60);
    let slowest = calls.iter().map(|(_, call)| call.latency_ms).max().unwrap();
    assert!((40..20_000).contains(&slowest), "a latency of {slowest} ms");
    for forward in [-86_400, 0, 86_400] {
        SET_FORWARD.store(forward, std::sync::atomic::Ordering::SeqCst);
        let progress = classify::progress_of(&world.store, summary.run.clone(), clock).await.unwrap();
        assert!(progress.texts_per_minute.is_none_or(|rate| rate.is_finite() && rate >= 0.0), "{progress:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_of_different_versions_keep_to_runs_of_their_own() {
    let world = World::with(20, |b| b.latency = mock_llm::Latency::Fixed(Duration::from_millis(30))).await;
    // Rules, prompt and segmenter of a version are part of its run's id; here the prompts differ.
    let engine = |most| {
        let settings = PromptSettings { max_output_tokens: most, ..PromptSettings::default() };
        world.engine(vec![world.live()], settings, 1)
    };
    for part in ["rules", "prompt", "segmenter"] {
        assert!(engine(4_000).config().parameters.contains_key(part), "{part}");
    }
    let (old, new) =
        tokio::join!(world.run(engine(4_000), world.terms()), world.run(engine(5_000), world.terms()));
    assert_ne!(old.run.id, new.run.id);
    for summary in [&old, &new] {
        assert_eq!((summary.coded, summary.calls, summary.counts.pending), (20, 20, 0), "{summary}");
    }
    assert_eq!(world.mock.rows().len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn long_texts_are_coded_in_windows_and_settled() {
    let world = World::with(0, |_| ()).await;
    let mut long = String::from("Commonwealth of Corvane\n\nGreat Machines Act\n\n");
    for n in 1..30 {
        long += &format!(
            "SEC. {n}. DUTIES.\n\n(a) A deployer of an artificial intelligence system shall test the system for algorithmic discrimination in field {n}, and shall publish a bias audit.\n\n"
        );
    }
    let mut incoming = act(0);
    if let Some(version) = &mut incoming.version {
        version.text = Text::new(long, Some("en".to_owned()), Quality::default());
    }
    world.store.put_documents(&[incoming]).await.unwrap();
    let settings = PromptSettings { window_tokens: 500, ..PromptSettings::default() };
    let summary = world.run(world.engine(vec![world.live()], settings, 1), world.terms()).await;
    assert_eq!((summary.coded, summary.failed.len()), (1, 0), "{summary}");
    let calls = world.store.calls(None, 0, 100).await.unwrap();
    assert!(calls.iter().any(|(_, call)| call.step == "settle") && calls.len() > 3);
    assert!(summary.positives > 0, "{summary}");
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_answers_play_back_into_the_same_run_without_a_provider() {
    let world = World::with(5, |_| ()).await;
    let folder = tempfile::tempdir().unwrap();
    let mut terms = world.terms();
    terms.record = Some(folder.path().to_owned());
    let first = world.run(world.engine(vec![world.live()], PromptSettings::default(), 1), terms).await;
    let other = World::with(5, |_| ()).await;
    let replay = Arc::new(Replay::open(folder.path()).unwrap());
    let settings = replay.about().settings();
    let second = other.run(other.engine(vec![Source::Replay(replay)], settings, 1), other.terms()).await;
    assert_eq!(
        (second.run.id.clone(), second.coded, second.positives),
        (first.run.id.clone(), 5, first.positives)
    );
    assert_eq!(other.mock.counters().requests, 0);
    let codings = |world: &World| world.store.clone();
    let (a, b) = (codings(&world), codings(&other));
    let a = a.codings(&first.run.id, None, 10).await.unwrap();
    assert_eq!(a, b.codings(&first.run.id, None, 10).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrative_that_contradicts_its_labels_is_replaced_and_the_run_says_so() {
    let world = World::with(2, |behaviour| {
        let honest = Arc::clone(&behaviour.answerer);
        behaviour.answerer = Arc::new(move |request: &SeenRequest| {
            let mut answer: serde_json::Value = serde_json::from_str(&honest(request)).unwrap();
            let ids = ["risk", "sector", "lifecycle", "scope", "actor", "status"];
            answer["summaries"] = ids.map(|id| (id, "")).into_iter().collect();
            answer["summaries"]["risk"] = "Good coverage of approximately 10-12 subdomains.".into();
            answer["summaries"]["lifecycle"] = "The text speaks of testing before use.".into();
            answer.to_string()
        });
    })
    .await;
    let settings = PromptSettings { narratives: true, ..PromptSettings::default() };
    let summary = world.run(world.engine(vec![world.live()], settings, 1), world.terms()).await;
    assert_eq!((summary.coded, summary.failed.len()), (2, 0), "{summary}");
    let run = &summary.run.id;
    let events = world.store.events_of_run(run, lacuna_store::EventKind::Narrative, 10).await.unwrap();
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.message.contains("10-12 subdomains")), "{events:?}");
    for coding in world.store.codings(run, None, 10).await.unwrap() {
        let kept: Vec<&str> =
            coding.asides.narratives.keys().map(lacuna_domain::DimensionId::as_str).collect();
        assert_eq!(kept, ["lifecycle"], "what agrees is kept");
        let told = lacuna_pipeline::publish::narrative::narrate(&coding, &world.codebook);
        let risk = &told.get("risk").unwrap().text;
        assert!(risk.contains("of 24 subdomains") && !risk.contains("10-12"), "{risk}");
    }
}
