//! From a filter to documents: the catalogue's bitmaps, and the search index where there are words.

use lacuna_domain::{Codebook, Filter, RunId};
use lacuna_store::Store;
use lacuna_store::catalogue::{Audience, Catalogue, Matches, Selection};

use crate::error::WebError;
use crate::pages::documents::row::Snippet;

/// What a filter found.
#[derive(Debug)]
pub struct Found {
    /// The documents.
    pub selection: Selection,
    /// What the search did with the words.
    pub notes: Vec<String>,
}

/// Words to documents.
#[derive(Debug)]
pub struct Finder;

impl Finder {
    /// The finder over what `store` holds.
    pub async fn open(_store: &Store, _catalogue: &Catalogue) -> Result<Self, WebError> {
        Ok(Self)
    }

    /// The documents that pass `filter`.
    pub async fn find(&self, catalogue: &Catalogue, filter: &Filter) -> Result<Found, WebError> {
        let matches: Option<Matches> = None;
        Ok(Found { selection: catalogue.select(filter, matches.as_ref()), notes: vec![] })
    }

    /// Where the words stand in a document.
    pub async fn snippet(&self, _found: &Found, _number: u32) -> Result<Option<Snippet>, WebError> {
        Ok(None)
    }
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
