//! Every table in every format: an address that ends in `.xlsx`, `.parquet`, `.jsonl` or `.rows.json` is the `.csv` beside
//! it, written anew. Filters, rows and columns are the same by construction, and nothing is capped. Few are written at
//! once, from file to file, so that memory does not grow with tables or readers, and none for longer
//! than its time or its reader's patience.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Router};
use futures_util::{TryStreamExt as _, stream};
use lacuna_pipeline::publish::tables::{TableError, TableFormat, convert};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::pieces;

/// Tables written at once.
const AT_ONCE: usize = 2;
/// Bytes of a table that are read at a time.
const PIECE: usize = 64 * 1024;
/// How many times as long as it may wait for its turn a table may take to be written.
const WHOLE: u32 = 30;

/// Those who wait for a table to be written.
#[derive(Clone, Debug)]
struct Line {
    turns: Arc<Semaphore>,
    patience: Duration,
}

impl Line {
    /// A turn to write a table; `None` where none came in time.
    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        tokio::time::timeout(self.patience, turn).await.ok()?.ok()
    }

    /// How long a table may take from its turn to its last byte.
    const fn whole(&self) -> Duration {
        self.patience.saturating_mul(WHOLE)
    }
}

/// How long a table may still be written: to its last moment, and as long as somebody waits for it.
#[derive(Clone, Debug)]
struct Limit {
    /// `None` is never.
    until: Option<Instant>,
    reader: Weak<()>,
}

impl Limit {
    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// An error where there is nothing to go on for.
    fn check(&self) -> io::Result<()> {
        if self.is_over() || self.reader.strong_count() == 0 {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "nobody waits for the table any longer"));
        }
        Ok(())
    }
}

/// A file that is read and written within a limit: a conversion does either all the time, and so ends with it.
#[derive(Debug)]
struct Limited {
    file: File,
    limit: Limit,
}

impl Read for Limited {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.limit.check()?;
        self.file.read(into)
    }
}

impl Seek for Limited {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.limit.check()?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The site with every `.csv` in the other formats too. Who has waited for so long that their table be begun is told to
/// come again, and a table that takes [`WHOLE`] times as long is given up.
pub(crate) fn in_every_format(site: Router, patience: Duration) -> Router {
    let line = Line { turns: Arc::new(Semaphore::new(AT_ONCE)), patience };
    let answer = move |request: Request| {
        let (site, line) = (site.clone(), line.clone());
        let head = request.method() == Method::HEAD;
        async move {
            let response = answer(site, &line, request).await;
            Ok::<_, Infallible>(if head { unmeasured(response) } else { response })
        }
    };
    Router::new().fallback_service(tower::service_fn(answer))
}

/// The answer to HEAD, whose body is off already: where its length was not told, as that of a file written while it is read,
/// that of what is left must not be told for it.
fn unmeasured(mut response: Response) -> Response {
    if !response.headers().contains_key(header::CONTENT_LENGTH) {
        *response.body_mut() = Body::from_stream(tokio_stream::empty::<Result<Bytes, Infallible>>());
    }
    response
}

async fn answer(site: Router, line: &Line, mut request: Request) -> Response {
    let Some((path, format)) = csv_beside(request.uri().path()) else {
        return asked(site, request).await;
    };
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let Ok(uri) = format!("{path}{query}").parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let known = request.headers_mut().remove(header::IF_NONE_MATCH);
    let head = request.method() == Method::HEAD;
    let (parts, body) = request.into_parts();
    let response = asked(site.clone(), head_of(parts.clone())).await;
    let tag = tag(&response, format).filter(|_| is_table(&response));
    if crate::kept::matches(known.as_ref(), tag.as_ref()) {
        return unchanged(tag);
    }
    // Whoever asks with HEAD is told what the table is; to tell how long it is, it would have to be written.
    if head {
        return if is_table(&response) { told(response, &path, format) } else { response };
    }
    let request = Request::from_parts(parts, body);
    // What is refused, or is not there, waits for no turn.
    if !is_table(&response) {
        return asked(site, request).await;
    }
    // The CSV may be whole in memory: it is asked for once it can be converted, so that who waits holds none.
    let Some(turn) = line.turn().await else { return busy() };
    let until = Instant::now().checked_add(line.whole());
    let response = asked(site, request).await;
    if is_table(&response) { written(response, (turn, until), &path, format).await } else { response }
}

/// The same question, answered without a body.
fn head_of(mut parts: Parts) -> Request {
    parts.method = Method::HEAD;
    Request::from_parts(parts, Body::empty())
}

/// Whether an answer is a table.
fn is_table(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    response.status() == StatusCode::OK && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/csv"))
}

/// What is said to who has the table with this tag.
fn unchanged(tag: Option<HeaderValue>) -> Response {
    let kept = [(header::ETAG, tag), (header::CACHE_CONTROL, Some(HeaderValue::from_static("no-cache")))];
    let mut unchanged = StatusCode::NOT_MODIFIED.into_response();
    unchanged.headers_mut().extend(kept.into_iter().filter_map(|(name, value)| Some((name, value?))));
    unchanged
}

/// The tag of a table in another format: that of the CSV, which it is made from, and the format.
fn tag(csv: &Response, format: TableFormat) -> Option<HeaderValue> {
    let of_csv = csv.headers().get(header::ETAG)?.to_str().ok()?.strip_suffix('"')?;
    HeaderValue::from_str(&format!("{of_csv}-{}\"", format.ending())).ok()
}

async fn asked(site: Router, request: Request) -> Response {
    match site.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The address of the CSV, and the format asked for; `None` where the address asks for no such format.
fn csv_beside(path: &str) -> Option<(String, TableFormat)> {
    // This one is written while it is read, by a page of its own.
    if crate::past::page_of(path) == "/judgements.jsonl" {
        return None;
    }
    if let Some(stem) = path.strip_suffix(".rows.json") {
        return Some((format!("{stem}.csv"), TableFormat::Json));
    }
    let (stem, ending) = path.rsplit_once('.')?;
    let format = TableFormat::from_ending(ending).filter(|format| *format != TableFormat::Json)?;
    Some((format!("{stem}.csv"), format))
}

async fn written(
    response: Response,
    (turn, until): (OwnedSemaphorePermit, Option<Instant>),
    path: &str,
    format: TableFormat,
) -> Response {
    let (parts, csv) = response.into_parts();
    // Whoever stops waiting drops it with this answer.
    let reader = Arc::new(());
    let limit = Limit { until, reader: Arc::downgrade(&reader) };
    match converted(csv, format, turn, &limit).await {
        Ok((table, bytes)) => {
            let mut response = told(Response::from_parts(parts, read(table)), path, format);
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
            response
        }
        Err(error) => not_written(&error, limit.is_over(), path),
    }
}

/// What is said of a table that took too long, or could not be written.
fn not_written(error: &BoxError, took_too_long: bool, path: &str) -> Response {
    tracing::warn!(%error, took_too_long, path, "a table was not written");
    let (status, words) = if took_too_long {
        let words = "the table takes too long to write in this format; take the CSV beside it, or fewer documents by a filter";
        (StatusCode::SERVICE_UNAVAILABLE, words)
    } else {
        (StatusCode::INTERNAL_SERVER_ERROR, "the table could not be written; take the CSV beside it")
    };
    (status, [(header::CACHE_CONTROL, "no-store")], words).into_response()
}

/// What is said where no turn came.
fn busy() -> Response {
    let headers = [(header::RETRY_AFTER, "10"), (header::CACHE_CONTROL, "no-store")];
    let words = "other tables are being written; try again in a moment, or take the CSV beside it";
    (StatusCode::SERVICE_UNAVAILABLE, headers, words).into_response()
}

/// The table `csv` in another format, and its bytes. The turn ends with the work, which ends within the limit.
async fn converted(
    csv: Body,
    format: TableFormat,
    turn: OwnedSemaphorePermit,
    limit: &Limit,
) -> Result<(File, u64), BoxError> {
    let left = limit.until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
    let csv = tokio::time::timeout(left, gathered(csv)).await??;
    let limit = limit.clone();
    let converting = tokio::task::spawn_blocking(move || {
        let table = rewritten(csv, format, &limit);
        drop(turn);
        table
    });
    Ok(converting.await??)
}

/// The pieces of a table as a file.
async fn gathered(csv: Body) -> Result<File, BoxError> {
    let mut pieces = csv.into_data_stream();
    let mut file = tokio::fs::File::from_std(tempfile::tempfile()?);
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    Ok(file.into_std().await)
}

fn rewritten(csv: File, format: TableFormat, limit: &Limit) -> Result<(File, u64), TableError> {
    let limited = |file| Limited { file, limit: limit.clone() };
    let mut out = BufWriter::new(limited(tempfile::tempfile()?));
    convert(BufReader::new(limited(csv)), format, &mut out)?;
    let Limited { file: mut table, .. } = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    let bytes = table.metadata()?.len();
    table.rewind()?;
    Ok((table, bytes))
}

/// The body of a file.
fn read(file: File) -> Body {
    pieces::body(move || {
        stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
            let mut piece = Vec::with_capacity(PIECE);
            (&mut file).take(PIECE as u64).read_to_end(&mut piece).await?;
            Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
        })
    })
}

/// The answer of the CSV at `path` with what holds of it in another format: its media type, its tag and the name to save it
/// as.
fn told(mut response: Response, path: &str, format: TableFormat) -> Response {
    let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".csv");
    let safe: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .collect();
    let tag = tag(&response, format);
    let set = response.headers_mut();
    for stale in [header::CONTENT_LENGTH, header::ETAG] {
        set.remove(stale);
    }
    if let Some(tag) = tag {
        set.insert(header::ETAG, tag);
    }
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    let attached = format!("attachment; filename=\"{safe}.{}\"", format.ending());
    if let Ok(value) = HeaderValue::from_str(&attached) {
        set.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversion_ends_when_its_time_is_over_or_its_reader_is_gone() {
        let table = || {
            let mut csv = tempfile::tempfile().unwrap();
            csv.write_all(b"name,count\r\nlamp,3\r\n").unwrap();
            csv
        };
        let reader = Arc::new(());
        let until = |until| Limit { until, reader: Arc::downgrade(&reader) };
        for format in TableFormat::ALL {
            assert!(rewritten(table(), format, &until(None)).is_ok());
            assert!(rewritten(table(), format, &until(Some(Instant::now()))).is_err());
        }
        let left = until(None);
        drop(reader);
        assert!(rewritten(table(), TableFormat::Xlsx, &left).is_err(), "nobody waits for it");
    }

    #[test]
    fn an_ending_names_the_table_beside() {
        let beside = |path: &str| csv_beside(path).map(|(path, format)| (path, format.ending()));
        assert_eq!(beside("/documents.xlsx"), Some(("/documents.csv".to_owned(), "xlsx")));
        assert_eq!(beside("/documents.rows.json"), Some(("/documents.csv".to_owned(), "json")));
        assert_eq!(beside("/codes/risk/2.2.parquet"), Some(("/codes/risk/2.2.csv".to_owned(), "parquet")));
        for own in [
            "/documents.json",
            "/codes/risk/2.2",
            "/judgements.jsonl",
            "/releases/r/map/judgements.jsonl",
            "/",
        ] {
            assert_eq!(beside(own), None, "{own}");
        }
    }
}
