//! Many workers on one PostgreSQL: every text is handed out, a dead worker's texts are handed out again.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "steps of a test story")]
#![expect(dead_code, reason = "the ground serves other stories too")]

mod ground;

use std::collections::BTreeSet;
use std::time::Duration;

use ground::Ground;
use lacuna_domain::{RunId, TextId};
use lacuna_store::{Lease, Location, Store};
use tokio::sync::mpsc::channel;

const LEASE: Lease =
    Lease { heartbeat: Duration::from_millis(300), dead_after: Duration::from_millis(1_500) };

fn texts(count: usize) -> Vec<TextId> {
    (0..count).map(|n| TextId::of(&format!("text {n}"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_folder_there_is_no_queue() {
    let ground = Ground::sqlite();
    assert!(ground.store().await.queue(&RunId::of(b"run")).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_workers_texts_go_to_others_and_other_runs_are_left_alone() {
    let Some(ground) = Ground::postgres().await else { return };
    let store = ground.store().await;
    let (run, other) = (RunId::of(b"run"), RunId::of(b"other run"));
    let queue = store.queue(&run).await.unwrap().unwrap();
    let of_others = store.queue(&other).await.unwrap().unwrap();
    assert_eq!(queue.hint(&texts(60)).await.unwrap(), 60);
    assert_eq!(queue.hint(&texts(62)).await.unwrap(), 2, "a text has one hint at most");
    assert_eq!(of_others.hint(&texts(3)).await.unwrap(), 3);

    let location = ground.location.clone();
    let taken = std::thread::spawn(move || a_worker_that_dies(&location)).join().unwrap();
    assert_eq!(taken, 12);
    assert_eq!(queue.waiting().await.unwrap(), 62 - 4, "four were done before the worker died");

    let (desk, mut hints) = channel(8);
    let working = queue.work(8, LEASE, desk).await.unwrap();
    let mut seen = BTreeSet::new();
    while seen.len() < 58 {
        let hint = tokio::time::timeout(Duration::from_secs(30), hints.recv()).await.unwrap().unwrap();
        seen.insert(hint.text.clone());
        hint.done();
    }
    assert!(seen.is_subset(&texts(62).into_iter().collect()));
    drop(hints);
    working.stop().await.unwrap();
    assert_eq!((queue.waiting().await.unwrap(), of_others.waiting().await.unwrap()), (0, 3));
    ground.give_up().await;
}

/// Takes twelve texts, is done with four, and is gone with its whole runtime: no goodbye, no more heartbeats.
fn a_worker_that_dies(location: &Location) -> usize {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let held = runtime.block_on(async {
        let store = Store::open(location, lacuna_domain::Clock::fixed()).await.unwrap();
        let queue = store.queue(&RunId::of(b"run")).await.unwrap().unwrap();
        let (desk, mut hints) = channel(16);
        let working = queue.work(16, LEASE, desk).await.unwrap();
        let mut held = Vec::new();
        for n in 0..12 {
            let hint = hints.recv().await.unwrap();
            if n < 4 { hint.done() } else { held.push(hint) }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        std::mem::forget(working);
        held
    });
    runtime.shutdown_background();
    4 + held.len()
}
