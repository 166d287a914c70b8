//! Versions: one text of one document at one time.

use jiff::Timestamp;
use lacuna_domain::{DocumentId, Version, VersionId};

use crate::db::Tx;
use crate::documents::NewVersion;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, args, json, places};

/// The current versions among some documents.
pub(crate) const CURRENT: &str = concat!(
    "SELECT v.id, v.document, v.number, v.bytes_hash, v.media_type, v.text, v.ingested_at, v.page_starts, v.notes \
     FROM documents d JOIN versions v ON v.id = d.current WHERE d.id IN ",
    places!()
);

impl Store {
    /// The versions of a document in the order of arrival, except that the current one comes last: an old text that
    /// came back keeps its number and is current again.
    pub async fn versions(&self, document: &DocumentId) -> Result<Vec<Version>, StoreError> {
        let sql = "SELECT v.id, v.document, v.number, v.bytes_hash, v.media_type, v.text, v.ingested_at, \
                   v.page_starts, v.notes FROM versions v JOIN documents d ON d.id = v.document \
                   WHERE v.document = $1 ORDER BY CASE WHEN v.id = d.current THEN 1 ELSE 0 END, v.number";
        self.db.fetch(sql, args![document]).await?.iter().map(version).collect()
    }

    /// The current version of every document that has one, sorted by document id as [`Store::documents`] is.
    pub async fn latest_versions(&self) -> Result<Vec<Version>, StoreError> {
        let sql = "SELECT v.id, v.document, v.number, v.bytes_hash, v.media_type, v.text, v.ingested_at, \
                   v.page_starts, v.notes FROM documents d JOIN versions v ON v.id = d.current \
                   ORDER BY d.sort_key, d.id";
        self.db.fetch(sql, vec![]).await?.iter().map(version).collect()
    }

    /// The current versions of those of some documents that have one, in no order.
    pub async fn current_versions(&self, documents: &[DocumentId]) -> Result<Vec<Version>, StoreError> {
        self.rows_among(CURRENT, documents, vec![]).await?.iter().map(version).collect()
    }

    /// Whether the current version of `document` was made from the bytes with this SHA-256, so that extraction may be
    /// spared.
    pub async fn has_bytes(&self, document: &DocumentId, bytes_hash: &str) -> Result<bool, StoreError> {
        let sql = "SELECT v.id FROM documents d JOIN versions v ON v.id = d.current \
                   WHERE d.id = $1 AND v.bytes_hash = $2";
        Ok(self.db.fetch_optional(sql, args![document, bytes_hash]).await?.is_some())
    }
}

/// Adds a version with the next number; one that was there already stays as it is.
pub(crate) async fn insert(
    tx: &mut Tx,
    document: &DocumentId,
    id: &VersionId,
    new: &NewVersion,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO versions \
               (id, document, number, bytes_hash, media_type, text, ingested_at, page_starts, notes) \
               SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8 FROM versions \
               WHERE document = $2 ON CONFLICT (id) DO NOTHING";
    let args = args![
        id,
        document,
        new.bytes_hash.as_str(),
        new.media_type.as_str(),
        &new.text.id,
        at,
        json(&new.page_starts),
        json(&new.notes),
    ];
    tx.execute(sql, args).await.map(|_| ())
}

fn version(row: &Row) -> Result<Version, StoreError> {
    Ok(Version {
        id: row.parse(0)?,
        document: row.parse(1)?,
        number: row.int(2)? as u32,
        bytes_hash: row.text(3)?.to_owned(),
        media_type: row.text(4)?.to_owned(),
        text: row.parse(5)?,
        ingested_at: row.parse(6)?,
        page_starts: row.json(7)?,
        notes: row.json(8)?,
    })
}
