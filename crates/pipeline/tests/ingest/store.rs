//! The shell: what reaches the store, and that doing it again changes nothing.

use lacuna_domain::Clock;
use lacuna_domain::progress::Silent;
use lacuna_pipeline::ingest::{Options, Source, Summary, run};
use lacuna_store::{Location, Store};

use crate::made::{Folder, options, pdf};
use crate::shared;

async fn store(folder: &Folder) -> Store {
    Store::open(&Location::Folder(folder.path().join("data")), Clock::fixed()).await.unwrap()
}

async fn ingest(store: &Store, source: &Source, options: &Options) -> Summary {
    run(store, source, options, Clock::fixed(), &Silent).await.unwrap()
}

fn counts(summary: &Summary) -> [usize; 5] {
    let Summary { new, changed, metadata_changed, unchanged, .. } = summary;
    [*new, *changed, *metadata_changed, *unchanged, summary.failed.len()]
}

#[tokio::test]
async fn files_are_new_then_unchanged_then_changed() {
    let folder = Folder::new();
    folder.write("in/a.txt", "A deployer shall test the system before use.");
    folder.write("in/b.txt", "A deployer shall test the system before use.");
    folder.write("in/c.pdf", pdf(&["The authority may fine"]));
    folder.write("in/d.pdf", "no pdf");
    let store = store(&folder).await;
    let source = Source::Path(folder.path().join("in"));
    let mut options = options();

    let first = ingest(&store, &source, &options).await;
    assert_eq!(counts(&first), [3, 0, 0, 0, 1]);
    assert_eq!(first.duplicates[0].to_string(), "file:a.txt: also file:b.txt");
    assert!(!first.complete());
    let revision = store.revision().await.unwrap();

    // The stored PDF is not parsed again: a child that cannot run does no harm.
    let child = options.child.take();
    assert_eq!(counts(&ingest(&store, &source, &options).await), [0, 0, 0, 3, 1]);
    assert_eq!(store.revision().await.unwrap(), revision);
    options.child = child;

    folder.write("in/a.txt", "A deployer shall test the system after use.");
    folder.write("meta.csv", "file,title\nc.pdf,Another name\n");
    options.meta = Some(folder.path().join("meta.csv"));
    assert_eq!(counts(&ingest(&store, &source, &options).await), [0, 1, 1, 1, 1]);
    let id = "file:a.txt".parse().unwrap();
    assert_eq!(store.versions(&id).await.unwrap().len(), 2);
    let titles: Vec<String> =
        store.documents().await.unwrap().iter().map(|d| d.metadata.title().to_owned()).collect();
    assert_eq!(titles, ["a", "b", "Another name"]);
}

#[tokio::test]
async fn the_shared_release_is_idempotent_with_its_labels() {
    let Some(release) = shared::folder("agora") else { return };
    let folder = Folder::new();
    let store = store(&folder).await;
    let source = Source::Path(release);
    let first = ingest(&store, &source, &Options::default()).await;
    assert_eq!(counts(&first), [762, 0, 0, 0, 0]);
    assert_eq!((first.label_sheets, first.without_text.len()), (349, 3));
    let revision = store.revision().await.unwrap();
    let second = ingest(&store, &source, &Options::default()).await;
    assert_eq!(counts(&second), [0, 0, 0, 762, 0]);
    assert_eq!((second.label_sheets, store.revision().await.unwrap()), (0, revision));

    let run = &store.runs().await.unwrap()[0];
    assert_eq!(
        (run.name.as_str(), run.config.engine.as_str()),
        ("AGORA annotators", "imported:agora-annotators")
    );
    assert!(run.finished_at.is_some());
    let sheets = store.sheets_of_run(&run.id).await.unwrap();
    assert_eq!(sheets.iter().filter(|sheet| sheet.validated).count(), 166);
    let printed = first.to_string();
    assert!(
        printed.contains("new                    762")
            && printed.contains("the release has no fulltext/207.txt"),
        "{printed}"
    );
}
