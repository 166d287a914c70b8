//! `GET /judgements.csv`, `/judgements.jsonl`, `/api/v1/judgements`: one row per label of every document that passes a
//! filter, negative ones included, written while it is read.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use lacuna_domain::{DocumentId, Run};
use lacuna_pipeline::publish::export::{self, Format, Scope};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;

use crate::error::WebError;
use crate::params::Params;
use crate::past::Past;
use crate::state::App;
use crate::{find, reply};

/// `GET /judgements.csv`
pub async fn get_csv(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, &headers, query.as_deref(), Format::Csv).await
}

/// `GET /judgements.jsonl` and `GET /api/v1/judgements`
pub async fn get_jsonl(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, &headers, query.as_deref(), Format::Jsonl).await
}

async fn answer(
    app: &App,
    headers: &HeaderMap,
    query: Option<&str>,
    format: Format,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let run = match params.take("run") {
        Some(prefix) => snapshot.run_named(&prefix),
        None => snapshot.run.as_ref(),
    };
    let run =
        run.ok_or_else(|| WebError::NotFound("there is no such run; /runs lists them".to_owned()))?.clone();
    let numbers = find::listed(&snapshot, params).await?;
    let ids: Vec<DocumentId> =
        numbers.iter().filter_map(|number| snapshot.catalogue.record(*number)?.id().parse().ok()).collect();
    let (media_type, name) = match format {
        Format::Csv => (reply::CSV, "judgements.csv"),
        Format::Jsonl => ("application/jsonl", "judgements.jsonl"),
    };
    let ids_and_format = ids.iter().map(DocumentId::as_str).chain([media_type]);
    let tag = reply::tag_of_rows(snapshot.revision, &run, ids_and_format)?;
    let known = headers.get(header::IF_NONE_MATCH);
    Ok(reply::stream(name, media_type, tag, known, body(app, run, ids, format)))
}

/// Pieces under way at once: enough to keep the line busy, little to hold.
const UNDER_WAY: usize = 8;
/// Bytes of a piece.
const PIECE: usize = 32 * 1024;

fn body(app: &App, run: Run, ids: Vec<DocumentId>, format: Format) -> Body {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(UNDER_WAY);
    let store = app.store().clone();
    let held = |past: &Past| ids.iter().filter_map(|id| past.member(id).cloned()).collect::<Vec<_>>();
    let members = app.past().map(held);
    let runtime = tokio::runtime::Handle::current();
    let writing = runtime.clone();
    let write = move || {
        let out = Pipe { sender: sender.clone(), held: Vec::with_capacity(PIECE) };
        let scope = members.as_deref().map_or(Scope::These(&ids), Scope::Held);
        let written = writing.block_on(export::judgements(&store, &run, scope, format, out));
        if let Err(error) = written {
            tracing::warn!(%error, "an export ended early");
            // The reader must not take half a file for a whole one: the connection breaks.
            let _ = sender.try_send(Err(io::Error::other("the export ended early")));
        }
    };
    // The export writes synchronously, and waits for slow readers on a thread of its own.
    let begin = Box::new(move || drop(runtime.spawn_blocking(write)));
    Body::from_stream(Pieces { begin: Some(begin), written: ReceiverStream::new(receiver) })
}

/// The pieces of a file, which begins to be written when the first is asked for: who asks with `HEAD`, or whether a copy is
/// still good, asks for none.
struct Pieces {
    begin: Option<Box<dyn FnOnce() + Send>>,
    written: ReceiverStream<io::Result<Bytes>>,
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(begin) = self.begin.take() {
            begin();
        }
        Pin::new(&mut self.written).poll_next(context)
    }
}

/// Sends what is written in pieces.
struct Pipe {
    sender: mpsc::Sender<io::Result<Bytes>>,
    held: Vec<u8>,
}

impl Pipe {
    fn send(&mut self) -> io::Result<()> {
        let mut piece = Ok(Bytes::from(std::mem::take(&mut self.held)));
        loop {
            match self.sender.try_send(piece) {
                Ok(()) => return Ok(()),
                Err(mpsc::error::TrySendError::Closed(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
                Err(mpsc::error::TrySendError::Full(back)) => {
                    piece = back;
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() { Ok(()) } else { self.send() }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // A reader that has gone needs nothing more.
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn nothing_is_written_before_the_first_piece_is_asked_for() {
        let begun = Arc::new(AtomicBool::new(false));
        let body = || {
            let (sender, receiver) = mpsc::channel(1);
            let begun = Arc::clone(&begun);
            let begin = Box::new(move || {
                begun.store(true, Ordering::SeqCst);
                sender.try_send(Ok(Bytes::from_static(b"rows"))).unwrap();
            });
            Body::from_stream(Pieces { begin: Some(begin), written: ReceiverStream::new(receiver) })
        };
        drop(body());
        assert!(!begun.load(Ordering::SeqCst), "nobody read it");
        assert_eq!(to_bytes(body(), usize::MAX).await.unwrap(), "rows");
        assert!(begun.load(Ordering::SeqCst));
    }
}
