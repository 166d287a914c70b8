//! `GET /runs/{id}`: what decides the labels of a run, its counts, what failed and which claims fell.

use std::collections::BTreeMap;
use std::slice;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use lacuna_domain::run::Labeller;
use lacuna_domain::{Run, RunConfig, TextId};
use lacuna_pipeline::analyze::agreement::report::PairAgreement;
use lacuna_store::EventKind;
use serde::Serialize;

use super::checks::{ChecksView, checks};
use super::left::{self, Fell, LeftOut};
use super::list::Counts;
use crate::error::WebError;
use crate::reply::{self, Format};
use crate::state::{App, Snapshot};
use crate::view::reliability::pair_href;
use crate::view::{Chrome, Provenance, RunFacts, Section};

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/run.html")]
pub struct RunPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) run: RunFacts,
    pub(crate) shown: bool,
    pub(crate) config: RunConfig,
    pub(crate) counts: Counts,
    /// The first texts without a coding.
    pub(crate) left_out: Vec<LeftOut>,
    /// Whether there are more, which the CSV has.
    pub(crate) more_left_out: bool,
    /// The first claims that fell.
    pub(crate) fell: Vec<Fell>,
    /// Whether there are more, which the CSV has.
    pub(crate) more_fell: bool,
    /// What the checks that need nobody's labels found.
    pub(crate) checks: Option<ChecksView>,
    /// What was measured of the run: against whom, in which words, and the address of the measurement.
    pub(crate) measured: Vec<(String, String, String)>,
    /// Pace and time left, while the run is at work.
    pub(crate) pace: Option<String>,
    /// Calls and their price.
    pub(crate) spend: Option<String>,
    /// What happened on the way, for runs of language models.
    pub(crate) happened: Vec<Happened>,
    /// Other machine runs of the same codebook, to stand beside: name, short id, address of the comparison.
    pub(crate) beside: Vec<(String, String, String)>,
}

/// Something that happened on the way to a coding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// What, for readers.
    pub what: &'static str,
    /// The words.
    pub message: String,
    /// Documents with the text: name and address.
    pub documents: Vec<(String, String)>,
}

/// Events shown of each kind.
const MOST_EVENTS: usize = 200;

async fn happened(app: &App, snapshot: &Snapshot, run: &Run) -> Result<Vec<Happened>, WebError> {
    let kinds = [
        (EventKind::Withheld, "words addressed to the coder, withheld from the model"),
        (EventKind::Narrative, "narrative contradicted its labels and was replaced"),
        (EventKind::Lowered, "level lowered by rule"),
    ];
    let mut out = Vec::new();
    for (kind, what) in kinds {
        let events = app.store().events_of_run(&run.id, kind, MOST_EVENTS);
        for event in events.await.map_err(WebError::internal("read events"))? {
            let documents = match &event.text {
                Some(text) => seen_documents(app, snapshot, text).await?,
                None => Some(vec![]),
            };
            let Some(documents) = documents else { continue };
            out.push(Happened { what, message: event.message, documents });
        }
    }
    Ok(out)
}

fn beside(snapshot: &Snapshot, run: &Run) -> Vec<(String, String, String)> {
    let same = |other: &&Run| {
        other.id != run.id
            && other.labeller == Labeller::Machine
            && other.config.codebook_hash == run.config.codebook_hash
    };
    let link = |other: &Run| {
        let short = other.id.short();
        (other.name.clone(), short.to_owned(), format!("/runs/{}/beside/{short}", run.id.short()))
    };
    snapshot.runs.iter().filter(same).map(link).collect()
}

impl RunPage {
    /// The engine's settings, by name.
    pub(crate) fn parameters(&self) -> &BTreeMap<String, String> {
        &self.config.parameters
    }
}

fn measured(snapshot: &Snapshot, run: &Run) -> Vec<(String, String, String)> {
    let of = |pair: &PairAgreement| {
        let other = if pair.b.run == run.id.as_str() {
            &pair.a
        } else if pair.a.run == run.id.as_str() {
            &pair.b
        } else {
            return None;
        };
        let words = format!("{}, {} documents, {}", pair.words, pair.documents, crate::view::day(pair.at));
        let warning = pair.in_sample_words().map(|words| format!("; {words}")).unwrap_or_default();
        Some((other.name.clone(), words + &warning, pair_href(pair)))
    };
    snapshot.agreements.iter().filter_map(of).collect()
}

/// The documents that have each of some texts, or had it: name and address. A text is missing where every document with it is
/// private and this site serves others than this machine, so that nothing of the text may be shown.
pub(super) async fn seen_by_text(
    app: &App,
    snapshot: &Snapshot,
    texts: &[TextId],
) -> Result<BTreeMap<TextId, Vec<(String, String)>>, WebError> {
    let found = app.store().documents_with_texts(texts).await;
    let found = found.map_err(WebError::internal("find the documents of texts"))?;
    let all = texts.iter().filter(|_| app.config().local);
    let mut seen: BTreeMap<TextId, Vec<(String, String)>> = all.map(|text| (text.clone(), vec![])).collect();
    for (text, id) in found {
        if let Some(record) = snapshot.catalogue.record_of(id.as_str()) {
            let named = (record.title().to_owned(), crate::address::document(&id));
            seen.entry(text).or_default().push(named);
        }
    }
    Ok(seen)
}

/// The same of one text.
pub(super) async fn seen_documents(
    app: &App,
    snapshot: &Snapshot,
    text: &TextId,
) -> Result<Option<Vec<(String, String)>>, WebError> {
    Ok(seen_by_text(app, snapshot, slice::from_ref(text)).await?.remove(text))
}

/// `GET /runs/{id}`
pub async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    Path(raw): Path<String>,
) -> Result<Response, WebError> {
    let (id, format) = Format::split(&raw);
    match format {
        Format::Html => reply::html(&page(&app, id).await?),
        Format::Json => reply::json(&page(&app, id).await?),
        Format::Csv => csv(app, &headers, id).await,
    }
}

async fn csv(app: App, headers: &HeaderMap, id: &str) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let run = named(&snapshot, id)?.clone();
    // The rows are those of the store as it is, the names of their documents those of the snapshot.
    let revision = app.revision().await?.to_string();
    let tag = reply::tag_of_rows(&snapshot, &run, ["left", &revision])?;
    let name = format!("run-{}.csv", run.id.short());
    let rows = left::rows(app, snapshot, run);
    Ok(reply::stream(&name, reply::CSV, tag, headers.get(header::IF_NONE_MATCH), rows))
}

/// The run whose id begins with `id`.
pub(super) fn named<'s>(snapshot: &'s Snapshot, id: &str) -> Result<&'s Run, WebError> {
    snapshot.run_named(id).ok_or_else(|| {
        let id: String = id.chars().take(80).collect();
        WebError::NotFound(format!("no run begins with {id:?}; give at least 6 digits of its id"))
    })
}

/// `GET /api/v1/runs/{id}`
pub async fn get_json(State(app): State<App>, Path(id): Path<String>) -> Result<Response, WebError> {
    reply::json(&page(&app, &id).await?)
}

async fn page(app: &App, id: &str) -> Result<RunPage, WebError> {
    let snapshot = app.snapshot();
    let run = named(&snapshot, id)?;
    let progress = app.progress_of(run).await?;
    let counts = Counts::of(&progress.counts);
    let facts = RunFacts::of(run, snapshot.codebook_of(run).map(AsRef::as_ref));
    let path = facts.href();
    let chrome = app
        .chrome(&snapshot, Section::Runs, &format!("{}, run {}", run.name, run.id.short()))
        .describe("What decides the labels of this run, and how far it came.")
        .under("Runs", "/runs")
        .at(app.config(), &path)
        .with_json(&path, "")
        .with_csv(&path, "");
    let (left_out, more_left_out) = left::first_left_out(app, &snapshot, run).await?;
    let (fell, more_fell) = left::first_fell(app, &snapshot, run).await?;
    Ok(RunPage {
        provenance: chrome.provenance.clone(),
        chrome,
        shown: snapshot.run.as_ref().is_some_and(|shown| shown.id == run.id),
        config: run.config.clone(),
        left_out,
        more_left_out,
        measured: measured(&snapshot, run),
        checks: checks(app, &snapshot, &run.id).await?,
        fell,
        more_fell,
        counts,
        pace: progress.pace_line(),
        spend: progress.spend_line(),
        happened: happened(app, &snapshot, run).await?,
        beside: if run.labeller == Labeller::Machine { beside(&snapshot, run) } else { vec![] },
        run: facts,
    })
}
