//! Export rows: everything a reader takes away, as JSON lines or CSV, written while it is read.
//!
//! Columns are a promise; `docs/reference/export.md` lists them. What holds for every export:
//! - private documents are never in it;
//! - every row says in `fiction` whether its document was invented for demonstration;
//! - dates are ISO 8601, CSV is RFC 4180, and a text cell that a spreadsheet would take for a formula starts with an
//!   apostrophe.

mod code_points;
mod date_row;
mod days;
mod decisions;
mod document_row;
mod judgement_row;
mod labelled;
mod ledger;
mod pieces;
mod run;
mod sink;
#[cfg(test)]
mod tests;
mod trust;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use lacuna_domain::{Codebook, CodebookId, Document, DocumentId, Run, Version};
use lacuna_store::{Member, Store, StoreError};

pub use date_row::DateRow;
pub use document_row::DocumentRow;
pub(crate) use document_row::EXTRA;
pub use judgement_row::{EvidenceRow, ExportValue, JudgementRow, SpanRow};
pub use ledger::{LedgerRow, ledger};
pub use pieces::Judgements;
pub use run::choose_run;
pub use sink::{Cells, Format, Sink};
pub use trust::Trust;

use days::Days;
use labelled::{Of, rows_of};
use trust::Known;

/// A text cell of a CSV file: one that a spreadsheet would take for a formula gets a leading apostrophe.
pub fn defused(text: &str) -> String {
    sink::text_cell(text)
}

/// A text cell of one of our own CSV files as it was before it was [`defused`].
pub fn armed(cell: &str) -> String {
    sink::text_of(cell)
}

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No run is finished.
    #[error("no run of the codebook {0} is finished; run `lacuna classify` first")]
    NoRun(CodebookId),
    /// No run is called this.
    #[error("there is no run {given:?}; use {}", known.join(", "))]
    UnknownRun {
        /// What was asked for.
        given: String,
        /// Runs there are.
        known: Vec<String>,
    },
    /// The run's codebook is not in the store.
    #[error("the codebook {0} of the run is not in the store; run `lacuna classify` with it again")]
    NoCodebook(String),
    /// The output could not be written.
    #[error("could not write the export: {0}")]
    Write(#[from] std::io::Error),
    /// The output could not be written as CSV.
    #[error("could not write the export: {0}")]
    Csv(#[from] csv::Error),
    /// A row could not be written as JSON.
    #[error("could not write the export: {0}")]
    Json(#[from] serde_json::Error),
}

/// Which documents an export is about.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'s> {
    /// Every document.
    All,
    /// These, in this order; unknown and private ones are passed over.
    These(&'s [DocumentId]),
    /// These as a release holds them, in this order; the store is that of its moment (see [`Store::as_of`]).
    Held(&'s [Member]),
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows.
    pub rows: u64,
    /// Documents with at least one row.
    pub documents: u64,
}

/// Writes one row per document, dimension and code of a run, negative labels included, and one per actor role and
/// entity. Documents that the run did not code have no rows.
pub async fn judgements<W: Write + Send>(
    store: &Store,
    run: &Run,
    scope: Scope<'_>,
    format: Format,
    mut out: W,
) -> Result<Written, ExportError> {
    let mut file = Judgements::open(store, run, scope, format).await?;
    while let Some(piece) = file.piece().await? {
        out.write_all(&piece)?;
    }
    out.flush()?;
    Ok(file.written())
}

/// The rows of one document in one run, as its page's `.json` and `.csv` give them.
pub async fn judgement_rows(
    store: &Store,
    run: &Run,
    codebook: &Codebook,
    document: &Document,
) -> Result<Vec<JudgementRow>, ExportError> {
    if document.metadata.private {
        return Ok(vec![]);
    }
    let versioned = (document.clone(), store.versions(&document.id).await?.pop());
    let of = Of { run, codebook, known: &Known::read(store, run, codebook).await? };
    Ok(rows_of(store, of, &[versioned]).await?.into_iter().flatten().collect())
}

/// Writes one row per document with all its metadata.
pub async fn documents<W: Write + Send>(
    store: &Store,
    run: Option<&Run>,
    scope: Scope<'_>,
    format: Format,
    out: W,
) -> Result<Written, ExportError> {
    let public = public(store).await?;
    let days = Days::read(store, &public).await?;
    let documents = within(public, scope);
    let extra: BTreeSet<String> = documents.iter().flat_map(|d| d.metadata.extra.keys().cloned()).collect();
    let mut sink = Sink::new(format, out, &DocumentRow::columns(&extra))?;
    let versions = current(store, scope).await?;
    let mut by_text: BTreeMap<&str, Vec<&DocumentId>> = BTreeMap::new();
    for document in &documents {
        if let Some(version) = versions.get(&document.id) {
            by_text.entry(version.text.as_str()).or_default().push(&document.id);
        }
    }
    let mut states = BTreeMap::new();
    if let Some(run) = run {
        let all = store.outcome_states(&run.id).await?;
        states.extend(all.into_iter().map(|state| (state.text.clone(), state)));
    }
    for document in &documents {
        let version = versions.get(&document.id);
        let text = if let Some(version) = version { store.text(&version.text).await? } else { None };
        let same = version.and_then(|v| by_text.get(v.text.as_str())).map(Vec::as_slice).unwrap_or_default();
        let state = version.and_then(|v| states.get(&v.text));
        let told = days.of(document, version);
        let row = DocumentRow::new(document, version, text.as_ref(), same, state, told);
        sink.write(&row.with_columns(&extra))?;
    }
    sink.finish()?;
    Ok(Written { rows: documents.len() as u64, documents: documents.len() as u64 })
}

/// Every document that is not private.
async fn public(store: &Store) -> Result<Vec<Document>, ExportError> {
    let mut all = store.documents().await?;
    all.retain(|document| !document.metadata.private);
    Ok(all)
}

/// Those of the documents that the export is about.
fn within(all: Vec<Document>, scope: Scope<'_>) -> Vec<Document> {
    match scope {
        Scope::All => all,
        Scope::These(wanted) => {
            let mut by_id: BTreeMap<DocumentId, Document> =
                all.into_iter().map(|d| (d.id.clone(), d)).collect();
            wanted.iter().filter_map(|id| by_id.remove(id)).collect()
        }
        Scope::Held(members) => members.iter().map(|member| member.document.clone()).collect(),
    }
}

/// The version of each document that the export is about.
async fn current(store: &Store, scope: Scope<'_>) -> Result<BTreeMap<DocumentId, Version>, ExportError> {
    let versions: Vec<Version> = match scope {
        Scope::Held(members) => members.iter().filter_map(|member| member.version.clone()).collect(),
        Scope::All | Scope::These(_) => store.latest_versions().await?,
    };
    Ok(versions.into_iter().map(|version| (version.document.clone(), version)).collect())
}
