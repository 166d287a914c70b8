//! `/actors…`: who proposes, must act, enforces and watches; entities; and who must do something about what.

pub mod duty;
pub mod entity;
pub mod list;
pub mod overview;

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::{Codebook, TextId};
use lacuna_pipeline::analyze::actors::Actors;

use crate::error::WebError;
use crate::gathered::Extent;
use crate::state::{App, Snapshot};

/// Everything named over the run that is shown.
#[derive(Debug, Default)]
pub struct Named {
    /// Entities and duties.
    pub actors: Actors,
    /// Documents of each text, as numbers of the snapshot's catalogue; texts of private documents have none.
    pub documents: BTreeMap<TextId, Vec<u32>>,
    /// From how many texts they were gathered.
    pub extent: Extent,
}

impl Named {
    /// The documents of a text.
    pub(crate) fn of(&self, text: &TextId) -> &[u32] {
        self.documents.get(text).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What is named.
pub(crate) async fn named<'s>(app: &App, snapshot: &'s Snapshot) -> Result<&'s Named, WebError> {
    Ok(&snapshot.gathered(app).await?.named)
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
