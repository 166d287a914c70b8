//! `GET /about`: the method in short, and its limits.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::error::WebError;
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, Provenance, Section};

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/about.html")]
pub struct AboutPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) codebook: String,
    pub(crate) ground_rules: Vec<String>,
}

impl AboutPage {
    /// The page under a codebook.
    pub fn build(chrome: Chrome, codebook: &lacuna_domain::Codebook) -> Self {
        Self {
            provenance: chrome.provenance.clone(),
            chrome,
            codebook: format!("{} {}", codebook.title, codebook.version),
            ground_rules: codebook.ground_rules.clone(),
        }
    }
}

fn page(app: &App) -> AboutPage {
    let snapshot = app.snapshot();
    let chrome = app
        .chrome(&snapshot, Section::About, "Method and limits")
        .describe("How labels come about, what stands behind them, and what they cannot say.")
        .at(app.config(), "/about")
        .with_json("/about", "");
    AboutPage::build(chrome, &snapshot.codebook)
}

/// `GET /about`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    reply::html(&page(&app))
}

/// `GET /about.json`
pub async fn get_json(State(app): State<App>) -> Result<Response, WebError> {
    reply::json(&page(&app))
}
