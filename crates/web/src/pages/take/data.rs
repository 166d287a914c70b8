//! `GET /data`: everything there is to take away, and how to cite it, with schema.org metadata for data search engines.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;

use super::datapackage::{beside, tables};
use crate::error::WebError;
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, Provenance, Section};

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
    /// schema.org `Dataset` as JSON-LD, safe inside a script element.
    #[serde(skip)]
    pub(crate) json_ld: String,
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
    let json_ld = json_ld(app, &chrome.provenance, &downloads);
    DataPage { provenance: chrome.provenance.clone(), chrome, downloads, json_ld }
}

fn json_ld(app: &App, provenance: &Provenance, downloads: &[Download]) -> String {
    let distribution: Vec<_> = downloads
        .iter()
        .flat_map(|download| &download.files)
        .map(|(format, path)| {
            let address = beside(app.config(), path);
            json!({ "@type": "DataDownload", "encodingFormat": format, "contentUrl": address })
        })
        .collect();
    let mut dataset = json!({
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": app.config().site,
        "description": format!(
            "What {} AI-governance documents cover, code by code, with the passage behind every label.",
            provenance.documents
        ),
        "dateModified": provenance.as_of_day(),
        "isAccessibleForFree": true,
        "creator": { "@type": "Organization", "name": app.config().site },
        "distribution": distribution,
    });
    // Only an absolute address names the data set for others; a published site has the page under another name.
    if let Some(url) = app.config().absolute("/data") {
        dataset["url"] = url.into();
    }
    // Nothing inside may end the element or open a comment.
    dataset.to_string().replace('<', "\\u003c")
}
