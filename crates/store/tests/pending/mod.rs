//! More texts than are read at once, on both databases.

use lacuna_domain::TextId;
use lacuna_domain::coding::Outcome;
use lacuna_store::Store;

use crate::a_codebook_is_kept;
use crate::ground::{Ground, incoming};
use crate::made::run;

#[tokio::test]
async fn every_text_is_pending_once_on_sqlite() {
    let ground = Ground::sqlite();
    many_are_pending(&ground.store().await).await;
    ground.give_up().await;
}

#[tokio::test]
async fn every_text_is_pending_once_on_postgresql() {
    let Some(ground) = Ground::postgres().await else { return };
    many_are_pending(&ground.store().await).await;
    ground.give_up().await;
}

async fn many_are_pending(store: &Store) {
    let words = |n: usize| format!("Order number {n} of the Harbour Office.");
    let coming: Vec<_> = (0..2_003).map(|n| incoming(&format!("agora:{n}"), "Order", &words(n))).collect();
    store.put_documents(&coming).await.unwrap();
    a_codebook_is_kept(store).await;
    let run = run("offline");
    store.start_run(&run).await.unwrap();
    let mut expected: Vec<TextId> = (0..2_003).map(|n| TextId::of(&words(n))).collect();
    expected.sort();
    assert_eq!(store.pending_texts(&run.id).await.unwrap(), expected);
    let done = (expected.remove(1_000), Outcome::Skipped("not for coding".to_owned()));
    store.put_outcomes(&run.id, &[done]).await.unwrap();
    assert_eq!(store.pending_texts(&run.id).await.unwrap(), expected);
    assert_eq!(store.untried_texts(&run.id).await.unwrap(), expected);
}
