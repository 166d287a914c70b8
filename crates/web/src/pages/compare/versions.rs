//! `GET /compare?ids=a&v=1,2`: two versions of one document: the text as a redline, and labels gained and lost with the
//! sentences responsible.

use askama::Template;
use axum::response::Response;
use lacuna_pipeline::analyze::redline::{Change, Fate, redline};
use lacuna_pipeline::publish::export::Trust;
use serde::Serialize;

use super::moved::{Moved, moved};
use super::{Said, coded_by, coding};
use crate::error::WebError;
use crate::limits::aside;
use crate::pages::documents::Asked;
use crate::params::Params;
use crate::reply::{self, Format, csv_row};
use crate::state::App;
use crate::view::{Chrome, DocumentLink, Provenance, RunFacts, Section};

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/versions.html")]
pub struct VersionsPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) document: DocumentLink,
    /// Numbers of the versions, older first.
    pub(crate) versions: (u32, u32),
    /// Days on which they came in.
    pub(crate) days: (String, String),
    /// The versions whose labels are of another run than the one that is shown, each with that run.
    pub(crate) coded_by: Vec<(u32, RunFacts)>,
    /// Ids of the runs that coded the versions, the older first; empty where none did.
    #[serde(skip)]
    pub(crate) runs: [String; 2],
    /// Whether two runs judged, so that labels may differ though the text does not.
    pub(crate) mixed: bool,
    pub(crate) labels: Vec<Moved>,
    pub(crate) changes: Vec<Marked>,
    /// Whether both versions are classified.
    pub(crate) classified: bool,
}

/// A changed passage with the language of its words.
#[derive(Debug, Serialize)]
pub struct Marked {
    #[serde(flatten)]
    pub(crate) change: Change,
    /// Of the newer version, where the passage stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
}

/// Changed passages shown on the page; the JSON holds all.
const SHOWN: usize = 400;

impl VersionsPage {
    pub(crate) fn shown(&self) -> &[Marked] {
        self.changes.get(..SHOWN).unwrap_or(&self.changes)
    }

    /// The version in which the words of a change stand, and their passage there.
    pub(crate) fn place(&self, change: &Change) -> (u32, u32) {
        match (change.new, change.old) {
            (Some(passage), _) => (self.versions.1, passage),
            (None, Some(passage)) => (self.versions.0, passage),
            (None, None) => (self.versions.1, 0),
        }
    }

    pub(crate) fn text_href(&self, change: &Change) -> String {
        let (version, passage) = self.place(change);
        format!("{}?v={version}#p-{passage}", crate::address::text(&self.document.id))
    }
}

pub(super) async fn answer(
    app: &App,
    id: &str,
    versions: &str,
    format: Format,
) -> Result<Response, WebError> {
    let bad = || WebError::BadRequest("v takes the numbers of two versions, such as v=1,2".to_owned());
    let (a, b) = versions.split_once(',').ok_or_else(bad)?;
    let (a, b): (u32, u32) = (a.trim().parse().map_err(|_| bad())?, b.trim().parse().map_err(|_| bad())?);
    let (first, second) = (a.min(b), a.max(b));
    let snapshot = app.snapshot();
    let read = async |version: u32| {
        let mut params = Params::parse(Some(&format!("v={version}")))?;
        Asked::read(app, &snapshot, id, &mut params).await
    };
    let (old, new) = (read(first).await?, read(second).await?);
    let path = format!("ids={}&v={first},{second}", crate::address::query(id));
    let chrome = app
        .chrome(&snapshot, Section::Compare, &format!("Versions {first} and {second}"))
        .describe("What changed in the text, and which labels it gained and lost.")
        .under("Documents", "/documents")
        .under(id, crate::address::document(&old.document.id))
        .at(app.config(), &format!("/compare?{path}"))
        .with_json("/compare", &path)
        .with_csv("/compare", &path);
    let day =
        |one: &Asked| one.version.as_ref().map_or_else(String::new, |v| crate::view::day(v.ingested_at));
    let page = VersionsPage {
        provenance: chrome.provenance.clone(),
        chrome,
        document: DocumentLink::within(&old.document, &snapshot.catalogue),
        versions: (first, second),
        days: (day(&old), day(&new)),
        coded_by: [(first, &old), (second, &new)]
            .into_iter()
            .filter_map(|(version, asked)| Some((version, coded_by(&snapshot, asked)?)))
            .collect(),
        runs: [&old, &new].map(|one| one.run.as_ref().map_or_else(String::new, |run| run.id.to_string())),
        mixed: old.run.as_ref().map(|run| &run.id) != new.run.as_ref().map(|run| &run.id),
        labels: moved(&snapshot, (&old, first), (&new, second)),
        classified: coding(&old).is_some() && coding(&new).is_some(),
        changes: changes(old, new).await?,
    };
    match format {
        Format::Html => reply::html(&page),
        Format::Json => reply::json(&page),
        Format::Csv => Ok(reply::csv("versions.csv", csv(&page))),
    }
}

async fn changes(old: Asked, new: Asked) -> Result<Vec<Marked>, WebError> {
    let (Some(old), Some(new)) = (old.reading, new.reading) else { return Ok(vec![]) };
    let compare = move || {
        let sides = [&old, &new].map(|reading| (reading.text.content.as_str(), reading.passages.as_slice()));
        let [before, after] = sides;
        let marked = |change: Change| {
            let newer = change.new.map(|passage| new.language_of(passage));
            let language = newer.or_else(|| change.old.map(|passage| old.language_of(passage)));
            Marked { language: language.flatten().map(str::to_owned), change }
        };
        redline(before, after).into_iter().map(marked).collect::<Vec<Marked>>()
    };
    aside("compare two texts", compare).await
}

fn csv(page: &VersionsPage) -> String {
    let mut out = String::new();
    let columns = ["kind", "name", "what", "old", "new", "old_words", "new_words"];
    csv_row(&mut out, columns.into_iter().chain(Trust::COLUMNS).chain(["old_run", "new_run"]));
    let [old_run, new_run] = page.runs.each_ref().map(String::as_str);
    for label in &page.labels {
        let quote = |said: &Said| said.quote.clone().unwrap_or_default();
        let (old, new) = (quote(&label.old), quote(&label.new));
        let cells = ["label", &label.name, label.what, &label.old.level, &label.new.level, &old, &new];
        let trust = label.trust.columns.cells();
        let cells = cells.into_iter().chain(trust.iter().map(String::as_str));
        csv_row(&mut out, cells.chain([old_run, new_run]));
    }
    for Marked { change, .. } in &page.changes {
        let words = |fate: Fate| {
            let kept = change.pieces.iter().filter(|p| p.fate == fate || p.fate == Fate::Same);
            kept.map(|p| p.text.as_str()).collect::<String>()
        };
        let place = |p: Option<u32>| p.map_or_else(String::new, |p| p.to_string());
        csv_row(
            &mut out,
            [
                "text",
                "passage",
                "changed",
                &place(change.old),
                &place(change.new),
                &words(Fate::Gone),
                &words(Fate::New),
            ]
            .into_iter()
            .chain([""; Trust::COLUMNS.len()])
            .chain(["", ""]),
        );
    }
    out
}
