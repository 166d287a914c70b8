//! `GET /api`: what programs can ask for, drawn from the same table as the OpenAPI description.

pub mod endpoints;
pub mod openapi;
pub mod pictures;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::error::WebError;
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, Section};

use endpoints::{ENDPOINTS, Endpoint};
use pictures::PICTURES;

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/api.html")]
pub struct ApiPage {
    pub(crate) chrome: Chrome,
    pub(crate) endpoints: &'static [Endpoint],
    pub(crate) pictures: &'static [Endpoint],
    pub(crate) base: String,
}

/// `GET /api`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut chrome = app
        .chrome(&snapshot, Section::Api, "API")
        .describe("Every page as data: addresses, parameters and answers.")
        .at(app.config(), "/api");
    chrome.json = Some("/api/v1/openapi.json".to_owned());
    let base = app.config().base_url.clone().unwrap_or_default();
    reply::html(&ApiPage { chrome, endpoints: ENDPOINTS, pictures: PICTURES, base })
}
