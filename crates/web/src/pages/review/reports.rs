//! Readers' reports: a form for everybody, a queue for adjudicators, and outcomes for everybody.

use askama::Template;
use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use lacuna_domain::coding::Outcome;
use lacuna_domain::{CodeId, DimensionId};
use lacuna_store::{LabelReport, ReportBody, Role, Session};
use serde::{Deserialize, Serialize};

use super::rules::is_numbered;
use super::{is_blind, log, see};
use crate::account::{FORM, Signed, check_form, cookie, same, set_cookie, token};
use crate::error::WebError;
use crate::pages::documents::Asked;
use crate::params::Params;
use crate::reply;
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Section, day};

/// Reports taken in a day, so that a script cannot fill the queue.
const PER_DAY: i64 = 200;

/// A report as pages show it.
#[derive(Clone, Debug, Serialize)]
pub struct ReportView {
    /// The report.
    pub report: LabelReport,
    /// Title of the document.
    pub title: String,
    /// Name of the label, such as "2.2 Compromise of privacy".
    pub label: String,
    /// Address of the label.
    pub href: String,
    /// Day it came in.
    pub day: String,
    /// Day it was decided.
    pub decided: String,
}

impl ReportView {
    fn of(report: LabelReport, snapshot: &Snapshot) -> Option<Self> {
        let record = snapshot.catalogue.record_of(report.document.as_str())?;
        let anchor = crate::address::label_anchor(report.dimension.as_str(), report.code.as_str());
        let dimension = snapshot.codebook.dimension(report.dimension.as_str());
        let code = dimension.and_then(|d| d.code(report.code.as_str()));
        let label = match (dimension, code) {
            (Some(_), Some(code)) if is_numbered(code.id.as_str()) => format!("{} {}", code.id, code.name),
            (Some(_), Some(code)) => code.name.clone(),
            (Some(dimension), None) => dimension.name.clone(),
            (None, _) => format!("{} {}", report.dimension, report.code),
        };
        Some(Self {
            label,
            title: record.title().to_owned(),
            href: format!("{}#{anchor}", crate::address::document(&report.document)),
            day: day(report.at),
            decided: report.decided_at.map(day).unwrap_or_default(),
            report,
        })
    }
}

/// The outcomes, for everybody.
#[derive(Debug, Template)]
#[template(path = "pages/review/outcomes.html")]
pub struct OutcomesPage {
    pub(crate) chrome: Chrome,
    pub(crate) reports: Vec<ReportView>,
}

/// The queue.
#[derive(Debug, Template)]
#[template(path = "pages/review/reports.html")]
pub struct QueuePage {
    pub(crate) chrome: Chrome,
    pub(crate) session: Session,
    pub(crate) reports: Vec<ReportView>,
}

/// The form.
#[derive(Debug, Template)]
#[template(path = "pages/review/report_form.html")]
pub struct FormPage {
    pub(crate) chrome: Chrome,
    pub(crate) form: String,
    pub(crate) action: String,
    pub(crate) label: String,
    pub(crate) name: String,
    pub(crate) now: String,
    pub(crate) correction_href: String,
    pub(crate) sent: bool,
}

async fn views(app: &App, snapshot: &Snapshot) -> Result<Vec<ReportView>, WebError> {
    let reports = app.store().reports().await.map_err(WebError::internal("read reports"))?;
    Ok(reports.into_iter().filter_map(|report| ReportView::of(report, snapshot)).collect())
}

/// `GET /reports`: what readers reported and what became of it. The words of open reports are not shown: nobody has
/// looked at them yet.
pub async fn public(State(app): State<App>) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let chrome = app
        .chrome(&snapshot, Section::About, "Reports by readers")
        .describe("Labels that readers doubted, and what became of it.")
        .at(app.config(), "/reports");
    reply::html(&OutcomesPage { reports: views(&app, &snapshot).await?, chrome })
}

/// `GET /review/reports`
pub async fn queue(State(app): State<App>, signed: Signed) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Adjudicator)?;
    let snapshot = app.snapshot();
    let chrome = app.chrome(&snapshot, Section::Review, "Reports by readers").under("Review", "/review");
    let mut reports = Vec::new();
    for report in views(&app, &snapshot).await? {
        // A report says what the machine says.
        if !is_blind(&app, &session, &report.report.document).await? {
            reports.push(report);
        }
    }
    reply::html(&QueuePage { chrome, session, reports })
}

/// What an adjudicator decides.
#[derive(Debug, Deserialize)]
pub struct Decide {
    csrf: String,
    state: String,
    outcome: String,
}

/// `POST /review/reports/{report}`
pub async fn decide(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Form(form): Form<Decide>,
) -> Result<Response, WebError> {
    let session = signed.at_least(Role::Adjudicator)?;
    check_form(&session.csrf, &form.csrf)?;
    let (state, outcome) = (form.state.as_str(), form.outcome.trim());
    if !matches!(state, "accepted" | "declined") || outcome.is_empty() || outcome.len() > 4_000 {
        return Err(WebError::BadRequest(
            "give accepted or declined, and a sentence that says why".to_owned(),
        ));
    }
    let failed = WebError::internal("decide a report");
    if !app.store().decide_report(id, state, outcome, &session.name).await.map_err(failed)? {
        return Err(WebError::Conflict("somebody else has decided this report".to_owned()));
    }
    log(&app, &session.name, "decide report", &format!("{id}: {state}")).await?;
    Ok(see("/review/reports").into_response())
}

/// A label in an address: `risk/2.2`.
fn label(asked: &Asked, label: &str) -> Result<(DimensionId, CodeId, String), WebError> {
    let wrong = || WebError::BadRequest("label: give dimension/code, such as label=risk/2.2".to_owned());
    let (dimension, code) = label.split_once('/').ok_or_else(wrong)?;
    let known = lacuna_pipeline::review::statement::codes(&asked.codebook);
    let key = known.into_iter().find(|(d, c)| d.as_str() == dimension && c.as_str() == code);
    let (dimension, code) = key.ok_or_else(wrong)?;
    let of = asked.codebook.dimension(dimension.as_str());
    let name = of.map_or_else(String::new, |d| {
        d.code(code.as_str()).map_or_else(|| d.name.clone(), |c| c.name.clone())
    });
    Ok((dimension, code, name))
}

fn says_now(asked: &Asked, dimension: &DimensionId, code: &CodeId) -> String {
    let Some(Outcome::Coded(coding)) = &asked.outcome else { return "not classified".to_owned() };
    let judgement = coding.judgement(dimension.as_str(), code.as_str());
    let name = judgement
        .and_then(|j| Some(asked.codebook.dimension(dimension.as_str())?.value_name(j.value()).to_owned()));
    let actor =
        coding.actor(code.as_str()).filter(|a| a.dimension() == dimension && !a.entities().is_empty());
    let named = || actor.map(|a| a.entities().iter().map(|e| e.name.as_str()).collect::<Vec<_>>().join(", "));
    name.or_else(named).unwrap_or_else(|| "not found".to_owned())
}

/// `GET /documents/{id}/report?label=risk/2.2`
pub async fn form(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query.as_deref())?;
    let asked = Asked::read(&app, &snapshot, &id, &mut params).await?;
    let (wanted, sent) = (params.take("label").unwrap_or_default(), params.take("sent").is_some());
    params.done(&["label", "v", "run"])?;
    let (dimension, code, name) = label(&asked, &wanted)?;
    let form = token(app.config().entropy).unwrap_or_default();
    let path = crate::address::document(&asked.document.id);
    let page = FormPage {
        chrome: app
            .chrome(&snapshot, Section::Documents, "Report a label")
            .under("Documents", "/documents")
            .under(asked.document.metadata.title(), path.clone()),
        action: format!("{path}/report"),
        correction_href: format!("{path}/correction?label={wanted}"),
        now: says_now(&asked, &dimension, &code),
        label: wanted,
        name,
        sent,
        form,
    };
    let set = set_cookie(&app, FORM, &page.form, 3_600)?;
    let mut response = reply::html(&page)?;
    response.headers_mut().append(axum::http::header::SET_COOKIE, set);
    Ok(response)
}

/// A report as it comes in.
#[derive(Debug, Deserialize)]
pub struct Filed {
    form: String,
    label: String,
    #[serde(default)]
    proposed: String,
    #[serde(default)]
    quote: String,
    reason: String,
}

/// `POST /documents/{id}/report`
pub async fn file(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(filed): Form<Filed>,
) -> Result<Response, WebError> {
    if !cookie(&headers, FORM).is_some_and(|own| same(own, &filed.form)) {
        return Err(WebError::Forbidden("this form is not of your browser; load the page again".to_owned()));
    }
    let snapshot = app.snapshot();
    let asked = Asked::read(&app, &snapshot, &id, &mut Params::default()).await?;
    let (dimension, code, _) = label(&asked, &filed.label)?;
    let cut = |text: &str| text.trim().chars().take(2_000).collect::<String>();
    if filed.reason.trim().is_empty() {
        return Err(WebError::BadRequest("reason: say in a sentence what is wrong".to_owned()));
    }
    let body = ReportBody {
        label_now: says_now(&asked, &dimension, &code),
        proposed: cut(&filed.proposed),
        quote: cut(&filed.quote),
        reason: cut(&filed.reason),
    };
    let run = asked.run.as_ref().map_or("", |run| run.id.as_str());
    let since = app.now() - SignedDuration::from_hours(24);
    let kept = app
        .store()
        .put_report((&asked.document.id, &dimension, &code, run), &body, since, PER_DAY)
        .await
        .map_err(WebError::internal("keep a report"))?;
    if kept.is_none() {
        return Err(WebError::TooMany("this site takes no more reports today".to_owned()));
    }
    let path = crate::address::document(&asked.document.id);
    Ok(see(&format!("{path}/report?label={}&sent=1", crate::address::query(&filed.label))).into_response())
}
