//! What `lacuna serve --local` makes of a file that is dropped on the page of drafts: a document as `lacuna ingest
//! --private` makes it, and of its text alone a coding as `lacuna classify` makes it, with the built-in engine and
//! codebook.

use anyhow::{Context as _, anyhow};
use lacuna_domain::progress::Silent;
use lacuna_domain::{Clock, DocumentId};
use lacuna_pipeline::analyze::relations;
use lacuna_pipeline::classify::code_text;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::ingest::{self, Options, Source};
use lacuna_store::Store;
use lacuna_web::{Dropped, Intake};

/// Private documents that came over the page have ids that begin so.
const SOURCE: &str = "draft";

/// The intake into `store`.
pub(crate) fn into(store: &Store, clock: Clock) -> Intake {
    let store = store.clone();
    Intake::new(move |dropped| {
        let store = store.clone();
        Box::pin(async move { take(&store, dropped, clock).await.map_err(|error| format!("{error:#}")) })
    })
}

async fn take(store: &Store, dropped: Dropped, clock: Clock) -> anyhow::Result<DocumentId> {
    let folder = tempfile::tempdir().context("make a folder for the file")?;
    let file = folder.path().join(&dropped.name);
    std::fs::write(&file, &dropped.bytes).context("keep the file while it is read")?;
    let options = Options {
        source_name: Some(SOURCE.to_owned()),
        private: Some(true),
        child: Some(super::ingest::this_binary()?),
        ..Options::default()
    };
    let source = Source::Path(file);
    let planned = ingest::plan(&source, &options)?;
    let id = planned.items.first().map(|item| item.document.id.clone());
    let id = id.ok_or_else(|| anyhow!("{} is of no kind that can be read", dropped.name))?;
    let summary = ingest::run(store, &source, &options, clock, &Silent).await?;
    if let Some(failed) = summary.failed.first() {
        return Err(anyhow!("{} cannot be read: {}", dropped.name, failed.reason));
    }
    relations::find(store, &Silent).await.context("find relations")?;
    let (text, codebook) = super::codebook::load(None)?;
    store.put_codebook(&text, &codebook).await.context("store the codebook")?;
    let versions = store.versions(&id).await.context("read the versions of the draft")?;
    if let Some(version) = versions.last() {
        let engine = OfflineEngine::new(&codebook).context("start the offline engine")?;
        code_text(store, engine, &codebook, &version.text, clock).await.context("code the draft")?;
    }
    Ok(id)
}
