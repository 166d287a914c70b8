//! `/actors…`: who proposes, must act, enforces and watches; entities; and who must do something about what.

pub mod duty;
pub mod entity;
pub mod list;
pub mod overview;

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::{Codebook, TextId};
use lacuna_pipeline::analyze::actors::{self, Actors};

use crate::error::WebError;
use crate::state::{App, Snapshot};

/// Everything named over the run that is shown, gathered when the first page asks.
#[derive(Debug, Default)]
pub struct Named {
    /// Entities and duties.
    pub actors: Actors,
    /// Documents of each text, as numbers of the snapshot's catalogue; texts of private documents have none.
    pub documents: BTreeMap<TextId, Vec<u32>>,
}

impl Named {
    /// The documents of a text.
    pub(crate) fn of(&self, text: &TextId) -> &[u32] {
        self.documents.get(text).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Codings read at a time.
const BATCH: usize = 64;

/// What is named, gathered by whoever asks first.
pub(crate) async fn named<'s>(app: &App, snapshot: &'s Snapshot) -> Result<&'s Named, WebError> {
    snapshot.named.get_or_try_init(|| gather(app, snapshot)).await
}

async fn gather(app: &App, snapshot: &Snapshot) -> Result<Named, WebError> {
    let mut named = Named::default();
    let Some(run) = &snapshot.run else { return Ok(named) };
    let versions = app.latest_versions().await?;
    for version in versions {
        if let Some(number) = snapshot.catalogue.find(version.document.as_str()) {
            named.documents.entry(version.text).or_default().push(number);
        }
    }
    let mut after: Option<TextId> = None;
    loop {
        let batch = app
            .store()
            .codings(&run.id, after.as_ref(), BATCH)
            .await
            .map_err(WebError::internal("read codings for the names in them"))?;
        let Some(last) = batch.last() else { return Ok(named) };
        after = Some(last.text.clone());
        for coding in batch.iter().filter(|coding| named.documents.contains_key(&coding.text)) {
            actors::gather(&mut named.actors, coding, &snapshot.codebook);
        }
        tokio::task::yield_now().await;
    }
}

/// The actor dimension with its types.
pub(crate) fn dimension(codebook: &Codebook) -> Option<(&Dimension, &[Code])> {
    codebook.dimensions.iter().find_map(|d| match &d.kind {
        Kind::Actor { types } => Some((d, types.as_slice())),
        _ => None,
    })
}

/// The dimension that duties are about: the first ordinal one.
pub(crate) fn subject(codebook: &Codebook) -> Option<&Dimension> {
    codebook.dimensions.iter().find(|d| matches!(d.kind, Kind::Ordinal { .. }))
}
