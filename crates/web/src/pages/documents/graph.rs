//! `GET /documents/{id}/relations.svg`: how a document stands to others, as a picture to take away.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::error::WebError;
use crate::reply;
use crate::state::App;
use crate::view::{Graph, Related, Section};

/// `GET /documents/{id}/relations.svg`
pub async fn get(State(app): State<App>, Path(id): Path<String>) -> Result<Response, WebError> {
    let Some(document) = app.document(&id).await? else {
        return Err(app.no_document(&id).await);
    };
    let snapshot = app.snapshot();
    // What its text says of days moves its state, not its neighbours.
    let related = Related::of(&document, &snapshot.relations, &snapshot.catalogue, &[], app.today());
    let title = document.metadata.title().trim();
    let title = if title.is_empty() { document.id.as_str() } else { title };
    let chrome = app.chrome(&snapshot, Section::Documents, title);
    let path = crate::address::document(&document.id);
    let file = Graph::file(related.graph.as_ref(), title);
    Ok(reply::svg("relations.svg", file.svg(app.config(), &chrome, &path)))
}
