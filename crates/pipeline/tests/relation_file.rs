//! Relations as people handle them: found in texts and catalogue data, written to a file, corrected and brought back.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use jiff::civil::date;
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::enactment::StateSource;
use lacuna_domain::progress::Silent;
use lacuna_domain::relation::RelationSource;
use lacuna_domain::text::{Quality, Text};
use lacuna_domain::{Clock, Document, DocumentId, Metadata, Relation, RelationKind, Terms};
use lacuna_pipeline::analyze::relations::{self, RelationImport, write_relations};
use lacuna_store::catalogue::Audience;
use lacuna_store::{Incoming, Location, NewVersion, Store};

/// An invented order, and one that revokes it and leans on acts that nobody catalogued.
const ORDER: &str = "Lamps of the harbour burn at night.\n";
const REVOKING: &str = "SECTION 1. LAMPS.\n\nLamps burn day and night.\n\nSECTION 2. AMENDMENTS.\n\nThe Lantern Act of 2090 \
                        is amended by striking \"oil\".\n\nThe Tally Act of 2091 is amended by striking \"chalk\".\n\n\
                        SECTION 3. REVOCATION.\n\nExecutive Order 90210 of May 1 is hereby revoked.\n";

struct World {
    store: Store,
    _folder: tempfile::TempDir,
}

impl World {
    async fn of(incoming: &[Incoming]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        let store = Store::open(&location, Clock::fixed()).await.unwrap();
        store.put_documents(incoming).await.unwrap();
        relations::find(&store, &Silent).await.unwrap();
        Self { store, _folder: folder }
    }

    async fn found(&self) -> Vec<Relation> {
        self.store.relations().await.unwrap()
    }

    async fn exported(&self) -> String {
        let mut out = Vec::new();
        write_relations(&self.found().await, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    async fn import(&self, csv: &str) -> RelationImport {
        relations::import(&self.store, csv.as_bytes()).await.unwrap()
    }

    /// The state of a document long after everything here, and who says so.
    async fn state(&self, id: &str) -> (Enactment, StateSource) {
        let id: DocumentId = id.parse().unwrap();
        let document = self.store.document(&id).await.unwrap().unwrap();
        let book = self.store.relation_book(Audience::Public).await.unwrap();
        let now = book.life(&id, &document.metadata, Terms::default()).on(date(2120, 1, 1));
        (now.state, now.source)
    }
}

fn incoming(id: &str, name: &str, words: &str, state: Enactment) -> Incoming {
    let history = match state {
        Enactment::Unknown => vec![],
        state => vec![StatusEvent { state, date: None, source_word: state.name().to_owned() }],
    };
    let metadata = Metadata {
        official_name: name.to_owned(),
        enactment: state,
        history,
        fiction: true,
        ..Metadata::default()
    };
    let version = NewVersion {
        bytes_hash: id.to_owned(),
        media_type: "text/plain".to_owned(),
        text: Text::new(words.to_owned(), Some("en".to_owned()), Quality::default()),
        page_starts: vec![],
        notes: vec![],
    };
    Incoming { document: Document { id: id.parse().unwrap(), metadata }, version: Some(version) }
}

/// The order in force, and the one that revokes it.
fn orders() -> Vec<Incoming> {
    vec![
        incoming("file:order", "Executive Order 90210, Harbour Lamps", ORDER, Enactment::InForce),
        incoming("file:revoking", "Executive Order 90211, Day and Night", REVOKING, Enactment::Unknown),
    ]
}

fn revocation(all: &[Relation]) -> &Relation {
    all.iter().find(|r| r.kind == RelationKind::Revokes).unwrap()
}

#[tokio::test]
async fn an_export_that_nobody_changed_changes_nothing() {
    let world = World::of(&orders()).await;
    let before = world.found().await;
    assert_eq!(before.len(), 3, "{before:?}");
    let done = world.import(&world.exported().await).await;
    assert_eq!(done, RelationImport { imported: 0, unchanged: 3, gone: 0 });
    assert_eq!(world.found().await, before, "what a machine found is still its word alone");
    assert_eq!(world.state("file:order").await.0, Enactment::InForce);
}

#[tokio::test]
async fn an_old_export_that_nobody_changed_undoes_nothing_that_people_said_since() {
    let world = World::of(&orders()).await;
    let old = world.exported().await;
    world.import("from,kind,to,holds\nfile:revoking,revokes,file:order,no\n").await;
    let denied = world.found().await;
    assert!(denied.iter().all(|r| r.kind != RelationKind::Revokes), "{denied:?}");
    let done = world.import(&old).await;
    assert_eq!(done, RelationImport { imported: 0, unchanged: 3, gone: 0 });
    assert_eq!(world.found().await, denied, "what was denied stays hidden, the rest nobody's word");
}

#[tokio::test]
async fn an_old_export_makes_nothing_people_s_word_when_a_text_moved_its_citations_or_dropped_them() {
    let world = World::of(&orders()).await;
    let old = world.exported().await;
    let words = format!("A new beginning.\n\n{}", REVOKING.replace("Tally Act of 2091", "tally"));
    let newer = incoming("file:revoking", "Executive Order 90211, Day and Night", &words, Enactment::Unknown);
    world.store.put_documents(&[newer]).await.unwrap();
    relations::find(&world.store, &Silent).await.unwrap();
    let found = world.found().await;
    assert_eq!(found.len(), 2, "{found:?}");
    let done = world.import(&old).await;
    assert_eq!(done, RelationImport { imported: 0, unchanged: 2, gone: 1 });
    assert_eq!(world.found().await, found);
}

#[tokio::test]
async fn a_corrected_row_keeps_its_words_and_their_passage() {
    let world = World::of(&orders()).await;
    let all = world.found().await;
    let found = revocation(&all).passage.clone().unwrap();
    assert!(found.passage > 0, "the words stand at the end: {found:?}");
    let csv = world.exported().await.replace(",text,yes", ",imported,yes");
    assert_eq!(world.import(&csv).await, RelationImport { imported: 3, unchanged: 0, gone: 0 });
    let all = world.found().await;
    let said = revocation(&all);
    assert_eq!((said.source, said.passage.as_ref()), (RelationSource::Imported, Some(&found)));

    let missing = "from,kind,to\nfile:order,amends,file:nowhere\n";
    let error = relations::import(&world.store, missing.as_bytes()).await.unwrap_err().to_string();
    assert!(error.starts_with("there is no document file:nowhere in this store"), "{error}");
    let lost =
        format!("from,kind,to,text,start,end\nfile:order,amends,file:revoking,{},0,9\n", "0".repeat(64));
    world.import(&lost).await;
    let all = world.found().await;
    let amends = all.iter().find(|r| r.from.as_str() == "file:order").unwrap();
    assert_eq!(amends.passage, None, "words of a text that is not here are not shown");
}

#[tokio::test]
async fn a_denial_hides_what_it_names_and_nothing_else_outside_the_corpus() {
    let world = World::of(&orders()).await;
    let amended = |all: &[Relation]| {
        let amends = all.iter().filter(|r| r.kind == RelationKind::Amends);
        amends.map(|r| r.cited.clone()).collect::<Vec<_>>()
    };
    let before = amended(&world.found().await);
    assert_eq!(before.len(), 2, "{before:?}");
    let (denied, stays) = (&before[0], &before[1]);
    world.import(&format!("from,kind,to,cited,holds\nfile:revoking,amends,,{denied},no\n")).await;
    assert_eq!(amended(&world.found().await), std::slice::from_ref(stays));
}

#[tokio::test]
async fn people_know_that_an_instrument_ended_another_unless_it_is_a_proposal() {
    let mut documents = orders();
    documents.push(incoming("file:bill", "Lamps Bill", "Lamps burn.", Enactment::Proposed));
    documents.push(incoming("file:failed", "Lamps Bill", "Lamps burn on.", Enactment::Defunct));
    documents.push(incoming("file:gone", "Executive Order 90209, Oil", "Oil burns.", Enactment::Revoked));
    let world = World::of(&documents).await;
    assert_eq!(world.state("file:order").await.0, Enactment::InForce, "a text alone ends nothing");
    world.import("from,kind,to\nfile:bill,revokes,file:order\n").await;
    assert_eq!(world.state("file:order").await.0, Enactment::InForce, "nor does a bill");
    world.import("from,kind,to\nfile:failed,revokes,file:order\n").await;
    assert_eq!(world.state("file:order").await.0, Enactment::InForce, "nor what may be a bill that failed");
    let by = StateSource::Document("file:revoking".parse().unwrap());
    world
        .import("from,kind,to\nfile:revoking,revokes,file:order\nfile:revoking,supersedes,file:gone\n")
        .await;
    assert_eq!(world.state("file:order").await, (Enactment::Revoked, by.clone()));
    assert_eq!(
        world.state("file:gone").await,
        (Enactment::Revoked, by),
        "the catalogue's word, by what people name"
    );
}

#[tokio::test]
async fn who_ended_a_dead_instrument_is_whom_people_name_before_whom_a_text_does() {
    for people_s in ["file:act", "file:zoning"] {
        let world = World::of(&[
            incoming("file:order", "Executive Order 90210, Harbour Lamps", ORDER, Enactment::Defunct),
            incoming("file:revoking", "Executive Order 90211, Day and Night", REVOKING, Enactment::InForce),
            incoming(people_s, "Wick Act", "Wicks burn.", Enactment::InForce),
        ])
        .await;
        let by = |id: &str| (Enactment::Revoked, StateSource::Document(id.parse().unwrap()));
        assert_eq!(world.state("file:order").await, by("file:revoking"), "a text explains the end");
        world.import(&format!("from,kind,to\n{people_s},revokes,file:order\n")).await;
        assert_eq!(world.state("file:order").await, by(people_s));
    }
}

#[tokio::test]
async fn a_private_document_takes_neither_a_name_nor_a_place_from_a_public_one() {
    let mut draft = incoming("draft:copy", "Executive Order 90210, Harbour Lamps", ORDER, Enactment::Unknown);
    draft.document.metadata.private = true;
    let mut documents = orders();
    documents.push(draft);
    documents.push(incoming("file:print", "Harbour Lamps as printed", ORDER, Enactment::Unknown));
    let all = World::of(&documents).await.found().await;
    assert_eq!(revocation(&all).to.as_ref().map(DocumentId::as_str), Some("file:order"));
    let same = all.iter().filter(|r| r.kind == RelationKind::SameTextAs);
    let pairs: Vec<(&str, &str)> = same.map(|r| (r.from.as_str(), r.to.as_ref().unwrap().as_str())).collect();
    assert_eq!(pairs, [("draft:copy", "file:order"), ("file:print", "file:order")]);
}

#[tokio::test]
async fn columns_name_instruments_by_number_or_name_and_may_say_what_was_done_to_their_own() {
    let mut documents = vec![
        incoming("file:order", "Executive Order 90210, Harbour Lamps", "Lamps burn.", Enactment::InForce),
        incoming("file:act", "Harbour Lights Act", "Oil burns.", Enactment::InForce),
        incoming("file:later", "Memorandum on wicks", "Wicks burn.", Enactment::InForce),
    ];
    let columns = [
        ("Amends", "Harbour Lights Act; Executive Order 90299"),
        ("Revokes", "Executive Order 90210 of May 1, 2098"),
        ("Amended by", "Executive Order 90210; Executive Order 90299"),
    ];
    documents[2].document.metadata.extra =
        columns.map(|(column, value)| (column.to_owned(), value.to_owned())).into();
    let all = World::of(&documents).await.found().await;
    let told: Vec<(&str, &str, Option<&str>)> =
        all.iter().map(|r| (r.from.as_str(), r.kind.id(), r.to.as_ref().map(DocumentId::as_str))).collect();
    assert_eq!(
        told,
        [
            ("file:later", "amends", None),
            ("file:later", "amends", Some("file:act")),
            ("file:later", "revokes", Some("file:order")),
            ("file:order", "amends", Some("file:later")),
        ]
    );
}
