//! `GET /review`: the queue of whoever is signed in; for an admin also who reads what, and the log.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use lacuna_domain::DocumentId;
use lacuna_domain::decision::{Mode, Sheet};
use lacuna_pipeline::review::statement::codes;
use lacuna_store::{Assignment, AuditLine, Role, Session};
use serde::Deserialize;

use super::{codebook_of, log, run_of, see};
use crate::account::{Signed, check_form, session};
use crate::error::WebError;
use crate::reply;
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Section};

/// Lines of the log shown.
const LINES: usize = 60;

/// A line of the queue.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The assignment.
    pub assignment: Assignment,
    /// Title of the document.
    pub title: String,
    /// Whether it is finished.
    pub done: bool,
    /// Codes decided of an open one.
    pub decided: usize,
    /// Codes in all.
    pub of: usize,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/review/home.html")]
pub struct HomePage {
    pub(crate) chrome: Chrome,
    pub(crate) session: Session,
    pub(crate) queue: Vec<Queued>,
    /// For readers and above: finished and assigned, by coder and mode.
    pub(crate) progress: Vec<(String, usize, usize)>,
    pub(crate) open_reports: usize,
    /// For an admin.
    pub(crate) coders: Vec<String>,
    pub(crate) log: Vec<AuditLine>,
}

impl HomePage {
    pub(crate) fn is(&self, role: &str) -> bool {
        Role::from_id(role).is_some_and(|least| self.session.role >= least)
    }

    pub(crate) fn open(&self) -> usize {
        self.queue.iter().filter(|line| !line.done).count()
    }

    /// What to read next: what was begun first, then what comes first.
    pub(crate) fn next(&self) -> Option<&Queued> {
        let mut open = self.queue.iter().filter(|line| !line.done);
        open.clone().find(|line| line.decided > 0).or_else(|| open.next())
    }
}

/// `GET /review`
pub async fn get(State(app): State<App>, headers: HeaderMap) -> Result<Response, WebError> {
    let Some(session) = session(&app, &headers).await? else {
        return Ok(see("/review/sign-in").into_response());
    };
    let (snapshot, store) = (app.snapshot(), app.store());
    let failed = WebError::internal("read assignments");
    let all = store.assignments().await.map_err(failed)?;
    let queue = queue(&app, &snapshot, &session).await?;
    let mut progress: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for assignment in &all {
        let entry = progress.entry(format!("{} ({})", assignment.name, assignment.mode.id())).or_default();
        entry.0 += usize::from(assignment.done_at.is_some());
        entry.1 += 1;
    }
    let admin = session.role >= Role::Admin;
    let reports = store.reports().await.map_err(WebError::internal("read reports"))?;
    let coders = if admin { store.users().await.map_err(WebError::internal("read users"))? } else { vec![] };
    let lines = if admin {
        store.audit_lines(LINES).await.map_err(WebError::internal("read the log"))?
    } else {
        vec![]
    };
    let page = HomePage {
        chrome: app.chrome(&snapshot, Section::Review, "Review"),
        queue,
        progress: progress.into_iter().map(|(name, (done, of))| (name, done, of)).collect(),
        open_reports: reports.iter().filter(|report| report.state == "open").count(),
        coders: coders.into_iter().filter(|u| u.role >= Role::Coder).map(|u| u.name).collect(),
        log: lines,
        session,
    };
    reply::html(&page)
}

async fn queue(app: &App, snapshot: &Snapshot, session: &Session) -> Result<Vec<Queued>, WebError> {
    let assigned = app.store().assignments_of(&session.name).await;
    let mut queue = Vec::new();
    for assignment in assigned.map_err(WebError::internal("read a queue"))? {
        let id = &assignment.document;
        let record = snapshot.catalogue.record_of(id.as_str());
        let mut line = Queued {
            title: record.map_or_else(|| id.to_string(), |r| r.title().to_owned()),
            done: assignment.done_at.is_some(),
            decided: 0,
            of: 0,
            assignment,
        };
        if let (false, Ok(codebook)) = (line.done, codebook_of(snapshot, &line.assignment)) {
            let run = run_of(app, codebook, &session.name, line.assignment.mode)?;
            let own = app.store().own_sheets(&line.assignment.document, &run.id).await;
            let own = own.map_err(WebError::internal("read own decisions"))?;
            (line.decided, line.of) = (Sheet::newest(&own).len(), codes(codebook).len());
        }
        queue.push(line);
    }
    Ok(queue)
}

/// The form with which an admin assigns documents.
#[derive(Debug, Deserialize)]
pub struct Assign {
    csrf: String,
    name: String,
    mode: String,
    documents: String,
}

/// `POST /review/assign`
pub async fn assign(
    State(app): State<App>,
    signed: Signed,
    Form(form): Form<Assign>,
) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Admin)?;
    check_form(&session.csrf, &form.csrf)?;
    let snapshot = app.snapshot();
    let mode = Mode::from_id(&form.mode)
        .filter(|mode| matches!(mode, Mode::Blind | Mode::Assisted))
        .ok_or_else(|| WebError::BadRequest("mode: give blind or assisted".to_owned()))?;
    let user = app.store().user(&form.name).await.map_err(WebError::internal("read a user"))?;
    if user.is_none_or(|user| user.role < Role::Coder) {
        return Err(WebError::BadRequest("name: nobody of this name may code".to_owned()));
    }
    let mut documents: Vec<DocumentId> = Vec::new();
    for id in form.documents.split(['\n', ',']).map(str::trim).filter(|id| !id.is_empty()) {
        let known = snapshot.catalogue.find(id).and_then(|_| id.parse().ok());
        documents.push(known.ok_or_else(|| {
            let id: String = id.chars().take(80).collect();
            WebError::BadRequest(format!("documents: no document is called {id:?}"))
        })?);
    }
    app.store()
        .assign(&form.name, &documents, &snapshot.codebook.id, mode, "by hand")
        .await
        .map_err(WebError::internal("assign documents"))?;
    log(
        &app,
        &session.name,
        "assign",
        &format!("{} documents to {} ({})", documents.len(), form.name, mode.id()),
    )
    .await?;
    Ok(see("/review").into_response())
}
