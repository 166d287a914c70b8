//! `/review…`: people judge labels. Every route asks who is signed in; every form carries the token of its session.

pub mod adjudicate;
pub mod coding;
pub mod decide;
pub mod home;
pub mod private;
pub mod relations;
pub mod reports;
pub mod rules;
pub mod sign_in;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use lacuna_domain::decision::{Mode, Sheet};
use lacuna_domain::{Codebook, DocumentId, Run};
use lacuna_pipeline::review::LabellerSpec;
use lacuna_store::{Assignment, Session};

use crate::error::WebError;
use crate::state::{App, Snapshot};

/// The addresses of review.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/review", get(home::get))
        .route("/review/sign-in", get(sign_in::get).post(sign_in::post))
        .route("/review/sign-out", post(sign_in::sign_out))
        .route("/review/assign", post(home::assign))
        .route("/review/code/{assignment}", get(coding::get).post(decide::post))
        .route("/review/code/{assignment}/done", post(decide::done))
        .route("/review/adjudicate", get(adjudicate::list))
        .route("/review/adjudicate/{document}", get(adjudicate::get).post(adjudicate::post))
        .route("/review/private", get(private::get))
        .route("/review/relations/{document}", post(relations::post))
        .route("/review/reports", get(reports::queue))
        .route("/review/reports/{report}", post(reports::decide))
        .route("/reports", get(reports::public))
        .route("/documents/{id}/report", get(reports::form).post(reports::file))
}

/// An own assignment of the one signed in; others' read as if there were none.
pub(crate) async fn own_assignment(app: &App, session: &Session, id: i64) -> Result<Assignment, WebError> {
    let found = app.store().assignment(id).await.map_err(WebError::internal("read an assignment"))?;
    let found = found
        .filter(|assignment| assignment.name == session.name)
        .ok_or_else(|| WebError::NotFound("no such assignment of yours; /review lists them".to_owned()))?;
    // The assisted screen shows the machine's labels.
    if found.mode == Mode::Assisted && is_blind(app, session, &found.document).await? {
        return Err(blind_first());
    }
    Ok(found)
}

/// Whether whoever is signed in has yet to code a document blind, or one with the same words.
pub(crate) async fn is_blind(app: &App, session: &Session, document: &DocumentId) -> Result<bool, WebError> {
    let blind = app.store().is_blind(&session.name, document).await;
    blind.map_err(WebError::internal("ask for blind assignments"))
}

/// What is said instead of labels.
pub(crate) fn blind_first() -> WebError {
    WebError::Forbidden(
        "you have this document, or one with the same words, to code blind; finish that first: it is at /review"
            .to_owned(),
    )
}

/// The codebook of an assignment: the one that is shown, where the names agree, else the newest of that name.
pub(crate) fn codebook_of<'s>(
    snapshot: &'s Snapshot,
    assignment: &Assignment,
) -> Result<&'s Codebook, WebError> {
    let found = snapshot.codebooks.iter().find(|codebook| codebook.id == assignment.codebook);
    found.map(AsRef::as_ref).ok_or_else(|| WebError::NotFound("the codebook is gone".to_owned()))
}

/// The run under which the decisions of an assignment are filed.
pub(crate) fn run_of(app: &App, codebook: &Codebook, name: &str, mode: Mode) -> Result<Run, WebError> {
    let spec = if mode == Mode::Adjudicated {
        LabellerSpec::adjudicators()
    } else {
        LabellerSpec::person(name, mode)
    };
    spec.run(codebook, app.now()).map_err(WebError::internal("name a labeller"))
}

/// Writes a sheet of somebody at work, and knows its run.
pub(crate) async fn keep(app: &App, run: &Run, sheet: &Sheet) -> Result<(), WebError> {
    app.store().start_run(run).await.map_err(WebError::internal("keep a labeller"))?;
    app.store().put_working_sheet(sheet).await.map_err(WebError::internal("keep a decision"))
}

/// A redirect after a form.
pub(crate) fn see(path: &str) -> Redirect {
    Redirect::to(path)
}

/// Writes into the log what `name` does; a log that cannot be written is an error.
pub(crate) async fn log(app: &App, name: &str, action: &str, subject: &str) -> Result<(), WebError> {
    app.store().audit(name, action, subject).await.map_err(WebError::internal("write the log"))
}
