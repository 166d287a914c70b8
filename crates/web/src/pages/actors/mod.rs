//! `/actors…`: who proposes, must act, enforces and watches; entities; and who must do something about what.

pub mod duty;
pub mod entity;
pub mod list;
pub mod overview;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::response::Response;
use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::{Codebook, Filter, TextId};
use lacuna_pipeline::analyze::actors::Actors;
use lacuna_store::catalogue::{DocumentSet, Selection};

use crate::error::WebError;
use crate::find;
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
    pub documents: BTreeMap<TextId, Arc<DocumentSet>>,
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
    /// The cells of the matrix of duties.
    duties: Vec<Cell>,
    /// The entities named in most documents.
    most: Vec<list::Entry>,
}

/// A cell of the matrix of duties.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Type of the target; empty where it cannot be told.
    kind: String,
    /// The code.
    code: String,
    /// Of each text that has such passages its documents, and how many passages it has. A document has one text.
    texts: Vec<(Arc<DocumentSet>, u64)>,
}

/// Entities named on the first page.
const MOST: usize = 24;

impl Named {
    /// The documents of a text.
    pub(crate) fn of(&self, text: &TextId) -> Option<&DocumentSet> {
        self.documents.get(text).map(Arc::as_ref)
    }

    /// Counts what pages of every set share.
    pub(crate) fn count(&mut self, codebook: &Codebook) {
        let duties = self.actors.duties.iter().map(|((kind, code), found)| {
            let mut passages: BTreeMap<&TextId, BTreeSet<u32>> = BTreeMap::new();
            for duty in found.iter() {
                passages.entry(&duty.text).or_default().insert(duty.passage);
            }
            let known = |(text, passages): (&TextId, BTreeSet<u32>)| {
                Some((Arc::clone(self.documents.get(text)?), passages.len() as u64))
            };
            let texts = passages.into_iter().filter_map(known).collect();
            Cell { kind: kind.clone(), code: code.clone(), texts }
        });
        self.counted = Counted {
            read: self.documents.values().flat_map(|documents| documents.iter()).collect(),
            duties: duties.collect(),
            most: list::entries(codebook, self, None, "").into_iter().take(MOST).collect(),
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
    snapshot: &'a Arc<Snapshot>,
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

    /// The address of one page of a list about the same set.
    fn at_page(&self, path: &str, page: u32) -> String {
        let pairs = self.filter().at_page(page).pairs();
        crate::address::with_query(path, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
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
    named(app, &snapshot).await?;
    let app = app.clone();
    find::drawn(&snapshot, filter, form == Charted::Page(Format::Html), move |snapshot, found| {
        let being_gathered = || WebError::NotReady("who is named where is being gathered".to_owned());
        let gathered = snapshot.gathered.get().ok_or_else(being_gathered)?;
        let (named, selection) = (&gathered.named, &found.selection);
        draw(Asked { app: &app, snapshot, named, selection })
    })
    .await
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
