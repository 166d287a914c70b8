//! `GET /runs`: every labeller with one configuration, and how far it came.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lacuna_store::RunCounts;
use serde::Serialize;

use crate::error::WebError;
use crate::reply::{self, csv_row};
use crate::state::App;
use crate::view::{Chrome, Provenance, RunFacts, Section};

/// A run and its counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunLine {
    /// The run.
    pub run: RunFacts,
    /// Its counts.
    pub counts: Counts,
    /// Whether its labels are the ones that pages show.
    pub shown: bool,
    /// Pace and time left, while it is at work.
    pub pace: Option<String>,
    /// Calls and their price, where it asks a language model.
    pub spend: Option<String>,
}

/// What a run spent on a model on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayLine {
    /// The day in UTC.
    pub day: String,
    /// First digits of the run.
    pub run: String,
    /// The model.
    pub engine: String,
    /// HTTP attempts.
    pub calls: u64,
    /// Input tokens of every kind.
    pub input: u64,
    /// Output tokens.
    pub output: u64,
    /// Price for readers, such as `$0.42`.
    pub price: String,
    /// Price in millionths of a dollar.
    pub micros: u64,
}

/// Counts of a run, over texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Texts with a coding.
    pub coded: u64,
    /// Texts not coded on purpose.
    pub skipped: u64,
    /// Texts that failed at the last try.
    pub failed: u64,
    /// Texts still to do.
    pub pending: u64,
    /// Positive judgements.
    pub positives: u64,
    /// Claims that fell for want of evidence.
    pub rejected: u64,
}

impl Counts {
    /// The counts as the store gives them.
    pub const fn of(counts: &RunCounts) -> Self {
        Self {
            coded: counts.coded,
            skipped: counts.skipped,
            failed: counts.failed,
            pending: counts.pending,
            positives: counts.positives,
            rejected: counts.rejected,
        }
    }
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/runs.html")]
pub struct RunsPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) runs: Vec<RunLine>,
    pub(crate) days: Vec<DayLine>,
}

async fn days(app: &App) -> Result<Vec<DayLine>, WebError> {
    let lines = app.spend_lines().await?;
    let line = |line: &lacuna_store::SpendLine| DayLine {
        day: line.day.clone(),
        run: line.run.short().to_owned(),
        engine: line.engine.clone(),
        calls: line.spend.calls,
        input: line.spend.input_fresh + line.spend.input_cached + line.spend.cache_write,
        output: line.spend.output,
        price: dollars(line.spend.micros),
        micros: line.spend.micros,
    };
    Ok(lines.iter().map(line).collect())
}

/// Millionths of a dollar for readers: cents above a dollar, four places below.
fn dollars(micros: u64) -> String {
    let places = if micros >= 1_000_000 { 2 } else { 4 };
    format!("${:.places$}", micros as f64 / 1e6)
}

async fn page(app: &App) -> Result<RunsPage, WebError> {
    let snapshot = app.snapshot();
    let mut lines = Vec::new();
    for run in &snapshot.runs {
        let progress = app.progress_of(run).await?;
        lines.push(RunLine {
            run: RunFacts::of(run, snapshot.codebook_of(run).map(AsRef::as_ref)),
            counts: Counts::of(&progress.counts),
            pace: progress.pace_line(),
            spend: progress.spend_line(),
            shown: snapshot.run.as_ref().is_some_and(|shown| shown.id == run.id),
        });
    }
    let chrome = app
        .chrome(&snapshot, Section::Runs, "Runs")
        .describe("Every labeller with one configuration, and how far it came.")
        .at(app.config(), "/runs")
        .with_json("/runs", "")
        .with_csv("/runs", "");
    Ok(RunsPage { provenance: chrome.provenance.clone(), chrome, runs: lines, days: days(app).await? })
}

/// `GET /runs`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    reply::html(&page(&app).await?)
}

/// `GET /runs.json`
pub async fn get_json(State(app): State<App>) -> Result<Response, WebError> {
    reply::json(&page(&app).await?)
}

/// `GET /runs.csv`
pub async fn get_csv(State(app): State<App>) -> Result<Response, WebError> {
    let mut out = String::new();
    let head = [
        "run",
        "name",
        "engine",
        "codebook",
        "started_at",
        "finished_at",
        "coded",
        "skipped",
        "failed",
        "pending",
        "positives",
        "rejected",
    ];
    csv_row(&mut out, head);
    for line in page(&app).await?.runs {
        let c = line.counts;
        let counts =
            [c.coded, c.skipped, c.failed, c.pending, c.positives, c.rejected].map(|n| n.to_string());
        let started = line.run.started_at.to_string();
        let finished = line.run.finished_at.map_or_else(String::new, |t| t.to_string());
        let facts =
            [line.run.id.as_str(), &line.run.name, &line.run.engine, &line.run.codebook, &started, &finished];
        csv_row(&mut out, facts.into_iter().chain(counts.iter().map(String::as_str)));
    }
    Ok(reply::csv("runs.csv", out))
}
