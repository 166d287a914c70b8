//! `/review/adjudicate`: where coders disagree, with both versions, quotes and reasons side by side.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::{CodeId, Codebook, DimensionId, DocumentId, Run, RunId};
use lacuna_pipeline::review::statement::{codes, value_of};
use lacuna_store::{Role, Session};
use serde::Deserialize;

use super::{keep, log, run_of, see};
use crate::account::{Signed, check_form};
use crate::error::WebError;
use crate::reply;
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Section};

/// A document on which coders disagree.
#[derive(Clone, Debug)]
pub struct Disputed {
    /// Title.
    pub title: String,
    /// Address of its disputes.
    pub href: String,
    /// Codes in dispute and settled.
    pub open: usize,
    /// Codes settled already.
    pub settled: usize,
    /// Who coded it.
    pub coders: String,
}

/// What one coder says of a code.
#[derive(Clone, Debug)]
pub struct Version {
    /// The run.
    pub run: String,
    /// Who.
    pub name: String,
    /// The answer.
    pub answer: String,
    /// What the form sends for it.
    pub value: String,
    /// Quotes.
    pub quotes: Vec<String>,
    /// Why.
    pub reasoning: String,
}

/// A code in dispute.
#[derive(Clone, Debug)]
pub struct Dispute {
    /// The dimension.
    pub dimension: String,
    /// The code.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// What it covers.
    pub definition: String,
    /// What the coders say.
    pub versions: Vec<Version>,
    /// How it was settled, and why.
    pub settled: Option<(String, String)>,
    /// Answers: what the form sends, and the name.
    pub choices: Vec<(String, String)>,
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "pages/review/disputes.html")]
pub struct DisputesPage {
    pub(crate) chrome: Chrome,
    pub(crate) documents: Vec<Disputed>,
}

/// One document.
#[derive(Debug, Template)]
#[template(path = "pages/review/adjudicate.html")]
pub struct AdjudicatePage {
    pub(crate) chrome: Chrome,
    pub(crate) session: Session,
    pub(crate) href: String,
    pub(crate) text_href: String,
    pub(crate) disputes: Vec<Dispute>,
}

/// Sheets of people on a document, by run.
struct Sides {
    codebook: std::sync::Arc<Codebook>,
    coders: Vec<(Run, Vec<Sheet>)>,
    settled: Vec<Sheet>,
}

impl Sides {
    /// The coders of `document` whose labels may be shown, under the codebook that is shown.
    async fn of(app: &App, snapshot: &Snapshot, document: &DocumentId) -> Result<Self, WebError> {
        let failed = WebError::internal("read decisions");
        let sheets = app.store().sheets_of(document).await.map_err(failed)?;
        let mut by_run: BTreeMap<RunId, Vec<Sheet>> = BTreeMap::new();
        for sheet in sheets.into_iter().filter(|s| s.mode != Mode::Imported) {
            by_run.entry(sheet.run.clone()).or_default().push(sheet);
        }
        let runs = app.store().runs().await.map_err(WebError::internal("read the runs"))?;
        let (mut coders, mut settled) = (Vec::new(), Vec::new());
        for (id, sheets) in by_run {
            let Some(run) = runs.iter().find(|run| run.id == id) else { continue };
            if run.config.codebook_hash != snapshot.codebook.hash {
                continue;
            }
            if sheets.iter().all(|sheet| sheet.mode == Mode::Adjudicated) {
                settled = sheets;
            } else {
                coders.push((run.clone(), sheets));
            }
        }
        Ok(Self { codebook: std::sync::Arc::clone(&snapshot.codebook), coders, settled })
    }

    /// Codes of which the coders say different things.
    fn disputes(&self) -> Vec<(DimensionId, CodeId)> {
        let newest: Vec<_> = self.coders.iter().map(|(_, sheets)| Sheet::newest(sheets)).collect();
        let disputed = |key: &(DimensionId, CodeId)| {
            let said: BTreeSet<_> = newest.iter().filter_map(|n| n.get(key)).map(|d| &d.value).collect();
            said.len() > 1
        };
        codes(&self.codebook).into_iter().filter(disputed).collect()
    }

    fn settled_on(&self, key: &(DimensionId, CodeId)) -> Option<&Decision> {
        Sheet::newest(&self.settled).get(key).copied()
    }

    fn dispute(&self, key: &(DimensionId, CodeId)) -> Option<Dispute> {
        let dimension = self.codebook.dimension(key.0.as_str())?;
        let code = dimension.code(key.1.as_str());
        let answer = |decision: &Decision| dimension.value_name(&decision.value).to_owned();
        let version = |(run, sheets): &(Run, Vec<Sheet>)| {
            let newest = Sheet::newest(sheets);
            let decision = newest.get(key)?;
            Some(Version {
                run: run.id.to_string(),
                name: run.name.clone(),
                answer: answer(decision),
                value: lacuna_pipeline::review::statement::value_words(&decision.value),
                quotes: decision.evidence.iter().map(|e| e.quote().to_owned()).collect(),
                reasoning: decision.reasoning.clone(),
            })
        };
        let choices = match dimension.levels() {
            [] if dimension.codes.iter().any(|c| c.id == key.1) => {
                vec![("false".to_owned(), "No".to_owned()), ("true".to_owned(), "Yes".to_owned())]
            }
            [] => dimension.codes.iter().map(|c| (c.id.to_string(), c.name.clone())).collect(),
            levels => levels.iter().map(|l| (l.value.to_string(), l.name.clone())).collect(),
        };
        Some(Dispute {
            dimension: key.0.to_string(),
            code: key.1.to_string(),
            name: code.map_or_else(|| dimension.name.clone(), |c| c.name.clone()),
            definition: code.map_or_else(String::new, |c| c.definition.clone()),
            versions: self.coders.iter().filter_map(version).collect(),
            settled: self.settled_on(key).map(|d| (answer(d), d.reasoning.clone())),
            choices,
        })
    }
}

/// `GET /review/adjudicate`
pub async fn list(State(app): State<App>, signed: Signed) -> Result<Response, WebError> {
    signed.at_least(Role::Adjudicator)?;
    let snapshot = app.snapshot();
    let assignments = app.store().assignments().await.map_err(WebError::internal("read assignments"))?;
    let coded: BTreeSet<DocumentId> = assignments.into_iter().map(|a| a.document).collect();
    let mut documents = Vec::new();
    for id in coded {
        let sides = Sides::of(&app, &snapshot, &id).await?;
        let disputes = sides.disputes();
        if disputes.is_empty() {
            continue;
        }
        let settled = disputes.iter().filter(|key| sides.settled_on(key).is_some()).count();
        let record = snapshot.catalogue.record_of(id.as_str());
        documents.push(Disputed {
            title: record.map_or_else(|| id.to_string(), |r| r.title().to_owned()),
            href: format!("/review/adjudicate/{}", crate::address::segment(id.as_str())),
            open: disputes.len() - settled,
            settled,
            coders: sides.coders.iter().map(|(run, _)| run.name.as_str()).collect::<Vec<_>>().join(", "),
        });
    }
    let chrome = app.chrome(&snapshot, Section::Review, "Disputes").under("Review", "/review");
    reply::html(&DisputesPage { chrome, documents })
}

/// `GET /review/adjudicate/{document}`
pub async fn get(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Adjudicator)?;
    let (snapshot, document) = (app.snapshot(), document(&app, &id).await?);
    let sides = Sides::of(&app, &snapshot, &document).await?;
    let disputes = sides.disputes().iter().filter_map(|key| sides.dispute(key)).collect();
    let title = snapshot.catalogue.record_of(document.as_str()).map_or(id.as_str(), |r| r.title()).to_owned();
    reply::html(&AdjudicatePage {
        chrome: app
            .chrome(&snapshot, Section::Review, &format!("Settle: {title}"))
            .under("Review", "/review")
            .under("Disputes", "/review/adjudicate"),
        session,
        href: format!("/review/adjudicate/{}", crate::address::segment(document.as_str())),
        text_href: crate::address::text(&document),
        disputes,
    })
}

async fn document(app: &App, id: &str) -> Result<DocumentId, WebError> {
    let known = app.document(id).await?;
    known.map(|document| document.id).ok_or_else(|| WebError::NotFound("no document is called so".to_owned()))
}

/// How a dispute is settled.
#[derive(Debug, Deserialize)]
pub struct Settle {
    csrf: String,
    dimension: String,
    code: String,
    value: String,
    /// The run whose quotes are taken over; empty for none.
    #[serde(default)]
    quotes_of: String,
    #[serde(default)]
    reason: String,
}

/// `POST /review/adjudicate/{document}`
pub async fn post(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Form(form): Form<Settle>,
) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Adjudicator)?;
    check_form(&session, &form.csrf)?;
    let (snapshot, document) = (app.snapshot(), document(&app, &id).await?);
    let sides = Sides::of(&app, &snapshot, &document).await?;
    let is_meant =
        |key: &&(DimensionId, CodeId)| key.0.as_str() == form.dimension && key.1.as_str() == form.code;
    let disputes = sides.disputes();
    let key = disputes.iter().find(is_meant);
    let key = key.ok_or_else(|| WebError::BadRequest("this code is not in dispute".to_owned()))?;
    let dimension = sides.codebook.dimension(key.0.as_str());
    let dimension = dimension.ok_or_else(|| WebError::BadRequest("unknown dimension".to_owned()))?;
    let value = value_of(dimension, &form.value).map_err(|e| WebError::BadRequest(e.to_string()))?;
    let source = sides.coders.iter().find(|(run, _)| run.id.as_str() == form.quotes_of);
    let taken = source.and_then(|(_, sheets)| Sheet::newest(sheets).get(key).map(|d| (*d).clone()));
    let decision = Decision {
        reasoning: form.reason.trim().chars().take(2_000).collect(),
        evidence: taken.as_ref().map(|d| d.evidence.clone()).unwrap_or_default(),
        entities: taken.as_ref().map(|d| d.entities.clone()).unwrap_or_default(),
        types: taken.map(|d| d.types).unwrap_or_default(),
        ..Decision::new(key.0.clone(), key.1.clone(), value)
    };
    let run = run_of(&app, &sides.codebook, &session.name, Mode::Adjudicated)?;
    let text = sides.coders.iter().flat_map(|(_, sheets)| sheets).find_map(|sheet| sheet.text.clone());
    let sheet = Sheet {
        document: document.clone(),
        text,
        codebook: sides.codebook.id.clone(),
        run: run.id.clone(),
        labeller: session.name.clone(),
        mode: Mode::Adjudicated,
        validated: true,
        at: app.now(),
        decisions: vec![decision],
        notes: BTreeMap::new(),
    };
    keep(&app, &run, &sheet).await?;
    log(&app, &session, "adjudicate", &format!("{document} {}/{}", form.dimension, form.code)).await?;
    let segment = crate::address::segment(document.as_str());
    Ok(see(&format!("/review/adjudicate/{segment}#{}-{}", form.dimension, form.code)).into_response())
}
