//! `GET /data`: everything there is to take away, and how to cite it, with schema.org metadata for data search engines; and
//! the same page of a published site, which names the files that are there.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::datapackage::{Table, beside, tables};
use crate::error::WebError;
use crate::past::Past;
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
    let downloads: Vec<Download> = tables(&app.snapshot())
        .iter()
        .map(|table| Download {
            name: table.name,
            about: table.about,
            files: files(table).map(|(name, path)| (name, app.within(&path))).to_vec(),
        })
        .collect();
    let chrome = chrome(app);
    DataPage { provenance: chrome.provenance.clone(), chrome: chrome.with_json("/data", ""), downloads }
}

/// Every format of a table, with its address.
fn files(table: &Table) -> [(&'static str, String); FORMATS.len()] {
    FORMATS.map(|(name, ending)| (name, format!("{}.{ending}", table.path)))
}

/// The frame, which describes the whole data set.
fn chrome(app: &App) -> Chrome {
    let snapshot = app.snapshot();
    let chrome = app
        .chrome(&snapshot, Section::None, "Data")
        .describe("Every table of the map as CSV, XLSX, Parquet and JSON, with a data dictionary.")
        .at(app.config(), "/data");
    let description = format!(
        "What {} AI-governance documents cover, code by code, with the passage behind every label.",
        chrome.provenance.documents
    );
    let tables = tables(&snapshot);
    let files = tables.iter().flat_map(files).map(|(_, path)| beside(app.config(), &path));
    let dataset = Dataset::whole(&chrome, &description, files);
    chrome.with_dataset(&dataset)
}

/// How long the file of an address is; `None` where there is none.
type Sizes<'f> = dyn Fn(&str) -> Option<usize> + 'f;

/// What lies in the folder of a published site.
pub(crate) struct Contents<'f> {
    /// Kinds of files of which there are many.
    pub(crate) kinds: Vec<Kind>,
    /// The files.
    pub(crate) bytes: Box<Sizes<'f>>,
}

/// Files of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// What each of them holds.
    pub(crate) about: &'static str,
    /// How many there are.
    pub(crate) count: usize,
    /// How long they are together.
    pub(crate) bytes: usize,
}

impl Kind {
    /// How long they are together, for readers.
    fn size(&self) -> String {
        size(self.bytes)
    }
}

/// A file of a published site.
#[derive(Debug)]
struct Offered {
    /// What readers call it.
    name: &'static str,
    href: String,
    /// What it holds.
    about: &'static str,
    size: String,
}

impl Offered {
    /// The file at an address, where there is one.
    fn at(contents: &Contents<'_>, href: String, name: &'static str, about: &'static str) -> Option<Self> {
        let size = size((contents.bytes)(&href)?);
        Some(Self { name, href, about, size })
    }
}

/// The page of a published site.
#[derive(Debug, Template)]
#[template(path = "pages/data_published.html")]
struct PublishedDataPage {
    chrome: Chrome,
    tables: Vec<(&'static str, &'static str, Vec<Offered>)>,
    files: Vec<Offered>,
    kinds: Vec<Kind>,
    /// The release that is published.
    release: Option<String>,
    /// Whether the files of that release lie here.
    whole: bool,
}

/// Files beside the tables, with what they hold.
const OTHERS: [(&str, &str, &str); 3] = [
    (
        "/annotations.jsonl",
        "Annotations",
        "the evidence of every document as W3C Web Annotations, one a line",
    ),
    (
        "/datapackage.json",
        "Data package",
        "every table with its length, its hash and what its columns mean (Frictionless)",
    ),
    ("/CITATION.cff", "CITATION.cff", "how to cite the map"),
];

/// The page of a published site over what lies in its folder.
pub(crate) fn published(app: &App, contents: &Contents<'_>) -> Result<String, WebError> {
    let of_table = |table: &Table| {
        let found = files(table)
            .into_iter()
            .filter_map(|(name, href)| Offered::at(contents, href, name, table.about));
        (table.name, table.about, found.collect::<Vec<_>>())
    };
    let tables =
        tables(&app.snapshot()).iter().map(of_table).filter(|(_, _, files)| !files.is_empty()).collect();
    let others = OTHERS.into_iter();
    let page = PublishedDataPage {
        chrome: chrome(app),
        tables,
        files: others
            .filter_map(|(path, name, about)| Offered::at(contents, path.to_owned(), name, about))
            .collect(),
        kinds: contents.kinds.clone(),
        release: app.past().map(|past| past.release.id.clone()),
        whole: app.past().is_some_and(Past::is_whole),
    };
    page.render().map_err(WebError::internal("render the page of data"))
}

/// A length for readers: `812 bytes`, `34 kB`, `1.2 MB`.
fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_length_is_told_in_the_unit_in_which_it_is_short() {
        for (bytes, told) in [(0, "0 bytes"), (999, "999 bytes"), (1_001, "2 kB"), (29_129_421, "29.1 MB")] {
            assert_eq!(size(bytes), told);
        }
    }
}
