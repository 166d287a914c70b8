//! Keeps the index in step with the store.

use std::path::Path;

use lacuna_domain::{Document, Passage, sha256_hex};

use super::SearchError;
use super::build::{IndexBuilder, IndexInput};
use super::building::{Building, clear, remove};
use super::damage::sound;
use super::index::{Check, SearchIndex};
use crate::store::Store;
use crate::value::args;

/// Cuts a text into passages; the index does not care how.
pub type Segmenter = fn(&str) -> Vec<Passage>;

/// Documents read at once.
const BATCH: i64 = 200;
/// Documents hashed at once.
const KEYED: i64 = 2_000;

impl SearchIndex {
    /// The index of what the store holds now: the one in `folder` when it is whole and of the same content, else a new
    /// one, made beside it and then put in its place. Several processes may do this at once.
    pub async fn refresh(store: &Store, folder: &Path, segment: Segmenter) -> Result<Self, SearchError> {
        Self::checked(store, folder, segment, Check::Quick).await
    }

    /// The same for who met damage in the index of `folder`: every byte of it is checked first, whatever its size.
    pub async fn mend(store: &Store, folder: &Path, segment: Segmenter) -> Result<Self, SearchError> {
        Self::checked(store, folder, segment, Check::Whole).await
    }

    async fn checked(
        store: &Store,
        folder: &Path,
        segment: Segmenter,
        check: Check,
    ) -> Result<Self, SearchError> {
        let key = key(store).await?;
        let place = folder.join(key.get(..24).unwrap_or(&key));
        match opened(&place, &key, check).await {
            Ok(Some(index)) => return Ok(index),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, folder = %place.display(), "making the search index again"),
        }
        let building = Building::claim(folder)?;
        let index = build(store, Some(&building.folder), segment, &key).await?;
        drop(index);
        remove(&place)?;
        if let Err(error) = std::fs::rename(&building.folder, &place) {
            // Another process put the same index there meanwhile.
            if !place.exists() {
                return Err(error.into());
            }
            remove(&building.folder)?;
        }
        clear(folder, &place)?;
        opened(&place, &key, Check::Quick)
            .await?
            .ok_or_else(|| SearchError::Damaged("it vanished while it was opened".to_owned()))
    }

    /// The same in memory, for tests and for stores without a folder.
    pub async fn in_memory(store: &Store, segment: Segmenter) -> Result<Self, SearchError> {
        let key = key(store).await?;
        build(store, None, segment, &key).await
    }
}

/// Opens an index on a thread that may block: looking at every byte of a large one takes long.
async fn opened(place: &Path, key: &str, check: Check) -> Result<Option<SearchIndex>, SearchError> {
    let (place, key) = (place.to_owned(), key.to_owned());
    let open = move || sound(|| SearchIndex::open(&place, &key, check));
    tokio::task::spawn_blocking(open).await.map_err(std::io::Error::other)?
}

async fn build(
    store: &Store,
    folder: Option<&Path>,
    segment: Segmenter,
    key: &str,
) -> Result<SearchIndex, SearchError> {
    let mut builder = IndexBuilder::new(folder)?;
    let mut after = (String::new(), String::new());
    loop {
        let sql = "SELECT d.id, d.sort_key, d.metadata, v.text, t.language, t.content FROM documents d \
                   LEFT JOIN versions v ON v.id = d.current LEFT JOIN texts t ON t.id = v.text \
                   WHERE d.sort_key > $1 OR (d.sort_key = $1 AND d.id > $2) ORDER BY d.sort_key, d.id LIMIT $3";
        let rows = store.db.fetch(sql, args![after.0.as_str(), after.1.as_str(), BATCH]).await?;
        let Some(last) = rows.last() else { break };
        after = (last.text(1)?.to_owned(), last.text(0)?.to_owned());
        for row in &rows {
            let document = Document { id: row.parse(0)?, metadata: row.json(2)? };
            let text = if row.optional_text(3)?.is_some() { row.unpacked(5)? } else { String::new() };
            let passages = segment(&text);
            let language = row.optional_text(4)?;
            builder.push(IndexInput { document: &document, text: &text, language, passages: &passages })?;
        }
    }
    builder.finish(folder, key)
}

/// Names what the store holds: the hash of every document's id, metadata and current version, a few thousand at a time.
async fn key(store: &Store) -> Result<String, SearchError> {
    let sql = "SELECT id, sort_key, metadata, current FROM documents \
               WHERE sort_key > $1 OR (sort_key = $1 AND id > $2) ORDER BY sort_key, id LIMIT $3";
    let mut after = (String::new(), String::new());
    let mut key = sha256_hex(b"");
    loop {
        let rows = store.db.fetch(sql, args![after.0.as_str(), after.1.as_str(), KEYED]).await?;
        let Some(last) = rows.last() else { return Ok(key) };
        after = (last.text(1)?.to_owned(), last.text(0)?.to_owned());
        let mut all = key;
        for row in &rows {
            for part in [row.text(0)?, row.text(2)?, row.optional_text(3)?.unwrap_or_default()] {
                all.push_str(part);
                all.push('\0');
            }
        }
        key = sha256_hex(all.as_bytes());
    }
}
