//! `/documents…`

mod absent;
pub mod correction;
pub(crate) mod days;
mod draft;
pub mod facet;
pub mod graph;
pub mod imported;
mod labels_csv;
pub mod list;
pub mod row;
pub mod show;
pub mod text;
mod text_csv;

use std::sync::Arc;

use lacuna_domain::coding::Outcome;
use lacuna_domain::{Codebook, Document, Run, Version};

use crate::error::WebError;
use crate::params::Params;
use crate::private::Sight;
use crate::reading::Reading;
use crate::reply::Format;
use crate::state::{App, Snapshot};
use crate::view::Related;

/// A document with the version and run that an address asks for.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) document: Document,
    pub(crate) versions: Vec<Version>,
    pub(crate) version: Option<Version>,
    pub(crate) reading: Option<Arc<Reading>>,
    pub(crate) run: Option<Run>,
    pub(crate) codebook: Arc<Codebook>,
    pub(crate) outcome: Option<Outcome>,
    /// `v=2` where an older version is asked for, `run=…` where another run is; empty else.
    pub(crate) query: String,
}

impl Asked {
    /// Reads the document `id` as `params` ask, where whoever asks here may see it: `v` is a version's number, `run` the first
    /// digits of a run.
    pub(crate) async fn read(
        app: &App,
        snapshot: &Snapshot,
        id: &str,
        params: &mut Params,
    ) -> Result<Self, WebError> {
        Self::read_seen(app, snapshot, Sight::of(app.config(), None), id, params).await
    }

    /// The same, where whoever has this sight may see it.
    pub(crate) async fn read_seen(
        app: &App,
        snapshot: &Snapshot,
        sight: Sight,
        id: &str,
        params: &mut Params,
    ) -> Result<Self, WebError> {
        let Some(document) = app.document_seen(id, sight).await? else {
            return Err(app.no_document(id).await);
        };
        let versions = app.versions(&document).await?;
        let mut query: Vec<String> = Vec::new();
        let version = match params.take("v") {
            None => versions.last().cloned(),
            Some(number) => {
                let found = versions.iter().find(|v| v.number.to_string() == number).cloned();
                let found = found.ok_or_else(|| {
                    WebError::NotFound(format!(
                        "this document has {} versions; none is v={number}",
                        versions.len()
                    ))
                })?;
                if versions.last().is_some_and(|last| last.number != found.number) {
                    query.push(format!("v={}", found.number));
                }
                Some(found)
            }
        };
        let wanted = params.take("run");
        let run = match &wanted {
            None => snapshot.run.clone(),
            Some(prefix) => {
                let run = snapshot.run_named(prefix).ok_or_else(|| {
                    WebError::NotFound("no run begins with these digits; /runs lists them".to_owned())
                })?;
                if snapshot.run.as_ref().is_none_or(|shown| shown.id != run.id) {
                    query.push(format!("run={}", run.id.short()));
                }
                Some(run.clone())
            }
        };
        let codebook = run
            .as_ref()
            .and_then(|r| snapshot.codebook_of(r))
            .map_or_else(|| Arc::clone(&snapshot.codebook), Arc::clone);
        let reading = match &version {
            Some(version) => app.reading(&version.text).await?,
            None => None,
        };
        let outcome = match (&run, &version) {
            (Some(run), Some(version)) => app.outcome(&run.id, &version.text).await?,
            _ => None,
        };
        let query = query.join("&");
        let asked = Self { document, versions, version, reading, run, codebook, outcome, query };
        if wanted.is_some() { Ok(asked) } else { asked.under_its_coder(app, snapshot).await }
    }

    /// How the document stands to others today. That is told by its newest text, whichever version is read.
    pub(crate) async fn related(&self, app: &App, snapshot: &Snapshot) -> Result<Related, WebError> {
        let stated = match self.versions.last() {
            Some(version) => app.stated_dates(&version.text).await?,
            None => vec![],
        };
        let (document, day) = (&self.document, app.today());
        Ok(Related::of(document, &snapshot.relations, &snapshot.catalogue, &stated, day))
    }
}

/// The id and form in the last part of an address: an exact id wins over an ending.
pub(crate) fn id_and_format<'r>(snapshot: &Snapshot, raw: &'r str) -> (&'r str, Format) {
    if snapshot.catalogue.find(raw).is_some() {
        return (raw, Format::Html);
    }
    Format::split(raw)
}
