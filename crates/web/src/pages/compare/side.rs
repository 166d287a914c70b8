//! `GET /compare?ids=a,b,…`: two to six documents side by side, code by code, with quotes.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::codebook::Dimension;
use lacuna_pipeline::publish::export::Trust;
use serde::Serialize;

use super::{Said, coded_by, coding, language, name, trust, trust_of};
use crate::error::WebError;
use crate::pages::documents::Asked;
use crate::params::Params;
use crate::reply::{self, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Facts, Provenance, Reliability, RunFacts, Section, enactment_of};

/// A document of the comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// The id.
    pub id: String,
    /// Name.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Jurisdiction.
    pub jurisdiction: String,
    /// Authority.
    pub authority: String,
    /// Where it stands.
    pub enactment: &'static str,
    /// Whether it is no more.
    pub dead: bool,
    /// Date of its most recent dated event.
    pub date: String,
    /// The comparison without it.
    pub without: Option<String>,
    /// The run that coded it, where that is not the one whose labels the site shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coded_by: Option<RunFacts>,
}

/// What a document says of a code.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// What it says.
    #[serde(flatten)]
    pub said: Said,
    /// How far that can be trusted, where another run coded it than the one whose labels the site shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<Reliability>,
}

/// A code over the documents.
#[derive(Clone, Debug, Serialize)]
pub struct CodeRow {
    /// The code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// How far labels of the run that is shown can be trusted.
    pub trust: Reliability,
    /// What each document says.
    pub cells: Vec<Cell>,
}

/// The codes of a dimension.
#[derive(Clone, Debug, Serialize)]
pub struct Block {
    /// The dimension.
    pub id: String,
    /// Name.
    pub name: String,
    /// Codes to which at least one of the documents speaks, or all.
    pub rows: Vec<CodeRow>,
    /// Codes to which none does.
    pub silent: Vec<String>,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/compare.html")]
pub struct ComparePage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) columns: Vec<Column>,
    pub(crate) blocks: Vec<Block>,
    #[serde(skip)]
    pub(crate) ids: String,
}

impl ComparePage {
    /// The cells of a row, each with the document that says so.
    pub(crate) fn cells<'p>(&'p self, row: &'p CodeRow) -> impl Iterator<Item = (&'p Column, &'p Cell)> {
        self.columns.iter().zip(&row.cells)
    }

    /// Whether a document stands here with the labels of the run that is shown.
    pub(crate) fn has_shown(&self) -> bool {
        self.columns.iter().any(|column| column.coded_by.is_none())
    }
}

/// Most documents side by side.
const MOST: usize = 6;

async fn build(app: &App, ids: &[String]) -> Result<ComparePage, WebError> {
    let snapshot = app.snapshot();
    let mut asked = Vec::new();
    for id in ids {
        asked.push(Asked::read(app, &snapshot, id, &mut Params::default()).await?);
    }
    let joined = ids.join(",");
    let query = format!("ids={}", crate::address::query(&joined));
    let chrome = app
        .chrome(&snapshot, Section::Compare, "Compare documents")
        .describe("Documents side by side, code by code, with the sentences.")
        .under("Documents", "/documents")
        .at(app.config(), &format!("/compare?{query}"))
        .with_json("/compare", &query)
        .with_csv("/compare", &query);
    let column = |(at, one): (usize, &Asked)| {
        let facts = Facts::of(&one.document);
        let state = enactment_of(&one.document, &snapshot.catalogue);
        let rest: Vec<&str> =
            ids.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, id)| id.as_str()).collect();
        Column {
            id: one.document.id.to_string(),
            title: facts.title.clone(),
            href: crate::address::document(&one.document.id),
            jurisdiction: facts.jurisdiction.unwrap_or_default(),
            authority: facts.authority.unwrap_or_default(),
            enactment: state.name(),
            dead: state.is_dead(),
            date: facts.history.last().map(|e| e.date.clone()).unwrap_or_default(),
            without: (rest.len() > 1)
                .then(|| format!("/compare?ids={}", crate::address::query(&rest.join(",")))),
            coded_by: coded_by(&snapshot, one),
        }
    };
    Ok(ComparePage {
        provenance: chrome.provenance.clone(),
        chrome,
        columns: asked.iter().enumerate().map(column).collect(),
        blocks: snapshot.codebook.dimensions.iter().map(|d| block(&snapshot, d, &asked)).collect(),
        ids: joined,
    })
}

fn block(snapshot: &Snapshot, dimension: &Dimension, asked: &[Asked]) -> Block {
    let mut block =
        Block { id: dimension.id.to_string(), name: dimension.name.clone(), rows: vec![], silent: vec![] };
    for code in &dimension.codes {
        let cell = |one: &Asked| Cell {
            said: match coding(one) {
                Some(coding) => Said::of(coding, dimension, code, &one.document.id, language(one)),
                None => Said::nothing(),
            },
            trust: one.other_run(snapshot).map(|_| trust_of(snapshot, one, dimension, code)),
        };
        let cells: Vec<Cell> = asked.iter().map(cell).collect();
        if cells.iter().any(|cell| cell.said.positive) {
            block.rows.push(CodeRow {
                code: code.id.to_string(),
                name: name(code),
                href: crate::address::code(dimension.id.as_str(), code.id.as_str()),
                trust: trust(snapshot, dimension, code),
                cells,
            });
        } else {
            block.silent.push(name(code));
        }
    }
    block
}

/// `GET /compare`
pub async fn get(
    State(app): State<App>,
    format: Format,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    answer(&app, query.as_deref(), format).await
}

async fn answer(app: &App, query: Option<&str>, format: Format) -> Result<Response, WebError> {
    let mut params = Params::parse(query)?;
    let given = params.take("ids").unwrap_or_default();
    let (add, versions) = (params.take("add"), params.take("v"));
    params.done(&["ids", "add", "v"])?;
    let mut ids: Vec<String> = Vec::new();
    for id in given.split(',').map(str::trim).chain(add.iter().flat_map(|a| a.split(',')).map(str::trim)) {
        if !id.is_empty() && !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    if ids.len() > MOST {
        return Err(WebError::BadRequest(format!("at most {MOST} documents stand side by side")));
    }
    if let (Some(versions), [id]) = (&versions, ids.as_slice()) {
        return super::versions::answer(app, id, versions, format).await;
    }
    let page = build(app, &ids).await?;
    match format {
        Format::Html => reply::html(&page),
        Format::Json => reply::json(&page),
        Format::Csv => Ok(reply::csv("compare.csv", csv(&page))),
    }
}

fn csv(page: &ComparePage) -> String {
    let mut out = String::new();
    let columns =
        ["dimension", "code", "name", "document", "level", "probability", "quote", "address", "fiction"];
    csv_row(&mut out, columns.into_iter().chain(Trust::COLUMNS).chain(["run"]));
    let shown = page.provenance.run.as_ref();
    let fiction = if page.provenance.fiction { "fiction" } else { "" };
    for block in &page.blocks {
        for row in &block.rows {
            for (column, Cell { said, trust }) in page.cells(row) {
                let trust = trust.as_ref().unwrap_or(&row.trust).columns.cells();
                let run = column.coded_by.as_ref().or(shown).map_or("", |run| run.id.as_str());
                let probability = said.probability.map_or_else(String::new, |p| format!("{p:.3}"));
                let cells = [
                    block.id.as_str(),
                    row.code.as_str(),
                    row.name.as_str(),
                    column.id.as_str(),
                    said.level.as_str(),
                    probability.as_str(),
                    said.quote.as_deref().unwrap_or_default(),
                    said.href.as_deref().unwrap_or_default(),
                    fiction,
                ];
                csv_row(&mut out, cells.into_iter().chain(trust.iter().map(String::as_str)).chain([run]));
            }
        }
    }
    out
}
