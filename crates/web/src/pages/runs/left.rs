//! What of a run came to nothing: texts that were left out or failed, and claims that fell. A page shows the first of them,
//! the CSV has all, written while it is read.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use futures_util::stream;
use lacuna_domain::{Run, RunId, TextId};
use lacuna_store::OutcomeState;
use serde::Serialize;

use super::show::seen_by_text;
use crate::error::WebError;
use crate::pieces;
use crate::reply::csv_row;
use crate::state::{App, Snapshot};
use crate::view::RejectionView;

/// A text without a coding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct LeftOut {
    /// `skipped` or `failed`.
    pub state: &'static str,
    /// Why.
    pub reason: String,
    /// When.
    pub day: String,
    /// Documents with this text: name and address.
    pub documents: Vec<(String, String)>,
}

/// A claim that fell, and where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Fell {
    /// The claim.
    pub claim: RejectionView,
    /// Documents with the text: name and address.
    pub documents: Vec<(String, String)>,
}

/// Rows of each kind that a page shows.
const SHOWN: usize = 200;
/// Texts read at a time.
const BATCH: usize = 64;

/// Some rows, and the text after which the next ones begin; `None` at the end.
type Batch<T> = (Vec<T>, Option<TextId>);

async fn left_out(
    app: &App,
    snapshot: &Snapshot,
    run: &RunId,
    after: Option<TextId>,
) -> Result<Batch<LeftOut>, WebError> {
    let states = app.store().uncoded(run, after.as_ref(), BATCH).await;
    let states = states.map_err(WebError::internal("read outcomes"))?;
    let texts: Vec<TextId> = states.iter().map(|state| state.text.clone()).collect();
    let mut seen = seen_by_text(app, snapshot, &texts).await?;
    let row = |state: OutcomeState| {
        Some(LeftOut {
            documents: seen.remove(&state.text)?,
            state: state.state,
            reason: state.reason.unwrap_or_default(),
            day: crate::view::day(state.at),
        })
    };
    Ok((states.into_iter().filter_map(row).collect(), texts.last().cloned()))
}

async fn fell(
    app: &App,
    snapshot: &Snapshot,
    run: &Run,
    after: Option<TextId>,
) -> Result<Batch<Fell>, WebError> {
    let Some(codebook) = snapshot.codebook_of(run) else { return Ok((vec![], None)) };
    let codings = app.store().codings_with_rejections(&run.id, after.as_ref(), BATCH).await;
    let codings = codings.map_err(WebError::internal("read codings for claims that fell"))?;
    let texts: Vec<TextId> = codings.iter().map(|coding| coding.text.clone()).collect();
    let seen = seen_by_text(app, snapshot, &texts).await?;
    let mut rows = Vec::new();
    for coding in &codings {
        let Some(documents) = seen.get(&coding.text) else { continue };
        let claims = coding.rejections.iter().map(|claim| RejectionView::of(claim, codebook));
        rows.extend(claims.map(|claim| Fell { claim, documents: documents.clone() }));
    }
    Ok((rows, texts.last().cloned()))
}

/// The first rows, gathered batch by batch, and whether there are more.
async fn first<T, F>(batch: impl Fn(Option<TextId>) -> F) -> Result<(Vec<T>, bool), WebError>
where
    F: Future<Output = Result<Batch<T>, WebError>>,
{
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let (some, next) = batch(after).await?;
        rows.extend(some);
        let more = rows.len() > SHOWN;
        if more || next.is_none() {
            rows.truncate(SHOWN);
            return Ok((rows, more));
        }
        after = next;
    }
}

/// The first texts without a coding, and whether there are more.
pub(super) async fn first_left_out(
    app: &App,
    snapshot: &Snapshot,
    run: &Run,
) -> Result<(Vec<LeftOut>, bool), WebError> {
    first(|after| left_out(app, snapshot, &run.id, after)).await
}

/// The first claims that fell, and whether there are more.
pub(super) async fn first_fell(
    app: &App,
    snapshot: &Snapshot,
    run: &Run,
) -> Result<(Vec<Fell>, bool), WebError> {
    first(|after| fell(app, snapshot, run, after)).await
}

/// What is written next.
enum Next {
    Head,
    LeftOut(Option<TextId>),
    Fell(Option<TextId>),
    End,
}

/// One row for each text that was left out and each claim that fell.
pub(super) fn rows(app: App, snapshot: Arc<Snapshot>, run: Run) -> Body {
    pieces::body(move || {
        stream::try_unfold(Next::Head, move |next| {
            let (app, snapshot, run) = (app.clone(), Arc::clone(&snapshot), run.clone());
            async move { piece(&app, &snapshot, &run, next).await }
        })
    })
}

async fn piece(
    app: &App,
    snapshot: &Snapshot,
    run: &Run,
    next: Next,
) -> Result<Option<(Bytes, Next)>, WebError> {
    let mut out = String::new();
    let next = match next {
        Next::Head => {
            let head = ["run", "what", "documents", "dimension", "code", "claimed", "reason_or_words", "day"];
            csv_row(&mut out, head);
            Next::LeftOut(None)
        }
        Next::LeftOut(after) => {
            let (rows, last) = left_out(app, snapshot, &run.id, after).await?;
            for text in &rows {
                let names = names(&text.documents);
                csv_row(&mut out, [run.id.as_str(), text.state, &names, "", "", "", &text.reason, &text.day]);
            }
            last.map_or(Next::Fell(None), |last| Next::LeftOut(Some(last)))
        }
        Next::Fell(after) => {
            let (rows, last) = fell(app, snapshot, run, after).await?;
            for Fell { claim, documents } in &rows {
                let words =
                    claim.tried.iter().map(|tried| tried.words.as_str()).collect::<Vec<_>>().join(" | ");
                let names = names(documents);
                let row = [
                    run.id.as_str(),
                    "fell",
                    &names,
                    &claim.dimension,
                    &claim.code,
                    &claim.claimed,
                    &words,
                    "",
                ];
                csv_row(&mut out, row);
            }
            last.map_or(Next::End, |last| Next::Fell(Some(last)))
        }
        Next::End => return Ok(None),
    };
    Ok(Some((out.into(), next)))
}

/// The names of documents as a cell.
pub(super) fn names(documents: &[(String, String)]) -> String {
    documents.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("; ")
}
