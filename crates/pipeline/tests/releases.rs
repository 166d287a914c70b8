//! Releases cut from a store: the same twice is one, and what changes later leaves it as it was.

#![expect(clippy::unwrap_used, reason = "helpers of a test")]

use lacuna_domain::text::{Quality, Text};
use lacuna_domain::{Clock, Document, Metadata, sha256_hex};
use lacuna_pipeline::publish::release::cut;
use lacuna_store::{Incoming, Location, NewVersion, Store};

fn order(words: &str) -> Incoming {
    let metadata = Metadata { official_name: "Lamps Order".to_owned(), fiction: true, ..Metadata::default() };
    let version = NewVersion {
        bytes_hash: sha256_hex(words.as_bytes()),
        media_type: "text/plain".to_owned(),
        text: Text::new(words.to_owned(), Some("en".to_owned()), Quality::default()),
        page_starts: vec![],
        notes: vec![],
    };
    Incoming { document: Document { id: "file:order".parse().unwrap(), metadata }, version: Some(version) }
}

#[tokio::test]
async fn the_same_cut_twice_is_one_release_and_a_change_makes_another_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
    store.put_documents(&[order("The keepers of Norvale shall light the lamps.")]).await.unwrap();
    let at = Clock::fixed().now();
    let (first, new) = cut(&store, None, "first", at).await.unwrap();
    assert!(new);
    let (again, new) = cut(&store, None, "once more", at).await.unwrap();
    assert_eq!((&again, new), (&first, false), "nothing changed, whatever is said of it");

    store.put_documents(&[order("The keepers of Norvale shall dim the lamps.")]).await.unwrap();
    let (second, new) = cut(&store, None, "second", at).await.unwrap();
    assert!(new && second.id != first.id);
    assert_eq!(store.releases().await.unwrap().len(), 2);
    for file in &first.files {
        let kept = store.release_file(&first.id, &file.name).await.unwrap().unwrap();
        assert_eq!(sha256_hex(kept.as_bytes()), file.sha256, "{}", file.name);
    }
}
