//! The shell that brings in relations and corrections, from a file or as somebody says them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use lacuna_domain::relation::{Cited, Relation};
use lacuna_domain::{DocumentId, Passage, TextId};
use lacuna_store::{Store, StoreError};
use serde::Serialize;

use super::file::{RelationFileError, RelationRows, read_relations};
use super::run::passage_at;
use crate::segment::segment;

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RelationImport {
    /// Relations and corrections brought in.
    pub imported: usize,
    /// Rows that repeat what was found and say nothing of their own.
    pub unchanged: usize,
    /// Rows that a machine found, as they say, and that are not among those found: changed, or found no longer.
    pub gone: usize,
}

/// Why nothing of a file was brought in.
#[derive(Debug, thiserror::Error)]
pub enum RelationImportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] RelationFileError),
    /// A row names a document that nobody ingested.
    #[error("there is no document {0} in this store; ingest it, or name it in cited instead of to")]
    NoDocument(DocumentId),
}

/// Brings in what people say in a file of relations; all of it or nothing.
pub async fn import(store: &Store, file: impl Read + Send) -> Result<RelationImport, RelationImportError> {
    let RelationRows { said, unchanged, gone } = read_relations(file, &store.found_relations().await?)?;
    Ok(RelationImport { imported: say(store, said).await?, unchanged, gone })
}

/// Brings in what people say of relations, and answers of how many; all of it or nothing.
pub async fn say(store: &Store, mut said: Vec<Relation>) -> Result<usize, RelationImportError> {
    check_documents(store, &said).await?;
    locate(store, &mut said).await?;
    Ok(store.put_imported_relations(&said).await?)
}

/// Refuses relations of which a document is not in the store.
async fn check_documents(store: &Store, said: &[Relation]) -> Result<(), RelationImportError> {
    let named = said.iter().flat_map(|relation| std::iter::once(&relation.from).chain(&relation.to));
    let named: Vec<DocumentId> = named.collect::<BTreeSet<_>>().into_iter().cloned().collect();
    let documents = store.documents_among(&named).await?;
    let known: BTreeSet<DocumentId> = documents.into_iter().map(|document| document.id).collect();
    match named.into_iter().find(|id| !known.contains(id)) {
        Some(missing) => Err(RelationImportError::NoDocument(missing)),
        None => Ok(()),
    }
}

/// Finds the words of each relation again, since a file tells their place in the text and not the passage. Where the
/// text is not in this store, or has no such place, there are none to show.
async fn locate(store: &Store, relations: &mut [Relation]) -> Result<(), StoreError> {
    let mut by_text: BTreeMap<TextId, Vec<&mut Relation>> = BTreeMap::new();
    for relation in relations {
        let text = relation.passage.as_ref().map(|cited| cited.text.clone());
        if let Some(text) = text {
            by_text.entry(text).or_default().push(relation);
        }
    }
    for (id, relations) in by_text {
        let content = store.text(&id).await?.map(|text| text.content).unwrap_or_default();
        let passages = segment(&content);
        for relation in relations {
            let cited = relation.passage.take();
            relation.passage = cited.and_then(|cited| located(cited, &content, &passages));
        }
    }
    Ok(())
}

fn located(cited: Cited, content: &str, passages: &[Passage]) -> Option<Cited> {
    let (start, end) = (cited.start as usize, cited.end as usize);
    let quote = content.get(start..end).filter(|words| !words.trim().is_empty())?.to_owned();
    Some(Cited { quote, passage: passage_at(passages, start), ..cited })
}
