//! The map as a static site: every page asked of the router in this process, its links made relative, a search of its own,
//! the downloads beside it, a manifest, checksums, and a check that no link leads nowhere.
//!
//! Unchanged data give the same bytes: nothing here knows the time, and the day on the pages is that of the data. A release
//! gives the same bytes however far the store has moved on, but for what is private now and for what the store keeps one state
//! of alone (see `docs/taking-away.md`).

mod annotated;
mod asked;
mod check;
mod described;
mod edition;
mod folder;
mod links;
mod listed;
mod live;
mod search;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lacuna_domain::progress::Progress;
use lacuna_domain::sha256_hex;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::error::WebError;
use crate::pages::take::data;
use crate::state::App;
use asked::{Answers, ask_all, pictures};
use described::Ground;
use edition::Edition;
use folder::Folder;
use links::file_of;
use live::Leader;

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
    /// A table could not be written in another format.
    #[error("cannot write {path}: {why}")]
    Table {
        /// Its address.
        path: String,
        /// Why not.
        why: String,
    },
    /// No release is called so.
    #[error("no release is called {given:?}; {}", some(known))]
    UnknownRelease {
        /// What was asked for.
        given: String,
        /// The newest ones that can be published.
        known: Vec<String>,
    },
    /// Several releases are called so.
    #[error("several releases begin with {given:?}; name one of {}", found.join(", "))]
    ManyReleases {
        /// What was asked for.
        given: String,
        /// The newest ones that it may mean.
        found: Vec<String>,
    },
    /// The store or the state over it failed.
    #[error(transparent)]
    Site(#[from] WebError),
    /// Links that lead nowhere.
    #[error("{} links lead nowhere, the first: {}", .0.len(), .0.first().map_or("", String::as_str))]
    Links(Vec<String>),
}

fn some(releases: &[String]) -> String {
    if releases.is_empty() {
        return "none was cut yet: `lacuna release` cuts one".to_owned();
    }
    format!("there are {}", releases.join(", "))
}

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedFile {
    /// Its path.
    pub path: String,
    /// Its length.
    pub bytes: usize,
    /// Its hash.
    pub sha256: String,
}

/// What was published; also `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The release whose map it is; `None` for the state of the store on the day.
    pub release: Option<String>,
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

/// Writes the present state of the map into `folder`, which is empty, missing, or an earlier published site; that one stays as it
/// is until every page of the new one is there and every link leads somewhere.
pub async fn publish(app: &App, folder: &Path, progress: &dyn Progress) -> Result<Manifest, PublishError> {
    let folder = Folder::open(folder)?;
    written(&Edition::present(app), folder, progress).await
}

/// The same of a release, named by its id or the beginning of it: the map as it was when the release was cut, with the files of
/// the release. However far the store has moved on since, the bytes are the same; only documents that were made private are
/// left out, and with them the files of the release, and figures of weights that were measured anew.
pub async fn publish_release(
    app: &App,
    release: &str,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Manifest, PublishError> {
    let edition = Edition::of_release(app, release).await?;
    written(&edition, Folder::open(folder)?, progress).await
}

/// What the tables of a published site, which lie at its root, call a page of it or a part of one: the file, at the address of
/// the site where that is known.
pub(crate) fn in_tables(config: &Config, path: &str) -> String {
    let (page, part) = path.split_at(path.find('#').unwrap_or(path.len()));
    let file = format!("{}{part}", file_of(page));
    config.absolute(&format!("/{file}")).unwrap_or(file)
}

async fn written(
    edition: &Edition,
    folder: Folder,
    progress: &dyn Progress,
) -> Result<Manifest, PublishError> {
    let answers = answers(edition, progress).await?;
    let files = assembled(edition, answers).await?;
    let manifest = manifest(edition, &files);
    folder.fill(&files, &manifest)?;
    Ok(manifest)
}

/// The files of the site, among which every link leads somewhere.
async fn assembled(edition: &Edition, answers: Answers) -> Result<BTreeMap<String, Vec<u8>>, PublishError> {
    let mut known: BTreeSet<String> = answers.keys().cloned().collect();
    known.extend([DATA, ANNOTATIONS].map(str::to_owned));
    let mut leader = Leader::new(edition, known).await?;
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (path, answer) in answers {
        let name = file_of(&path);
        let body = if answer.markup { leader.led(&answer.body, &name) } else { answer.body };
        files.insert(name, body);
    }
    let ground = Ground::of(edition);
    annotated::complete(&mut files, &ground);
    described::measure(&mut files, &ground);
    searchable(&edition.app, &mut files).await;
    let name = file_of(DATA);
    let mut published: BTreeSet<String> = files.keys().cloned().collect();
    published.insert(name.clone());
    for (own, page) in files.iter_mut().filter(|(name, _)| name.strip_suffix(".html").is_some()) {
        described::narrow(page, own, &ground, &published);
    }
    // Every other file is as it will be, so that what is said of their number and length is true.
    let data = data::published(&edition.app, &listed::files(&files))?;
    let mut data = leader.led(data.as_bytes(), &name);
    described::narrow(&mut data, &name, &ground, &published);
    files.insert(name, data);
    let mut broken = leader.lost();
    broken.extend(check::broken(&files));
    if broken.is_empty() { Ok(files) } else { Err(PublishError::Links(broken)) }
}

/// The page of data, which names the files that are there and is made once they are.
const DATA: &str = "/data";
/// The address that the file of all annotations has on that page.
const ANNOTATIONS: &str = "/annotations.jsonl";

/// Everything that the site is asked for: pages, tables, and the pictures that the pages lead to.
async fn answers(edition: &Edition, progress: &dyn Progress) -> Result<Answers, PublishError> {
    let paths = edition.addresses().await?;
    progress.start("publish", Some(paths.len() as u64));
    let mut answers = ask_all(&edition.site, paths, progress).await?;
    answers.extend(edition.tables().await?);
    answers.extend(edition.pages().await?);
    let pictures = pictures(&answers);
    if !pictures.is_empty() {
        progress.start("pictures", Some(pictures.len() as u64));
        answers.extend(ask_all(&edition.site, pictures, progress).await?);
    }
    Ok(answers)
}

/// Adds the search page, its script and what it searches.
async fn searchable(app: &App, files: &mut BTreeMap<String, Vec<u8>>) {
    let snapshot = app.snapshot();
    files.insert("search.html".to_owned(), search::page(app).into_bytes());
    files.insert("assets/search.js".to_owned(), search::SCRIPT.as_bytes().to_vec());
    let pages = files.iter().filter(|(name, _)| name.strip_suffix(".html").is_some());
    let pages = pages.filter_map(|(_, body)| std::str::from_utf8(body).ok());
    let documents = search::documents(&snapshot, pages);
    files.insert("assets/documents.js".to_owned(), documents.into_bytes());
    files.insert("assets/quotes.js".to_owned(), search::quotes(app, &snapshot).await.into_bytes());
}

fn manifest(edition: &Edition, files: &BTreeMap<String, Vec<u8>>) -> Manifest {
    let snapshot = edition.app.snapshot();
    let files: Vec<PublishedFile> = files
        .iter()
        .map(|(path, body)| PublishedFile { path: path.clone(), bytes: body.len(), sha256: sha256_hex(body) })
        .collect();
    let lines: Vec<String> = files.iter().map(|file| format!("{}  {}", file.sha256, file.path)).collect();
    Manifest {
        release: edition.release().map(|release| release.id.clone()),
        as_of: snapshot.provenance.as_of_day(),
        run: snapshot.run.as_ref().map(|run| run.id.to_string()),
        documents: snapshot.provenance.documents,
        content: sha256_hex(lines.join("\n").as_bytes()),
        files,
    }
}
