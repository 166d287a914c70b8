//! The index: two tantivy indexes side by side, one of whole documents that decides what matches, one of passages
//! that shows where.

use std::path::Path;

use lacuna_domain::DocumentId;
use serde::{Deserialize, Serialize};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{Index, IndexBuilder, IndexReader, IndexSettings, ReloadPolicy};

use super::SearchError;
use super::tokens::Stems;

/// Counts up whenever the same text would be indexed or kept differently; older indexes are then made again.
pub(super) const LAYOUT: u32 = 4;
const STAMP: &str = "stamp.json";
/// The field that says at which place a document came.
pub(super) const PLACE: &str = "place";
const DOCUMENTS: &str = "documents";
const PASSAGES: &str = "passages";
/// Indexes up to this size are checked byte by byte whenever they are opened, larger ones once damage was met.
const CHECKED_BYTES: u64 = 64 << 20;

/// Blocks of passages that each reader keeps open: one search seldom reads what the last one read, and pages are held.
const BLOCKS: usize = 8;

/// An open index.
pub struct SearchIndex {
    pub(super) documents: DocumentIndex,
    pub(super) passages: PassageIndex,
    /// Ids by place in the index.
    pub(super) ids: Vec<DocumentId>,
    pub(super) stems: Stems,
    pub(super) key: String,
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { ids, stems, key, .. } = self;
        f.debug_struct("SearchIndex")
            .field("documents", &ids.len())
            .field("stems", stems)
            .field("key", key)
            .finish()
    }
}

/// Whole documents.
pub(super) struct DocumentIndex {
    pub(super) reader: IndexReader,
    pub(super) fields: DocumentFields,
}

/// Passages.
pub(super) struct PassageIndex {
    pub(super) reader: IndexReader,
    pub(super) fields: PassageFields,
}

#[derive(Clone, Copy)]
pub(super) struct DocumentFields {
    /// Place of the document.
    pub(super) place: Field,
    pub(super) id: Field,
    pub(super) title: Field,
    pub(super) body: Field,
}

#[derive(Clone, Copy)]
pub(super) struct PassageFields {
    pub(super) place: Field,
    /// Index of the passage in its text.
    pub(super) passage: Field,
    pub(super) words: Field,
    /// Headings above, outermost first, joined by " › ".
    pub(super) heading: Field,
    pub(super) text: Field,
}

/// What the folder holds; written last, so that a folder with a stamp is whole.
#[derive(Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) layout: u32,
    /// What was indexed.
    pub(super) key: String,
    /// Languages with stems.
    pub(super) languages: Vec<String>,
    pub(super) ids: Vec<DocumentId>,
}

pub(super) fn document_schema() -> (Schema, DocumentFields) {
    let mut schema = Schema::builder();
    let words = words();
    let fields = DocumentFields {
        place: schema.add_u64_field(PLACE, FAST),
        id: schema.add_text_field("id", STRING),
        title: schema.add_text_field("title", words.clone()),
        body: schema.add_text_field("body", words),
    };
    (schema.build(), fields)
}

pub(super) fn passage_schema() -> (Schema, PassageFields) {
    let mut schema = Schema::builder();
    let fields = PassageFields {
        place: schema.add_u64_field(PLACE, INDEXED),
        passage: schema.add_u64_field("passage", STORED),
        words: schema.add_text_field("words", words()),
        heading: schema.add_text_field("heading", STORED),
        text: schema.add_text_field("text", STORED),
    };
    (schema.build(), fields)
}

/// Words come cut and folded already; the tokenizer named here is never asked.
fn words() -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer("raw");
    TextOptions::default()
        .set_indexing_options(indexing.set_index_option(IndexRecordOption::WithFreqsAndPositions))
}

/// How passages are kept: they are the largest part of the index, are written once and read a few at a time.
fn settings() -> IndexSettings {
    let compressor = ZstdCompressor { compression_level: Some(9) };
    IndexSettings {
        docstore_compression: Compressor::Zstd(compressor),
        docstore_blocksize: 32 << 10,
        ..IndexSettings::default()
    }
}

/// Creates both indexes in `folder`, or in memory.
pub(super) fn create(folder: Option<&Path>) -> Result<(Index, Index), SearchError> {
    let make = |name: &str, schema: Schema| -> Result<Index, SearchError> {
        let index = IndexBuilder::new().schema(schema).settings(settings());
        let Some(folder) = folder else { return Ok(index.create_in_ram()?) };
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(index.create_in_dir(&folder)?)
    };
    Ok((make(DOCUMENTS, document_schema().0)?, make(PASSAGES, passage_schema().0)?))
}

pub(super) fn write_stamp(folder: &Path, stamp: &Stamp) -> Result<(), SearchError> {
    let bytes = serde_json::to_vec(stamp).map_err(|error| SearchError::Damaged(error.to_string()))?;
    Ok(std::fs::write(folder.join(STAMP), bytes)?)
}

impl SearchIndex {
    /// Opens the index in `folder` if it is whole and holds what `key` names; `None` when there is none or another one.
    pub(super) fn open(folder: &Path, key: &str, check: Check) -> Result<Option<Self>, SearchError> {
        let bytes = match std::fs::read(folder.join(STAMP)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let stamp: Stamp =
            serde_json::from_slice(&bytes).map_err(|error| SearchError::Damaged(error.to_string()))?;
        if stamp.layout != LAYOUT || stamp.key != key {
            return Ok(None);
        }
        let open = |name: &str| -> Result<Index, SearchError> {
            let index = Index::open_in_dir(folder.join(name))?;
            check.look_at(&index, &folder.join(name))?;
            Ok(index)
        };
        let (documents, passages) = (open(DOCUMENTS)?, open(PASSAGES)?);
        let index = Self::over(&documents, &passages, stamp)?;
        let held = index.documents.reader.searcher().num_docs();
        if held != index.ids.len() as u64 {
            return Err(SearchError::Damaged(format!("{held} documents instead of {}", index.ids.len())));
        }
        Ok(Some(index))
    }

    pub(super) fn over(documents: &Index, passages: &Index, stamp: Stamp) -> Result<Self, SearchError> {
        let reader = |index: &Index| {
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
            reader.doc_store_cache_num_blocks(BLOCKS).try_into()
        };
        Ok(Self {
            documents: DocumentIndex { reader: reader(documents)?, fields: document_schema().1 },
            passages: PassageIndex { reader: reader(passages)?, fields: passage_schema().1 },
            ids: stamp.ids,
            stems: Stems::of(stamp.languages.iter().map(String::as_str)),
            key: stamp.key,
        })
    }

    /// How many documents it holds.
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Names what is indexed: equal keys, equal answers.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// How closely an index is looked at before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// Byte by byte where it is small.
    Quick,
    /// Byte by byte, however long that takes.
    Whole,
}

impl Check {
    fn look_at(self, index: &Index, folder: &Path) -> Result<(), SearchError> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(folder)? {
            bytes += entry?.metadata()?.len();
        }
        if self == Self::Quick && bytes > CHECKED_BYTES {
            return Ok(());
        }
        let broken = index.validate_checksum()?;
        match broken.iter().min() {
            None => Ok(()),
            Some(file) => Err(SearchError::Damaged(format!("{} has another checksum", file.display()))),
        }
    }
}
