//! `GET /agreement`: how far labellers agree, as measured last; `?a=…&b=…` shows one pair code by code.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use lacuna_domain::decision::Mode;
use lacuna_domain::run::Labeller;
use lacuna_pipeline::analyze::agreement::report::{
    CodeAgreement, DimensionAgreement, PairAgreement, estimate,
};
use lacuna_pipeline::analyze::agreement::study::Measure;
use lacuna_pipeline::analyze::corrected::Logged;
use lacuna_pipeline::publish::agreement_text::{COLUMNS, measure_name, number, rows, with_interval};
use serde::Serialize;

use crate::error::WebError;
use crate::params::Params;
use crate::reply::{self, csv_row};
use crate::state::{App, Snapshot};
use crate::view::reliability::pair_href;
use crate::view::{Chrome, Provenance, Section, day};

/// A pair in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The reference.
    pub a: String,
    /// The other.
    pub b: String,
    /// What it is.
    pub words: String,
    /// Documents that both labelled.
    pub documents: usize,
    /// When it was measured.
    pub day: String,
    /// The warning where the engine was trained on them.
    pub in_sample: Option<String>,
    /// Per dimension: name, headline over all labels, mean of the codes, worst code.
    pub dimensions: Vec<Headline>,
    /// Address of the details.
    pub href: String,
}

/// A dimension in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Headline {
    /// Name of the dimension.
    pub name: String,
    /// Name of the statistic.
    pub measure: &'static str,
    /// Over all labels.
    pub pooled: String,
    /// Mean of the codes.
    pub mean: String,
    /// The worst code with its value.
    pub worst: String,
}

/// A sample.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampleLine {
    /// As it was logged.
    pub logged: Logged,
    /// Day of the draw.
    pub day: String,
    /// The chances of a document, for readers.
    pub chances: String,
    /// Coders, each with documents finished and assigned.
    pub readers: Vec<(String, usize, usize)>,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/agreement.html")]
pub struct AgreementPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    /// People beside people.
    pub(crate) people: Vec<Line>,
    /// Machines beside people and imported labels.
    pub(crate) machines: Vec<Line>,
    /// Imported labels, of whatever reader, beside people and each other.
    pub(crate) imported: Vec<Line>,
    /// Samples drawn with known probabilities, and who read how much of them.
    pub(crate) samples: Vec<SampleLine>,
    /// The pair that was asked for.
    pub(crate) pair: Option<PairAgreement>,
}

#[expect(clippy::unused_self, reason = "a template calls what it shows through the page")]
impl AgreementPage {
    /// Every measure of a dimension: name, over all labels, mean of the codes.
    pub(crate) fn measures(&self, dimension: &DimensionAgreement) -> Vec<(&'static str, String, String)> {
        let line = |measure: Measure| {
            let (pooled, mean) = (estimate(&dimension.pooled, measure), estimate(&dimension.mean, measure));
            (measure_name(measure), with_interval(pooled), with_interval(mean))
        };
        let ordinal = dimension.scale == "ordinal";
        let only = [Measure::KappaLinear, Measure::KappaQuadratic, Measure::Ac2];
        Measure::ALL.into_iter().filter(|m| ordinal || !only.contains(m)).map(line).collect()
    }

    pub(crate) fn number(&self, value: Option<f64>) -> String {
        number(value)
    }

    /// The lists with their titles.
    pub(crate) fn sections(&self) -> [(&'static str, &[Line]); 3] {
        [
            ("People beside people", &self.people),
            ("Machines beside people and imported labels", &self.machines),
            ("Imported labels beside people and each other", &self.imported),
        ]
    }

    /// A value and its interval.
    pub(crate) fn halves<'w>(&self, words: &'w str) -> (&'w str, &'w str) {
        words.split_once(' ').filter(|(_, interval)| interval.starts_with('(')).unwrap_or((words, ""))
    }

    pub(crate) fn three(&self, value: f64) -> String {
        number(Some(value))
    }

    pub(crate) fn day_of(&self, pair: &PairAgreement) -> String {
        day(pair.at)
    }
}

/// Name of a measure, for the template.
pub(crate) const fn named(measure: Measure) -> &'static str {
    measure_name(measure)
}

/// A measure of a code with its interval, for the template.
pub(crate) fn worded(code: &CodeAgreement, measure: Measure) -> String {
    with_interval(code.get(measure))
}

/// A measure of a code by its id, for the template.
pub(crate) fn bare(code: &CodeAgreement, id: &str) -> String {
    let measure = Measure::ALL.into_iter().find(|measure| measure.id() == id);
    number(measure.and_then(|measure| code.get(measure).value))
}

/// Shares above and below the reference, for the template.
pub(crate) fn over_under(code: &CodeAgreement) -> String {
    code.over_under.map_or_else(|| "–".to_owned(), |(over, under)| format!("{over:.3} / {under:.3}"))
}

fn line(pair: &PairAgreement) -> Line {
    let headline = |d: &DimensionAgreement| Headline {
        name: d.name.clone(),
        measure: measure_name(d.headline),
        pooled: with_interval(estimate(&d.pooled, d.headline)),
        mean: with_interval(estimate(&d.mean, d.headline)),
        worst: d.worst.as_ref().map_or_else(
            || "undefined for every code".to_owned(),
            |w| format!("{} ({})", w.name, number(Some(w.value))),
        ),
    };
    Line {
        a: pair.a.name.clone(),
        b: pair.b.name.clone(),
        words: pair.words.clone(),
        documents: pair.documents,
        day: day(pair.at),
        in_sample: pair.in_sample_words(),
        dimensions: pair.dimensions.iter().map(headline).collect(),
        href: pair_href(pair),
    }
}

async fn samples(app: &App, snapshot: &Snapshot) -> Result<Vec<SampleLine>, WebError> {
    if snapshot.decided.logged().is_empty() {
        return Ok(vec![]);
    }
    let assigned = app.store().assignments().await.map_err(WebError::internal("read assignments"))?;
    let line = |logged: &Logged| {
        let mut readers: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for assignment in assigned.iter().filter(|a| a.stream == logged.name && a.mode == Mode::Blind) {
            let reader = readers.entry(&assignment.name).or_default();
            reader.0 += usize::from(assignment.done_at.is_some());
            reader.1 += 1;
        }
        SampleLine {
            day: day(logged.at),
            chances: logged.chances_words(),
            readers: readers.into_iter().map(|(name, (done, of))| (name.to_owned(), done, of)).collect(),
            logged: logged.clone(),
        }
    };
    Ok(snapshot.decided.logged().iter().map(line).collect())
}

async fn page(app: &App, query: Option<&str>) -> Result<AgreementPage, WebError> {
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let (a, b) = (params.take("a"), params.take("b"));
    params.done(&["a", "b"])?;
    let named = |run: &str, prefix: &Option<String>| {
        prefix.as_ref().is_some_and(|prefix| prefix.len() >= 6 && run.starts_with(prefix.as_str()))
    };
    let pair = match (&a, &b) {
        (None, None) => None,
        _ => Some(
            snapshot
                .agreements
                .iter()
                .find(|pair| named(&pair.a.run, &a) && named(&pair.b.run, &b))
                .cloned()
                .ok_or_else(|| {
                    WebError::NotFound("this pair was not measured; run `lacuna agree` for it".to_owned())
                })?,
        ),
    };
    let has = |pair: &PairAgreement, kind| pair.a.kind == kind || pair.b.kind == kind;
    let lines = |wanted: &dyn Fn(&PairAgreement) -> bool| -> Vec<Line> {
        snapshot.agreements.iter().filter(|pair| wanted(pair)).map(line).collect()
    };
    let (machine, imported) = (Labeller::Machine, Labeller::Imported);
    let chrome = app
        .chrome(&snapshot, Section::Runs, "Agreement of labellers")
        .describe("How far people, imported labels and engines agree, code by code.")
        .at(app.config(), "/agreement")
        .with_json("/agreement", query.unwrap_or_default())
        .with_csv("/agreement", query.unwrap_or_default());
    Ok(AgreementPage {
        provenance: chrome.provenance.clone(),
        chrome,
        people: lines(&|pair| !has(pair, machine) && !has(pair, imported)),
        machines: lines(&|pair| has(pair, machine)),
        imported: lines(&|pair| !has(pair, machine) && has(pair, imported)),
        samples: samples(app, &snapshot).await?,
        pair,
    })
}

/// `GET /agreement`
pub async fn get(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    reply::html(&page(&app, query.as_deref()).await?)
}

/// `GET /agreement.json` and `GET /api/v1/agreement`
pub async fn get_json(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    reply::json(&page(&app, query.as_deref()).await?)
}

/// `GET /agreement.csv`: one row per pair, dimension, code and measure.
pub async fn get_csv(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let page = page(&app, query.as_deref()).await?;
    let snapshot = app.snapshot();
    let pairs: Vec<PairAgreement> = page.pair.map_or_else(|| snapshot.agreements.clone(), |pair| vec![pair]);
    let mut out = String::new();
    csv_row(&mut out, COLUMNS);
    for pair in &pairs {
        for row in rows(std::slice::from_ref(pair), &pair.at.to_string()) {
            csv_row(&mut out, row.iter().map(String::as_str));
        }
    }
    Ok(reply::csv("agreement.csv", out))
}
