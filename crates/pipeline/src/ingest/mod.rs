//! Turns AGORA releases, files, folders and addresses into documents and immutable versions.
//!
//! The pure part is [`plan`] (what a source holds) and [`Item`] (read its bytes, extract its text); [`read_all`] does
//! both for a whole source. One bad file never stops the rest: it becomes a [`Noted`] in the summary. The shell that
//! writes to the store adds nothing but the order of calls.

mod agora;
mod columns;
mod dates;
mod decode;
mod error;
mod files;
mod formats;
mod found;
pub mod language;
mod plan;
pub mod quality;
mod source;
mod table;

use std::path::PathBuf;

use lacuna_domain::progress::Progress;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub use agora::tags::TagLabels;
pub use error::IngestError;
pub use formats::{ExtractError, Format};
pub use found::{Content, Extracted, Found, Noted};
pub use plan::{Entry, EntryKind, Item, Original, Plan, plan};
pub use source::{PathKind, Source, detect};

/// How to read a source.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// First part of document ids instead of `agora` or `file`.
    pub source_name: Option<String>,
    /// CSV file with metadata by file name.
    pub meta: Option<PathBuf>,
    /// What a single file may cost.
    pub limits: Limits,
}

/// What a single file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file read, in bytes.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 64 << 20 }
    }
}

/// Everything a source holds, read.
#[derive(Debug, Default)]
pub struct Harvest {
    /// Documents, in the order of the source.
    pub found: Vec<Found>,
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
    let results: Vec<Result<Found, Noted>> = items.par_iter().map(read).collect();
    let mut harvest = Harvest { found: vec![], plan };
    for result in results {
        match result {
            Ok(found) => harvest.found.push(found),
            Err(noted) => harvest.plan.failed.push(noted),
        }
    }
    Ok(harvest)
}
