//! The limit: a client that does nothing but send the same bodies.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use mock_llm::Mock;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Sends every body once, `at_once` in flight; the wall time.
pub(super) async fn send(
    mock: &Mock,
    bodies: Vec<(String, Vec<u8>)>,
    at_once: usize,
) -> anyhow::Result<Duration> {
    let client = reqwest::Client::builder().pool_max_idle_per_host(at_once).build()?;
    let places = Arc::new(Semaphore::new(at_once));
    let mut sent = JoinSet::new();
    let begun = Instant::now();
    for (path, body) in bodies {
        let place = Arc::clone(&places).acquire_owned().await?;
        let request = client
            .post(format!("{}{path}", mock.root()))
            .header("content-type", "application/json")
            .header("authorization", "Bearer sk-mock")
            .body(body);
        sent.spawn(async move {
            let answer = request.send().await?.error_for_status()?.bytes().await;
            drop(place);
            answer.map(drop)
        });
    }
    while let Some(done) = sent.join_next().await {
        done?.context("send a raw request")?;
    }
    Ok(begun.elapsed())
}
