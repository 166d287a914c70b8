//! `GET /drafts`: private documents, where the site serves this machine alone.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::error::WebError;
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, DocumentLink, Provenance, Section};

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/drafts.html")]
pub struct DraftsPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    /// Private documents with the addresses of their comparisons.
    pub(crate) drafts: Vec<(DocumentLink, String)>,
}

/// `GET /drafts`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    if !app.config().local {
        return Err(WebError::NotFound(
            "private documents are shown by lacuna serve --local on your own machine only".to_owned(),
        ));
    }
    let snapshot = app.snapshot();
    let all = app.store().documents().await.map_err(WebError::internal("read documents"))?;
    let private = all.iter().filter(|document| document.metadata.private);
    let with_corpus = |document: &lacuna_domain::Document| {
        let pairs = [("id", document.id.as_str())];
        (DocumentLink::of(document), crate::address::with_query("/compare/with-corpus", pairs))
    };
    let chrome = app.chrome(&snapshot, Section::Compare, "Drafts");
    reply::html(&DraftsPage {
        provenance: chrome.provenance.clone(),
        chrome,
        drafts: private.map(with_corpus).collect(),
    })
}
