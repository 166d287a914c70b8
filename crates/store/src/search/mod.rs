//! Full-text search over titles and texts; derived from the store and made again whenever it is missing, damaged or
//! older than what the store holds.
//!
//! Words are combined per document, so `bias audit` finds a document that speaks of both, however far apart; passages
//! are then found within the documents shown. Ranking is BM25 over the text and, three times as heavy, over the
//! titles; it is tested as code in `tests.rs` and, on a real archive, in
//! `crates/pipeline/tests/agora_search.rs`.
//!
//! A [`SearchIndex`] knows documents by their place in it; [`Search`] joins it to one
//! [`Catalogue`](crate::catalogue::Catalogue) and answers in the catalogue's numbers, so that lists, facets and search
//! agree. `query.rs` describes what can be typed.

mod among;
mod build;
mod building;
mod damage;
mod facts;
mod find;
mod index;
mod lexer;
mod parameters;
mod passages;
mod plan;
mod query;
mod refresh;
#[cfg(test)]
mod tests;
mod tokens;

pub use build::{IndexBuilder, IndexInput};
pub use find::{Found, Search};
pub use index::SearchIndex;
pub use passages::{Hit, Snippet};
pub use query::QueryError;
pub use refresh::Segmenter;

/// Why a search gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The words cannot be understood. Its message says all that its cause says, so that none is named beside it.
    #[error("cannot read the search: {0}")]
    Query(QueryError),
    /// The index cannot be read or written.
    #[error(
        "the search index failed: {0}; remove the folder `index` of the data folder, it will be made again"
    )]
    Index(#[from] tantivy::TantivyError),
    /// A file of the index cannot be read or written.
    #[error("the search index failed: {0}; check the space and the rights of the data folder")]
    File(#[from] std::io::Error),
    /// The index is not what its stamp says.
    #[error("the search index is damaged: {0}; it will be made again")]
    Damaged(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] crate::StoreError),
}

impl From<QueryError> for SearchError {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}
