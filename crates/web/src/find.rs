//! From a filter to documents: the catalogue's bitmaps, and the search index where there are words.

use std::sync::Arc;

use lacuna_domain::{Codebook, DocumentId, Filter, RunId};
use lacuna_pipeline::segment;
use lacuna_store::Store;
use lacuna_store::catalogue::{Audience, Catalogue, Selection};
use lacuna_store::search::{self, Search, SearchError, SearchIndex};

use crate::address;
use crate::error::WebError;
use crate::pages::documents::row::{Piece, Snippet};

/// What a filter found.
#[derive(Debug)]
pub struct Found {
    /// The documents.
    pub selection: Selection,
    /// What the search did with the words.
    pub notes: Vec<String>,
    search: Option<search::Found>,
}

/// Words to documents.
#[derive(Debug)]
pub struct Finder(Search);

impl Finder {
    /// The finder over what `store` holds. The index lies beside the database; where it cannot be written, or the
    /// store has no folder, it is made in memory.
    pub async fn open(store: &Store, catalogue: &Catalogue) -> Result<Self, WebError> {
        let on_disk = match store.location().folder() {
            None => None,
            Some(folder) => {
                match SearchIndex::refresh(store, &folder.join("index"), segment::segment).await {
                    Ok(index) => Some(index),
                    Err(error) => {
                        tracing::warn!(%error, "the search index is kept in memory");
                        None
                    }
                }
            }
        };
        let index = match on_disk {
            Some(index) => index,
            None => SearchIndex::in_memory(store, segment::segment)
                .await
                .map_err(WebError::internal("make the search index"))?,
        };
        Ok(Self(Search::new(Arc::new(index), catalogue)))
    }

    /// The documents that pass `filter`. Words that cannot be read find nothing, and a note says where and why.
    pub async fn find(&self, catalogue: &Catalogue, filter: &Filter) -> Result<Found, WebError> {
        let (search, notes) = if filter.words.is_empty() {
            (None, vec![])
        } else {
            match self.0.find(&filter.words) {
                Ok(found) => (Some(found), vec![]),
                Err(error @ SearchError::Query(_)) => (None, vec![error.to_string()]),
                Err(error) => return Err(WebError::internal("search")(error)),
            }
        };
        let selection = catalogue.select(filter, search.as_ref().map(|found| &found.matches));
        Ok(Found { selection, notes, search })
    }

    /// Where the words stand in a document.
    pub async fn snippet(
        &self,
        catalogue: &Catalogue,
        found: &Found,
        number: u32,
    ) -> Result<Option<Snippet>, WebError> {
        let (Some(search), Some(record)) = (&found.search, catalogue.record(number)) else { return Ok(None) };
        let hits = self.0.passages(search, number, 1).map_err(WebError::internal("find passages"))?;
        let id: Result<DocumentId, _> = record.id().parse();
        let (Some(hit), Ok(id)) = (hits.into_iter().next(), id) else { return Ok(None) };
        let href = address::passage(&id, None, hit.passage);
        Ok(Some(Snippet { pieces: pieces(&hit.snippet.text, &hit.snippet.marks), href }))
    }
}

/// The stretches of `text` inside and outside of the marks.
fn pieces(text: &str, marks: &[(usize, usize)]) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(marks.len() * 2 + 1);
    let mut add = |from: usize, to: usize, hit: bool| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            pieces.push(Piece { text: text.to_owned(), hit });
        }
    };
    let mut at = 0;
    for (from, to) in marks {
        add(at, *from, false);
        add(*from, *to, true);
        at = *to;
    }
    add(at, text.len(), false);
    pieces
}

/// The catalogue of what the public may see.
pub async fn catalogue(
    store: &Store,
    codebook: &Codebook,
    run: Option<&RunId>,
) -> Result<Catalogue, WebError> {
    Catalogue::load(store, run, codebook, Audience::Public)
        .await
        .map_err(WebError::internal("build the catalogue"))
}
