//! What counts against the budget where an answer comes late, or comes and nobody waits for it.

use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::Clock;
use lacuna_llm::{Client, Key, Micros, Provider, Settings};
use lacuna_pipeline::classify::model::{ModelEngine, PromptSettings, Source, Terms};
use lacuna_store::Incoming;
use mock_llm::{Behaviour, Fault, Latency, Mock, Rule};

use super::world::{World, act};

/// A client of the same model at `mock` that gives a question up after `deadline`.
fn impatient(mock: &Mock, deadline: Duration) -> Source {
    let settings = Settings { endpoint: Some(mock.v1()), deadline, ..Settings::default() };
    let key = Key::from_env(Provider::OpenAi, |_| Some("k".to_owned())).unwrap();
    let client = Client::new("openai:m".parse().unwrap(), key.as_ref(), settings, Clock::fixed()).unwrap();
    Source::Live(Arc::new(client))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_whose_time_ran_out_while_it_waited_for_money_is_neither_sent_nor_charged() {
    let world = World::with(1, |b| b.latency = Latency::Fixed(Duration::from_millis(1_500))).await;
    let faulty = Behaviour { faults: vec![Rule::once(Fault::Status(503))], ..Behaviour::default() };
    let faulty = Mock::start(faulty).await.unwrap();
    // The first member fails at once and wants to ask again, while the budget has room for one call and the other has it.
    let members = vec![impatient(&faulty, Duration::from_secs(1)), world.live()];
    let longest = PromptSettings { max_output_tokens: 100_000, ..PromptSettings::default() };
    let worst_output = 1_000_000;
    let terms = Terms { budget: Some(Micros(worst_output * 3 / 2)), ..world.terms() };
    let summary = world.run(world.engine(members, longest, 1), terms).await;

    let why = &summary.failed.first().unwrap().1;
    assert!(why.contains("no answer within 1 seconds and 1 attempts"), "{why}");
    assert_eq!((faulty.counters().requests, world.mock.rows().len()), (1, 1), "nothing was sent too late");
    let calls = world.store.calls(None, 0, 10).await.unwrap();
    let mut outcomes: Vec<&str> = calls.iter().map(|(_, call)| call.outcome.as_str()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["answered", "server_fault"]);
    let spend = world.store.spend(&summary.run.id).await.unwrap();
    assert!((1..worst_output / 5).contains(&spend.micros), "one answer is charged: {spend:?}");
}

fn engine(world: &World) -> ModelEngine {
    world.engine(vec![world.live()], PromptSettings::default(), 1)
}

fn in_batches(world: &World, budget: Option<Micros>) -> Terms {
    Terms { batch: Some(Duration::from_millis(200)), budget, ..world.terms() }
}

/// A hundred acts in the order in which their texts are asked about.
fn hundred() -> Vec<Incoming> {
    let mut acts: Vec<Incoming> = (0..100).map(act).collect();
    acts.sort_by_key(|act| act.version.as_ref().map(|version| version.text.id.clone()));
    acts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_taken_up_again_counts_the_answers_that_nobody_waits_for() {
    let acts = hundred();
    let (earlier, batch) = acts.split_at(70);
    let alike = World::with(0, |_| ()).await;
    alike.store.put_documents(batch).await.unwrap();
    let thirty = alike.run(engine(&alike), in_batches(&alike, None)).await.micros;

    // A process without a budget is told to stop when its batch of thirty has been out for a while.
    let world = World::with(0, |b| b.batch_polls = 6).await;
    world.store.put_documents(batch).await.unwrap();
    let stopper = async {
        while world.mock.batches() == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        world.stop.send_replace(true);
    };
    let (first, ()) = tokio::join!(world.run(engine(&world), in_batches(&world, None)), stopper);
    assert_eq!((first.coded, first.micros), (0, 0), "{first}");

    // The next sets its money aside for texts that come before those thirty, so that nobody waits for them when they come.
    world.stop.send_replace(false);
    world.store.put_documents(earlier).await.unwrap();
    // Room for those thirty and half as many: what is out already is not to be spent once more.
    let limit = thirty * 3 / 2;
    let summary = world.run(engine(&world), in_batches(&world, Some(Micros(limit)))).await;
    let why = summary.stopped.clone().unwrap_or_default();
    assert!(why.contains("does not allow another call"), "{summary}");
    let spend = world.store.spend(&summary.run.id).await.unwrap();
    assert!((thirty + 1..=limit).contains(&spend.micros), "{} is spent of {limit}", spend.micros);
    assert_eq!(world.mock.rows().len() as u64, spend.answered, "all that was paid for is in the ledger");
    assert!(summary.counts.coded >= 30 && summary.counts.pending > 0, "{summary}");
}
