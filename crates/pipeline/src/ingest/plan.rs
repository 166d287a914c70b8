//! What a source holds before any text is read: items to read one by one, and what was refused on the way.

use std::path::PathBuf;
use std::sync::Arc;

use lacuna_domain::{Document, sha256_hex};
use lacuna_store::{CatalogueEntry, Incoming};

use super::agora::Bundle;
use super::agora::TagLabels;
use super::formats::{self, Format};
use super::found::measured;
use super::{Extracted, IngestError, Noted, Options, Source, agora, files};

/// What a source holds.
#[derive(Debug, Default)]
pub struct Plan {
    /// Documents to read.
    pub items: Vec<Item>,
    /// Files passed over on purpose.
    pub skipped: Vec<Noted>,
    /// Files and rows that could not be taken.
    pub failed: Vec<Noted>,
    /// Fields that could not be read and the like; the documents went in.
    pub warnings: Vec<Noted>,
    /// Descriptions of authorities and collections.
    pub entries: Vec<CatalogueEntry>,
    /// AGORA's tags.
    pub tags: Option<TagLabels>,
}

/// One document to read.
#[derive(Debug)]
pub struct Item {
    /// Id, and the metadata known before its text is read.
    pub document: Document,
    pub(super) origin: Origin,
    /// Whether a catalogue gave the official name, so that a title found in the file does not replace it.
    pub(super) named_by_hand: bool,
}

/// Where the bytes of an item are.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// In a file.
    File(PathBuf, Format),
    /// In a release.
    Bundled(Arc<Bundle>, String),
    /// In memory.
    Bytes(Arc<[u8]>, Format),
    /// Nowhere, for this reason.
    Absent(String),
}

/// The original bytes of an item.
#[derive(Clone, Debug)]
pub struct Original {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256.
    pub hash: String,
    pub(super) format: Format,
}

impl Original {
    /// Whether extracting it costs a child process, so that asking the store first whether it has changed pays.
    pub const fn costly(&self) -> bool {
        self.format.hostile()
    }
}

/// Looks through a source on disk without reading texts. Addresses are fetched first; see
/// [`fetch`](super::fetch).
pub fn plan(source: &Source, options: &Options) -> Result<Plan, IngestError> {
    if let Some(name) = &options.source_name
        && lacuna_domain::DocumentId::new(name, "x").is_err()
    {
        return Err(IngestError::SourceName(name.clone()));
    }
    let mut plan = match source {
        Source::Path(path) => match super::source::detect(path) {
            None => return Err(IngestError::NotFound(path.clone())),
            Some(super::PathKind::Release) => {
                agora::plan(Bundle::Folder(path.clone()), options.source_name.as_deref())?
            }
            Some(super::PathKind::Zip) => files::zip::plan(path, options)?,
            Some(super::PathKind::Folder) => files::folder(path, options)?,
            Some(super::PathKind::File) => files::file(path, options),
        },
        Source::Pattern(pattern) => files::pattern(pattern, options)?,
        Source::Url(address) | Source::Agora(address) => return Err(IngestError::NotFound(address.into())),
    };
    if let Some(path) = &options.meta {
        files::meta::apply(path, &mut plan)?;
    }
    Ok(plan)
}

impl Item {
    /// Reads the original bytes; `Ok(None)` when the source says that there are none.
    pub fn read(&self, options: &Options) -> Result<Option<Original>, String> {
        let (bytes, format) = match &self.origin {
            Origin::Absent(_) => return Ok(None),
            Origin::Bytes(bytes, format) => (bytes.to_vec(), *format),
            Origin::File(path, format) => (files::read(path, options.limits.file_bytes)?, *format),
            Origin::Bundled(bundle, name) => {
                let bytes = bundle.read(name).map_err(|error| error.to_string())?;
                (bytes.unwrap_or_default(), Format::Plain)
            }
        };
        if bytes.is_empty() {
            return Err("the file is empty".to_owned());
        }
        let format = formats::sniff(format, &bytes);
        Ok(Some(Original { hash: sha256_hex(&bytes), bytes, format }))
    }

    /// Size of the original in bytes, as far as it is still to be read from a file.
    pub(super) fn size(&self) -> u64 {
        match &self.origin {
            Origin::File(path, _) => std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
            Origin::Bundled(..) | Origin::Bytes(..) | Origin::Absent(_) => 0,
        }
    }

    /// Why there is no text, where the source says so.
    pub fn absence(&self) -> Option<&str> {
        if let Origin::Absent(reason) = &self.origin { Some(reason) } else { None }
    }

    /// The document without a text: there is none, or the stored one is still right.
    pub fn without_text(&self) -> Incoming {
        Incoming { document: self.document.clone(), version: None }
    }

    /// Extracts text, title and date, and measures the text.
    pub fn extract(&self, original: Original, options: &Options) -> Result<Incoming, String> {
        let Original { bytes, hash, format } = original;
        let extracted = formats::extract(format, bytes, options).map_err(|error| error.to_string())?;
        let mut document = self.document.clone();
        self.learn(&mut document, &extracted);
        Ok(Incoming { document, version: Some(measured(hash, format.media_type(), extracted)) })
    }

    /// The stored document under what the source says now: what was learnt from the same bytes stays.
    pub(super) fn over(&self, known: Document) -> Document {
        let mut document = self.document.clone();
        let metadata = &mut document.metadata;
        if !self.named_by_hand {
            metadata.official_name = known.metadata.official_name;
        }
        if metadata.history.is_empty() {
            metadata.history = known.metadata.history;
        }
        if let Some(language) = known.metadata.extra.get("Language") {
            metadata.extra.entry("Language".to_owned()).or_insert_with(|| language.clone());
        }
        document
    }

    /// Takes title, date and declared language from the file where the catalogue has none.
    fn learn(&self, document: &mut Document, extracted: &Extracted) {
        use lacuna_domain::document::{Enactment, StatusEvent};
        let metadata = &mut document.metadata;
        if let Some(title) = &extracted.title
            && !self.named_by_hand
        {
            title.clone_into(&mut metadata.official_name);
        }
        if let Some(date) = extracted.date
            && metadata.history.is_empty()
        {
            let source_word = "Date in the file".to_owned();
            metadata.history.push(StatusEvent { state: Enactment::Unknown, date: Some(date), source_word });
        }
        if let Some(language) = &extracted.language {
            metadata.extra.entry("Language".to_owned()).or_insert_with(|| language.clone());
        }
    }
}
