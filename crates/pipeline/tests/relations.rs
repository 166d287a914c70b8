//! What becomes of relations and days in texts of other languages, from the store to the tables that people take away.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use jiff::civil::{Date, date};
use lacuna_domain::document::{Enactment, StatusEvent};
use lacuna_domain::progress::Silent;
use lacuna_domain::relation::{Relation, RelationSource};
use lacuna_domain::text::{Quality, Text};
use lacuna_domain::{Clock, Document, DocumentId, Metadata, RelationKind, Terms};
use lacuna_pipeline::analyze::relations;
use lacuna_pipeline::publish::export::{Format, Scope, documents};
use lacuna_store::catalogue::Audience;
use lacuna_store::{Incoming, Location, NewVersion, Store};

/// An invented act on the lamps of an invented harbour.
const ACT: &str = "Hafenlichtgesetz\n\n§ 1 Lampen\n\nDer Betreiber eines Leuchtturms hält seine Lampen in gutem Zustand und \
                   führt darüber ein Verzeichnis.\n\n§ 3 Öl\n\nDer Vorrat an Öl reicht für drei Nächte.\n";
/// One that amends it.
const AMENDING: &str = "Erstes Gesetz zur Änderung des Hafenlichtgesetzes\n\nArtikel 1\n\n§ 3 des Hafenlichtgesetzes wird wie \
                        folgt geändert: Das Wort drei wird durch das Wort vier ersetzt.\n\nArtikel 2\n\nDieses Gesetz tritt \
                        sechs Monate nach seiner Verabschiedung in Kraft.\n\nArtikel 3\n\nDie Pflicht nach § 3 gilt ab \
                        24 Monate nach dem Inkrafttreten dieses Gesetzes.\n";
/// A translation of the act.
const TRANSLATION: &str = "Unofficial translation of the Hafenlichtgesetz.\n\nSection 1 Lamps\n\nThe keeper of a lighthouse \
                           shall keep its lamps in good order and a register of them.\n";

struct World {
    store: Store,
    _folder: tempfile::TempDir,
}

impl World {
    /// A store with the act, its amendment twice, adopted on different days, once more as a bill, and a translation.
    async fn new() -> Self {
        let amending = "Erstes Gesetz zur Änderung des Hafenlichtgesetzes";
        Self::of(&[
            incoming("file:act", "Hafenlichtgesetz", ACT, "de", Some(date(2090, 5, 1))),
            incoming("file:first", amending, AMENDING, "de", Some(date(2099, 1, 15))),
            incoming("file:second", amending, AMENDING, "de", Some(date(2099, 8, 31))),
            incoming("file:bill", amending, AMENDING, "de", None),
            incoming("file:english", "Harbour Lights Act", TRANSLATION, "en", None),
        ])
        .await
    }

    /// A store with these documents, in which relations were looked for.
    async fn of(documents: &[Incoming]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        let store = Store::open(&location, Clock::fixed()).await.unwrap();
        store.put_documents(documents).await.unwrap();
        relations::find(&store, &Silent).await.unwrap();
        Self { store, _folder: folder }
    }

    /// What the text of a document says of its days, a line each.
    async fn days(&self, id: &str) -> Vec<String> {
        let id: DocumentId = id.parse().unwrap();
        let version = self.store.versions(&id).await.unwrap().pop().unwrap();
        let stated = self.store.stated_dates(&version.text).await.unwrap();
        let own = stated.into_iter().filter(|stated| stated.is_of(&id));
        own.map(|stated| {
            let counted = stated.reckoned.map(|reckoned| reckoned.words()).unwrap_or_default();
            format!("{} {} {counted}", stated.kind.name(), stated.date)
        })
        .collect()
    }
}

fn incoming(id: &str, name: &str, words: &str, language: &str, adopted: Option<Date>) -> Incoming {
    let state = if adopted.is_some() { Enactment::Adopted } else { Enactment::Proposed };
    let event = StatusEvent { state, date: adopted, source_word: state.name().to_owned() };
    let metadata = Metadata {
        official_name: name.to_owned(),
        enactment: state,
        history: vec![event],
        fiction: true,
        ..Metadata::default()
    };
    let version = NewVersion {
        bytes_hash: id.to_owned(),
        media_type: "text/plain".to_owned(),
        text: Text::new(words.to_owned(), Some(language.to_owned()), Quality::default()),
        page_starts: vec![],
        notes: vec![],
    };
    Incoming { document: Document { id: id.parse().unwrap(), metadata }, version: Some(version) }
}

#[tokio::test]
async fn a_german_act_that_amends_another_is_joined_to_it_with_its_words() {
    let world = World::new().await;
    let all = world.store.relations().await.unwrap();
    let first: DocumentId = "file:first".parse().unwrap();
    let amends: Vec<_> = all.iter().filter(|r| r.from == first && r.kind == RelationKind::Amends).collect();
    assert_eq!(amends.len(), 1, "{all:?}");
    assert_eq!(amends[0].to.as_ref().map(DocumentId::as_str), Some("file:act"));
    let quote = &amends[0].passage.as_ref().unwrap().quote;
    assert!(AMENDING.contains(quote.as_str()) && quote.contains("Hafenlichtgesetzes"), "{quote}");
    let translated = all.iter().find(|r| r.kind == RelationKind::TranslationOf).unwrap();
    assert_eq!(translated.from.as_str(), "file:english");
    assert_eq!(translated.to.as_ref().map(DocumentId::as_str), Some("file:act"));
}

#[tokio::test]
async fn days_count_from_the_adoption_of_each_document_with_the_text() {
    let world = World::new().await;
    let counted = |from: &str, force: &str, applies: &str| {
        [
            format!("takes effect {force} 6 months after adoption on {from}"),
            format!("applies from {applies} 24 months after entry into force on {force}"),
        ]
    };
    assert_eq!(world.days("file:first").await, counted("2099-01-15", "2099-07-15", "2101-07-15"));
    // Six months after the last day of August there is no 31st.
    assert_eq!(world.days("file:second").await, counted("2099-08-31", "2100-02-28", "2102-02-28"));
    assert_eq!(world.days("file:bill").await, Vec::<String>::new(), "nobody adopted it");
    let again = relations::find(&world.store, &Silent).await.unwrap();
    assert!(!again.changed, "found anew, it is the same");
}

#[tokio::test]
async fn a_counted_day_is_one_of_the_life_of_its_document_and_of_no_other() {
    let world = World::new().await;
    let book = world.store.relation_book(Audience::Public).await.unwrap();
    let id: DocumentId = "file:first".parse().unwrap();
    let document = world.store.document(&id).await.unwrap().unwrap();
    let version = world.store.versions(&id).await.unwrap().pop().unwrap();
    let mut stated = world.store.stated_dates(&version.text).await.unwrap();
    stated.retain(|stated| stated.is_of(&id));
    let life = book.life(&id, &document.metadata, Terms::of(&stated));
    assert_eq!(life.on(date(2099, 7, 14)).state, Enactment::NotYetInForce);
    assert_eq!(life.on(date(2099, 7, 15)).state, Enactment::InForce);

    let mut table = Vec::new();
    documents(&world.store, None, Scope::All, Format::Csv, &mut table).await.unwrap();
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (own, force) = (place("document"), place("in_force"));
    let days: Vec<String> =
        reader.records().map(Result::unwrap).map(|row| format!("{} {}", &row[own], &row[force])).collect();
    for expected in ["file:first 2099-07-15", "file:second 2100-02-28", "file:bill ", "file:act "] {
        assert!(days.iter().any(|day| day == expected), "{expected:?} is none of {days:?}");
    }
}

#[tokio::test]
async fn a_document_named_as_a_part_is_joined_to_the_whole_or_names_one_that_is_not_here() {
    let mut wicks = incoming("file:wicks", "Lantern Act, Section 12", "Wicks are cut.", "en", None);
    wicks.document.metadata.casual_name = Some("Lanterns, Section 12 (Wicks)".to_owned());
    let world = World::of(&[
        incoming("file:bells", "Beacon Act, Section 3 (Bells)", "Bells ring in fog.", "en", None),
        incoming("file:oil", "Lantern Act, Title V, Section 9 (Oil)", "Oil is kept.", "en", None),
        incoming("file:whole", "Lantern Act", "Lamps are lit at night.", "en", None),
        wicks,
    ])
    .await;
    let mut found = world.store.relations().await.unwrap();
    found.sort();
    let told = |r: &Relation| {
        assert_eq!((r.kind, r.source, &r.passage), (RelationKind::PartOf, RelationSource::Catalogue, &None));
        let to = r.to.as_ref().map_or("nobody", DocumentId::as_str);
        format!("{} of {to}, {}: {:?}", r.from, r.cited, r.confidence)
    };
    let told: Vec<String> = found.iter().map(told).collect();
    let whole = [
        "file:bells of nobody, Beacon Act: Medium",
        "file:oil of file:whole, Lantern Act: High",
        "file:wicks of file:whole, Lanterns: High",
    ];
    assert_eq!(told, whole, "by the official name where the other leads nowhere");
}
