//! Codes one text for somebody who waits for it, beside whatever the corpus is coded by.

use std::sync::Arc;

use lacuna_domain::{Clock, Codebook, RunId, TextId};
use lacuna_store::Store;

use super::Engine;
use super::coders::Bench;
use super::offline::OfflineEngine;
use super::run::{ClassifyError, start};

/// Codes one text with the built-in engine, unless its run has done so. The run gains that outcome and nothing else: its
/// other texts stay pending, it is not checked, and it is not marked finished, so that pages go on showing the run that
/// they show.
pub async fn code_text(
    store: &Store,
    engine: OfflineEngine,
    codebook: &Codebook,
    text: &TextId,
    clock: Clock,
) -> Result<RunId, ClassifyError> {
    let engine = Engine::from(engine);
    let run = start(store, &engine, codebook, clock).await?.id;
    if store.is_settled(&run, text).await? {
        return Ok(run);
    }
    let Some(text) = store.text(text).await? else { return Ok(run) };
    let codebook = Arc::new(codebook.clone());
    let bench = Bench { engine, codebook, shared: None, run: run.clone(), clock };
    let work = move || (bench.outcome(&text), text.id);
    let coded = tokio::task::spawn_blocking(work).await;
    let (outcome, text) = coded.map_err(|error| ClassifyError::Thread(error.to_string()))?;
    store.put_outcomes(&run, &[(text, outcome)]).await?;
    Ok(run)
}
