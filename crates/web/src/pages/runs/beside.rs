//! `GET /runs/{id}/beside/{other}`: on which documents two runs differ, code by code.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use lacuna_domain::Codebook;
use lacuna_pipeline::analyze::stability::{Difference, Stability, stability};
use serde::Serialize;

use super::show::seen_documents;
use crate::error::WebError;
use crate::reply;
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Provenance, RunFacts, Section};

/// A code on which the runs differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeLine {
    /// Name of the dimension and the code.
    pub name: String,
    /// Texts on which the runs differ.
    pub differ: u64,
    /// Share of the texts, in percent with one decimal.
    pub share: String,
}

/// A label on which the runs differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelLine {
    /// Documents with the text: name and address.
    pub documents: Vec<(String, String)>,
    /// Name of the dimension and the code.
    pub name: String,
    /// What each run says, in the order of the runs.
    pub values: Vec<String>,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/runs_beside.html")]
pub struct BesidePage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) runs: Vec<RunFacts>,
    pub(crate) texts: u64,
    /// Share of text and code pairs that differ, in percent with one decimal.
    pub(crate) share: String,
    pub(crate) codes: Vec<CodeLine>,
    pub(crate) labels: Vec<LabelLine>,
    /// Labels that are not listed.
    pub(crate) more: u64,
}

fn percent(rate: f64) -> String {
    format!("{:.1}", rate * 100.0)
}

fn name(codebook: &Codebook, dimension: &str, code: &str) -> String {
    let found = codebook.dimension(dimension);
    let short = found.map_or(dimension, |d| d.name.as_str());
    let code = found.and_then(|d| d.code(code)).map_or(code, |c| c.name.as_str());
    if code == dimension { short.to_owned() } else { format!("{short}: {code}") }
}

fn value(codebook: &Codebook, difference: &Difference, word: &str) -> String {
    let Some(dimension) = codebook.dimension(difference.dimension.as_str()) else { return word.to_owned() };
    let level = dimension.levels().iter().find(|l| l.value.to_string() == word).map(|l| l.name.as_str());
    let named = level.or_else(|| dimension.code(word).map(|c| c.name.as_str()));
    named
        .unwrap_or(match word {
            "true" => "Yes",
            "false" => "No",
            "none" => "Not determined",
            other => other,
        })
        .to_owned()
}

async fn labels(
    app: &App,
    snapshot: &Snapshot,
    codebook: &Codebook,
    report: &Stability,
) -> Result<Vec<LabelLine>, WebError> {
    let mut lines = Vec::new();
    for difference in &report.differences {
        let Some(documents) = seen_documents(app, snapshot, &difference.text).await? else { continue };
        lines.push(LabelLine {
            documents,
            name: name(codebook, difference.dimension.as_str(), difference.code.as_str()),
            values: difference.values.iter().map(|word| value(codebook, difference, word)).collect(),
        });
    }
    Ok(lines)
}

async fn page(app: &App, ids: [&str; 2]) -> Result<BesidePage, WebError> {
    let snapshot = app.snapshot();
    let mut runs = Vec::new();
    for id in ids {
        let missing = || {
            let id: String = id.chars().take(80).collect();
            WebError::NotFound(format!("no run begins with {id:?}; give at least 6 digits of its id"))
        };
        runs.push(snapshot.run_named(id).ok_or_else(missing)?.clone());
    }
    let report =
        stability(app.store(), &runs).await.map_err(|error| WebError::NotFound(error.to_string()))?;
    let missing = || WebError::NotFound("the codebook of these runs is not in the store".to_owned());
    let codebook = runs.first().and_then(|run| snapshot.codebook_of(run)).ok_or_else(missing)?.clone();
    let path = format!("/runs/{}/beside/{}", runs[0].id.short(), runs[1].id.short());
    let title = format!("{} beside {}", runs[0].name, runs[1].name);
    let chrome = app
        .chrome(&snapshot, Section::Runs, &title)
        .describe("On which documents two runs differ, code by code.")
        .under("Runs", "/runs")
        .at(app.config(), &path);
    let codes = report.codes.iter().filter(|code| code.flipped > 0).map(|code| CodeLine {
        name: name(&codebook, code.dimension.as_str(), code.code.as_str()),
        differ: code.flipped,
        share: percent(code.rate),
    });
    let all: u64 = report.codes.iter().map(|code| code.flipped).sum();
    Ok(BesidePage {
        provenance: chrome.provenance.clone(),
        chrome,
        runs: runs
            .iter()
            .map(|run| RunFacts::of(run, snapshot.codebook_of(run).map(AsRef::as_ref)))
            .collect(),
        texts: report.texts,
        share: report.rate.map_or_else(|| "0.0".to_owned(), percent),
        codes: codes.collect(),
        labels: labels(app, &snapshot, &codebook, &report).await?,
        more: all - report.differences.len() as u64,
    })
}

/// `GET /runs/{id}/beside/{other}`
pub async fn get(
    State(app): State<App>,
    Path((id, other)): Path<(String, String)>,
) -> Result<Response, WebError> {
    match other.strip_suffix(".json") {
        Some(other) => reply::json(&page(&app, [&id, other]).await?),
        None => reply::html(&page(&app, [&id, &other]).await?),
    }
}
