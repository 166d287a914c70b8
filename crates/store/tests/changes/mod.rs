//! What changes of a document besides its text is noted as it changes, on both databases.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use lacuna_domain::coding::Outcome;
use lacuna_domain::decision::Mode;
use lacuna_domain::relation::{Relation, RelationKind, RelationSource};
use lacuna_domain::{Clock, Coding, Confidence, DocumentId, Run, Value};
use lacuna_store::{Change, FieldChange, LabelMove, Link, Store};

use crate::ground::{Ground, id, incoming, text};
use crate::made::{coding, run, sheet};
use crate::{BILL, ORDER, a_codebook_is_kept};

#[tokio::test]
async fn changes_are_noted_on_sqlite() {
    let ground = Ground::sqlite();
    story(&ground).await;
    ground.give_up().await;
}

#[tokio::test]
async fn changes_are_noted_on_postgresql() {
    let Some(ground) = Ground::postgres().await else { return };
    story(&ground).await;
    ground.give_up().await;
}

/// Every look at the clock is a second later.
fn ticking() -> Timestamp {
    static SECONDS: AtomicI64 = AtomicI64::new(1_767_225_600);
    Timestamp::from_second(SECONDS.fetch_add(1, Ordering::Relaxed)).unwrap()
}

async fn story(ground: &Ground) {
    let store = Store::open(&ground.location, Clock::new(ticking)).await.unwrap();
    catalogue_data(&store).await;
    relations(&store).await;
    labels(&store).await;
    decisions(&store).await;
    store.close().await;
}

/// The changes of a document as a site shows them whose run is `run`, newest first.
async fn of(store: &Store, document: &str, run: Option<&Run>) -> Vec<Change> {
    let run = run.map(|run| &run.id);
    let changes = store.changes_of(&id(document), run, Timestamp::MAX, 100).await.unwrap();
    assert!(changes.is_sorted_by(|a, b| a.at >= b.at));
    let newest = changes.first().map(|changed| changed.at);
    let told = store.changed_at(run, Timestamp::MAX).await.unwrap();
    assert_eq!(told.get(&id(document)).copied(), newest, "what is told of all is told of each");
    changes.into_iter().map(|changed| changed.change).collect()
}

async fn catalogue_data(store: &Store) {
    let bill = incoming("agora:10", "Testing Act", BILL);
    let mut secret = incoming("file:draft.txt", "Draft", "Nobody shall read it.");
    secret.document.metadata.private = true;
    let mut bare = incoming("agora:11", "No text", "");
    bare.version = None;
    store
        .put_documents(&[bill.clone(), incoming("agora:9", "Register Order", ORDER), secret.clone(), bare])
        .await
        .unwrap();
    assert_eq!(of(store, "agora:10", None).await, [], "what is new has changed nothing");
    assert_eq!(of(store, "agora:11", None).await, [Change::Catalogued]);

    let mut renamed = bill.clone();
    "Testing Act of 2026".clone_into(&mut renamed.document.metadata.official_name);
    store.put_documents(&[renamed.clone()]).await.unwrap();
    store.put_documents(&[renamed]).await.unwrap();
    let expected = FieldChange {
        field: "official_name".to_owned(),
        before: Some("Testing Act".to_owned()),
        after: Some("Testing Act of 2026".to_owned()),
    };
    assert_eq!(of(store, "agora:10", None).await, [Change::Metadata(vec![expected])], "once, and by name");

    "Second draft".clone_into(&mut secret.document.metadata.official_name);
    store.put_documents(&[secret.clone()]).await.unwrap();
    assert_eq!(of(store, "file:draft.txt", None).await, [], "of a private document nothing is kept");
    secret.document.metadata.private = false;
    store.put_documents(&[secret]).await.unwrap();
    let told = of(store, "file:draft.txt", None).await;
    assert!(matches!(&told[..], [Change::Metadata(fields)] if fields[0].field == "private"), "{told:?}");
    assert!(!format!("{told:?}").contains("Second draft"), "nor what it was called then");
}

fn relation(from: &str, kind: RelationKind, to: &str) -> Relation {
    Relation {
        from: id(from),
        kind,
        to: Some(id(to)),
        cited: "the Register Order".to_owned(),
        provision: None,
        passage: None,
        confidence: Confidence::High,
        source: RelationSource::Text,
        holds: true,
    }
}

async fn relations(store: &Store) {
    let dates = std::collections::BTreeMap::new();
    let amends = relation("agora:10", RelationKind::Amends, "agora:9");
    store.replace_found_relations(std::slice::from_ref(&amends), &dates).await.unwrap();
    assert_eq!(of(store, "agora:9", None).await, [], "what was found first is no change");

    let revokes = relation("agora:10", RelationKind::Revokes, "agora:9");
    let again = Relation { cited: "that Order".to_owned(), ..amends.clone() };
    store.replace_found_relations(&[again, revokes.clone()], &dates).await.unwrap();
    let link = |kind| Link { from: id("agora:10"), kind, to: id("agora:9") };
    let came = Change::Related(link(RelationKind::Revokes));
    let told = of(store, "agora:9", None).await;
    assert_eq!(told, std::slice::from_ref(&came), "the other only has other words");
    assert_eq!(of(store, "agora:10", None).await[0], came, "both sides are told");

    let denied = Relation { holds: false, ..revokes };
    store.put_imported_relations(&[denied]).await.unwrap();
    assert_eq!(of(store, "agora:9", None).await[0], Change::Unrelated(link(RelationKind::Revokes)));
}

/// A coding of the bill that claims a topic or not.
fn claims(run: &Run, claim: bool) -> Outcome {
    let mut coding: Coding = coding(&run.id, &text(BILL));
    if !claim {
        coding.judgements.clear();
    }
    Outcome::Coded(Box::new(coding))
}

async fn coded(store: &Store, engine: &str, claim: bool) -> Run {
    let run = run(engine);
    store.start_run(&run).await.unwrap();
    store.put_outcomes(&run.id, &[(text(BILL).id, claims(&run, claim))]).await.unwrap();
    store.finish_run(&run.id).await.unwrap();
    run
}

async fn labels(store: &Store) {
    a_codebook_is_kept(store).await;
    let before = of(store, "agora:10", None).await.len();
    let first = coded(store, "offline", true).await;
    assert_eq!(of(store, "agora:10", Some(&first)).await.len(), before, "the first labels replace none");
    let same = coded(store, "twin", true).await;
    assert_eq!(of(store, "agora:10", Some(&same)).await.len(), before, "the same labels again are no change");
    let other = coded(store, "doubtful", false).await;
    let lost = LabelMove {
        dimension: "topic".parse().unwrap(),
        code: "testing".parse().unwrap(),
        before: Some(Value::Flag(true)),
        after: None,
    };
    assert_eq!(of(store, "agora:10", Some(&other)).await[0], Change::Labels(vec![lost]));
    store.finish_run(&other.id).await.unwrap();
    assert_eq!(of(store, "agora:10", Some(&other)).await.len(), before + 1, "once");
    assert_eq!(of(store, "agora:10", Some(&same)).await.len(), before, "nothing for who shows another run");
    store.finish_run(&first.id).await.unwrap();
    let back = of(store, "agora:10", Some(&first)).await;
    assert!(
        matches!(&back[0], Change::Labels(moves) if moves[0].after.is_some()),
        "and the way back: {back:?}"
    );
}

async fn decisions(store: &Store) {
    let order: DocumentId = id("agora:9");
    store.put_sheets(&[sheet("agora:9", Mode::Imported, true)]).await.unwrap();
    store.put_user("ada", lacuna_store::Role::Coder, "hash").await.unwrap();
    let codebook = "test-book".parse().unwrap();
    store.assign("ada", std::slice::from_ref(&order), &codebook, Mode::Blind, "by hand").await.unwrap();
    store.put_working_sheet(&sheet("agora:9", Mode::Blind, false)).await.unwrap();
    assert!(
        store.decided_at().await.unwrap().is_empty(),
        "imports are no decisions, blind coders are not told of"
    );
    let assigned = store.assignments_of("ada").await.unwrap();
    store.set_done(assigned[0].id, true).await.unwrap();
    assert!(store.decided_at().await.unwrap().contains_key(&order), "who is done may be told of");
}
