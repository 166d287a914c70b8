//! A draft is coded alone, whatever the corpus waits for and whichever run is shown.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use lacuna_domain::text::{Quality, Text};
use lacuna_domain::{Clock, Document, Metadata, TextId};
use lacuna_pipeline::classify::code_text;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::codebooks::{AI_GOVERNANCE, ai_governance};
use lacuna_store::{Incoming, Location, NewVersion, Store};

fn incoming(id: &str, words: &str) -> (TextId, Incoming) {
    let text = Text::new(words.to_owned(), Some("en".to_owned()), Quality::default());
    let known = text.id.clone();
    let metadata = Metadata { official_name: id.to_owned(), fiction: true, ..Metadata::default() };
    let version = NewVersion {
        bytes_hash: id.to_owned(),
        media_type: "text/plain".to_owned(),
        text,
        page_starts: vec![],
        notes: vec![],
    };
    (known, Incoming { document: Document { id: id.parse().unwrap(), metadata }, version: Some(version) })
}

#[tokio::test]
async fn the_run_of_a_draft_gains_its_coding_alone_and_is_not_finished_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
    let codebook = ai_governance().unwrap();
    store.put_codebook(AI_GOVERNANCE, &codebook).await.unwrap();
    let (corpus, waiting) =
        incoming("file:act", "A deployer shall test each artificial intelligence system.");
    let (draft, dropped) = incoming("draft:bill", "A deployer shall publish a yearly bias audit.");
    store.put_documents(&[waiting, dropped]).await.unwrap();

    let engine = || OfflineEngine::new(&codebook).unwrap();
    let run = code_text(&store, engine(), &codebook, &draft, Clock::fixed()).await.unwrap();
    assert_eq!(store.coded_texts(&run).await.unwrap(), std::slice::from_ref(&draft));
    assert_eq!(store.pending_texts(&run).await.unwrap(), std::slice::from_ref(&corpus));
    assert!(store.newest_finished_run(&codebook.id).await.unwrap().is_none(), "pages show what they showed");

    store.finish_run(&run).await.unwrap();
    let finished = store.run(&run).await.unwrap().unwrap().finished_at;
    assert_eq!(code_text(&store, engine(), &codebook, &corpus, Clock::fixed()).await.unwrap(), run);
    assert!(store.is_settled(&run, &corpus).await.unwrap(), "a run that is known gains a coding");
    assert_eq!(store.run(&run).await.unwrap().unwrap().finished_at, finished);
}
