//! `/releases`: what the map said on earlier days, as files that never change, and what changed between two.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use lacuna_pipeline::publish::release::{INVENTORY, LabelChange, ReleaseDiff, diff};
use lacuna_store::Release;
use serde::Serialize;

use crate::error::WebError;
use crate::kept;
use crate::limits::aside;
use crate::params::Params;
use crate::reply::{self, csv_row};
use crate::state::App;
use crate::view::{Chrome, Provenance, Section};

/// The list.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/releases.html")]
pub struct ReleasesPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    /// Newest first.
    pub(crate) releases: Vec<Release>,
    /// Whether their files lie beside the page, as they do on a server.
    #[serde(skip)]
    pub(crate) beside: bool,
}

/// One release.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/release.html")]
pub struct ReleasePage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) release: Release,
    /// The one before it, with which it can be compared.
    pub(crate) before: Option<String>,
    /// Whether its pages can be drawn.
    pub(crate) drawn: bool,
    /// Whether its files are not served, since a document of it was made private.
    pub(crate) withheld: bool,
}

/// What changed between two.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/release_diff.html")]
pub struct DiffPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) diff: ReleaseDiff,
}

impl DiffPage {
    /// Labels gained or raised, and those lost or lowered, as far as the page shows them.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &LabelChange> {
        self.diff.labels.iter().take(SHOWN)
    }

    /// Whether there are more than the page shows.
    pub(crate) fn cut_short(&self) -> bool {
        self.diff.labels.len() > SHOWN
    }
}

/// Labels on the page of a comparison; its CSV has all.
const SHOWN: usize = 500;

fn chrome(app: &App, title: &str, path: &str) -> Chrome {
    let snapshot = app.snapshot();
    app.chrome(&snapshot, Section::None, title)
        .describe("What the map said on earlier days, as files that never change.")
        .under("Data", "/data")
        .at(app.config(), path)
        .with_json(path, "")
}

/// `GET /releases`
pub async fn list(State(app): State<App>) -> Result<Response, WebError> {
    reply::html(&listed(&app).await?)
}

/// `GET /releases.json`
pub async fn list_json(State(app): State<App>) -> Result<Response, WebError> {
    reply::json(&listed(&app).await?)
}

/// `GET /releases.csv`
pub async fn list_csv(State(app): State<App>) -> Result<Response, WebError> {
    let mut out = String::new();
    let columns = ["release", "cut", "documents", "positive_labels", "codebook", "run", "content", "note"];
    csv_row(&mut out, columns);
    for release in app.releases().await? {
        let (cut, run) = (release.at.to_string(), release.run.unwrap_or_default());
        let (documents, labels) = (release.documents.to_string(), release.labels.to_string());
        let counts = [&release.id, &cut, &documents, &labels].map(String::as_str);
        let facts = [&release.codebook, &run, &release.content, &release.note].map(String::as_str);
        csv_row(&mut out, counts.into_iter().chain(facts));
    }
    Ok(reply::csv("releases.csv", out))
}

async fn listed(app: &App) -> Result<ReleasesPage, WebError> {
    let chrome = chrome(app, "Releases", "/releases").with_csv("/releases", "");
    let releases = app.releases().await?;
    Ok(ReleasesPage { provenance: chrome.provenance.clone(), chrome, releases, beside: true })
}

/// The list in a published site of the present state, beside which the files of releases do not lie.
pub(crate) async fn published(app: &App) -> Result<String, WebError> {
    let page = ReleasesPage { beside: false, ..listed(app).await? };
    page.render().map_err(WebError::internal("render the list of releases"))
}

/// `GET /releases/{id}`, and `.json`
pub async fn show(State(app): State<App>, Path(raw): Path<String>) -> Result<Response, WebError> {
    let (id, format) = reply::Format::split(&raw);
    let releases = app.releases().await?;
    let at = releases.iter().position(|release| release.id == id).ok_or_else(|| unknown(id))?;
    let before = releases.get(at + 1).map(|release| release.id.clone());
    let release = releases[at].clone();
    let chrome =
        chrome(&app, &format!("Release {id}"), &format!("/releases/{id}")).under("Releases", "/releases");
    // Inside its own map there is no other to lead to.
    let drawn = app.past().is_none() && release.files.iter().any(|file| file.name == INVENTORY);
    let withheld = app.is_withheld(id).await?;
    let provenance = chrome.provenance.clone();
    let page = ReleasePage { chrome, provenance, release, before, drawn, withheld };
    if format == reply::Format::Json { reply::json(&page) } else { reply::html(&page) }
}

/// `GET /releases/{id}/{file}`: the bytes that were cut, which have one tag for ever. They are asked for again each time, since
/// they are withheld once a document in them is private.
pub async fn file(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let releases = app.releases().await?;
    let release = releases.iter().find(|release| release.id == id);
    let file = release.and_then(|release| release.files.iter().find(|file| file.name == name));
    let file = file.ok_or_else(|| unknown(&id))?;
    if app.is_withheld(&id).await? {
        return Err(withheld(&id));
    }
    let tag = HeaderValue::from_str(&format!("W/\"{}\"", file.sha256));
    let tag = tag.map_err(WebError::internal("tag a file of a release"))?;
    let known = headers.get(header::IF_NONE_MATCH);
    let content = if kept::matches(known, Some(&tag)) {
        String::new()
    } else {
        let content = app.store().release_file(&id, &name).await;
        content.map_err(WebError::internal("read a release"))?.ok_or_else(|| unknown(&id))?
    };
    let kind = if name == INVENTORY { "application/json" } else { crate::reply::CSV };
    let mut response = reply::stream(&format!("{id}-{name}"), kind, tag, known, Body::from(content));
    let shared = if app.config().signed_in_only { "private, no-cache" } else { "public, no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(shared));
    Ok(response)
}

/// `GET /releases/diff?from=ID&to=ID`
pub async fn changes(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    reply::html(&compared(&app, query.as_deref()).await?)
}

/// `GET /releases/diff.json`
pub async fn changes_json(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    reply::json(&compared(&app, query.as_deref()).await?)
}

/// `GET /releases/diff.csv`: documents gained, lost or changed, and labels gained, lost or at another level.
pub async fn changes_csv(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let page = compared(&app, query.as_deref()).await?;
    Ok(reply::csv(&format!("changes-{}-{}.csv", page.from, page.to), changes_table(&page.diff)))
}

/// Columns of the table of changes. Those of labels are blank in the rows of documents; `columns` names those of
/// `documents.csv` in which a document changed.
const CHANGES: [&str; 9] =
    ["document", "dimension", "code", "entity", "before", "after", "quote", "what", "columns"];

fn changes_table(diff: &ReleaseDiff) -> String {
    let mut out = String::new();
    csv_row(&mut out, CHANGES);
    let mut of_document = |id: &str, what: &str, columns: &str| {
        csv_row(&mut out, [id, "", "", "", "", "", "", what, columns]);
    };
    for id in &diff.gained {
        of_document(id, "document gained", "");
    }
    for id in &diff.lost {
        of_document(id, "document lost", "");
    }
    for (id, columns) in &diff.changed {
        of_document(id, "document changed", &columns.join("; "));
    }
    for label in &diff.labels {
        let of_label = [&label.document, &label.dimension, &label.code, &label.entity].map(String::as_str);
        let change = [label.before.as_str(), &label.after, &label.quote, what_of(label), ""];
        csv_row(&mut out, of_label.into_iter().chain(change));
    }
    out
}

/// What happened to a label.
fn what_of(label: &LabelChange) -> &'static str {
    match (label.before.is_empty(), label.after.is_empty()) {
        (true, _) => "label gained",
        (false, true) => "label lost",
        (false, false) => "label changed",
    }
}

async fn compared(app: &App, query: Option<&str>) -> Result<DiffPage, WebError> {
    let mut params = Params::parse(query)?;
    let (from, to) = (params.take("from"), params.take("to"));
    params.done(&["from", "to"])?;
    let asked = from.zip(to).ok_or_else(|| {
        WebError::BadRequest("name two releases with from= and to=; /releases lists them".to_owned())
    })?;
    let (from, to) = asked;
    let read = async |id: &str, name: &str| {
        let content = app.store().release_file(id, name).await;
        content.map_err(WebError::internal("read a release"))?.ok_or_else(|| unknown(id))
    };
    let before = (read(&from, "documents.csv").await?, read(&from, "labels.csv").await?);
    let after = (read(&to, "documents.csv").await?, read(&to, "labels.csv").await?);
    let private = app.private_ids().await?;
    let compare = move || diff((&before.0, &before.1), (&after.0, &after.1));
    let told = aside("compare two releases", compare).await?.without(private.as_ref());
    let query = format!("from={from}&to={to}");
    let chrome = chrome(app, "What changed", "/releases/diff")
        .under("Releases", "/releases")
        .with_json("/releases/diff", &query)
        .with_csv("/releases/diff", &query);
    Ok(DiffPage { provenance: chrome.provenance.clone(), chrome, from, to, diff: told })
}

fn withheld(id: &str) -> WebError {
    WebError::Withheld(format!(
        "the files of release {id} are withheld: a document of this release was made private since"
    ))
}

fn unknown(id: &str) -> WebError {
    let id: String = id.chars().take(80).collect();
    WebError::NotFound(format!("there is no release {id:?} with this file; /releases lists them"))
}
