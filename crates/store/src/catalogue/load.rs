//! Builds a catalogue from a store, a hundred documents at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use lacuna_domain::{Codebook, Document, DocumentId, Metadata, RunId, Terms, Version};

use super::Catalogue;
use super::build::{Builder, CatalogueInput};
use super::labels::Labelled;
use super::saved::{FEWEST, Place};
use crate::error::StoreError;
use crate::packed::length;
use crate::store::Store;
use crate::value::{Row, args};

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anybody: private documents are left out.
    Public,
    /// The machine's own user, or a signed-in editor.
    Local,
}

/// Documents read at once.
const BATCH: i64 = 250;

impl Catalogue {
    /// The catalogue of the latest version of every document with the labels of `run`.
    pub async fn load(
        store: &Store,
        run: Option<&RunId>,
        codebook: &Codebook,
        audience: Audience,
    ) -> Result<Self, StoreError> {
        Self::load_within(store, run, codebook, audience, FEWEST).await
    }

    /// The same; catalogues of at least `fewest` documents are kept in the store's folder.
    pub(super) async fn load_within(
        store: &Store,
        run: Option<&RunId>,
        codebook: &Codebook,
        audience: Audience,
        fewest: i64,
    ) -> Result<Self, StoreError> {
        let place = Place::of(store, run, codebook, audience, fewest).await?;
        if let Some(columns) = place.as_ref().and_then(Place::read) {
            return Ok(Self::over(columns, codebook, run));
        }
        let made = Self::count_all(store, run, codebook, audience).await?;
        let after = Place::of(store, run, codebook, audience, fewest).await?;
        if let Some(place) = place.filter(|place| after.is_some_and(|after| place.is(&after))) {
            made.save(&place);
        }
        Ok(made)
    }

    async fn count_all(
        store: &Store,
        run: Option<&RunId>,
        codebook: &Codebook,
        audience: Audience,
    ) -> Result<Self, StoreError> {
        let reviewed = Arc::new(reviewed(store).await?);
        let mut endings = store.endings(audience).await?;
        let stated = store.all_stated().await?;
        let today = store.clock.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let mut builder = Builder::new(codebook, run.cloned()).as_of(today);
        let mut rows = batch(store, run, &(String::new(), String::new())).await?;
        while let Some(last) = rows.last() {
            let after = (last.text(1)?.to_owned(), last.text(0)?.to_owned());
            // One batch is read from JSON on a thread of its own while the next is fetched.
            let reviewed = Arc::clone(&reviewed);
            let read = tokio::task::spawn_blocking(move || {
                rows.iter().map(|row| input(row, &reviewed)).collect::<Result<Vec<_>, _>>()
            });
            let next = batch(store, run, &after).await?;
            let inputs = read.await.map_err(|error| StoreError::Unreadable {
                place: store.db.place.to_string(),
                what: "a batch of documents".to_owned(),
                reason: error.to_string(),
            })??;
            for mut input in inputs {
                if let Some(found) = endings.remove(&input.document.id) {
                    input.endings = crate::relations::counting(found, &input.document.metadata);
                }
                let text = input.version.as_ref().map(|version| version.text.as_str());
                if let Some(stated) = text.and_then(|text| stated.get(text)) {
                    let stated = stated.of(&input.document.id);
                    input.stated.clone_from(&stated.days);
                    input.terms = stated.terms;
                }
                if audience == Audience::Local || !input.document.metadata.private {
                    builder.push(&input);
                }
            }
            rows = next;
        }
        Ok(builder.finish())
    }
}

/// What is read of a text, by the name `t`, and of its outcome, `o`. The beginning of a kept text, `packed::HEAD` bytes,
/// says how long it is.
macro_rules! of_text {
    () => {
        "CAST(coalesce(length(t.content), 0) AS BIGINT), substr(t.content, 1, 5), t.language, o.state, o.reason, o.body"
    };
}
pub(super) use of_text;

async fn batch(store: &Store, run: Option<&RunId>, after: &(String, String)) -> Result<Vec<Row>, StoreError> {
    let sql = concat!(
        "SELECT d.id, d.sort_key, d.metadata, v.id, v.number, v.bytes_hash, v.media_type, v.text, v.ingested_at, ",
        of_text!(),
        " FROM documents d LEFT JOIN versions v ON v.id = d.current LEFT JOIN texts t ON t.id = v.text \
         LEFT JOIN outcomes o ON o.run = $1 AND o.text = v.text \
         WHERE d.sort_key > $2 OR (d.sort_key = $2 AND d.id > $3) ORDER BY d.sort_key, d.id LIMIT $4",
    );
    let run = run.map_or("", RunId::as_str);
    store.db.fetch(sql, args![run, after.0.as_str(), after.1.as_str(), BATCH]).await
}

fn input(row: &Row, reviewed: &BTreeSet<DocumentId>) -> Result<CatalogueInput, StoreError> {
    let (id, metadata): (DocumentId, Metadata) = (row.parse(0)?, row.json(2)?);
    let version = match row.optional_text(3)? {
        None => None,
        Some(_) => Some(version(row, &id)?),
    };
    Ok(CatalogueInput {
        reviewed: reviewed.contains(&id),
        endings: vec![],
        stated: BTreeSet::new(),
        terms: Terms::default(),
        document: Document { id, metadata },
        text_len: text_len(row, 9)?,
        language: row.optional_text(11)?.map(str::to_owned),
        version,
        outcome: labelled(row, 12)?,
    })
}

/// What became of a text, from the three columns that begin at `first`.
pub(super) fn labelled(row: &Row, first: usize) -> Result<Option<Labelled>, StoreError> {
    let reason = || row.optional_text(first + 1).map(|reason| reason.unwrap_or_default().to_owned());
    Ok(match row.optional_text(first)? {
        None => None,
        Some("coded") => Some(Labelled::Coded(row.packed_json(first + 2)?)),
        Some("skipped") => Some(Labelled::Skipped(reason()?)),
        Some("failed") => Some(Labelled::Failed(reason()?)),
        Some(other) => return Err(row.unreadable(first, format!("unknown state {other:?}"))),
    })
}

/// Bytes of the text, which stays where it is: the beginning of what is kept tells. From two columns that begin at `first`.
pub(super) fn text_len(row: &Row, first: usize) -> Result<usize, StoreError> {
    let kept = row.int(first)?.max(0) as usize;
    if kept == 0 { Ok(0) } else { Ok(length(row.bytes(first + 1)?, kept)) }
}

/// The version without its pages and notes, which no list shows.
fn version(row: &Row, document: &DocumentId) -> Result<Version, StoreError> {
    Ok(Version {
        id: row.parse(3)?,
        document: document.clone(),
        number: u32::try_from(row.int(4)?).unwrap_or_default(),
        bytes_hash: row.text(5)?.to_owned(),
        media_type: row.text(6)?.to_owned(),
        text: row.parse(7)?,
        ingested_at: row.parse(8)?,
        page_starts: vec![],
        notes: vec![],
    })
}

/// Documents on whose labels a person of this store decided.
pub(super) async fn reviewed(store: &Store) -> Result<BTreeSet<DocumentId>, StoreError> {
    let sql = "SELECT DISTINCT document FROM sheets WHERE mode <> $1 AND at <= $2";
    let rows = store.db.fetch(sql, args!["\"imported\"", store.until()]).await?;
    rows.iter().map(|row| row.parse(0)).collect()
}
