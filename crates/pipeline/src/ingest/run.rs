//! The shell of ingest: reads a source in batches and writes each batch in one transaction. It adds nothing but the
//! order of calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna_domain::progress::Progress;
use lacuna_domain::{Clock, DocumentId, TextId};
use lacuna_store::{Incoming, Store};
use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::{IngestError, Item, Noted, Options, Original, Plan, Source, Summary, TagLabels, fetch, plan};

/// Documents per transaction: few enough that little is done again after a stop, enough that commits cost nothing.
const BATCH: usize = 64;
/// Bytes of original files read into memory at once; a larger file makes a batch of its own.
const BATCH_BYTES: u64 = 32 << 20;

/// Reads `source` into the store. One bad file never stops the rest; an error means that the source as a whole could
/// not be read or the store could not be written. Running it again changes nothing that is already right.
pub async fn run(
    store: &Store,
    source: &Source,
    options: &Options,
    clock: Clock,
    progress: &dyn Progress,
) -> Result<Summary, IngestError> {
    let plan = match source {
        Source::Url(address) => fetch::page(address, options, clock).await?,
        Source::Agora(address) => {
            let folder =
                store.location().folder().map_or_else(std::env::temp_dir, |data| data.join("downloads"));
            let path = fetch::release(address, &folder, options, progress).await?;
            blocking_plan(Source::Path(path), options).await?
        }
        Source::Path(_) | Source::Pattern(_) => blocking_plan(source.clone(), options).await?,
    };
    let Plan { items, skipped, failed, warnings, entries, tags } = plan;
    let mut summary = Summary { skipped, failed, warnings, ..Summary::default() };
    summary.failed.iter().for_each(|noted| progress.note(&format!("failed {noted}")));
    store.put_catalogue_entries(&entries).await?;
    progress.start("ingest", Some(items.len() as u64));
    let items = Arc::new(items);
    let mut texts = BTreeMap::new();
    let mut start = 0;
    while start < items.len() {
        let end = batch_end(&items, start);
        let mut batch = batch(store, &items, start..end, options, &mut summary, progress).await?;
        for incoming in &mut batch {
            keep_private(store, &mut incoming.document, options).await?;
        }
        let arrivals = store.put_documents(&batch).await?;
        for arrival in arrivals {
            summary.count(arrival);
        }
        remember(&batch, &mut texts, &mut summary);
        progress.advance((end - start) as u64);
        start = end;
    }
    if let Some(tags) = tags {
        summary.label_sheets = put_labels(store, &tags, &texts, clock).await?;
    }
    duplicates(&texts, &mut summary);
    Ok(summary)
}

/// One past the last item of the batch that begins at `start`; at least one item.
fn batch_end(items: &[Item], start: usize) -> usize {
    let mut bytes = 0;
    let fits = |item: &&Item| {
        bytes += item.size();
        bytes <= BATCH_BYTES
    };
    start + items[start..].iter().take(BATCH).take_while(fits).count().max(1)
}

/// Looks through a source away from the async threads.
async fn blocking_plan(source: Source, options: &Options) -> Result<Plan, IngestError> {
    let options = options.clone();
    off_thread(move || plan(&source, &options)).await?
}

/// Runs `work` where it may block.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, IngestError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| IngestError::Stopped(error.to_string()))
}

/// What reading the bytes of one item gave.
type ReadItem = Result<Option<Original>, String>;

/// Reads, and where the stored text is not already right, extracts the items `range`.
async fn batch(
    store: &Store,
    items: &Arc<Vec<Item>>,
    range: std::ops::Range<usize>,
    options: &Options,
    summary: &mut Summary,
    progress: &dyn Progress,
) -> Result<Vec<Incoming>, IngestError> {
    let (shared, inner, first) = (Arc::clone(items), options.clone(), range.start);
    let read: Vec<ReadItem> =
        off_thread(move || shared[range].par_iter().map(|item| item.read(&inner)).collect()).await?;
    let mut ready = Vec::new();
    let mut open = Vec::new();
    for (index, read) in read.into_iter().enumerate() {
        let item = &items[first + index];
        match read {
            Err(reason) => fail(item, reason, summary, progress),
            Ok(None) => {
                let reason = item.absence().unwrap_or("the source has no text");
                summary.without_text.push(Noted::new(item.document.id.as_str(), reason));
                ready.push((index, item.without_text()));
            }
            Ok(Some(original)) => match stored(store, item, &original, options).await? {
                Some(incoming) => ready.push((index, incoming)),
                None => open.push((index, original)),
            },
        }
    }
    let (shared, inner) = (Arc::clone(items), options.clone());
    let extract = move || {
        open.into_par_iter()
            .map(|(index, original)| (index, shared[first + index].extract(original, &inner)))
            .collect::<Vec<_>>()
    };
    for (index, extracted) in off_thread(extract).await? {
        match extracted {
            Ok(incoming) => ready.push((index, incoming)),
            Err(reason) => fail(&items[first + index], reason, summary, progress),
        }
    }
    ready.sort_by_key(|(index, _)| *index);
    Ok(ready.into_iter().map(|(_, incoming)| incoming).collect())
}

fn fail(item: &Item, reason: String, summary: &mut Summary, progress: &dyn Progress) {
    let noted = Noted::new(item.document.id.as_str(), reason);
    progress.note(&format!("failed {noted}"));
    summary.failed.push(noted);
}

/// The document as it is to be when its bytes, costly to extract, are those of the stored version: with the stored
/// title and date, which came from the file, under what the catalogue says now.
async fn stored(
    store: &Store,
    item: &Item,
    original: &Original,
    options: &Options,
) -> Result<Option<Incoming>, IngestError> {
    if !original.costly() || options.again || !store.has_bytes(&item.document.id, &original.hash).await? {
        return Ok(None);
    }
    let known = store.document(&item.document.id).await?;
    Ok(known.map(|known| Incoming { document: item.over(known), version: None }))
}

/// A private document becomes public only by an explicit word: never because a later run forgot to say it again.
async fn keep_private(
    store: &Store,
    document: &mut lacuna_domain::Document,
    options: &Options,
) -> Result<(), IngestError> {
    document.metadata.private = match options.private {
        Some(private) => private,
        None if document.metadata.private => true,
        None => store.document(&document.id).await?.is_some_and(|known| known.metadata.private),
    };
    Ok(())
}

/// Notes the texts of a batch, and which of them are too poor.
fn remember(batch: &[Incoming], texts: &mut BTreeMap<DocumentId, TextId>, summary: &mut Summary) {
    for incoming in batch {
        let Some(version) = &incoming.version else { continue };
        let id = &incoming.document.id;
        if !version.text.quality.usable() {
            let faults = version
                .text
                .quality
                .faults
                .iter()
                .filter(|fault| fault.fatal)
                .map(|fault| fault.what.as_str());
            let reasons: Vec<&str> = faults.chain(version.notes.iter().map(String::as_str)).collect();
            summary.flagged.push(Noted::new(id.as_str(), reasons.join("; ")));
        }
        if !version.text.content.is_empty() {
            texts.insert(id.clone(), version.text.id.clone());
        }
    }
}

/// Says which documents of the source have one text.
fn duplicates(texts: &BTreeMap<DocumentId, TextId>, summary: &mut Summary) {
    let mut by_text: BTreeMap<&TextId, Vec<&str>> = BTreeMap::new();
    for (document, text) in texts {
        by_text.entry(text).or_default().push(document.as_str());
    }
    let shared = by_text.into_values().filter(|documents| documents.len() > 1);
    summary.duplicates.extend(
        shared.map(|documents| Noted::new(documents[0], format!("also {}", documents[1..].join(", ")))),
    );
    summary.duplicates.sort();
}

/// Stores the tag codebook, its run and the annotators' sheets; answers how many sheets were added.
async fn put_labels(
    store: &Store,
    tags: &TagLabels,
    texts: &BTreeMap<DocumentId, TextId>,
    clock: Clock,
) -> Result<usize, IngestError> {
    let now = clock.now();
    let run = tags.run(now);
    store.put_codebook(&tags.source, &tags.codebook).await?;
    store.start_run(&run).await?;
    let sheets = tags.sheets(now, &|document| texts.get(document).cloned());
    let added = store.put_sheets(&sheets).await?;
    store.finish_run(&run.id).await?;
    Ok(added)
}
