//! A release is added once and never changed, on both databases.

use lacuna_domain::{Clock, sha256_hex};
use lacuna_store::{Release, ReleaseFile, Store};

const TABLE: &str = "document\nagora:10\n";

fn release(note: &str) -> Release {
    let table = ReleaseFile {
        name: "documents.csv".to_owned(),
        sha256: sha256_hex(TABLE.as_bytes()),
        bytes: TABLE.len() as u64,
        rows: 1,
    };
    Release {
        id: "2026-11-27-1a2b3c4d".to_owned(),
        at: Clock::fixed().now(),
        content: sha256_hex(table.sha256.as_bytes()),
        run: None,
        codebook: String::new(),
        documents: 1,
        labels: 0,
        note: note.to_owned(),
        files: vec![table],
    }
}

pub(crate) async fn a_release_never_changes(store: &Store) {
    let file = |name: &str, content: &str| (name.to_owned(), content.to_owned());
    let first = release("the first");
    assert!(store.put_release(&first, &[file("documents.csv", TABLE)]).await.unwrap());
    let revision = store.revision().await.unwrap();

    let others = [file("documents.csv", "document\nagora:9\n"), file("more.csv", "more\n")];
    assert!(!store.put_release(&release("another"), &others).await.unwrap(), "one of this id is there");
    assert_eq!(store.revision().await.unwrap(), revision, "pages show what they showed");
    assert_eq!(store.releases().await.unwrap(), std::slice::from_ref(&first));
    let kept = store.release_file(&first.id, "documents.csv").await.unwrap();
    assert_eq!(kept.as_deref(), Some(TABLE));
    assert_eq!(store.release_file(&first.id, "more.csv").await.unwrap(), None);
}
