//! The map as a static site: every page asked of the router in this process, its links made relative, a search of its own,
//! the downloads beside it, a manifest, checksums, and a check that no link leads nowhere.
//!
//! Unchanged data give the same bytes: nothing here knows the time, and the day on the pages is that of the data.

mod described;
mod folder;
mod links;
mod search;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use lacuna_domain::progress::Progress;
use lacuna_domain::{DocumentId, sha256_hex};
use serde::Serialize;
use tower::ServiceExt;

use crate::state::App;
use folder::Folder;
use links::{file_of, relative_links, rewritten};

/// Why a site could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The folder holds something that is no published site.
    #[error("{0} is neither empty nor a published site; name an empty folder")]
    Occupied(PathBuf),
    /// A file could not be written.
    #[error("cannot write {path}: {why}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: std::io::Error,
    },
    /// A page failed.
    #[error("the page {path} answered {status}")]
    Page {
        /// Its address.
        path: String,
        /// What it answered.
        status: u16,
    },
    /// Links that lead nowhere.
    #[error("{} links lead nowhere, the first: {}", .0.len(), .0.first().map_or("", String::as_str))]
    Links(Vec<String>),
}

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedFile {
    /// Its path.
    pub path: String,
    /// Its length.
    pub bytes: usize,
    /// Its hash.
    pub sha256: String,
}

/// What was published; also `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The day of the data.
    pub as_of: String,
    /// The run whose labels are shown.
    pub run: Option<String>,
    /// Documents.
    pub documents: usize,
    /// SHA-256 over paths and hashes.
    pub content: String,
    /// Every file but this one and `SHA256SUMS`.
    pub files: Vec<PublishedFile>,
}

const PAGES: [&str; 14] = [
    "/",
    "/documents",
    "/codes",
    "/agreement",
    "/domains",
    "/jurisdictions",
    "/authorities",
    "/collections",
    "/actors",
    "/runs",
    "/about",
    "/data",
    "/relations",
    "/releases",
];
const TABLES: [&str; 5] = ["/documents", "/wide", "/relations", "/dates", "/codes"];
const ENDINGS: [&str; 4] = ["csv", "xlsx", "parquet", "jsonl"];

/// Writes the site into `folder`, which is empty, missing, or an earlier published site; that one stays as it is until every page
/// of the new one is there and every link leads somewhere.
pub async fn publish(app: &App, folder: &Path, progress: &dyn Progress) -> Result<Manifest, PublishError> {
    let folder = Folder::open(folder)?;
    let site = crate::serve::router(app.clone());
    let paths = addresses(app);
    let known: BTreeSet<String> = paths.iter().cloned().collect();
    progress.start("publish", Some(paths.len() as u64));
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for path in &paths {
        let (body, is_page) = asked(&site, path).await?;
        let name = file_of(path);
        let body = if is_page {
            rewritten(&String::from_utf8_lossy(&body), &name, &known).into_bytes()
        } else {
            body
        };
        files.insert(name, body);
        progress.advance(1);
    }
    described::complete(&mut files, app.config());
    let snapshot = app.snapshot();
    files.insert("search.html".to_owned(), search::page(app).into_bytes());
    files.insert("assets/search.js".to_owned(), search::SCRIPT.as_bytes().to_vec());
    let pages = files.iter().filter(|(name, _)| name.strip_suffix(".html").is_some());
    let pages = pages.filter_map(|(_, body)| std::str::from_utf8(body).ok());
    let documents = search::documents(&snapshot, pages);
    files.insert("assets/documents.js".to_owned(), documents.into_bytes());
    files.insert("assets/quotes.js".to_owned(), search::quotes(app, &snapshot).await.into_bytes());
    check_links(&files)?;
    let manifest = manifest(app, &files);
    folder.fill(&files, &manifest)?;
    Ok(manifest)
}

/// Every address that becomes a file.
fn addresses(app: &App) -> Vec<String> {
    let snapshot = app.snapshot();
    let mut paths: Vec<String> = PAGES.map(str::to_owned).to_vec();
    for table in TABLES {
        paths.extend(ENDINGS.map(|ending| format!("{table}.{ending}")));
    }
    paths.push("/judgements.csv".to_owned());
    paths.extend(["/datapackage.json", "/CITATION.cff"].map(str::to_owned));
    paths.extend([crate::assets::stylesheet(), crate::assets::icon()]);
    for dimension in &snapshot.codebook.dimensions {
        paths.push(crate::address::dimension(dimension.id.as_str()));
        for code in &dimension.codes {
            paths.push(crate::address::code(dimension.id.as_str(), code.id.as_str()));
        }
    }
    paths.extend(crate::pages::standing::list::addresses(app));
    paths.extend(crate::pages::gaps::addresses(&snapshot));
    paths.extend(snapshot.runs.iter().map(|run| crate::address::run(&run.id)));
    let everything = lacuna_domain::Filter::default();
    for number in snapshot.catalogue.select(&everything, None).documents() {
        let Some(record) = snapshot.catalogue.record(number) else { continue };
        let Ok(id) = record.id().parse::<DocumentId>() else { continue };
        let own = crate::address::document(&id);
        if record.has_text() {
            paths.push(crate::address::text(&id));
        }
        paths.extend([format!("{own}/cite.bib"), format!("{own}/cite.ris"), own]);
    }
    paths.sort();
    paths.dedup();
    paths
}

async fn asked(site: &Router, path: &str) -> Result<(Vec<u8>, bool), PublishError> {
    let failed = |status: StatusCode| PublishError::Page { path: path.to_owned(), status: status.as_u16() };
    let request = Request::get(path).body(Body::empty()).map_err(|_| failed(StatusCode::BAD_REQUEST))?;
    let mut response = match site.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    // A page that sends readers on to another is followed once, as a browser would.
    if response.status().is_redirection()
        && let Some(to) = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok())
        && let Ok(request) = Request::get(to).body(Body::empty())
    {
        response = match site.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
    }
    if response.status() != StatusCode::OK {
        return Err(failed(response.status()));
    }
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let body = to_bytes(response.into_body(), usize::MAX).await;
    let body = body.map_err(|_| failed(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok((body.to_vec(), is_page))
}

fn check_links(files: &BTreeMap<String, Vec<u8>>) -> Result<(), PublishError> {
    let mut broken = Vec::new();
    for (name, body) in files.iter().filter(|(name, _)| name.strip_suffix(".html").is_some()) {
        for target in relative_links(&String::from_utf8_lossy(body), name) {
            if !files.contains_key(&target) {
                broken.push(format!("{name} → {target}"));
            }
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(PublishError::Links(broken)) }
}

fn manifest(app: &App, files: &BTreeMap<String, Vec<u8>>) -> Manifest {
    let snapshot = app.snapshot();
    let files: Vec<PublishedFile> = files
        .iter()
        .map(|(path, body)| PublishedFile { path: path.clone(), bytes: body.len(), sha256: sha256_hex(body) })
        .collect();
    let lines: Vec<String> = files.iter().map(|file| format!("{}  {}", file.sha256, file.path)).collect();
    Manifest {
        as_of: snapshot.provenance.as_of_day(),
        run: snapshot.run.as_ref().map(|run| run.id.to_string()),
        documents: snapshot.provenance.documents,
        content: sha256_hex(lines.join("\n").as_bytes()),
        files,
    }
}
