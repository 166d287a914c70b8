//! `GET /judgements.csv`, `/judgements.jsonl`, `/api/v1/judgements`: one row per label of every document that passes a
//! filter, negative ones included, written while it is read.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use lacuna_domain::{DocumentId, Filter, Run};
use lacuna_pipeline::publish::export::{self, Format, Scope};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::error::WebError;
use crate::params::Params;
use crate::state::App;

/// `GET /judgements.csv`
pub async fn get_csv(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Format::Csv).await
}

/// `GET /judgements.jsonl` and `GET /api/v1/judgements`
pub async fn get_jsonl(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), Format::Jsonl).await
}

async fn answer(app: &App, query: Option<&str>, format: Format) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let run = match params.take("run") {
        Some(prefix) => snapshot.run_named(&prefix),
        None => snapshot.run.as_ref(),
    };
    let run =
        run.ok_or_else(|| WebError::NotFound("there is no such run; /runs lists them".to_owned()))?.clone();
    let filter = Filter::parse(params.rest(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    let found = snapshot.finder.find(&snapshot.catalogue, &filter)?;
    let numbers = snapshot.catalogue.in_order(&found.selection);
    let ids: Vec<DocumentId> =
        numbers.iter().filter_map(|number| snapshot.catalogue.record(*number)?.id().parse().ok()).collect();
    let (media_type, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "judgements.csv"),
        Format::Jsonl => ("application/jsonl", "judgements.jsonl"),
    };
    let mut response = stream(app, run, ids, format).into_response();
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    set.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        set.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Pieces under way at once: enough to keep the line busy, little to hold.
const UNDER_WAY: usize = 8;
/// Bytes of a piece.
const PIECE: usize = 32 * 1024;

fn stream(app: &App, run: Run, ids: Vec<DocumentId>, format: Format) -> Body {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(UNDER_WAY);
    let store = app.store().clone();
    let runtime = tokio::runtime::Handle::current();
    // The export writes synchronously, and waits for slow readers on a thread of its own.
    tokio::task::spawn_blocking(move || {
        let out = Pipe { sender: sender.clone(), held: Vec::with_capacity(PIECE) };
        let written = runtime.block_on(export::judgements(&store, &run, Scope::These(&ids), format, out));
        if let Err(error) = written {
            tracing::warn!(%error, "an export ended early");
            // The reader must not take half a file for a whole one: the connection breaks.
            let _ = sender.try_send(Err(io::Error::other("the export ended early")));
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
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
