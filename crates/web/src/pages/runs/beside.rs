//! `GET /runs/{id}/beside/{other}`: on which documents two runs differ, code by code. The page lists the first labels, the
//! CSV has all, written while it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use futures_util::stream;
use lacuna_domain::{Codebook, Run, TextId};
use lacuna_pipeline::analyze::stability::{Beside, Difference, Stability, StabilityError, Stretch, Tally};
use serde::Serialize;
use tokio::runtime::Handle;

use super::left::names;
use super::show::{named, seen_by_text};
use crate::error::WebError;
use crate::limits::Later;
use crate::pieces;
use crate::reply::{self, Format, csv_row};
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

/// The labels that a report lists, as far as their texts may be shown.
async fn labels(
    app: &App,
    snapshot: &Snapshot,
    codebook: &Codebook,
    report: &Stability,
) -> Result<Vec<LabelLine>, WebError> {
    let seen = seen_by_text(app, snapshot, &texts_of(&report.differences)).await?;
    let line = |difference: &Difference| {
        // What could be shown when the runs were compared may be private now.
        let documents = seen.get(&difference.text)?.clone();
        Some(LabelLine {
            documents,
            name: name(codebook, difference.dimension.as_str(), difference.code.as_str()),
            values: difference.values.iter().map(|word| value(codebook, difference, word)).collect(),
        })
    };
    Ok(report.differences.iter().filter_map(line).collect())
}

/// The texts of differences, which are in the order of their texts.
fn texts_of(differences: &[Difference]) -> Vec<TextId> {
    let mut texts: Vec<TextId> = differences.iter().map(|difference| difference.text.clone()).collect();
    texts.dedup();
    texts
}

/// Why two runs were not compared, as readers are told.
fn refused(error: StabilityError) -> WebError {
    match error {
        StabilityError::Store(error) => WebError::internal(COMPARING)(error),
        other => WebError::NotFound(other.to_string()),
    }
}

/// The two runs whose ids begin with `ids`.
fn both(snapshot: &Snapshot, ids: [&str; 2]) -> Result<[Run; 2], WebError> {
    let [one, other] = ids;
    Ok([named(snapshot, one)?.clone(), named(snapshot, other)?.clone()])
}

/// Documents with texts that may be shown, by text: name and address.
type Seen = BTreeMap<TextId, Vec<(String, String)>>;

/// What is done here, for the log.
pub(super) const COMPARING: &str = "compare two runs";

/// Two runs as they are read beside each other for readers.
struct Pair {
    app: App,
    snapshot: Arc<Snapshot>,
    runs: [Run; 2],
    beside: Beside,
    later: Later,
}

impl Pair {
    async fn of(app: &App, snapshot: Arc<Snapshot>, runs: [Run; 2]) -> Result<Arc<Self>, WebError> {
        let beside = Beside::of(app.store(), &runs).await.map_err(refused)?;
        Ok(Arc::new(Self { app: app.clone(), snapshot, runs, beside, later: Later::of_page() }))
    }

    /// The texts after `after` that may be shown: nothing is told of one that private documents alone have.
    async fn stretch(self: &Arc<Self>, after: Option<&TextId>) -> Result<(Stretch, Seen), WebError> {
        let (pair, after) = (Arc::clone(self), after.cloned());
        // Unpacking codings takes a while; other requests go on meanwhile.
        let read = async move { pair.beside.differences(pair.app.store(), after.as_ref()).await };
        let found = self.later.aside(COMPARING, move || Handle::current().block_on(read)).await?;
        let mut found = found.map_err(WebError::internal(COMPARING))?;
        let seen = seen_by_text(&self.app, &self.snapshot, &found.texts).await?;
        found.retain(|text| seen.contains_key(text));
        Ok((found, seen))
    }

    /// What all texts come to.
    async fn report(self: &Arc<Self>) -> Result<Stability, WebError> {
        let (mut tally, mut after) = (Tally::default(), None);
        loop {
            let (found, _) = self.stretch(after.as_ref()).await?;
            after.clone_from(&found.last);
            self.beside.count(found, &mut tally);
            if after.is_none() {
                return Ok(self.beside.clone().report(tally));
            }
        }
    }
}

/// The comparison as far as it may be shown. Over a large corpus it takes longer than a request may: readers who have waited
/// are led to the table.
async fn compared(app: &App, snapshot: &Arc<Snapshot>, runs: &[Run; 2]) -> Result<Arc<Stability>, WebError> {
    let (pair, ids) = (Pair::of(app, Arc::clone(snapshot), runs.clone()).await?, runs.each_ref());
    let report = move || async move { pair.report().await };
    let made = app.comparisons().get(ids.map(|run| run.id.clone()), snapshot.revision, report).await?;
    let [one, other] = ids.map(|run| run.id.short());
    let being_made = || {
        let table = format!("/runs/{one}/beside/{other}.csv");
        format!("runs are being compared, which takes a while; {table} is ready and has all")
    };
    made.ok_or_else(|| WebError::NotReady(being_made()))
}

async fn page(app: &App, ids: [&str; 2]) -> Result<BesidePage, WebError> {
    let snapshot = app.snapshot();
    let runs = both(&snapshot, ids)?;
    let report = compared(app, &snapshot, &runs).await?;
    let [one, other] = &runs;
    let missing = || WebError::NotFound("the codebook of these runs is not in the store".to_owned());
    let codebook = Arc::clone(snapshot.codebook_of(one).ok_or_else(missing)?);
    let path = format!("/runs/{}/beside/{}", one.id.short(), other.id.short());
    let title = format!("{} beside {}", one.name, other.name);
    let chrome = app
        .chrome(&snapshot, Section::Runs, &title)
        .describe("On which documents two runs differ, code by code.")
        .under("Runs", "/runs")
        .at(app.config(), &path)
        .with_json(&path, "")
        .with_csv(&path, "");
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

/// The names of the columns: the values are written as `/judgements.csv` has them.
const COLUMNS: [&str; 8] = ["run", "other", "text", "documents", "dimension", "code", "value", "other_value"];

/// One row for each label that differs.
async fn csv(app: &App, headers: &HeaderMap, ids: [&str; 2]) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let runs = both(&snapshot, ids)?;
    let pair = Pair::of(app, snapshot, runs).await?;
    let [one, other] = &pair.runs;
    // The rows are those of the store as it is, the names of their documents those of the snapshot.
    let revision = app.revision().await?.to_string();
    let tag = reply::tag_of_rows(&pair.snapshot, one, ["beside", other.id.as_str(), &revision])?;
    let name = format!("runs-{}-{}.csv", one.id.short(), other.id.short());
    let known = headers.get(header::IF_NONE_MATCH);
    Ok(reply::stream(&name, reply::CSV, tag, known, rows(Arc::clone(&pair))))
}

/// What is written next.
enum Next {
    Head,
    After(Option<TextId>),
    End,
}

fn rows(pair: Arc<Pair>) -> Body {
    pieces::body(move || {
        stream::try_unfold(Next::Head, move |next| {
            let pair = Arc::clone(&pair);
            async move { piece(&pair, next).await }
        })
    })
}

async fn piece(pair: &Arc<Pair>, next: Next) -> Result<Option<(Bytes, Next)>, WebError> {
    let mut out = String::new();
    let next = match next {
        Next::Head => {
            csv_row(&mut out, COLUMNS);
            Next::After(None)
        }
        Next::After(after) => {
            let last = write(pair, after.as_ref(), &mut out).await?;
            last.map_or(Next::End, |last| Next::After(Some(last)))
        }
        Next::End => return Ok(None),
    };
    Ok(Some((out.into(), next)))
}

/// Writes the rows of some texts; gives the text after which the next ones begin, `None` at the end.
async fn write(
    pair: &Arc<Pair>,
    after: Option<&TextId>,
    out: &mut String,
) -> Result<Option<TextId>, WebError> {
    let (found, seen) = pair.stretch(after).await?;
    let [one, other] = &pair.runs;
    for Difference { text, dimension, code, values } in &found.differences {
        let documents = seen.get(text).map(|documents| names(documents)).unwrap_or_default();
        let runs = [one.id.as_str(), other.id.as_str()];
        let label = [text.as_str(), &documents, dimension.as_str(), code.as_str()];
        csv_row(out, runs.into_iter().chain(label).chain(values.iter().map(String::as_str)));
    }
    Ok(found.last)
}

/// `GET /runs/{id}/beside/{other}`
pub async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    Path((id, other)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let (other, format) = Format::split(&other);
    let ids = [id.as_str(), other];
    match format {
        Format::Html => reply::html(&page(&app, ids).await?),
        Format::Json => reply::json(&page(&app, ids).await?),
        Format::Csv => csv(&app, &headers, ids).await,
    }
}
