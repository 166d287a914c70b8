//! `GET /gaps/{dimension}/{code}`: an absence that can be checked: what was looked for in which documents, what came
//! nearest, and which documents speak to the code without counting.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use lacuna_domain::codebook::{Code, Cues, Dimension};
use lacuna_domain::filter::{CodeTest, Condition, Field, NONE};
use lacuna_domain::text::language_name;
use lacuna_pipeline::analyze::gaps::{CodeGap, gaps};
use lacuna_store::catalogue::{Catalogue, FacetValue, Selection};
use serde::Serialize;

use super::audit::{Audit, AuditRow};
use super::{Asked, cell, exactly};
use crate::error::WebError;
use crate::find::{self, Found};
use crate::reply::{self, Format};
use crate::state::{App, Snapshot};
use crate::view::{Chrome, Provenance, Reliability, Section, SetForm, VerdictView, narrowed};

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/absence.html")]
pub struct AbsencePage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) set: SetForm,
    pub(crate) on: Date,
    pub(crate) dimension: String,
    pub(crate) dimension_name: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) numbered: bool,
    pub(crate) definition: String,
    pub(crate) code_href: String,
    /// How far labels of the code can be trusted.
    pub(crate) trust: Reliability,
    /// How it stands, with its counts.
    pub(crate) gap: CodeGap,
    /// Documents of the set.
    pub(crate) documents: u64,
    pub(crate) classified: u64,
    /// Classified documents that were there on the day: the denominator of the verdict.
    pub(crate) there: u64,
    pub(crate) standing: u64,
    pub(crate) binding: u64,
    /// The sentence under which every absence stands.
    pub(crate) absence: String,
    /// Languages of the texts that were read, with their number.
    pub(crate) languages: Vec<(String, u64)>,
    /// Terms that point the built-in engine to passages, in the languages of the set.
    pub(crate) cues: BTreeMap<String, Cues>,
    /// What else counts.
    pub(crate) include: Vec<String>,
    /// Documents that speak to it, binding ones first; of many the first.
    pub(crate) speaking: Vec<AuditRow>,
    pub(crate) speaking_href: Option<String>,
    /// Documents without the label that came nearest; of many the first.
    pub(crate) nearest: Vec<AuditRow>,
    /// Documents without the label.
    pub(crate) without: u64,
    #[serde(skip)]
    pub(crate) without_href: Option<String>,
    /// The table of all that speak to it and of all without the label.
    pub(crate) table_href: String,
    #[serde(skip)]
    pub(crate) back: String,
}

/// Documents named on each side.
const NAMED: usize = 15;

impl AbsencePage {
    pub(crate) fn verdict(&self) -> VerdictView {
        VerdictView(self.gap.verdict)
    }
}

/// The address of the page of a code.
pub(crate) fn path(dimension: &Dimension, code: &str) -> String {
    format!("/gaps/{}/{}", crate::address::segment(dimension.id.as_str()), crate::address::segment(code))
}

/// Languages of the classified texts of a selection: only these were read.
fn languages(catalogue: &Catalogue, selection: &Selection) -> Vec<FacetValue> {
    let read = selection.narrowed_to(catalogue, &Condition::Field(Field::Coded, "yes".to_owned()));
    catalogue.field_facet(&read, Field::Language).into_iter().filter(|value| value.count > 0).collect()
}

fn language_words(value: &FacetValue) -> (String, u64) {
    let name = match &value.condition {
        Condition::Field(_, language) if language == NONE => "a language that was not determined".to_owned(),
        _ => value.label.clone(),
    };
    (name, value.count)
}

fn build(app: &App, snapshot: &Snapshot, asked: &Asked, code: &Code, found: &Found) -> Option<AbsencePage> {
    let (catalogue, dimension, selection) = (&snapshot.catalogue, &asked.dimension, &found.selection);
    let audit = Audit::of(catalogue, asked, code, selection);
    let counted = gaps(catalogue, selection, dimension, audit.states());
    let gap = counted.codes.iter().find(|c| c.code == code.id.as_str())?.clone();
    let own: Vec<(String, String)> = asked.day().into_iter().collect();
    let here = path(dimension, code.id.as_str());
    let set = SetForm::of(&here, &own, &["on"], selection, snapshot);
    let back = narrowed("/gaps", &asked.own(&snapshot.codebook), &asked.filter);
    let chrome = chrome(app, snapshot, asked, code, &back, &counted.absence());
    let languages = languages(catalogue, selection);
    let known = |language: &str| {
        languages.iter().any(|v| matches!(&v.condition, Condition::Field(_, l) if l == language))
    };
    let covered = cell(dimension, code.id.as_str(), false, None);
    let absent = Condition::Code(dimension.id.clone(), code.id.clone(), CodeTest::Absent);
    Some(AbsencePage {
        provenance: chrome.provenance.clone(),
        on: asked.on,
        dimension: dimension.id.to_string(),
        dimension_name: dimension.name.clone(),
        code: code.id.to_string(),
        name: code.name.clone(),
        numbered: code.group.is_some(),
        definition: code.definition.clone(),
        code_href: crate::address::code(dimension.id.as_str(), code.id.as_str()),
        trust: snapshot.trust(dimension.id.as_str(), code.id.as_str()),
        documents: counted.documents,
        classified: counted.classified,
        there: counted.there,
        standing: counted.standing,
        binding: counted.binding,
        absence: counted.absence(),
        languages: languages.iter().map(language_words).collect(),
        cues: code
            .cues
            .iter()
            .filter(|(l, _)| known(l))
            .map(|(l, c)| (language_name(l).to_owned(), c.clone()))
            .collect(),
        include: code.include.clone(),
        speaking: audit.rows(catalogue, &audit.speaking(catalogue, NAMED)),
        speaking_href: exactly(&asked.filter, &covered),
        nearest: audit.rows(catalogue, &audit.nearest(catalogue, NAMED)),
        without: audit.without(),
        without_href: exactly(&asked.filter, &[absent]),
        table_href: chrome.csv.clone().unwrap_or_default(),
        chrome,
        back,
        gap,
        set,
    })
}

fn chrome(app: &App, snapshot: &Snapshot, asked: &Asked, code: &Code, back: &str, absence: &str) -> Chrome {
    let own: Vec<(String, String)> = asked.day().into_iter().collect();
    let here = path(&asked.dimension, code.id.as_str());
    let query = narrowed("", &own, &asked.filter);
    let query = query.trim_start_matches('?');
    let name = if code.group.is_some() { format!("{} {}", code.id, code.name) } else { code.name.clone() };
    app.chrome(snapshot, Section::Gaps, &format!("Gap: {name}"))
        .describe(format!("{name}: {absence}"))
        .under("Gaps", back.to_owned())
        .at(app.config(), &narrowed(&here, &own, &asked.filter))
        .with_json(&here, query)
        .with_csv(&here, query)
        .described_as_dataset(app.config())
}

/// `GET /gaps/{dimension}/{code}`
pub async fn get(
    State(app): State<App>,
    Path((dimension, raw)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let asked = Asked::read(&app, &snapshot, query.as_deref(), Some(&dimension))?;
    let exact = asked.dimension.code(&raw).is_some();
    let (id, format) = if exact { (raw.as_str(), Format::Html) } else { Format::split(&raw) };
    let Some(code) = asked.dimension.code(id).cloned() else {
        let known: Vec<&str> = asked.dimension.codes.iter().map(|c| c.id.as_str()).collect();
        return Err(WebError::NotFound(format!("{} has the codes {}", asked.dimension.id, known.join(", "))));
    };
    if dimension != asked.dimension.id.as_str() && format == Format::Html {
        let own: Vec<(String, String)> = asked.day().into_iter().collect();
        let path = path(&asked.dimension, code.id.as_str());
        return Ok(Redirect::permanent(&narrowed(&path, &own, &asked.filter)).into_response());
    }
    let (filter, known) = (asked.filter.clone(), headers.get(header::IF_NONE_MATCH).cloned());
    find::drawn(&snapshot, filter, format == Format::Html, move |snapshot, found| {
        if format == Format::Csv {
            let audit = Audit::of(&snapshot.catalogue, &asked, &code, &found.selection);
            return audit.table(snapshot, known.as_ref());
        }
        let unknown = || WebError::NotFound("there is no such code".to_owned());
        let page = build(&app, snapshot, &asked, &code, found).ok_or_else(unknown)?;
        if format == Format::Json { reply::json(&page) } else { reply::html(&page) }
    })
    .await
}
