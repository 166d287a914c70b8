//! What of a run came to nothing: texts that were left out or failed, and claims that fell. A page shows the first of them,
//! the CSV has all, written while it is read.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use futures_util::stream;
use lacuna_domain::{Run, RunId, TextId};
use serde::Serialize;

use super::show::seen_documents;
use crate::error::WebError;
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
    after: Option<&TextId>,
) -> Result<Batch<LeftOut>, WebError> {
    let states = app.store().uncoded(run, after, BATCH).await;
    let states = states.map_err(WebError::internal("read outcomes"))?;
    let next = states.last().map(|state| state.text.clone());
    let mut rows = Vec::new();
    for state in states {
        let Some(documents) = seen_documents(app, snapshot, &state.text).await? else { continue };
        rows.push(LeftOut {
            documents,
            state: state.state,
            reason: state.reason.unwrap_or_default(),
            day: crate::view::day(state.at),
        });
    }
    Ok((rows, next))
}

async fn fell(
    app: &App,
    snapshot: &Snapshot,
    run: &Run,
    after: Option<&TextId>,
) -> Result<Batch<Fell>, WebError> {
    let Some(codebook) = snapshot.codebook_of(run) else { return Ok((vec![], None)) };
    let codings = app.store().codings_with_rejections(&run.id, after, BATCH).await;
    let codings = codings.map_err(WebError::internal("read codings for claims that fell"))?;
    let next = codings.last().map(|coding| coding.text.clone());
    let mut rows = Vec::new();
    for coding in &codings {
        let Some(documents) = seen_documents(app, snapshot, &coding.text).await? else { continue };
        let claims = coding.rejections.iter().map(|claim| RejectionView::of(claim, codebook));
        rows.extend(claims.map(|claim| Fell { claim, documents: documents.clone() }));
    }
    Ok((rows, next))
}

/// The first rows, gathered batch by batch.
struct First<T> {
    rows: Vec<T>,
    after: Option<TextId>,
}

impl<T> First<T> {
    const fn none() -> Self {
        Self { rows: Vec::new(), after: None }
    }

    /// Takes one batch more. Whether there are more rows than are shown, once that is known.
    fn take(&mut self, (rows, next): Batch<T>) -> Option<bool> {
        self.rows.extend(rows);
        let more = self.rows.len() > SHOWN;
        self.rows.truncate(SHOWN);
        self.after = next;
        (more || self.after.is_none()).then_some(more)
    }
}

/// The first texts without a coding, and whether there are more.
pub(super) async fn first_left_out(
    app: &App,
    snapshot: &Snapshot,
    run: &Run,
) -> Result<(Vec<LeftOut>, bool), WebError> {
    let mut first = First::none();
    loop {
        let batch = left_out(app, snapshot, &run.id, first.after.as_ref()).await?;
        if let Some(more) = first.take(batch) {
            return Ok((first.rows, more));
        }
    }
}

/// The first claims that fell, and whether there are more.
pub(super) async fn first_fell(
    app: &App,
    snapshot: &Snapshot,
    run: &Run,
) -> Result<(Vec<Fell>, bool), WebError> {
    let mut first = First::none();
    loop {
        let batch = fell(app, snapshot, run, first.after.as_ref()).await?;
        if let Some(more) = first.take(batch) {
            return Ok((first.rows, more));
        }
    }
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
    Body::from_stream(stream::try_unfold(Next::Head, move |next| {
        let (app, snapshot, run) = (app.clone(), Arc::clone(&snapshot), run.clone());
        async move { piece(&app, &snapshot, &run, next).await }
    }))
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
            let (rows, last) = left_out(app, snapshot, &run.id, after.as_ref()).await?;
            for text in &rows {
                let names = names(&text.documents);
                csv_row(&mut out, [run.id.as_str(), text.state, &names, "", "", "", &text.reason, &text.day]);
            }
            last.map_or(Next::Fell(None), |last| Next::LeftOut(Some(last)))
        }
        Next::Fell(after) => {
            let (rows, last) = fell(app, snapshot, run, after.as_ref()).await?;
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

fn names(documents: &[(String, String)]) -> String {
    documents.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("; ")
}
