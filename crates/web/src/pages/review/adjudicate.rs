//! `/review/adjudicate`: where coders disagree, with both versions, quotes and reasons side by side.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use lacuna_domain::codebook::Dimension;
use lacuna_domain::decision::{Decision, Mode, Sheet};
use lacuna_domain::{CodeId, Codebook, Confidence, DimensionId, DocumentId, Evidence, Run, RunId, TextId};
use lacuna_pipeline::review::statement::{codes, value_of, value_words};
use lacuna_store::{Role, Session};
use serde::Deserialize;

use super::rules::{Rules, answers, is_numbered};
use super::{blind_first, is_blind, keep, log, run_of, see};
use crate::account::{Signed, check_form};
use crate::error::WebError;
use crate::reading::Reading;
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
    /// `high`, `medium`, `low` or empty.
    pub confidence: &'static str,
    /// Names, of a role.
    pub entities: Vec<String>,
    /// Quotes, each with the address of its passage.
    pub quotes: Vec<(String, String)>,
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
    /// Whether the code is a number that readers know.
    pub numbered: bool,
    /// Name for readers.
    pub name: String,
    /// What counts.
    pub rules: Rules,
    /// What the coders say.
    pub versions: Vec<Version>,
    /// How it was settled, and why.
    pub settled: Option<(String, String)>,
    /// Answers: what the form sends, the name, and who gave it.
    pub choices: Vec<(String, String, String)>,
}

impl Dispute {
    /// Part of an address that names it.
    pub fn anchor(&self) -> String {
        format!("{}-{}", self.dimension, self.code)
    }
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

impl AdjudicatePage {
    /// Disputes that nobody has settled.
    pub(crate) fn open(&self) -> usize {
        self.disputes.iter().filter(|dispute| dispute.settled.is_none()).count()
    }
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

    /// The text that the coders read.
    fn text(&self) -> Option<&TextId> {
        self.coders.iter().flat_map(|(_, sheets)| sheets).find_map(|sheet| sheet.text.as_ref())
    }

    fn dispute(&self, key: &(DimensionId, CodeId), place: &Place<'_>) -> Option<Dispute> {
        let dimension = self.codebook.dimension(key.0.as_str())?;
        let code = dimension.code(key.1.as_str());
        let versions: Vec<Version> = self
            .coders
            .iter()
            .filter_map(|(run, sheets)| version(run, sheets, key, dimension, place))
            .collect();
        let whose = |value: &str| {
            let names = versions.iter().filter(|v| v.value == value).map(|v| v.name.as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        let choices = answers(dimension).into_iter().map(|(value, name)| {
            let whose = whose(&value);
            (value, name, whose)
        });
        let answer = |decision: &Decision| dimension.value_name(&decision.value).to_owned();
        Some(Dispute {
            dimension: key.0.to_string(),
            code: key.1.to_string(),
            numbered: is_numbered(key.1.as_str()),
            name: code.map_or_else(|| dimension.name.clone(), |c| c.name.clone()),
            rules: Rules::of(dimension, code),
            choices: choices.collect(),
            versions,
            settled: self.settled_on(key).map(|d| (answer(d), d.reasoning.clone())),
        })
    }
}

/// Where the passages of quotes are shown.
struct Place<'r> {
    text_href: &'r str,
    reading: Option<&'r Reading>,
}

impl Place<'_> {
    /// The words of a piece of evidence, and the address of the passage in which they begin.
    fn quote(&self, evidence: &Evidence) -> (String, String) {
        let start = evidence.extent().0;
        let passages = self.reading.map(|reading| reading.passages.as_slice()).unwrap_or_default();
        let within =
            passages.iter().find(|passage| passage.span.start() <= start && start < passage.span.end());
        let href = within.map_or_else(
            || self.text_href.to_owned(),
            |passage| format!("{}#p-{}", self.text_href, passage.index),
        );
        (evidence.quote().to_owned(), href)
    }
}

fn version(
    run: &Run,
    sheets: &[Sheet],
    key: &(DimensionId, CodeId),
    dimension: &Dimension,
    place: &Place<'_>,
) -> Option<Version> {
    let newest = Sheet::newest(sheets);
    let decision = newest.get(key)?;
    Some(Version {
        run: run.id.to_string(),
        name: run.name.clone(),
        answer: dimension.value_name(&decision.value).to_owned(),
        value: value_words(&decision.value),
        confidence: decision.confidence.map_or("", Confidence::id),
        entities: decision.entities.clone(),
        quotes: decision.evidence.iter().map(|evidence| place.quote(evidence)).collect(),
        reasoning: decision.reasoning.clone(),
    })
}

/// `GET /review/adjudicate`
pub async fn list(State(app): State<App>, signed: Signed) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Adjudicator)?;
    let snapshot = app.snapshot();
    let assignments = app.store().assignments().await.map_err(WebError::internal("read assignments"))?;
    let coded: BTreeSet<DocumentId> = assignments.into_iter().map(|a| a.document).collect();
    let mut documents = Vec::new();
    for id in coded {
        if is_blind(&app, &session, &id).await? {
            continue;
        }
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
    documents.sort_by_key(|disputed| disputed.open == 0);
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
    let (snapshot, document) = (app.snapshot(), document(&app, &session, &id).await?);
    let sides = Sides::of(&app, &snapshot, &document).await?;
    let reading = match sides.text() {
        Some(text) => app.reading(text).await?,
        None => None,
    };
    let text_href = crate::address::text(&document);
    let place = Place { text_href: &text_href, reading: reading.as_deref() };
    let disputes = sides.disputes().iter().filter_map(|key| sides.dispute(key, &place)).collect();
    let title = snapshot.catalogue.record_of(document.as_str()).map_or(id.as_str(), |r| r.title()).to_owned();
    reply::html(&AdjudicatePage {
        chrome: app
            .chrome(&snapshot, Section::Review, &title)
            .under("Review", "/review")
            .under("Disputes", "/review/adjudicate"),
        session,
        href: format!("/review/adjudicate/{}", crate::address::segment(document.as_str())),
        text_href,
        disputes,
    })
}

/// The document called so, unless whoever is signed in has yet to code it blind.
async fn document(app: &App, session: &Session, id: &str) -> Result<DocumentId, WebError> {
    let known = app.document(id).await?;
    let known = known.ok_or_else(|| WebError::NotFound("no document is called so".to_owned()))?;
    if is_blind(app, session, &known.id).await? {
        return Err(blind_first());
    }
    Ok(known.id)
}

/// Takes over the quotes of the first coder who gave the answer that is settled on.
pub const SAME: &str = "same";

/// How a dispute is settled.
#[derive(Debug, Deserialize)]
pub struct Settle {
    csrf: String,
    dimension: String,
    code: String,
    value: String,
    /// The run whose quotes are taken over, [`SAME`], or empty for none.
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
    check_form(&session.csrf, &form.csrf)?;
    let (snapshot, document) = (app.snapshot(), document(&app, &session, &id).await?);
    let sides = Sides::of(&app, &snapshot, &document).await?;
    let is_meant =
        |key: &&(DimensionId, CodeId)| key.0.as_str() == form.dimension && key.1.as_str() == form.code;
    let disputes = sides.disputes();
    let key = disputes.iter().find(is_meant);
    let key = key.ok_or_else(|| WebError::BadRequest("this code is not in dispute".to_owned()))?;
    let dimension = sides.codebook.dimension(key.0.as_str());
    let dimension = dimension.ok_or_else(|| WebError::BadRequest("unknown dimension".to_owned()))?;
    let value = value_of(dimension, &form.value).map_err(|e| WebError::BadRequest(e.to_string()))?;
    let said = |sheets: &[Sheet]| Sheet::newest(sheets).get(key).map(|d| (*d).clone());
    let taken = match form.quotes_of.as_str() {
        SAME => sides.coders.iter().filter_map(|(_, sheets)| said(sheets)).find(|d| d.value == value),
        run => sides.coders.iter().find(|(known, _)| known.id.as_str() == run).and_then(|(_, s)| said(s)),
    };
    let decision = Decision {
        reasoning: form.reason.trim().chars().take(2_000).collect(),
        evidence: taken.as_ref().map(|d| d.evidence.clone()).unwrap_or_default(),
        entities: taken.as_ref().map(|d| d.entities.clone()).unwrap_or_default(),
        types: taken.map(|d| d.types).unwrap_or_default(),
        ..Decision::new(key.0.clone(), key.1.clone(), value)
    };
    let run = run_of(&app, &sides.codebook, &session.name, Mode::Adjudicated)?;
    let sheet = Sheet {
        document: document.clone(),
        text: sides.text().cloned(),
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
    log(&app, &session.name, "adjudicate", &format!("{document} {}/{}", form.dimension, form.code)).await?;
    let segment = crate::address::segment(document.as_str());
    Ok(see(&format!("/review/adjudicate/{segment}#{}-{}", form.dimension, form.code)).into_response())
}
