//! Documents, and how they arrive with their texts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lacuna_domain::{Document, DocumentId, Text, TextId, VersionId};
use serde::Serialize;

use crate::db::Tx;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, args, json, places};
use crate::{changes, texts, versions};

/// A document as ingest brings it.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its id and catalogue data.
    pub document: Document,
    /// Its text now; `None` leaves the stored versions as they are.
    pub version: Option<NewVersion>,
}

/// A text as ingest brings it.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// SHA-256 of the original bytes, in hexadecimal.
    pub bytes_hash: String,
    /// Media type of the original.
    pub media_type: String,
    /// The extracted text.
    pub text: Text,
    /// Byte offset in the text at which each page starts.
    pub page_starts: Vec<u32>,
    /// What the extraction must confess.
    pub notes: Vec<String>,
}

/// What became of an incoming document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// Not seen before.
    New,
    /// Its text changed, so that another version is the current one now; its catalogue data may have changed too.
    Changed,
    /// Only its catalogue data changed.
    MetadataChanged,
    /// Nothing changed.
    Unchanged,
}

/// The documents that have texts now. Each version names its document, and the join goes by that: `current` has no index, so
/// that a join by it alone reads every document.
macro_rules! of_texts {
    () => {
        concat!(
            "SELECT v.text, d.id FROM versions v JOIN documents d ON d.id = v.document AND d.current = v.id \
             WHERE v.text IN ",
            $crate::value::places!(),
            " ORDER BY v.text, d.sort_key, d.id"
        )
    };
}
pub(crate) use of_texts;

/// The documents that have texts, or had them.
pub(crate) const WITH_TEXTS: &str = concat!(
    "SELECT DISTINCT v.text, d.id, d.sort_key FROM versions v JOIN documents d ON d.id = v.document \
     WHERE v.text IN ",
    places!(),
    " ORDER BY v.text, d.sort_key, d.id"
);

impl Store {
    /// Stores documents and their texts in one transaction, and says of each, in order, what became of it.
    /// The same documents again change nothing.
    pub async fn put_documents(&self, incoming: &[Incoming]) -> Result<Vec<Arrival>, StoreError> {
        let mut tx = self.db.begin().await?;
        let now = self.clock.now();
        let mut arrivals = Vec::with_capacity(incoming.len());
        for one in incoming {
            arrivals.push(put(&mut tx, one, now).await?);
        }
        if arrivals.iter().any(|arrival| *arrival != Arrival::Unchanged) {
            tx.touch().await?;
            tx.commit().await?;
        }
        Ok(arrivals)
    }

    /// The document with this id.
    pub async fn document(&self, id: &DocumentId) -> Result<Option<Document>, StoreError> {
        let row =
            self.db.fetch_optional("SELECT id, metadata FROM documents WHERE id = $1", args![id]).await?;
        row.map(|row| document(&row)).transpose()
    }

    /// Every document, sorted by id with numbers in numeric order: `agora:9` before `agora:10`.
    pub async fn documents(&self) -> Result<Vec<Document>, StoreError> {
        let rows = self.db.fetch("SELECT id, metadata FROM documents ORDER BY sort_key, id", vec![]).await?;
        rows.iter().map(document).collect()
    }

    /// The documents with these ids, in their order, each once; those that are not there are left out.
    pub async fn documents_among(&self, ids: &[DocumentId]) -> Result<Vec<Document>, StoreError> {
        let sql = concat!("SELECT id, metadata FROM documents WHERE id IN ", places!());
        let rows = self.rows_among(sql, ids, vec![]).await?;
        let found = rows.iter().map(|row| document(row).map(|document| (document.id.clone(), document)));
        let mut found: BTreeMap<DocumentId, Document> = found.collect::<Result<_, _>>()?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// The documents whose current or earlier text is one of `texts`, each with it, sorted by id among those of one text; more
    /// than one are duplicates.
    pub async fn documents_with_texts(
        &self,
        texts: &[TextId],
    ) -> Result<Vec<(TextId, DocumentId)>, StoreError> {
        self.by_text(WITH_TEXTS, texts).await
    }

    /// The same of those whose current text is one of `texts`.
    pub async fn documents_of_texts(
        &self,
        texts: &[TextId],
    ) -> Result<Vec<(TextId, DocumentId)>, StoreError> {
        self.by_text(of_texts!(), texts).await
    }

    /// The texts and documents that the statement finds, some texts at a time.
    async fn by_text(
        &self,
        sql: &'static str,
        texts: &[TextId],
    ) -> Result<Vec<(TextId, DocumentId)>, StoreError> {
        self.rows_among(sql, texts, vec![])
            .await?
            .iter()
            .map(|row| Ok((row.parse(0)?, row.parse(1)?)))
            .collect()
    }

    /// Whether any document was invented for demonstration, so that every page must say so.
    pub async fn holds_fiction(&self) -> Result<bool, StoreError> {
        let row =
            self.db.fetch_optional("SELECT id FROM documents WHERE fiction = 1 LIMIT 1", vec![]).await?;
        Ok(row.is_some())
    }
}

async fn put(tx: &mut Tx, one: &Incoming, now: Timestamp) -> Result<Arrival, StoreError> {
    let known = known(tx, &one.document.id).await?;
    let arrival = put_metadata(tx, &one.document, known.as_ref()).await?;
    match (arrival, &known, &one.version) {
        (Arrival::MetadataChanged, Some(known), _) => {
            changes::metadata(tx, &known.document, &one.document, now).await?;
        }
        (Arrival::New, _, None) => changes::catalogued(tx, &one.document.id, now).await?,
        _ => {}
    }
    let Some(new) = &one.version else { return Ok(arrival) };
    let id = VersionId::of(&one.document.id, &new.bytes_hash, &new.text.id);
    if known.as_ref().and_then(|known| known.current.as_ref()) == Some(&id) {
        return Ok(arrival);
    }
    texts::insert(tx, &new.text).await?;
    versions::insert(tx, &one.document.id, &id, new, now).await?;
    set_current(tx, &one.document.id, &id).await?;
    Ok(if known.is_some() { Arrival::Changed } else { Arrival::New })
}

struct Known {
    document: Document,
    current: Option<VersionId>,
}

async fn known(tx: &mut Tx, id: &DocumentId) -> Result<Option<Known>, StoreError> {
    let row =
        tx.fetch_optional("SELECT id, metadata, current FROM documents WHERE id = $1", args![id]).await?;
    let Some(row) = row else { return Ok(None) };
    let current = if row.optional_text(2)?.is_some() { Some(row.parse(2)?) } else { None };
    Ok(Some(Known { document: document(&row)?, current }))
}

async fn put_metadata(tx: &mut Tx, new: &Document, known: Option<&Known>) -> Result<Arrival, StoreError> {
    if known.is_some_and(|known| known.document == *new) {
        return Ok(Arrival::Unchanged);
    }
    let sql = "INSERT INTO documents (id, sort_key, fiction, metadata) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (id) DO UPDATE SET fiction = excluded.fiction, metadata = excluded.metadata";
    let metadata = json(&new.metadata);
    tx.execute(sql, args![&new.id, sort_key(new.id.as_str()), new.metadata.fiction, metadata]).await?;
    Ok(if known.is_some() { Arrival::MetadataChanged } else { Arrival::New })
}

async fn set_current(tx: &mut Tx, document: &DocumentId, version: &VersionId) -> Result<(), StoreError> {
    let sql = "UPDATE documents SET current = $2 WHERE id = $1";
    tx.execute(sql, args![document, version]).await.map(|_| ())
}

fn document(row: &Row) -> Result<Document, StoreError> {
    Ok(Document { id: row.parse(0)?, metadata: row.json(1)? })
}

/// A key that, compared byte by byte, sorts runs of digits as numbers: each run is written without leading zeros and
/// with its length, in two digits, before it.
fn sort_key(id: &str) -> String {
    let mut key = String::with_capacity(id.len() + 4);
    let mut rest = id;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits_on) = rest.split_at(start);
        let length = digits_on.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits_on.len());
        let (digits, after) = digits_on.split_at(length);
        let digits = digits.trim_start_matches('0');
        key.push_str(before);
        key.push_str(&two_digits(digits.len()));
        key.push_str(digits);
        rest = after;
    }
    key.push_str(rest);
    key
}

fn two_digits(number: usize) -> String {
    format!("{:02}", number.min(99))
}

#[cfg(test)]
mod tests {
    use super::sort_key;

    #[test]
    fn numbers_in_ids_sort_as_numbers() {
        let mut ids = [
            "agora:10",
            "agora:9",
            "file:b2/a",
            "agora:1831",
            "file:b10/a",
            "file:b2/10",
            "agora:0",
            "agora:07",
        ];
        ids.sort_by_key(|id| sort_key(id));
        let sorted = [
            "agora:0",
            "agora:07",
            "agora:9",
            "agora:10",
            "agora:1831",
            "file:b2/10",
            "file:b2/a",
            "file:b10/a",
        ];
        assert_eq!(ids, sorted);
    }
}
