//! `GET /documents/{id}/correction?label=risk/2.2`: a ready-made correction file, or the way to the address that
//! takes reports.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use lacuna_domain::coding::Outcome;
use serde::Serialize;

use super::Asked;
use crate::config::Report;
use crate::error::WebError;
use crate::params::Params;
use crate::reply;
use crate::state::App;

/// The file: what is said now, and blanks for what should be said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Correction {
    /// What to do with the file.
    pub how_to: &'static str,
    /// Address of the page, where the site knows its own.
    pub page: String,
    /// The document.
    pub document: String,
    /// Hash of the text that was coded.
    pub text: String,
    /// The run whose label is reported.
    pub run: String,
    /// Name and version of the codebook.
    pub codebook: String,
    /// The dimension.
    pub dimension: String,
    /// The code or role.
    pub code: String,
    /// What the label says now.
    pub label_now: serde_json::Value,
    /// The quotes it rests on now.
    pub quotes_now: Vec<String>,
    /// To fill in: what it should say.
    pub label_proposed: Option<String>,
    /// To fill in: words of the text that show it.
    pub quote_proposed: Option<String>,
    /// To fill in: why.
    pub reason: Option<String>,
    /// To fill in, if you like: who you are.
    pub name: Option<String>,
}

/// `GET /documents/{id}/correction`
pub async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query.as_deref())?;
    let asked = Asked::read(&app, &snapshot, &id, &mut params).await?;
    let label = params.take("label").unwrap_or_default();
    params.done(&["label", "v", "run"])?;
    let (dimension, code) = label
        .split_once('/')
        .filter(|(d, c)| {
            asked.codebook.dimension(d).is_some_and(|dim| dim.code(c).is_some() || dim.id.as_str() == *c)
        })
        .ok_or_else(|| {
            WebError::BadRequest("label: give dimension/code, such as label=risk/2.2".to_owned())
        })?;
    let correction = correction(&app, &asked, dimension, code);
    match &app.config().report {
        Report::File => {
            let name = format!("correction-{}-{dimension}-{code}.json", asked.document.id);
            reply::json_file(&name, &correction)
        }
        Report::Address(address) => {
            let subject = format!("Label {dimension}/{code} of {}", asked.document.id);
            let body =
                serde_json::to_string_pretty(&correction).map_err(WebError::internal("write a report"))?;
            let joint = if address.contains('?') { '&' } else { '?' };
            let title = if address.starts_with("mailto:") { "subject" } else { "title" };
            let query = crate::address::query;
            let to = format!("{address}{joint}{title}={}&body={}", query(&subject), query(&body));
            Ok(Redirect::temporary(&to).into_response())
        }
    }
}

fn correction(app: &App, asked: &Asked, dimension: &str, code: &str) -> Correction {
    let coding = match &asked.outcome {
        Some(Outcome::Coded(coding)) => Some(coding.as_ref()),
        _ => None,
    };
    let judgement = coding.and_then(|c| c.judgement(dimension, code));
    let actor = coding.and_then(|c| c.actor(code)).filter(|a| a.dimension().as_str() == dimension);
    let label_now = match (judgement, actor) {
        (Some(j), _) => serde_json::to_value(j.value()).unwrap_or_default(),
        (None, Some(a)) => a.entities().iter().map(|e| e.name.as_str()).collect(),
        (None, None) => serde_json::Value::String("not found".to_owned()),
    };
    let evidence = judgement
        .map(lacuna_domain::Judgement::evidence)
        .or_else(|| actor.map(lacuna_domain::judgement::ActorJudgement::evidence))
        .unwrap_or_default();
    let path = crate::address::document(&asked.document.id);
    let config = asked.run.as_ref().map(|r| &r.config);
    Correction {
        how_to: "Fill in label_proposed, quote_proposed and reason, and send this file to the people who run the site.",
        page: app.config().absolute(&path).unwrap_or(path),
        document: asked.document.id.to_string(),
        text: asked.version.as_ref().map_or_else(String::new, |v| v.text.to_string()),
        run: asked.run.as_ref().map_or_else(String::new, |r| r.id.to_string()),
        codebook: config.map_or_else(String::new, |c| format!("{} {}", c.codebook, c.codebook_version)),
        dimension: dimension.to_owned(),
        code: code.to_owned(),
        label_now,
        quotes_now: evidence.iter().map(|e| e.quote().to_owned()).collect(),
        label_proposed: None,
        quote_proposed: None,
        reason: None,
        name: None,
    }
}
