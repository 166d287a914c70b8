//! What the checks of a run found, with links to where it stands.

use lacuna_domain::RunId;
use lacuna_pipeline::verify::checks::{CheckReport, Place};
use serde::Serialize;

use super::show::seen_documents;
use crate::error::WebError;
use crate::state::{App, Snapshot};

/// What the checks found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChecksView {
    /// Codings looked at.
    pub codings: usize,
    /// Every check.
    pub checks: Vec<CheckView>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckView {
    /// Stable identifier.
    pub id: String,
    /// What must hold.
    pub name: String,
    /// Cases looked at.
    pub looked_at: usize,
    /// Cases in which it does not hold.
    pub faults: usize,
    /// Some of them: the words, and the documents with the address of the passage.
    pub examples: Vec<(String, Vec<(String, String)>)>,
}

/// What the checks of a run found; examples of documents that may not be seen here are left out.
pub(super) async fn checks(
    app: &App,
    snapshot: &Snapshot,
    run: &RunId,
) -> Result<Option<ChecksView>, WebError> {
    let report: Option<CheckReport> =
        app.store().checks(run).await.map_err(WebError::internal("read the checks"))?;
    let Some(report) = report else { return Ok(None) };
    let mut checks = Vec::new();
    for check in report.checks {
        let mut examples = Vec::new();
        for (says, places) in check.examples.into_iter().zip(check.places) {
            if let Some(documents) = linked(app, snapshot, &places).await? {
                examples.push((says, documents));
            }
        }
        checks.push(CheckView {
            id: check.id,
            name: check.name,
            looked_at: check.looked_at,
            faults: check.faults,
            examples,
        });
    }
    Ok(Some(ChecksView { codings: report.codings, checks }))
}

/// The documents of places, each with the address of its passage; `None` where one of them may not be seen.
async fn linked(
    app: &App,
    snapshot: &Snapshot,
    places: &[Place],
) -> Result<Option<Vec<(String, String)>>, WebError> {
    let mut out = Vec::new();
    for place in places {
        let text = app.store().text_starting(&place.text).await;
        let Some(text) = text.map_err(WebError::internal("find a text"))? else { return Ok(None) };
        let Some(documents) = seen_documents(app, snapshot, &text).await? else { return Ok(None) };
        let reading = app.reading(&text).await?;
        let passages = reading.as_ref().map(|reading| reading.passages.as_slice()).unwrap_or_default();
        let passage = passages.iter().rfind(|passage| passage.span.start() <= place.byte);
        let anchor = passage.map(|passage| format!("#p-{}", passage.index)).unwrap_or_default();
        let first = documents.into_iter().next();
        out.extend(first.map(|(title, href)| (title, format!("{href}/text{anchor}"))));
    }
    Ok(Some(out))
}
