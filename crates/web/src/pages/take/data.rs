//! `GET /data`: everything there is to take away, and how to cite it, with schema.org metadata for data search engines.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::datapackage::{beside, tables};
use crate::error::WebError;
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, Dataset, Provenance, Section};

/// A table in all its formats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Download {
    /// Name.
    pub name: &'static str,
    /// What its rows are.
    pub about: &'static str,
    /// Ending and address of each format.
    pub files: Vec<(&'static str, String)>,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/data.html")]
pub struct DataPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) downloads: Vec<Download>,
}

const FORMATS: [(&str, &str); 5] =
    [("CSV", "csv"), ("XLSX", "xlsx"), ("Parquet", "parquet"), ("JSONL", "jsonl"), ("JSON", "rows.json")];

/// `GET /data`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    reply::html(&page(&app))
}

/// `GET /data.json`
pub async fn get_json(State(app): State<App>) -> Result<Response, WebError> {
    reply::json(&page(&app))
}

fn page(app: &App) -> DataPage {
    let snapshot = app.snapshot();
    let downloads: Vec<Download> = tables(&snapshot)
        .into_iter()
        .map(|table| Download {
            name: table.name,
            about: table.about,
            files: FORMATS.map(|(name, ending)| (name, format!("{}.{ending}", table.path))).to_vec(),
        })
        .collect();
    let chrome = app
        .chrome(&snapshot, Section::None, "Data")
        .describe("Every table of the map as CSV, XLSX, Parquet and JSON, with a data dictionary.")
        .at(app.config(), "/data")
        .with_json("/data", "");
    let description = format!(
        "What {} AI-governance documents cover, code by code, with the passage behind every label.",
        chrome.provenance.documents
    );
    let files = downloads.iter().flat_map(|download| &download.files);
    let files = files.map(|(_, path)| beside(app.config(), path));
    let dataset = Dataset::whole(&chrome, &description, files);
    DataPage { provenance: chrome.provenance.clone(), chrome: chrome.with_dataset(&dataset), downloads }
}
