//! `GET /codes`: every codebook, its dimensions and how often their codes are found.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lacuna_domain::{Codebook, Filter};
use serde::Serialize;

use crate::error::WebError;
use crate::reply;
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Coverage, Provenance, Section, coverages};

/// A codebook in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodebookFacts {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its file.
    pub hash: String,
    /// Title for readers.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Rules that hold for every dimension.
    pub ground_rules: Vec<String>,
    /// Its dimensions: name, address, number of codes.
    pub dimensions: Vec<(String, String, usize)>,
}

impl CodebookFacts {
    /// The facts of a codebook.
    pub fn of(codebook: &Codebook) -> Self {
        let dimension = |d: &lacuna_domain::codebook::Dimension| {
            (d.name.clone(), crate::address::dimension(d.id.as_str()), d.codes.len())
        };
        Self {
            id: codebook.id.to_string(),
            version: codebook.version.clone(),
            hash: codebook.hash.clone(),
            title: codebook.title.clone(),
            description: codebook.description.clone(),
            ground_rules: codebook.ground_rules.clone(),
            dimensions: codebook.dimensions.iter().map(dimension).collect(),
        }
    }
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/codes.html")]
pub struct CodesPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    /// The codebook whose labels are shown.
    pub(crate) codebook: CodebookFacts,
    /// Others in the store.
    pub(crate) others: Vec<CodebookFacts>,
    /// Its dimensions over all coded documents.
    pub(crate) coverage: Vec<Coverage>,
}

impl CodesPage {
    /// The page of a snapshot.
    pub fn build(chrome: Chrome, snapshot: &Snapshot) -> Self {
        let all = snapshot.catalogue.select(&Filter::default(), None);
        Self {
            provenance: chrome.provenance.clone(),
            chrome,
            codebook: CodebookFacts::of(&snapshot.codebook),
            others: snapshot.codebooks.iter().skip(1).map(|c| CodebookFacts::of(c)).collect(),
            coverage: coverages(snapshot, &all),
        }
    }
}

fn page(app: &App) -> CodesPage {
    let snapshot = app.snapshot();
    let chrome = app
        .chrome(&snapshot, Section::Codes, "Codes")
        .describe(format!("What is coded: {}", snapshot.codebook.title))
        .at(app.config(), "/codes")
        .with_json("/codes", "")
        .with_csv("/codes", "")
        .described_as_dataset(app.config());
    CodesPage::build(chrome, &snapshot)
}

/// `GET /codes`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    reply::html(&page(&app))
}

/// `GET /codes.json`
pub async fn get_json(State(app): State<App>) -> Result<Response, WebError> {
    reply::json(&page(&app))
}

/// `GET /codes.csv`
pub async fn get_csv(State(app): State<App>) -> Result<Response, WebError> {
    Ok(reply::csv("codes.csv", super::coverage_csv(&page(&app).coverage)))
}
