//! What the site answers, asked in this process.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;
use lacuna_domain::progress::Progress;
use lacuna_pipeline::publish::tables::{TableFormat, convert};
use tower::ServiceExt;

use super::PublishError;
use super::links;

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its body.
    pub(super) body: Vec<u8>,
    /// Whether links stand in it as markup has them: a page or a picture.
    pub(super) markup: bool,
}

impl Answer {
    /// A page that was made here.
    pub(super) fn page(html: String) -> Self {
        Self { body: html.into_bytes(), markup: true }
    }

    /// A file without links.
    pub(super) fn file(body: Vec<u8>) -> Self {
        Self { body, markup: false }
    }
}

/// Answers by their addresses.
pub(super) type Answers = BTreeMap<String, Answer>;

/// Asks for every path.
pub(super) async fn ask_all(
    site: &Router,
    paths: BTreeSet<String>,
    progress: &dyn Progress,
) -> Result<Answers, PublishError> {
    let mut answers = Answers::new();
    for path in paths {
        let answer = ask(site, &path).await?;
        answers.insert(path, answer);
        progress.advance(1);
    }
    Ok(answers)
}

/// Asks for a path.
pub(super) async fn ask(site: &Router, path: &str) -> Result<Answer, PublishError> {
    let failed = |status: StatusCode| PublishError::Page { path: path.to_owned(), status: status.as_u16() };
    let mut response = sent(site, path).await.ok_or_else(|| failed(StatusCode::BAD_REQUEST))?;
    // A page that sends readers on to another is followed once, as a browser would.
    if response.status().is_redirection()
        && let Some(to) = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok())
        && let Some(further) = sent(site, to).await
    {
        response = further;
    }
    if response.status() != StatusCode::OK {
        return Err(failed(response.status()));
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    let markup = kind.starts_with("text/html") || kind.starts_with("image/svg+xml");
    let body = to_bytes(response.into_body(), usize::MAX).await;
    let body = body.map_err(|_| failed(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(Answer { body: body.to_vec(), markup })
}

async fn sent(site: &Router, path: &str) -> Option<Response> {
    let request = Request::get(path).body(Body::empty()).ok()?;
    match site.clone().oneshot(request).await {
        Ok(response) => Some(response),
        Err(never) => match never {},
    }
}

/// The pictures that pages lead to and that nobody asked for yet.
pub(super) fn pictures(answers: &Answers) -> BTreeSet<String> {
    let pages = answers.values().filter(|answer| answer.markup);
    let pages = pages.filter_map(|answer| std::str::from_utf8(&answer.body).ok());
    pages.flat_map(links::pictures).filter(|path| !answers.contains_key(path)).collect()
}

/// The table `csv` at `path`, without its ending, in other formats, by the addresses that they have on a server.
pub(super) async fn in_formats(
    path: &str,
    csv: &[u8],
    formats: &[TableFormat],
) -> Result<Answers, PublishError> {
    let csv = Bytes::copy_from_slice(csv);
    let mut answers = Answers::new();
    for format in formats.iter().copied() {
        let csv = csv.clone();
        let made = tokio::task::spawn_blocking(move || {
            let mut out = Vec::new();
            convert(Cursor::new(csv), format, &mut out).map(|_| out)
        });
        let path = format!("{path}.{}", ending(format));
        let failed = |why: String| PublishError::Table { path: path.clone(), why };
        let made = made.await.map_err(|error| failed(error.to_string()))?;
        let body = made.map_err(|error| failed(error.to_string()))?;
        answers.insert(path, Answer::file(body));
    }
    Ok(answers)
}

/// The ending of a table of a format; the JSON beside a page is the page.
const fn ending(format: TableFormat) -> &'static str {
    match format {
        TableFormat::Json => "rows.json",
        other => other.ending(),
    }
}
