//! The labels of a run as a file that is written as far as it is asked for.

use std::collections::BTreeMap;
use std::vec::IntoIter;

use lacuna_domain::{Codebook, Document, DocumentId, Run, Version};
use lacuna_store::Store;

use super::labelled::{Of, Versioned, rows_of};
use super::trust::Known;
use super::{ExportError, Format, JudgementRow, Scope, Sink, Written, current, public};

/// Rows after which a piece is long enough; a document is never cut.
const ROWS: usize = 128;
/// Documents read together: as many as one statement asks for.
const TOGETHER: usize = 16;

/// One row per document, dimension and code of a run, in pieces. Between two of them it holds neither a thread nor a
/// connection, so that nobody waits for who reads slowly, and of documents that it was given by name nothing but the
/// names.
#[derive(Debug)]
pub struct Judgements {
    store: Store,
    run: Run,
    codebook: Codebook,
    known: Known,
    rest: Rest,
    format: Format,
    begun: bool,
    written: Written,
}

impl Judgements {
    /// The file, of which nothing is written yet.
    pub async fn open(
        store: &Store,
        run: &Run,
        scope: Scope<'_>,
        format: Format,
    ) -> Result<Self, ExportError> {
        let codebook = store.codebook(&run.config.codebook_hash).await?;
        let codebook = codebook.ok_or_else(|| ExportError::NoCodebook(run.config.codebook.to_string()))?;
        Ok(Self {
            known: Known::read(store, run, &codebook).await?,
            rest: Rest::of(store, scope).await?,
            store: store.clone(),
            run: run.clone(),
            codebook,
            format,
            begun: false,
            written: Written::default(),
        })
    }

    /// The next rows, with the names of the columns before the first of a CSV file; `None` at the end.
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>, ExportError> {
        let of = Of { run: &self.run, codebook: &self.codebook, known: &self.known };
        let mut rows = Vec::new();
        while rows.len() < ROWS {
            let documents = self.rest.next(&self.store).await?;
            if documents.is_empty() {
                break;
            }
            let found = rows_of(&self.store, of, &documents).await?;
            self.written.documents += found.iter().filter(|rows| !rows.is_empty()).count() as u64;
            rows.extend(found.into_iter().flatten());
        }
        self.written.rows += rows.len() as u64;
        let mut out = Vec::new();
        let mut sink = if std::mem::replace(&mut self.begun, true) {
            Sink::resumed(self.format, &mut out)
        } else {
            let columns: Vec<String> = JudgementRow::columns().map(str::to_owned).collect();
            Sink::new(self.format, &mut out, &columns)?
        };
        for row in &rows {
            sink.write(row)?;
        }
        sink.finish()?;
        Ok((!out.is_empty()).then_some(out))
    }

    /// What was written up to now.
    pub const fn written(&self) -> Written {
        self.written
    }
}

/// The documents that are still to come.
#[derive(Debug)]
enum Rest {
    /// With the version whose text was coded.
    Whole(IntoIter<Versioned>),
    /// Read when it is their turn.
    Named(IntoIter<DocumentId>),
}

impl Rest {
    async fn of(store: &Store, scope: Scope<'_>) -> Result<Self, ExportError> {
        let whole: Vec<_> = match scope {
            Scope::These(ids) => return Ok(Self::Named(Vec::from(ids).into_iter())),
            Scope::Held(members) => {
                members.iter().map(|member| (member.document.clone(), member.version.clone())).collect()
            }
            Scope::All => {
                let mut versions = current(store, scope).await?;
                let with_version = |document: Document| {
                    let version = versions.remove(&document.id);
                    (document, version)
                };
                public(store).await?.into_iter().map(with_version).collect()
            }
        };
        Ok(Self::Whole(whole.into_iter()))
    }

    /// The next few of them; none at the end.
    async fn next(&mut self, store: &Store) -> Result<Vec<Versioned>, ExportError> {
        let ids = match self {
            Self::Whole(documents) => return Ok(documents.by_ref().take(TOGETHER).collect()),
            Self::Named(ids) => ids,
        };
        loop {
            let some: Vec<DocumentId> = ids.by_ref().take(TOGETHER).collect();
            let mut documents = store.documents_among(&some).await?;
            documents.retain(|document| !document.metadata.private);
            if documents.is_empty() && !some.is_empty() {
                continue;
            }
            let versions = store.current_versions(&some).await?;
            let mut versions: BTreeMap<DocumentId, Version> =
                versions.into_iter().map(|version| (version.document.clone(), version)).collect();
            let versioned = |document: Document| {
                let version = versions.remove(&document.id);
                (document, version)
            };
            return Ok(documents.into_iter().map(versioned).collect());
        }
    }
}
