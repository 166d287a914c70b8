//! Workers that share a run through PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use lacuna_domain::Clock;
use lacuna_domain::progress::Silent;
use lacuna_llm::{Client, Key, Provider, Settings};
use lacuna_pipeline::classify::model::{PromptSettings, Source};
use lacuna_pipeline::classify::{self, ClassifySummary, Engine, Options, Share};
use lacuna_store::Lease;

use super::ground::Ground;
use super::world::World;

/// Longer than any of these workers has to do.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_whose_key_is_refused_ends_and_leaves_its_texts_to_others() {
    let Some(ground) = Ground::postgres().await else { return };
    let world = World::at(ground.store().await, 40, |b| b.key = Some("right".to_owned())).await;
    let refused = tokio::time::timeout(PATIENCE, worker(&world, "wrong")).await;
    let refused = refused.expect("it ends, though its texts wait in the queue");
    assert!(refused.stopped.as_deref().unwrap_or_default().contains("rejects the key"), "{refused}");
    assert_eq!((refused.coded, refused.counts.pending), (0, 40), "{refused}");

    let right = || async { tokio::time::timeout(PATIENCE, worker(&world, "right")).await.expect("it ends") };
    let (one, other) = tokio::join!(right(), right());
    assert_eq!(one.coded + other.coded, 40, "{one}\n{other}");
    assert_eq!((world.mock.rows().len(), one.stopped, other.stopped), (40, None, None), "each is asked once");
    drop(world);
    ground.give_up().await;
}

/// A worker of its own, with a key of its own.
async fn worker(world: &World, key: &str) -> ClassifySummary {
    let settings = Settings { endpoint: Some(world.mock.v1()), concurrency: 8, ..Settings::default() };
    let key = Key::from_env(Provider::OpenAi, |_| Some(key.to_owned())).unwrap();
    let client = Client::new("openai:m".parse().unwrap(), key.as_ref(), settings, Clock::fixed()).unwrap();
    let engine = world.engine(vec![Source::Live(Arc::new(client))], PromptSettings::default(), 1);
    let terms = world.terms();
    let lease = Lease { heartbeat: Duration::from_millis(500), dead_after: Duration::from_secs(5) };
    let share = Share { at_once: 16, lease, stop: terms.stop.clone() };
    let engine = Engine::Model(Arc::new(engine), Arc::new(terms));
    let options = Options::default();
    classify::drain(&world.store, &engine, &world.codebook, &options, share, Clock::fixed(), &Silent)
        .await
        .unwrap()
}
