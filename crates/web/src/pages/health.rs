//! `GET /healthz`: whether the site can answer.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::error::WebError;
use crate::state::App;

/// The answer.
#[derive(Debug, Serialize)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    /// Revision of the store.
    store_revision: i64,
    /// Revision that pages show.
    shown_revision: i64,
    /// Documents shown.
    documents: usize,
    /// Whether what all readers share is gathered; until then the pages that show it wait.
    gathered: bool,
}

/// `GET /healthz`
pub async fn get(State(app): State<App>) -> Result<Json<Health>, WebError> {
    let store_revision =
        app.store().revision().await.map_err(WebError::internal("ask the store for its revision"))?;
    let snapshot = app.snapshot();
    Ok(Json(Health {
        status: "ok",
        store_revision,
        shown_revision: snapshot.revision,
        documents: snapshot.provenance.documents,
        gathered: snapshot.prepared.initialized(),
    }))
}
