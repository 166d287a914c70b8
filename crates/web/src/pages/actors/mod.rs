//! `/actors…`: who proposes, must act, enforces and watches; entities; and who must do something about what.

pub mod duty;
pub mod entity;
pub mod list;
pub mod overview;

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::{Codebook, Filter, TextId};
use lacuna_pipeline::analyze::actors::Actors;
use lacuna_store::catalogue::{DocumentSet, Selection};

use crate::error::WebError;
use crate::find::known_columns;
use crate::gathered::Extent;
use crate::params::Params;
use crate::reply::{Charted, Format};
use crate::state::{App, Snapshot};

/// Everything named over the run that is shown.
#[derive(Debug, Default)]
pub struct Named {
    /// Entities and duties.
    pub actors: Actors,
    /// Documents of each text, as numbers of the snapshot's catalogue; texts of private documents have none.
    pub documents: BTreeMap<TextId, Vec<u32>>,
    /// From how many texts they were gathered.
    pub extent: Extent,
    /// What follows from these three once and for all, so that no page counts it again.
    pub(crate) counted: Counted,
}

/// What is counted of everything named.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// The documents of all texts that were read.
    read: DocumentSet,
    /// Passages of each cell of the matrix of duties, by document; its type and its code first.
    duties: Vec<(String, String, BTreeMap<u32, u64>)>,
    /// The entities named in most documents.
    most: Vec<list::Entry>,
}

/// Entities named on the first page.
const MOST: usize = 24;

impl Named {
    /// The documents of a text.
    pub(crate) fn of(&self, text: &TextId) -> &[u32] {
        self.documents.get(text).map(Vec::as_slice).unwrap_or_default()
    }

    /// Counts what pages of every set share.
    pub(crate) fn count(&mut self, snapshot: &Snapshot) {
        let duties = self.actors.duties.iter().map(|((kind, code), found)| {
            let places: BTreeSet<(u32, u32)> = found
                .iter()
                .flat_map(|duty| self.of(&duty.text).iter().map(|document| (*document, duty.passage)))
                .collect();
            let mut passages: BTreeMap<u32, u64> = BTreeMap::new();
            for (document, _) in places {
                *passages.entry(document).or_default() += 1;
            }
            (kind.clone(), code.clone(), passages)
        });
        self.counted = Counted {
            read: self.documents.values().flatten().copied().collect(),
            duties: duties.collect(),
            most: list::entries(snapshot, self, None, "").into_iter().take(MOST).collect(),
        };
    }

    /// Classified documents of a set in which names and duties were looked for; fewer where only a sample is gathered.
    fn searched(&self, snapshot: &Snapshot, selection: &Selection) -> u64 {
        let classified = selection.documents() & snapshot.catalogue.coded();
        if self.extent.is_whole() {
            classified.len()
        } else {
            classified.intersection_len(&self.counted.read)
        }
    }
}

/// What is named.
pub(crate) async fn named<'s>(app: &App, snapshot: &'s Snapshot) -> Result<&'s Named, WebError> {
    Ok(&snapshot.gathered(app).await?.named)
}

/// What a page about a set of documents is made of.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    app: &'a App,
    snapshot: &'a Snapshot,
    named: &'a Named,
    selection: &'a Selection,
}

impl Asked<'_> {
    fn filter(&self) -> &Filter {
        self.selection.filter()
    }

    /// The address of a page about the same set.
    fn at(&self, path: &str) -> String {
        crate::view::narrowed(path, &[], self.filter())
    }

    /// The set as the query of an address, without its `?`.
    fn query(&self) -> String {
        self.at("").trim_start_matches('?').to_owned()
    }
}

/// Draws a page about the documents that an address asks for; one for readers says itself what programs are refused for.
async fn of_set(
    app: &App,
    query: Option<&str>,
    form: Charted,
    draw: impl FnOnce(Asked<'_>) -> Result<Response, WebError> + Send + 'static,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let filter = Filter::parse(Params::parse(query)?.rest(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    if form != Charted::Page(Format::Html) {
        known_columns(&snapshot, &filter)?;
    }
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    named(app, &snapshot).await?;
    let app = app.clone();
    let build = move || {
        let being_gathered = || WebError::NotReady("who is named where is being gathered".to_owned());
        let gathered = snapshot.gathered.get().ok_or_else(being_gathered)?;
        let found = snapshot.finder.find(&snapshot.catalogue, &filter)?;
        if let Some(problem) = &found.problem {
            return Err(WebError::BadRequest(format!("q: {problem}")));
        }
        let (named, selection) = (&gathered.named, &found.selection);
        draw(Asked { app: &app, snapshot: &snapshot, named, selection })
    };
    tokio::task::spawn_blocking(build).await.map_err(WebError::internal("draw who is named"))?
}

/// The actor dimension with its types.
pub(crate) fn dimension(codebook: &Codebook) -> Option<(&Dimension, &[Code])> {
    codebook.dimensions.iter().find_map(|d| match &d.kind {
        Kind::Actor { types } => Some((d, types.as_slice())),
        _ => None,
    })
}

/// The dimension that duties are about: the first ordinal one.
pub(crate) fn subject(codebook: &Codebook) -> Option<&Dimension> {
    codebook.dimensions.iter().find(|d| matches!(d.kind, Kind::Ordinal { .. }))
}
