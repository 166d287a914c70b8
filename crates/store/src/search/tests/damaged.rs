//! Bytes that changed and what dying processes leave behind do not stand in a reader's way.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::super::SearchError;
use super::*;

/// A store of one document, and the place of its index.
async fn world() -> (tempfile::TempDir, Store, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
    put(&store, "demo:1", "Title\n\nFirst words.").await;
    let place = folder.path().join("index");
    (folder, store, place)
}

async fn joined(store: &Store, index: SearchIndex) -> (Catalogue, Search) {
    let codebook = Codebook::parse(crate::catalogue::TEST_CODEBOOK).unwrap();
    let catalogue = Catalogue::load(store, None, &codebook, Audience::Public).await.unwrap();
    let search = Search::new(Arc::new(index), &catalogue);
    (catalogue, search)
}

/// What is shown of the document for a word.
fn shown((catalogue, search): &(Catalogue, Search)) -> Result<Vec<String>, SearchError> {
    let found = search.find(catalogue, "first", None)?;
    let hits = search.passages(&found, catalogue.find("demo:1").unwrap(), 3)?;
    Ok(hits.into_iter().map(|hit| hit.snippet.text).collect())
}

async fn refreshed(store: &Store, place: &Path) -> Vec<String> {
    let index = SearchIndex::refresh(store, place, paragraphs).await.unwrap();
    shown(&joined(store, index).await).unwrap()
}

/// The file with this ending of the index of passages.
fn file(place: &Path, ending: &str) -> PathBuf {
    let folders = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path().join("passages"));
    let files =
        folders.filter(|folder| folder.is_dir()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut paths = files.map(|entry| entry.unwrap().path());
    paths.find(|path| path.extension().is_some_and(|end| end == ending)).unwrap()
}

fn cut_in_half(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
}

fn flip_a_byte(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    bytes[0] ^= 0xff;
    std::fs::write(file, &bytes).unwrap();
}

#[tokio::test]
async fn an_index_whose_passages_are_cut_or_changed_still_answers_with_snippets() {
    let (_folder, store, place) = world().await;
    assert_eq!(refreshed(&store, &place).await, ["First words."]);
    for damage in [cut_in_half, flip_a_byte] {
        for ending in ["store", "term", "idx", "pos"] {
            damage(&file(&place, ending));
            assert_eq!(refreshed(&store, &place).await, ["First words."], "{ending}");
        }
    }
}

#[tokio::test]
async fn damage_that_comes_while_an_index_is_open_is_told_as_such_and_mended() {
    let (_folder, store, place) = world().await;
    let index = SearchIndex::refresh(&store, &place, paragraphs).await.unwrap();
    let open = joined(&store, index).await;
    File::options().write(true).open(file(&place, "store")).unwrap().write_all(&[0; 16]).unwrap();
    let error = shown(&open).unwrap_err();
    assert!(error.may_be_damage(), "{error}");
    let index = SearchIndex::mend(&store, &place, paragraphs).await.unwrap();
    assert_eq!(shown(&joined(&store, index).await).unwrap(), ["First words."]);
    let unreadable = open.1.find(&open.0, "(first", None).unwrap_err();
    assert!(!unreadable.may_be_damage(), "what a reader types is none");
}

#[tokio::test]
async fn what_dead_processes_were_making_is_removed_and_what_a_live_one_makes_stays() {
    let (_folder, store, place) = world().await;
    for left in ["building-0", "building-3", "building-4711"] {
        std::fs::create_dir_all(place.join(left).join("documents")).unwrap();
    }
    let lock = File::create(place.join("building-3.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(refreshed(&store, &place).await, ["First words."]);
    let left = |name: &str| place.join(name).join("documents").exists();
    assert!(!left("building-0") && !left("building-4711"), "nobody makes these");
    assert!(left("building-3"), "somebody is making this one");
    drop(lock);
    put(&store, "demo:2", "Title\n\nSecond words.").await;
    assert_eq!(refreshed(&store, &place).await, ["First words."]);
    assert!(!left("building-3"), "its maker died");
}
