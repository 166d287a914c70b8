//! Turns AGORA releases, files, folders and addresses into documents and immutable versions.
//!
//! The pure part is [`plan()`] (what a source holds) and [`Item`] (read its bytes, extract its text); [`read_all`] does
//! both for a whole source. One bad file never stops the rest: it becomes a [`Noted`] in the summary. The shell that
//! writes to the store, [`run()`], adds nothing but the order of calls.

mod agora;
pub mod child;
mod columns;
pub(crate) mod dates;
mod decode;
mod error;
mod fetch;
mod files;
mod formats;
mod found;
pub mod language;
mod plan;
pub mod quality;
mod run;
mod source;
mod summary;
mod table;

use std::path::PathBuf;

use lacuna_domain::progress::Progress;
use lacuna_store::Incoming;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub use agora::TagLabels;
pub use child::ChildProgram;
pub use error::IngestError;
pub use fetch::{FetchError, OFFICIAL_RELEASE};
pub use formats::{ExtractError, Format, pdfium_found};
pub use found::{Extracted, Noted};
pub use plan::{Item, Original, Plan, plan};
pub use run::run;
pub use source::{PathKind, Source, detect};
pub use summary::Summary;

/// How to read a source.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// First part of document ids instead of `agora` or `file`.
    pub source_name: Option<String>,
    /// CSV file with metadata by file name.
    pub meta: Option<PathBuf>,
    /// Extract again even where the stored version has the same bytes, as after PDFium was installed.
    pub again: bool,
    /// Fetch from private, loopback and link-local addresses too.
    pub allow_private: bool,
    /// Whether the documents are private; `None` leaves what the metadata says, and what is private stays so.
    pub private: Option<bool>,
    /// How to call the binary for hostile formats; without it HTML, DOCX, PDF and zip files fail.
    pub child: Option<ChildProgram>,
    /// The PDFium library, or the folder that holds it; the system's is tried after it.
    pub pdfium: Option<PathBuf>,
    /// What a single file may cost.
    pub limits: Limits,
}

/// What a single file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file read, in bytes.
    pub file_bytes: u64,
    /// Largest HTML file, in bytes: its tree takes twenty times the memory.
    pub html_bytes: u64,
    /// Largest zip file, in bytes.
    pub zip_bytes: u64,
    /// Most that a zip file may unpack to, and most text that a file may give, in bytes.
    pub unpacked_bytes: u64,
    /// Address space of the child process, in bytes.
    pub memory_bytes: u64,
    /// Processor time of the child process, in seconds; by the clock it may take twice that.
    pub seconds: u64,
    /// Largest page or file fetched from an address, in bytes after decompression.
    pub fetch_bytes: u64,
    /// Longest time for fetching it with all redirects, in seconds.
    pub fetch_seconds: u64,
    /// Longest time for fetching a release, in seconds.
    pub release_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            html_bytes: 16 << 20,
            zip_bytes: 512 << 20,
            unpacked_bytes: 512 << 20,
            memory_bytes: 2 << 30,
            seconds: 30,
            fetch_bytes: 50 << 20,
            fetch_seconds: 30,
            release_seconds: 1800,
        }
    }
}

/// Everything a source holds, read.
#[derive(Debug, Default)]
pub struct Harvest {
    /// Documents, in the order of the source.
    pub found: Vec<Incoming>,
    /// What the plan said besides its items, with the failures of reading added.
    pub plan: Plan,
}

/// Reads a whole source on all cores.
pub fn read_all(source: &Source, options: &Options, progress: &dyn Progress) -> Result<Harvest, IngestError> {
    let mut plan = plan(source, options)?;
    let items = std::mem::take(&mut plan.items);
    progress.start("ingest", Some(items.len() as u64));
    let read = |item: &Item| {
        let found = match item.read(options) {
            Ok(Some(original)) => item.extract(original, options),
            Ok(None) => Ok(item.without_text()),
            Err(reason) => Err(reason),
        };
        progress.advance(1);
        found.map_err(|reason| Noted::new(item.document.id.as_str(), reason))
    };
    let results: Vec<Result<Incoming, Noted>> = items.par_iter().map(read).collect();
    let mut harvest = Harvest { found: vec![], plan };
    for result in results {
        match result {
            Ok(found) => harvest.found.push(found),
            Err(noted) => harvest.plan.failed.push(noted),
        }
    }
    Ok(harvest)
}
