//! Why a source could not be read at all. What is wrong with one file of many is a [`Noted`](super::Noted) instead.

use std::io;
use std::path::PathBuf;

/// Why nothing could be read from a source.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No such file or folder.
    #[error(
        "{0} does not exist; give a file, a folder, a pattern such as 'texts/**/*.pdf', an address or an AGORA release"
    )]
    NotFound(PathBuf),
    /// The pattern is malformed.
    #[error("{pattern:?} is no pattern: {why}; use * ? [ab] and ** for any depth")]
    Pattern {
        /// As given.
        pattern: String,
        /// From the pattern parser.
        why: String,
    },
    /// A file of the source cannot be read.
    #[error("cannot read {path}: {why}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// From the operating system.
        why: io::Error,
    },
    /// A CSV file that cannot be parsed.
    #[error("{file} is no readable CSV file: {why}")]
    Csv {
        /// Which file.
        file: String,
        /// From the parser.
        why: String,
    },
    /// A CSV file lacks a column that is needed.
    #[error(
        "{file} has no column {column:?}; its columns are {found}; add the column or rename the one that holds it"
    )]
    MissingColumn {
        /// Which file.
        file: String,
        /// What it should have.
        column: String,
        /// The first dozen columns it has.
        found: String,
    },
    /// `--source` is no source name.
    #[error("{0:?} cannot name a source; use a-z, 0-9, '-' and '_', starting with a letter")]
    SourceName(String),
    /// The zip file cannot be taken.
    #[error("{path} cannot be unpacked: {why}")]
    Zip {
        /// Which file.
        path: String,
        /// From the child process.
        why: String,
    },
    /// The generated codebook of tags does not hold together.
    #[error("the tag columns make no codebook: {0}")]
    Tags(#[from] lacuna_domain::codebook::CodebookError),
    /// The network.
    #[error(transparent)]
    Fetch(#[from] super::FetchError),
    /// The store.
    #[error(transparent)]
    Store(#[from] lacuna_store::StoreError),
    /// A worker thread died.
    #[error("reading was stopped: {0}; run the command again, what was committed is kept")]
    Stopped(String),
}
